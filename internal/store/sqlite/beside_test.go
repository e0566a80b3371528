package sqlite

import (
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

// undoBeside takes the second step of the schema back.
const undoBeside = `ALTER TABLE people DROP COLUMN disabled; ALTER TABLE keys DROP COLUMN terms; ALTER TABLE people DROP COLUMN vouching;
	DROP INDEX keys_by_holder; ALTER TABLE keys DROP COLUMN opens; ALTER TABLE keys DROP COLUMN holder;
	DROP INDEX outbox_by_due; DROP INDEX outbox_by_org;
	ALTER TABLE outbox DROP COLUMN dead; ALTER TABLE outbox DROP COLUMN error;
	CREATE INDEX outbox_by_due ON outbox (kind, due);
	ALTER TABLE events DROP COLUMN notes;
	DROP TABLE notes; DROP TABLE note_people; DROP TABLE rounds; DROP TABLE instance;
	DROP TABLE incidents; DROP TABLE incident_days; DROP TABLE nodes;
	DELETE FROM migrations WHERE version_id >= 2`

// What was written before there was a feed is in it, and what comes is behind that.
func TestALogFromBeforeTheFeedIsInIt_I51(t *testing.T) {
	dir := t.TempDir()
	db := openIn(t, dir)
	one, two := storetest.History{Org: "org_1"}, storetest.History{Org: "org_2"}
	check(t, db.Append(t.Context(), []store.Append{one.Next(3), two.Next(1)}))
	check(t, db.Append(t.Context(), []store.Append{two.Next(2), one.Next(2)}))
	for statement := range strings.SplitSeq(undoBeside, ";") {
		_, err := db.writer.Exec(statement)
		check(t, err)
	}
	check(t, db.Close())

	db = openIn(t, dir)
	end, err := db.Newest(t.Context())
	check(t, err)
	check(t, db.Append(t.Context(), []store.Append{one.Next(1)}))
	seen := map[string]uint64{}
	count := 0
	for after := store.Position(""); ; {
		events, next, err := db.Follow(t.Context(), after, 2)
		check(t, err)
		if len(events) == 0 {
			break
		}
		for _, e := range events {
			if count++; e.Version != seen[e.Org]+1 {
				t.Errorf("version %d of %s comes behind %d", e.Version, e.Org, seen[e.Org])
			}
			seen[e.Org] = e.Version
		}
		after = next
	}
	if count != 9 || seen["org_1"] != 6 {
		t.Errorf("%d events came: %v", count, seen)
	}
	late, _, err := db.Follow(t.Context(), end, 9)
	if check(t, err); len(late) != 1 || late[0].Version != 6 {
		t.Errorf("behind the old end came %+v", late)
	}
}

// A copy of the file goes on as the file did up to where it was copied, and no further: whoever read on in the original
// is not told that nothing came since.
func TestAPositionBehindACopyIsRefused_I51_T248(t *testing.T) {
	dir := t.TempDir()
	db := openIn(t, dir)
	h := storetest.History{Org: "org_1"}
	check(t, db.Append(t.Context(), []store.Append{h.Next(2)}))
	shared, err := db.Newest(t.Context())
	check(t, err)
	before := h
	check(t, db.Append(t.Context(), []store.Append{h.Next(2)}))
	lost, err := db.Newest(t.Context())
	check(t, err)

	// The older state: as if the last append had never been, and another came in its place.
	for _, statement := range []string{
		`DROP TRIGGER IF EXISTS events_stay`, `DELETE FROM events WHERE version > 2`, `DELETE FROM rounds WHERE round > 1`, `DELETE FROM heads`,
	} {
		_, err := db.writer.Exec(statement)
		check(t, err)
	}
	_, err = db.writer.Exec(`INSERT INTO heads (org, version, at, hash) VALUES ('org_1', 2, 0, $1)`, before.Hash)
	check(t, err)
	if _, _, err := db.Follow(t.Context(), lost, 9); err == nil {
		t.Error("a position whose event is gone is taken")
	}
	before.Command = "cmd_other"
	check(t, db.Append(t.Context(), []store.Append{before.Next(2)}))
	if _, _, err := db.Follow(t.Context(), lost, 9); err == nil {
		t.Error("a position in whose place another event stands is taken")
	}
	events, _, err := db.Follow(t.Context(), shared, 9)
	if check(t, err); len(events) != 2 || events[0].Command != "cmd_other" {
		t.Errorf("behind what both have came %+v", events)
	}
}
