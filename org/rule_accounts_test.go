package org

// programs are service accounts of each rank.
var programs = []struct{ name, word string }{
	{"an admin account", "peer"}, {"a billing admin account", "clerk"}, {"a member account in a team", "plain"},
	{"a project's own reader", "reader"}, {"a project's own owner", "top"},
}

// accounts makes a situation for each of them, and for one that asks itself.
func accounts(c func(AccountID, KeyID) Command, before ...func(AccountID, KeyID) Command) (out []situation) {
	add := func(name string, a AccountID, k KeyID) {
		s := fixed(name, c(a, k))
		for _, b := range before {
			s.before = append(s.before, b(a, k))
		}
		out = append(out, s)
	}
	for _, p := range programs {
		add(p.name, acc(p.word), ky(p.word))
	}
	add("the admin account that plays", acc("bot"), ky("bot"))
	add("the project's own admin that plays", acc("own"), ky("own"))
	return append(out, fixed("an account that nobody knows", c(acc("none"), ky("none"))))
}

func accountSituations() map[string][]situation {
	now := playing().now
	soon, late := now+aDay, now+2*aWeek
	create := func(name string, role OrgRole, grants ...AccountGrant) situation {
		return fixed(name, CreateAccount{Account: acc("new"), Name: "New", Role: role, Grants: grants})
	}
	creating := []situation{create("with an external id", RoleMember)}
	creating[0].do = func(PersonID) Command {
		return CreateAccount{Account: acc("new"), Name: "New", ExternalID: "n-1"}
	}
	var setting []situation
	for _, r := range OrgRoles {
		creating = append(creating, create("as "+string(r), r))
		setting = append(setting, named("", accounts(func(a AccountID, _ KeyID) Command { return SetAccountRole{a, r} }), " to "+string(r))...)
	}
	for _, r := range ProjectRoles {
		creating = append(creating, create("as a project's own "+string(r), "", AccountGrant{prj("web"), r, Window{}}))
	}
	creating = append(creating, create("as a project's own reader for a day", "", AccountGrant{prj("web"), Analyst, Window{End: soon}}),
		create("with grants in two projects", "", AccountGrant{prj("web"), Consumer, Window{}}, AccountGrant{prj("app"), Consumer, Window{}}))
	var placing []situation
	for _, word := range []string{"blue", "red", "crew"} {
		placing = append(placing, fixed("in the team "+word, PlaceAccountInTeam{tm(word), acc("reader"), Window{}}))
	}
	return map[string][]situation{
		"CreateAccount":        creating,
		"RenameAccount":        accounts(func(a AccountID, _ KeyID) Command { return RenameAccount{a, "Other"} }),
		"SetAccountExternalID": accounts(func(a AccountID, _ KeyID) Command { return SetAccountExternalID{a, "a-9"} }),
		"SetAccountRole":       setting,
		"DisableAccount":       accounts(func(a AccountID, _ KeyID) Command { return DisableAccount{a} }),
		"EnableAccount": accounts(func(a AccountID, _ KeyID) Command { return EnableAccount{a} }, func(a AccountID, _ KeyID) Command {
			if a == acc("none") {
				return Enter{}
			}
			return DisableAccount{a}
		}),
		"DeleteAccount":       accounts(func(a AccountID, _ KeyID) Command { return DeleteAccount{a} }),
		"LetAccountAct":       accounts(func(a AccountID, _ KeyID) Command { return LetAccountAct{a, true} }),
		"PlaceAccountInTeam":  append(placing, fixed("for a day", PlaceAccountInTeam{tm("red"), acc("plain"), Window{End: soon}})),
		"TakeAccountFromTeam": {fixed("that is in it", TakeAccountFromTeam{tm("red"), acc("plain")}), fixed("that is not", TakeAccountFromTeam{tm("red"), acc("own")})},
		"MakeKey": append(accounts(func(a AccountID, _ KeyID) Command { return MakeKey{Account: a, Key: ky("new")} }),
			fixed("for a day, of a project's own reader", MakeKey{Account: acc("reader"), Key: ky("new"), Expires: soon}),
			fixed("that acts, of an account that may not", MakeKey{Account: acc("peer"), Key: ky("new"), Acting: true})),
		"RotateKey": append(accounts(func(a AccountID, k KeyID) Command { return RotateKey{Account: a, Old: k, Key: ky("new")} }),
			fixed("that is none", RotateKey{Account: acc("plain"), Old: ky("none"), Key: ky("new")})),
		"RescheduleKey": append(named("an end for ", accounts(func(a AccountID, k KeyID) Command { return RescheduleKey{a, k, late} }), ""),
			fixed("no end for a project's own reader", RescheduleKey{acc("reader"), ky("reader"), 0}, RescheduleKey{acc("reader"), ky("reader"), late})),
		"EndKey": accounts(func(a AccountID, k KeyID) Command { return EndKey{a, k} }),
	}
}
