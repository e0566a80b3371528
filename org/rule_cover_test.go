package org

import "testing"

// Rule 3.3.1: nobody gives what they do not cover at that place.
func TestNobodyGivesWhatTheyDoNotCover(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), CreateTeam{Team: tm("blue"), Name: "Blue"}, give("app", toTeam("blue"), Owner),
		CreateTeam{Team: tm("grey"), Name: "Grey"}, CreateTeam{Team: tm("gold"), Name: "Gold"},
		SetSettings{Teams: []TeamRole{{tm("gold"), Owner}}},
		Reschedule{Person: usr("pia"), Window: Window{End: w.now + aWeek}},
		Reschedule{Person: usr("pat"), Window: Window{End: w.now + aWeek}},
		Reschedule{Person: usr("tim"), Window: Window{End: w.now + aWeek}})
	w.do(as("olga"), PlaceInTeam{Team: tm("blue"), Person: usr("tim")})
	newcomer := func(r OrgRole) Command { return AddMember{Person: usr("zed"), Role: r} }
	w.attempts(t, []attempt{
		{"an owner adds an owner", as("olga"), newcomer(RoleOwner), nil},
		{"an owner adds a billing admin", as("olga"), newcomer(RoleBillingAdmin), nil},
		{"an admin adds no owner", as("ada"), newcomer(RoleOwner), ErrNotCovered},
		{"an admin adds an admin", as("ada"), newcomer(RoleAdmin), nil},
		{"an admin adds no billing admin, for an admin cannot buy a plan", as("ada"), newcomer(RoleBillingAdmin), ErrNotCovered},
		{"an admin adds a member", as("ada"), newcomer(RoleMember), nil},
		{"a billing admin adds nobody", as("bill"), newcomer(RoleMember), ErrNotAllowed},
		{"a member adds nobody", as("mia"), newcomer(RoleMember), ErrNotAllowed},
		{"a project owner who is a member adds nobody", as("pia"), newcomer(RoleMember), ErrNotAllowed},

		{"an owner makes a member owner", as("olga"), SetRole{usr("mia"), RoleOwner}, nil},
		{"an owner makes a member billing admin", as("olga"), SetRole{usr("mia"), RoleBillingAdmin}, nil},
		{"an admin makes no member owner", as("ada"), SetRole{usr("mia"), RoleOwner}, ErrNotCovered},
		{"an admin makes no member billing admin", as("ada"), SetRole{usr("mia"), RoleBillingAdmin}, ErrNotCovered},
		{"an admin makes a member admin", as("ada"), SetRole{usr("mia"), RoleAdmin}, nil},
		{"an admin transfers no ownership", as("ada"), TransferOwnership{To: usr("mia")}, ErrNotAllowed},

		{"an owner gives project owner", as("olga"), give("app", toPerson("mia"), Owner), nil},
		{"an admin gives no project owner to a person", as("ada"), give("app", toPerson("mia"), Owner), ErrNotCovered},
		{"an admin gives no project owner to a team", as("ada"), give("app", toTeam("grey"), Owner), ErrNotCovered},
		{"an admin gives no project owner to everyone", as("ada"), give("app", toEveryone, Owner), ErrNotCovered},
		{"an admin gives project admin to a person", as("ada"), give("app", toPerson("mia"), Admin), nil},
		{"an admin gives project admin to a team", as("ada"), give("app", toTeam("grey"), Admin), nil},
		{"an admin gives project admin to everyone", as("ada"), give("app", toEveryone, Admin), nil},
		{"a project owner gives project owner", as("paz"), give("web", toPerson("mia"), Owner), nil},
		{"a project owner gives project owner to everyone", as("paz"), give("web", toEveryone, Owner), nil},
		{"a project owner gives a team nothing", as("paz"), give("web", toTeam("grey"), Consumer), ErrNotAllowed},
		{"a project admin gives no project owner", as("pip"), give("web", toPerson("mia"), Owner), ErrNotCovered},
		{"a project admin gives no project owner to everyone", as("pip"), give("web", toEveryone, Owner), ErrNotCovered},
		{"a project admin gives project admin", as("pip"), give("web", toPerson("mia"), Admin), nil},
		{"a project admin gives nothing in another project", as("pat"), give("app", toPerson("mia"), Consumer), ErrNotAllowed},
		{"an analyst gives nothing", as("ana"), give("web", toPerson("mia"), Consumer), ErrNotAllowed},
		{"a project admin changes nobody to project owner", as("pip"), Change{prj("web"), toPerson("ana"), Analyst, Owner}, ErrNotCovered},
		{"a project admin changes an analyst to admin", as("pip"), Change{prj("web"), toPerson("ana"), Analyst, Admin}, nil},
		{"an admin changes no team to project owner", as("ada"), Change{prj("web"), toTeam("red"), Analyst, Owner}, ErrNotCovered},

		{"an admin places nobody in a team that is project owner", as("ada"), PlaceInTeam{Team: tm("blue"), Person: usr("mia")}, ErrNotCovered},
		{"an admin makes nobody manager of such a team", as("ada"), PlaceInTeam{Team: tm("blue"), Person: usr("mia"), Manager: true}, ErrNotCovered},
		{"an admin makes no member of such a team its manager", as("ada"), PlaceInTeam{Team: tm("blue"), Person: usr("tim"), Manager: true}, ErrNotCovered},
		{"an owner does", as("olga"), PlaceInTeam{Team: tm("blue"), Person: usr("mia"), Manager: true}, nil},
		{"an admin places somebody in a team that is analyst", as("ada"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, nil},
		{"an admin places nobody in a team that will be owner of new projects", as("ada"), PlaceInTeam{Team: tm("gold"), Person: usr("mia")}, ErrNotCovered},
		{"an owner places somebody in such a team", as("olga"), PlaceInTeam{Team: tm("gold"), Person: usr("mia")}, nil},

		{"an admin extends no membership that holds project owner", as("ada"), Reschedule{Person: usr("pia")}, ErrNotCovered},
		{"an admin shortens such a membership", as("ada"), Reschedule{Person: usr("pia"), Window: Window{End: w.now + aDay}}, nil},
		{"an admin extends one that holds project admin", as("ada"), Reschedule{Person: usr("pat")}, nil},
		{"an admin extends no membership in a team that is project owner", as("ada"), Reschedule{Person: usr("tim")}, ErrNotCovered},
		{"an owner extends any", as("olga"), Reschedule{Person: usr("tim")}, nil},

		{"an admin lets new projects give everyone no owner", as("ada"), SetSettings{EveryoneRole: Owner, Teams: []TeamRole{{tm("gold"), Owner}}}, ErrNotCovered},
		{"an admin lets new projects give everyone admin", as("ada"), SetSettings{EveryoneRole: Admin, Teams: []TeamRole{{tm("gold"), Owner}}}, nil},
		{"an admin lets new projects give a team no owner", as("ada"), SetSettings{Teams: []TeamRole{{tm("gold"), Owner}, {tm("red"), Owner}}}, ErrNotCovered},
		{"an admin lets new projects give a team admin", as("ada"), SetSettings{Teams: []TeamRole{{tm("gold"), Owner}, {tm("red"), Admin}}}, nil},
		{"an admin lets members create projects", as("ada"), SetSettings{MembersCreateProjects: true}, nil},
	}...)
}

