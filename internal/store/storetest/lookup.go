package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) lookups(t *testing.T) {
	s.each(t, []row{
		{"a row is found by kind and key together", func(t *testing.T, db store.DB) {
			setLookups(t, db, "org_1", store.Lookup{Kind: "slug", Key: "acme", Org: "org_1", ID: "x"})
			want(t, "look-up", find(t, db, "slug", "acme"), "org_1/x")
			for _, other := range [][2]string{{"other", "acme"}, {"slug", "acm"}, {"slug", "Acme"}, {"slug", ""}, {"", "acme"}} {
				_, err := db.Lookups().Find(t.Context(), other[0], other[1])
				wantError(t, fmt.Sprint("look-up ", other), err, store.ErrNotFound)
			}
		}},
		{"a row that leads elsewhere is taken, and stays", func(t *testing.T, db store.DB) {
			setLookups(t, db, "org_1", store.Lookup{Kind: "slug", Key: "acme", Org: "org_1", ID: "x"})
			for _, l := range []store.Lookup{
				{Kind: "slug", Key: "acme", Org: "org_2", ID: "x"}, {Kind: "slug", Key: "acme", Org: "org_1", ID: "y"},
			} {
				h := History{Org: "org_2"}
				a := h.Next(1)
				a.Set = []store.Lookup{l}
				taken, err := new(store.TakenError), refused(t, db, store.ErrTaken, a)
				if !errors.As(err, &taken) || *taken != (store.TakenError{Org: "org_2", Kind: "slug", Key: "acme"}) {
					t.Errorf("error is %+v", err)
				}
			}
		}},
		{"a row set again to the same target is no error", func(t *testing.T, db store.DB) {
			l := store.Lookup{Kind: "slug", Key: "acme", Org: "org_1", ID: "x"}
			setLookups(t, db, "org_1", l, l)
			setLookups(t, db, "org_2", l)
			want(t, "look-up", find(t, db, "slug", "acme"), "org_1/x")
		}},
		{"unset removes only a row that leads to the same target", func(t *testing.T, db store.DB) {
			l := store.Lookup{Kind: "slug", Key: "acme", Org: "org_1", ID: "x"}
			setLookups(t, db, "org_1", l)
			for _, r := range []struct {
				unset store.Lookup
				want  string
			}{
				{store.Lookup{Kind: "slug", Key: "acme", Org: "org_2", ID: "x"}, "org_1/x"},
				{store.Lookup{Kind: "slug", Key: "acme", Org: "org_1", ID: "y"}, "org_1/x"},
				{store.Lookup{Kind: "other", Key: "acme", Org: "org_1", ID: "x"}, "org_1/x"},
				{l, ""},
				{l, ""},
			} {
				h := History{Org: "org_3"}
				h.Version, h.Hash = endOf(t, db, "org_3")
				a := h.Next(1)
				a.Unset = []store.Lookup{r.unset}
				write(t, db, a)
				want(t, fmt.Sprintf("look-up after unset of %+v", r.unset), find(t, db, "slug", "acme"), r.want)
			}
		}},
		{"unset comes before set", func(t *testing.T, db store.DB) {
			was := store.Lookup{Kind: "slug", Key: "a", Org: "org_1", ID: "x"}
			is := store.Lookup{Kind: "slug", Key: "a", Org: "org_1", ID: "y"}
			setLookups(t, db, "org_1", was)
			for _, pair := range [][2]store.Lookup{{was, is}, {is, is}} {
				h := History{Org: "org_2"}
				h.Version, h.Hash = endOf(t, db, "org_2")
				a := h.Next(1)
				a.Unset, a.Set = pair[:1], pair[1:]
				write(t, db, a)
				want(t, "look-up", find(t, db, "slug", "a"), "org_1/y")
			}
		}},
		{"pages of a prefix are complete at every size", scanPrefixes},
	})
}

func setLookups(t *testing.T, db store.DB, org string, set ...store.Lookup) {
	t.Helper()
	h := History{Org: org}
	h.Version, h.Hash = endOf(t, db, org)
	a := h.Next(1)
	a.Set = set
	write(t, db, a)
}

func endOf(t *testing.T, db store.DB, org string) (uint64, []byte) {
	t.Helper()
	last, _ := head(t, db, org)
	return last.Version, last.Hash
}

func scanPrefixes(t *testing.T, db store.DB) {
	keys := []string{
		"", " ", "A", "B", "a", "aA", "aa", "aa/1", "aa/10", "aa/2", "aa\U0010ffff", "aa\U0010ffffz", "ab", "b",
		"z%", "z_", "za", "é", "é1", "ê", "\ud7ff", "\ue000", "\U0010ffff",
	}
	var rows []store.Lookup
	for i := range keys { // not in order
		rows = append(rows, store.Lookup{Kind: "slug", Key: keys[(i*7)%len(keys)], Org: "org_1", ID: "x"})
	}
	for _, kind := range []string{"other", "slug2", "slu"} {
		rows = append(rows, store.Lookup{Kind: kind, Key: "aa/3", Org: "org_1"})
	}
	setLookups(t, db, "org_1", rows...)
	for _, r := range []struct {
		prefix string
		want   []string
	}{
		{"", keys[1:]}, // no key is above an after of "" and equal to it
		{"a", keys[4:13]},
		{"aa", keys[6:12]},
		{"aa/", keys[7:10]},
		{"aa/1", keys[7:9]},
		{"aa\U0010ffff", keys[10:12]},
		{"z%", keys[14:15]},
		{"z_", keys[15:16]},
		{"é", keys[17:19]},
		{"\U0010ffff", keys[22:23]},
		{"nothing", nil},
		{"aaa", nil},
	} {
		t.Run(fmt.Sprintf("prefix %q", r.prefix), func(t *testing.T) {
			pages(t, r.want, func(l store.Lookup) string { return l.Key },
				func(ctx context.Context, after string, limit int) ([]store.Lookup, error) {
					return db.Lookups().Scan(ctx, "slug", r.prefix, after, limit)
				})
		})
	}
	found, err := db.Lookups().Scan(t.Context(), "slug", "aa/", "b", 10)
	check(t, err)
	want(t, "rows of a prefix below after", len(found), 0)
	found, err = db.Lookups().Scan(t.Context(), "slug", "aa/", "a", 10)
	check(t, err)
	want(t, "rows of a prefix above after", len(found), 3)
}
