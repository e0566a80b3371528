package org

import "testing"

// Rule 3.3.1, last part: a team manager adds and removes plain members, and for that purpose holds what the team
// carries; managers are placed by owners and admins of the organization.
func TestATeamManager(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), give("app", toTeam("red"), Owner), CreateTeam{Team: tm("blue"), Name: "Blue"}, SetSettings{Teams: []TeamRole{{tm("red"), Owner}}},
		PlaceInTeam{Team: tm("red"), Person: usr("pip"), Manager: true})
	place := func(word string) PlaceInTeam { return PlaceInTeam{Team: tm("red"), Person: usr(word)} }
	until := func(c PlaceInTeam, end Instant) PlaceInTeam { c.End = end; return c }
	w.attempts(t, []attempt{
		{"adds a member, though the team carries what they do not hold", as("tess"), place("mia"), nil},
		{"adds one for a time", as("tess"), until(place("mia"), w.now+aWeek), nil},
		{"sets the dates of a member's place", as("tess"), until(place("tim"), w.now+aWeek), nil},
		{"removes a member", as("tess"), TakeFromTeam{tm("red"), usr("tim")}, nil},
		{"makes nobody manager", as("tess"), PlaceInTeam{Team: tm("red"), Person: usr("mia"), Manager: true}, ErrNotAllowed},
		{"makes no member manager", as("tess"), PlaceInTeam{Team: tm("red"), Person: usr("tim"), Manager: true}, ErrNotAllowed},
		{"makes no manager a member", as("tess"), place("pip"), ErrNotAllowed},
		{"removes no other manager", as("tess"), TakeFromTeam{tm("red"), usr("pip")}, ErrNotAllowed},
		{"does not change their own place", as("tess"), until(place("tess"), w.now+aWeek), ErrNotAllowed},
		{"gives up their own place", as("tess"), TakeFromTeam{tm("red"), usr("tess")}, nil},
		{"adds nobody to another team", as("tess"), PlaceInTeam{Team: tm("blue"), Person: usr("mia")}, ErrNotAllowed},
		{"adds no stranger", as("tess"), place("zed"), ErrUnknownPerson},
		{"adds nobody who is suspended", as("tess"), place("sam"), ErrMemberSuspended},
		{"does not rename the team", as("tess"), RenameTeam{tm("red"), "Rot"}, ErrNotAllowed},
		{"does not delete the team", as("tess"), DeleteTeam{tm("red")}, ErrNotAllowed},
		{"does not create one", as("tess"), CreateTeam{Team: tm("gold"), Name: "Gold"}, ErrNotAllowed},
		{"holds in the project what the team carries, and gives it as anyone who does", as("tess"), give("app", toPerson("mia"), Owner), nil},
		{"gives the team nothing", as("tess"), give("web", toTeam("red"), Consumer), ErrNotAllowed},
		{"a member of the team adds nobody", as("tim"), place("mia"), ErrNotAllowed},
		{"a member of the team removes nobody", as("tim"), TakeFromTeam{tm("red"), usr("tess")}, ErrNotAllowed},
		{"an admin, who does not cover what the team carries, adds nobody", as("ada"), place("mia"), ErrNotCovered},
		{"an admin removes a manager", as("ada"), TakeFromTeam{tm("red"), usr("tess")}, nil},
		{"an admin makes a manager a member", as("ada"), place("tess"), nil},
		{"an owner adds a manager", as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("mia"), Manager: true}, nil},
		{"a project owner adds nobody to a team", as("pia"), place("mia"), ErrNotAllowed},
		{"an unknown team is unknown to a member too", as("mia"), PlaceInTeam{Team: tm("none"), Person: usr("mia")}, ErrUnknownTeam},
	}...)
}

// A manager's place counts only while it holds and while its holder is in.
func TestAManagersPlaceHasATime(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), give("app", toTeam("red"), Analyst),
		PlaceInTeam{Team: tm("red"), Person: usr("tess"), Manager: true, Window: Window{Start: w.now + anHour, End: w.now + 2*anHour}})
	add := PlaceInTeam{Team: tm("red"), Person: usr("mia")}
	w.refused(as("tess"), add, ErrNotAllowed)
	w.seesIf(false, "tess", "project:view", "web")
	w.now += anHour
	w.fork(t).changes(as("tess"), add)
	if !w.s.Manages(usr("tess"), tm("red"), w.now) || w.s.Manages(usr("tess"), tm("red"), w.now-1) || w.s.Manages(usr("tess"), tm("red"), w.now+anHour) {
		t.Fatal("manages at the wrong instants")
	}
	w.now += anHour
	w.refused(as("tess"), add, ErrNotAllowed)
	w.cannot("tess", "project:view", "web")
	w.do(as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("tess"), Manager: true}, Suspend{usr("tess")})
	w.refused(as("tess"), add, ErrSuspendedActor)
	for word, want := range map[string]bool{"tess": false, "tim": false, "zed": false, "olga": false} {
		if got := w.s.Manages(usr(word), tm("red"), w.now); got != want {
			t.Errorf("%s manages: %t", word, got)
		}
	}
	if w.s.Manages(usr("olga"), tm("none"), w.now) {
		t.Error("somebody manages a team that is none")
	}
}
