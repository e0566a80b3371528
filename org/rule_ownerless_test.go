package org

import (
	"testing"
	"time"
)

// Rule 3.3.4, on every path: olga is the only owner; some second owner does not count for the reason that the row
// gives. Then each path that would take olga away is refused, and allowed once the second one counts.
func TestTheLastOwnerStays(t *testing.T) {
	alone := newWorld(t)
	alone.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember, Proofs: Vouched}, AddMember{Person: usr("finn"), Role: RoleMember})
	far := Window{End: alone.now + 365*aDay}
	paths := []attempt{
		{"leaving", as("olga"), Leave{}, ErrLastOwner},
		{"removing herself", as("olga"), Remove{Person: usr("olga")}, ErrLastOwner},
		{"becoming admin", as("olga"), SetRole{usr("olga"), RoleAdmin}, ErrLastOwner},
		{"becoming billing admin", as("olga"), SetRole{usr("olga"), RoleBillingAdmin}, ErrLastOwner},
		{"becoming a member", as("olga"), SetRole{usr("olga"), RoleMember}, ErrLastOwner},
		{"suspending herself", as("olga"), Suspend{usr("olga")}, ErrLastOwner},
		{"giving herself an end", as("olga"), Reschedule{usr("olga"), far}, ErrOwnerHasEnd},
		{"giving herself a start to come", as("olga"), Reschedule{usr("olga"), Window{Start: alone.now + 1}}, ErrLastOwner},
		{"losing what she signs in with", theOperator, Vouch{usr("olga"), false}, ErrLastOwner},
	}
	byOperator := []attempt{
		{"the operator removing her", theOperator, Remove{Person: usr("olga")}, ErrLastOwner},
		{"the operator making her admin", theOperator, SetRole{usr("olga"), RoleAdmin}, ErrLastOwner},
		{"the operator suspending her", theOperator, Suspend{usr("olga")}, ErrLastOwner},
		{"the operator giving her an end", theOperator, Reschedule{usr("olga"), far}, ErrOwnerHasEnd},
	}
	t.Run("T-45 alone, before anybody has entered", func(t *testing.T) { alone.fork(t).attempts(t, append(paths, byOperator...)...) })
	add := func(r OrgRole, w Window, p Proofs) AddMember {
		return AddMember{Person: usr("otto"), Role: r, Window: w, Proofs: p}
	}
	for _, second := range []struct {
		name   string
		by     Actor
		before []Command
		counts bool
	}{
		{"nobody", as("olga"), []Command{Enter{}}, false},
		{"an admin", as("olga"), []Command{add(RoleAdmin, Window{}, Vouched)}, false},
		{"an owner who was suspended", as("olga"), []Command{add(RoleOwner, Window{}, Vouched), Suspend{usr("otto")}}, false},
		{"an owner who was removed", as("olga"), []Command{add(RoleOwner, Window{}, Vouched), Remove{Person: usr("otto")}}, false},
		{"an owner who left", as("otto"), []Command{Leave{}}, false},
		{"an owner who starts later", as("olga"), []Command{add(RoleOwner, Window{Start: alone.now + 1}, Vouched)}, false},
		{"an owner who is not ready", as("olga"), []Command{add(RoleOwner, Window{}, 0)}, false},
		{"an owner who has set up a second factor and nothing else", as("olga"), []Command{add(RoleOwner, Window{}, SecondFactor)}, false},
		{"an owner who was made admin", as("olga"), []Command{add(RoleOwner, Window{}, Vouched), SetRole{usr("otto"), RoleAdmin}}, false},
		{"an owner whom the operator vouches for", as("olga"), []Command{add(RoleOwner, Window{}, Vouched)}, true},
		{"an owner who proved an address", as("olga"), []Command{add(RoleOwner, Window{}, ProvedAddress)}, true},
		{"an owner who starts now", as("olga"), []Command{add(RoleOwner, Window{Start: alone.now}, Vouched)}, true},
		{"a member who was made owner", as("olga"), []Command{add(RoleMember, Window{}, Vouched), SetRole{usr("otto"), RoleOwner}}, true},
		{"an owner who was reactivated", as("olga"), []Command{add(RoleOwner, Window{}, Vouched), Suspend{usr("otto")}, Reactivate{usr("otto")}}, true},
		{"an owner who was restored as one who can sign in", as("olga"), []Command{add(RoleOwner, Window{}, Vouched), Remove{Person: usr("otto")}, Restore{Person: usr("otto"), Proofs: Vouched}}, true},
		{"an owner who was restored as one who cannot", as("olga"), []Command{add(RoleOwner, Window{}, Vouched), Remove{Person: usr("otto")}, Restore{Person: usr("otto")}}, false},
		{"an owner whose end was taken back", as("olga"), []Command{add(RoleOwner, far, Vouched), Reschedule{Person: usr("otto")}}, true},
	} {
		t.Run("beside "+second.name, func(t *testing.T) {
			w := alone.fork(t)
			if second.by == as("otto") {
				w.do(as("olga"), add(RoleOwner, Window{}, Vouched))
			}
			w.do(second.by, second.before...)
			for _, path := range paths {
				if second.counts {
					path.want = nil
				}
				w.attempts(t, path)
			}
		})
	}
	t.Run("beside an owner who ends some day", func(t *testing.T) {
		w := alone.fork(t)
		w.do(as("olga"), add(RoleOwner, far, Vouched))
		for _, path := range paths {
			path.want = ErrOwnerHasEnd
			w.attempts(t, path)
		}
	})
}

