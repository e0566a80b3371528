package api

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/credential"
	"github.com/commonhold/commonhold/internal/invite"
	"github.com/commonhold/commonhold/internal/move"
	"github.com/commonhold/commonhold/internal/outbox"
	"github.com/commonhold/commonhold/internal/peer"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

// beside starts another server on the database of a world, with the same keys and the same clock. Nobody tells it what
// the first one writes, and the clock stands still: so it answers from what it has for as long as it may.
func (w *world) beside(change ...func(*app.Options)) *world {
	w.Helper()
	other := &world{TB: w.TB, db: w.db, people: w.people, ids: w.ids, key: w.key, keyID: w.keyID, botKey: w.botKey}
	clock := func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }
	o := app.Options{DB: w.db, Catalog: catalog(w), Clock: clock}
	for _, f := range change {
		f(&o)
	}
	var err error
	if other.app, err = app.New(w.Context(), o); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(other.app.Close)
	log := slog.New(slog.DiscardHandler)
	inviter := invite.New(other.app, o.DB, log, "https://hold.example.com")
	other.api, err = New(Options{App: other.app, Inviter: inviter, Outbox: outbox.New(other.app, o.DB, inviter, log), Mover: move.New(other.app, o.DB, log), Keys: credential.New(other.app, o.DB, log), Log: log,
		Version: "0.0.0", PublicURL: "http://localhost:8080", CursorKey: cursorKey})
	if err != nil {
		w.Fatal(err)
	}
	return other
}

// versionIn is the version of the organization from which an answer was made.
func versionIn(out *httptest.ResponseRecorder) org.Version {
	n, _ := strconv.ParseUint(out.Header().Get("Commonhold-Version"), 10, 64)
	return org.Version(n)
}

// may asks a server whether somebody may do something in acme; the query says how fresh the answer is to be.
func (w *world) may(person, permission, project, query string) bool {
	w.Helper()
	body := `{"person":"{` + person + `}","permission":"` + permission + `"`
	if project != "" {
		body += `,"project":"{` + project + `}"`
	}
	return got[route.CheckAnswer](w, w.want(200, "", "POST", "/v1/organizations/{acme}/check"+query, body+"}")).Allowed
}

// I-55 guarded by app.App.View
func TestEveryReadingKeepsToTheVersionThatItNames(t *testing.T) {
	w := newWorld(t)
	two := w.beside()
	two.may("mia", "members:view", "", "")
	read := 0
	for _, r := range route.Table() {
		if r.Command != nil || !strings.HasPrefix(r.Path, organizationPath) || r.Writes() || w.byLink(r) || r.Gate == (route.Gate{Operator: true}) {
			continue
		}
		path, body := two.request(r, "acme", "max", "red", "web")
		sign := map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]
		before := w.version("acme")
		w.do("olga", "acme", org.Rename{Name: org.Name(fmt.Sprint("Acme ", read))})
		named := fmt.Sprint("at_least=", before+1)
		stale := two.ask("olga", r.Method, path, body)
		if stale.Code != 200 {
			continue // the row's best caller is somebody else
		}
		if v := versionIn(stale); v != before {
			t.Errorf("%s: without a version named it answers from %d; the attempt shows something if that is %d", r.Name, v, before)
		}
		if v := versionIn(two.want(200, "olga", r.Method, path+sign+named, body)); v < before+1 {
			t.Errorf("%s: asked for %s it answers from %d", r.Name, named, v)
		}
		two.refused(503, app.ErrTooOld.Code, "olga", r.Method, path+sign+fmt.Sprint("at_least=", before+2), body)
		read++
	}
	if read < 20 {
		t.Errorf("%d rows were read", read)
	}
}

// Tim is in the team red. In one order he is taken from it, and then it gets a secret project; in the other the project
// is taken from it, and then something secret is put into the project, which the application keeps with the version that
// it saw. Neither server lets him see it, whoever wrote what and however little the other has heard.
//
// T-228 guarded by app.App.View
func TestWhoWasRemovedFirstNeverSeesWhatCameAfter(t *testing.T) {
	for name, one := range map[string]struct{ writes, reads int }{"written on one, read on the other": {0, 1}, "read where the last was written": {1, 1}} {
		t.Run("the team gets the project after he left: "+name, func(t *testing.T) {
			w := newWorld(t)
			two := w.beside()
			nodes := []*world{w, two}
			two.may("tim", "project:view", "lab", "") // both have the organization as it was
			w.want(200, "olga", "DELETE", "/v1/organizations/{acme}/teams/{red}/members/{tim}", "")
			gave := nodes[one.writes].want(200, "olga", "POST", "/v1/organizations/{acme}/projects/{lab}/grants", `{"team":"{red}","role":"consumer"}`)
			for _, query := range []string{"", fmt.Sprint("?at_least=", versionIn(gave)), "?fresh=true", ""} {
				if nodes[one.reads].may("tim", "project:view", "lab", query) {
					t.Errorf("%q: he sees what was given after he had left", query)
				}
				if strings.Contains(query, "=") && !nodes[one.reads].may("tess", "project:view", "lab", query) {
					t.Errorf("%q: who stayed does not see it", query)
				}
			}
		})
	}
	t.Run("something secret comes into the project after he lost it", func(t *testing.T) {
		w := newWorld(t)
		two := w.beside()
		if !two.may("tim", "project:view", "web", "") {
			t.Fatal("he does not see the project to begin with")
		}
		w.want(200, "olga", "POST", "/v1/organizations/{acme}/projects/{web}/grants/take", `{"team":"{red}"}`)
		// The application puts it in, and asks whoever writes it down: that is the version it keeps.
		wrote := w.want(200, "olga", "GET", "/v1/organizations/{acme}/projects/{web}", "")
		if two.may("tim", "project:view", "web", fmt.Sprint("?at_least=", versionIn(wrote))) {
			t.Error("he sees what came after")
		}
		if two.may("tim", "project:view", "web", "") {
			t.Error("and sees it again without a version, where it was known")
		}
	})
}

