package storetest

import (
	"database/sql"
	"testing"
)

// Binding holds a driver of SQL to binding $1, $2 … by number and not in the order in which they stand in the text. One
// that does otherwise answers with wrong rows and no error.
func Binding(t *testing.T, db *sql.DB) {
	for _, r := range []struct {
		name, text string
		args       []any
		want       [2]string
	}{
		{"in order", `SELECT CAST($1 AS TEXT), CAST($2 AS TEXT)`, []any{"one", "two"}, [2]string{"one", "two"}},
		{"out of order", `SELECT CAST($2 AS TEXT), CAST($1 AS TEXT)`, []any{"one", "two"}, [2]string{"two", "one"}},
		{
			"used twice", `SELECT CAST($2 AS TEXT), CAST($2 AS TEXT) WHERE CAST($1 AS TEXT) = 'one'`,
			[]any{"one", "two"}, [2]string{"two", "two"},
		},
		{
			"past nine", `SELECT CAST($10 AS TEXT), CAST($1 AS TEXT) WHERE CAST($9 AS TEXT) || CAST($8 AS TEXT) ||
			CAST($7 AS TEXT) || CAST($6 AS TEXT) || CAST($5 AS TEXT) || CAST($4 AS TEXT) || CAST($3 AS TEXT) ||
			CAST($2 AS TEXT) = '98765432'`,
			[]any{"one", "2", "3", "4", "5", "6", "7", "8", "9", "ten"}, [2]string{"ten", "one"},
		},
	} {
		t.Run(r.name, func(t *testing.T) {
			prepared, err := db.PrepareContext(t.Context(), r.text)
			check(t, err)
			defer prepared.Close()
			for range 2 {
				var direct, again [2]string
				check(t, db.QueryRowContext(t.Context(), r.text, r.args...).Scan(&direct[0], &direct[1]))
				check(t, prepared.QueryRowContext(t.Context(), r.args...).Scan(&again[0], &again[1]))
				want(t, "direct", direct, r.want)
				want(t, "prepared", again, r.want)
			}
		})
	}
}
