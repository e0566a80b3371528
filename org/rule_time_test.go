package org

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

// What has a window holds from its first instant on, until before its last, on every way to ask, with nobody having
// to run anything.
func TestWindowsHoldFromStartUntilBeforeEnd(t *testing.T) {
	base := newWorld(t)
	base.do(theOperator, AddMember{Person: usr("max"), Role: RoleMember}, CreateProject{Project: prj("web"), Name: "Web"}, CreateTeam{Team: tm("red"), Name: "Red"})
	start, end := base.now+anHour, base.now+2*anHour
	in := Window{start, end}
	timed := func(s Subject) Give { g := give("web", s, Consumer); g.Window = in; return g }
	for _, c := range []struct {
		name string
		do   []Command
	}{
		{"T-39, I-27 an individual grant", []Command{AddMember{Person: usr("mia"), Role: RoleMember}, timed(toPerson("mia"))}},
		{"T-39, I-27 a team's grant", []Command{AddMember{Person: usr("mia"), Role: RoleMember}, PlaceInTeam{Team: tm("red"), Person: usr("mia")}, timed(toTeam("red"))}},
		{"T-39, I-27 everyone's grant", []Command{AddMember{Person: usr("mia"), Role: RoleMember}, timed(toEveryone)}},
		{"T-39, I-27 a place in a team", []Command{AddMember{Person: usr("mia"), Role: RoleMember}, PlaceInTeam{Team: tm("red"), Person: usr("mia"), Window: in}, give("web", toTeam("red"), Consumer)}},
		{"T-39, I-27 a membership", []Command{AddMember{Person: usr("mia"), Role: RoleMember, Window: in}, give("web", toPerson("mia"), Consumer)}},
		{"T-39, I-27 a membership as admin", []Command{AddMember{Person: usr("mia"), Role: RoleAdmin, Window: in}}},
		{"T-39, I-27 a membership with everyone", []Command{AddMember{Person: usr("mia"), Role: RoleMember, Window: in}, give("web", toEveryone, Consumer)}},
		{"T-39, I-27 a membership that got its dates later", []Command{AddMember{Person: usr("mia"), Role: RoleAdmin}, Reschedule{usr("mia"), in}}},
		{"T-39, I-27 a grant that got its dates later", []Command{AddMember{Person: usr("mia"), Role: RoleMember}, give("web", toPerson("mia"), Consumer),
			RescheduleGrant{prj("web"), toPerson("mia"), Consumer, in}}},
		{"T-39, I-27 a place that got its dates later", []Command{AddMember{Person: usr("mia"), Role: RoleMember}, PlaceInTeam{Team: tm("red"), Person: usr("mia")},
			give("web", toTeam("red"), Consumer), PlaceInTeam{Team: tm("red"), Person: usr("mia"), Window: in}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := base.fork(t)
			w.do(theOperator, c.do...)
			for _, moment := range []struct {
				name string
				at   Instant
				want bool
			}{
				{"before", w.now, false},
				{"the instant before the start", start - 1, false},
				{"the start", start, true},
				{"the instant after the start", start + 1, true},
				{"the instant before the end", end - 1, true},
				{"the end", end, false},
				{"the instant after the end", end + 1, false},
				{"long after", end + 365*aDay, false},
			} {
				mia := usr("mia")
				if got := w.s.Check(mia, "project:view", prj("web"), moment.at); got != moment.want {
					t.Errorf("%s: %t", moment.name, got)
				}
				if got := slices.Contains(slices.Collect(w.s.PeopleWhere(prj("web"), "project:view", moment.at, "")), mia); got != moment.want {
					t.Errorf("%s: among the people %t", moment.name, got)
				}
				if got := slices.Contains(slices.Collect(w.s.ProjectsWhere(mia, "project:view", moment.at, "")), prj("web")); got != moment.want {
					t.Errorf("%s: among the projects %t", moment.name, got)
				}
				if got := w.s.Explain(mia, "project:view", prj("web"), moment.at); got.Allowed != moment.want {
					t.Errorf("%s: explained as %+v", moment.name, got)
				}
			}
		})
	}
}

