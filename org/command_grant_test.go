package org

import "testing"

func grantExercises() []exercise {
	soon := Window{casting().now + anHour, casting().now + aWeek}
	nobody, two := Subject{}, Subject{Person: usr("mia"), Everyone: true}
	given := []string{"grant.given"}
	find := func(w *world, s Subject, r ProjectRole) Grant {
		w.Helper()
		for _, g := range w.s.GrantsOn(prj("web"), w.now) {
			if g.Subject == s && g.Role == r {
				return g
			}
		}
		w.Fatalf("no %s for %+v", r, s)
		return Grant{}
	}
	subjects := func(make func(Subject) Command) []attempt {
		return []attempt{
			{name: "to nobody", do: make(nobody), want: ErrBadSubject},
			{name: "to two at once", do: make(two), want: ErrBadSubject},
			{name: "to person and team", do: make(Subject{Person: usr("mia"), Team: tm("red")}), want: ErrBadSubject},
		}
	}
	return []exercise{
		{
			name: "a person, for a time", by: as("pia"), do: Give{Project: prj("web"), Subject: toPerson("mia"), Role: Analyst, Window: soon, Source: ByImport}, facts: given,
			then: func(w *world) {
				want := Grant{Project: prj("web"), Subject: toPerson("mia"), Role: Analyst, Window: soon, Source: ByImport, GivenBy: usr("pia"), GivenAt: w.now}
				if got := find(w, toPerson("mia"), Analyst); got != want {
					w.Errorf("%+v, want %+v", got, want)
				}
				if was, is := casting().s.Counts(), w.s.Counts(); is.Grants != was.Grants+1 || w.member("mia").Grants != 1 || mustProject(w, "web").People != 9 {
					w.Errorf("%+v", is)
				}
			},
			bad: append(subjects(func(s Subject) Command { return Give{Project: prj("web"), Subject: s, Role: Analyst} }), []attempt{
				{name: "in a project that is none", do: give("none", toPerson("mia"), Analyst), want: ErrUnknownProject},
				{name: "without naming a project", do: Give{Subject: toPerson("mia"), Role: Analyst}, want: ErrUnknownProject},
				{name: "a stranger", do: give("web", toPerson("zed"), Analyst), want: ErrUnknownPerson},
				{name: "somebody suspended", do: give("web", toPerson("sam"), Analyst), want: ErrMemberSuspended},
				{name: "a team that is none", by: as("olga"), do: give("web", toTeam("none"), Analyst), want: ErrUnknownTeam},
				{name: "a team in a project that is none", by: as("olga"), do: give("none", toTeam("red"), Analyst), want: ErrUnknownProject},
				{name: "a role that is none", do: give("web", toPerson("mia"), "boss"), want: ErrBadRole},
				{name: "no role", do: give("web", toPerson("mia"), ""), want: ErrBadRole},
				{name: "from a source that is none", do: Give{Project: prj("web"), Subject: toPerson("mia"), Role: Analyst, Source: "magic"}, want: ErrBadSource},
				{name: "with an end before the start", do: Give{Project: prj("web"), Subject: toPerson("mia"), Role: Analyst, Window: Window{2, 1}}, want: ErrBadWindow},
				{name: "with an end in the past", do: Give{Project: prj("web"), Subject: toPerson("mia"), Role: Analyst, Window: Window{End: 1}}, want: ErrPastEnd},
			}...),
		},
		{
			name: "everyone", by: as("pat"), do: give("web", toEveryone, Analyst), facts: given,
			then: func(w *world) {
				if got := find(w, toEveryone, Analyst); !got.Now || got.GivenBy != usr("pat") || !mustProject(w, "web").Everyone {
					w.Errorf("%+v", got)
				}
			},
		},
		{
			name: "a second role beside the first", by: as("pia"), do: give("web", toPerson("cora"), Analyst), facts: given,
			then: func(w *world) { w.holdsOnly("cora", "web", Analyst, Consumer) },
		},
		{
			name: "a team, in the place of what it had", by: as("ada"), do: give("web", toTeam("red"), Consumer), facts: []string{"grant.taken", "grant.given"},
			then: func(w *world) {
				if got := w.s.GrantsOfTeam(tm("red"), w.now); len(got) != 1 || got[0].Role != Consumer || mustTeam(w, "red").Projects != 1 {
					w.Errorf("%+v", got)
				}
			},
		},
		{
			name: "a team, for the first time", by: as("ada"), do: give("app", toTeam("red"), Consumer), facts: given,
			then: func(w *world) {
				if got := w.s.GrantsOfTeam(tm("red"), w.now); len(got) != 2 || mustTeam(w, "red").Projects != 2 || mustProject(w, "app").Teams != 1 {
					w.Errorf("%+v", got)
				}
				w.can("tim", "project:view", "app")
			},
		},
		{
			name: "everything a person has", before: []attempt{{by: as("pia"), do: give("web", toPerson("ana"), Consumer)}}, by: as("pat"),
			do: Take{Project: prj("web"), Subject: toPerson("ana")}, facts: []string{"grant.taken", "grant.taken"}, again: ErrNoGrant,
			then: func(w *world) {
				w.holdsOnly("ana", "web")
				w.cannot("ana", "project:view", "web")
				if mustProject(w, "web").People != 7 {
					w.Errorf("%+v", mustProject(w, "web"))
				}
			},
			bad: append(subjects(func(s Subject) Command { return Take{Project: prj("web"), Subject: s} }), []attempt{
				{name: "in a project that is none", do: Take{Project: prj("none"), Subject: toPerson("ana")}, want: ErrUnknownProject},
				{name: "from a stranger", do: Take{Project: prj("web"), Subject: toPerson("zed")}, want: ErrNoGrant},
				{name: "from a team that is none", by: as("olga"), do: Take{Project: prj("web"), Subject: toTeam("none")}, want: ErrNoGrant},
				{name: "a role that is none", do: Take{Project: prj("web"), Subject: toPerson("ana"), Role: "boss"}, want: ErrBadRole},
				{name: "from a source that is none", do: Take{Project: prj("web"), Subject: toPerson("ana"), Source: "magic"}, want: ErrBadSource},
				{name: "a role the person has not", do: Take{Project: prj("web"), Subject: toPerson("ana"), Role: Owner}, want: ErrNoGrant},
			}...),
		},
		{
			name: "everyone's", before: []attempt{{by: as("pia"), do: give("web", toEveryone, Consumer)}}, by: as("pat"), do: Take{Project: prj("web"), Subject: toEveryone}, facts: []string{"grant.taken"}, again: ErrNoGrant,
			then: func(w *world) {
				if mustProject(w, "web").Everyone {
					w.Error("everyone still has something")
				}
			},
		},
		{
			name: "for another, with the bounds of the old one", before: []attempt{{by: as("pia"), do: RescheduleGrant{prj("web"), toPerson("ana"), Analyst, soon}}}, by: as("pat"),
			do: Change{prj("web"), toPerson("ana"), Analyst, Admin}, facts: []string{"grant.taken", "grant.given"},
			then: func(w *world) {
				w.holdsOnly("ana", "web", Admin)
				if got := find(w, toPerson("ana"), Admin); got.Window != soon || got.GivenBy != usr("pat") || got.Source != ByHand {
					w.Errorf("%+v", got)
				}
			},
			bad: append(subjects(func(s Subject) Command { return Change{prj("web"), s, Analyst, Consumer} }), []attempt{
				{name: "in a project that is none", do: Change{prj("none"), toPerson("ana"), Analyst, Admin}, want: ErrUnknownProject},
				{name: "of a stranger", do: Change{prj("web"), toPerson("zed"), Analyst, Admin}, want: ErrUnknownPerson},
				{name: "of a team that is none", by: as("olga"), do: Change{prj("web"), toTeam("none"), Analyst, Admin}, want: ErrUnknownTeam},
				{name: "from a role the person has not", do: Change{prj("web"), toPerson("ana"), Consumer, Admin}, want: ErrNoGrant},
				{name: "from a role that is none", do: Change{prj("web"), toPerson("ana"), "boss", Admin}, want: ErrBadRole},
				{name: "to a role that is none", do: Change{prj("web"), toPerson("ana"), Analyst, ""}, want: ErrBadRole},
				{name: "from nothing to nothing", do: Change{prj("web"), toPerson("ana"), Consumer, Consumer}, want: ErrNoGrant},
			}...),
		},
		{
			name: "for one that is held too, which takes on the wider bounds",
			before: []attempt{{by: as("pia"), do: RescheduleGrant{prj("web"), toPerson("ana"), Analyst, soon}},
				{by: as("pia"), do: Give{Project: prj("web"), Subject: toPerson("ana"), Role: Consumer, Window: Window{End: casting().now + aDay}}}},
			by: as("pat"), do: Change{prj("web"), toPerson("ana"), Analyst, Consumer}, facts: []string{"grant.taken", "grant.given"},
			then: func(w *world) {
				w.holdsOnly("ana", "web", Consumer)
				if got := find(w, toPerson("ana"), Consumer); got.Window != (Window{End: soon.End}) {
					w.Errorf("%+v", got)
				}
			},
		},
		{
			name: "a team's", by: as("ada"), do: Change{prj("web"), toTeam("red"), Analyst, Consumer}, facts: []string{"grant.taken", "grant.given"},
		},
		{
			name: "a person's", by: as("pat"), do: RescheduleGrant{prj("web"), toPerson("ana"), Analyst, soon}, facts: []string{"grant.rescheduled"},
			then: func(w *world) {
				if got := find(w, toPerson("ana"), Analyst); got.Window != soon || got.Now || got.GivenBy != "" {
					w.Errorf("%+v", got)
				}
			},
			bad: append(subjects(func(s Subject) Command { return RescheduleGrant{prj("web"), s, Analyst, soon} }), []attempt{
				{name: "in a project that is none", do: RescheduleGrant{prj("none"), toPerson("ana"), Analyst, soon}, want: ErrUnknownProject},
				{name: "of a stranger", do: RescheduleGrant{prj("web"), toPerson("zed"), Analyst, soon}, want: ErrNoGrant},
				{name: "of a role the person has not", do: RescheduleGrant{prj("web"), toPerson("ana"), Consumer, soon}, want: ErrNoGrant},
				{name: "of a role that is none", do: RescheduleGrant{prj("web"), toPerson("ana"), "boss", soon}, want: ErrBadRole},
				{name: "to an end before the start", do: RescheduleGrant{prj("web"), toPerson("ana"), Analyst, Window{2, 1}}, want: ErrBadWindow},
				{name: "to an end in the past", do: RescheduleGrant{prj("web"), toPerson("ana"), Analyst, Window{End: 1}}, want: ErrPastEnd},
			}...),
		},
		{
			name: "of both sources", before: []attempt{{by: as("pia"), do: Give{Project: prj("web"), Subject: toPerson("ana"), Role: Analyst, Source: ByImport}}}, by: as("pat"),
			do: RescheduleGrant{prj("web"), toPerson("ana"), Analyst, soon}, facts: []string{"grant.rescheduled", "grant.rescheduled"},
		},
		{
			name: "a team's", by: as("ada"), do: RescheduleGrant{prj("web"), toTeam("red"), Analyst, soon}, facts: []string{"grant.rescheduled"},
			then: func(w *world) { w.cannot("tim", "project:view", "web") },
		},
		{
			name: "everyone's", before: []attempt{{by: as("pia"), do: give("web", toEveryone, Consumer)}}, by: as("pat"),
			do: RescheduleGrant{prj("web"), toEveryone, Consumer, soon}, facts: []string{"grant.rescheduled"},
			then: func(w *world) {
				w.cannot("mia", "project:view", "web")
				if !mustProject(w, "web").Everyone || find(w, toEveryone, Consumer).Window != soon {
					w.Error("everyone's grant is gone")
				}
			},
		},
	}
}

