package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/commonhold/commonhold/bench/workload"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/catalog"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/postgres"
	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/org"
)

// database is one that a node runs on, and how to open it anew.
type database struct {
	name string
	open func(ctx context.Context) (store.DB, error)
	size func() string // on disk
	end  func() error
}

// databases are made one after another; PostgreSQL only where its programs are.
func databases() iter.Seq2[*database, error] {
	return func(yield func(*database, error) bool) {
		for _, make := range []func() (*database, error){newSQLite, newPostgres} {
			db, err := make()
			if errors.Is(err, pgtest.ErrNone) {
				fmt.Println("PostgreSQL is not on this machine: left out")
				continue
			}
			if !yield(db, err) || err != nil {
				return
			}
		}
	}
}

func newSQLite() (*database, error) {
	dir, err := os.MkdirTemp("", "commonhold-bench")
	return &database{
		name: "SQLite",
		open: func(ctx context.Context) (store.DB, error) { return sqlite.Open(ctx, dir) },
		size: func() string {
			about, err := os.Stat(filepath.Join(dir, "commonhold.db"))
			if err != nil {
				return err.Error()
			}
			return fmt.Sprintf("%d MiB", about.Size()>>20)
		},
		end: func() error { return os.RemoveAll(dir) },
	}, err
}

func newPostgres() (*database, error) {
	server, err := pgtest.Start(pgtest.Safe)
	if err != nil {
		return nil, err
	}
	return &database{
		name: "PostgreSQL",
		open: func(ctx context.Context) (store.DB, error) { return postgres.Open(ctx, server.Address("postgres")) },
		size: func() string { return "" },
		end:  server.Stop,
	}, nil
}

// pour appends a log as its facts were written, many to an append, with their look-up rows.
func pour(ctx context.Context, db store.DB, l *logs, id org.OrgID, log []record) error {
	state, hash := org.Empty(l), []byte(nil)
	replay := state.Replay()
	for part := range slices.Chunk(log, page) {
		a := store.Append{Org: string(id), After: uint64(part[0].Version - 1)}
		facts := make([]org.Stamped, len(part))
		for i, r := range part {
			actor := string(r.Actor)
			if actor == "" {
				actor = "operator"
			}
			e := store.Event{Org: a.Org, Version: uint64(r.Version), At: int64(r.At), Command: fmt.Sprintf("cmd_%026d", r.Version),
				Actor: actor, Name: r.name, Data: r.data, Prev: hash}
			hash = store.Hash(e)
			a.Events = append(a.Events, e)
			fact, err := org.Decode(r.name, r.data)
			if err != nil {
				return err
			}
			facts[i] = org.Stamped{Meta: r.Meta, Event: fact}
		}
		for _, lead := range org.Leads(replay.State(), facts) {
			a.Set = append(a.Set, store.Lookup{Kind: string(lead.Kind), Key: lead.Key, Org: a.Org, ID: lead.ID})
		}
		a.Hash = hash
		if err := db.Log().Append(ctx, []store.Append{a}); err != nil {
			return err
		}
		if err := replay.Fold(facts...); err != nil {
			return err
		}
	}
	return nil
}

// node opens a node on a database, as a start of the program does.
func node(ctx context.Context, d *database, l *logs, cache, gap int) (*app.App, func() error, error) {
	db, err := d.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := db.Documents().Keep(ctx, string(l.only.Digest()), l.only.Document()); err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	service, err := app.New(ctx, app.Options{DB: db, Catalog: catalog.Default(), CacheBytes: cache, SnapshotGap: gap})
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return service, func() error { service.Close(); return db.Close() }, nil
}

// never is a snapshot gap that no log reaches.
const never = 1 << 40

