package org

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
)

// crowd is an organization given at random: roles, grants, teams, windows, suspensions and deletions.
func crowd(t *testing.T, seed uint64) (*world, []PersonID, []ProjectID) {
	return crowdOf(t, seed, explicitRow)
}

func crowdOf(t *testing.T, seed uint64, catalog ...Row) (*world, []PersonID, []ProjectID) {
	w := newWorld(t, catalog...)
	chance := rand.New(rand.NewPCG(seed, 1))
	var people []PersonID
	var projects []ProjectID
	window := func() Window {
		switch chance.IntN(4) {
		case 0:
			return Window{Start: w.now + anHour}
		case 1:
			return Window{End: w.now + anHour}
		}
		return Window{}
	}
	for i := range 30 {
		p := PersonID(numbered("usr_", i))
		people = append(people, p)
		w.do(theOperator, AddMember{Person: p, Role: OrgRoles[min(chance.IntN(16), 3)], Window: window(), Proofs: Vouched})
	}
	for i := range 8 {
		x := TeamID(numbered("team_", i))
		w.do(theOperator, CreateTeam{Team: x, Name: Name(x)})
		for range 6 {
			w.do(theOperator, PlaceInTeam{Team: x, Person: people[chance.IntN(len(people))], Manager: chance.IntN(4) == 0, Window: window()})
		}
	}
	for i := range 14 {
		p := ProjectID(numbered("prj_", i))
		projects = append(projects, p)
		w.do(theOperator, CreateProject{Project: p, Name: Name(p)})
		for range chance.IntN(5) {
			w.do(theOperator, Give{Project: p, Subject: Subject{Person: people[chance.IntN(len(people))]}, Role: ProjectRoles[chance.IntN(4)], Window: window()})
		}
		for range chance.IntN(3) {
			w.do(theOperator, Give{Project: p, Subject: Subject{Team: TeamID(numbered("team_", chance.IntN(8)))}, Role: ProjectRoles[chance.IntN(4)], Window: window()})
		}
		if chance.IntN(5) == 0 {
			w.do(theOperator, Give{Project: p, Subject: toEveryone, Role: ProjectRoles[2+chance.IntN(2)], Window: window()})
		}
	}
	for range 4 {
		w.do(theOperator, Suspend{people[chance.IntN(len(people))]})
	}
	if p := people[chance.IntN(len(people))]; w.s.Check(p, "project:view", projects[0], w.now) {
		w.do(theOperator, Remove{Person: p})
	}
	w.do(theOperator, DeleteProject{projects[chance.IntN(len(projects))]})
	return w, people, projects
}

// What a list shows is what single checks allow, at every size of page and at every instant.
func TestListsAreTheChecks(t *testing.T) {
	for seed := range uint64(4) {
		w, people, projects := crowd(t, seed)
		nobody := append(slices.Clone(people), usr("olga"), usr("none"))
		for _, at := range []Instant{w.now, w.now + anHour - 1, w.now + anHour} {
			for _, p := range []Permission{"project:view", "project:manage_grants", "project:delete", explicitRow.Key, "none:such"} {
				for _, person := range nobody {
					var want []ProjectID
					for project := range w.s.Projects(false, "") {
						if w.s.Check(person, p, project.Project, at) {
							want = append(want, project.Project)
						}
					}
					pages(t, "T-41, I-21 projects where "+string(person)+" has "+string(p), want, func(after ProjectID) iter.Seq[ProjectID] {
						return w.s.ProjectsWhere(person, p, at, after)
					})
				}
				for _, project := range append(slices.Clone(projects), "") {
					var want []PersonID
					for m := range w.s.Members(at, "") {
						if w.s.Check(m.Person, p, project, at) {
							want = append(want, m.Person)
						}
					}
					pages(t, "T-41, I-21 people who have "+string(p)+" in "+string(project), want, func(after PersonID) iter.Seq[PersonID] {
						return w.s.PeopleWhere(project, p, at, after)
					})
				}
			}
		}
	}
}