// Several windows of one subject stand beside each other; what ends takes nothing else along.
func TestWhatEndsTakesNothingElseAlong(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember}, CreateProject{Project: prj("web"), Name: "Web"})
	until := func(r ProjectRole, end Instant) Give { g := give("web", toPerson("mia"), r); g.End = end; return g }
	w.do(as("olga"), until(Admin, w.now+anHour), until(Analyst, w.now+2*anHour), until(Consumer, w.now+3*anHour))
	for _, left := range [][]ProjectRole{{Admin, Analyst, Consumer}, {Analyst, Consumer}, {Consumer}, nil} {
		w.holdsOnly("mia", "web", left...)
		w.seesIf(len(left) > 0, "mia", "project:view", "web")
		w.seesIf(len(left) > 2, "mia", "project:rename", "web")
		w.now += anHour
	}
}

// Giving again what is held never shortens it, and joins windows.
func TestGivingAgainNeverShortens(t *testing.T) {
	base := newWorld(t)
	base.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember}, CreateProject{Project: prj("web"), Name: "Web"}, CreateTeam{Team: tm("red"), Name: "Red"})
	at := func(h int) Instant { return base.now + Instant(h)*anHour }
	for _, row := range []struct {
		name        string
		held, again Window
		want        Window
	}{
		{"no bounds stay no bounds", Window{}, Window{End: at(1)}, Window{}},
		{"no bounds stay, whatever the start", Window{}, Window{Start: at(1)}, Window{}},
		{"an end moves later", Window{End: at(1)}, Window{End: at(2)}, Window{End: at(2)}},
		{"an end does not move earlier", Window{End: at(2)}, Window{End: at(1)}, Window{End: at(2)}},
		{"an end goes", Window{End: at(2)}, Window{}, Window{}},
		{"a start moves earlier", Window{Start: at(2)}, Window{Start: at(1)}, Window{Start: at(1)}},
		{"a start does not move later", Window{Start: at(1)}, Window{Start: at(2)}, Window{Start: at(1)}},
		{"a start goes", Window{Start: at(1)}, Window{}, Window{}},
		{"both bounds move apart", Window{at(2), at(3)}, Window{at(1), at(4)}, Window{at(1), at(4)}},
		{"a window before", Window{at(3), at(4)}, Window{at(1), at(2)}, Window{at(1), at(4)}},
		{"a window behind", Window{at(1), at(2)}, Window{at(3), at(4)}, Window{at(1), at(4)}},
		{"the same again", Window{at(1), at(2)}, Window{at(1), at(2)}, Window{at(1), at(2)}},
	} {
		for _, subject := range []Subject{toPerson("mia"), toTeam("red"), toEveryone} {
			t.Run(row.name, func(t *testing.T) {
				w := base.fork(t)
				g := Give{Project: prj("web"), Subject: subject, Role: Analyst, Window: row.held}
				w.changes(theOperator, g)
				g.Window = row.again
				if row.want == row.held {
					w.idle(theOperator, g)
				} else {
					w.changes(theOperator, g)
				}
				held := w.s.GrantsOn(prj("web"), w.now)
				if len(held) != 1 || held[0].Window != row.want {
					t.Fatalf("held %+v, want one in %v", held, row.want)
				}
			})
		}
	}
	t.Run("what has ended is given anew, with the bounds of the new one", func(t *testing.T) {
		w := base.fork(t)
		g := give("web", toPerson("mia"), Analyst)
		g.Window = Window{End: at(1)}
		w.do(theOperator, g)
		w.now = at(2)
		g.Window = Window{at(3), at(4)}
		w.changes(theOperator, g)
		if held := w.s.GrantsOn(prj("web"), w.now); len(held) != 1 || held[0].Window != g.Window {
			t.Fatalf("held %+v", held)
		}
	})
}

