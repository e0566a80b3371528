package org

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func ordered(a, b tie) int {
	return slices.Compare([]uint32{a.to, uint32(a.role), uint32(a.source)}, []uint32{b.to, uint32(b.role), uint32(b.source)})
}

// Ties packed into words are held against a plain sorted list of them.
func TestTiesAreASortedList(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var packed ties
	var plain []tie
	for range 5_000 {
		v := tie{at: Instant(r.Int64N(1 << 52)), to: r.Uint32N(20), by: r.Uint32(), window: r.Uint32N(3), role: roleNumber(r.IntN(5)),
			source: uint8(1 + r.IntN(3)), manage: r.IntN(2) == 0}
		if r.IntN(8) == 0 {
			v.to = noRow - r.Uint32N(2)
		}
		i, found := slices.BinarySearchFunc(plain, v, ordered)
		if at, is := packed.find(v); at != i || is != found {
			t.Fatalf("%+v is found at %d (%v), not at %d (%v)", v, at, is, i, found)
		}
		before := slices.Clone(packed)
		was := packed
		switch {
		case found && r.IntN(2) == 0 || len(plain) > 60:
			i = min(i, len(plain)-1)
			packed, plain = packed.without(i), slices.Delete(plain, i, i+1)
		case found:
			packed, plain[i] = packed.with(v), v
		default:
			packed, plain = packed.with(v), slices.Insert(plain, i, v)
		}
		if !slices.Equal(was, before) {
			t.Fatal("changing ties changed the ones they were made of")
		}
		compare(t, packed, plain)
	}
}

func compare(t *testing.T, packed ties, plain []tie) {
	t.Helper()
	if packed.len() != len(plain) {
		t.Fatalf("%d ties, not %d", packed.len(), len(plain))
	}
	for i, v := range packed.all() {
		if v != plain[i] || packed.at(i) != v || packed.window(i) != v.window || (packed.link(i)&bounded != 0) != (v.window != 0) {
			t.Fatalf("tie %d is %+v, not %+v", i, v, plain[i])
		}
	}
	for to := range uint32(21) {
		var want []tie
		for _, v := range plain {
			if v.to == to {
				want = append(want, v)
			}
		}
		if got := packed.to(to); !slices.Equal(got, want) || packed.leadTo(to) != (len(want) > 0) {
			t.Fatalf("to %d lead %v, not %v", to, got, want)
		}
	}
}

func TestAnyGivesReadsFewTiesAndSearchesMany(t *testing.T) {
	s := &State{}
	for n := range 3 * few {
		var held ties
		for i := range n {
			held = held.with(tie{to: uint32(2 * i), role: Analyst.number(), source: 1})
			held = held.with(tie{to: uint32(2 * i), role: Consumer.number(), source: 1})
		}
		analysts, owners := roles(1<<Analyst.number()), roles(1<<Owner.number())
		for to := range uint32(2*n + 2) {
			if got := s.anyGives(held, to, analysts, 0, 1); got != (to%2 == 0 && int(to) < 2*n) {
				t.Fatalf("%d ties: analyst on %d is %v", 2*n, to, got)
			}
			if s.anyGives(held, to, owners, 0, 1) {
				t.Fatalf("%d ties: owner on %d", 2*n, to)
			}
		}
	}
}
