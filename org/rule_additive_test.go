package org

import (
	"slices"
	"testing"
)

// Rule 3.3.5: effective permissions are the union over all sources. Each source alone gives what it carries, and with
// all of them together taking any one away leaves the rest.
func TestPermissionsAreTheUnionOfAllSources(t *testing.T) {
	base := newWorld(t)
	base.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember}, CreateProject{Project: prj("web"), Name: "Web"},
		CreateTeam{Team: tm("red"), Name: "Red"}, CreateTeam{Team: tm("blue"), Name: "Blue"},
		PlaceInTeam{Team: tm("red"), Person: usr("mia")}, PlaceInTeam{Team: tm("blue"), Person: usr("mia"), Manager: true})
	sources := []struct {
		name       string
		add, drop  Command
		sees, edit bool
	}{
		{"an individual grant", give("web", toPerson("mia"), Consumer), Take{Project: prj("web"), Subject: toPerson("mia"), Role: Consumer}, true, false},
		{"a second individual grant", give("web", toPerson("mia"), Admin), Take{Project: prj("web"), Subject: toPerson("mia"), Role: Admin}, true, true},
		{"a team's grant", give("web", toTeam("red"), Analyst), Take{Project: prj("web"), Subject: toTeam("red")}, true, false},
		{"the grant of a team that one manages", give("web", toTeam("blue"), Admin), Take{Project: prj("web"), Subject: toTeam("blue")}, true, true},
		{"everyone's grant", give("web", toEveryone, Consumer), Take{Project: prj("web"), Subject: toEveryone}, true, false},
		{"an organization role", SetRole{usr("mia"), RoleAdmin}, SetRole{usr("mia"), RoleMember}, true, true},
	}
	all := base.fork(t)
	for _, s := range sources {
		t.Run("I-16 "+s.name+" alone", func(t *testing.T) {
			w := base.fork(t)
			w.changes(as("olga"), s.add)
			w.seesIf(s.sees, "mia", "project:view", "web")
			w.seesIf(s.edit, "mia", "project:rename", "web")
			w.changes(as("olga"), s.drop)
			w.cannot("mia", "project:view", "web")
		})
		all.changes(as("olga"), s.add)
	}
	for i, s := range sources {
		t.Run("I-19 all others stay without "+s.name, func(t *testing.T) {
			w := all.fork(t)
			w.changes(as("olga"), s.drop)
			w.can("mia", "project:rename", "web")
			if held := w.s.Sources(usr("mia"), prj("web"), w.now); len(held) != len(sources)-1 {
				t.Fatalf("%d sources are left", len(held))
			}
			for j, other := range sources {
				if j != i {
					w.changes(as("olga"), other.drop)
				}
			}
			w.cannot("mia", "project:view", "web")
		})
	}
}

// I-19: nothing subtracts. Adding never takes a permission from anybody, taking away never adds one.
func TestAddingNeverTakesAndTakingNeverAdds(t *testing.T) {
	w := cast(t)
	everybody := func(w *world) (out []string) {
		for m := range w.s.Members(w.now, "") {
			for _, p := range []ProjectID{"", prj("web"), prj("app")} {
				for _, key := range w.s.Permissions(m.Person, p, w.now) {
					out = append(out, string(m.Person)+" "+string(key)+" "+string(p))
				}
			}
		}
		return out
	}
	before := everybody(w)
	contains := func(all, some []string) bool {
		return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
	}
	for _, row := range []struct {
		name string
		do   Command
		adds bool
	}{
		{"I-19 giving a person a lower role", give("web", toPerson("pia"), Consumer), true},
		{"I-19 giving everyone a role", give("web", toEveryone, Consumer), true},
		{"I-19 giving a team a role", give("app", toTeam("red"), Analyst), true},
		{"I-19 placing an admin in a team", PlaceInTeam{Team: tm("red"), Person: usr("ada")}, true},
		{"I-19 letting members create projects", SetSettings{MembersCreateProjects: true}, true},
		{"I-19 making a member admin", SetRole{usr("mia"), RoleAdmin}, true},
		{"I-19 reactivating", Reactivate{usr("sam")}, true},
		{"I-19 taking a grant", Take{Project: prj("web"), Subject: toPerson("pia")}, false},
		{"I-19 taking a team's grant", Take{Project: prj("web"), Subject: toTeam("red")}, false},
		{"I-19 taking from a team", TakeFromTeam{tm("red"), usr("tim")}, false},
		{"I-19 deleting a team", DeleteTeam{tm("red")}, false},
		{"I-19 suspending", Suspend{usr("ada")}, false},
		{"I-19 removing", Remove{Person: usr("pia")}, false},
		{"I-19 deleting a project", DeleteProject{prj("web")}, false},
		{"I-19 making an owner member", SetRole{usr("otto"), RoleMember}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := w.fork(t)
			w.changes(as("olga"), row.do)
			after := everybody(w)
			if row.adds && !contains(after, before) || !row.adds && (!contains(before, after) || len(after) == len(before)) {
				t.Fatalf("%d permissions before, %d after", len(before), len(after))
			}
		})
	}
}

// Everyone is all active people, present and future.
func TestEveryone(t *testing.T) {
	w := cast(t)
	w.do(as("pia"), give("web", toEveryone, Consumer))
	for _, word := range []string{"olga", "ada", "bill", "mia", "pia", "tim"} {
		w.can(word, "project:view", "web")
	}
	w.cannot("sam", "project:view", "web")
	w.cannot("finn", "project:view", "web")
	w.cannot("zed", "project:view", "web")
	w.cannot("mia", "project:view", "app")
	w.do(as("ada"), AddMember{Person: usr("zed"), Role: RoleMember}, Suspend{usr("max")})
	w.can("zed", "project:view", "web")
	w.cannot("max", "project:view", "web")
	w.now += aWeek
	w.can("finn", "project:view", "web")
	w.do(as("pia"), Take{Project: prj("web"), Subject: toEveryone})
	w.cannot("mia", "project:view", "web")
}

// Suspension and expiry remove a source, whatever the person holds.
func TestSuspensionTakesEverythingAndGivesItBack(t *testing.T) {
	w := cast(t)
	w.do(as("pia"), give("web", toEveryone, Consumer))
	for _, word := range []string{"ada", "bill", "pia", "tim", "mia"} {
		t.Run(string(w.member(word).Role)+" "+word, func(t *testing.T) {
			w := w.fork(t)
			org, web := w.s.Permissions(usr(word), "", w.now), w.s.Permissions(usr(word), prj("web"), w.now)
			w.do(as("olga"), Suspend{usr(word)})
			if left := append(w.s.Permissions(usr(word), "", w.now), w.s.Permissions(usr(word), prj("web"), w.now)...); len(left) > 0 {
				t.Fatalf("while suspended %v", left)
			}
			if len(w.s.Sources(usr(word), prj("web"), w.now)) == 0 {
				t.Fatal("the sources are not there to come back")
			}
			w.do(as("olga"), Reactivate{usr(word)})
			if !slices.Equal(org, w.s.Permissions(usr(word), "", w.now)) || !slices.Equal(web, w.s.Permissions(usr(word), prj("web"), w.now)) {
				t.Fatal("not everything came back")
			}
		})
	}
}
