package org

import (
	"slices"
	"testing"
)

func disableExercises() []exercise {
	return []exercise{
		{
			name: "a member", by: theOperator, do: Disable{usr("max"), true}, facts: []string{"member.disabled"},
			then: func(w *world) {
				if m := w.member("max"); !m.Disabled || m.Ready || m.Status != Active || w.s.Ownerless(w.now) {
					w.Errorf("%+v", m)
				}
				w.refused(as("max"), Leave{}, ErrPersonDisabled)
				w.changes(theOperator, Disable{usr("max"), false})
				if m := w.member("max"); m.Disabled {
					w.Errorf("%+v", m)
				}
				w.changes(theOperator, Disable{usr("max"), true})
			},
			bad: []attempt{
				{name: "for a stranger", do: Disable{usr("zed"), true}, want: ErrUnknownPerson},
				{name: "by an owner", by: as("olga"), do: Disable{usr("max"), true}, want: ErrOperatorOnly},
				{name: "by the member", by: as("max"), do: Disable{usr("max"), true}, want: ErrOperatorOnly},
			},
		},
		{
			name: "who is disabled is enabled by the operator alone", before: []attempt{{by: theOperator, do: Disable{usr("max"), true}}},
			by: theOperator, do: Disable{usr("max"), false}, facts: []string{"member.enabled"},
			bad: []attempt{
				{name: "by an owner", by: as("olga"), do: Disable{usr("max"), false}, want: ErrOperatorOnly},
				{name: "by themselves", by: as("max"), do: Disable{usr("max"), false}, want: ErrPersonDisabled},
				{name: "in a recovery", do: StartRecovery{Person: usr("max")}, want: ErrRecoveryPerson},
			},
		},
		{
			name: "a member with everything they hold", by: theOperator, do: Erase{usr("max")}, facts: []string{"member.erased"},
			then: func(w *world) {
				if _, in := w.s.Member(usr("max"), w.now); in || w.check("max", "project:view", "web") {
					w.Error("max is still there")
				}
				w.refused(as("olga"), Restore{Person: usr("max")}, ErrMemberNotRemoved)
			},
			bad: []attempt{
				{name: "who was never named", do: Erase{usr("zed")}, want: ErrUnknownPerson},
				{name: "by an owner", by: as("olga"), do: Erase{usr("max")}, want: ErrOperatorOnly},
				{name: "by the member", by: as("max"), do: Erase{usr("max")}, want: ErrOperatorOnly},
			},
		},
		{
			name: "what a removal keeps to be restored", before: []attempt{{by: as("olga"), do: Remove{Person: usr("max")}}},
			by: theOperator, do: Erase{usr("max")}, facts: []string{"member.erased"},
			then: func(w *world) { w.refused(as("olga"), Restore{Person: usr("max")}, ErrMemberNotRemoved) },
		},
		{
			name: "who is invited and no member", before: []attempt{{by: as("olga"), do: invited("zed", RoleMember)}},
			by: theOperator, do: Erase{usr("zed")}, facts: []string{"member.erased"},
			then: func(w *world) {
				if v, ok := w.s.Invitation(inv("zed"), w.now); !ok || v.Stage != Revoked {
					w.Errorf("%+v", v)
				}
			},
		},
		{
			name: "the keys that the person answers for", before: []attempt{
				{by: as("olga"), do: CreateAccount{Account: acc("kept"), Name: "Kept"}},
				{by: as("otto"), do: MakeKey{Account: acc("kept"), Key: ky("mine")}}, {by: as("olga"), do: MakeKey{Account: acc("kept"), Key: ky("hers")}}},
			by: theOperator, do: Erase{usr("otto")}, facts: []string{"key.ended", "member.erased"},
			then: func(w *world) {
				if all := w.s.AccountKeys(acc("kept"), w.now); len(all) != 1 || all[0].Key != ky("hers") {
					w.Errorf("%+v", all)
				}
			},
		},
	}
}