// What a role brings by the settings belongs to it: who has not the right to create projects gives nobody the role
// that has it, not even themselves by stepping down.
func TestTheMemberRoleIsCoveredAsItStands(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), SetSettings{MembersCreateProjects: true})
	w.can("mia", "projects:create", "")
	w.cannot("bill", "projects:create", "")
	w.attempts(t, []attempt{
		{"a billing admin does not step down to more", as("bill"), SetRole{usr("bill"), RoleMember}, ErrNotBelow},
		{"an admin steps down to it", as("ada"), SetRole{usr("ada"), RoleMember}, nil},
		{"an admin adds a member", as("ada"), AddMember{Person: usr("zed"), Role: RoleMember}, nil},
		{"an owner makes a billing admin a member", as("olga"), SetRole{usr("bill"), RoleMember}, nil},
	}...)
	w.do(as("olga"), SetSettings{})
	w.changes(as("bill"), SetRole{usr("bill"), RoleMember})
}

// Authority is that of the version at which the change is written.
//
// I-15 guarded by org.Decide
func TestAuthorityIsThatOfTheVersionWritten(t *testing.T) {
	w := cast(t)
	before := w.s
	make := SetRole{usr("mia"), RoleAdmin}
	if _, err := Decide(before, as("ada"), w.now, make); err != nil {
		t.Fatal(err)
	}
	w.do(as("olga"), SetRole{usr("ada"), RoleMember})
	w.refused(as("ada"), make, ErrNotAllowed)
	if _, err := Decide(before, as("ada"), w.now, make); err != nil {
		t.Fatalf("the older version answers otherwise now: %v", err)
	}
}

