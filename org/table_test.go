package org

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Each version of a table keeps its rows, whatever happens to the ones made of it.
func TestTablesNeverChange(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	type version struct {
		table table[int]
		rows  []int
	}
	var versions []version
	var now version
	for step := range 400 {
		e := &edit{}
		for range 1 + r.IntN(branchRows/50) {
			now.rows = append(now.rows[:len(now.rows):len(now.rows)], step)
			if i := now.table.add(e, step); int(i) != len(now.rows)-1 {
				t.Fatalf("row %d was added as %d", len(now.rows)-1, i)
			}
		}
		now.rows = append([]int(nil), now.rows...)
		for range 3 {
			i := r.IntN(len(now.rows))
			now.rows[i] = -step
			*now.table.at(e, uint32(i)) = -step
		}
		if step%40 == 0 {
			versions = append(versions, now)
		}
	}
	for _, v := range append(versions, now) {
		if v.table.n != len(v.rows) {
			t.Fatalf("%d rows, not %d", v.table.n, len(v.rows))
		}
		for i, want := range v.rows {
			if got := *v.table.get(uint32(i)); got != want {
				t.Fatalf("of %d rows, row %d is %d, not %d", len(v.rows), i, got, want)
			}
		}
	}
}

// An index is held against a map; all versions keep their entries. Few hashes make full buckets.
func TestIndexIsAMap(t *testing.T) {
	for _, hashes := range []int{3, 50, 1 << 32} {
		t.Run(fmt.Sprintf("%d hashes", hashes), func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, uint64(hashes)))
			hash := func(row uint32) uint32 { return uint32((uint64(row) * 0x9E3779B97F4A7C15 >> 20) % uint64(hashes)) }
			in := map[uint32]bool{}
			var x index
			kept, keptIn := x, map[uint32]bool{}
			for step := range 3_000 {
				row, e := r.Uint32N(300), &edit{}
				switch {
				case in[row]:
					x.drop(e, hash(row), row)
					delete(in, row)
				default:
					x.put(e, hash(row), row)
					in[row] = true
				}
				if step == 1_500 {
					kept = x
					for row := range in {
						keptIn[row] = true
					}
				}
			}
			holds(t, &x, in, hash)
			holds(t, &kept, keptIn, hash)
		})
	}
}

func holds(t *testing.T, x *index, in map[uint32]bool, hash func(uint32) uint32) {
	t.Helper()
	if x.n != len(in) {
		t.Fatalf("%d entries, not %d", x.n, len(in))
	}
	for row := range uint32(300) {
		found := x.find(hash(row), func(is uint32) bool { return is == row })
		if in[row] && found != row || !in[row] && found != noRow {
			t.Fatalf("row %d is found as %d", row, found)
		}
	}
}
