package demo

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/catalog"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

var today = time.Date(2026, 11, 23, 20, 30, 0, 0, time.UTC)

func opener(t *testing.T, db store.DB) Open {
	return func(clock func() time.Time) (*app.App, error) {
		return app.New(t.Context(), app.Options{DB: db, Catalog: catalog.Default(), Clock: clock})
	}
}

// present opens an app that lives now, on what the demo left.
func present(t *testing.T, db store.DB) (*app.App, *org.State) {
	t.Helper()
	a, err := opener(t, db)(func() time.Time { return today })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	id, err := a.FindOrganization(t.Context(), Slug)
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.View(t.Context(), id, app.Freshness{})
	if err != nil {
		t.Fatal(err)
	}
	return a, s
}

func told(t *testing.T, ctx context.Context, db store.DB) bool {
	t.Helper()
	told, err := Fill(ctx, today, opener(t, db))
	if err != nil {
		t.Fatal(err)
	}
	return told
}

func TestTheDemoLooksLivedIn(t *testing.T) {
	db := memory.Open()
	if !told(t, t.Context(), db) {
		t.Fatal("nothing was told")
	}
	_, s := present(t, db)
	now := org.At(today)
	members := slices.Collect(func(yield func(org.Member) bool) { s.Members(now, "")(yield) })
	if c := s.Counts(); len(members) != 60 || c.Teams != 8 || c.Projects != 12 || c.Suspended != 1 {
		t.Errorf("%d members, %+v", len(members), c)
	}
	roles := map[org.OrgRole]int{}
	soon, later, ready := 0, 0, 0
	for _, m := range members {
		roles[m.Role]++
		if m.End != 0 && m.End < now+7*day {
			soon++
		}
		if m.Start > now {
			later++
		}
		if m.Ready {
			ready++
		}
	}
	if roles[org.RoleOwner] != 2 || roles[org.RoleAdmin] != 4 || roles[org.RoleBillingAdmin] != 2 || soon != 1 || later != 1 || ready != 60 {
		t.Errorf("roles %v, %d end soon, %d start later, %d are ready", roles, soon, later, ready)
	}
	everyone := 0
	for p := range s.Projects(false, "") {
		if p.Everyone {
			everyone++
		}
		if p.People == 0 {
			t.Errorf("nobody has %s", p.Name)
		}
	}
	if everyone != 1 || s.External() != finished || !s.Entered() {
		t.Errorf("%d projects are open to everyone, external id %s", everyone, s.External())
	}
}

const day = org.Instant(24 * 60 * 60 * 1e6)

func TestTheDemosFactsLieInThePast(t *testing.T) {
	db := memory.Open()
	told(t, t.Context(), db)
	a, s := present(t, db)
	facts, err := a.History(t.Context(), s.ID(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	first, last := facts[0].At.Time(), facts[len(facts)-1].At.Time()
	if today.Sub(first) < 41*24*time.Hour || today.Sub(first) > 43*24*time.Hour || !last.Before(today) || today.Sub(last) > 3*24*time.Hour {
		t.Errorf("from %v to %v", first, last)
	}
	names := map[string]bool{}
	for _, f := range facts {
		name, _ := org.Encode(f.Event)
		names[name] = true
	}
	for _, name := range []string{"member.suspended", "member.removed", "member.restored", "project.renamed", "organization.entered", "grant.taken"} {
		if !names[name] {
			t.Errorf("no %s among %v", name, names)
		}
	}
}

func TestTheDemoIsToldOnce(t *testing.T) {
	db := memory.Open()
	told(t, t.Context(), db)
	_, before := present(t, db)
	if told(t, t.Context(), db) {
		t.Error("it was told again")
	}
	if _, after := present(t, db); after.Version() != before.Version() {
		t.Errorf("version %d became %d", before.Version(), after.Version())
	}
}

func TestTheDemoLeavesOtherOrganizationsAlone(t *testing.T) {
	db := memory.Open()
	a, err := opener(t, db)(func() time.Time { return today })
	if err != nil {
		t.Fatal(err)
	}
	p, err := a.AddPerson(t.Context(), app.PersonFields{Name: "Ada"})
	if err == nil {
		_, err = a.Do(t.Context(), app.Caller{Operator: true}, "", org.CreateOrganization{Name: "Acme", Slug: "acme", Owner: p.ID}, app.Opts{})
	}
	a.Close()
	if err != nil || told(t, t.Context(), db) {
		t.Errorf("the demo was told beside another organization: %v", err)
	}
}

func TestADemoThatDiedGoesOn(t *testing.T) {
	whole := memory.Open()
	told(t, t.Context(), whole)
	_, want := present(t, whole)

	db := memory.Open()
	died := errors.New("died")
	for _, steps := range []int{1, 40, 41, 100} {
		_, err := Fill(t.Context(), today, func(clock func() time.Time) (*app.App, error) {
			return opener(t, &mortal{DB: db, log: &mortalLog{Log: db.Log(), left: steps, died: died}})(clock)
		})
		if err == nil {
			t.Fatalf("it did not die after %d appends", steps)
		}
	}
	if !told(t, t.Context(), db) {
		t.Fatal("nothing was told")
	}
	_, got := present(t, db)
	if got.Version() != want.Version() || got.Counts() != want.Counts() {
		t.Errorf("version %d with %+v, want %d with %+v", got.Version(), got.Counts(), want.Version(), want.Counts())
	}
}

// mortal is a store whose log fails for good after a number of appends.
type mortal struct {
	store.DB
	log *mortalLog
}

func (m *mortal) Log() store.Log { return m.log }

type mortalLog struct {
	store.Log
	left int
	died error
}

func (l *mortalLog) Append(ctx context.Context, batch []store.Append) error {
	if l.left == 0 {
		return l.died
	}
	l.left--
	return l.Log.Append(ctx, batch)
}
