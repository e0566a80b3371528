package org

import (
	"fmt"
	"slices"
	"testing"
)

func people(words ...string) (out []PersonID) {
	for _, w := range words {
		out = append(out, usr(w))
	}
	return out
}

// Why somebody may do something, and if not, which roles would give it and who could.
func TestExplanations(t *testing.T) {
	base := cast(t)
	all, most := []ProjectRole{Consumer, Analyst, Admin, Owner}, []ProjectRole{Admin, Owner}
	for _, row := range []struct {
		name     string
		before   []Command
		person   string
		p        Permission
		in       ProjectID
		reason   string
		roles    []ProjectRole
		orgRoles []OrgRole
		deciders []PersonID
		sources  int
	}{
		{name: "a member who lacks what every role has", person: "mia", p: "project:view", in: prj("web"), reason: ReasonNotGiven, roles: all,
			deciders: people("olga", "otto", "ada", "abel", "pia", "paz", "pat", "pip")},
		{name: "a member who lacks what admins have", person: "mia", p: "project:rename", in: prj("web"), reason: ReasonNotGiven, roles: most,
			deciders: people("olga", "otto", "ada", "abel", "pia", "paz", "pat", "pip")},
		{name: "a member who lacks what owners have", person: "mia", p: "project:delete", in: prj("web"), reason: ReasonNotGiven, roles: []ProjectRole{Owner},
			deciders: people("olga", "otto", "pia", "paz")},
		{name: "a consumer who lacks more", person: "cora", p: "project:rename", in: prj("web"), reason: ReasonNotGiven, roles: most,
			deciders: people("olga", "otto", "ada", "abel", "pia", "paz", "pat", "pip")},
		{name: "in a project that only the organization's people manage", person: "mia", p: "project:view", in: prj("app"), reason: ReasonNotGiven, roles: all,
			deciders: people("olga", "otto", "ada", "abel")},
		{name: "where a decider is suspended", before: []Command{Suspend{usr("otto")}, Suspend{usr("pia")}, Suspend{usr("abel")}}, person: "mia",
			p: "project:delete", in: prj("web"), reason: ReasonNotGiven, roles: []ProjectRole{Owner}, deciders: people("olga", "paz")},
		{name: "where a team manages", before: []Command{give("app", toTeam("red"), Admin)}, person: "mia", p: "project:view", in: prj("app"),
			reason: ReasonNotGiven, roles: all, deciders: people("olga", "otto", "ada", "abel", "tess", "tim")},
		{name: "somebody suspended", person: "sam", p: "project:view", in: prj("web"), reason: ReasonSuspended, roles: all, deciders: people("olga", "otto", "ada", "abel")},
		{name: "somebody suspended who holds it, asleep", before: []Command{Suspend{usr("ana")}}, person: "ana", p: "project:view", in: prj("web"), reason: ReasonSuspended,
			roles: all, deciders: people("olga", "otto", "ada", "abel"), sources: 1},
		{name: "an admin whom only an owner reactivates", before: []Command{Suspend{usr("abel")}}, person: "abel", p: "project:view", in: prj("web"), reason: ReasonSuspended,
			roles: all, deciders: people("olga", "otto"), sources: 1},
		{name: "a stranger, whom a project owner cannot bring in", person: "zed", p: "project:view", in: prj("web"), reason: ReasonNoMember, roles: all, deciders: people("olga", "otto", "ada", "abel")},
		{name: "somebody who starts later", person: "finn", p: "project:view", in: prj("web"), reason: ReasonNotStarted, roles: all, deciders: people("olga", "otto", "ada", "abel")},
		{name: "somebody who starts later and holds project owner", before: []Command{give("web", toPerson("finn"), Owner)}, person: "finn", p: "project:view", in: prj("web"),
			reason: ReasonNotStarted, roles: all, deciders: people("olga", "otto"), sources: 1},
		{name: "in a project that is deleted", before: []Command{DeleteProject{prj("web")}}, person: "ana", p: "project:view", in: prj("web"), reason: ReasonDeleted, roles: all,
			deciders: people("olga", "otto", "pia", "paz"), sources: 1},
		{name: "a stranger in a project that is deleted", before: []Command{DeleteProject{prj("web")}}, person: "zed", p: "project:view", in: prj("web"), reason: ReasonDeleted, roles: all,
			deciders: people("olga", "otto", "pia", "paz")},
		{name: "in a deleted project whose name was taken since", before: []Command{DeleteProject{prj("web")}, RenameProject{prj("app"), "Web"}}, person: "ana", p: "project:view",
			in: prj("web"), reason: ReasonDeleted, roles: all, deciders: people("olga", "otto", "pia", "paz"), sources: 1},
		{name: "what is explicit", person: "pia", p: explicitRow.Key, in: prj("web"), reason: ReasonByExplicit, deciders: people("olga", "otto")},
		{name: "what is explicit, for somebody suspended", person: "sam", p: explicitRow.Key, in: prj("web"), reason: ReasonSuspended, deciders: people("olga", "otto")},

		{name: "what owners have in the organization", person: "mia", p: "owners:make", reason: ReasonNotGiven, orgRoles: []OrgRole{RoleOwner}, deciders: people("olga", "otto")},
		{name: "what admins have in the organization", person: "mia", p: "members:manage", reason: ReasonNotGiven, orgRoles: []OrgRole{RoleAdmin, RoleOwner}, deciders: people("olga", "otto", "ada", "abel")},
		{name: "what billing admins have", person: "mia", p: "plan:view", reason: ReasonNotGiven, orgRoles: []OrgRole{RoleBillingAdmin, RoleOwner}, deciders: people("olga", "otto")},
		{name: "a billing admin, whose role an admin does not change", person: "bill", p: "members:manage", reason: ReasonNotGiven, orgRoles: []OrgRole{RoleAdmin, RoleOwner}, deciders: people("olga", "otto")},
		{name: "a stranger, who would be added", person: "zed", p: "members:manage", reason: ReasonNoMember, orgRoles: []OrgRole{RoleAdmin, RoleOwner}, deciders: people("olga", "otto", "ada", "abel")},
		{name: "a stranger, whom only owners add as such", person: "zed", p: "plan:view", reason: ReasonNoMember, orgRoles: []OrgRole{RoleBillingAdmin, RoleOwner}, deciders: people("olga", "otto")},
		{name: "somebody suspended, in the organization", person: "sam", p: "members:manage", reason: ReasonSuspended, orgRoles: []OrgRole{RoleAdmin, RoleOwner}, deciders: people("olga", "otto", "ada", "abel")},
		{name: "somebody who starts later, in the organization", person: "finn", p: "members:manage", reason: ReasonNotStarted, orgRoles: []OrgRole{RoleAdmin, RoleOwner},
			deciders: people("olga", "otto", "ada", "abel")},
		{name: "a suspended admin, in the organization", before: []Command{Suspend{usr("abel")}}, person: "abel", p: "members:manage", reason: ReasonSuspended,
			orgRoles: []OrgRole{RoleAdmin, RoleOwner}, deciders: people("olga", "otto")},

		{name: "a permission that is none", person: "mia", p: "none:such", reason: ReasonUnknown},
		{name: "a permission of projects, asked in the organization", person: "mia", p: "project:view", reason: ReasonUnknown},
		{name: "a permission of the organization, asked in a project", person: "mia", p: "owners:make", in: prj("web"), reason: ReasonUnknown},
		{name: "a project that is none", person: "mia", p: "project:view", in: prj("none"), reason: ReasonUnknown},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := base.fork(t)
			w.do(as("olga"), row.before...)
			e := w.s.Explain(usr(row.person), row.p, row.in, w.now)
			if e.Allowed || e.Reason != row.reason || !slices.Equal(e.Roles, row.roles) || !slices.Equal(e.OrgRoles, row.orgRoles) || len(e.Sources) != row.sources || e.OrgRole != "" {
				t.Errorf("explained as %+v", e)
			}
			if !slices.Equal(e.Deciders, row.deciders) {
				t.Errorf("deciders are %v, want %v", e.Deciders, row.deciders)
			}
		})
	}
}

