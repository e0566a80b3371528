package org

import (
	"math/rand/v2"
	"testing"
)

// The highest role is the highest among the sources that count, whoever is asked about, wherever and whenever.
func TestRoleInIsTheHighestSource(t *testing.T) {
	w := newWorld(t)
	people := []string{"olga", "ada", "max", "eve", "tim"}
	w.do(theOperator, AddMember{Person: usr("ada"), Role: RoleAdmin}, AddMember{Person: usr("max"), Role: RoleMember},
		AddMember{Person: usr("eve"), Role: RoleMember}, CreateTeam{Team: tm("red"), Name: "Red"},
		CreateProject{Project: prj("web"), Name: "Web"}, CreateProject{Project: prj("app"), Name: "App"})
	chance := rand.New(rand.NewPCG(7, 7))
	day := Instant(24 * 3600 * 1e6)
	for range 60 {
		where := []ProjectID{prj("web"), prj("app")}[chance.IntN(2)]
		role := ProjectRoles[chance.IntN(4)]
		window := Window{End: w.now + day*Instant(1+chance.IntN(3))}
		switch chance.IntN(5) {
		case 0:
			w.do(theOperator, Give{Project: where, Subject: Subject{Everyone: true}, Role: role, Window: window})
		case 1:
			w.do(theOperator, Give{Project: where, Subject: Subject{Team: tm("red")}, Role: role})
		case 2:
			w.do(theOperator, PlaceInTeam{Team: tm("red"), Person: usr("max"), Window: window})
		default:
			w.do(theOperator, Give{Project: where, Subject: Subject{Person: usr("eve")}, Role: role, Window: window})
		}
		for _, person := range people {
			at := w.now + day*Instant(chance.IntN(4))
			want := ProjectRole("")
			for _, h := range w.s.Sources(usr(person), where, at) {
				if h.Now && (want == "" || h.Role.number() < want.number()) {
					want = h.Role
				}
			}
			if got := w.s.RoleIn(usr(person), where, at); got != want {
				t.Fatalf("%s in %s: %q, the sources say %q", person, where, got, want)
			}
		}
	}
	w.do(theOperator, Suspend{Person: usr("eve")}, DeleteProject{Project: prj("app")})
	if got := w.s.RoleIn(usr("eve"), prj("web"), w.now) + w.s.RoleIn(usr("olga"), prj("app"), w.now) + w.s.RoleIn(usr("nobody"), prj("web"), w.now); got != "" {
		t.Errorf("suspended, in a deleted project or unknown: %q", got)
	}
}