// nodes measures one large organization on a node, on each database.
func nodes(l *logs, w *workload.Workload, rounds int) error {
	id := org.OrgID(workload.Ids("org_", 1)[0])
	title(fmt.Sprintf("A node with one organization at L, %d facts: by database", len(l.records[0])))
	for d, err := range databases() {
		if err != nil {
			return err
		}
		if err := errors.Join(large(d, l, id, rounds), d.end()); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
	}
	return nil
}

func line(d *database, what, value string) { fmt.Printf("%-12s %-62s %s\n", d.name, what, value) }

func seconds(t time.Duration) string { return fmt.Sprintf("%.2f s", t.Seconds()) }

// processor is how much of the processor's time this process has had, which other work on the machine does not change.
func processor() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func large(d *database, l *logs, id org.OrgID, rounds int) (err error) {
	ctx := context.Background()
	db, err := d.open(ctx)
	if err != nil {
		return err
	}
	took := timed(func() { err = pour(ctx, db, l, id, l.records[0]) })
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	line(d, "write the log, 1,000 facts a commit, with look-up rows", fmt.Sprintf("%s  %s", seconds(took), d.size()))

	start := func(gap int) (service *app.App, end func() error, took string, err error) {
		had := processor()
		waited := timed(func() {
			if service, end, err = node(ctx, d, l, 1<<32, gap); err == nil {
				_, err = service.View(ctx, id, app.Freshness{})
			}
		})
		return service, end, fmt.Sprintf("%s, of the processor %s", seconds(waited), seconds(processor()-had)), err
	}
	before := heap()
	service, end, cold, err := start(never)
	if err != nil {
		return err
	}
	line(d, "start and answer the first question, from the log", cold)
	line(d, "heap of the node", fmt.Sprintf("%d MiB", (heap()-before)>>20))
	if err := end(); err != nil {
		return err
	}
	service, end, _, err = start(2000)
	if err != nil {
		return err
	}
	for service.Stats().Snapshots.Load() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	if err := end(); err != nil {
		return err
	}
	service, end, warm, err := start(2000)
	if err != nil {
		return err
	}
	line(d, "start and answer the first question, from a snapshot", warm)
	if err := oneByOne(ctx, d, l, service, id, rounds); err != nil {
		return err
	}
	return end()
}

// oneByOne measures commands of one caller, each durable before the next, and pages of lists.
func oneByOne(ctx context.Context, d *database, l *logs, service *app.App, id org.OrgID, rounds int) error {
	s, err := service.View(ctx, id, app.Freshness{})
	if err != nil {
		return err
	}
	owner := app.Caller{Operator: true, Key: "key_bench", Person: s.Owners(now)[0]}
	var times []time.Duration
	for i := range 40 * rounds {
		cmd := org.CreateTeam{Name: org.Name(fmt.Sprintf("Made by the benchmark %d", i))}
		times = append(times, timed(func() {
			if _, failed := service.Do(ctx, owner, id, cmd, app.Opts{}); failed != nil {
				err = failed
			}
		}))
	}
	if err != nil {
		return err
	}
	slices.Sort(times)
	line(d, "one command, durable: median, 99th of 100", fmt.Sprintf("%.2f ms, %.2f ms",
		times[len(times)/2].Seconds()*1000, times[len(times)*99/100].Seconds()*1000))
	s, err = service.View(ctx, id, app.Freshness{})
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 1))
	person := func() org.PersonID { return org.PersonID(l.people[r.IntN(len(l.people))]) }
	project := func() org.ProjectID { return org.ProjectID(l.projects[r.IntN(len(l.projects))]) }
	for _, list := range []struct {
		name string
		page func() int
	}{
		{"100 members, from anywhere", func() int { return taken(s.Members(now, person())) }},
		{"the first 100 projects that a person may see", func() int { return taken(s.ProjectsWhere(person(), "project:view", now, "")) }},
		{"the first 100 people who may see a project", func() int { return taken(s.PeopleWhere(project(), "project:view", now, "")) }},
		{"the first 100 people with a role in a project", func() int { return taken(s.PeopleOf(project(), now, "")) }},
	} {
		var times []time.Duration
		rows := 0
		for range 40 * rounds {
			times = append(times, timed(func() { rows += list.page() }))
		}
		line(d, "list: "+list.name, fmt.Sprintf("%s µs, %.0f rows", per(times, 1).in(1000, 0), float64(rows)/float64(len(times))))
	}
	return nil
}