// A yes is explained by every source that gives it, and by nothing else.
func TestExplanationsOfAYes(t *testing.T) {
	base := cast(t)
	base.do(as("olga"), give("web", toEveryone, Consumer), give("web", toPerson("tim"), Admin), give("web", toPerson("ada"), Consumer))
	for _, row := range []struct {
		name, person string
		p            Permission
		via          []Via
	}{
		{"a right that only one of several roles has", "tim", "project:rename", []Via{ViaPerson}},
		{"a right that all have", "tim", "project:view", []Via{ViaPerson, ViaTeam, ViaEveryone}},
		{"a right by the organization role", "ada", "project:rename", []Via{ViaRole}},
		{"a right by the organization role and all else", "ada", "project:view", []Via{ViaRole, ViaPerson, ViaEveryone}},
		{"a right of an owner", "olga", "project:delete", []Via{ViaRole}},
		{"a right of everyone", "mia", "project:view", []Via{ViaEveryone}},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := base.s.Explain(usr(row.person), row.p, prj("web"), base.now)
			var via []Via
			for _, h := range e.Sources {
				via = append(via, h.Via)
			}
			if !e.Allowed || e.Reason != ReasonGiven || !slices.Equal(via, row.via) || e.Roles != nil || e.OrgRoles != nil || e.Deciders != nil {
				t.Fatalf("explained as %+v", e)
			}
		})
	}
	t.Run("a right in the organization", func(t *testing.T) {
		e := base.s.Explain(usr("bill"), "plan:manage", "", base.now)
		if !e.Allowed || e.Reason != ReasonGiven || e.OrgRole != RoleBillingAdmin || e.OrgRoles != nil || e.Deciders != nil || e.Sources != nil {
			t.Fatalf("explained as %+v", e)
		}
	})
	t.Run("no state", func(t *testing.T) {
		var none *State
		for _, s := range []*State{none, Empty(nil), Evolve(Empty(known{}), base.log...)} {
			if e := s.Explain(usr("olga"), "owners:make", "", base.now); e.Reason != ReasonUnavailable {
				t.Errorf("explained as %+v", e)
			}
		}
	})
}

