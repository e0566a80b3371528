package org

import (
	"slices"
	"testing"
)

// Restoring within 30 days brings back what the restorer covers and what still exists, as new facts.
func TestRestoringBringsBackWhatIsCoveredAndExists(t *testing.T) {
	base := cast(t)
	base.do(as("olga"), CreateTeam{Team: tm("blue"), Name: "Blue"}, give("app", toTeam("blue"), Owner), CreateTeam{Team: tm("gold"), Name: "Gold"},
		CreateProject{Project: prj("new"), Name: "New"}, CreateProject{Project: prj("old"), Name: "Old"},
		SetRole{usr("mia"), RoleAdmin},
		give("web", toPerson("mia"), Owner), give("app", toPerson("mia"), Analyst), give("new", toPerson("mia"), Consumer),
		Give{Project: prj("old"), Subject: toPerson("mia"), Role: Consumer, Window: Window{End: base.now + aDay}, Source: ByImport},
		Give{Project: prj("old"), Subject: toPerson("mia"), Role: Admin, Window: Window{Start: base.now + aWeek}},
		PlaceInTeam{Team: tm("red"), Person: usr("mia"), Manager: true, Window: Window{End: base.now + 20*aDay}},
		PlaceInTeam{Team: tm("blue"), Person: usr("mia")}, PlaceInTeam{Team: tm("gold"), Person: usr("mia")})
	base.do(as("olga"), Remove{Person: usr("mia")})
	removed := base.now
	type outcome struct {
		role                OrgRole
		web, app, new_, old []ProjectRole
		teams               []TeamID
	}
	whole := outcome{RoleAdmin, []ProjectRole{Owner}, []ProjectRole{Analyst}, []ProjectRole{Consumer}, []ProjectRole{Admin, Consumer}, []TeamID{tm("red"), tm("blue"), tm("gold")}}
	for _, row := range []struct {
		name   string
		before []Command
		by     string
		want   func(outcome) outcome
	}{
		{"an owner brings back everything", nil, "olga", func(o outcome) outcome { return o }},
		{"an admin brings back what an admin covers", nil, "ada", func(o outcome) outcome {
			o.web, o.teams = nil, []TeamID{tm("red"), tm("gold")}
			return o
		}},
		{"what is deleted stays away", []Command{DeleteProject{prj("new")}, DeleteTeam{tm("gold")}}, "olga", func(o outcome) outcome {
			o.new_, o.teams = nil, []TeamID{tm("red"), tm("blue")}
			return o
		}},
		{"a team carries what it carries by now", []Command{give("app", toTeam("blue"), Admin)}, "ada", func(o outcome) outcome {
			o.web = nil
			return o
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := base.fork(t)
			w.do(as("olga"), row.before...)
			w.changes(as(row.by), Restore{Person: usr("mia"), Proofs: ProvedAddress})
			want := row.want(whole)
			m := w.member("mia")
			if m.Role != want.role || m.Status != Active || !m.Ready || m.Joined != w.now || m.AddedBy != usr(row.by) || m.Since != w.s.Version()-Version(len(w.last()))+1 {
				t.Errorf("restored as %+v", m)
			}
			if !slices.Equal(m.Teams, want.teams) {
				t.Errorf("in the teams %v, want %v", m.Teams, want.teams)
			}
			w.holdsOnly("mia", "web", want.web...)
			w.holdsOnly("mia", "app", want.app...)
			w.holdsOnly("mia", "old", want.old...)
			if _, deleted := w.s.Project(prj("new")); deleted {
				w.holdsOnly("mia", "new", want.new_...)
			}
			for _, h := range w.s.Sources(usr("mia"), prj("old"), w.now) {
				switch {
				case h.Via == ViaPerson && h.Role == Consumer && (h.Source != ByImport || h.End != removed+aDay):
					t.Errorf("the import came back as %+v", h)
				case h.Via == ViaPerson && h.Role == Admin && (h.Source != ByHand || h.Start != removed+aWeek):
					t.Errorf("what was given by hand came back as %+v", h)
				case h.Via == ViaPerson && (h.GivenBy != usr(row.by) || h.GivenAt != w.now):
					t.Errorf("given anew as %+v", h)
				}
			}
			if !w.s.Manages(usr("mia"), tm("red"), w.now) || w.s.Manages(usr("mia"), tm("gold"), w.now) {
				t.Error("the places are other ones")
			}
		})
	}
	t.Run("what has ended meanwhile stays away", func(t *testing.T) {
		w := base.fork(t)
		w.now += 20 * aDay
		w.changes(as("olga"), Restore{Person: usr("mia")})
		w.holdsOnly("mia", "old", Admin)
		if m := w.member("mia"); !slices.Equal(m.Teams, []TeamID{tm("blue"), tm("gold")}) || m.Ready {
			t.Errorf("restored as %+v", m)
		}
	})
	t.Run("the instant before an end it still comes back", func(t *testing.T) {
		w := base.fork(t)
		w.now += 20*aDay - 1
		w.changes(as("olga"), Restore{Person: usr("mia")})
		if m := w.member("mia"); len(m.Teams) != 3 {
			t.Errorf("restored as %+v", m)
		}
	})
	t.Run("what there was can be told before", func(t *testing.T) {
		grants, places, ok := base.s.Former(usr("mia"), base.now)
		if !ok || len(grants) != 5 || len(places) != 3 {
			t.Fatalf("%d grants, %d places, %t", len(grants), len(places), ok)
		}
		for _, word := range []string{"max", "zed"} {
			if _, _, ok := base.s.Former(usr(word), base.now); ok {
				t.Errorf("%s was removed, it says", word)
			}
		}
		if _, _, ok := base.s.Former(usr("mia"), base.now+30*aDay); ok {
			t.Error("also when it is too late")
		}
	})
	t.Run("asking twice is told", func(t *testing.T) {
		w := base.fork(t)
		w.do(as("olga"), Restore{Person: usr("mia")})
		w.refused(as("olga"), Restore{Person: usr("mia")}, ErrMemberExists)
	})
}

