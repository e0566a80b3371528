//go:build unix

package invite

import (
	"fmt"
	"os"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/postgres"
	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
)

var shared pgtest.Shared

func TestMain(m *testing.M) {
	code := m.Run()
	if err := shared.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func onPostgres(t *testing.T) store.DB {
	t.Helper()
	server := shared.Server(t)
	db, err := postgres.Open(t.Context(), server.Address(server.New(t, pgtest.Empty)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
