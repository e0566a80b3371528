//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

var shared = pgtest.Shared{Prepare: func(address string) error {
	db, err := Open(context.Background(), address)
	if err != nil {
		return err
	}
	return db.Close()
}}

func TestMain(m *testing.M) {
	if do, ok := parts[os.Getenv("COMMONHOLD_TEST_PART")]; ok {
		if err := do(os.Getenv("COMMONHOLD_TEST_DATABASE")); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if err := shared.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.DB { return openAt(t, shared.New(t)) })
}

// Nothing rests on what the database isolates, and what it refuses because of that is tried again.
func TestStoreAtOtherSettings_T250(t *testing.T) {
	all := []string{"default_transaction_isolation='repeatable read'"}
	if os.Getenv("COMMONHOLD_LONG") != "" {
		all = append(all, "default_transaction_isolation=serializable",
			"default_query_exec_mode=exec") // for poolers that do not know prepared statements
	}
	for _, settings := range all {
		t.Run(settings, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.DB { return openAt(t, shared.New(t)+" "+settings) })
		})
	}
}

func TestPoolBindsByNumber(t *testing.T) {
	plain := stdlib.OpenDBFromPool(openAt(t, shared.New(t)).pool)
	defer plain.Close()
	storetest.Binding(t, plain)
}

func openAt(t testing.TB, address string) *DB {
	t.Helper()
	db, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestErrorsThatSomebodyHasToDoSomethingAboutAreNamed(t *testing.T) {
	db := openAt(t, shared.New(t))
	for state, want := range map[string]error{
		"disk_full": store.ErrFull, "io_error": store.ErrDisk, "data_corrupted": store.ErrDamaged, "index_corrupted": store.ErrDamaged,
	} {
		_, err := db.exec(t.Context(), `DO $$ BEGIN RAISE `+state+`; END $$`)
		if !errors.Is(err, want) {
			t.Errorf("%s: error is %v", state, err)
		}
	}
}