// An explanation names so many and no more.
func TestDecidersAreBounded(t *testing.T) {
	w := newWorld(t)
	for i := range MaxDeciders + 5 {
		w.do(theOperator, AddMember{Person: PersonID(numbered("usr_", i)), Role: RoleAdmin})
	}
	w.do(theOperator, CreateProject{Project: prj("web"), Name: "Web"}, AddMember{Person: usr("mia"), Role: RoleMember})
	for _, in := range []ProjectID{"", prj("web")} {
		p := Permission("members:manage")
		if in != "" {
			p = "project:view"
		}
		e := w.s.Explain(usr("mia"), p, in, w.now)
		if len(e.Deciders) != MaxDeciders || e.Deciders[0] != usr("olga") || e.Deciders[MaxDeciders-1] != PersonID(numbered("usr_", MaxDeciders-2)) {
			t.Errorf("in %q: %v", in, e.Deciders)
		}
	}
}

// What ends soon is listed once each, and what has ended, begins later or leads nowhere is not.
func TestWhatEndsSoon(t *testing.T) {
	w := newWorld(t)
	soon := Window{End: w.now + aDay}
	for range w.s.EndingBetween(w.now, w.now+aWeek) {
		t.Fatal("something ends where nothing has a window")
	}
	timed := func(p string, s Subject, r ProjectRole, in Window) Give { g := give(p, s, r); g.Window = in; return g }
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember, Window: soon}, AddMember{Person: usr("max"), Role: RoleMember},
		AddMember{Person: usr("ended"), Role: RoleMember, Window: Window{End: w.now + 1}}, AddMember{Person: usr("finn"), Role: RoleMember, Window: Window{Start: w.now + anHour, End: w.now + aDay}},
		AddMember{Person: usr("late"), Role: RoleMember, Window: Window{End: w.now + aWeek}}, AddMember{Person: usr("since"), Role: RoleMember, Window: Window{Start: w.now - 1}},
		CreateProject{Project: prj("web"), Name: "Web"}, CreateProject{Project: prj("gone"), Name: "Gone"}, CreateTeam{Team: tm("red"), Name: "Red"}, CreateTeam{Team: tm("old"), Name: "Old"},
		CreateAccount{Account: acc("bot"), Name: "Bot"}, PlaceAccountInTeam{tm("red"), acc("bot"), soon},
		timed("web", Subject{Account: acc("bot")}, Analyst, soon), timed("web", Subject{Everyone: true, Accounts: true}, Consumer, soon),
		PlaceInTeam{Team: tm("red"), Person: usr("max"), Window: soon}, PlaceInTeam{Team: tm("red"), Person: usr("ended"), Window: soon},
		timed("web", toPerson("max"), Analyst, soon), timed("web", toPerson("ended"), Analyst, soon), timed("web", toTeam("red"), Consumer, soon),
		timed("web", toTeam("old"), Consumer, soon), timed("web", toEveryone, Consumer, soon), timed("gone", toPerson("max"), Owner, soon), timed("gone", toEveryone, Owner, soon),
		give("web", toPerson("max"), Admin), DeleteTeam{tm("old")}, DeleteProject{prj("gone")})
	w.now++
	want := []Ending{
		{End: soon.End, Subject: toPerson("mia")},
		{End: soon.End, Subject: toPerson("max"), In: tm("red")},
		{End: soon.End, Subject: toPerson("max"), Project: prj("web"), Role: Analyst},
		{End: soon.End, Subject: Subject{Account: acc("bot")}, In: tm("red")},
		{End: soon.End, Subject: Subject{Account: acc("bot")}, Project: prj("web"), Role: Analyst},
		{End: soon.End, Subject: toTeam("red"), Project: prj("web"), Role: Consumer},
		{End: soon.End, Subject: toEveryone, Project: prj("web"), Role: Consumer},
		{End: soon.End, Subject: Subject{Everyone: true, Accounts: true}, Project: prj("web"), Role: Consumer},
	}
	if got := slices.Collect(w.s.EndingBetween(w.now, w.now+aWeek-1)); !slices.Equal(got, want) {
		t.Fatalf("%+v", got)
	}
	for n := range want {
		t.Run(fmt.Sprintf("read no further than the %d. of them", n+1), func(t *testing.T) {
			read := 0
			for e := range w.s.EndingBetween(w.now, w.now+aWeek-1) {
				if read++; read == n+1 {
					if e != want[n] {
						t.Errorf("%+v", e)
					}
					break
				}
			}
		})
	}
	for _, row := range []struct {
		name     string
		from, to Instant
		want     int
	}{
		{"an end is not before itself", w.now, soon.End, 0},
		{"an end is before the next instant", w.now, soon.End + 1, 8},
		{"what holds the instant before its end ends", soon.End - 1, soon.End + 1, 9},
		{"what has ended ends no more", soon.End, soon.End + 1, 0},
		{"what ends with the later ones", w.now, w.now + aWeek, 9},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := slices.Collect(w.s.EndingBetween(row.from, row.to)); len(got) != row.want {
				t.Fatalf("%d: %+v", len(got), got)
			}
		})
	}
}
