package org

import (
	"slices"
	"strings"
)

// theBot makes a service account in the cast first.
func theBot(role OrgRole, grants ...AccountGrant) []attempt {
	return []attempt{{by: as("olga"), do: CreateAccount{Account: acc("bot"), Name: "Bot", Role: role, Grants: grants}}}
}

func mustAccount(w *world, word string) Account {
	w.Helper()
	a, ok := w.s.Account(acc(word), w.now)
	if !ok {
		w.Fatalf("no service account %s", word)
	}
	return a
}

func accountExercises() []exercise {
	soon := Window{End: casting().now + aWeek}
	many := make([]AccountGrant, maxAccountGrants+1)
	for i := range many {
		many[i] = AccountGrant{prj("web"), Consumer, Window{}}
	}
	none := acc("none")
	return []exercise{
		{
			name: "with everything", by: as("olga"), facts: []string{"service_account.created", "grant.given", "grant.given"}, again: ErrIDUsed,
			do: CreateAccount{Account: acc("bot"), Name: "Bot", Role: RoleAdmin, ExternalID: "b-1",
				Grants: []AccountGrant{{prj("web"), Owner, Window{}}, {prj("app"), Analyst, soon}}},
			then: func(w *world) {
				want := Account{Account: acc("bot"), Name: "Bot", Role: RoleAdmin, Enabled: true, ExternalID: "b-1", Teams: []TeamID{}, Grants: 2,
					Created: w.now, CreatedBy: usr("olga"), Changed: w.s.Version()}
				if got := mustAccount(w, "bot"); got.Teams == nil || got.Name != want.Name || got.Role != want.Role || !got.Enabled || got.ExternalID != want.ExternalID ||
					got.Grants != 2 || got.Created != want.Created || got.CreatedBy != want.CreatedBy || got.Project != "" || got.Changed != want.Changed {
					w.Errorf("%+v, want %+v", got, want)
				}
				if was, is := casting().s.Counts(), w.s.Counts(); is.Accounts != 1 || is.Active != was.Active || is.Grants != was.Grants+2 {
					w.Errorf("%+v, was %+v", is, was)
				}
			},
			bad: []attempt{
				{name: "with a malformed id", do: CreateAccount{Account: "bot", Name: "Bot"}, want: ErrBadID},
				{name: "without a name", do: CreateAccount{Account: acc("bot")}, want: ErrBadName},
				{name: "with a malformed external id", do: CreateAccount{Account: acc("bot"), Name: "Bot", ExternalID: " "}, want: ErrBadExternalID},
				{name: "as owner", do: CreateAccount{Account: acc("bot"), Name: "Bot", Role: RoleOwner}, want: ErrAccountOwner},
				{name: "with a role that is none", do: CreateAccount{Account: acc("bot"), Name: "Bot", Role: "root"}, want: ErrBadRole},
				{name: "with more grants than one command gives", do: CreateAccount{Account: acc("bot"), Name: "Bot", Grants: many}, want: ErrTooManyGrants},
				{name: "with one grant twice", do: CreateAccount{Account: acc("bot"), Name: "Bot", Grants: many[:2]}, want: ErrGrantTwice},
				{name: "with a grant of no role", do: CreateAccount{Account: acc("bot"), Name: "Bot", Grants: []AccountGrant{{prj("web"), "root", Window{}}}}, want: ErrBadRole},
				{name: "with a grant that ends before it starts", do: CreateAccount{Account: acc("bot"), Name: "Bot", Grants: []AccountGrant{{prj("web"), Analyst, Window{2, 1}}}}, want: ErrBadWindow},
				{name: "with a grant that is over", do: CreateAccount{Account: acc("bot"), Name: "Bot", Grants: []AccountGrant{{prj("web"), Analyst, Window{End: 1}}}}, want: ErrPastEnd},
				{name: "with a grant nowhere", do: CreateAccount{Account: acc("bot"), Name: "Bot", Grants: []AccountGrant{{prj("no"), Analyst, Window{}}}}, want: ErrUnknownProject},
			},
		},
		{
			name: "as a project's own", by: as("pat"), facts: []string{"service_account.created", "grant.given"}, again: ErrIDUsed,
			do: CreateAccount{Account: acc("bot"), Name: "Bot", Grants: []AccountGrant{{prj("web"), Analyst, Window{}}}},
			then: func(w *world) {
				if got := mustAccount(w, "bot"); got.Project != prj("web") || got.Role != RoleMember {
					w.Errorf("%+v", got)
				}
			},
		},
		{
			name: "to another name", before: theBot(RoleMember), by: as("ada"), do: RenameAccount{acc("bot"), "Robot"}, facts: []string{"service_account.renamed"},
			then: func(w *world) {
				if mustAccount(w, "bot").Name != "Robot" || w.s.NameOf(string(acc("bot"))) != "Robot" || w.s.NameOf(string(none)) != "" {
					w.Error("the name stayed")
				}
			},
			bad: []attempt{{name: "to none", do: RenameAccount{acc("bot"), ""}, want: ErrBadName}, {name: "of none", do: RenameAccount{none, "Robot"}, want: ErrUnknownAccount}},
		},
		{
			name: "to another", before: theBot(RoleMember), by: as("olga"), do: SetAccountExternalID{acc("bot"), "b-2"}, facts: []string{"service_account.external_id_set"},
			then: func(w *world) {
				if id, ok := w.s.AccountByExternal("b-2"); !ok || id != acc("bot") {
					w.Error("it is not found by it")
				}
				w.refused(as("olga"), CreateAccount{Account: acc("other"), Name: "Other", ExternalID: "b-2"}, ErrExternalIDTaken)
				w.do(as("olga"), CreateAccount{Account: acc("other"), Name: "Other"})
				w.refused(as("olga"), SetAccountExternalID{acc("other"), "b-2"}, ErrExternalIDTaken)
				w.changes(as("olga"), DeleteAccount{acc("bot")}, SetAccountExternalID{acc("other"), "b-2"}, SetAccountExternalID{acc("other"), ""})
				w.do(as("olga"), CreateAccount{Account: acc("third"), Name: "Third", ExternalID: "b-2"})
				w.s, w.log = Evolve(casting().s), nil
				w.do(as("olga"), CreateAccount{Account: acc("bot"), Name: "Bot", ExternalID: "b-2"})
			},
			bad: []attempt{
				{name: "by an admin", by: as("ada"), do: SetAccountExternalID{acc("bot"), "b-2"}, want: ErrNotAllowed},
				{name: "that is malformed", do: SetAccountExternalID{acc("bot"), "b 2"}, want: ErrBadExternalID},
				{name: "of none", do: SetAccountExternalID{none, "b-2"}, want: ErrUnknownAccount},
			},
		},
		{
			name: "to admin", before: theBot(RoleMember), by: as("ada"), do: SetAccountRole{acc("bot"), RoleAdmin}, facts: []string{"service_account.role_set"},
			then: func(w *world) {
				if !w.s.Check(acc("bot").principal(), "teams:manage", "", w.now) {
					w.Error("the role gives nothing")
				}
			},
			bad: []attempt{
				{name: "to owner", by: as("olga"), do: SetAccountRole{acc("bot"), RoleOwner}, want: ErrAccountOwner},
				{name: "to billing admin by an admin", do: SetAccountRole{acc("bot"), RoleBillingAdmin}, want: ErrNotCovered},
				{name: "of none", do: SetAccountRole{none, RoleAdmin}, want: ErrUnknownAccount},
			},
		},
		{
			name: "at once", before: theBot(RoleAdmin), by: as("ada"), do: DisableAccount{acc("bot")}, facts: []string{"service_account.disabled"},
			then: func(w *world) {
				if mustAccount(w, "bot").Enabled || w.s.Check(acc("bot").principal(), "teams:manage", "", w.now) {
					w.Error("it may still do something")
				}
				w.refused(as("olga"), give("web", Subject{Account: acc("bot")}, Consumer), ErrAccountDisabled)
				w.refused(as("olga"), PlaceAccountInTeam{tm("red"), acc("bot"), Window{}}, ErrAccountDisabled)
				w.refused(asAccount("bot"), CreateTeam{Team: tm("new"), Name: "New"}, ErrAccountDisabled)
			},
			bad: []attempt{{name: "none", do: DisableAccount{none}, want: ErrUnknownAccount}},
		},
		{
			name: "again", before: append(theBot(RoleAdmin), attempt{by: as("ada"), do: DisableAccount{acc("bot")}}), by: as("ada"), do: EnableAccount{acc("bot")},
			facts: []string{"service_account.enabled"},
			then: func(w *world) {
				if !w.s.Check(acc("bot").principal(), "teams:manage", "", w.now) {
					w.Error("it may do nothing")
				}
			},
			bad: []attempt{{name: "none", do: EnableAccount{none}, want: ErrUnknownAccount}},
		},
		{
			name: "with all it holds", before: append(theBot(RoleMember, AccountGrant{prj("web"), Analyst, Window{}}),
				attempt{by: as("olga"), do: PlaceAccountInTeam{tm("red"), acc("bot"), Window{}}}, attempt{by: as("olga"), do: MakeKey{Account: acc("bot"), Key: ky("one")}}),
			by: as("ada"), do: DeleteAccount{acc("bot")}, facts: []string{"service_account.deleted"}, again: ErrUnknownAccount,
			then: func(w *world) {
				if was, is := casting().s.Counts(), w.s.Counts(); is != was {
					w.Errorf("%+v, was %+v", is, was)
				}
				if opens, _ := w.s.KeyOpens(acc("bot"), ky("one"), w.now); opens || w.s.NameOf(string(acc("bot"))) != "Bot" {
					w.Error("its key opens, or its name is forgotten")
				}
				w.refused(asAccount("bot"), TakeAccountFromTeam{tm("red"), acc("bot")}, ErrUnknownOrganization)
				w.refused(as("olga"), CreateAccount{Account: acc("bot"), Name: "Bot"}, ErrIDUsed)
			},
		},
		{
			name: "for people", before: theBot(RoleMember), by: theOperator, do: LetAccountAct{acc("bot"), true}, facts: []string{"service_account.acting_set"},
			then: func(w *world) {
				if !mustAccount(w, "bot").Acting {
					w.Error("it may not")
				}
			},
			bad: []attempt{
				{name: "by an owner", by: as("olga"), do: LetAccountAct{acc("bot"), true}, want: ErrOperatorOnly},
				{name: "that is none", do: LetAccountAct{none, true}, want: ErrUnknownAccount},
			},
		},
		{
			name: "as a plain member", before: theBot(RoleMember), by: as("ada"), do: PlaceAccountInTeam{tm("red"), acc("bot"), Window{}}, facts: []string{"team.member_added"},
			then: func(w *world) {
				roster := w.s.AccountRoster(tm("red"), w.now)
				if got := mustTeam(w, "red"); got.People != 2 || got.Accounts != 1 || len(roster) != 1 || roster[0].Account != acc("bot") || roster[0].Person != "" {
					w.Errorf("%+v, %+v", got, roster)
				}
				if !w.s.Check(acc("bot").principal(), "project:view", prj("web"), w.now) {
					w.Error("the team gives it nothing")
				}
				if w.s.AccountRoster(tm("none"), w.now) != nil {
					w.Error("a team that is none has a roster")
				}
			},
			bad: []attempt{
				{name: "by a manager of the team", by: as("tess"), do: PlaceAccountInTeam{tm("red"), acc("bot"), Window{}}, want: ErrNotAllowed},
				{name: "in no team", do: PlaceAccountInTeam{tm("none"), acc("bot"), Window{}}, want: ErrUnknownTeam},
				{name: "that is none", do: PlaceAccountInTeam{tm("red"), none, Window{}}, want: ErrUnknownAccount},
				{name: "until before now", do: PlaceAccountInTeam{tm("red"), acc("bot"), Window{End: 1}}, want: ErrPastEnd},
				{name: "until before it starts", do: PlaceAccountInTeam{tm("red"), acc("bot"), Window{2, 1}}, want: ErrBadWindow},
			},
		},
		{
			name: "by itself", before: append(theBot(RoleMember), attempt{by: as("ada"), do: PlaceAccountInTeam{tm("red"), acc("bot"), Window{}}}), by: asAccount("bot"),
			do: TakeAccountFromTeam{tm("red"), acc("bot")}, facts: []string{"team.member_removed"}, again: ErrNotInTeam,
			bad: []attempt{
				{name: "from no team", do: TakeAccountFromTeam{tm("none"), acc("bot")}, want: ErrUnknownTeam},
				{name: "that is none", by: as("ada"), do: TakeAccountFromTeam{tm("red"), none}, want: ErrNotInTeam},
			},
		},
	}
}

