package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/catalog"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/org"
)

// appends compares durable writes with the plain driver doing one insert and one commit, all with full sync.
func appends(rounds int) error {
	dir, err := os.MkdirTemp("", "commonhold-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	plain, err := openPlain(filepath.Join(dir, "plain.db"))
	if err != nil {
		return err
	}
	defer plain.Close()
	db, err := sqlite.Open(ctx, filepath.Join(dir, "store"))
	if err != nil {
		return err
	}
	defer db.Close()
	service, id, owner, err := newService(ctx, db)
	if err != nil {
		return err
	}
	defer service.Close()

	const writes = 2000
	log := &chain{org: "org_00000000000000000000000000"}
	var broken error
	one := pair(rounds, func() { broken = log.append(ctx, db.Log(), writes, broken) }, func() { broken = plain.insert(writes, broken) })
	many := pair(rounds, func() { broken = together(ctx, service, id, owner, writes, broken) }, func() { broken = plain.insert(writes, broken) })
	if broken != nil {
		return broken
	}
	title("Durable writes on SQLite, full sync; microseconds a write: median (least–most)")
	fmt.Printf("%-50s %24s\n", "plain driver, one insert one commit", per(one.reference, writes).in(1000, 0))
	fmt.Printf("%-50s %24s  %s of the plain driver's time\n", "store, one append of one event", per(one.ours, writes).in(1000, 0), spreadOf(one.ratios()).in(1, 2))
	rate := make([]float64, len(many.ours))
	for i, r := range many.ratios() {
		rate[i] = 1 / r
	}
	fmt.Printf("%-50s %24s  %s times the plain driver's rate\n", "64 callers running commands that share appends", per(many.ours, writes).in(1000, 0), spreadOf(rate).in(1, 1))
	return nil
}

// plainDriver is what a program would write that wants one row durable.
type plainDriver struct {
	*sql.DB
	n int
}

func openPlain(file string) (*plainDriver, error) {
	db, err := sql.Open("sqlite", file+"?_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE events (org TEXT, version INTEGER, at INTEGER, command TEXT, actor TEXT, via TEXT, name TEXT,
		data BLOB, prev BLOB, PRIMARY KEY (org, version)) WITHOUT ROWID`)
	return &plainDriver{DB: db}, err
}

func (d *plainDriver) insert(n int, broken error) error {
	for range n {
		d.n++
		_, err := d.Exec(`INSERT INTO events VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, "org_00000000000000000000000000", d.n, 1e15,
			"cmd_00000000000000000000000000", "operator", "", "team.created", eventData, make([]byte, 32))
		if err != nil {
			broken = err
		}
	}
	return broken
}

var eventData = []byte(`{"team":"team_00000000000000000000000000","name":"A team with a name","source":"hand"}`)

// chain is a log that one caller appends to.
type chain struct {
	org     string
	version uint64
	hash    []byte
}

func (c *chain) append(ctx context.Context, log store.Log, n int, broken error) error {
	for range n {
		e := store.Event{Org: c.org, Version: c.version + 1, At: 1e15, Command: "cmd_00000000000000000000000000", Actor: "operator",
			Name: "team.created", Data: eventData, Prev: c.hash}
		hash := store.Hash(e)
		if err := log.Append(ctx, []store.Append{{Org: c.org, After: c.version, Events: []store.Event{e}, Hash: hash}}); err != nil {
			return err
		}
		c.version, c.hash = e.Version, hash
	}
	return broken
}

func newService(ctx context.Context, db store.DB) (*app.App, org.OrgID, org.PersonID, error) {
	service, err := app.New(ctx, app.Options{DB: db, Catalog: catalog.Default()})
	if err != nil {
		return nil, "", "", err
	}
	owner, err := service.AddPerson(ctx, app.PersonFields{Name: "Olga"})
	if err != nil {
		return nil, "", "", err
	}
	r, err := service.Do(ctx, app.Caller{Operator: true, Key: "key_bench"}, "", org.CreateOrganization{Name: "Acme", Slug: "acme", Owner: owner.ID}, app.Opts{})
	if err != nil {
		return nil, "", "", err
	}
	return service, r.State.ID(), owner.ID, nil
}

var made atomic.Int64

// together runs commands of 64 callers of one organization.
func together(ctx context.Context, service *app.App, id org.OrgID, owner org.PersonID, n int, broken error) error {
	const callers = 64
	failed := make(chan error, callers)
	var wait sync.WaitGroup
	for range callers {
		wait.Go(func() {
			for range n / callers {
				name := org.Name(fmt.Sprint("Team ", made.Add(1)))
				if _, err := service.Do(ctx, app.Caller{Operator: true, Key: "key_bench", Person: owner}, id, org.CreateTeam{Name: name}, app.Opts{}); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wait.Wait()
	select {
	case err := <-failed:
		return err
	case <-time.After(0):
		return broken
	}
}
