package org

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// The cast of most tests: an organization that olga has entered, with somebody of every rank in it.
//
//	olga, otto  owners           pia, paz  owners of web      tess  manages the team red
//	ada, abel   admins           pat, pip  admins of web      tim   is in red, which is analyst of web
//	bill, bea   billing admins   ana, amy  analysts of web    sam   is suspended
//	mia, max    members          cora, cy  consumers of web   finn  starts in a week
//
// In the project app, pat is a consumer and nobody else has anything. Zed is a stranger.
var casting = sync.OnceValue(func() *world {
	w := newWorld(quiet{}, explicitRow)
	for _, p := range []struct {
		word string
		role OrgRole
	}{{"otto", RoleOwner}, {"ada", RoleAdmin}, {"abel", RoleAdmin}, {"bill", RoleBillingAdmin}, {"bea", RoleBillingAdmin}} {
		w.do(theOperator, AddMember{Person: usr(p.word), Role: p.role, Proofs: Vouched})
	}
	for _, word := range []string{"mia", "max", "pia", "paz", "pat", "pip", "ana", "amy", "cora", "cy", "tess", "tim", "sam"} {
		w.do(theOperator, AddMember{Person: usr(word), Role: RoleMember})
	}
	w.do(theOperator, AddMember{Person: usr("finn"), Role: RoleMember, Window: Window{Start: w.now + aWeek}},
		CreateProject{Project: prj("web"), Name: "Web"}, CreateProject{Project: prj("app"), Name: "App"},
		CreateTeam{Team: tm("red"), Name: "Red"}, PlaceInTeam{Team: tm("red"), Person: usr("tess"), Manager: true},
		PlaceInTeam{Team: tm("red"), Person: usr("tim")}, give("web", toTeam("red"), Analyst), give("app", toPerson("pat"), Consumer))
	for i, words := range [][2]string{{"pia", "paz"}, {"pat", "pip"}, {"ana", "amy"}, {"cora", "cy"}} {
		w.do(theOperator, give("web", toPerson(words[0]), ProjectRoles[i]), give("web", toPerson(words[1]), ProjectRoles[i]))
	}
	w.do(theOperator, Suspend{Person: usr("sam")})
	w.do(as("olga"), Enter{})
	return w
})

// explicitRow is a permission that no built-in role holds.
var explicitRow = Row{Key: "data:view_classified", Scope: InProject, Sentence: "see classified data", Category: "Data", Explicit: true}

// quiet is the test of a world that is set up before any test runs.
type quiet struct{ testing.TB }

func (quiet) Helper()                              {}
func (quiet) Fatal(args ...any)                    { panic(args) }
func (quiet) Fatalf(f string, args ...any)         { panic(append([]any{f}, args...)) }
func cast(t testing.TB) *world                     { return casting().fork(t) }
func give(p string, s Subject, r ProjectRole) Give { return Give{Project: prj(p), Subject: s, Role: r} }
func toPerson(word string) Subject                 { return Subject{Person: usr(word)} }
func toTeam(word string) Subject                   { return Subject{Team: tm(word)} }

var toEveryone = Subject{Everyone: true}

const (
	aSecond = Instant(time.Second / time.Microsecond)
	anHour  = 3600 * aSecond
	aDay    = 24 * anHour
	aWeek   = 7 * aDay
)

// fork returns a world that goes its own way from here.
func (w *world) fork(t testing.TB) *world {
	c := *w
	c.TB, c.log = t, slices.Clip(w.log)
	return &c
}

// attempt is a row of a table: a command, who gives it, and why it is refused, if it is.
type attempt struct {
	name string
	by   Actor
	do   Command
	want error
}

// attempts makes each attempt in a world of its own. What is allowed has to change something.
func (w *world) attempts(t *testing.T, rows ...attempt) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			w := w.fork(t)
			if row.want != nil {
				w.refused(row.by, row.do, row.want)
				return
			}
			w.changes(row.by, row.do)
		})
	}
}

// changes runs commands of which each must write something.
func (w *world) changes(by Actor, commands ...Command) {
	w.Helper()
	for _, c := range commands {
		before := w.s
		if w.do(by, c); w.s == before {
			w.Fatalf("%T %+v by %v changed nothing", c, c, by)
		}
	}
}

// idle runs commands that must be allowed and change nothing.
func (w *world) idle(by Actor, commands ...Command) {
	w.Helper()
	for _, c := range commands {
		before := w.s
		if w.do(by, c); w.s != before {
			w.Fatalf("%T %+v by %v changed something", c, c, by)
		}
	}
}

// can and cannot check a permission in a project, or in the organization if the project is empty.
func (w *world) can(word string, p Permission, project string) {
	w.Helper()
	if !w.check(word, p, project) {
		w.Fatalf("%s has not %s in %q", word, p, project)
	}
}

func (w *world) cannot(word string, p Permission, project string) {
	w.Helper()
	if w.check(word, p, project) {
		w.Fatalf("%s has %s in %q", word, p, project)
	}
}

func (w *world) check(word string, p Permission, project string) bool {
	if project == "" {
		return w.s.Check(usr(word), p, "", w.now)
	}
	return w.s.Check(usr(word), p, prj(project), w.now)
}

// member returns what is known of a member, who must be one.
func (w *world) member(word string) Member {
	w.Helper()
	m, ok := w.s.Member(usr(word), w.now)
	if !ok {
		w.Fatalf("%s is no member", word)
	}
	return m
}

func (w *world) noMember(word string) {
	w.Helper()
	if m, ok := w.s.Member(usr(word), w.now); ok {
		w.Fatalf("%s is a member: %+v", word, m)
	}
}

// roles lists the roles that a person holds in a project by grants of their own.
func (w *world) roles(word, project string) (out []ProjectRole) {
	for _, h := range w.s.Sources(usr(word), prj(project), w.now) {
		if h.Via == ViaPerson {
			out = append(out, h.Role)
		}
	}
	return out
}

func (w *world) holdsOnly(word, project string, want ...ProjectRole) {
	w.Helper()
	if got := w.roles(word, project); !slices.Equal(got, want) {
		w.Fatalf("%s holds %v in %s, want %v", word, got, project, want)
	}
}

// last returns the facts of the last command.
func (w *world) last() (out []Event) {
	for _, f := range w.log {
		if f.Command == w.log[len(w.log)-1].Command {
			out = append(out, f.Event)
		}
	}
	return out
}

// code is the refusal's code, or none.
func code(err error) string {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
