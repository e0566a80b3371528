package org

import "testing"

func recoveryExercises() []exercise {
	started := attempt{by: theOperator, do: StartRecovery{Person: usr("mia")}}
	return []exercise{
		{
			name: "a member is named", by: theOperator, do: StartRecovery{Person: usr("mia")}, facts: []string{"recovery.started"},
			then: func(w *world) {
				if r, open := w.s.Recovery(); !open || r != (Recovery{usr("mia"), w.now, w.now + 72*anHour}) {
					w.Errorf("%+v", r)
				}
				if w.member("mia").Role != RoleMember {
					w.Error("owner already")
				}
			},
			bad: []attempt{
				{name: "who is none", do: StartRecovery{Person: usr("zed")}, want: ErrUnknownPerson},
				{name: "who is suspended", do: StartRecovery{Person: usr("sam")}, want: ErrMemberSuspended},
				{name: "within a day", do: StartRecovery{usr("mia"), casting().now + 24*anHour - 1}, want: ErrRecoveryTooSoon},
				{name: "beyond all time", do: StartRecovery{usr("mia"), forever}, want: ErrBadTime},
				{name: "by an owner", by: as("olga"), do: StartRecovery{Person: usr("mia")}, want: ErrOperatorOnly},
			},
		},
		{
			name: "a day is the least", by: theOperator, do: StartRecovery{usr("mia"), casting().now + 24*anHour}, facts: []string{"recovery.started"},
		},
		{
			name: "any owner stops it", before: []attempt{started}, by: as("otto"), do: StopRecovery{}, facts: []string{"recovery.stopped"},
			then: func(w *world) {
				w.passes(RecoveryLasts)
				w.refused(theOperator, FinishRecovery{}, ErrNoRecovery)
				w.passes(-RecoveryLasts)
			},
			bad: []attempt{
				{name: "by an admin", by: as("ada"), do: StopRecovery{}, want: ErrNotAllowed},
				{name: "by who is named", by: as("mia"), do: StopRecovery{}, want: ErrNotAllowed},
				{name: "another beside it", by: theOperator, do: StartRecovery{Person: usr("max")}, want: ErrRecoveryOpen},
				{name: "finished at once", by: theOperator, do: FinishRecovery{}, want: ErrRecoveryWaits},
			},
		},
		{
			name: "the operator stops it", before: []attempt{started}, by: theOperator, do: StopRecovery{}, facts: []string{"recovery.stopped"},
		},
		{
			name: "somebody who can sign in and waited is owner", before: []attempt{
				{by: theOperator, do: Vouch{usr("finn"), true}}, {by: theOperator, do: StartRecovery{Person: usr("finn")}}, {do: waits(aWeek)}},
			by: theOperator, do: FinishRecovery{}, facts: []string{"recovery.finished"},
			then: func(w *world) {
				if w.member("finn").Role != RoleOwner {
					w.Errorf("%+v", w.member("finn"))
				}
				w.can("finn", "owners:make", "")
			},
			again: ErrNoRecovery,
			bad:   []attempt{{name: "by an owner", by: as("olga"), do: FinishRecovery{}, want: ErrOperatorOnly}},
		},
	}
}

// waits stands for time that passes before a command of an exercise.
type waits Instant

func (waits) needs() Need                       { return Need{} }
func (waits) decide(Situation) ([]Event, error) { return nil, nil }

// The clock makes nobody an owner, not even the one who is named; and who cannot act as an owner is made none.
func TestRecoveryNeedsTheSecondCommand(t *testing.T) {
	w := cast(t)
	w.do(theOperator, StartRecovery{Person: usr("mia")})
	w.now += 72*anHour - 1
	w.refused(theOperator, FinishRecovery{}, ErrRecoveryWaits)
	w.now++
	w.refused(theOperator, FinishRecovery{}, ErrRecoveryPerson) // mia cannot sign in
	w.now += 365 * aDay
	if w.member("mia").Role != RoleMember || w.check("mia", "organization:edit", "") {
		t.Fatal("the clock made an owner")
	}
	w.do(theOperator, Vouch{usr("mia"), true})
	for _, row := range []struct {
		name string
		does []Command
		want error
	}{
		{"who is suspended", []Command{Suspend{usr("mia")}}, ErrRecoveryPerson},
		{"who is removed", []Command{Remove{Person: usr("mia")}}, ErrRecoveryPerson},
		{"whose membership ends", []Command{Reschedule{usr("mia"), Window{End: w.now + aWeek}}}, ErrRecoveryPerson},
		{"whose membership starts later", []Command{Reschedule{usr("mia"), Window{Start: w.now + aWeek}}}, ErrRecoveryPerson},
		{"who was removed and is back", []Command{Remove{Person: usr("mia")}, AddMember{Person: usr("mia"), Role: RoleMember, Proofs: ProvedAddress}}, nil},
		{"who is an admin by now", []Command{SetRole{usr("mia"), RoleAdmin}}, nil},
		{"who is an owner by now", []Command{SetRole{usr("mia"), RoleOwner}}, nil},
		{"of an organization that closes", []Command{DeleteOrganization{"acme"}}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := w.fork(t)
			w.do(as("olga"), row.does...)
			if row.want != nil {
				w.refused(theOperator, FinishRecovery{}, row.want)
				return
			}
			w.changes(theOperator, FinishRecovery{})
			if w.member("mia").Role != RoleOwner {
				t.Errorf("%+v", w.member("mia"))
			}
		})
	}
	w.do(theOperator, SuspendOrganization{})
	stopped := w.fork(t)
	stopped.changes(as("olga"), StopRecovery{})
	w.changes(theOperator, FinishRecovery{})
	w.refused(theOperator, StartRecovery{Person: usr("bea"), FinishFrom: w.now}, ErrRecoveryTooSoon)
	w.do(theOperator, LiftSuspension{})
	w.do(as("olga"), Reschedule{usr("max"), Window{End: w.now + 300*aDay}})
	w.refused(theOperator, StartRecovery{Person: usr("max")}, ErrOwnerHasEnd)
}