// A membership whose account is disabled is there and gives nothing, whatever it holds and whatever its own members do
// about it; enabled, it gives just what it gave.
func TestADisabledMembershipGivesNothing_T158_I54(t *testing.T) {
	w := cast(t)
	everything := func() (out []Permission) {
		for _, in := range []ProjectID{"", prj("web")} {
			out = append(out, w.s.Permissions(usr("ada"), in, w.now)...)
		}
		return out
	}
	before, holds := everything(), w.s.Counts()
	if len(before) == 0 {
		t.Fatal("ada may nothing, so nothing is shown")
	}
	seats := w.s.seats(w.now, -1)
	w.do(theOperator, Disable{usr("ada"), true})
	if left := everything(); len(left) > 0 {
		t.Errorf("ada still may %v", left)
	}
	if w.s.seats(w.now, -1) != seats || w.s.Counts() != holds {
		t.Errorf("%d seats of %d, %+v of %+v", w.s.seats(w.now, -1), seats, w.s.Counts(), holds)
	}
	for p := range w.s.PeopleWhere(prj("web"), "project:view", w.now, "") {
		if p == usr("ada") {
			t.Error("ada stands in a list of who may")
		}
	}
	if e := w.s.Explain(usr("ada"), "members:manage", "", w.now); e.Reason != ReasonDisabled || len(e.Deciders) > 0 {
		t.Errorf("%+v", e)
	}
	if e := w.s.Explain(usr("ada"), "project:view", prj("web"), w.now); e.Reason != ReasonDisabled || len(e.Deciders) > 0 {
		t.Errorf("%+v", e)
	}
	w.refused(as("ada"), Rename{Name: "Apex"}, ErrPersonDisabled)
	w.refused(as("ada"), AcceptInvitation{Invitation: inv("none"), Proved: true}, ErrPersonDisabled)
	w.do(as("olga"), Suspend{usr("ada")}, Reactivate{usr("ada")}, SetRole{usr("ada"), RoleOwner}, SetRole{usr("ada"), RoleAdmin},
		Reschedule{usr("ada"), Window{End: w.now + aWeek}}, Reschedule{usr("ada"), Window{}})
	w.do(theOperator, Vouch{usr("ada"), false}, Vouch{usr("ada"), true})
	if left := everything(); len(left) > 0 || !w.member("ada").Disabled {
		t.Errorf("ada may %v again", left)
	}
	w.do(theOperator, Disable{usr("ada"), false})
	if again := everything(); !slices.Equal(again, before) {
		t.Errorf("ada may\n%v, before\n%v", again, before)
	}
}

