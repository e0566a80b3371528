package org

import (
	"errors"
	"testing"
)

func TestWhatHasEndedStandsInNobodysWay(t *testing.T) {
	for _, row := range []struct {
		name string
		set  func(*world)
		by   Actor
		do   Command
	}{
		{name: "an admin places somebody in a team that was owner of a project once",
			set: func(w *world) {
				w.do(as("olga"), Give{Project: prj("app"), Subject: toTeam("red"), Role: Owner, Window: Window{End: w.now + anHour}})
			},
			by: as("ada"), do: PlaceInTeam{Team: tm("red"), Person: usr("mia")}},
		{name: "an admin gives a team a role in a project that it was owner of once",
			set: func(w *world) {
				w.do(as("olga"), Give{Project: prj("app"), Subject: toTeam("red"), Role: Owner, Window: Window{End: w.now + anHour}})
			},
			by: as("ada"), do: give("app", toTeam("red"), Analyst)},
		{name: "an admin prolongs the membership of somebody who was owner of a project once",
			set: func(w *world) {
				w.do(as("olga"), Give{Project: prj("app"), Subject: toPerson("mia"), Role: Owner, Window: Window{End: w.now + anHour}},
					Reschedule{Person: usr("mia"), Window: Window{End: w.now + aWeek}})
			},
			by: as("ada"), do: Reschedule{Person: usr("mia")}},
		{name: "an admin prolongs the membership of somebody in a team that was owner of a project once",
			set: func(w *world) {
				w.do(as("olga"), Give{Project: prj("app"), Subject: toTeam("red"), Role: Owner, Window: Window{End: w.now + anHour}},
					PlaceInTeam{Team: tm("red"), Person: usr("mia")},
					Reschedule{Person: usr("mia"), Window: Window{End: w.now + aWeek}})
			},
			by: as("ada"), do: Reschedule{Person: usr("mia")}},
		{name: "an admin prolongs the membership of somebody who was in a team that is owner of a project",
			set: func(w *world) {
				w.do(as("olga"), give("app", toTeam("red"), Owner),
					PlaceInTeam{Team: tm("red"), Person: usr("mia"), Window: Window{End: w.now + anHour}},
					Reschedule{Person: usr("mia"), Window: Window{End: w.now + aWeek}})
			},
			by: as("ada"), do: Reschedule{Person: usr("mia")}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := cast(t)
			row.set(w)
			if err := w.fork(t).try(row.by, row.do); !errors.Is(err, ErrNotCovered) && !errors.Is(err, ErrGrantNotBelow) {
				t.Fatalf("as long as it lasts: %v", err)
			}
			w.now += anHour
			w.changes(row.by, row.do)
		})
	}
}
