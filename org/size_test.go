package org

import (
	"fmt"
	"runtime"
	"testing"
)

// grown is an organization with that much in it, folded from facts as from a log.
func grown(t *testing.T, people, teams, projects, grants, places, removed int) *State {
	k, d := catalogs(t)
	fold := Empty(k).Replay()
	person := func(i int) PersonID { return PersonID(numbered("usr_", i)) }
	team := func(i int) TeamID { return TeamID(numbered("team_", i)) }
	project := func(i int) ProjectID { return ProjectID(numbered("prj_", i)) }
	version := Version(0)
	do := func(e Event) {
		version++
		if err := fold.Fold(Stamped{Meta{Version: version, At: 1e15 + Instant(version), Actor: person(0)}, e}); err != nil {
			t.Fatal(err)
		}
	}
	do(&OrganizationCreated{Organization: OrgID(numbered("org_", 0)), Name: "Acme", Slug: "acme"})
	do(&CatalogAdopted{Catalog: d})
	for i := range people {
		do(&MemberAdded{Person: person(i), Role: RoleOwner, Source: ByHand, Proofs: Vouched})
		if i == 0 {
			continue
		}
		do(&RoleSet{Person: person(i), Role: RoleMember})
	}
	for i := range teams {
		do(&TeamCreated{Team: team(i), Name: Name(fmt.Sprintf("The team of the number %d", i)), Source: ByHand})
	}
	for i := range projects {
		do(&ProjectCreated{Project: project(i), Name: Name(fmt.Sprintf("A project %d", i)), Timezone: "Europe/Berlin", Source: ByHand})
	}
	for i := range people * grants {
		do(&GrantGiven{Project: project(i * 7 % projects), Subject: Subject{Person: person(i % people)},
			Role: ProjectRoles[i/people%4], Source: ByHand})
	}
	for i := range people * places {
		do(&TeamMemberAdded{Team: team((i + i/people) % teams), Person: person(i % people), Source: ByHand})
	}
	for i := range removed {
		do(&MemberRemoved{person(people - 1 - i)})
	}
	return fold.State()
}

func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// weighed makes a state and holds its size against the heap.
func weighed(t *testing.T, what string, build func() *State) *State {
	before := heap()
	s := build()
	took := heap() - before
	if size := s.Size(); size < took*85/100 || size > took*115/100 {
		t.Errorf("%s: size is %d, the heap grew by %d: %+d %%", what, size, took, (size-took)*100/took)
	}
	return s
}

func TestSizeIsWhatTheHeapGrowsBy(t *testing.T) {
	for _, row := range []struct {
		name                                             string
		people, teams, projects, grants, places, removed int
	}{
		{"people with little", 20_000, 10, 100, 1, 0, 0},
		{"people with much", 1_000, 100, 500, 40, 20, 0},
		{"many teams and projects", 100, 5_000, 10_000, 10, 10, 0},
		{"a bit of all", 2_000, 50, 200, 5, 3, 0},
		{"half of the people removed", 4_000, 50, 200, 10, 3, 2_000},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := weighed(t, "folded", func() *State {
				return grown(t, row.people, row.teams, row.projects, row.grants, row.places, row.removed)
			})
			saved := Save(s)
			weighed(t, "loaded", func() *State {
				loaded, err := Load(s.catalogs, saved)
				if err != nil {
					t.Fatal(err)
				}
				return loaded
			})
			if check := s.CheckSize(); check >= s.Size() || check < s.Size()/4 {
				t.Errorf("checks read %d of %d", check, s.Size())
			}
			runtime.KeepAlive(saved)
		})
	}
}
