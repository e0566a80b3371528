package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) log(t *testing.T) {
	s.each(t, []row{
		{"an append is read back as it was written", func(t *testing.T, db store.DB) {
			h := History{Org: "org_ü'\";--"}
			a := h.Next(3)
			a.Events[1].Via, a.Events[1].At, a.Events[1].Data = "key_\u00a0€", -5, bytes.Repeat([]byte{0, 1, 0xff}, 1<<18)
			a.Events[2].Data, a.Events[2].Actor = nil, ""
			write(t, db, a)
			got := readEvents(t, db, h.Org)
			if !slices.EqualFunc(got, a.Events, sameEvent) {
				t.Fatal("other events came back")
			}
			last, ok := head(t, db, h.Org)
			if !ok || last.Org != h.Org || last.Version != 3 || last.At != a.Events[2].At || !bytes.Equal(last.Hash, a.Hash) {
				t.Fatalf("the head is %+v", last)
			}
		}},
		{"I-41, I-46: a log grows and its chain holds", func(t *testing.T, db store.DB) {
			h, other := History{Org: "org_1"}, History{Org: "org_2"}
			for n := 1; n < 6; n++ {
				write(t, db, h.Next(n))
				write(t, db, other.Next(1))
			}
			events := readEvents(t, db, "org_1")
			want(t, "events", len(events), 15)
			check(t, store.Chain(0, nil, events))
			last, _ := head(t, db, "org_1")
			want(t, "hash of the head", string(last.Hash), string(store.Hash(events[14])))
		}},
		{"no events is no error", func(t *testing.T, db store.DB) {
			h := History{Org: "org_1"}
			write(t, db, h.Next(2))
			for _, q := range []struct {
				org   string
				after uint64
				limit int
			}{
				{"org_0", 0, 10}, {"org_1", 2, 10}, {"org_1", 7, 10}, {"org_1", math.MaxUint64, 10}, {"org_1", 0, 0}, {"org_1", 0, -1},
			} {
				events, err := db.Log().Events(t.Context(), q.org, q.after, q.limit)
				check(t, err)
				want(t, fmt.Sprintf("events for %+v", q), len(events), 0)
			}
		}},
		{"pages of events are complete at every size", pagesOfEvents},
		{"pages of organizations are complete at every size", pagesOfOrganizations},
		{"heads come once each, and only of logs that are there", headsOfMany},
		{"I-42 an append at another version is a conflict", conflicts},
		{"an append without events needs the head all the same", appendWithoutEvents},
		{"an append that no database may hold is refused", malformed},
		{"an empty batch changes nothing", func(t *testing.T, db store.DB) {
			before := dump(t, db)
			write(t, db)
			want(t, "contents", dump(t, db), before)
		}},
		{"nothing is shared with the caller", func(t *testing.T, db store.DB) {
			h := History{Org: "org_1"}
			a := h.Next(2)
			a.Replay = &store.Replay{Scope: "org_1", Key: "k", Request: []byte("asked"), Answer: []byte("answer")}
			write(t, db, a)
			before := dump(t, db)
			scribble := func(e store.Event) { clear(e.Data); clear(e.Prev) }
			clear(a.Hash)
			scribble(a.Events[0])
			clear(a.Replay.Answer)
			for _, e := range readEvents(t, db, "org_1") {
				scribble(e)
			}
			last, _ := head(t, db, "org_1")
			clear(last.Hash)
			r, err := db.Log().Replayed(t.Context(), "org_1", "", "k")
			check(t, err)
			want(t, "answer", string(r.Answer), "answer")
			clear(r.Answer)
			r, err = db.Log().Replayed(t.Context(), "org_1", "", "k")
			check(t, err)
			want(t, "answer read again", string(r.Answer), "answer")
			want(t, "contents", dump(t, db), before)
		}},
	})
}

func pagesOfEvents(t *testing.T, db store.DB) {
	h, other := History{Org: "org_1"}, History{Org: "org_10"}
	write(t, db, h.Next(23), other.Next(2))
	var all []string
	for v := range 23 {
		all = append(all, strconv.Itoa(v+1))
	}
	id := func(e store.Event) string { return strconv.FormatUint(e.Version, 10) }
	for size := 1; size <= 24; size++ {
		var got []string
		for after := uint64(0); ; {
			events, err := db.Log().Events(t.Context(), "org_1", after, size)
			check(t, err)
			if len(events) > size {
				t.Fatalf("a page of %d holds %d events", size, len(events))
			}
			if len(events) == 0 {
				break
			}
			for _, e := range events {
				got = append(got, id(e))
			}
			after = events[len(events)-1].Version
		}
		if !slices.Equal(got, all) {
			t.Fatalf("pages of %d give %v", size, got)
		}
	}
}

func pagesOfOrganizations(t *testing.T, db store.DB) {
	all := []string{"", "org_1", "org_10", "org_2", "org_Z", "org_a", "org_é", "org_漢", "org_😀"}[1:]
	for _, org := range []string{"org_漢", "org_2", "org_1", "org_😀", "org_a", "org_Z", "org_é", "org_10"} {
		h := History{Org: org}
		write(t, db, h.Next(1))
	}
	pages(t, all, func(h store.Head) string { return h.Org }, db.Log().Organizations)
}

