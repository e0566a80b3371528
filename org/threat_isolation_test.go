package org

import (
	"bytes"
	"errors"
	"testing"
)

// Two organizations that share nothing but the catalogs.
func twoWorlds(t *testing.T) (a, b *world) {
	a = cast(t)
	b = &world{TB: t, s: Empty(a.s.catalogs), now: a.now}
	b.do(as("boss"), CreateOrganization{Organization: OrgID(id("org_", "bmart")), Name: "B-Mart", Slug: "b-mart", Proofs: Vouched, Catalog: a.s.CatalogDigest()},
		AddMember{Person: usr("beth"), Role: RoleMember}, CreateTeam{Team: tm("bteam"), Name: "B"}, CreateProject{Project: prj("bweb"), Name: "B"},
		give("bweb", toPerson("beth"), Analyst))
	return a, b
}

// T-6 guarded by org.SetSettings.decide
func TestABatchWithForeignIDsIsRefusedAsAWhole(t *testing.T) {
	a, _ := twoWorlds(t)
	mixed := func(foreign TeamID) Command {
		return SetSettings{EveryoneRole: Consumer, Teams: []TeamRole{{tm("red"), Analyst}, {foreign, Analyst}}}
	}
	a.refused(as("olga"), mixed(tm("bteam")), ErrUnknownTeam)
	a.refused(as("olga"), mixed(tm("none")), ErrUnknownTeam)
	if !a.s.Settings().equal(Settings{}) {
		t.Fatalf("part of it was done: %+v", a.s.Settings())
	}
	questions := []Question{{usr("olga"), "project:view", prj("web")}, {usr("beth"), "project:view", prj("bweb")}, {usr("olga"), "project:view", prj("bweb")}}
	if got := a.s.CheckAll(questions, a.now); !got[0] || got[1] || got[2] {
		t.Fatalf("many at once: %v", got)
	}
}

// I-64 an id of another organization and one that nobody ever used are refused alike, by whatever command.
func TestForeignAndUnknownIDsAreRefusedAlike(t *testing.T) {
	a, _ := twoWorlds(t)
	for _, row := range []struct {
		name string
		do   func(PersonID, TeamID, ProjectID) Command
	}{
		{"I-64 setting a role", func(p PersonID, _ TeamID, _ ProjectID) Command { return SetRole{p, RoleAdmin} }},
		{"I-64 suspending", func(p PersonID, _ TeamID, _ ProjectID) Command { return Suspend{p} }},
		{"I-64 reactivating", func(p PersonID, _ TeamID, _ ProjectID) Command { return Reactivate{p} }},
		{"I-64 removing", func(p PersonID, _ TeamID, _ ProjectID) Command { return Remove{Person: p} }},
		{"I-64 restoring", func(p PersonID, _ TeamID, _ ProjectID) Command { return Restore{Person: p} }},
		{"I-64 rescheduling", func(p PersonID, _ TeamID, _ ProjectID) Command { return Reschedule{Person: p} }},
		{"I-64 transferring ownership", func(p PersonID, _ TeamID, _ ProjectID) Command { return TransferOwnership{To: p} }},
		{"I-64 placing somebody", func(p PersonID, _ TeamID, _ ProjectID) Command { return PlaceInTeam{Team: tm("red"), Person: p} }},
		{"I-64 placing in a team", func(_ PersonID, x TeamID, _ ProjectID) Command { return PlaceInTeam{Team: x, Person: usr("mia")} }},
		{"I-64 taking from a team", func(_ PersonID, x TeamID, _ ProjectID) Command { return TakeFromTeam{x, usr("mia")} }},
		{"I-64 renaming a team", func(_ PersonID, x TeamID, _ ProjectID) Command { return RenameTeam{x, "X"} }},
		{"I-64 naming a team for the application", func(_ PersonID, x TeamID, _ ProjectID) Command { return SetTeamExternalID{x, "x"} }},
		{"I-64 deleting a team", func(_ PersonID, x TeamID, _ ProjectID) Command { return DeleteTeam{x} }},
		{"I-64 giving to somebody", func(p PersonID, _ TeamID, _ ProjectID) Command {
			return Give{Project: prj("web"), Subject: Subject{Person: p}, Role: Consumer}
		}},
		{"I-64 giving to a team", func(_ PersonID, x TeamID, _ ProjectID) Command {
			return Give{Project: prj("web"), Subject: Subject{Team: x}, Role: Consumer}
		}},
		{"I-64 giving in a project", func(_ PersonID, _ TeamID, x ProjectID) Command {
			return Give{Project: x, Subject: toPerson("mia"), Role: Consumer}
		}},
		{"I-64 taking in a project", func(_ PersonID, _ TeamID, x ProjectID) Command { return Take{Project: x, Subject: toPerson("mia")} }},
		{"I-64 changing in a project", func(_ PersonID, _ TeamID, x ProjectID) Command { return Change{x, toPerson("mia"), Consumer, Admin} }},
		{"I-64 rescheduling in a project", func(_ PersonID, _ TeamID, x ProjectID) Command {
			return RescheduleGrant{x, toPerson("mia"), Consumer, Window{}}
		}},
		{"I-64 renaming a project", func(_ PersonID, _ TeamID, x ProjectID) Command { return RenameProject{x, "X"} }},
		{"I-64 setting a time zone", func(_ PersonID, _ TeamID, x ProjectID) Command { return SetProjectTimezone{x, "UTC"} }},
		{"I-64 naming a project for the application", func(_ PersonID, _ TeamID, x ProjectID) Command { return SetProjectExternalID{x, "x"} }},
		{"I-64 deleting a project", func(_ PersonID, _ TeamID, x ProjectID) Command { return DeleteProject{x} }},
		{"I-64 restoring a project", func(_ PersonID, _ TeamID, x ProjectID) Command { return RestoreProject{Project: x} }},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, by := range []string{"olga", "ada", "pia", "mia", "tess"} {
				_, foreign := Decide(a.s, as(by), a.now, row.do(usr("beth"), tm("bteam"), prj("bweb")))
				_, unknown := Decide(a.s, as(by), a.now, row.do(usr("none"), tm("none"), prj("none")))
				var r *Refusal
				if foreign != unknown || !errors.As(foreign, &r) {
					t.Errorf("by %s: foreign %v, unknown %v", by, foreign, unknown)
				}
			}
		})
	}
}

