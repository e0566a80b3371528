package org

import "testing"

// Who brings a project back gives all that sleeps in it, whatever part of it is over by itself.
func TestRestoringAProjectGivesAllThatSleepsInIt(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), CreateProject{Project: prj("old"), Name: "Old"}, Take{Project: prj("old"), Subject: toPerson("olga")},
		CreateRole{Role: rl("keeper"), Scope: InOrganization, Name: "Keeper", RoleContent: permits("projects:manage_any")},
		CreateRole{Role: rl("desk"), Scope: InOrganization, Name: "Desk", RoleContent: RoleContent{Projects: []RoleProject{{prj("old"), Owner}}}},
		SetRole{usr("max"), OrgRole(rl("keeper"))})
	grantUntil := func(word string, end Instant) Command {
		return Give{Project: prj("old"), Subject: toPerson(word), Role: Admin, Window: Window{End: end}}
	}
	for _, row := range []struct {
		name string
		held []Command
		want error
	}{
		{"nothing", nil, nil},
		{"what is over", []Command{grantUntil("ada", w.now+anHour), grantUntil("mia", w.now+anHour)}, nil},
		{"what lasts, of somebody behind one whose is over", []Command{grantUntil("ada", w.now+anHour), grantUntil("mia", 0)}, ErrNotCovered},
		{"what lasts, of somebody before one whose is over", []Command{grantUntil("ada", 0), grantUntil("mia", w.now+anHour)}, ErrNotCovered},
		{"what lasts longer, of somebody behind one whose is over", []Command{grantUntil("ada", w.now+anHour), grantUntil("mia", w.now+aWeek)}, ErrNotCovered},
		{"what a role of the organization brings there", []Command{SetRole{usr("mia"), OrgRole(rl("desk"))}}, ErrNotCovered},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := w.fork(t)
			w.do(as("olga"), append(row.held, DeleteProject{prj("old")})...)
			w.now += aDay
			if row.want != nil {
				w.refused(as("max"), RestoreProject{Project: prj("old")}, row.want)
				w.do(as("olga"), RestoreProject{Project: prj("old")})
				return
			}
			w.changes(as("max"), RestoreProject{Project: prj("old")})
		})
	}
}
