package org

import "slices"

func teamExercises() []exercise {
	soon := Window{casting().now + anHour, casting().now + aWeek}
	place := func(w *world, word string) Place {
		w.Helper()
		for p := range w.s.Roster(tm("red"), w.now, "") {
			if p.Person == usr(word) {
				return p
			}
		}
		w.Fatalf("%s is not on the roster", word)
		return Place{}
	}
	return []exercise{
		{
			name: "with everything", by: as("olga"), do: CreateTeam{Team: tm("blue"), Name: "Blue", ExternalID: "b-1", Source: ByImport}, facts: []string{"team.created"}, again: ErrIDUsed,
			then: func(w *world) {
				want := Team{Team: tm("blue"), Name: "Blue", ExternalID: "b-1", Source: ByImport, Created: w.now, Changed: w.s.Version()}
				if got := mustTeam(w, "blve"); got != want {
					w.Errorf("%+v, want %+v", got, want)
				}
				if w.s.Counts().Teams != 2 {
					w.Errorf("%+v", w.s.Counts())
				}
			},
			bad: []attempt{
				{name: "with a malformed id", do: CreateTeam{Team: "blue", Name: "Blue"}, want: ErrBadID},
				{name: "without a name", do: CreateTeam{Team: tm("blue")}, want: ErrBadName},
				{name: "with a malformed external id", do: CreateTeam{Team: tm("blue"), Name: "Blue", ExternalID: " "}, want: ErrBadExternalID},
				{name: "from a source that is none", do: CreateTeam{Team: tm("blue"), Name: "Blue", Source: "magic"}, want: ErrBadSource},
				{name: "under a name that is taken", do: CreateTeam{Team: tm("blue"), Name: "red"}, want: ErrTeamName},
				{name: "by a member", by: as("mia"), do: CreateTeam{Team: tm("blue"), Name: "Blue"}, want: ErrNotAllowed},
			},
		},
		{
			name: "to another name", by: as("ada"), do: RenameTeam{tm("red"), "Rot"}, facts: []string{"team.renamed"},
			then: func(w *world) {
				if got := mustTeam(w, "red"); got.Name != "Rot" || got.Changed != w.s.Version() || got.People != 2 || got.Projects != 1 {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{
				{name: "to nothing", do: RenameTeam{Team: tm("red")}, want: ErrBadName},
				{name: "one that is none", do: RenameTeam{tm("none"), "Rot"}, want: ErrUnknownTeam},
			},
		},
		{
			name: "one", by: as("olga"), do: SetTeamExternalID{tm("red"), "r-1"}, facts: []string{"team.external_id_set"},
			then: func(w *world) {
				if got := mustTeam(w, "red"); got.ExternalID != "r-1" || got.Changed != w.s.Version() {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{
				{name: "with blanks", do: SetTeamExternalID{tm("red"), "r 1"}, want: ErrBadExternalID},
				{name: "of a team that is none", do: SetTeamExternalID{tm("none"), "r-1"}, want: ErrUnknownTeam},
			},
		},
		{
			name: "none", before: []attempt{{by: as("olga"), do: SetTeamExternalID{tm("red"), "r-1"}}}, by: theOperator, do: SetTeamExternalID{Team: tm("red")}, facts: []string{"team.external_id_set"},
			then: func(w *world) {
				if got := mustTeam(w, "red"); got.ExternalID != "" {
					w.Errorf("%+v", got)
				}
			},
		},
		{
			name: "with people and grants", by: as("ada"), do: DeleteTeam{tm("red")}, facts: []string{"team.deleted"}, again: ErrUnknownTeam,
			then: func(w *world) {
				if _, ok := w.s.Team(tm("red")); ok || w.s.GrantsOfTeam(tm("red"), w.now) != nil {
					w.Error("the team is there")
				}
				for range w.s.Teams("") {
					w.Error("the team is listed")
				}
				w.cannot("tim", "project:view", "web")
				if len(w.member("tim").Teams) != 0 || mustProject(w, "web").Teams != 0 {
					w.Error("something leads to it")
				}
				if was, is := casting().s.Counts(), w.s.Counts(); is.Teams != 0 || is.Grants != was.Grants-1 {
					w.Errorf("%+v", is)
				}
			},
			bad: []attempt{{name: "that is none", do: DeleteTeam{tm("none")}, want: ErrUnknownTeam}, {name: "by a member of it", by: as("tim"), do: DeleteTeam{tm("red")}, want: ErrNotAllowed}},
		},
		{
			name: "a member, for a time", by: as("ada"), do: PlaceInTeam{Team: tm("red"), Person: usr("mia"), Window: soon, Source: ByImport}, facts: []string{"team.member_added"},
			then: func(w *world) {
				want := Place{Team: tm("red"), Person: usr("mia"), Window: soon, Source: ByImport, GivenBy: usr("ada"), GivenAt: w.now}
				if got := place(w, "mia"); got != want {
					w.Errorf("%+v, want %+v", got, want)
				}
				if !slices.Equal(w.member("mia").Teams, []TeamID{tm("red")}) || mustTeam(w, "red").People != 3 {
					w.Errorf("%+v", w.member("mia"))
				}
				w.cannot("mia", "project:view", "web")
			},
			bad: []attempt{
				{name: "in a team that is none", do: PlaceInTeam{Team: tm("none"), Person: usr("mia")}, want: ErrUnknownTeam},
				{name: "a stranger", do: PlaceInTeam{Team: tm("red"), Person: usr("zed")}, want: ErrUnknownPerson},
				{name: "nobody", do: PlaceInTeam{Team: tm("red")}, want: ErrUnknownPerson},
				{name: "somebody suspended", do: PlaceInTeam{Team: tm("red"), Person: usr("sam")}, want: ErrMemberSuspended},
				{name: "from a source that is none", do: PlaceInTeam{Team: tm("red"), Person: usr("mia"), Source: "magic"}, want: ErrBadSource},
				{name: "with an end before the start", do: PlaceInTeam{Team: tm("red"), Person: usr("mia"), Window: Window{2, 1}}, want: ErrBadWindow},
				{name: "with an end in the past", do: PlaceInTeam{Team: tm("red"), Person: usr("mia"), Window: Window{End: 1}}, want: ErrPastEnd},
				{name: "an unknown team's manager", do: PlaceInTeam{Team: tm("none"), Person: usr("mia"), Manager: true}, want: ErrUnknownTeam},
			},
		},
		{
			name: "a member as manager", by: as("ada"), do: PlaceInTeam{Team: tm("red"), Person: usr("tim"), Manager: true}, facts: []string{"team.member_changed"},
			then: func(w *world) {
				if got := place(w, "tim"); !got.Manager || !got.Now || got.GivenBy != "" {
					w.Errorf("%+v", got)
				}
			},
		},
		{
			name: "a member for another time", by: as("tess"), do: PlaceInTeam{Team: tm("red"), Person: usr("tim"), Window: soon}, facts: []string{"team.member_changed"},
			then: func(w *world) {
				if got := place(w, "tim"); got.Manager || got.Now || got.Window != soon {
					w.Errorf("%+v", got)
				}
			},
		},
		{
			name: "a member", by: as("tess"), do: TakeFromTeam{tm("red"), usr("tim")}, facts: []string{"team.member_removed"}, again: ErrNotInTeam,
			then: func(w *world) {
				w.cannot("tim", "project:view", "web")
				if len(w.member("tim").Teams) != 0 || mustTeam(w, "red").People != 1 {
					w.Errorf("%+v", mustTeam(w, "red"))
				}
			},
			bad: []attempt{
				{name: "from a team that is none", do: TakeFromTeam{tm("none"), usr("tim")}, want: ErrUnknownTeam},
				{name: "somebody who is not in it", do: TakeFromTeam{tm("red"), usr("mia")}, want: ErrNotInTeam},
				{name: "a stranger", do: TakeFromTeam{tm("red"), usr("zed")}, want: ErrNotInTeam},
			},
		},
	}
}