// Nobody extends their own, and who holds something for a time gives it to themselves for no longer.
func TestNobodyExtendsTheirOwn(t *testing.T) {
	w := cast(t)
	end := w.now + aWeek
	soon, late := Window{End: end}, Window{End: end + 1}
	timed := func(s Subject, r ProjectRole, in Window) Give { g := give("web", s, r); g.Window = in; return g }
	w.do(as("olga"), CreateTeam{Team: tm("blue"), Name: "Blue"}, PlaceInTeam{Team: tm("blue"), Person: usr("ana")},
		RescheduleGrant{prj("web"), toPerson("pat"), Admin, soon}, RescheduleGrant{prj("web"), toPerson("pia"), Owner, soon},
		RescheduleGrant{prj("web"), toPerson("ana"), Analyst, soon}, Reschedule{usr("abel"), soon}, Reschedule{usr("max"), soon},
		PlaceInTeam{Team: tm("red"), Person: usr("pip")}, PlaceInTeam{Team: tm("red"), Person: usr("abel")})
	w.attempts(t, []attempt{
		{"a project admin for a time extends their own access", as("pat"), RescheduleGrant{prj("web"), toPerson("pat"), Admin, late}, ErrOutlasts},
		{"or takes its end away", as("pat"), RescheduleGrant{prj("web"), toPerson("pat"), Admin, Window{}}, ErrOutlasts},
		{"or gives it to themselves again", as("pat"), timed(toPerson("pat"), Admin, late), ErrOutlasts},
		{"or gives themselves less for longer", as("pat"), timed(toPerson("pat"), Consumer, late), ErrOutlasts},
		{"or gives everyone less for longer, themselves among them", as("pat"), timed(toEveryone, Consumer, late), ErrOutlasts},
		{"or everyone for ever", as("pat"), timed(toEveryone, Consumer, Window{}), ErrOutlasts},
		{"gives themselves less for as long", as("pat"), timed(toPerson("pat"), Consumer, soon), nil},
		{"gives everyone less for as long", as("pat"), timed(toEveryone, Consumer, soon), nil},
		{"gives another for longer", as("pat"), timed(toPerson("mia"), Admin, Window{}), nil},
		{"makes the end earlier", as("pat"), RescheduleGrant{prj("web"), toPerson("pat"), Admin, Window{End: end - 1}}, nil},
		{"lowers themselves with the same end", as("pat"), Change{prj("web"), toPerson("pat"), Admin, Analyst}, nil},
		{"a project owner for a time extends another's", as("pia"), RescheduleGrant{prj("web"), toPerson("ana"), Analyst, Window{}}, nil},
		{"a project owner for a time does not extend their own", as("pia"), RescheduleGrant{prj("web"), toPerson("pia"), Owner, Window{}}, ErrOutlasts},
		{"an admin without end gives themselves what they like", as("pip"), timed(toPerson("pip"), Analyst, Window{}), nil},

		{"a member for a time does not extend the membership", as("max"), Reschedule{usr("max"), late}, ErrOutlasts},
		{"an admin for a time does not extend the membership", as("abel"), Reschedule{usr("abel"), late}, ErrOutlasts},
		{"nor takes its end away", as("abel"), Reschedule{usr("abel"), Window{}}, ErrOutlasts},
		{"an admin for a time ends the membership earlier", as("abel"), Reschedule{usr("abel"), Window{End: end - 1}}, nil},
		{"an admin for a time extends another's membership", as("abel"), Reschedule{usr("max"), Window{}}, nil},
		{"an admin for a time adds a member without end", as("abel"), AddMember{Person: usr("zed"), Role: RoleAdmin}, nil},
		{"an admin for a time gives themselves no access beyond it", as("abel"), timed(toPerson("abel"), Admin, Window{}), ErrOutlasts},
		{"an admin for a time gives themselves access as long", as("abel"), timed(toPerson("abel"), Admin, soon), nil},
		{"an admin for a time gives no team they are in access beyond it", as("abel"), timed(toTeam("red"), Admin, Window{}), ErrOutlasts},
		{"an admin for a time gives a team they are in access as long", as("abel"), timed(toTeam("red"), Admin, soon), nil},
		{"an admin for a time gives another team access without end", as("abel"), timed(toTeam("blue"), Admin, Window{}), nil},
		{"an admin for a time places themselves in a team no longer", as("abel"), PlaceInTeam{Team: tm("blue"), Person: usr("abel")}, nil},
		{"an admin for a time lets new projects give everyone nothing", as("abel"), SetSettings{EveryoneRole: Consumer}, ErrOutlasts},
		{"an admin for a time lets new projects give a team they are in nothing", as("abel"), SetSettings{Teams: []TeamRole{{tm("red"), Consumer}}}, ErrOutlasts},
		{"an admin for a time lets new projects give another team something", as("abel"), SetSettings{Teams: []TeamRole{{tm("blue"), Consumer}}}, nil},
		{"an admin for a time lets members create no projects", as("abel"), SetSettings{MembersCreateProjects: true}, ErrOutlasts},
		{"an owner without end extends everybody's", as("olga"), Reschedule{usr("abel"), Window{}}, nil},
	}...)
	w.do(as("olga"), give("web", toTeam("blue"), Analyst))
	w.attempts(t, []attempt{
		{"an admin for a time places themselves in a team that carries something for as long", as("abel"),
			PlaceInTeam{Team: tm("blue"), Person: usr("abel"), Window: soon}, nil},
		{"but not for longer", as("abel"), PlaceInTeam{Team: tm("blue"), Person: usr("abel")}, ErrOutlasts},
		{"an admin for a time extends no place of their own", as("abel"), PlaceInTeam{Team: tm("blue"), Person: usr("abel"), Window: late}, ErrOutlasts},
	}...)
	w.do(as("olga"), RescheduleGrant{prj("web"), toTeam("blue"), Analyst, soon})
	w.attempts(t, []attempt{
		{"a place without end in a team that carries something until then is no longer either", as("abel"), PlaceInTeam{Team: tm("blue"), Person: usr("abel")}, nil},
	}...)
}

