package org

import "testing"

func ownerExercises() []exercise {
	ready := []attempt{{by: theOperator, do: Vouch{usr("mia"), true}}}
	both := []string{"member.role_set", "member.role_set"}
	one := both[:1]
	return []exercise{
		{
			name: "in one version, the giver an admin from then on", before: ready, by: as("olga"), do: TransferOwnership{usr("mia"), RoleAdmin}, facts: both,
			then: func(w *world) {
				if w.member("mia").Role != RoleOwner || w.member("olga").Role != RoleAdmin {
					w.Errorf("%s and %s", w.member("mia").Role, w.member("olga").Role)
				}
			},
			again: ErrNotAllowed,
			bad: []attempt{
				{name: "to oneself, stepping down", do: TransferOwnership{usr("olga"), RoleAdmin}, want: ErrStepDown},
				{name: "stepping down to a role that is none", do: TransferOwnership{usr("mia"), "boss"}, want: ErrBadRole},
				{name: "to a stranger", do: TransferOwnership{To: usr("zed")}, want: ErrUnknownPerson},
				{name: "to nobody", do: TransferOwnership{}, want: ErrUnknownPerson},
				{name: "to somebody suspended", do: TransferOwnership{To: usr("sam")}, want: ErrMemberSuspended},
				{name: "by an admin", by: as("ada"), do: TransferOwnership{To: usr("mia")}, want: ErrNotAllowed},
				{name: "by a billing admin", by: as("bill"), do: TransferOwnership{To: usr("mia")}, want: ErrNotAllowed},
			},
		},
		{name: "without stepping down", by: as("olga"), do: TransferOwnership{To: usr("mia")}, facts: one},
		{name: "stepping down to owner, which is staying", by: as("olga"), do: TransferOwnership{usr("mia"), RoleOwner}, facts: one},
		{
			name: "to somebody who is owner already", by: as("olga"), do: TransferOwnership{usr("otto"), RoleMember}, facts: one, again: ErrNotAllowed,
			then: func(w *world) {
				if w.member("olga").Role != RoleMember || w.member("otto").Role != RoleOwner {
					w.Errorf("%s and %s", w.member("otto").Role, w.member("olga").Role)
				}
			},
		},
		{
			name: "for a member", by: theOperator, do: Vouch{usr("mia"), true}, facts: []string{"member.readiness_changed"},
			then: func(w *world) {
				if m := w.member("mia"); !m.Ready || m.Changed != w.s.Version() {
					w.Errorf("%+v", m)
				}
				w.changes(theOperator, Vouch{usr("mia"), false})
				if w.member("mia").Ready {
					w.Error("still ready")
				}
				w.changes(theOperator, Vouch{usr("mia"), true})
			},
			bad: []attempt{
				{name: "for a stranger", do: Vouch{usr("zed"), true}, want: ErrUnknownPerson},
				{name: "by an owner", by: as("olga"), do: Vouch{usr("mia"), true}, want: ErrOperatorOnly},
				{name: "by the member", by: as("mia"), do: Vouch{usr("mia"), true}, want: ErrOperatorOnly},
			},
		},
		{
			name:   "no longer, for one who proved an address",
			before: []attempt{{by: as("olga"), do: AddMember{Person: usr("zed"), Role: RoleMember, Proofs: ProvedAddress | Vouched | SecondFactor}}},
			by:     theOperator, do: Vouch{usr("zed"), false}, facts: []string{"member.readiness_changed"},
			then: func(w *world) {
				if f := w.last()[0].(*ReadinessChanged); f.Proofs != ProvedAddress|SecondFactor || !w.member("zed").Ready {
					w.Errorf("%+v", f)
				}
			},
		},
		{
			name: "what there was", before: []attempt{{by: as("olga"), do: Remove{Person: usr("pia")}}}, by: as("olga"), do: Restore{Person: usr("pia"), Proofs: Vouched},
			facts: []string{"member.restored", "grant.given"}, again: ErrMemberExists,
			then: func(w *world) { w.holdsOnly("pia", "web", Owner) },
			bad: []attempt{
				{name: "a stranger", do: Restore{Person: usr("zed")}, want: ErrUnknownPerson},
				{name: "a member", do: Restore{Person: usr("mia")}, want: ErrMemberExists},
				{name: "somebody suspended", do: Restore{Person: usr("sam")}, want: ErrMemberExists},
			},
		},
	}
}

// The transfer is one step: at no version are there both or none.
func TestTransferOfOwnershipIsOneStep(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember, Proofs: Vouched})
	w.do(as("olga"), Enter{})
	facts, err := Decide(w.s, as("olga"), w.now, TransferOwnership{usr("mia"), RoleMember})
	if err != nil || len(facts) != 2 {
		t.Fatalf("%d facts, %v", len(facts), err)
	}
	stamped := Stamp(w.s, Meta{At: w.now, Actor: usr("olga"), Command: "cmd_x"}, facts)
	if stamped[0].Version != w.s.Version()+1 || stamped[1].Version != w.s.Version()+2 || stamped[0].Command != stamped[1].Command || stamped[0].At != stamped[1].At {
		t.Fatalf("%+v", stamped)
	}
	if after := Evolve(w.s, stamped...); len(after.Owners(w.now)) != 1 || after.Owners(w.now)[0] != usr("mia") {
		t.Fatalf("%v own it", after.Owners(w.now))
	}
}
