package app

import (
	"os"
	"testing"

	"github.com/commonhold/commonhold/internal/store/sqlite"
)

// I-49, I-42: the walk of TestFaultyAppends on the embedded database.
func TestFaultyAppendsOnSQLite(t *testing.T) {
	db, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	steps := 300
	if os.Getenv("COMMONHOLD_LONG") != "" {
		steps = 20_000
	}
	walkWithFaults(t, db, steps)
}