func TestTransferOfOwnershipLeavesAnOwner(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember, Proofs: Vouched}, AddMember{Person: usr("max"), Role: RoleMember},
		AddMember{Person: usr("finn"), Role: RoleMember, Proofs: Vouched, Window: Window{Start: w.now + aWeek}},
		AddMember{Person: usr("edna"), Role: RoleMember, Proofs: Vouched, Window: Window{End: w.now + aWeek}})
	to := func(word string) Command { return TransferOwnership{usr(word), RoleAdmin} }
	w.attempts(t, []attempt{
		{"to somebody who can sign in", as("olga"), to("mia"), nil},
		{"not to somebody who cannot", as("olga"), to("max"), ErrLastOwner},
		{"not to somebody who starts later", as("olga"), to("finn"), ErrLastOwner},
		{"not to somebody whose membership ends", as("olga"), to("edna"), ErrOwnerHasEnd},
		{"beside oneself to anybody", as("olga"), TransferOwnership{To: usr("max")}, nil},
	}...)
}

// Until one of its owners is ready for the first time, a named owner counts as ready.
func TestANamedOwnerCountsUntilOneIsReady(t *testing.T) {
	k, d := catalogs(t)
	w := &world{TB: t, s: Empty(k), now: At(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))}
	w.do(theOperator, CreateOrganization{Organization: OrgID(id("org_", "acme")), Name: "Acme", Slug: "acme", Owner: usr("olga"), Catalog: d},
		AddMember{Person: usr("otto"), Role: RoleOwner})
	w.attempts(t, []attempt{
		{"one named owner leaves, the other is there", as("olga"), Leave{}, nil},
		{"one named owner is removed, the other is there", theOperator, Remove{Person: usr("otto")}, nil},
	}...)
	t.Run("the last named owner stays as well", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("olga"), Leave{})
		w.refused(as("otto"), Leave{}, ErrLastOwner)
		w.refused(theOperator, Suspend{usr("otto")}, ErrEntered)
	})
	for _, ready := range []struct {
		name string
		do   []Command
	}{
		{"the operator vouched for", []Command{Vouch{usr("otto"), true}}},
		{"was added as one who can sign in", []Command{AddMember{Person: usr("paz"), Role: RoleOwner, Proofs: ProvedAddress}}},
		{"was a member who can sign in before", []Command{AddMember{Person: usr("paz"), Role: RoleMember, Proofs: Vouched}, SetRole{usr("paz"), RoleOwner}}},
		{"was vouched for while suspended", []Command{Suspend{usr("otto")}, Vouch{usr("otto"), true}, Reactivate{usr("otto")}}},
	} {
		t.Run("from then on only a ready one counts: one "+ready.name, func(t *testing.T) {
			w := w.fork(t)
			w.do(theOperator, ready.do...)
			able := "paz"
			if w.member("otto").Ready {
				able = "otto"
			}
			w.refused(as(able), Leave{}, ErrLastOwner)
			w.changes(as("olga"), Leave{})
			w.refused(as(able), SetRole{usr(able), RoleMember}, ErrLastOwner)
		})
	}
	t.Run("who is suspended makes no first ready owner", func(t *testing.T) {
		w := w.fork(t)
		w.do(theOperator, Suspend{usr("otto")}, Vouch{usr("otto"), true})
		w.refused(as("olga"), Leave{}, ErrLastOwner)
		w.changes(as("olga"), Rename{Name: "Apex"})
	})
	t.Run("a ready member makes no first ready owner", func(t *testing.T) {
		w := w.fork(t)
		w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleAdmin, Proofs: Vouched})
		w.changes(as("olga"), Leave{})
	})
	t.Run("readiness may not be withdrawn from the only one who has it", func(t *testing.T) {
		w := w.fork(t)
		w.do(theOperator, Vouch{usr("otto"), true})
		w.refused(theOperator, Vouch{usr("otto"), false}, ErrLastOwner)
		w.do(theOperator, Vouch{usr("olga"), true})
		w.changes(theOperator, Vouch{usr("otto"), false})
	})
}