func headsOfMany(t *testing.T, db store.DB) {
	const n = 40
	var ask []string
	for i := range n {
		h := History{Org: fmt.Sprintf("org_%d", i)}
		write(t, db, h.Next(1+i%3))
	}
	for i := range 2_000 {
		ask = append(ask, fmt.Sprintf("org_%d", i))
	}
	ask = append(ask, ask[:5]...) // again, far behind
	for _, length := range []int{0, 1, 2, 3, 5, 8, 9, 31, 100, len(ask)} {
		heads, err := db.Log().Heads(t.Context(), ask[:length])
		check(t, err)
		seen := map[string]bool{}
		for _, h := range heads {
			if seen[h.Org] {
				t.Fatalf("%s came twice among %d", h.Org, length)
			}
			seen[h.Org] = true
		}
		want(t, fmt.Sprintf("heads of %d", length), len(seen), min(length, n))
	}
	heads, err := db.Log().Heads(t.Context(), []string{"org_1", "org_1", "org_1", "org_none"})
	check(t, err)
	want(t, "heads of one asked for three times", len(heads), 1)
}

func conflicts(t *testing.T, db store.DB) {
	h := History{Org: "org_1"}
	write(t, db, h.Next(3))
	for _, r := range []struct {
		name string
		at   History
	}{
		{"an organization that is there already", History{Org: "org_1"}},
		{"a version that is past", History{Org: "org_1", Version: 2}},
		{"a version that is to come", History{Org: "org_1", Version: 4}},
		{"an organization that is not there", History{Org: "org_2", Version: 3}},
	} {
		for _, events := range []int{0, 1, 2} {
			t.Run(fmt.Sprintf("%s, %d events", r.name, events), func(t *testing.T) {
				at := r.at
				a := at.Next(events)
				a.Set = []store.Lookup{{Kind: "slug", Key: "new", Org: a.Org, ID: "x"}}
				a.Send = []store.Message{{ID: "msg_1", Org: a.Org, Kind: "other"}}
				a.Replay = &store.Replay{Scope: a.Org, Key: "k"}
				err := refused(t, db, store.ErrConflict, a)
				conflict := new(store.ConflictError)
				if !errors.As(err, &conflict) || conflict.Org != a.Org {
					t.Errorf("error is %v, want one that names %s", err, a.Org)
				}
				_, err = db.Log().Replayed(t.Context(), a.Org, "", "k")
				wantError(t, "replay of the refused append", err, store.ErrNotFound)
			})
		}
	}
}

func appendWithoutEvents(t *testing.T, db store.DB) {
	h := History{Org: "org_1"}
	slug := []store.Lookup{{Kind: "slug", Key: "first", Org: "org_1", ID: "x"}}
	a := h.Next(0)
	a.Set = slug
	write(t, db, a)
	if last, ok := head(t, db, "org_1"); ok {
		t.Fatalf("an append without events made the head %+v", last)
	}
	want(t, "look-up of an organization without log", find(t, db, "slug", "first"), "org_1/x")
	write(t, db, h.Next(2))
	before, _ := head(t, db, "org_1")
	b := h.Next(0)
	b.Unset = slug
	write(t, db, b)
	after, _ := head(t, db, "org_1")
	want(t, "head after an append without events", fmt.Sprint(after), fmt.Sprint(before))
	want(t, "look-up unset without events", find(t, db, "slug", "first"), "")
	write(t, db, h.Next(1))
}

func malformed(t *testing.T, db store.DB) {
	good := History{Org: "org_1"}
	write(t, db, good.Next(1))
	for _, r := range []struct {
		name string
		bend func(*store.Append)
	}{
		{"no organization", func(a *store.Append) { a.Org, a.Events[0].Org, a.Events[1].Org = "", "", "" }},
		{"an event of another organization", func(a *store.Append) { a.Events[1].Org = "org_2" }},
		{"I-41 a gap between versions", func(a *store.Append) { a.Events[1].Version++ }},
		{"I-41 a version twice", func(a *store.Append) { a.Events[1].Version-- }},
		{"I-41 a first version that does not follow", func(a *store.Append) { a.After++ }},
		{"events without a hash", func(a *store.Append) { a.Hash = nil }},
		{"a hash that is too short", func(a *store.Append) { a.Hash = a.Hash[:31] }},
		{"a hash without events", func(a *store.Append) { a.Events = nil }},
		{"a version out of range", func(a *store.Append) { a.After, a.Events, a.Hash = math.MaxUint64, nil, nil }},
		{"NUL in a name", func(a *store.Append) { a.Events[0].Name = "a\x00b" }},
		{"a command that is not UTF-8", func(a *store.Append) { a.Events[1].Command = "a\xff" }},
		{"a look-up key that is not UTF-8", func(a *store.Append) {
			a.Set = []store.Lookup{{Kind: "slug", Key: "\xed\xa0\x80"}}
		}},
		{"NUL in a look-up to unset", func(a *store.Append) { a.Unset = []store.Lookup{{Kind: "slug", ID: "\x00"}} }},
		{"NUL in a message", func(a *store.Append) { a.Send = []store.Message{{ID: "m", Kind: "\x00"}} }},
		{"NUL in a replay key", func(a *store.Append) { a.Replay = &store.Replay{Key: "\x00"} }},
	} {
		t.Run(r.name, func(t *testing.T) {
			at, other := good, History{Org: "org_3"}
			a := at.Next(2)
			r.bend(&a)
			refused(t, db, store.ErrMalformed, other.Next(1), a)
		})
	}
}
