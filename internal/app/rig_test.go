package app

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

// clock is a clock that a test moves. Times have no monotonic reading, so that only the wall counts.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// rig is an app under test with a clock, and whatever people the test asks for.
type rig struct {
	testing.TB
	*App
	db    store.DB
	clock *clock
}

func table(t testing.TB) *org.Catalog {
	c, err := org.NewCatalog(org.Row{Key: "reports:view", Scope: org.InProject, Sentence: "see reports", Category: "Reports",
		Project: org.ProjectRoles[:]})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newRig(t testing.TB, db store.DB, change ...func(*Options)) *rig {
	if db == nil {
		db = memory.Open()
	}
	c := &clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	o := Options{DB: db, Catalog: table(t), Clock: c.read}
	for _, f := range change {
		f(&o)
	}
	a, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return &rig{t, a, db, c}
}

var theOperator = Caller{Operator: true, Key: "key_test"}

func as(p org.PersonID) Caller { return Caller{Operator: true, Key: "key_test", Person: p} }

// person makes a person for whom the operator vouches.
func (r *rig) person(name string) org.PersonID {
	r.Helper()
	p, err := r.AddPerson(r.Context(), PersonFields{Name: name, Address: name + "@example.com", ExternalID: org.ExternalID("app-" + name)})
	if err == nil {
		_, err = r.Vouch(r.Context(), theOperator, p.ID, true)
	}
	if err != nil {
		r.Fatalf("person %s: %v", name, err)
	}
	return p.ID
}

// found makes an organization.
func (r *rig) found(slug string, owner org.PersonID) org.OrgID {
	r.Helper()
	res, err := r.Do(r.Context(), theOperator, "", org.CreateOrganization{Name: org.Name(slug), Slug: org.Slug(slug), Owner: owner}, Opts{})
	if err != nil {
		r.Fatalf("found %s: %v", slug, err)
	}
	return res.State.ID()
}

func (r *rig) do(by Caller, id org.OrgID, c org.Command) Result {
	r.Helper()
	res, err := r.Do(r.Context(), by, id, c, Opts{})
	if err != nil {
		r.Fatalf("%T: %v", c, err)
	}
	return res
}

// events returns the whole log of an organization after checking its chain.
func (r *rig) events(id org.OrgID) []store.Event {
	r.Helper()
	events, err := r.db.Log().Events(context.Background(), string(id), 0, 1_000_000)
	if err != nil {
		r.Fatal(err)
	}
	if err := store.Chain(0, nil, events); err != nil {
		r.Fatal(err)
	}
	return events
}

func people(r *rig, n int) []org.PersonID {
	out := make([]org.PersonID, n)
	for i := range out {
		out[i] = r.person(fmt.Sprintf("p%d", i))
	}
	return out
}
