package invite

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"
	"testing"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/org"
)

// A node is a server of its own over a database that others may share.
type node struct {
	testing.TB
	app *app.App
	*Inviter
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
	return &node{t, a, New(a, db, slog.New(slog.NewTextHandler(io.Discard, nil)), "https://example.com")}
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

func (n *node) do(by app.Caller, in org.OrgID, c org.Command) *org.State {
	n.Helper()
	r, err := n.app.Do(n.Context(), by, in, c, app.Opts{})
	if err != nil {
		n.Fatalf("%T %+v: %v", c, c, err)
	}
	return r.State
}

// mailed invites an address once more and returns the invitation, which is the next after the last, and what its mail holds.
func (n *node) mailed(by app.Caller, in org.OrgID, to string, last org.InvitationID) (org.InvitationID, string) {
	n.Helper()
	made, err := n.Inviter.Do(n.Context(), by, in, []Row{{To: to}}, app.Opts{})
	if err != nil {
		n.Fatal(err)
	}
	id := last
	for x := range made.State.Invitations(n.app.Now(), last) {
		id = x.Invitation
	}
	l, err := n.mint(n.Context(), link{Org: in, Invitation: id, Mailed: digest(to)})
	if err != nil {
		n.Fatal(err)
	}
	return id, l.Token
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

// Two accounts open one mailed link at the same instant on two nodes over one database: exactly one gets in, and the
// other is told that the link was used.
func TestTheLastUseOfALinkIsOne_T66_I30(t *testing.T) {
	trials := 50
	if os.Getenv("COMMONHOLD_LONG") != "" {
		trials = 10_000
	}
	databases(t, func(t *testing.T, db store.DB) {
		nodes := []*node{newNode(t, db), newNode(t, db)}
		olga := nodes[0].person("Olga Example")
		guests := []app.Caller{nodes[0].person("Zed Example"), nodes[0].person("Yan Example")}
		acme := nodes[0].do(olga, "", org.CreateOrganization{Name: "Acme", Slug: "acme"}).ID()
		won := [2]int{}
		last := org.InvitationID("")
		for trial := range trials {
			id, token := nodes[trial%2].mailed(olga, acme, "guest@example.net", last)
			last = id
			var errs [2]error
			var both sync.WaitGroup
			begin := make(chan struct{})
			for k, n := range nodes {
				both.Go(func() {
					<-begin
					_, errs[k] = n.Accept(t.Context(), guests[k], acme, id, token, app.Opts{})
				})
			}
			close(begin)
			both.Wait()
			winner := 0
			if errs[0] != nil {
				winner = 1
			}
			if errs[winner] != nil || !errors.Is(errs[1-winner], org.ErrInvitationUsed) {
				t.Fatalf("trial %d: %v", trial, errs)
			}
			won[winner]++
			if left := nodes[trial%2].do(guests[winner], acme, org.Leave{}); left.Counts().Active != 1 {
				t.Fatalf("trial %d: %d are in", trial, left.Counts().Active)
			}
		}
		t.Logf("%d trials: the first won %d, the second %d", trials, won[0], won[1])
	})
}