func keyExercises() []exercise {
	at := casting().now
	bot := theBot(RoleMember, AccountGrant{prj("web"), Analyst, Window{}})
	withKey := append(slices.Clone(bot), attempt{by: as("olga"), do: MakeKey{Account: acc("bot"), Key: ky("one"), Expires: at + aWeek}})
	acting := append(slices.Clone(bot), attempt{by: theOperator, do: LetAccountAct{acc("bot"), true}},
		attempt{by: theOperator, do: MakeKey{Account: acc("bot"), Key: ky("act"), Acting: true}})
	none := acc("none")
	opens := func(w *world, word string, at Instant) bool {
		is, _ := w.s.KeyOpens(acc("bot"), ky(word), at)
		return is
	}
	by := func(until Instant) Actor { return Actor{Person: usr("olga"), Until: until} }
	return []exercise{
		{
			name: "for a time", before: bot, by: as("pat"), do: MakeKey{Account: acc("bot"), Key: ky("one"), Expires: at + aDay}, facts: []string{"key.made"}, again: ErrIDUsed,
			then: func(w *world) {
				keys := w.s.AccountKeys(acc("bot"), w.now)
				if want := (AccountKey{Key: ky("one"), Made: w.now, MadeBy: usr("pat"), Expires: at + aDay, Opens: true}); len(keys) != 1 || keys[0] != want {
					w.Errorf("%+v, want %+v", keys, want)
				}
				if !opens(w, "one", at+aDay-1) || opens(w, "one", at+aDay) || w.s.AccountKeys(none, w.now) != nil {
					w.Error("it ends at another instant")
				}
				for i := range maxAccountKeys - 1 {
					w.changes(as("olga"), MakeKey{Account: acc("bot"), Key: ky("more" + strings.Repeat("a", i))})
				}
				w.refused(as("olga"), MakeKey{Account: acc("bot"), Key: ky("last")}, ErrTooManyKeys)
				w.refused(as("olga"), RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("last")}, ErrTooManyKeys)
				w.changes(as("olga"), EndKey{acc("bot"), ky("more")})
			},
			bad: []attempt{
				{name: "with a malformed id", do: MakeKey{Account: acc("bot"), Key: "one"}, want: ErrBadID},
				{name: "until before now", do: MakeKey{Account: acc("bot"), Key: ky("one"), Expires: at}, want: ErrPastEnd},
				{name: "until no instant", do: MakeKey{Account: acc("bot"), Key: ky("one"), Expires: -1}, want: ErrBadWindow},
				{name: "of none", do: MakeKey{Account: none, Key: ky("one")}, want: ErrUnknownAccount},
				{name: "by itself", by: asAccount("bot"), do: MakeKey{Account: acc("bot"), Key: ky("one")}, want: ErrNotAllowed},
				{name: "that acts, by an owner", by: as("olga"), do: MakeKey{Account: acc("bot"), Key: ky("one"), Acting: true}, want: ErrOperatorOnly},
				{name: "that acts, of one that may not", by: theOperator, do: MakeKey{Account: acc("bot"), Key: ky("one"), Acting: true}, want: ErrMayNotAct},
				{name: "by the operator, of one that members use", by: theOperator, do: MakeKey{Account: acc("bot"), Key: ky("one")}, want: ErrEntered},
				{name: "without end, by a key that ends", by: by(at + anHour), do: MakeKey{Account: acc("bot"), Key: ky("one")}, want: ErrKeyOutlasts},
				{name: "for longer than the key it is made with", by: by(at + anHour), do: MakeKey{Account: acc("bot"), Key: ky("one"), Expires: at + anHour + 1}, want: ErrKeyOutlasts},
			},
		},
		{
			name: "that acts for people", before: acting[:len(acting)-1], by: theOperator, do: MakeKey{Account: acc("bot"), Key: ky("one"), Acting: true}, facts: []string{"key.made"}, again: ErrIDUsed,
			then: func(w *world) {
				if is, acts := w.s.KeyOpens(acc("bot"), ky("one"), w.now); !is || !acts {
					w.Error("it does not")
				}
				w.refused(as("olga"), endKeyOf("bot", "none"), ErrUnknownKey)
				w.refused(as("olga"), RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("two")}, ErrOperatorOnly)
				w.refused(as("olga"), RescheduleKey{acc("bot"), ky("one"), at + aDay}, ErrOperatorOnly)
				w.changes(theOperator, RescheduleKey{acc("bot"), ky("one"), at + aDay}, RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("two")}, endKeyOf("bot", "two"))
				w.changes(theOperator, MakeKey{Account: acc("bot"), Key: ky("three"), Acting: true}, LetAccountAct{acc("bot"), false}, LetAccountAct{acc("bot"), true})
				if opens(w, "three", w.now) {
					w.Error("a key opens again that ended with the permission to act")
				}
				w.changes(theOperator, MakeKey{Account: acc("bot"), Key: ky("four"), Acting: true})
				w.changes(as("olga"), endKeyOf("bot", "four"))
				w.changes(theOperator, MakeKey{Account: acc("bot"), Key: ky("one" + "x"), Acting: true})
				w.s, w.log = Evolve(casting().s), nil
				for _, a := range acting {
					w.do(a.by, a.do)
				}
				w.do(theOperator, MakeKey{Account: acc("bot"), Key: ky("one"), Acting: true})
			},
		},
		{
			name: "with overlap", before: withKey, by: as("ada"), facts: []string{"key.rotated"}, again: ErrIDUsed,
			do: RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("two"), Overlap: at + anHour},
			then: func(w *world) {
				for _, key := range []struct {
					word string
					at   Instant
					want bool
				}{{"one", at + anHour - 1, true}, {"one", at + anHour, false}, {"two", at, true}, {"two", at + 100*aWeek, true}} {
					if opens(w, key.word, key.at) != key.want {
						w.Errorf("%+v", key)
					}
				}
			},
			bad: []attempt{
				{name: "with a malformed id", do: RotateKey{Account: acc("bot"), Old: ky("one"), Key: "two"}, want: ErrBadID},
				{name: "of none", do: RotateKey{Account: none, Old: ky("one"), Key: ky("two")}, want: ErrUnknownAccount},
				{name: "that is none", do: RotateKey{Account: acc("bot"), Old: ky("none"), Key: ky("two")}, want: ErrUnknownKey},
				{name: "by itself", do: RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("one")}, want: ErrIDUsed},
				{name: "that goes on until before now", do: RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("two"), Overlap: at}, want: ErrPastEnd},
				{name: "that goes on until no instant", do: RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("two"), Overlap: -1}, want: ErrBadWindow},
				{name: "into one that is over", do: RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("two"), Expires: at}, want: ErrPastEnd},
				{name: "into one that ends at no instant", do: RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("two"), Expires: -1}, want: ErrBadWindow},
				{name: "by the operator", by: theOperator, do: RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("two")}, want: ErrEntered},
			},
		},
		{
			name: "to a later end", before: withKey, by: as("pat"), do: RescheduleKey{acc("bot"), ky("one"), at + 2*aWeek}, facts: []string{"key.rescheduled"},
			then: func(w *world) {
				if keys := w.s.AccountKeys(acc("bot"), w.now); keys[0].MadeBy != usr("pat") || !opens(w, "one", at+2*aWeek-1) || opens(w, "one", at+2*aWeek) {
					w.Errorf("%+v", keys)
				}
				later := w.fork(w.TB)
				later.passes(3 * 7 * 24 * 3600 * 1e9)
				later.refused(as("pat"), RescheduleKey{acc("bot"), ky("one"), at + 9*aWeek}, ErrKeyOver)
				later.refused(as("pat"), RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("two")}, ErrKeyOver)
			},
			bad: []attempt{
				{name: "to before now", do: RescheduleKey{acc("bot"), ky("one"), at}, want: ErrPastEnd},
				{name: "to no instant", do: RescheduleKey{acc("bot"), ky("one"), -1}, want: ErrBadWindow},
				{name: "of none", do: RescheduleKey{acc("bot"), ky("none"), 0}, want: ErrUnknownKey},
			},
		},
		{
			name: "at once", before: withKey, by: as("pat"), do: endKeyOf("bot", "one"), facts: []string{"key.ended"}, again: ErrUnknownKey,
			then: func(w *world) {
				if opens(w, "one", w.now) {
					w.Error("it opens")
				}
			},
			bad: []attempt{
				{name: "of none", do: EndKey{none, ky("one")}, want: ErrUnknownAccount},
				{name: "by the operator", by: theOperator, do: endKeyOf("bot", "one"), want: ErrEntered},
			},
		},
	}
}

// endKeyOf is EndKey by words.
func endKeyOf(account, key string) EndKey { return EndKey{acc(account), ky(key)} }
