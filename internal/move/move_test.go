package move

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/notice"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/internal/store/storetest"
	"github.com/commonhold/commonhold/org"
)

// A node is a server of its own over a database that others may share.
type node struct {
	testing.TB
	app *app.App
	*Mover
}

func newNode(t testing.TB, db store.DB) *node {
	c, err := org.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{DB: db, Catalog: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return &node{t, a, New(a, db, slog.New(slog.NewTextHandler(io.Discard, nil)))}
}

func (n *node) do(by app.Caller, in org.OrgID, c org.Command) org.OrgID {
	n.Helper()
	r, err := n.app.Do(n.Context(), by, in, c, app.Opts{})
	if err != nil {
		n.Fatalf("%T %+v: %v", c, c, err)
	}
	return r.State.ID()
}

// person makes somebody whose sign-in is vouched for.
func (n *node) person(name string) app.Caller {
	n.Helper()
	p, err := n.app.AddPerson(n.Context(), app.PersonFields{Name: name})
	if err == nil {
		_, err = n.app.Vouch(n.Context(), app.Caller{Operator: true}, p.ID, true)
	}
	if err != nil {
		n.Fatal(err)
	}
	return app.Caller{Operator: true, Key: "key_test", Person: p.ID}
}

func (n *node) project(by app.Caller, in org.OrgID, name org.Name, x org.ExternalID) org.ProjectID {
	n.Helper()
	n.do(by, in, org.CreateProject{Name: name, ExternalID: x})
	s, err := n.app.View(n.Context(), in, app.Freshness{Now: true})
	if err != nil {
		n.Fatal(err)
	}
	for p := range s.Projects(false, "") {
		if p.Name == name {
			return p.Project
		}
	}
	n.Fatalf("no project %s", name)
	return ""
}

// three founds three organizations of one owner, with a project in the first.
func (n *node) three() (olga app.Caller, orgs [3]org.OrgID, project org.ProjectID) {
	olga = n.person("Olga Example")
	for i := range orgs {
		orgs[i] = n.do(olga, "", org.CreateOrganization{Name: "Acme", Slug: org.Slug(fmt.Sprint("acme-", i))})
	}
	return olga, orgs, n.project(olga, orgs[0], "Web", "w-1")
}

func done(_, _ *org.State) any { return "done" }

func (n *node) has(in org.OrgID, p org.ProjectID) bool {
	n.Helper()
	s, err := n.app.View(n.Context(), in, app.Freshness{Now: true})
	if err != nil {
		n.Fatal(err)
	}
	_, has := s.Project(p)
	return has
}

// databases are those of every kind that there is.
func databases(t *testing.T, each func(t *testing.T, db store.DB)) {
	t.Run("memory", func(t *testing.T) { each(t, memory.Open()) })
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		each(t, db)
	})
	t.Run("postgres", func(t *testing.T) { each(t, onPostgres(t)) })
}

func TestBothLogsMoveInOneAppend_T57_I10(t *testing.T) {
	databases(t, func(t *testing.T, db store.DB) {
		n := newNode(t, db)
		olga, orgs, web := n.three()
		if _, err := n.Do(t.Context(), Request{Caller: olga, From: orgs[0], To: orgs[1], Move: org.MoveProject{Project: web}, In: orgs[0], Answer: done}); err != nil {
			t.Fatal(err)
		}
		row, err := db.Lookups().Find(t.Context(), string(org.LeadProject), string(web))
		if err != nil || row.Org != string(orgs[1]) {
			t.Fatalf("the project leads to %+v, %v", row, err)
		}
		if row, err := db.Lookups().Find(t.Context(), string(org.LeadProjectExternal), string(orgs[1])+" w-1"); err != nil || row.ID != string(web) {
			t.Errorf("the external id leads to %+v, %v", row, err)
		}
		if _, err := db.Lookups().Find(t.Context(), string(org.LeadProjectExternal), string(orgs[0])+" w-1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the external id leads on where the project left: %v", err)
		}
		if n.has(orgs[0], web) || !n.has(orgs[1], web) {
			t.Error("it is not in one of the two alone")
		}
		var command [2]string
		for i := range command {
			events, err := db.Log().Events(t.Context(), string(orgs[i]), 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if e.Name == "project.transferred" || e.Name == "project.received" {
					command[i] = e.Command
				}
			}
		}
		if command[0] == "" || command[0] != command[1] {
			t.Errorf("the two logs are not linked: %q", command)
		}
	})
}