// Rule 3.3.4 and its one exception: the last owner is disabled all the same. Then the organization is ownerless, those
// who are left do what they could and not a thing more, and nobody removes who would own it again.
func TestDisablingTheLastOwnerLeavesTheOrganizationOwnerless_T45_I01(t *testing.T) {
	start := newWorld(t)
	start.do(theOperator, AddMember{Person: usr("ada"), Role: RoleAdmin, Proofs: Vouched}, AddMember{Person: usr("mia"), Role: RoleMember, Proofs: Vouched},
		AddMember{Person: usr("otto"), Role: RoleOwner, Proofs: Vouched, Window: Window{End: start.now + 10*aDay}})
	start.do(as("olga"), Enter{})
	start.do(theOperator, Disable{usr("olga"), true})
	if f, ok := start.last()[0].(*MemberDisabled); !ok || !f.Ownerless || !start.s.Ownerless(start.now) {
		t.Fatalf("%+v, ownerless: %v", f, start.s.Ownerless(start.now))
	}
	attempts := []attempt{
		{"an admin demotes her", as("ada"), SetRole{usr("olga"), RoleMember}, ErrNotBelow},
		{"an admin removes her", as("ada"), Remove{Person: usr("olga")}, ErrNotBelow},
		{"an admin makes themselves owner", as("ada"), SetRole{usr("ada"), RoleOwner}, ErrNotBelow},
		{"an admin makes another owner", as("ada"), SetRole{usr("mia"), RoleOwner}, ErrNotCovered},
		{"an admin deletes the organization", as("ada"), DeleteOrganization{"acme"}, ErrNotAllowed},
		{"an owner who has an end removes her", as("otto"), Remove{Person: usr("olga")}, ErrOwnerHasEnd},
		{"an owner who has an end demotes her", as("otto"), SetRole{usr("olga"), RoleAdmin}, ErrOwnerHasEnd},
		{"an owner who has an end suspends her", as("otto"), Suspend{usr("olga")}, ErrOwnerHasEnd},
		{"an owner who has an end makes that last", as("otto"), Reschedule{Person: usr("otto")}, ErrOutlasts},
		{"the operator gives a role", theOperator, SetRole{usr("mia"), RoleOwner}, ErrEntered},
		{"the operator no longer vouches for her", theOperator, Vouch{usr("olga"), false}, ErrOwnerHasEnd},
		{"the operator erases her", theOperator, Erase{usr("olga")}, ErrOwnerHasEnd},
		{"a recovery in favour of her", theOperator, StartRecovery{Person: usr("olga")}, ErrRecoveryPerson},
		{"an admin does what an admin may", as("ada"), AddMember{Person: usr("new"), Role: RoleMember}, nil},
		{"an owner who has an end steps down", as("otto"), SetRole{usr("otto"), RoleMember}, nil},
	}
	start.fork(t).attempts(t, attempts...)
	ends := map[string][]Command{
		"enabling her":                    {Disable{usr("olga"), false}},
		"another owner, made by an owner": {SetRole{usr("mia"), RoleOwner}},
	}
	for name, commands := range ends {
		t.Run("it ends with "+name, func(t *testing.T) {
			w := start.fork(t)
			by := as("otto")
			if commands[0].needs().onlyOperator() {
				by = theOperator
			}
			w.do(by, commands...)
			if w.s.Ownerless(w.now) {
				t.Error("ownerless")
			}
		})
	}
	t.Run("it ends with a recovery, and then she may be erased", func(t *testing.T) {
		w := start.fork(t)
		w.do(theOperator, StartRecovery{Person: usr("ada")})
		w.passes(RecoveryLasts)
		if !w.s.Ownerless(w.now) {
			t.Error("the clock made an owner")
		}
		w.do(theOperator, FinishRecovery{})
		if w.s.Ownerless(w.now) {
			t.Error("ownerless")
		}
		w.changes(theOperator, Erase{usr("olga")})
	})
	t.Run("of two disabled owners one may be erased", func(t *testing.T) {
		w := start.fork(t)
		w.do(theOperator, Disable{usr("olga"), false})
		w.do(as("olga"), SetRole{usr("mia"), RoleOwner})
		w.do(theOperator, Disable{usr("olga"), true}, Disable{usr("mia"), true}, Erase{usr("olga")})
		w.refused(theOperator, Erase{usr("mia")}, ErrOwnerHasEnd)
		w.passes(11 * 24 * 3600 * 1e9)
		w.refused(theOperator, Erase{usr("mia")}, ErrLastOwner)
	})
}

// No membership begins in the name of a disabled account as if it were none.
func TestNobodyComesBackDisabledAsIfNot_T51_T158(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleAdmin, Proofs: Vouched | Disabled})
	w.do(as("olga"), Enter{})
	w.refused(as("mia"), Rename{Name: "Apex"}, ErrPersonDisabled)
	w.do(as("olga"), Remove{Person: usr("mia")}, Restore{Person: usr("mia"), Proofs: Vouched | Disabled})
	if w.check("mia", "members:view", "") || !w.member("mia").Disabled {
		t.Error("restored as if enabled")
	}
	w.do(as("olga"), Remove{Person: usr("mia")}, invited("mia", RoleAdmin))
	w.do(as("mia"), AcceptInvitation{Invitation: inv("mia"), Proved: true, Proofs: ProvedAddress | Disabled})
	w.idle(as("proves"), TakeOver{From: usr("mia"), Proofs: ProvedAddress}) // another account takes nothing over
	w.cannot("proves", "members:view", "")
	blank := newWorld(t)
	blank.s, blank.log = Empty(blank.s.catalogs), nil
	blank.refused(theOperator, CreateOrganization{Organization: OrgID(id("org_", "two")), Name: "Two", Slug: "two", Owner: usr("mia"),
		Proofs: Vouched | Disabled, Catalog: w.s.CatalogDigest()}, ErrPersonDisabled)
}