// Each power is judged in its own place: what the actor holds elsewhere does not help.
func TestCoverIsJudgedAtThePlace(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), give("app", toPerson("pat"), Admin), give("app", toPerson("ana"), Owner))
	w.attempts(t, []attempt{
		{"an admin of both gives admin in one", as("pat"), give("app", toPerson("mia"), Admin), nil},
		{"an owner of the one gives no owner in the other", as("pia"), give("app", toPerson("mia"), Consumer), ErrNotAllowed},
		{"an admin here who is owner there gives no owner here", as("ana"), give("web", toPerson("mia"), Consumer), ErrNotAllowed},
	}...)
	w.do(as("olga"), give("web", toPerson("ana"), Admin))
	w.attempts(t, []attempt{
		{"owner there and admin here gives owner there", as("ana"), give("app", toPerson("mia"), Owner), nil},
		{"owner there and admin here gives no owner here", as("ana"), give("web", toPerson("mia"), Owner), ErrNotCovered},
	}...)
}

// What is explicit is in no role; the organization's owners cover it without holding it, nobody else does.
func TestExplicitPermissions(t *testing.T) {
	w := cast(t)
	classified := explicitRow.Key
	for _, word := range []string{"olga", "ada", "pia", "pat", "ana", "cora", "mia"} {
		w.cannot(word, classified, "web")
	}
	bit := w.s.catalog.number[classified]
	var set Set
	set.add(bit)
	web := w.s.projectRow(prj("web"))
	for _, row := range []struct {
		name  string
		by    string
		place Power
		want  error
	}{
		{"an owner covers it in a project", "olga", Power{place: placeProject, project: web}, nil},
		{"an owner covers it in every project", "olga", Power{place: placeEveryProject}, nil},
		{"an admin does not cover it", "ada", Power{place: placeProject, project: web}, ErrNotCovered},
		{"a project owner does not cover it", "pia", Power{place: placeProject, project: web}, ErrNotCovered},
	} {
		t.Run(row.name, func(t *testing.T) {
			now := inPlaceOf(w, as(row.by))
			row.place.set, row.place.person, row.place.team = set, noRow, noRow
			if err := now.covers(row.place); err != row.want {
				t.Fatalf("got %v, want %v", err, row.want)
			}
		})
	}
	e := w.s.Explain(usr("mia"), classified, prj("web"), w.now)
	if e.Allowed || e.Reason != ReasonByExplicit || len(e.Deciders) != 2 || e.Deciders[0] != usr("olga") || e.Deciders[1] != usr("otto") {
		t.Fatalf("explained as %+v", e)
	}
}

// inPlaceOf is what a command of that actor would be decided in.
func inPlaceOf(w *world, by Actor) Situation {
	w.Helper()
	now := Situation{State: w.s, by: by, row: noRow, at: w.now}
	if err := now.enter(Need{}); err != nil {
		w.Fatal(err)
	}
	return now
}