// What holds from another source without an end is no extension.
func TestWhatIsHeldWithoutEndElsewhereIsNoExtension(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), give("web", toPerson("ada"), Analyst), RescheduleGrant{prj("web"), toPerson("ada"), Analyst, Window{End: w.now + aWeek}},
		give("web", toPerson("tim"), Admin), RescheduleGrant{prj("web"), toPerson("tim"), Admin, Window{End: w.now + aWeek}},
		give("app", toPerson("tim"), Admin), RescheduleGrant{prj("app"), toPerson("tim"), Admin, Window{w.now + anHour, w.now + aWeek}})
	w.attempts(t, []attempt{
		{"an admin of the organization extends their own individual access", as("ada"), RescheduleGrant{prj("web"), toPerson("ada"), Analyst, Window{}}, nil},
		{"a project admin for a time gives themselves what their team has without end", as("tim"), give("web", toPerson("tim"), Analyst), nil},
		{"but not what only the time gives", as("tim"), give("web", toPerson("tim"), Admin), ErrOutlasts},
		{"what has not started gives no authority yet", as("tim"), give("app", toPerson("mia"), Consumer), ErrNotAllowed},
	}...)
	w.do(as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("tim"), Window: Window{End: w.now + aWeek}})
	w.attempts(t, []attempt{
		{"nor what the team gives for as long as the place lasts", as("tim"), give("web", toPerson("tim"), Analyst), ErrOutlasts},
	}...)
}

