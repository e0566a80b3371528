package org

import "testing"

func lifeSituations() map[string][]situation {
	suspended := fixed("that is suspended", LiftSuspension{})
	suspended.ready = []Command{SuspendOrganization{}}
	closing := fixed("that closes", CancelDeletion{}, DeleteOrganization{"acme"})
	over := fixed("past its days of closing", Bury{}, DeleteOrganization{"acme"})
	over.later = 90 * aDay
	late := fixed("past its days of closing", CancelDeletion{}, DeleteOrganization{"acme"})
	late.later = 90 * aDay
	return map[string][]situation{
		"SuspendOrganization": {fixed("the organization", SuspendOrganization{})},
		"LiftSuspension":      {fixed("that is not suspended", LiftSuspension{}), suspended},
		"DeleteOrganization":  {fixed("the organization", DeleteOrganization{"acme"}), fixed("another slug", DeleteOrganization{"apex"})},
		"CancelDeletion":      {fixed("that nobody deletes", CancelDeletion{}), closing, late},
		"Bury":                {fixed("that nobody deletes", Bury{}), over},
	}
}

// While an organization is suspended nobody does anything in it, but an owner who keeps it; and time goes on.
func TestASuspendedOrganization(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), DeleteOrganization{"acme"})
	closes := w.s.ClosesAt()
	w.do(theOperator, SuspendOrganization{})
	for _, a := range []attempt{
		{"an owner renames it", as("olga"), Rename{Name: "Apex"}, ErrOrganizationSuspended},
		{"an admin adds somebody", as("ada"), AddMember{Person: usr("zed"), Role: RoleMember}, ErrOrganizationSuspended},
		{"a project owner gives access", as("pia"), give("web", toPerson("mia"), Consumer), ErrOrganizationSuspended},
		{"a team manager places somebody", as("tess"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, ErrOrganizationSuspended},
		{"a member leaves", as("mia"), Leave{}, ErrOrganizationSuspended},
		{"who is suspended too is told that", as("sam"), Leave{}, ErrSuspendedActor},
		{"a stranger learns nothing", as("zed"), Leave{}, ErrUnknownOrganization},
		{"an admin lifts it", as("ada"), LiftSuspension{}, ErrOrganizationSuspended},
		{"the operator vouches for somebody", theOperator, Vouch{usr("mia"), true}, nil},
		{"any owner keeps it", as("otto"), CancelDeletion{}, nil},
	} {
		w.attempts(t, a)
	}
	for _, p := range []string{"olga", "ada", "bill", "mia", "pia", "tess"} {
		for _, in := range []ProjectID{"", prj("web")} {
			if all := w.s.Permissions(usr(p), in, w.now); len(all) > 0 {
				t.Errorf("%s may %v in %q", p, all, in)
			}
			for _, at := range []Instant{0, 1, w.now, closes - 1, closes, forever} {
				if w.s.Check(usr(p), "project:view", in, at) || w.s.Check(usr(p), "plan:view", in, at) {
					t.Errorf("%s may something at %d", p, at)
				}
			}
		}
		if w.s.RoleIn(usr(p), prj("web"), w.now) != "" || w.s.Manages(usr(p), tm("red"), w.now) || w.s.InTeam(usr(p), tm("red"), w.now) {
			t.Errorf("%s holds something", p)
		}
		if _, in := w.s.Member(usr(p), w.now); !in {
			t.Errorf("%s is no member any more", p)
		}
	}
	if len(w.s.Owners(w.now)) != 2 {
		t.Errorf("owned by %v", w.s.Owners(w.now))
	}
	if e := w.s.Explain(usr("ada"), "organization:edit", "", w.now); e.Reason != ReasonOrgSuspended || len(e.Deciders) > 0 {
		t.Errorf("%+v", e)
	}
	if w.s.ClosesAt() != closes || w.s.Standing(closes) != StandsClosed {
		t.Error("the days of closing do not go on")
	}
	lifted := w.fork(t)
	lifted.do(theOperator, LiftSuspension{})
	lifted.can("olga", "organization:edit", "")
	lifted.now = closes
	lifted.isClosed()
	w.now = closes
	w.isClosed()
}

// Checks ask for the life of the organization by one comparison, without allocating.
func TestChecksOfASuspendedOrganizationCostNothing(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), DeleteOrganization{"acme"})
	for name, s := range map[string]*State{"closing": w.s, "suspended": Evolve(w.s, Stamp(w.s, Meta{At: w.now}, []Event{&OrganizationSuspended{}})...)} {
		if n := testing.AllocsPerRun(100, func() { s.Check(usr("pia"), "project:view", prj("web"), w.now) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
