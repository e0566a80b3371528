package org

import (
	"slices"
	"testing"
)

// Section 4: the edges of a membership, and no others. Each row is what may be done to somebody in a standing; what
// is not in it is refused.
func TestTheEdgesOfAMembership(t *testing.T) {
	base := newWorld(t)
	base.do(theOperator, AddMember{Person: usr("otto"), Role: RoleOwner, Proofs: Vouched}, AddMember{Person: usr("mia"), Role: RoleAdmin})
	base.do(as("olga"), Enter{})
	edges := []struct {
		name string
		do   Command
	}{
		{"added", AddMember{Person: usr("mia"), Role: RoleMember}},
		{"suspended", Suspend{usr("mia")}},
		{"reactivated", Reactivate{usr("mia")}},
		{"removed", Remove{Person: usr("mia")}},
		{"restored", Restore{Person: usr("mia")}},
		{"given another role", SetRole{usr("mia"), RoleMember}},
		{"given dates", Reschedule{usr("mia"), Window{End: base.now + aWeek}}},
		{"placed in a team", PlaceInTeam{Team: tm("red"), Person: usr("mia")}},
		{"given access", give("web", toPerson("mia"), Consumer)},
		{"made owner", TransferOwnership{To: usr("mia")}},
		{"vouched for", Vouch{usr("mia"), true}},
	}
	base.do(as("olga"), CreateTeam{Team: tm("red"), Name: "Red"}, CreateProject{Project: prj("web"), Name: "Web"})
	idly := error(nil)
	for _, standing := range []struct {
		name   string
		person string // in the place of mia
		do     []attempt
		want   []error // in the order of edges; nil is done, idly is done without effect where said
		idle   []int
	}{
		{"nobody was ever named", "zed", nil, []error{nil, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson,
			ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson}, nil},
		{"an active member", "mia", nil, []error{ErrMemberExists, nil, idly, nil, ErrMemberExists, nil, nil, nil, nil, nil, nil}, []int{2}},
		{"a suspended member", "mia", []attempt{{do: Suspend{usr("mia")}, by: as("olga")}},
			[]error{ErrMemberSuspended, idly, nil, nil, ErrMemberExists, nil, nil, ErrMemberSuspended, ErrMemberSuspended, ErrMemberSuspended, nil}, []int{1}},
		{"a removed member", "mia", []attempt{{do: Remove{Person: usr("mia")}, by: as("olga")}},
			[]error{nil, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, nil, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson}, nil},
		{"a member removed while suspended", "mia", []attempt{{do: Suspend{usr("mia")}, by: as("olga")}, {do: Remove{Person: usr("mia")}, by: as("olga")}},
			[]error{nil, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, nil, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson}, nil},
		{"one who left", "mia", []attempt{{do: Leave{}, by: as("mia")}},
			[]error{nil, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrMemberNotRemoved, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson}, nil},
		{"one who removed themselves", "mia", []attempt{{do: Remove{Person: usr("mia")}, by: as("mia")}},
			[]error{nil, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrMemberNotRemoved, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson}, nil},
		{"a membership past its end", "mia", []attempt{{do: Reschedule{usr("mia"), Window{End: base.now + 1}}, by: as("olga")}},
			[]error{nil, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrRestoreNeedsEnd, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson}, nil},
		{"a suspended membership past its end", "mia", []attempt{{do: Reschedule{usr("mia"), Window{End: base.now + 1}}, by: as("olga")}, {do: Suspend{usr("mia")}, by: as("olga")}},
			[]error{nil, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrRestoreNeedsEnd, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson, ErrUnknownPerson}, nil},
		{"a restored member", "mia", []attempt{{do: Remove{Person: usr("mia")}, by: as("olga")}, {do: Restore{Person: usr("mia")}, by: as("olga")}},
			[]error{ErrMemberExists, nil, idly, nil, ErrMemberExists, nil, nil, nil, nil, nil, nil}, []int{2}},
		{"one added anew", "mia", []attempt{{do: Remove{Person: usr("mia")}, by: as("olga")}, {do: AddMember{Person: usr("mia"), Role: RoleAdmin}, by: as("olga")}},
			[]error{ErrMemberExists, nil, idly, nil, ErrMemberExists, nil, nil, nil, nil, nil, nil}, []int{2}},
	} {
		w := base.fork(t)
		for _, a := range standing.do {
			w.do(a.by, a.do)
		}
		w.now++
		for i, e := range edges {
			t.Run("I-06 "+standing.name+" is "+e.name, func(t *testing.T) {
				w := w.fork(t)
				by, do := as("otto"), e.do
				if _, vouch := do.(Vouch); vouch {
					by = theOperator
				}
				if standing.person == "zed" {
					do = onZed(do)
				}
				switch {
				case standing.want[i] != nil:
					w.refused(by, do, standing.want[i])
				case slices.Contains(standing.idle, i):
					w.idle(by, do)
				default:
					w.changes(by, do)
				}
			})
		}
	}
}

// onZed turns a command on mia into one on zed, whom nobody named yet.
func onZed(c Command) Command {
	zed := usr("zed")
	switch c := c.(type) {
	case AddMember:
		c.Person = zed
		return c
	case Suspend:
		return Suspend{zed}
	case Reactivate:
		return Reactivate{zed}
	case Remove:
		return Remove{Person: zed}
	case Restore:
		return Restore{Person: zed}
	case SetRole:
		return SetRole{zed, c.Role}
	case Reschedule:
		return Reschedule{zed, c.Window}
	case PlaceInTeam:
		c.Person = zed
		return c
	case Give:
		c.Person = zed
		return c
	case TransferOwnership:
		return TransferOwnership{To: zed}
	case Vouch:
		return Vouch{zed, c.Vouched}
	}
	return c
}