// trials is how many trials a race gets.
func trials(short, long int) int {
	if os.Getenv("COMMONHOLD_LONG") != "" {
		return long
	}
	return short
}

// Two nodes over one database move one project to two organizations at the same instant: exactly one wins, and the
// project is in one organization after it.
func TestOfTwoTransfersExactlyOneWins_T57_I10(t *testing.T) {
	databases(t, func(t *testing.T, db store.DB) {
		a, b := newNode(t, db), newNode(t, db)
		olga, orgs, web := a.three()
		at := 0
		for trial := range trials(100, 10_000) {
			to := [2]int{(at + 1) % 3, (at + 2) % 3}
			var errs [2]error
			var start, both sync.WaitGroup
			start.Add(1)
			for i, n := range []*node{a, b} {
				both.Go(func() {
					start.Wait()
					_, errs[i] = n.Do(context.Background(), Request{Caller: olga, From: orgs[at], To: orgs[to[i]], Move: org.MoveProject{Project: web},
						In: orgs[at], Answer: done})
				})
			}
			start.Done()
			both.Wait()
			won := slices.IndexFunc(errs[:], func(err error) bool { return err == nil })
			if won < 0 || !errors.Is(errs[1-won], org.ErrUnknownProject) {
				t.Fatalf("trial %d: %v", trial, errs)
			}
			at = to[won]
			for i, in := range orgs {
				if a.has(in, web) != (i == at) || b.has(in, web) != (i == at) {
					t.Fatalf("trial %d: it is not in %d alone", trial, at)
				}
			}
		}
	})
}

// While a project goes to and fro, every reading of both heads at once finds it in exactly one of the two.
func TestProjectIsInExactlyOneOfTwoAtEveryVersion_T57_I10(t *testing.T) {
	db := memory.Open()
	n := newNode(t, db)
	olga, orgs, web := n.three()
	stopped := make(chan error, 1)
	go func() {
		for i := range trials(60, 2000) {
			if _, err := n.Do(context.Background(), Request{Caller: olga, From: orgs[i%2], To: orgs[1-i%2], Move: org.MoveProject{Project: web}, In: orgs[0], Answer: done}); err != nil {
				stopped <- err
				return
			}
		}
		stopped <- nil
	}()
	moving := true
	for looks := 0; moving || looks < 10; looks++ {
		select {
		case err := <-stopped:
			if moving = false; err != nil {
				t.Fatal(err)
			}
		default:
		}
		heads, err := db.Log().Heads(t.Context(), []string{string(orgs[0]), string(orgs[1])})
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, h := range heads {
			library := ledger.NewLibrary(t.Context(), db.Documents().Read)
			part, err := ledger.Read(t.Context(), db.Log(), org.OrgID(h.Org), library, org.Version(h.Version), func(ledger.Part) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			if _, has := part.After.Project(web); has {
				found++
			}
		}
		if found != 1 {
			t.Fatalf("it is in %d organizations at %+v", found, heads)
		}
	}
}

func TestMoveHappensOnceUnderAKey_I50(t *testing.T) {
	n := newNode(t, memory.Open())
	olga, orgs, web := n.three()
	r := Request{Caller: olga, From: orgs[0], To: orgs[1], Move: org.MoveProject{Project: web}, In: orgs[0], Key: "k", Sent: []byte("x"), Answer: done}
	for i := range 3 {
		out, err := n.Do(t.Context(), r)
		if err != nil || string(out.Answer) != `"done"` || out.Replayed != (i > 0) {
			t.Fatalf("%d: %+v, %v", i, out, err)
		}
	}
	r.Sent = []byte("y")
	if _, err := n.Do(t.Context(), r); !errors.Is(err, app.ErrKeyReused) {
		t.Errorf("another request under the key: %v", err)
	}
}

// A move whose append failed, or failed and happened all the same, is told as what it is.
func TestMoveTellsWhatBecameOfAnAppend_I49(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault storetest.Fault
		moved bool
		want  error
	}{
		{"failed", storetest.Fail, false, app.ErrUnavailable},
		{"failed and happened", storetest.FailDone, true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			fault := storetest.None
			db := storetest.Inject(memory.Open(), storetest.Plan{Append: func(int) storetest.Fault {
				f := fault
				fault = storetest.None
				return f
			}})
			n := newNode(t, db)
			olga, orgs, web := n.three()
			fault = c.fault
			_, err := n.Do(t.Context(), Request{Caller: olga, From: orgs[0], To: orgs[1], Move: org.MoveProject{Project: web}, In: orgs[0], Answer: done})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if n.has(orgs[0], web) == c.moved || n.has(orgs[1], web) != c.moved {
				t.Error("it is where it should not be")
			}
		})
	}
}