// taken walks the first hundred rows of a list.
func taken[T any](rows iter.Seq[T]) (n int) {
	for range rows {
		if n++; n == 100 {
			break
		}
	}
	return n
}

// village is a small organization of which a node has ten thousand.
var village = workload.Size{Name: "10,000", Orgs: 10_000, People: 25, Teams: 5, Projects: 10, Owners: 1, Admins: 1, Billing: 1,
	Roles: 4, Places: 2, Carried: 3}

// many measures ten thousand organizations on one node whose cache holds a tenth of them.
func many(rounds int) error {
	w := workload.Draw(village)
	l, err := newLogs(w)
	if err != nil {
		return err
	}
	title(fmt.Sprintf("A node with %d organizations and a cache of a tenth of them, %d grants: by database", w.Orgs, w.Grants()))
	for d, err := range databases() {
		if err != nil {
			return err
		}
		if err := errors.Join(villages(d, l, w, rounds), d.end()); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
	}
	return nil
}

func villages(d *database, l *logs, w *workload.Workload, rounds int) error {
	ctx := context.Background()
	ids := workload.Ids("org_", w.Orgs)
	db, err := d.open(ctx)
	if err != nil {
		return err
	}
	facts, weight := 0, 0
	took := timed(func() {
		for o, id := range ids {
			if err == nil {
				err = pour(ctx, db, l, org.OrgID(id), l.records[o])
			}
			facts += len(l.records[o])
		}
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	line(d, fmt.Sprintf("write %d facts, one commit an organization", facts), fmt.Sprintf("%s  %s", seconds(took), d.size()))
	for o := range 100 {
		s, err := fold(l, l.records[o])
		if err != nil {
			return err
		}
		weight += s.Size()
	}
	runtime.GC()
	before := heap()
	service, end, err := node(ctx, d, l, weight*w.Orgs/100/10, 0)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(2, 2))
	zipf := rand.NewZipf(r, 1.1, 1, uint64(w.Orgs-1))
	for _, draw := range []struct {
		name string
		next func() int
	}{
		{"any organization alike", func() int { return r.IntN(w.Orgs) }},
		{"some far more often than others (Zipf 1.1)", func() int { return int(zipf.Uint64()) }},
	} {
		loads := service.Stats().Loads.Load()
		times := make([]time.Duration, 0, 2000*rounds)
		for range 2000 * rounds {
			o := draw.next()
			person, project := org.PersonID(l.people[o*w.People+r.IntN(w.People)]), org.ProjectID(l.projects[o*w.Size.Projects+r.IntN(w.Size.Projects)])
			times = append(times, timed(func() {
				s, failed := service.View(ctx, org.OrgID(ids[o]), app.Freshness{})
				if failed != nil {
					err = failed
					return
				}
				s.Check(person, permissions[workload.View], project, now)
			}))
		}
		if err != nil {
			return err
		}
		slices.Sort(times)
		micro := func(q int) float64 { return float64(times[len(times)*q/100].Nanoseconds()) / 1000 }
		line(d, "check, "+draw.name, fmt.Sprintf("median %.1f µs, 95th %.0f µs, 99th %.0f µs, %.0f %% loaded", micro(50), micro(95), micro(99),
			100*float64(service.Stats().Loads.Load()-loads)/float64(len(times))))
	}
	held, bytes := service.Cached()
	line(d, "held at the end", fmt.Sprintf("%d organizations, %d MiB by their own count, heap %d MiB", held, bytes>>20, (heap()-before)>>20))
	return end()
}