// What has ended is neither changed nor counted as held.
func TestChangingWhatHasEnded(t *testing.T) {
	w := cast(t)
	w.do(as("pia"), RescheduleGrant{prj("web"), toPerson("ana"), Analyst, Window{End: w.now + anHour}},
		Give{Project: prj("web"), Subject: toPerson("cora"), Role: Analyst, Window: Window{End: w.now + anHour}})
	w.now += anHour
	w.refused(as("pia"), Change{prj("web"), toPerson("ana"), Analyst, Consumer}, ErrNoGrant)
	w.refused(as("pia"), Change{prj("web"), toPerson("ana"), Consumer, Analyst}, ErrNoGrant)
	w.changes(as("pia"), Change{prj("web"), toPerson("cora"), Consumer, Analyst})
	w.holdsOnly("cora", "web", Analyst)
	if got := w.s.Sources(usr("cora"), prj("web"), w.now); len(got) != 1 || got[0].Window != (Window{}) {
		t.Fatalf("%+v", got)
	}
	w.changes(as("pia"), RescheduleGrant{prj("web"), toPerson("ana"), Analyst, Window{}})
	w.holdsOnly("ana", "web", Analyst)
}

// A team has one role in a project, whatever it came from: giving it again by hand leaves it an import's.
func TestATeamHasOneRoleInAProject(t *testing.T) {
	w := newWorld(t)
	soon := Window{End: w.now + aDay}
	w.do(theOperator, CreateTeam{Team: tm("red"), Name: "Red"}, CreateProject{Project: prj("web"), Name: "Web"},
		Give{Project: prj("web"), Subject: toTeam("red"), Role: Analyst, Window: soon, Source: ByImport})
	w.changes(as("olga"), give("web", toTeam("red"), Analyst))
	if got := w.s.GrantsOfTeam(tm("red"), w.now); len(got) != 1 || got[0].Source != ByImport || got[0].Window != (Window{}) {
		t.Fatalf("%+v", got)
	}
	w.changes(as("olga"), give("web", toTeam("red"), Consumer))
	if got := w.s.GrantsOfTeam(tm("red"), w.now); len(got) != 1 || got[0].Source != ByHand || got[0].Role != Consumer {
		t.Fatalf("%+v", got)
	}
}

// Of several roles the one that is named gets the dates.
func TestReschedulingOneOfSeveralRoles(t *testing.T) {
	w := cast(t)
	soon := Window{End: w.now + aDay}
	w.do(as("olga"), give("web", toPerson("ana"), Admin), give("web", toPerson("ana"), Consumer))
	w.changes(as("olga"), RescheduleGrant{prj("web"), toPerson("ana"), Analyst, soon})
	for _, h := range w.s.Sources(usr("ana"), prj("web"), w.now) {
		if (h.Window == soon) != (h.Role == Analyst) {
			t.Errorf("%s holds in %v", h.Role, h.Window)
		}
	}
	w.now += aDay
	w.holdsOnly("ana", "web", Admin, Consumer)
}
