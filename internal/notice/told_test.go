package notice

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/org"
)

var update = flag.Bool("update", false, "rewrite docs/notices.md from the table")

const (
	web = org.ProjectID("prj_00000000000000000000000001")
	app = org.ProjectID("prj_00000000000000000000000002")
	ops = org.TeamID("team_00000000000000000000000001")
	bot = org.AccountID("sa_00000000000000000000000001")
)

func person(n int) org.Actor { return org.Actor{Person: usr(n)} }

// wants compares what the last command said, in order: "what about whom to whom in how many projects".
func (w *world) wants(t *testing.T, lines ...string) {
	t.Helper()
	var got []string
	for _, n := range w.told {
		if n.Ends != 0 {
			continue
		}
		var to []string
		for _, p := range n.To {
			to = append(to, short(p))
		}
		got = append(got, fmt.Sprintf("%s about %s to %s, %d projects", n.What, short(n.Person), strings.Join(to, " "), len(n.Projects)))
	}
	if !slices.Equal(got, lines) {
		t.Errorf("told\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(lines, "\n\t"))
	}
}

func short(p org.PersonID) string { return strings.TrimLeft(string(p), "usr_0") }

func lived(t *testing.T) *world {
	w := newWorld(t, 3) // 5, 6, 7
	w.do(person(1), org.CreateProject{Project: web, Name: "Web", Timezone: "UTC"})
	w.do(person(1), org.CreateProject{Project: app, Name: "App", Timezone: "UTC"})
	w.do(person(1), org.CreateTeam{Team: ops, Name: "Ops"})
	return w
}

func TestWhoIsToldOfRequests(t *testing.T) {
	w := lived(t)
	request := func(n int) org.RequestID { return org.RequestID(fmt.Sprintf("arq_%026d", n)) }
	w.do(person(5), org.RequestAccess{Request: request(1), Project: web, Role: org.Analyst})
	w.wants(t, "request.made about 5 to 1 2, 1 projects")
	w.do(person(2), org.DenyRequest{Project: web, Request: request(1)})
	w.wants(t, "request.denied about 5 to 5, 1 projects")
	w.do(person(5), org.RequestAccess{Request: request(2), Project: web, Role: org.Analyst})
	w.do(person(2), org.ApproveRequest{Project: web, Request: request(2)})
	w.wants(t, "access.changed about 5 to 5, 1 projects", "request.approved about 5 to 5, 1 projects")
	w.do(person(5), org.RequestAccess{Request: request(3), Project: app, Role: org.Analyst})
	w.do(person(5), org.WithdrawRequest{Project: app, Request: request(3)})
	w.wants(t)
}

func TestWhoIsToldOfRolesAndAccess(t *testing.T) {
	w := lived(t)
	w.do(person(1), org.SetRole{Person: usr(5), Role: org.RoleOwner})
	w.wants(t, "member.role_changed about 5 to 5, 0 projects")
	w.do(person(1), org.SetRole{Person: usr(6), Role: org.RoleOwner})
	w.wants(t, "member.role_changed about 6 to 6, 0 projects", "member.role_changed about 6 to 5, 0 projects")
	w.do(person(6), org.SetRole{Person: usr(6), Role: org.RoleMember})
	w.wants(t, "member.role_changed about 6 to 1 5, 0 projects")
	w.do(person(1), org.Remove{Person: usr(5)})
	w.wants(t, "member.removed about 5 to 5, 0 projects", "organization.one_owner_left about 1 to 1, 0 projects")

	w.do(person(1), org.Give{Project: web, Subject: org.Subject{Person: usr(6)}, Role: org.Owner})
	w.wants(t, "access.changed about 6 to 6, 1 projects")
	w.do(person(6), org.Take{Project: web, Subject: org.Subject{Person: usr(6)}})
	w.wants(t)
	w.do(person(1), org.Give{Project: web, Subject: org.Subject{Team: ops}, Role: org.Analyst})
	w.wants(t)
	w.do(person(1), org.Give{Project: web, Subject: org.Subject{Person: usr(6)}, Role: org.Analyst})
	w.do(person(1), org.Give{Project: app, Subject: org.Subject{Person: usr(6)}, Role: org.Analyst})
	w.do(person(1), org.CopyAccess{From: usr(6), Person: usr(7)})
	w.wants(t, "access.changed about 7 to 7, 2 projects")
}

func TestNobodyIsToldWhileAnOrganizationIsFilled(t *testing.T) {
	w := newWorld(t, 0)
	fresh := &world{TB: t, at: w.at}
	fresh.s = org.Empty(library{mustCatalog(t)})
	operator := org.Actor{Operator: true}
	fresh.do(operator, org.CreateOrganization{Organization: "org_00000000000000000000000002", Name: "New", Slug: "fresh-start", Owner: usr(1), Proofs: org.Vouched, Catalog: mustCatalog(t).Digest()})
	fresh.do(operator, org.AddMember{Person: usr(2), Role: org.RoleMember})
	fresh.do(operator, org.SetRole{Person: usr(2), Role: org.RoleOwner})
	fresh.wants(t)
	fresh.do(operator, org.Remove{Person: usr(2)})
	fresh.wants(t)
}

func mustCatalog(t *testing.T) *org.Catalog {
	c, err := org.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What ends by itself is announced 7 days before, to those whom it concerns then, and only if it is still so.
func TestWhoIsWarned(t *testing.T) {
	const day = org.Instant(24 * time.Hour / time.Microsecond)
	w := lived(t)
	end := w.at + 30*day
	window := org.Window{End: end}
	account := org.CreateAccount{Account: bot, Name: "Bot", Role: org.RoleMember}
	for _, c := range []struct {
		name   string
		first  org.Command // what has to be there
		give   org.Command
		to     []int
		later  org.Command // what makes the warning void
		person int         // who gives it
	}{
		{name: "a membership", give: org.Reschedule{Person: usr(5), Window: window}, to: []int{5, 1, 2},
			later: org.Reschedule{Person: usr(5)}},
		{name: "a place in a team", give: org.PlaceInTeam{Team: ops, Person: usr(5), Window: window}, to: []int{5, 1, 2},
			later: org.TakeFromTeam{Team: ops, Person: usr(5)}},
		{name: "access of a person", give: org.Give{Project: web, Subject: org.Subject{Person: usr(6)}, Role: org.Analyst, Window: window},
			to: []int{6, 1, 2}, later: org.RescheduleGrant{Project: web, Subject: org.Subject{Person: usr(6)}, Role: org.Analyst, Window: org.Window{End: end + 1}}},
		{name: "access of a team", first: org.PlaceInTeam{Team: ops, Person: usr(7)},
			give: org.Give{Project: web, Subject: org.Subject{Team: ops}, Role: org.Analyst, Window: window}, to: []int{7, 1, 2},
			later: org.DeleteTeam{Team: ops}},
		{name: "access of everyone", give: org.Give{Project: web, Subject: org.Subject{Everyone: true}, Role: org.Analyst, Window: window},
			to: []int{1, 2}, later: org.DeleteProject{Project: web}},
		{name: "access of a service account", first: account,
			give: org.Give{Project: web, Subject: org.Subject{Account: bot}, Role: org.Analyst, Window: window}, to: []int{1, 2},
			later: org.Take{Project: web, Subject: org.Subject{Account: bot}}},
		{name: "a key", first: account, give: org.MakeKey{Account: bot, Key: "key_00000000000000000000000001", Expires: end}, to: []int{1, 2},
			later: org.EndKey{Account: bot, Key: "key_00000000000000000000000001"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := lived(t)
			w.TB = t
			if c.first != nil {
				w.do(person(1), c.first)
			}
			w.do(person(1), c.give)
			i := slices.IndexFunc(w.told, func(n Notice) bool { return n.Ends == end })
			if i < 0 || w.due[i] != end-7*day {
				t.Fatalf("no warning in %+v", w.told)
			}
			n, ok := Current(w.s, w.told[i], end-7*day)
			var to []org.PersonID
			for _, p := range c.to {
				to = append(to, usr(p))
			}
			if !ok || !slices.Equal(n.To, to) {
				t.Errorf("%v, to %v, want %v", ok, n.To, to)
			}
			if _, ok := Current(w.s, w.told[i], end); ok {
				t.Error("somebody is warned of what has ended")
			}
			warned := w.told[i]
			w.do(person(1), c.later)
			if n, ok := Current(w.s, warned, end-7*day); ok {
				t.Errorf("%v are warned of what does not end then", n.To)
			}
		})
	}
	w.do(person(1), org.Give{Project: web, Subject: org.Subject{Person: usr(6)}, Role: org.Analyst, Window: org.Window{End: w.at + day}})
	if slices.ContainsFunc(w.told, func(n Notice) bool { return n.Ends != 0 }) {
		t.Error("what ends within the 7 days is announced on top of being given")
	}
}

// The table is what the documentation shows.
func TestTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Who is told\n\nNotices wait in the outbox, written in the transaction of the change they are about. This page is derived from the table in\n" +
		"`internal/notice/table.go`. Whoever does something is not told of it again, and nobody is told what the operator gives while it fills\n" +
		"an organization that no member has entered. Notices about safety cannot be switched off.\n\n| Notice | When | Who is told | Safety |\n| --- | --- | --- | --- |\n")
	seen := map[string]bool{}
	for _, r := range Table() {
		if seen[r.What] {
			t.Errorf("%s is there twice", r.What)
		}
		seen[r.What] = true
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.What, r.When, r.Told, map[bool]string{true: "yes", false: ""}[r.Safety])
	}
	const page = "../../docs/notices.md"
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if was, err := os.ReadFile(page); err != nil || string(was) != b.String() {
		t.Errorf("docs/notices.md is stale: make golden (%v)", err)
	}
}