// Removing ends everything that the person holds, at that version; what they made stays.
func TestRemovingEndsWhatThePersonHolds(t *testing.T) {
	for _, end := range []struct {
		name string
		by   Actor
		do   Command
	}{
		{"removing", as("olga"), Remove{Person: usr("pia")}},
		{"leaving", as("pia"), Leave{}},
	} {
		t.Run(end.name, func(t *testing.T) {
			w := cast(t)
			w.do(as("olga"), SetSettings{MembersCreateProjects: true}, PlaceInTeam{Team: tm("red"), Person: usr("pia"), Manager: true})
			w.do(as("pia"), CreateProject{Project: prj("new"), Name: "New"}, give("new", toPerson("mia"), Analyst))
			counts, since := w.s.Counts(), w.member("pia").Since
			w.do(end.by, end.do)
			w.noMember("pia")
			for _, project := range []string{"web", "new"} {
				w.cannot("pia", "project:view", project)
				if len(w.s.Sources(usr("pia"), prj(project), w.now)) > 0 {
					t.Errorf("something is left in %s", project)
				}
			}
			for p := range w.s.Roster(tm("red"), w.now, "") {
				if p.Person == usr("pia") {
					t.Error("the place in the team is left")
				}
			}
			if _, ok := w.s.Holds(usr("pia"), w.now); ok {
				t.Error("the person still holds something")
			}
			want := counts
			want.Active, want.Grants = counts.Active-1, counts.Grants-2
			if got := w.s.Counts(); got != want {
				t.Errorf("counts %+v, want %+v", got, want)
			}
			if p := mustProject(w, "new"); p.Creator != usr("pia") || p.People != 1 {
				t.Errorf("what they made is %+v", p)
			}
			w.can("mia", "project:view", "new")
			w.do(as("olga"), AddMember{Person: usr("pia"), Role: RoleMember})
			if m := w.member("pia"); m.Since <= since || m.Grants != 0 || len(m.Teams) != 0 || m.Joined != w.now {
				t.Errorf("anew: %+v", m)
			}
			w.cannot("pia", "project:view", "web")
		})
	}
}

// A membership past its end counts as removed at that instant.
func TestAMembershipPastItsEndCountsAsRemoved(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), Reschedule{usr("pia"), Window{End: w.now + anHour}}, Reschedule{usr("ada"), Window{End: w.now + anHour}},
		Reschedule{usr("tess"), Window{End: w.now + anHour}})
	w.now += anHour
	for _, word := range []string{"pia", "ada", "tess"} {
		w.noMember(word)
		w.cannot(word, "project:view", "web")
		if len(w.s.Permissions(usr(word), "", w.now)) > 0 || w.s.Sources(usr(word), prj("web"), w.now) != nil {
			t.Errorf("%s has something left", word)
		}
	}
	for m := range w.s.Members(w.now, "") {
		if m.Person == usr("pia") {
			t.Error("among the members")
		}
	}
	for p := range w.s.Roster(tm("red"), w.now, "") {
		if p.Person == usr("tess") {
			t.Error("on the roster")
		}
	}
	for _, g := range w.s.GrantsOn(prj("web"), w.now) {
		if g.Person == usr("pia") {
			t.Error("among the grants")
		}
	}
	w.attempts(t, []attempt{
		{"nothing of theirs is rescheduled", as("olga"), RescheduleGrant{prj("web"), toPerson("pia"), Owner, Window{End: w.now + aWeek}}, ErrNoGrant},
		{"nothing of theirs is taken", as("olga"), Take{Project: prj("web"), Subject: toPerson("pia")}, ErrNoGrant},
		{"they are not taken from a team", as("olga"), TakeFromTeam{tm("red"), usr("tess")}, ErrNotInTeam},
	}...)
	t.Run("who is added anew starts from nothing", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("olga"), AddMember{Person: usr("pia"), Role: RoleMember}, AddMember{Person: usr("tess"), Role: RoleMember})
		w.cannot("pia", "project:view", "web")
		w.cannot("tess", "project:view", "web")
		w.holdsOnly("pia", "web")
		if w.s.Manages(usr("tess"), tm("red"), w.now) {
			t.Error("still a manager")
		}
		w.do(as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("tess")}, give("web", toPerson("pia"), Consumer))
		w.holdsOnly("pia", "web", Consumer)
	})
}

// Suspended members keep what they hold, asleep, and their records change like others'.
func TestWhatMayBeDoneAroundSuspendedMembers(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), Suspend{usr("pat")}, Suspend{usr("tim")})
	w.attempts(t, []attempt{
		{"their access is taken", as("pia"), Take{Project: prj("web"), Subject: toPerson("pat")}, nil},
		{"their access gets an end", as("pia"), RescheduleGrant{prj("web"), toPerson("pat"), Admin, Window{End: w.now + aWeek}}, nil},
		{"their access is not changed", as("pia"), Change{prj("web"), toPerson("pat"), Admin, Consumer}, ErrMemberSuspended},
		{"they get no access", as("pia"), give("web", toPerson("pat"), Consumer), ErrMemberSuspended},
		{"their role is changed", as("olga"), SetRole{usr("pat"), RoleAdmin}, nil},
		{"they become no owner by transfer", as("olga"), TransferOwnership{To: usr("pat")}, ErrMemberSuspended},
		{"they are taken from a team", as("olga"), TakeFromTeam{tm("red"), usr("tim")}, nil},
		{"their place is not changed", as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("tim"), Manager: true}, ErrMemberSuspended},
	}...)
}
