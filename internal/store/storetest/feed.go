package storetest

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) feed(t *testing.T) {
	s.each(t, []row{
		{"an empty feed has nothing, and its end is before all that comes", func(t *testing.T, db store.DB) {
			end := newest(t, db)
			want(t, "events", len(follow(t, db, "", 10)), 0)
			h := History{Org: "org_1"}
			write(t, db, h.Next(2))
			want(t, "events behind the end", len(follow(t, db, end, 10)), 2)
		}},
		{"I-51 every event comes once, those of an organization in order of version, at every page size", everyEventOnce},
		{"I-51 what comes in while somebody follows is passed over by nobody", followWhileWriting},
		{"nothing comes behind the end until something is written", func(t *testing.T, db store.DB) {
			h, other := History{Org: "org_2"}, History{Org: "org_1 ü"}
			write(t, db, h.Next(3), other.Next(1))
			end := newest(t, db)
			want(t, "events behind the end", len(follow(t, db, end, 10)), 0)
			a := other.Next(0)
			a.Set = []store.Lookup{{Kind: "slug", Key: "s", Org: other.Org, ID: "x"}}
			write(t, db, a)
			want(t, "events behind an append without any", len(follow(t, db, end, 10)), 0)
			write(t, db, other.Next(2))
			got := follow(t, db, end, 10)
			want(t, "events behind the end", len(got), 2)
			want(t, "the first", fmt.Sprint(got[0].Org, got[0].Version), fmt.Sprint(other.Org, 2))
		}},
		{"an append that was refused leaves nothing in the feed", func(t *testing.T, db store.DB) {
			h, taken := History{Org: "org_1"}, History{Org: "org_2"}
			write(t, db, taken.Next(1))
			end := newest(t, db)
			refused(t, db, store.ErrConflict, h.Next(2), (&History{Org: "org_2"}).Next(1))
			want(t, "end", newest(t, db), end)
			want(t, "events", len(follow(t, db, "", 10)), 1)
		}},
		{"an event comes as it was written", func(t *testing.T, db store.DB) {
			h := History{Org: "org_1"}
			a := noted(&h, store.Note{Kind: "reason", Text: "so", Salt: []byte("salt")})
			write(t, db, a)
			if got := follow(t, db, "", 10); !slices.EqualFunc(got, a.Events, sameEvent) {
				t.Fatalf("%+v came, want %+v", got, a.Events)
			}
		}},
		{"no page is without a limit", func(t *testing.T, db store.DB) {
			h := History{Org: "org_1"}
			write(t, db, h.Next(1))
			for _, limit := range []int{0, -1} {
				events, next, err := db.Feed().Follow(t.Context(), "", limit)
				check(t, err)
				want(t, "events", len(events), 0)
				want(t, "position", next, "")
			}
		}},
		{"I-51 a position of another database is refused", func(t *testing.T, db store.DB) {
			h, there := History{Org: "org_1"}, s.open(t)
			a := h.Next(3)
			write(t, db, a)
			write(t, there, a)
			lost(t, db, newest(t, there))
			lost(t, there, newest(t, db))
		}},
		{"I-51 a feed that was renewed refuses the positions before", func(t *testing.T, db store.DB) {
			h := History{Org: "org_1"}
			write(t, db, h.Next(3))
			before := newest(t, db)
			check(t, db.Feed().Renew(t.Context()))
			lost(t, db, before)
			want(t, "events from the beginning", len(follow(t, db, "", 10)), 3)
			again := newest(t, db)
			write(t, db, h.Next(1))
			want(t, "events behind the new end", len(follow(t, db, again, 10)), 1)
		}},
		{"I-51 a position whose event is not here, or is another, is refused", func(t *testing.T, db store.DB) {
			h := History{Org: "org_1"}
			write(t, db, h.Next(3))
			m, err := newest(t, db).Mark()
			check(t, err)
			for _, r := range []struct {
				name string
				bend func(*store.Mark)
			}{
				{"a version that is to come", func(m *store.Mark) { m.Version++ }},
				{"no version", func(m *store.Mark) { m.Version = 0 }},
				{"a version out of range", func(m *store.Mark) { m.Version = 1 << 63 }},
				{"another organization", func(m *store.Mark) { m.Org = "org_2" }},
				{"another hash", func(m *store.Mark) { m.Hash = make([]byte, 32) }},
				{"another epoch", func(m *store.Mark) { m.Epoch += "x" }},
				{"a transaction that is to come", func(m *store.Mark) { m.Round++ }},
				{"a transaction out of range", func(m *store.Mark) { m.Round = 1 << 63 }},
			} {
				t.Run(r.name, func(t *testing.T) {
					bent := m
					r.bend(&bent)
					lost(t, db, bent.Position())
				})
			}
		}},
		{"a position that nobody gave out is refused", func(t *testing.T, db store.DB) {
			for _, p := range []store.Position{" ", "x", "a 1 2 3", "a 1 2 !! org_1", "a -1 2 ab org_1", "\x00", "\xff"} {
				lost(t, db, p)
			}
		}},
	})
}