// T-235, I-59 guarded by api.Server.checkMany
func TestOneDecisionReadsOneVersion(t *testing.T) {
	w := newWorld(t)
	two := w.beside()
	// At every version exactly one of them is owner: the role goes over in one command, and back in the next.
	owners := []string{"zed", "yan"}
	question := `{"person":"{%s}","permission":"organization:delete"}`
	body := fmt.Sprintf(`{"checks":[`+question+`,`+question+`,`+question+`,`+question+`]}`, "zed", "yan", "zed", "yan")
	var writer sync.WaitGroup
	end := make(chan struct{})
	writer.Go(func() {
		for k := 0; ; k++ {
			select {
			case <-end:
				return
			default:
			}
			_, err := w.app.Do(t.Context(), app.Caller{Operator: true, Key: w.keyID, Person: w.people[owners[k%2]]}, org.OrgID(w.ids["other"]),
				org.TransferOwnership{To: w.people[owners[(k+1)%2]], StepDown: org.RoleMember}, app.Opts{})
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	versions, torn := map[org.Version]bool{}, 0
	for asked := 0; asked < 5000 && len(versions) < 200; asked++ {
		node := []*world{w, two}[asked%2]
		out := got[route.ChecksAnswer](t, node.want(200, "", "POST", "/v1/organizations/{other}/checks?fresh=true", body))
		versions[out.Version] = true
		if a := out.Allowed; a[0] == a[1] || a[0] != a[2] || a[1] != a[3] {
			torn++
		}
	}
	close(end)
	writer.Wait()
	if torn > 0 || len(versions) < 10 {
		t.Errorf("%d answers were made of two versions; %d versions were seen", torn, len(versions))
	}
}

// T-236 guarded by app.App.fresh
func TestANoIsNotKeptLongerThanAYes(t *testing.T) {
	for _, row := range []struct {
		name, query string
		later       time.Duration
	}{
		{"within the bound", "", 1100 * time.Millisecond},
		{"at once for who names the version", "?at_least=%d", 0},
		{"at once for who asks for it", "?fresh=true", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			two := w.beside()
			if two.may("yan", "members:view", "", "") || two.may("max", "project:view", "lab", "") {
				t.Fatal("they are let in before they are added")
			}
			two.refused(404, org.ErrUnknownOrganization.Code, "yan", "GET", "/v1/organizations/{acme}", "")
			two.refused(404, org.ErrUnknownOrganization.Code, "", "GET", "/v1/organizations/late", "")
			w.do("olga", "acme", org.AddMember{Person: w.people["yan"], Role: org.RoleAdmin},
				org.Give{Project: org.ProjectID(w.ids["lab"]), Subject: org.Subject{Person: w.people["max"]}, Role: org.Consumer})
			w.found("late", "zed")
			w.passes(row.later)
			query := row.query
			if strings.Contains(query, "%d") {
				query = fmt.Sprintf(query, w.version("acme"))
			}
			if !two.may("yan", "members:view", "", query) || !two.may("max", "project:view", "lab", query) {
				t.Error("they are not let in")
			}
			two.want(200, "yan", "GET", "/v1/organizations/{acme}"+query, "")
			two.want(200, "", "GET", "/v1/organizations/late", "")
		})
	}
}

// Ada reads list after list and does one thing after the other, in a job that goes on for long. Meanwhile she loses what
// she does it by: the very next page, object and event are judged anew, on the server that heard nothing as well.
//
// T-237 guarded by api.Server.question
func TestALongJobJudgesEachObjectAnew(t *testing.T) {
	w := newWorld(t)
	two := w.beside()
	nodes := []*world{w, two}
	for _, node := range nodes {
		first := got[route.Page[route.Member]](t, node.want(200, "ada", "GET", "/v1/organizations/{acme}/members?limit=2", ""))
		if first.Next == "" {
			t.Fatal("one page is all there is")
		}
		w.ids["next of "+fmt.Sprint(node == two)] = first.Next
	}
	_, end := w.everything("ada", "", 200)
	w.do("ada", "acme", org.CreateTeam{Name: "Before"})
	w.do("olga", "acme", org.SetRole{Person: w.people["ada"], Role: org.RoleMember})
	w.passes(1100 * time.Millisecond)
	for _, node := range nodes {
		next := w.ids["next of "+fmt.Sprint(node == two)]
		node.refused(403, org.ErrNotAllowed.Code, "ada", "GET", "/v1/organizations/{acme}/members?limit=2&cursor="+next, "")
		for _, person := range []string{"mia", "max", "cora"} {
			node.refused(403, org.ErrNotAllowed.Code, "ada", "POST", "/v1/organizations/{acme}/members/{"+person+"}/suspend", "")
		}
		if all, _ := node.everything("ada", end, 1); len(all) > 0 {
			t.Errorf("%d events come after she lost the right to read them", len(all))
		}
	}
	// One request about many objects answers for each by itself.
	w.do("olga", "acme", org.Give{Project: org.ProjectID(w.ids["lab"]), Subject: org.Subject{Person: w.people["ada"]}, Role: org.Consumer})
	out := got[route.ChecksAnswer](t, w.want(200, "", "POST", "/v1/organizations/{acme}/checks",
		`{"checks":[{"person":"{ada}","permission":"project:view","project":"{lab}"},{"person":"{ada}","permission":"project:view","project":"{web}"},{"person":"{ada}","permission":"project:rename","project":"{lab}"}]}`))
	if fmt.Sprint(out.Allowed) != "[true false false]" {
		t.Errorf("%v", out.Allowed)
	}
}

// timed is a database that is shared and has a clock, by which those who use it measure their own.
type timed struct {
	*memory.DB
	at time.Time
}

func (d *timed) Shared() store.Shared                 { return d }
func (d *timed) Clock(context.Context) (int64, error) { return d.at.UnixMicro(), nil }

func (d *timed) Listen(ctx context.Context, _ func(store.Hint)) error {
	<-ctx.Done()
	return ctx.Err()
}

// Servers whose clocks are as far off as they may be, one ahead and one behind, write in turn: the log is in the order
// of its versions, and no time in it goes back. What ends, ends on each by a clock that is no further off than that. A
// server whose clock is further off says so, and answers and writes nothing.
//
// T-225, I-60 guarded by app.App.inTime, org.State.Next
func TestClocksOfServersAreTrustedWithinFiveSeconds(t *testing.T) {
	w := newWorldOn(t, &timed{memory.Open(), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)})
	off := func(d time.Duration) (*world, *bytes.Buffer) {
		log := &bytes.Buffer{}
		return w.beside(func(o *app.Options) {
			right := o.Clock
			o.Clock, o.Log = func() time.Time { return right().Add(d) }, slog.New(slog.NewTextHandler(log, nil))
		}), log
	}
	ahead, _ := off(peer.MaxSkew)
	behind, _ := off(-peer.MaxSkew)
	before := w.version("acme")
	for k := range 12 {
		node := []*world{ahead, behind, w}[k%3]
		node.want(200, "olga", "POST", "/v1/organizations/{acme}/teams", fmt.Sprintf(`{"name":"Team %d"}`, k))
	}
	facts, err := w.app.History(t.Context(), org.OrgID(w.ids["acme"]), before, 100)
	if err != nil || len(facts) != 12 {
		t.Fatalf("%d facts, %v", len(facts), err)
	}
	for k, f := range facts {
		made, _ := f.Event.(*org.TeamCreated)
		if f.Version != before+org.Version(k)+1 || made == nil || string(made.Name) != fmt.Sprintf("Team %d", k) {
			t.Errorf("version %d holds %+v", f.Version, f.Event)
		}
		if k > 0 && f.At < facts[k-1].At {
			t.Errorf("the time of version %d is before that of its predecessor", f.Version)
		}
	}
	page := got[route.Page[route.Entry]](t, w.want(200, "olga", "GET", "/v1/organizations/{acme}/audit?limit=200", ""))
	for k, e := range page.Items[len(page.Items)-12:] {
		if want := before + 1 + org.Version(k); e.Facts[0].Version != want {
			t.Errorf("entry %d of the audit log is version %d, want %d", k, e.Facts[0].Version, want)
		}
	}
	for _, wrong := range []time.Duration{peer.MaxSkew + time.Second, -peer.MaxSkew - time.Second, time.Hour} {
		node, log := off(wrong)
		now := w.version("acme")
		node.refused(503, app.ErrClock.Code, "nobody", "GET", "/readyz", "")
		node.want(200, "nobody", "GET", "/livez", "")
		for _, r := range route.Table() {
			if !strings.HasPrefix(r.Path, organizationPath) {
				continue
			}
			path, body := node.request(r, "acme", "max", "red", "web")
			if out := node.ask("olga", r.Method, path, body); out.Code < 400 {
				t.Errorf("%v off: %s is answered %d", wrong, r.Name, out.Code)
			}
		}
		node.refused(503, app.ErrClock.Code, "olga", "POST", "/v1/organizations", `{"name":"New","slug":"new-one"}`)
		if w.version("acme") != now {
			t.Errorf("%v off: something was written", wrong)
		}
		if !strings.Contains(log.String(), "too far off") {
			t.Errorf("%v off: it does not say so: %s", wrong, log)
		}
	}
}
