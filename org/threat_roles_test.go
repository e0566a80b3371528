package org

import (
	"fmt"
	"runtime"
	"testing"
)

// One change of a role that many hold in many places looks at its holders once, not for each place, and copies the state
// once.
func TestChangingARoleLooksAtItsHoldersOnce(t *testing.T) {
	const projects, people = 1000, 4000
	w := newWorld(t)
	var facts []Event
	var named []RoleProject
	var holders []HolderReplacement
	project := func(i int) ProjectID { return prj(fmt.Sprintf("p%04d", i%projects)) }
	for i := range projects {
		facts = append(facts, &ProjectCreated{Project: project(i), Name: Name(fmt.Sprint("P ", i)), Timezone: "UTC", Source: ByHand})
		named = append(named, RoleProject{project(i), Analyst})
	}
	facts = append(facts, &RoleCreated{rl("desk"), InOrganization, "", "Desk", RoleContent{Projects: named}},
		&RoleCreated{rl("helper"), InProject, "", "Helper", permits("project:view")})
	for i := range people {
		p := usr(fmt.Sprintf("m%04d", i))
		facts = append(facts, &MemberAdded{Person: p, Role: OrgRole(rl("desk")), Source: ByHand})
		for j := range 5 {
			facts = append(facts, &GrantGiven{Project: project(i + j), Subject: Subject{Person: p}, Role: ProjectRole(rl("helper")), Source: ByHand})
		}
		if i < 100 {
			holders = append(holders, HolderReplacement{Holder(p), "consumer"})
		}
	}
	w.s = Evolve(w.s, Stamp(w.s, Meta{At: w.now}, facts)...)
	if w.s.Damage() != nil {
		t.Fatal(w.s.Damage())
	}
	helper, _ := w.s.liveRole(rl("helper"))
	desk, _ := w.s.liveRole(rl("desk"))
	for _, row := range []struct {
		name string
		role roleNumber
		do   Command
	}{
		{"widened in one place of many", customRole + roleNumber(desk), EditRole{Role: rl("desk"), Name: "Desk", RoleContent: RoleContent{Projects: named[1:]}}},
		{"deleted that many hold in many projects", customRole + roleNumber(helper), DeleteRole{Role: rl("helper"), Instead: "consumer"}},
		{"deleted with something else for a hundred", customRole + roleNumber(helper), DeleteRole{Role: rl("helper"), Instead: "analyst", Holders: holders}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			facts, err := Decide(w.s, as("olga"), w.now, row.do)
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatal(err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 { // a copy of the tables for each holder or place would be gigabytes
				t.Errorf("it took %d MiB", used>>20)
			} else {
				t.Logf("%d KiB", used>>10)
			}
			// Who holds the role is found out once: what is known of that already is not looked for again.
			once := inPlaceOf(w, as("olga"))
			once.reached = map[roleNumber]bool{}
			if _, err := once.judge(facts); err != nil {
				t.Fatal(err)
			}
			if _, known := once.reached[row.role]; !known || len(once.reached) != 1 {
				t.Errorf("it was found out of %v", once.reached)
			}
			for _, known := range []bool{true, false} {
				told := inPlaceOf(w, as("olga"))
				told.reached = map[roleNumber]bool{row.role: known}
				if told.reachesHolders(row.role) != known {
					t.Error("it looks again")
				}
			}
		})
	}
}