func newest(t *testing.T, db store.DB) store.Position {
	t.Helper()
	end, err := db.Feed().Newest(t.Context())
	check(t, err)
	return end
}

// follow reads everything behind a position in pages.
func follow(t *testing.T, db store.DB, after store.Position, size int) (all []store.Event) {
	t.Helper()
	for {
		events, next, err := db.Feed().Follow(t.Context(), after, size)
		check(t, err)
		if len(events) > size {
			t.Fatalf("a page of %d holds %d events", size, len(events))
		}
		if len(events) == 0 {
			return all
		}
		all, after = append(all, events...), next
	}
}

func lost(t *testing.T, db store.DB, p store.Position) {
	t.Helper()
	events, _, err := db.Feed().Follow(t.Context(), p, 10)
	wantError(t, fmt.Sprintf("follow from %q", p), err, store.ErrPosition)
	want(t, "events", len(events), 0)
}

func everyEventOnce(t *testing.T, db store.DB) {
	histories := []*History{{Org: "org_3"}, {Org: "org_1"}, {Org: "org_2"}}
	total := 0
	for n := range 6 {
		var batch []store.Append
		for i, h := range histories {
			batch = append(batch, h.Next(1+(n+i)%3), histories[0].Next(n%2))
			total += 1 + (n+i)%3 + n%2
		}
		write(t, db, batch...)
	}
	for size := 1; size <= total+1; size++ {
		got := follow(t, db, "", size)
		want(t, fmt.Sprintf("events in pages of %d", size), len(got), total)
		inOrder(t, got)
	}
}

// inOrder fails unless the events of each organization are there from the first, without a gap, in order.
func inOrder(t *testing.T, events []store.Event) {
	t.Helper()
	at := map[string]uint64{}
	for i, e := range events {
		if e.Version != at[e.Org]+1 {
			t.Fatalf("event %d is version %d of %s, behind %d", i, e.Version, e.Org, at[e.Org])
		}
		at[e.Org] = e.Version
	}
}

func followWhileWriting(t *testing.T, db store.DB) {
	const writers, rounds = 6, 25
	var writing atomic.Int32
	writing.Store(writers)
	var events []store.Event
	together(t, writers+1, func(i int) error {
		if i < writers {
			defer writing.Add(-1)
			one, two := History{Org: fmt.Sprint("org_", i)}, History{Org: fmt.Sprint("org_z", i)}
			for n := range rounds {
				if err := db.Log().Append(t.Context(), []store.Append{one.Next(1 + n%2), two.Next(1)}); err != nil {
					return err
				}
			}
			return nil
		}
		for after, idle := store.Position(""), false; ; {
			found, next, err := db.Feed().Follow(t.Context(), after, 7)
			if err != nil || idle && len(found) == 0 {
				return err
			}
			events, after = append(events, found...), next
			idle = writing.Load() == 0 // what was there by then comes at once, or in the next turns
		}
	})
	inOrder(t, events)
	want(t, "events", len(events), writers*(rounds+rounds/2+rounds))
}
