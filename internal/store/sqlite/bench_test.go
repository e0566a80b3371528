package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

// BenchmarkAppend appends and, turn by turn in the same run, lets the plain driver write the same rows into another
// file of the same schema with the same settings, one commit for each event: one insert of the event and, as the fairer
// comparison, the head with it.
func BenchmarkAppend(b *testing.B) {
	for _, r := range []struct {
		name string
		size int
	}{{"one", 1}, {"batch of 64", 64}} {
		b.Run(r.name, func(b *testing.B) { benchmarkAppend(b, r.size) })
	}
}

func benchmarkAppend(b *testing.B, size int) {
	ctx := b.Context()
	db, plain := openIn(b, b.TempDir()), openPlain(b)
	ours := make([]storetest.History, 1000)
	for i := range ours {
		ours[i].Org = "org_" + string(rune('a'+i%26)) + string(rune('a'+i/26))
	}
	theirs := append([]storetest.History(nil), ours...)

	var spent, spentInsert, spentBoth time.Duration
	next := 0
	for b.Loop() {
		batch := make([]store.Append, size)
		inserts := make([]store.Append, size)
		for i := range batch {
			batch[i] = ours[next%len(ours)].Next(1)
			inserts[i] = theirs[next%len(ours)].Next(1)
			next++
		}
		spent += took(b, func() error { return db.Append(ctx, batch) })
		spentBoth += took(b, func() error { return plain.write(ctx, inserts, true) })
		for i := range inserts { // beside the rows that are there
			inserts[i].Events[0].Org += "_"
		}
		spentInsert += took(b, func() error { return plain.write(ctx, inserts, false) })
	}
	per := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(b.N*size) }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(per(spent), "store-µs/append")
	b.ReportMetric(per(spentInsert), "plain-insert-µs/append")
	b.ReportMetric(per(spentBoth), "plain-same-rows-µs/append")
	b.ReportMetric(spentInsert.Seconds()/spent.Seconds(), "x-plain-insert")
	b.ReportMetric(spentBoth.Seconds()/spent.Seconds(), "x-plain-same-rows")
}

func took(b *testing.B, do func() error) time.Duration {
	start := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// plainDriver writes events one by one, each in a transaction of its own, as any program would.
type plainDriver struct {
	db                *sql.DB
	event, head, move *sql.Stmt
}

func openPlain(b *testing.B) *plainDriver {
	b.Helper()
	file := filepath.Join(b.TempDir(), "plain.db")
	db, err := sql.Open("sqlite", file+"?_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if err := migrate(b.Context(), db); err != nil {
		b.Fatal(err)
	}
	p := &plainDriver{db: db}
	for text, stmt := range map[string]**sql.Stmt{insertEvent: &p.event, startHead: &p.head, moveHead: &p.move} {
		if *stmt, err = db.Prepare(text); err != nil {
			b.Fatal(err)
		}
	}
	return p
}

func (p *plainDriver) write(ctx context.Context, appends []store.Append, heads bool) error {
	for _, a := range appends {
		if err := p.writeOne(ctx, a, heads); err != nil {
			return err
		}
	}
	return nil
}

func (p *plainDriver) writeOne(ctx context.Context, a store.Append, heads bool) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	e := a.Events[0]
	_, err = tx.Stmt(p.event).Exec(e.Org, int64(e.Version), e.At, e.Command, e.Actor, e.Via, e.Name, e.Data, blob(e.Prev))
	if err != nil {
		return err
	}
	switch {
	case heads && a.After == 0:
		_, err = tx.Stmt(p.head).Exec(e.Org, int64(e.Version), e.At, a.Hash)
	case heads:
		_, err = tx.Stmt(p.move).Exec(int64(e.Version), e.At, a.Hash, e.Org, int64(a.After))
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

// BenchmarkRead reads from a file in which 100 organizations took turns.
func BenchmarkRead(b *testing.B) {
	db := openIn(b, b.TempDir())
	all := make([]storetest.History, 100)
	for i := range all {
		all[i].Org = fmt.Sprintf("org_01h455vb4pex5vsknk084sn%03d", i)
	}
	for range 1000 {
		batch := make([]store.Append, len(all))
		for i := range all {
			batch[i] = all[i].Next(1)
		}
		if err := db.Append(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	for _, r := range []struct {
		name string
		read func(ctx context.Context, org string) (int, error)
		want int
	}{
		{"a log of 1000 events", func(ctx context.Context, org string) (int, error) {
			events, err := db.Events(ctx, org, 0, 2000)
			return len(events), err
		}, 1000},
		{"one head", func(ctx context.Context, org string) (int, error) {
			heads, err := db.Heads(ctx, []string{org})
			return len(heads), err
		}, 1},
	} {
		b.Run(r.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if n, err := r.read(b.Context(), all[i%len(all)].Org); err != nil || n != r.want {
					b.Fatal(n, err)
				}
			}
		})
	}
}