// I-23: what happens in one organization leaves every answer of the other as it is.
func TestOrganizationsDoNotTouchEachOther(t *testing.T) {
	a, b := twoWorlds(t)
	alone := a.fork(t)
	steps := []Command{AddMember{Person: usr("beth"), Role: RoleMember}, CreateTeam{Team: tm("blue"), Name: "Blue"}, PlaceInTeam{Team: tm("blue"), Person: usr("beth")},
		give("web", toTeam("blue"), Analyst), Suspend{usr("mia")}}
	for _, c := range steps {
		alone.do(as("olga"), c)
		a.do(as("olga"), c)
		b.do(as("boss"), AddMember{Person: usr("mia"), Role: RoleOwner, Proofs: Vouched}, Suspend{usr("beth")}, Reactivate{usr("beth")}, Remove{Person: usr("mia")})
	}
	if !bytes.Equal(Save(a.s), Save(alone.s)) {
		t.Fatal("I-23 the organization is another one because of its neighbour")
	}
	for _, row := range []struct {
		name string
		s    *State
		in   ProjectID
		want bool
	}{
		{"I-23 a right here is none there", b.s, prj("web"), false},
		{"I-23 a right here is one here", a.s, prj("web"), true},
		{"I-23 a right there is none here", a.s, prj("bweb"), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.s.Check(usr("beth"), "project:view", row.in, a.now); got != row.want {
				t.Fatalf("got %t", got)
			}
		})
	}
	t.Run("I-23 an owner there is a stranger here", func(t *testing.T) {
		a.fork(t).refused(as("boss"), Rename{Name: "Mine"}, ErrUnknownOrganization)
	})
	t.Run("I-09 ids of one may not be used for another thing in the other, but do not clash", func(t *testing.T) {
		a.fork(t).changes(as("olga"), CreateTeam{Team: tm("bteam"), Name: "B"}, CreateProject{Project: prj("bweb"), Name: "B"})
	})
}

// T-36: a member of a project is a member of its organization, T-64: so is a member of a team.
func TestOutsidersGetNothing(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), Remove{Person: usr("max")}, Reschedule{usr("mia"), Window{End: w.now + 1}})
	w.now++
	for _, row := range []attempt{
		{"T-36, I-03 a project owner adds a stranger", as("pia"), give("web", toPerson("zed"), Consumer), ErrUnknownPerson},
		{"T-36, I-03 a project owner adds one who was removed", as("pia"), give("web", toPerson("max"), Consumer), ErrUnknownPerson},
		{"T-36, I-03 a project owner adds one whose membership ended", as("pia"), give("web", toPerson("mia"), Consumer), ErrUnknownPerson},
		{"T-36, I-03 a project owner adds one who is suspended", as("pia"), give("web", toPerson("sam"), Consumer), ErrMemberSuspended},
		{"T-36 a project owner adds nobody to the organization", as("pia"), AddMember{Person: usr("zed"), Role: RoleMember}, ErrNotAllowed},
		{"T-36 a project owner lends the project to no team of another organization", as("pia"), give("web", toTeam("bteam"), Consumer), ErrNotAllowed},
		{"T-36 nor does an owner of the organization", as("olga"), give("web", toTeam("bteam"), Consumer), ErrUnknownTeam},
		{"T-64, I-04 a manager adds a stranger to the team", as("tess"), PlaceInTeam{Team: tm("red"), Person: usr("zed")}, ErrUnknownPerson},
		{"T-64, I-04 an owner adds a stranger to the team", as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("zed")}, ErrUnknownPerson},
		{"T-64, I-04 an owner adds one who was removed", as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("max")}, ErrUnknownPerson},
	} {
		w.attempts(t, row)
	}
	t.Run("T-36 what is given to everyone reaches no stranger", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("pia"), give("web", toEveryone, Admin))
		for _, word := range []string{"zed", "max", "mia", "sam"} {
			w.cannot(word, "project:view", "web")
		}
	})
	t.Run("T-64 the roles of a team vanish with it, in the same version", func(t *testing.T) {
		w := w.fork(t)
		before := w.s.Version()
		w.can("tim", "project:view", "web")
		w.do(as("ada"), DeleteTeam{tm("red")})
		if w.s.Version() != before+1 {
			t.Fatalf("%d versions", w.s.Version()-before)
		}
		w.cannot("tim", "project:view", "web")
		w.cannot("tess", "project:view", "web")
		if got := w.s.Sources(usr("tim"), prj("web"), w.now); len(got) > 0 {
			t.Fatalf("left are %+v", got)
		}
	})
}