// As plain member, if the organization role is not covered.
func TestRestoringTheOrganizationRole(t *testing.T) {
	for _, row := range []struct {
		name, person, by string
		want             OrgRole
	}{
		{"an owner brings back an owner", "otto", "olga", RoleOwner},
		{"an admin brings back an owner as member", "otto", "ada", RoleMember},
		{"an admin brings back a billing admin as member", "bill", "ada", RoleMember},
		{"an admin brings back an admin", "abel", "ada", RoleAdmin},
		{"an owner brings back a billing admin", "bill", "olga", RoleBillingAdmin},
		{"an admin brings back a member", "mia", "ada", RoleMember},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := cast(t)
			w.do(as("olga"), Remove{Person: usr(row.person)})
			w.changes(as(row.by), Restore{Person: usr(row.person), Proofs: Vouched})
			if m := w.member(row.person); m.Role != row.want {
				t.Fatalf("came back as %s", m.Role)
			}
		})
	}
	w := cast(t)
	w.do(as("olga"), Remove{Person: usr("mia")})
	w.attempts(t, []attempt{
		{"a billing admin restores nobody", as("bill"), Restore{Person: usr("mia")}, ErrNotAllowed},
		{"a project owner restores nobody", as("pia"), Restore{Person: usr("mia")}, ErrNotAllowed},
		{"who was removed does not restore themselves", as("mia"), Restore{Person: usr("mia")}, ErrUnknownOrganization},
	}...)
}

// 30 days, to the instant.
func TestRestoringHasATime(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), Remove{Person: usr("mia")}, Reschedule{usr("max"), Window{End: w.now + aWeek}})
	w.now += 30*aDay - 1
	w.fork(t).changes(as("olga"), Restore{Person: usr("mia")})
	w.now++
	w.refused(as("olga"), Restore{Person: usr("mia")}, ErrRestoreTooLate)
	w.now += aWeek - 1
	until := Window{End: w.now + aDay}
	w.fork(t).changes(as("olga"), Restore{Person: usr("max"), Window: until})
	w.now++
	w.refused(as("olga"), Restore{Person: usr("max"), Window: until}, ErrRestoreTooLate)
	w.changes(as("olga"), AddMember{Person: usr("mia"), Role: RoleMember})
}

// The bounds of the membership come back with it, unless others are named; one that is over comes back with a new end.
func TestRestoringABoundedMembership(t *testing.T) {
	w := cast(t)
	bounds := Window{w.now - anHour, w.now + aWeek}
	w.do(as("olga"), Reschedule{usr("pia"), bounds}, Reschedule{usr("pat"), bounds}, Remove{Person: usr("pia")})
	t.Run("removed before its end", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("olga"), Restore{Person: usr("pia")})
		if m := w.member("pia"); m.Window != bounds {
			t.Fatalf("came back in %v", m.Window)
		}
		w.holdsOnly("pia", "web", Owner)
	})
	w.now += aWeek
	anew := Window{End: w.now + aDay}
	for _, row := range []struct{ name, person string }{{"removed before its end, restored after it", "pia"}, {"ended by itself", "pat"}} {
		t.Run(row.name, func(t *testing.T) {
			w := w.fork(t)
			who := usr(row.person)
			w.refused(as("olga"), Restore{Person: who}, ErrRestoreNeedsEnd)
			w.refused(as("olga"), Restore{Person: who, Window: Window{Start: w.now - anHour}}, ErrRestoreNeedsEnd)
			w.refused(as("olga"), Restore{Person: who, Window: Window{End: w.now}}, ErrPastEnd)
			w.do(as("olga"), Restore{Person: who, Window: anew})
			if m := w.member(row.person); m.Window != anew {
				t.Fatalf("came back in %v", m.Window)
			}
		})
	}
	t.Run("who restores for a time extends nothing of their own", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("olga"), Reschedule{usr("ada"), Window{End: w.now + aDay}})
		w.do(as("ada"), Restore{Person: usr("pat"), Window: Window{End: w.now + aWeek}})
		w.holdsOnly("pat", "web", Admin)
	})
}
