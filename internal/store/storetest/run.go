// Package storetest is the executable meaning of the contracts of package store: a suite that every back end passes, an
// injector of faults for the tests of others, and what tests of both need to make rows.
package storetest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

// Run holds a back end to every sentence of package store. Each call of open returns an empty database of its own that
// is closed when the test ends.
func Run(t *testing.T, open func(t *testing.T) store.DB) {
	s := suite{open}
	t.Run("log", s.log)
	t.Run("batch", s.batch)
	t.Run("race", s.race)
	t.Run("replay", s.replay)
	t.Run("lookups", s.lookups)
	t.Run("snapshots", s.snapshots)
	t.Run("people", s.people)
	t.Run("keys", s.keys)
	t.Run("outbox", s.outbox)
	t.Run("documents", s.documents)
	t.Run("tokens", s.tokens)
	t.Run("feed", s.feed)
	t.Run("notes", s.notes)
	t.Run("security", s.security)
	t.Run("nodes", s.nodes)
	t.Run("shared", s.shared)
	t.Run("every write four ways", s.writes)
	t.Run("every call", s.calls)
}

type suite struct {
	open func(t *testing.T) store.DB
}

// each runs every row of a contract on a database of its own.
func (s suite) each(t *testing.T, rows []row) {
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) { r.test(t, s.open(t)) })
	}
}

type row struct {
	name string
	test func(t *testing.T, db store.DB)
}

// History is one organization's log as its only writer knows it: it makes appends that follow each other.
type History struct {
	Org     string
	Version uint64
	Hash    []byte
	Command string // of the next events; one is made up if it is empty
}

// Next returns an append of n events at the history's end, and moves on to behind it. Without events it stays.
func (h *History) Next(n int) store.Append {
	a := store.Append{Org: h.Org, After: h.Version}
	command := cmp.Or(h.Command, fmt.Sprintf("cmd_%s_%d", h.Org, h.Version))
	for range n {
		h.Version++
		e := store.Event{
			Org: h.Org, Version: h.Version, At: 1_700_000_000_000_000 + int64(h.Version), Command: command,
			Actor: "usr_01", Name: "thing.happened", Data: fmt.Appendf(nil, `{"n":%d}`, h.Version), Prev: h.Hash,
		}
		h.Hash = store.Hash(e)
		a.Events = append(a.Events, e)
	}
	if n > 0 {
		a.Hash = h.Hash
	}
	return a
}

// write appends and fails the test on any error.
func write(t *testing.T, db store.DB, batch ...store.Append) {
	t.Helper()
	if err := db.Log().Append(t.Context(), batch); err != nil {
		t.Fatalf("append: %v", err)
	}
}

// refused appends, and fails the test unless the error is want and nothing changed.
func refused(t *testing.T, db store.DB, want error, batch ...store.Append) error {
	t.Helper()
	before := dump(t, db)
	err := db.Log().Append(t.Context(), batch)
	if !errors.Is(err, want) {
		t.Fatalf("append: error is %v, want %v", err, want)
	}
	if after := dump(t, db); after != before {
		t.Fatalf("a refused append left something behind:\n%s\nbefore:\n%s", after, before)
	}
	return err
}

func readEvents(t *testing.T, db store.DB, org string) []store.Event {
	t.Helper()
	events, err := db.Log().Events(t.Context(), org, 0, 1<<20)
	if err != nil {
		t.Fatalf("events of %s: %v", org, err)
	}
	return events
}

func head(t *testing.T, db store.DB, org string) (store.Head, bool) {
	t.Helper()
	heads, err := db.Log().Heads(t.Context(), []string{org})
	if err != nil {
		t.Fatalf("head of %s: %v", org, err)
	}
	if len(heads) == 0 {
		return store.Head{}, false
	}
	return heads[0], true
}

// find returns where a look-up leads, or "" if nowhere.
func find(t *testing.T, db store.DB, kind, key string) string {
	t.Helper()
	found, err := db.Lookups().Find(t.Context(), kind, key)
	if errors.Is(err, store.ErrNotFound) {
		return ""
	}
	if err != nil {
		t.Fatalf("find %s %s: %v", kind, key, err)
	}
	if found.Kind != kind || found.Key != key {
		t.Fatalf("find %s %s returned %+v", kind, key, found)
	}
	return found.Org + "/" + found.ID
}

// kinds are those of the look-ups and messages that the suite writes.
var kinds = []string{"slug", "other", "address"}

// dump renders what a database holds, as far as its contracts list it.
func dump(t *testing.T, db store.DB) string {
	t.Helper()
	var b strings.Builder
	heads, err := db.Log().Organizations(t.Context(), "", 1<<20)
	check(t, err)
	for _, h := range heads {
		fmt.Fprintf(&b, "%+v\n", h)
		for _, e := range readEvents(t, db, h.Org) {
			fmt.Fprintf(&b, "\t%+v\n", e)
		}
		for _, n := range listNotes(t, db, h.Org) {
			fmt.Fprintf(&b, "\t%+v\n", n)
		}
	}
	fmt.Fprintf(&b, "the feed ends at %q\n", newest(t, db))
	for _, kind := range kinds {
		found, err := db.Lookups().Scan(t.Context(), kind, "", "", 1<<20)
		check(t, err)
		for _, l := range found {
			fmt.Fprintf(&b, "%+v\n", l)
		}
	}
	people, err := db.People().List(t.Context(), "", 1<<20)
	check(t, err)
	keys, err := db.Keys().AllKeys(t.Context(), "", 1<<20)
	check(t, err)
	waiting, err := db.Outbox().Waiting(t.Context())
	check(t, err)
	fmt.Fprintf(&b, "%+v\n%+v\n%d messages\n", people, keys, waiting)
	return b.String()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("%s: error is %v, want %v", what, got, want)
	}
}

func sameEvent(a, b store.Event) bool {
	sameBytes := bytes.Equal(a.Data, b.Data) && bytes.Equal(a.Prev, b.Prev) && bytes.Equal(a.Notes, b.Notes)
	a.Data, a.Prev, a.Notes, b.Data, b.Prev, b.Notes = nil, nil, nil, nil, nil, nil
	return sameBytes && fmt.Sprint(a) == fmt.Sprint(b)
}

// pages reads everything at every page size and fails unless each time it is all there, once, in order.
func pages[T any](
	t *testing.T, all []string, id func(T) string,
	page func(ctx context.Context, after string, limit int) ([]T, error),
) {
	t.Helper()
	for size := 1; size <= len(all)+1; size++ {
		var got []string
		for after := ""; ; after = got[len(got)-1] {
			rows, err := page(t.Context(), after, size)
			check(t, err)
			for _, row := range rows {
				got = append(got, id(row))
			}
			if len(rows) > size {
				t.Fatalf("a page of %d holds %d rows", size, len(rows))
			}
			if len(rows) == 0 {
				break
			}
		}
		if !slices.Equal(got, all) {
			t.Fatalf("pages of %d give %q, want %q", size, got, all)
		}
	}
	for _, limit := range []int{0, -1} {
		rows, err := page(t.Context(), "", limit)
		check(t, err)
		want(t, fmt.Sprintf("rows of a page of %d", limit), len(rows), 0)
	}
}