// Ends lie in the future, and after the start.
func TestBoundsThatAreRefused(t *testing.T) {
	w := cast(t)
	past, now := Window{End: w.now - 1}, Window{End: w.now}
	swapped := Window{Start: w.now + 2, End: w.now + 1}
	empty := Window{Start: w.now + 1, End: w.now + 1}
	in := func(x Window) []Command {
		return []Command{
			AddMember{Person: usr("zed"), Role: RoleMember, Window: x},
			Reschedule{usr("mia"), x},
			PlaceInTeam{Team: tm("red"), Person: usr("mia"), Window: x},
			Give{Project: prj("web"), Subject: toPerson("mia"), Role: Consumer, Window: x},
			RescheduleGrant{prj("web"), toPerson("ana"), Analyst, x},
		}
	}
	for _, c := range in(past) {
		w.refused(as("olga"), c, ErrPastEnd)
	}
	for _, c := range in(now) {
		w.refused(as("olga"), c, ErrPastEnd)
	}
	for _, x := range []Window{swapped, empty, {Start: -1}, {End: -1}, {Start: lastInstant + 1}, {End: lastInstant + 1}} {
		for _, c := range in(x) {
			w.refused(as("olga"), c, ErrBadWindow)
		}
	}
	for _, c := range append(in(Window{Start: lastInstant}), in(Window{End: lastInstant})...) {
		w.fork(t).changes(as("olga"), c)
	}
	for _, c := range in(Window{End: w.now + 1}) {
		w.fork(t).changes(as("olga"), c)
	}
	for _, c := range in(Window{Start: w.now + 1, End: w.now + 2}) {
		w.fork(t).changes(as("olga"), c)
	}
}

// Instants are written as RFC 3339 in UTC and read with any offset.
func TestInstantsInText(t *testing.T) {
	for _, row := range []struct {
		name, text, again string
		want              error
	}{
		{"a second", `"2026-03-01T09:00:00Z"`, `"2026-03-01T09:00:00Z"`, nil},
		{"a microsecond", `"2026-03-01T09:00:00.000001Z"`, `"2026-03-01T09:00:00.000001Z"`, nil},
		{"less than a microsecond is cut off", `"2026-03-01T09:00:00.0000019Z"`, `"2026-03-01T09:00:00.000001Z"`, nil},
		{"an offset", `"2026-03-01T11:00:00+02:00"`, `"2026-03-01T09:00:00Z"`, nil},
		{"none", `""`, `""`, nil},
		{"the first instant there is", `"1970-01-01T00:00:00.000001Z"`, `"1970-01-01T00:00:00.000001Z"`, nil},
		{"the last instant there is", `"9999-12-31T23:59:59.999999Z"`, `"9999-12-31T23:59:59.999999Z"`, nil},
		{"the last second there is", `"9999-12-31T23:59:59Z"`, `"9999-12-31T23:59:59Z"`, nil},
		{"the instant that would read as none", `"1970-01-01T00:00:00Z"`, "", ErrBadTime},
		{"the second before", `"1969-12-31T23:59:59Z"`, "", ErrBadTime},
		{"1970 in the east while it is 1969 in UTC", `"1970-01-01T00:30:00+01:00"`, "", ErrBadTime},
		{"9999 in the west while it is 10000 in UTC", `"9999-12-31T23:30:00-01:00"`, "", ErrBadTime},
		{"a day", `"2026-03-01"`, "", ErrBadTime},
		{"words", `"tomorrow"`, "", ErrBadTime},
	} {
		t.Run(row.name, func(t *testing.T) {
			i := Instant(7)
			err := json.Unmarshal([]byte(row.text), &i)
			if err != row.want {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				return
			}
			if again, err := json.Marshal(i); err != nil || string(again) != row.again {
				t.Fatalf("%s, %v", again, err)
			}
		})
	}
	if !Instant(0).Time().IsZero() || At(time.Unix(1, 0)) != aSecond || aSecond.Time().Location() != time.UTC {
		t.Fatal("instants and times do not agree")
	}
}
