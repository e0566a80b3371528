package sqlite

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestNewerDatabaseIsRefused_T264(t *testing.T) {
	dir := t.TempDir()
	db := openIn(t, dir)
	_, err := db.writer.Exec(`INSERT INTO migrations (version_id, is_applied) VALUES (9999, TRUE)`)
	check(t, err)
	check(t, db.Close())
	before, err := os.ReadFile(dir + "/commonhold.db")
	check(t, err)
	for range 2 { // refusing it lets go of the folder
		db, err := Open(t.Context(), dir)
		if err == nil {
			db.Close()
			t.Fatal("a database of a newer version was opened")
		}
		for _, part := range []string{dir, "schema 9999", "start that version again, or restore a backup"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("error %q does not say %q", err, part)
			}
		}
	}
	after, err := os.ReadFile(dir + "/commonhold.db")
	check(t, err)
	if string(after) != string(before) {
		t.Error("the refused database was changed")
	}
}

// So that the schema can be spread over many machines by the first column of each key.
func TestNothingIsUniqueBesidesPrimaryKeys(t *testing.T) {
	db := openIn(t, t.TempDir())
	rows, err := db.reader.Query(`SELECT t.name, i.name, i.origin, i."unique"
		FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name <> 'migrations'`)
	check(t, err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		var table, index, origin string
		var unique bool
		check(t, rows.Scan(&table, &index, &origin, &unique))
		if unique && origin != "pk" {
			t.Errorf("%s has the unique index %s", table, index)
		}
		n++
	}
	check(t, rows.Err())
	if n < 12 {
		t.Errorf("only %d indexes were looked at", n)
	}
}

func TestQueriesFindTheirIndexes(t *testing.T) {
	db := openIn(t, t.TempDir())
	for _, r := range []struct{ query, plan string }{
		{
			`SELECT * FROM events WHERE org = $1 AND version > $2 ORDER BY version LIMIT $3`,
			"SEARCH events USING PRIMARY KEY (org=? AND version>?)",
		},
		{`SELECT * FROM heads WHERE org IN ($1, $2)`, "SEARCH heads USING PRIMARY KEY (org=?)"},
		{
			`SELECT * FROM lookups WHERE kind = $1 AND key > $2 AND key >= $3 ORDER BY key LIMIT $4`,
			"SEARCH lookups USING PRIMARY KEY (kind=? AND key>?)",
		},
		{
			`SELECT * FROM outbox WHERE kind = $1 AND dead = 0 AND due <= $2 ORDER BY due, id LIMIT $3`,
			"SEARCH outbox USING INDEX outbox_by_due (kind=? AND due<?)",
		},
		{
			`SELECT 1 FROM replays WHERE at < $1 ORDER BY at LIMIT $2`,
			"SEARCH replays USING COVERING INDEX replays_by_age (at<?)",
		},
		{
			`SELECT 1 FROM tokens WHERE expires <= $1 ORDER BY expires LIMIT $2`,
			"SEARCH tokens USING COVERING INDEX tokens_by_end (expires<?)",
		},
	} {
		var id, parent, unused int
		var plan string
		args := make([]any, strings.Count(r.query, "$"))
		for i := range args {
			args[i] = fmt.Sprint(i)
		}
		check(t, db.reader.QueryRow("EXPLAIN QUERY PLAN "+r.query, args...).Scan(&id, &parent, &unused, &plan))
		if plan != r.plan {
			t.Errorf("%s\n\truns as  %s\n\tand not as %s", r.query, plan, r.plan)
		}
	}
}
