package org

import (
	"maps"
	"sync"
	"testing"
)

// A situation is one concrete command, in a world brought into some standing. The generated table of rules runs it
// for every player.
type situation struct {
	name    string
	do      func(me PersonID) Command // the command, which may be about the actor
	before  []Command                 // what an owner did first
	ready   []Command                 // what the operator did before that
	members []Command                 // what mia did after that
	later   Instant                   // how long after that it is
	mine    Command                   // what the actor did first, if allowed
	asker   Command                   // what max asked for first
	sole    bool                      // olga is the only owner
	fresh   bool                      // there is no organization yet
}

// fixed is a situation whose command is the same for every actor; own is one about the actor.
func fixed(name string, c Command, before ...Command) situation {
	return situation{name: name, do: func(PersonID) Command { return c }, before: before}
}

func own(name string, c func(me PersonID) Command) situation { return situation{name: name, do: c} }

// sole is a situation about olga, the only owner.
func sole(name string, c Command) situation {
	s := fixed(name, c)
	s.sole = true
	return s
}

// named puts words around the names of situations.
func named(before string, all []situation, after string) (out []situation) {
	for _, s := range all {
		s.name = before + s.name + after
		out = append(out, s)
	}
	return out
}

// players are those who try each command; the operator tries before anybody has entered, and after.
var players = []struct {
	name    string
	by      Actor
	entered bool
}{
	{"operator before anybody entered", theOperator, false},
	{"operator after", theOperator, true},
	{"owner", as("olga"), true},
	{"admin", as("ada"), true},
	{"admin for a time", as("abel"), true},
	{"billing admin", as("bill"), true},
	{"member", as("mia"), true},
	{"project owner", as("pia"), true},
	{"project admin", as("pat"), true},
	{"project admin for a time", as("pip"), true},
	{"project analyst", as("ana"), true},
	{"project consumer", as("cora"), true},
	{"team manager", as("tess"), true},
	{"team member", as("tim"), true},
	{"suspended", as("sam"), true},
	{"stranger", as("zed"), true},
	{"admin account", asAccount("bot"), true},
	{"account that is project admin", asAccount("own"), true},
}

// playing is the cast with somebody of each rank who does not play. Gus, gail and greg were removed.
var playing = sync.OnceValue(func() *world {
	w := casting().fork(quiet{})
	soon := Window{End: w.now + aWeek}
	for _, p := range []struct {
		word string
		role OrgRole
	}{
		{"adam", RoleAdmin}, {"pam", RoleMember}, {"susi", RoleMember},
		{"gus", RoleMember}, {"gail", RoleBillingAdmin}, {"greg", RoleOwner},
	} {
		w.do(as("olga"), AddMember{Person: usr(p.word), Role: p.role})
	}
	w.do(as("olga"),
		Reschedule{usr("abel"), soon}, RescheduleGrant{prj("web"), toPerson("pip"), Admin, soon},
		give("web", toPerson("pam"), Admin), give("app", toPerson("gus"), Owner),
		CreateTeam{Team: tm("crew"), Name: "Crew"}, give("web", toTeam("crew"), Owner),
		CreateTeam{Team: tm("blue"), Name: "Blue"}, PlaceInTeam{Team: tm("blue"), Person: usr("max")},
		PlaceInTeam{Team: tm("red"), Person: usr("abel")}, PlaceInTeam{Team: tm("red"), Person: usr("bea"), Manager: true},
		CreateProject{Project: prj("gone"), Name: "Gone"}, give("gone", toPerson("pia"), Owner), DeleteProject{prj("gone")},
		CreateAccount{Account: acc("bot"), Name: "Bot", Role: RoleAdmin}, CreateAccount{Account: acc("peer"), Name: "Peer", Role: RoleAdmin},
		CreateAccount{Account: acc("clerk"), Name: "Clerk", Role: RoleBillingAdmin}, CreateAccount{Account: acc("plain"), Name: "Plain"},
		CreateAccount{Account: acc("own"), Name: "Own", Grants: []AccountGrant{{Project: prj("web"), Role: Admin}}},
		CreateAccount{Account: acc("reader"), Name: "Reader", Grants: []AccountGrant{{Project: prj("web"), Role: Analyst}}},
		CreateAccount{Account: acc("top"), Name: "Top", Grants: []AccountGrant{{Project: prj("web"), Role: Owner}}},
		PlaceAccountInTeam{Team: tm("red"), Account: acc("plain")},
		MakeKey{Account: acc("bot"), Key: ky("bot")}, MakeKey{Account: acc("peer"), Key: ky("peer")}, MakeKey{Account: acc("clerk"), Key: ky("clerk")},
		MakeKey{Account: acc("plain"), Key: ky("plain")}, MakeKey{Account: acc("own"), Key: ky("own")},
		MakeKey{Account: acc("reader"), Key: ky("reader")}, MakeKey{Account: acc("top"), Key: ky("top")},
		Suspend{usr("susi")}, Remove{Person: usr("gus")}, Remove{Person: usr("gail")}, Remove{Person: usr("greg")})
	next := shelved(quiet{})
	w.s.catalogs.(known)[next.Digest()] = next
	return w
})

