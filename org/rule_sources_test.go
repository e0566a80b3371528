package org

import "testing"

// Rule 3.3.3: a right is changed where it comes from.
func TestARightIsChangedWhereItComesFrom(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), give("app", toEveryone, Consumer))
	takes := func(p string, s Subject) Command { return Take{Project: prj(p), Subject: s} }
	w.attempts(t, []attempt{
		{"what comes through a team is not taken from the person", as("pia"), takes("web", toPerson("tim")), ErrNoGrant},
		{"what comes through everyone is not taken from the person", as("olga"), takes("app", toPerson("mia")), ErrNoGrant},
		{"what comes with an organization role is not taken in the project", as("olga"), takes("web", toPerson("ada")), ErrNoGrant},
		{"what comes through a team is not changed for the person", as("pia"), Change{prj("web"), toPerson("tim"), Analyst, Consumer}, ErrNoGrant},
		{"what comes through a team gets no end for the person", as("pia"), RescheduleGrant{prj("web"), toPerson("tim"), Analyst, Window{End: w.now + aWeek}}, ErrNoGrant},
		{"a project owner does not take a team's grant", as("pia"), takes("web", toTeam("red")), ErrNotAllowed},
		{"a project owner does not change a team's grant", as("pia"), Change{prj("web"), toTeam("red"), Analyst, Consumer}, ErrNotAllowed},
		{"a project owner gives a team's grant no end", as("pia"), RescheduleGrant{prj("web"), toTeam("red"), Analyst, Window{End: w.now + aWeek}}, ErrNotAllowed},
		{"a team's manager does not take the team's grant", as("tess"), takes("web", toTeam("red")), ErrNotAllowed},
		{"an admin of the organization takes a team's grant", as("ada"), takes("web", toTeam("red")), nil},
		{"an owner of the organization takes everyone's grant", as("olga"), takes("app", toEveryone), nil},
		{"what is not there is not taken", as("olga"), takes("web", toEveryone), ErrNoGrant},
		{"what a team has not is not taken", as("olga"), takes("app", toTeam("red")), ErrNoGrant},
	}...)
}

func TestRightsOfOneSourceStayBesideThoseOfAnother(t *testing.T) {
	w := newWorld(t)
	imported := func(g Give) Give { g.Source = ByImport; return g }
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember}, CreateProject{Project: prj("web"), Name: "Web"},
		give("web", toPerson("mia"), Analyst), imported(give("web", toPerson("mia"), Analyst)), imported(give("web", toPerson("mia"), Admin)))
	w.holdsOnly("mia", "web", Admin, Analyst, Analyst)
	w.attempts(t, []attempt{
		{"of the source that is named nothing like it is there", as("olga"), Take{Project: prj("web"), Subject: toPerson("mia"), Source: BySetting}, ErrNoGrant},
		{"of the role that is named nothing is there", as("olga"), Take{Project: prj("web"), Subject: toPerson("mia"), Role: Owner}, ErrNoGrant},
		{"of role and source together nothing is there", as("olga"), Take{Project: prj("web"), Subject: toPerson("mia"), Role: Admin, Source: ByHand}, ErrNoGrant},
	}...)
	for _, row := range []struct {
		name string
		do   Take
		left []ProjectRole
	}{
		{"taking the import leaves what was given by hand", Take{Source: ByImport}, []ProjectRole{Analyst}},
		{"taking what was given by hand leaves the import", Take{Source: ByHand}, []ProjectRole{Admin, Analyst}},
		{"taking a role takes it from both", Take{Role: Analyst}, []ProjectRole{Admin}},
		{"taking a role of one source leaves that of the other", Take{Role: Analyst, Source: ByImport}, []ProjectRole{Admin, Analyst}},
		{"taking all leaves nothing", Take{}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := w.fork(t)
			row.do.Project, row.do.Subject = prj("web"), toPerson("mia")
			w.changes(as("olga"), row.do)
			w.holdsOnly("mia", "web", row.left...)
			w.seesIf(len(row.left) > 0, "mia", "project:view", "web")
		})
	}
	t.Run("changing a role changes it from each source and keeps the source", func(t *testing.T) {
		w := w.fork(t)
		w.changes(as("olga"), Change{prj("web"), toPerson("mia"), Analyst, Consumer})
		w.holdsOnly("mia", "web", Admin, Consumer, Consumer)
		w.changes(as("olga"), Take{Project: prj("web"), Subject: toPerson("mia"), Source: ByImport})
		w.holdsOnly("mia", "web", Consumer)
	})
}

// seesIf checks that a permission is there if it ought to be.
func (w *world) seesIf(ought bool, word string, p Permission, project string) {
	w.Helper()
	if ought {
		w.can(word, p, project)
		return
	}
	w.cannot(word, p, project)
}

func TestSourcesAreToldWithWhoGaveAndWhen(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember, Source: ByImport}, CreateTeam{Team: tm("red"), Name: "Red", Source: ByImport},
		CreateProject{Project: prj("web"), Name: "Web", Source: ByImport})
	for _, got := range []Source{w.member("mia").Source, mustTeam(w, "red").Source, mustProject(w, "web").Source} {
		if got != ByImport {
			t.Errorf("source %s", got)
		}
	}
	if w.member("olga").Source != ByHand {
		t.Error("the founder's source is not by hand")
	}
	w.now += anHour
	gave := w.now
	w.do(as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, give("web", toTeam("red"), Analyst),
		give("web", toPerson("mia"), Consumer), give("web", toEveryone, Consumer), SetRole{usr("mia"), RoleAdmin})
	w.now += anHour
	got := w.s.Sources(usr("mia"), prj("web"), w.now)
	want := []Held{
		{Project: prj("web"), Role: Admin, Via: ViaRole, OrgRole: RoleAdmin, Now: true, GivenAt: w.member("mia").Joined},
		{Project: prj("web"), Role: Consumer, Via: ViaPerson, Source: ByHand, Now: true, GivenBy: usr("olga"), GivenAt: gave},
		{Project: prj("web"), Role: Analyst, Via: ViaTeam, Team: tm("red"), Source: ByHand, Now: true, GivenBy: usr("olga"), GivenAt: gave},
		{Project: prj("web"), Role: Consumer, Via: ViaEveryone, Source: ByHand, Now: true, GivenBy: usr("olga"), GivenAt: gave},
	}
	if len(got) != len(want) {
		t.Fatalf("%d sources, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("source %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

func mustTeam(w *world, word string) Team {
	w.Helper()
	v, ok := w.s.Team(tm(word))
	if !ok {
		w.Fatalf("no team %s", word)
	}
	return v
}

func mustProject(w *world, word string) Project {
	w.Helper()
	v, ok := w.s.Project(prj(word))
	if !ok {
		w.Fatalf("no project %s", word)
	}
	return v
}