// pages walks a list from page to page, at several sizes, and each time finds the whole of it.
func pages[T ~string](t *testing.T, name string, want []T, list func(after T) iter.Seq[T]) {
	t.Helper()
	for size := 1; size <= len(want)+1; size = size*2 + 1 {
		var got []T
		after := T("")
		for {
			n := 0
			for x := range list(after) {
				got = append(got, x)
				after = x
				if n++; n == size {
					break
				}
			}
			if n < size {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s, by pages of %d: %v, want %v", name, size, got, want)
		}
	}
}

// Many checks at once are the single ones.
func TestManyChecksAreTheSingleOnes(t *testing.T) {
	w, people, projects := crowd(t, 9)
	var questions []Question
	for _, person := range append(people, "", usr("none")) {
		for _, project := range append(projects, "", prj("none")) {
			for _, p := range []Permission{"project:view", "project:rename", "owners:make", "none:such", ""} {
				questions = append(questions, Question{person, p, project})
			}
		}
	}
	yes := 0
	for i, got := range w.s.CheckAll(questions, w.now) {
		q := questions[i]
		if got != w.s.Check(q.Person, q.Permission, q.Project, w.now) {
			t.Fatalf("I-22 question %d, %+v: %t", i, q, got)
		}
		if got {
			yes++
		}
	}
	if yes < 50 || yes > len(questions)/2 {
		t.Fatalf("I-22 %d of %d are a yes: the crowd proves little", yes, len(questions))
	}
	if got := w.s.CheckAll(nil, w.now); len(got) != 0 {
		t.Fatalf("I-22 no questions, %d answers", len(got))
	}
}

// Lists of members, teams, projects and a roster go on after the one that is named, and after an unknown one give
// nothing.
func TestOtherListsByPages(t *testing.T) {
	w, _, _ := crowd(t, 3)
	ids := func(list iter.Seq[Member]) (out []PersonID) {
		for m := range list {
			out = append(out, m.Person)
		}
		return out
	}
	all := ids(w.s.Members(w.now, ""))
	if len(all) < 25 {
		t.Fatalf("%d members", len(all))
	}
	pages(t, "T-41 members", all, func(after PersonID) iter.Seq[PersonID] { return slices.Values(ids(w.s.Members(w.now, after))) })
	var teams []TeamID
	for x := range w.s.Teams("") {
		teams = append(teams, x.Team)
	}
	pages(t, "T-41 teams", teams, func(after TeamID) iter.Seq[TeamID] {
		return func(yield func(TeamID) bool) {
			for x := range w.s.Teams(after) {
				if !yield(x.Team) {
					return
				}
			}
		}
	})
	for _, deleted := range []bool{false, true} {
		var projects []ProjectID
		for p := range w.s.Projects(deleted, "") {
			if projects = append(projects, p.Project); (p.Deleted != 0) != deleted {
				t.Errorf("%s is among the wrong ones", p.Project)
			}
		}
		pages(t, fmt.Sprintf("T-41 projects, deleted %t", deleted), projects, func(after ProjectID) iter.Seq[ProjectID] {
			return func(yield func(ProjectID) bool) {
				for p := range w.s.Projects(deleted, after) {
					if !yield(p.Project) {
						return
					}
				}
			}
		})
	}
	for _, x := range teams {
		var roster []PersonID
		for p := range w.s.Roster(x, w.now, "") {
			roster = append(roster, p.Person)
		}
		pages(t, "T-41 roster of "+string(x), roster, func(after PersonID) iter.Seq[PersonID] {
			return func(yield func(PersonID) bool) {
				for p := range w.s.Roster(x, w.now, after) {
					if !yield(p.Person) {
						return
					}
				}
			}
		})
	}
	for range w.s.Members(w.now, usr("none")) {
		t.Fatal("members after nobody")
	}
	for range w.s.Teams(tm("none")) {
		t.Fatal("teams after none")
	}
	for range w.s.Projects(false, prj("none")) {
		t.Fatal("projects after none")
	}
	for range w.s.Roster(teams[0], w.now, usr("none")) {
		t.Fatal("a roster after nobody")
	}
	for range w.s.Roster(tm("none"), w.now, "") {
		t.Fatal("the roster of no team")
	}
	for range w.s.ProjectsWhere(usr("olga"), "project:view", w.now, prj("none")) {
		t.Fatal("projects of somebody after none")
	}
	for range w.s.PeopleWhere("", "owners:make", w.now, usr("none")) {
		t.Fatal("people after nobody")
	}
	for range w.s.PeopleOf(prj("none"), w.now, "") {
		t.Fatal("people of no project")
	}
}
