package org

import (
	"slices"
	"testing"
)

// A deleted project is unreachable at once on every way, and comes back within 90 days with all that slept in it.
func TestDeletingAndRestoringAProject(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), give("web", toEveryone, Consumer), SetProjectExternalID{prj("web"), "web-1"})
	counts, before := w.s.Counts(), w.s.GrantsOn(prj("web"), w.now)
	w.changes(as("pia"), DeleteProject{prj("web")})
	deleted := w.now
	for _, word := range []string{"olga", "ada", "pia", "pat", "ana", "cora", "tim", "mia"} {
		w.cannot(word, "project:view", "web")
		if slices.Contains(slices.Collect(w.s.ProjectsWhere(usr(word), "project:view", w.now, "")), prj("web")) {
			t.Errorf("%s still has it listed", word)
		}
	}
	if people := slices.Collect(w.s.PeopleWhere(prj("web"), "project:view", w.now, "")); people != nil {
		t.Errorf("it still lists people: %v", people)
	}
	if p := mustProject(w, "web"); p.Deleted != deleted || p.RestoreBy != deleted+90*aDay {
		t.Errorf("deleted %d, to be restored by %d", p.Deleted, p.RestoreBy)
	}
	if _, found := w.s.ProjectByExternal("web-1"); found {
		t.Error("its external id still leads to it")
	}
	if got := w.s.Counts(); got.Projects != counts.Projects-1 || got.Deleted != counts.Deleted+1 || got.Grants != counts.Grants {
		t.Errorf("counts %+v", got)
	}
	gone := func(name string, by string, c Command) attempt { return attempt{name, as(by), c, ErrProjectDeleted} }
	w.attempts(t, []attempt{
		gone("nobody renames it", "olga", RenameProject{prj("web"), "Net"}),
		gone("nobody sets its time zone", "olga", SetProjectTimezone{prj("web"), "UTC"}),
		gone("nobody sets its external id", "olga", SetProjectExternalID{prj("web"), "x"}),
		gone("nobody gives access to it", "olga", give("web", toPerson("mia"), Consumer)),
		gone("nobody gives a team access to it", "olga", give("web", toTeam("red"), Consumer)),
		gone("nobody takes access from it", "olga", Take{Project: prj("web"), Subject: toPerson("pia")}),
		gone("nobody changes access to it", "olga", Change{prj("web"), toPerson("pia"), Owner, Admin}),
		gone("nobody sets the dates of access to it", "olga", RescheduleGrant{prj("web"), toPerson("pia"), Owner, Window{End: w.now + aDay}}),
		gone("also who may not rename it is told that it is deleted", "mia", RenameProject{prj("web"), "Net"}),
		gone("also who may not give a team access to it", "mia", give("web", toTeam("red"), Consumer)),
		{"an admin of the project does not restore it", as("pat"), RestoreProject{Project: prj("web")}, ErrNotAllowed},
		{"an admin of the organization does not restore it", as("ada"), RestoreProject{Project: prj("web")}, ErrNotAllowed},
		{"its owner restores it", as("pia"), RestoreProject{Project: prj("web")}, nil},
		{"an owner of the organization restores it", as("olga"), RestoreProject{Project: prj("web")}, nil},
	}...)
	w.idle(as("pia"), DeleteProject{prj("web")})
	t.Run("with its grants", func(t *testing.T) {
		w := w.fork(t)
		w.now += 90*aDay - 1
		w.changes(as("pia"), RestoreProject{Project: prj("web")})
		w.can("cora", "project:view", "web")
		w.can("pia", "project:delete", "web")
		w.can("tim", "project:view", "web")
		if after := w.s.GrantsOn(prj("web"), w.now); len(after) != len(before) {
			t.Errorf("%d grants, before %d", len(after), len(before))
		}
		if got, found := w.s.ProjectByExternal("web-1"); !found || got != prj("web") {
			t.Error("its external id does not lead to it")
		}
		if p := mustProject(w, "web"); p.Deleted != 0 || p.RestoreBy != 0 {
			t.Errorf("%+v", p)
		}
		if w.s.Counts() != counts {
			t.Errorf("counts %+v, before %+v", w.s.Counts(), counts)
		}
		w.idle(as("pia"), RestoreProject{Project: prj("web")})
	})
	t.Run("90 days, to the instant", func(t *testing.T) {
		w := w.fork(t)
		w.now += 90 * aDay
		w.refused(as("pia"), RestoreProject{Project: prj("web")}, ErrProjectPurged)
		w.refused(as("olga"), RestoreProject{Project: prj("web")}, ErrProjectPurged)
	})
	t.Run("who was removed meanwhile does not come back with it", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("olga"), Remove{Person: usr("cora")}, DeleteTeam{tm("red")}, RestoreProject{Project: prj("web")}, AddMember{Person: usr("cora"), Role: RoleMember})
		w.holdsOnly("cora", "web")
		if p := mustProject(w, "web"); p.People != 7 || p.Teams != 0 || !p.Everyone {
			t.Errorf("%+v", p)
		}
	})
}