// An owner who ends does not count, so that no instant to come is without one: years later somebody is there.
func TestTimeLeavesAnOwner(t *testing.T) {
	w := newWorld(t)
	w.do(as("olga"), AddMember{Person: usr("otto"), Role: RoleOwner, Proofs: Vouched, Window: Window{End: w.now + aWeek}},
		AddMember{Person: usr("paz"), Role: RoleOwner, Proofs: Vouched, Window: Window{Start: w.now + aWeek}})
	w.refused(as("olga"), Leave{}, ErrOwnerHasEnd)
	for range 3 {
		if owners := w.s.Owners(w.now); len(owners) != 2 || owners[0] != usr("olga") {
			t.Fatalf("at %v the owners are %v", w.now.Time(), owners)
		}
		w.now += aWeek
	}
	w.changes(as("olga"), Leave{})
	w.refused(as("paz"), Leave{}, ErrLastOwner)
	w.noMember("otto")
}

// What takes no owner away is not held up by the rule.
func TestTheLastOwnerMayDoTheRest(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember})
	w.attempts(t, []attempt{
		{"renames", as("olga"), Rename{Name: "Apex"}, nil},
		{"makes another owner who is not ready", as("olga"), SetRole{usr("mia"), RoleOwner}, nil},
		{"removes a member", as("olga"), Remove{Person: usr("mia")}, nil},
		{"sets a start that has passed", as("olga"), Reschedule{usr("olga"), Window{Start: w.now}}, nil},
	}...)
}

// I-65 each person but the last owner can be suspended and removed by some owner.
func TestOwnersReachEverybodyButTheLastOwner(t *testing.T) {
	w := cast(t)
	for m := range w.s.Members(w.now, "") {
		by := as("olga")
		if m.Person == by.Person {
			by = as("otto")
		}
		t.Run("I-65 some owner suspends and removes a "+string(m.Role), func(t *testing.T) {
			w := w.fork(t)
			w.do(by, Suspend{m.Person})
			w.changes(by, Remove{Person: m.Person})
		})
	}
}
