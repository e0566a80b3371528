package org

import "testing"

// The life of the organization itself: suspended, deleted, recovered.
func lifeExercises() []exercise {
	const ninety = 90 * aDay
	return []exercise{
		{
			name: "every check denies", by: theOperator, do: SuspendOrganization{}, facts: []string{"organization.suspended"},
			then: func(w *world) {
				if w.s.SuspendedSince() != w.now || w.s.Standing(w.now) != StandsActive {
					w.Errorf("suspended since %d, %s", w.s.SuspendedSince(), w.s.Standing(w.now))
				}
				w.cannot("olga", "organization:edit", "")
				w.cannot("pia", "project:view", "web")
			},
		},
		{
			name: "everybody holds again what they held", before: []attempt{{by: theOperator, do: SuspendOrganization{}}},
			by: theOperator, do: LiftSuspension{}, facts: []string{"organization.suspension_lifted"},
			then: func(w *world) {
				if w.s.SuspendedSince() != 0 {
					w.Errorf("suspended since %d", w.s.SuspendedSince())
				}
				w.can("olga", "organization:edit", "")
				w.can("pia", "project:view", "web")
			},
		},
		{
			name: "ninety days of closing", by: as("olga"), do: DeleteOrganization{"acme"}, facts: []string{"organization.closing_started"},
			then: func(w *world) {
				if w.s.ClosesAt() != w.now+ninety || w.s.Standing(w.now) != StandsClosing || w.s.Standing(w.now+ninety) != StandsClosed {
					w.Errorf("closes at %d, %s", w.s.ClosesAt(), w.s.Standing(w.now))
				}
				w.can("pia", "project:view", "web")
			},
			bad: []attempt{
				{name: "with another slug", do: DeleteOrganization{"acme-2"}, want: ErrWrongSlug},
				{name: "without the slug", do: DeleteOrganization{}, want: ErrWrongSlug},
				{name: "by an admin", by: as("ada"), do: DeleteOrganization{"acme"}, want: ErrNotAllowed},
				{name: "by the operator", by: theOperator, do: DeleteOrganization{"acme"}, want: ErrEntered},
			},
		},
		{
			name: "any owner keeps it", before: []attempt{{by: as("olga"), do: DeleteOrganization{"acme"}}},
			by: as("otto"), do: CancelDeletion{}, facts: []string{"organization.closing_cancelled"},
			then: func(w *world) {
				if w.s.ClosesAt() != 0 || w.s.Standing(w.now+ninety) != StandsActive {
					w.Errorf("closes at %d, %s", w.s.ClosesAt(), w.s.Standing(w.now+ninety))
				}
				w.now += ninety
				w.can("olga", "organization:edit", "")
			},
		},
	}
}

// Bury has an exercise of its own, for there is no world to go on in.
func TestTheTombstoneEndsTheLog_T59_I11(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), SetProjectExternalID{prj("web"), "p-1"}, SetTeamExternalID{tm("red"), "t-1"}, Rename{Slug: "acme-2"}, DeleteOrganization{"acme-2"})
	w.idle(theOperator, Bury{})
	w.now = w.s.ClosesAt() - 1
	w.can("olga", "organization:edit", "")
	w.do(as("ada"), Rename{Name: "Apex"})
	w.now++

	// At its instant it answers as closed, without a fact.
	w.isClosed()
	before := w.s
	w.changes(theOperator, Bury{})
	if len(w.last()) != 1 || !w.s.Exists() || w.s.Unburied(w.now) {
		t.Fatalf("%v", w.last())
	}
	w.isClosed()
	w.idle(theOperator, Bury{})
	w.refused(as("olga"), Bury{}, ErrClosed)

	// What leads to it by name or id leads on; what leads to people, and into it by other keys, is gone.
	gone := map[string]bool{}
	for _, l := range Leads(before, w.log[len(w.log)-1:]) {
		if !l.Gone || l.Kind == LeadSlug || l.Kind == LeadOrgExternal || l.Kind == LeadProject {
			t.Errorf("%+v", l)
		}
		gone[string(l.Kind)+" "+l.Key] = true
	}
	for _, key := range []string{"member " + string(usr("mia")) + " " + string(w.s.ID()), "project.external " + string(w.s.ID()) + " p-1", "team.external " + string(w.s.ID()) + " t-1"} {
		if !gone[key] {
			t.Errorf("%s leads on", key)
		}
	}

	// Nothing follows: neither decided, nor in a log that says so, nor after the instant without a tombstone.
	for _, f := range []Event{&Entered{usr("olga")}, &OrganizationClosed{}, &ClosingCancelled{}} {
		if s := Evolve(w.s, Stamp(w.s, Meta{At: w.now}, []Event{f})...); s.Damage() == nil || s.Check(usr("olga"), "organization:edit", "", w.now) {
			t.Errorf("%T follows a tombstone", f)
		}
	}
	if s := Evolve(before, Stamp(before, Meta{At: w.now}, []Event{&ClosingCancelled{}})...); s.Damage() == nil {
		t.Error("something else than the tombstone follows the days of closing")
	}
	if s := cast(t).s; Evolve(s, Stamp(s, Meta{At: w.now}, []Event{&OrganizationClosed{}})...).Damage() == nil {
		t.Error("a tombstone without days of closing")
	}
}

// isClosed holds every answer of a closed organization.
func (w *world) isClosed() {
	w.Helper()
	if w.s.Standing(w.now) != StandsClosed || len(w.s.Owners(w.now)) > 0 {
		w.Errorf("%s, owned by %v", w.s.Standing(w.now), w.s.Owners(w.now))
	}
	for _, p := range []string{"olga", "otto", "ada", "pia", "mia"} {
		w.cannot(p, "organization:edit", "")
		w.cannot(p, "project:view", "web")
		w.noMember(p)
		for range w.s.ProjectsWhere(usr(p), "project:view", w.now, "") {
			w.Errorf("%s sees a project", p)
		}
		if w.s.RoleIn(usr(p), prj("web"), w.now) != "" || w.s.Manages(usr(p), tm("red"), w.now) {
			w.Errorf("%s holds something", p)
		}
	}
	for p := range w.s.PeopleWhere(prj("web"), "project:view", w.now, "") {
		w.Errorf("%s sees web", p)
	}
	for m := range w.s.Members(w.now, "") {
		w.Errorf("%s is listed", m.Person)
	}
	for e := range w.s.EndingBetween(w.now, w.now+longAfter) {
		w.Errorf("%+v ends", e)
	}
	if e := w.s.Explain(usr("olga"), "organization:edit", "", w.now); e.Allowed || e.Reason != ReasonClosed || len(e.Deciders) > 0 {
		w.Errorf("%+v", e)
	}
	for _, a := range []attempt{
		{by: as("olga"), do: CancelDeletion{}, want: ErrClosed},
		{by: as("olga"), do: DeleteOrganization{"acme-2"}, want: ErrClosed},
		{by: as("olga"), do: AddMember{Person: usr("zed"), Role: RoleMember}, want: ErrClosed},
		{by: as("sam"), do: Leave{}, want: ErrClosed},
		{by: as("zed"), do: Leave{}, want: ErrUnknownOrganization},
		{by: theOperator, do: SetExternalID{"x"}, want: ErrClosed},
		{by: theOperator, do: LiftSuspension{}, want: ErrClosed},
		{by: theOperator, do: Vouch{usr("mia"), true}, want: ErrClosed},
	} {
		w.refused(a.by, a.do, a.want)
	}
}

// longAfter is longer than anything in the cast lasts.
const longAfter = 1000 * aDay
