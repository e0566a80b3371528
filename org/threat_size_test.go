package org

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"testing"
)

// numbered makes the n-th id of a kind.
func numbered(prefix string, n int) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[8:], uint64(n))
	return prefix + base32.NewEncoding(idAlphabet).WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// The 65,536th of anything is like the others: members, windows, teams, projects, a roster, and the permissions of a
// catalog.
func TestMoreThanSixteenBits(t *testing.T) {
	const n = 70_000
	w := newWorld(t)
	past := Window{End: w.now + anHour}
	var facts []Event
	red := tm("red")
	facts = append(facts, &TeamCreated{red, "Red", "", ByHand}, &ProjectCreated{prj("all"), "All", "UTC", "", "", ByHand},
		&GrantGiven{prj("all"), toTeam("red"), Consumer, Window{}, ByHand, ""})
	person := func(i int) PersonID { return PersonID(numbered("usr_", i)) }
	project := func(i int) ProjectID { return ProjectID(numbered("prj_", i)) }
	for i := range n {
		end := past
		end.End += Instant(i) // a window of its own for each
		facts = append(facts, &MemberAdded{person(i), RoleMember, end, ByImport, 0, ""}, &TeamMemberAdded{Team: red, Person: person(i), Source: ByHand},
			&ProjectCreated{project(i), Name(fmt.Sprint("p", i)), "UTC", "", ExternalID(fmt.Sprint("x", i)), ByHand},
			&GrantGiven{project(i), Subject{Person: person(i)}, Admin, Window{}, ByHand, ""},
			&TeamCreated{TeamID(numbered("team_", i)), Name(fmt.Sprint("t", i)), "", ByHand})
	}
	w.s = Evolve(w.s, Stamp(w.s, Meta{At: w.now}, facts)...)
	if w.s.Damage() != nil {
		t.Fatal(w.s.Damage())
	}
	t.Run("T-43 nothing is missing in the counts", func(t *testing.T) {
		if got, want := w.s.Counts(), (Counts{Active: n + 1, Teams: n + 1, Projects: n + 1, Grants: n + 1}); got != want {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
	for _, i := range []int{0, 255, 256, 32767, 32768, 65534, 65535, 65536, 65537, n - 1} {
		t.Run(fmt.Sprintf("T-43 number %d has what is theirs and nothing else", i), func(t *testing.T) {
			other := project((i + 1) % n)
			last := w.now + anHour + Instant(i) - 1
			for _, q := range []struct {
				p    Permission
				in   ProjectID
				at   Instant
				want bool
			}{
				{"project:rename", project(i), w.now, true}, {"project:rename", project(i), last, true}, {"project:rename", project(i), last + 1, false},
				{"project:view", other, w.now, false}, {"project:view", prj("all"), w.now, true}, {"project:delete", project(i), w.now, false},
			} {
				if got := w.s.Check(person(i), q.p, q.in, q.at); got != q.want {
					t.Errorf("%s in %s at %d: %t", q.p, q.in, q.at, got)
				}
			}
			if got, ok := w.s.ProjectByExternal(ExternalID(fmt.Sprint("x", i))); !ok || got != project(i) {
				t.Errorf("the external id leads to %s", got)
			}
			if x, ok := w.s.Team(TeamID(numbered("team_", i))); !ok || x.Name != Name(fmt.Sprint("t", i)) {
				t.Errorf("the team is %+v", x)
			}
			w := w.fork(t)
			w.refused(theOperator, CreateProject{Project: prj("new"), Name: Name(fmt.Sprint("P", i))}, ErrProjectName)
			w.changes(theOperator, Remove{Person: person(i)})
			if w.s.Check(person(i), "project:view", prj("all"), w.now) {
				t.Error("removed, and still in the team")
			}
		})
	}
	t.Run("T-43 nothing is missing in the lists", func(t *testing.T) {
		members, roster, viewers := 0, 0, 0
		for range w.s.Members(w.now, "") {
			members++
		}
		for range w.s.Roster(red, w.now, "") {
			roster++
		}
		for range w.s.PeopleWhere(prj("all"), "project:view", w.now, "") {
			viewers++
		}
		if members != n+1 || roster != n || viewers != n+1 {
			t.Fatalf("%d members, %d on the roster, %d who see the project", members, roster, viewers)
		}
	})
}

func TestACatalogOfMoreThanSixteenBits(t *testing.T) {
	const n = 70_000
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = Row{Key: Permission(fmt.Sprintf("p%d:do", i)), Scope: InProject, Sentence: "do it", Category: "Many", Project: ProjectRoles[:1+i%4]}
	}
	w := newWorld(t, rows...)
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember}, CreateProject{Project: prj("web"), Name: "Web"})
	for r, role := range ProjectRoles {
		w := w.fork(t)
		w.do(theOperator, give("web", toPerson("mia"), role))
		for _, i := range []int{0, 1, 2, 3, 32767, 32768, 65534, 65535, 65536, 65537, 65538, 65539, n - 4, n - 3, n - 2, n - 1} {
			t.Run(fmt.Sprintf("T-43 %s and permission %d", role, i), func(t *testing.T) {
				if got, want := w.s.Check(usr("mia"), rows[i].Key, prj("web"), w.now), i%4 >= r; got != want {
					t.Fatalf("got %t", got)
				}
			})
		}
	}
	if w.s.Check(usr("mia"), Permission(fmt.Sprintf("p%d:do", n)), prj("web"), w.now) {
		t.Fatal("a permission behind the last is held")
	}
}