// shelved is a catalog that is known and that no organization has adopted.
func shelved(t testing.TB) *Catalog {
	c, err := NewCatalog(explicitRow, Row{Key: "reports:edit", Scope: InProject, Sentence: "edit reports", Category: "Reports"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// farAway is another organization.
var farAway = OrgID(id("org_", "faraway"))

// ranks are people of each rank who do not play.
var ranks = []struct {
	name   string
	person PersonID
}{
	{"an owner", usr("otto")}, {"an admin", usr("adam")}, {"a billing admin", usr("bea")}, {"a member", usr("max")},
	{"a project owner", usr("paz")}, {"somebody suspended", usr("susi")}, {"a stranger", usr("nemo")},
}

// about makes a situation for each rank, for the actor, and for the only owner there is.
func about(c func(PersonID) Command) (out []situation) {
	for _, r := range ranks {
		out = append(out, fixed(r.name, c(r.person)))
	}
	return append(out, own("oneself", c), sole("the only owner", c(usr("olga"))))
}

// held makes a situation for a holder of each role in web, for teams, for everyone, and for two who hold it through
// something else.
func held(c func(Subject, ProjectRole) Command) (out []situation) {
	for _, h := range []struct {
		name string
		s    Subject
		role ProjectRole
	}{
		{"a project owner", toPerson("paz"), Owner}, {"a project admin", toPerson("pam"), Admin},
		{"an analyst", toPerson("amy"), Analyst}, {"a consumer", toPerson("cy"), Consumer},
		{"a team that is owner", toTeam("crew"), Owner}, {"a team that is analyst", toTeam("red"), Analyst},
		{"who holds it through a team", toPerson("tim"), Analyst},
		{"who holds it through an organization role", toPerson("adam"), Admin},
	} {
		out = append(out, fixed(h.name, c(h.s, h.role)))
	}
	return append(out, fixed("everyone", c(toEveryone, Consumer), give("web", toEveryone, Consumer)))
}

// situations are those of every command, by its name.
func situations(t testing.TB) map[string][]situation {
	all := map[string][]situation{}
	for _, some := range []map[string][]situation{organizationSituations(t), memberSituations(), teamSituations(), projectSituations(), grantSituations(),
		lifeSituations(), roleSituations(), planSituations(), pendingSituations(), accountSituations()} {
		maps.Copy(all, some)
	}
	return all
}

func organizationSituations(t testing.TB) map[string][]situation {
	found := CreateOrganization{Organization: OrgID(id("org_", "other")), Name: "Other", Slug: "other", Catalog: playing().s.CatalogDigest()}
	foundFor := found
	foundFor.Owner = usr("max")
	mine, theirs := fixed("for oneself", found), fixed("for somebody else", foundFor)
	mine.fresh, theirs.fresh = true, true
	blue := func(r ProjectRole) SetSettings { return SetSettings{Teams: []TeamRole{{tm("blue"), r}}} }
	return map[string][]situation{
		"CreateOrganization": {mine, theirs},
		"Rename":             {fixed("the organization", Rename{Name: "Apex", Slug: "apex"})},
		"SetExternalID":      {fixed("of the organization", SetExternalID{"a-1"})},
		"Enter":              {fixed("the organization", Enter{})},
		"AdoptCatalog":       {fixed("another one", AdoptCatalog{Catalog: shelved(t).Digest()})},
		"SetSettings": {
			fixed("members create projects", SetSettings{MembersCreateProjects: true}),
			fixed("the creator is admin", SetSettings{CreatorRole: Admin}),
			fixed("everyone is consumer", SetSettings{EveryoneRole: Consumer}),
			fixed("everyone is owner", SetSettings{EveryoneRole: Owner}),
			fixed("a team is admin", blue(Admin)),
			fixed("a team is owner", blue(Owner)),
			fixed("nothing of what an owner chose", SetSettings{}, SetSettings{EveryoneRole: Owner}),
		},
	}
}

func memberSituations() map[string][]situation {
	soon := Window{End: playing().now + aDay}
	adding := []situation{fixed("somebody suspended", AddMember{Person: usr("susi"), Role: RoleMember})}
	var setting []situation
	for _, r := range OrgRoles {
		adding = append(adding, fixed("as "+string(r), AddMember{Person: usr("nemo"), Role: r}))
		setting = append(setting, named("", about(func(p PersonID) Command { return SetRole{p, r} }), " to "+string(r))...)
	}
	dates := named("an earlier end for ", about(func(p PersonID) Command { return Reschedule{p, soon} }), "")
	for _, r := range ranks[1:5] {
		dates = append(dates, fixed("no end for "+r.name, Reschedule{Person: r.person}, Reschedule{r.person, soon}))
	}
	dates = append(dates, own("no end for oneself", func(me PersonID) Command { return Reschedule{Person: me} }))
	second := fixed("a second admin", Suspend{usr("adam")}, SetRole{usr("max"), RoleAdmin})
	second.mine = Suspend{usr("max")}
	var lifting []situation
	for _, r := range ranks[:5] {
		lifting = append(lifting, fixed(r.name, Reactivate{r.person}, Suspend{r.person}))
	}
	return map[string][]situation{
		"AddMember":  adding,
		"SetRole":    setting,
		"Reschedule": dates,
		"ChangePeople": {
			fixed("members to admin", ChangePeople{Act: PeopleSetRole, Lines: linesOf("max", "mia"), Role: RoleAdmin}),
			fixed("a member and an owner suspended", ChangePeople{Act: PeopleSuspend, Lines: linesOf("max", "otto")}),
			fixed("a member and an owner suspended, skipping who is refused", ChangePeople{Act: PeopleSuspend, Lines: linesOf("max", "otto"), Skip: true}),
			sole("a member and the only owner removed, skipping who is refused", ChangePeople{Act: PeopleRemove, Lines: linesOf("max", "olga"), Skip: true}),
		},
		"Suspend":    append(about(func(p PersonID) Command { return Suspend{p} }), second),
		"Reactivate": append(lifting, fixed("a stranger", Reactivate{usr("nemo")})),
		"Remove":     about(func(p PersonID) Command { return Remove{Person: p} }),
		"Leave":      {fixed("the organization", Leave{}), sole("as the only owner", Leave{})},
		"Vouch":      append(named("no longer for ", about(func(p PersonID) Command { return Vouch{p, false} }), ""), fixed("for a member", Vouch{usr("max"), true})),
		"Disable":    append(named("that is enabled, ", about(func(p PersonID) Command { return Disable{p, true} }), ""), fixed("that is enabled, of nobody disabled", Disable{usr("max"), false})),
		"Erase":      about(func(p PersonID) Command { return Erase{p} }),
		"Restore": {
			fixed("a member who was project owner", Restore{Person: usr("gus")}), fixed("a billing admin", Restore{Person: usr("gail")}),
			fixed("an owner", Restore{Person: usr("greg")}), fixed("a stranger", Restore{Person: usr("nemo")}),
		},
		"TransferOwnership": {
			fixed("to a member", TransferOwnership{To: usr("max")}),
			fixed("to an owner, stepping down", TransferOwnership{usr("otto"), RoleMember}),
			sole("to somebody who cannot sign in, the only owner stepping down", TransferOwnership{usr("max"), RoleAdmin}),
		},
	}
}

func teamSituations() map[string][]situation {
	var placing []situation
	for _, x := range []struct{ name, word string }{{" in a team that carries nothing", "blue"}, {" in a team that is analyst", "red"}, {" in a team that is owner", "crew"}} {
		in := PlaceInTeam{Team: tm(x.word), Person: usr("mia")}
		manager := in
		manager.Manager = true
		placing = append(placing, fixed("a member"+x.name, in), fixed("a manager"+x.name, manager),
			own("oneself"+x.name, func(me PersonID) Command { return PlaceInTeam{Team: tm(x.word), Person: me} }))
	}
	placing = append(placing, fixed("a member as manager", PlaceInTeam{Team: tm("red"), Person: usr("tim"), Manager: true}),
		fixed("a manager as member", PlaceInTeam{Team: tm("red"), Person: usr("bea")}))
	return map[string][]situation{
		"CreateTeam":        {fixed("without an external id", CreateTeam{Team: tm("new"), Name: "New"}), fixed("with one", CreateTeam{Team: tm("new"), Name: "New", ExternalID: "n-1"})},
		"RenameTeam":        {fixed("a team", RenameTeam{tm("red"), "Rot"})},
		"SetTeamExternalID": {fixed("of a team", SetTeamExternalID{tm("red"), "r-1"})},
		"DeleteTeam":        {fixed("that is analyst", DeleteTeam{tm("red")}), fixed("that is owner", DeleteTeam{tm("crew")})},
		"PlaceInTeam":       placing,
		"TakeFromTeam": {
			fixed("a member", TakeFromTeam{tm("red"), usr("tim")}), fixed("a manager", TakeFromTeam{tm("red"), usr("bea")}),
			own("oneself", func(me PersonID) Command { return TakeFromTeam{tm("red"), me} }),
		},
	}
}

func projectSituations() map[string][]situation {
	create := CreateProject{Project: prj("new"), Name: "New"}
	return map[string][]situation{
		"CreateProject": {
			fixed("without settings", create),
			fixed("where settings let members create and give everyone owner", create, SetSettings{MembersCreateProjects: true, CreatorRole: Consumer, EveryoneRole: Owner}),
		},
		"RenameProject":        {fixed("web", RenameProject{prj("web"), "Net"}), fixed("a project where one has nothing", RenameProject{prj("app"), "Net"})},
		"SetProjectTimezone":   {fixed("of web", SetProjectTimezone{prj("web"), "Asia/Tokyo"})},
		"SetProjectExternalID": {fixed("of web", SetProjectExternalID{prj("web"), "w-1"})},
		"DeleteProject":        {fixed("web", DeleteProject{prj("web")}), fixed("a project where one has nothing", DeleteProject{prj("app")})},
		"RestoreProject":       {fixed("a deleted project", RestoreProject{Project: prj("gone")})},
		"ResetProject": {
			fixed("web", ResetProject{prj("web"), prj("web2")}), fixed("a project where one has nothing", ResetProject{prj("app"), prj("app2")}),
			fixed("a deleted project", ResetProject{prj("gone"), prj("gone2")}),
		},
		"HandOver": append(about(func(p PersonID) Command { return HandOver{p, usr("pam")} }),
			fixed("a project owner to an analyst", HandOver{usr("paz"), usr("amy")}), own("one's own", func(me PersonID) Command { return HandOver{me, usr("amy")} })),
		"CopyAccess": {
			fixed("of a project owner", CopyAccess{usr("max"), usr("paz"), false}), fixed("of an admin with the role", CopyAccess{usr("max"), usr("adam"), true}),
			fixed("of an owner with the role", CopyAccess{usr("max"), usr("otto"), true}),
			sole("of a member with the role for the only owner", CopyAccess{usr("olga"), usr("max"), true}),
			own("of a project owner for oneself", func(me PersonID) Command { return CopyAccess{me, usr("paz"), false} }),
		},
		"OfferProject": {
			fixed("web", OfferProject{prj("web"), farAway}), fixed("a project where one has nothing", OfferProject{prj("app"), farAway}),
			fixed("to the same organization", OfferProject{prj("web"), playing().s.ID()}),
		},
		"ApproveOffer": {
			fixed("of web", ApproveOffer{prj("web"), farAway}, OfferProject{prj("web"), farAway}),
			fixed("of what is not offered", ApproveOffer{prj("web"), farAway}),
			fixed("of what is offered to another organization", ApproveOffer{prj("web"), farAway}, OfferProject{prj("web"), OrgID(id("org_", "third"))}),
		},
		"WithdrawOffer": {
			fixed("of web", WithdrawOffer{prj("web")}, OfferProject{prj("web"), farAway}),
			fixed("of what is not offered", WithdrawOffer{prj("web")}),
		},
	}
}

func grantSituations() map[string][]situation {
	soon, late := Window{End: playing().now + aDay}, Window{End: playing().now + 2*aWeek}
	var giving []situation
	for _, r := range ProjectRoles {
		giving = append(giving, fixed(string(r)+" to a member", give("web", toPerson("max"), r)),
			fixed(string(r)+" to a team", give("app", toTeam("red"), r)), fixed(string(r)+" to everyone", give("web", toEveryone, r)))
	}
	giving = append(giving,
		own("consumer to oneself, without end", func(me PersonID) Command { return give("web", Subject{Person: me}, Consumer) }),
		fixed("consumer to a member, in a project where one has nothing", give("app", toPerson("max"), Consumer)),
		fixed("consumer to a stranger", give("web", toPerson("nemo"), Consumer)),
		fixed("consumer to a team that is owner", give("web", toTeam("crew"), Consumer)))
	everyone := give("web", toEveryone, Consumer)
	everyone.Window = soon
	return map[string][]situation{
		"Give": giving,
		"Take": append(held(func(s Subject, _ ProjectRole) Command { return Take{Project: prj("web"), Subject: s} }),
			own("oneself", func(me PersonID) Command { return Take{Project: prj("web"), Subject: Subject{Person: me}} })),
		"Change": append(named("", held(func(s Subject, r ProjectRole) Command { return Change{prj("web"), s, r, Consumer} }), " to consumer"),
			fixed("a consumer to owner", Change{prj("web"), toPerson("cy"), Consumer, Owner}),
			fixed("a consumer to admin", Change{prj("web"), toPerson("cy"), Consumer, Admin}),
			fixed("a team that is analyst to owner", Change{prj("web"), toTeam("red"), Analyst, Owner})),
		"RescheduleGrant": append(named("an earlier end for ", held(func(s Subject, r ProjectRole) Command { return RescheduleGrant{prj("web"), s, r, soon} }), ""),
			fixed("no end for a project owner", RescheduleGrant{prj("web"), toPerson("paz"), Owner, Window{}}, RescheduleGrant{prj("web"), toPerson("paz"), Owner, soon}),
			fixed("no end for an analyst", RescheduleGrant{prj("web"), toPerson("amy"), Analyst, Window{}}, RescheduleGrant{prj("web"), toPerson("amy"), Analyst, soon}),
			fixed("a later end for everyone", RescheduleGrant{prj("web"), toEveryone, Consumer, late}, everyone)),
	}
}
