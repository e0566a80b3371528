//go:build unix

package postgres

import (
	"fmt"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

// BenchmarkAppend appends to a server that syncs and, turn by turn in the same run, lets the plain driver insert the same
// events into a table of the same shape, one commit for each.
func BenchmarkAppend(b *testing.B) {
	server, err := pgtest.Start(pgtest.Safe)
	check(b, err)
	b.Cleanup(func() { check(b, server.Stop()) })
	db := openAt(b, server.Address(server.New(b, pgtest.Empty)))
	_, err = db.pool.Exec(b.Context(), `CREATE TABLE plain (LIKE events INCLUDING ALL)`)
	check(b, err)
	for _, size := range []int{1, 64} {
		b.Run(fmt.Sprintf("batch of %d", size), func(b *testing.B) {
			all := make([]storetest.History, 1000)
			for i := range all {
				all[i].Org = fmt.Sprintf("org_%d_%d_%d", size, b.N, i)
			}
			var ours, plain time.Duration
			next := 0
			for b.Loop() {
				batch := make([]store.Append, size)
				for i := range batch {
					batch[i] = all[next%len(all)].Next(1)
					next++
				}
				start := time.Now()
				check(b, db.Append(b.Context(), batch))
				ours += time.Since(start)
				start = time.Now()
				for i := range batch {
					e := &batch[i].Events[0]
					_, err := db.pool.Exec(b.Context(), `INSERT INTO plain VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, e.Org,
						int64(e.Version), e.At, e.Command, e.Actor, e.Via, e.Name, e.Data, blob(e.Prev), blob(e.Notes))
					check(b, err)
				}
				plain += time.Since(start)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(ours.Microseconds())/float64(b.N*size), "store-µs/append")
			b.ReportMetric(float64(plain.Microseconds())/float64(b.N*size), "plain-insert-µs/append")
		})
	}
}