// Restoring is giving all that sleeps in the project.
func TestRestoringAProjectIsGiving(t *testing.T) {
	w := cast(t)
	soon := Window{End: w.now + aWeek}
	timed := func(s Subject, r ProjectRole, in Window) Give { g := give("app", s, r); g.Window = in; return g }
	w.do(as("olga"), timed(toPerson("mia"), Owner, soon), timed(toEveryone, Admin, Window{}), give("app", toPerson("max"), Owner),
		timed(toTeam("red"), Analyst, soon), PlaceInTeam{Team: tm("red"), Person: usr("mia")})
	w.do(as("mia"), DeleteProject{prj("app")})
	t.Run("an owner for a time extends nothing by it", func(t *testing.T) { w.fork(t).changes(as("mia"), RestoreProject{Project: prj("app")}) })
	now := inPlaceOf(w, as("mia"))
	powers := (&ProjectRestored{prj("app"), "App"}).gives(w.s)
	roles := map[Instant]int{}
	for _, p := range powers {
		if p.place != placeProject || p.project != now.projectRow(prj("app")) {
			t.Errorf("a power elsewhere: %+v", p)
		}
		roles[p.until]++
	}
	if len(powers) != 4 || roles[soon.End] != 1 || roles[0] != 3 {
		t.Errorf("restoring gives %d powers, by end %v: an owner, a consumer, a team and everyone are asleep", len(powers), roles)
	}
}

// A project without an owner of its own has the organization's owners.
func TestOwnersStandIn(t *testing.T) {
	w := cast(t)
	for _, c := range []Command{Remove{Person: usr("pia")}, Remove{Person: usr("paz")}} {
		w.do(as("ada"), c)
	}
	for _, g := range w.s.GrantsOn(prj("web"), w.now) {
		if g.Role == Owner {
			t.Fatalf("an owner is left: %+v", g)
		}
	}
	for _, word := range []string{"olga", "otto"} {
		w.can(word, "project:delete", "web")
		w.can(word, "project:transfer", "web")
	}
	w.cannot("ada", "project:delete", "web")
	w.changes(as("otto"), give("web", toPerson("mia"), Owner))
}

// Who may delete, restore and transfer any project needs no role in it.
func TestWhoManagesAnyProjectNeedsNoRoleInIt(t *testing.T) {
	own := Builtin()
	for i := range own {
		if own[i].Key == "projects:manage_any" {
			own[i].Org = []OrgRole{RoleOwner, RoleAdmin}
		}
	}
	c, err := newCatalog(own, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := cast(t)
	w.s.catalogs.(known)[c.Digest()] = c
	w.refused(as("ada"), DeleteProject{prj("web")}, ErrNotAllowed)
	w.do(theOperator, AdoptCatalog{Catalog: c.Digest()})
	w.changes(as("ada"), DeleteProject{prj("web")})
	w.refused(as("ada"), RestoreProject{Project: prj("web")}, ErrNotCovered)
	w.changes(as("olga"), RestoreProject{Project: prj("web")})
}