func TestOwnersAreToldThatAProjectLeft(t *testing.T) {
	db := memory.Open()
	n := newNode(t, db)
	olga, orgs, web := n.three()
	otto := n.person("Otto Example")
	n.do(olga, orgs[0], org.AddMember{Person: otto.Person, Role: org.RoleOwner})
	if _, err := n.Do(t.Context(), Request{Caller: olga, From: orgs[0], To: orgs[1], Move: org.MoveProject{Project: web}, In: orgs[0], Answer: done}); err != nil {
		t.Fatal(err)
	}
	told, err := db.Outbox().Claim(t.Context(), notice.Kind, int64(n.app.Now())+1e6, int64(n.app.Now())+2e6, 10)
	if err != nil || len(told) != 1 || told[0].Org != string(orgs[0]) {
		t.Fatalf("%+v, %v", told, err)
	}
}

func TestNothingLeadsToWhatIsNotThere(t *testing.T) {
	n := newNode(t, memory.Open())
	olga, orgs, web := n.three()
	nowhere := org.OrgID("org_00000000000000000000000000")
	for _, c := range []struct {
		name string
		r    Request
		want error
	}{
		{"to an organization that is not there", Request{From: orgs[0], To: nowhere, Move: org.MoveProject{Project: web}}, org.ErrNotThere},
		{"from one that is not there", Request{From: nowhere, To: orgs[1], Move: org.MoveProject{Project: web, ByOffer: true}}, org.ErrNotOffered},
	} {
		c.r.Caller, c.r.In, c.r.Answer = olga, orgs[0], done
		if _, err := n.Do(t.Context(), c.r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestLossesAreShownFirst(t *testing.T) {
	n := newNode(t, memory.Open())
	olga, orgs, web := n.three()
	otto := n.person("Otto Example")
	n.do(olga, orgs[0], org.AddMember{Person: otto.Person, Role: org.RoleMember})
	n.do(olga, orgs[0], org.Give{Project: web, Subject: org.Subject{Person: otto.Person}, Role: org.Analyst})
	states := [2]*org.State{}
	for i := range states {
		var err error
		if states[i], err = n.app.View(t.Context(), orgs[i], app.Freshness{Now: true}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		to   *org.State
		want map[org.PersonID]bool // who keeps something
	}{
		{"to an organization in which one of them is", states[1], map[org.PersonID]bool{olga.Person: true, otto.Person: false}},
		{"to nowhere", nil, map[org.PersonID]bool{olga.Person: false, otto.Person: false}},
	} {
		got := map[org.PersonID]bool{}
		for l := range Losses(states[0], c.to, olga.Actor(), n.app.Now(), org.MoveProject{Project: web, KeepGrants: true}, "") {
			got[l.Person] = len(l.Keeps) > 0
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
