//go:build unix

package postgres

import (
	"fmt"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

func behind(t *testing.T, db *DB, after store.Position) (texts []string, next store.Position) {
	t.Helper()
	events, next, err := db.Follow(t.Context(), after, 100)
	check(t, err)
	for _, e := range events {
		texts = append(texts, fmt.Sprint(e.Org, " ", e.Version))
	}
	return texts, next
}

func wantTexts(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

// A transaction that began to write earlier and commits later is passed over by nobody.
func TestFeedWaitsForASlowTransaction_I51(t *testing.T) {
	db := openAt(t, shared.New(t))
	one, slow, two := storetest.History{Org: "org_1"}, storetest.History{Org: "org_slow"}, storetest.History{Org: "org_2"}
	check(t, db.Append(t.Context(), []store.Append{one.Next(1)}))
	tx, err := db.pool.Begin(t.Context())
	check(t, err)
	defer tx.Rollback(t.Context())
	for _, s := range steps([]store.Append{slow.Next(2)}) {
		_, err := tx.Exec(t.Context(), s.text, s.args...)
		check(t, err)
	}
	check(t, db.Append(t.Context(), []store.Append{two.Next(1)}))
	got, at := behind(t, db, "")
	wantTexts(t, "while it is open", got, "org_1 1")
	check(t, tx.Commit(t.Context()))
	got, at = behind(t, db, at)
	wantTexts(t, "when it is done", got, "org_slow 1", "org_slow 2", "org_2 1")
	check(t, db.Append(t.Context(), []store.Append{one.Next(1)}))
	got, _ = behind(t, db, at)
	wantTexts(t, "afterwards", got, "org_1 2")
}

// A transaction that has an older number than the one it follows in an organization comes behind it all the same.
func TestFeedKeepsTheOrderOfVersions_I51(t *testing.T) {
	db := openAt(t, shared.New(t))
	h := storetest.History{Org: "org_1"}
	tx, err := db.pool.Begin(t.Context())
	check(t, err)
	defer tx.Rollback(t.Context())
	_, err = tx.Exec(t.Context(), `SELECT pg_current_xact_id()`)
	check(t, err)
	check(t, db.Append(t.Context(), []store.Append{h.Next(2)}))
	for _, s := range steps([]store.Append{h.Next(1)}) {
		_, err := tx.Exec(t.Context(), s.text, s.args...)
		check(t, err)
	}
	got, at := behind(t, db, "")
	wantTexts(t, "while the older is open", got)
	check(t, tx.Commit(t.Context()))
	got, _ = behind(t, db, at)
	wantTexts(t, "when it is done", got, "org_1 1", "org_1 2", "org_1 3")
}

// A dump is restored into a cluster that is younger, or older, than the one it comes from: numbers of transactions mean
// nothing there.
func TestFeedOfARestoredDatabaseBeginsAnew_I51(t *testing.T) {
	server := shared.Server(t)
	for _, r := range []struct{ name, shift string }{
		{"into a younger cluster", "+ 1000000000000"}, {"into an older cluster", "/ 1000"},
	} {
		t.Run(r.name, func(t *testing.T) {
			name := server.New(t, "prepared")
			before := openAt(t, server.Address(name))
			one, two := storetest.History{Org: "org_1"}, storetest.History{Org: "org_2"}
			check(t, before.Append(t.Context(), []store.Append{one.Next(2)}))
			check(t, before.Append(t.Context(), []store.Append{two.Next(1500), one.Next(1)}))
			old, err := before.Newest(t.Context())
			check(t, err)
			check(t, before.Close())

			copied := server.New(t, name)
			check(t, server.Do(copied, `UPDATE rounds SET round = round `+r.shift, `UPDATE heads SET round = round `+r.shift))
			db := openAt(t, server.Address(copied))
			if _, _, err := db.Follow(t.Context(), old, 10); err != store.ErrPosition {
				t.Errorf("following from before: %v", err)
			}
			check(t, db.Append(t.Context(), []store.Append{one.Next(1)}))
			seen, at := 0, store.Position("")
			for {
				events, next, err := db.Follow(t.Context(), at, 100)
				check(t, err)
				if len(events) == 0 {
					break
				}
				if at == "" && len(events) != 100 {
					t.Errorf("the first page has %d events", len(events))
				}
				seen, at = seen+len(events), next
			}
			if seen != 1504 {
				t.Errorf("%d events came", seen)
			}
			check(t, db.Append(t.Context(), []store.Append{two.Next(1)}))
			got, _ := behind(t, db, at)
			wantTexts(t, "afterwards", got, "org_2 1501")
		})
	}
}
