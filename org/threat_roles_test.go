package org

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// One change of a role that many hold in many places takes about as long as a look at all grants, not that for each place.
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
	took := func(do func()) time.Duration {
		var all []time.Duration
		for range 3 {
			start := time.Now()
			do()
			all = append(all, time.Since(start))
		}
		return slices.Min(all)
	}
	helper, _ := w.s.liveRole(rl("helper"))
	once := took(func() {
		for range w.s.tiedBy(customRole + roleNumber(helper)) {
		}
	})
	for _, row := range []struct {
		name string
		do   Command
	}{
		{"widened in one place of many", EditRole{Role: rl("desk"), Name: "Desk", RoleContent: RoleContent{Projects: named[1:]}}},
		{"deleted that many hold in many projects", DeleteRole{Role: rl("helper"), Instead: "consumer"}},
		{"deleted with something else for a hundred", DeleteRole{Role: rl("helper"), Instead: "analyst", Holders: holders}},
	} {
		t.Run(row.name, func(t *testing.T) {
			all := took(func() {
				if _, err := Decide(w.s, as("olga"), w.now, row.do); err != nil {
					t.Fatal(err)
				}
			})
			if t.Log(all, "against", once); all > 2000*once {
				t.Errorf("took %v, where one look takes %v", all, once)
			}
		})
	}
}
