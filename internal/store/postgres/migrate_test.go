//go:build unix

package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
)

func TestNewerDatabaseIsRefused_T264(t *testing.T) {
	server := shared.Server(t)
	name := server.New(t, "prepared")
	check(t, server.Do(name, `INSERT INTO migrations (version_id, is_applied) VALUES (9999, TRUE)`))
	db, err := Open(t.Context(), server.Address(name))
	if err == nil {
		db.Close()
		t.Fatal("a database of a newer version was opened")
	}
	for _, part := range []string{name, "schema 9999", "start that version again, or restore a backup"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

// Many processes start at once on an empty database: one changes the schema, and all come up.
func TestProcessesMigrateTogether_T263(t *testing.T) {
	server := shared.Server(t)
	address := server.Address(server.New(t, pgtest.Empty))
	start := time.Now()
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			db, err := Open(t.Context(), address)
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	t.Logf("six came up in %v", time.Since(start))
	same(t, server, address)
}

// same fails unless the schema is the one of a database that was made in peace.
func same(t *testing.T, server *pgtest.Server, address string) {
	t.Helper()
	got, want := schema(t, address), schema(t, server.Address("prepared"))
	if got != want {
		t.Errorf("the schema is\n%s\nwant\n%s", got, want)
	}
}

func schema(t *testing.T, address string) string {
	t.Helper()
	return ask(t, address, `SELECT string_agg(line, E'\n' ORDER BY line) FROM (
		SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(collation_name, '') AS line
			FROM information_schema.columns WHERE table_schema = 'public'
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
		UNION ALL SELECT 'step ' || version_id FROM migrations) AS lines`)
}

func ask(t *testing.T, address, text string) (answer string) {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), address)
	check(t, err)
	defer pool.Close()
	check(t, pool.QueryRow(t.Context(), text).Scan(&answer))
	return answer
}

// Processes are killed while they bring up an empty database; what they leave, the next one finishes.
func TestKilledMigrationIsResumed_T263(t *testing.T) {
	server := shared.Server(t)
	kills := 4
	if os.Getenv("COMMONHOLD_LONG") != "" {
		kills = 100
	}
	for range kills {
		name := server.New(t, pgtest.Empty)
		cmd, out := play(t, "migrate", server.Address(name))
		_, err := out.ReadString('\n') // it begins
		check(t, err)
		time.Sleep(rand.N(60 * time.Millisecond))
		check(t, cmd.Process.Kill())
		cmd.Wait()
		db, err := Open(t.Context(), server.Address(name))
		check(t, err)
		check(t, db.Close())
		same(t, server, server.Address(name))
	}
}

func migrateOnce(address string) error {
	fmt.Println("begins")
	db, err := Open(context.Background(), address)
	return errors.Join(err, db.Close())
}

// A step that meets somebody who is in its way gives up within a second or so and leaves all as it was.
func TestMigrationDoesNotQueueBehindALongLock_T263(t *testing.T) {
	server := shared.Server(t)
	address := server.Address(server.New(t, pgtest.Empty))
	pool, err := pgxpool.New(t.Context(), address)
	check(t, err)
	defer pool.Close()
	tx, err := pool.Begin(t.Context())
	check(t, err)
	_, err = tx.Exec(t.Context(), `CREATE TABLE lookups ()`)
	check(t, err)
	start := time.Now()
	db, err := Open(t.Context(), address)
	if err == nil {
		db.Close()
	}
	if took := time.Since(start); code(err) != "55P03" || took > 10*time.Second {
		t.Errorf("after %v the error is %v", took, err)
	}
	check(t, tx.Rollback(t.Context()))
	openAt(t, address)
	same(t, server, address)
}

func TestDatabaseOfAnotherEncodingIsRefused(t *testing.T) {
	server := shared.Server(t)
	check(t, server.Do("postgres",
		`CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'`))
	defer server.Do("postgres", `DROP DATABASE latin`)
	if _, err := Open(t.Context(), server.Address("latin")); err == nil || !strings.Contains(err.Error(), "ENCODING 'UTF8'") {
		t.Errorf("error is %v", err)
	}
}

// So that the schema can be spread over many machines by the first column of each key.
func TestNothingIsUniqueBesidesPrimaryKeys(t *testing.T) {
	address := shared.New(t)
	if found := ask(t, address, `SELECT coalesce(string_agg(indexrelid::regclass::text, ', '), '') FROM pg_index
		WHERE indisunique AND NOT indisprimary AND indrelid IN (SELECT oid FROM pg_class
		WHERE relnamespace = 'public'::regnamespace AND relname <> 'migrations')`); found != "" {
		t.Errorf("unique are %s", found)
	}
	if found := ask(t, address, `SELECT coalesce(string_agg(table_name, ', '), '') FROM information_schema.columns c
		WHERE table_schema = 'public' AND column_name = 'org' AND ordinal_position > 1
		AND table_name NOT IN ('lookups', 'outbox', 'note_people')`); found != "" { // those are keyed by themselves
		t.Errorf("org is not the first column of %s", found)
	}
	if found := ask(t, address, `SELECT coalesce(string_agg(table_name || '.' || column_name, ', '), '')
		FROM information_schema.key_column_usage k JOIN information_schema.columns c USING (table_name, column_name)
		WHERE k.table_schema = 'public' AND data_type = 'text' AND c.collation_name IS DISTINCT FROM 'C'`); found != "" {
		t.Errorf("keys that are not in byte order: %s", found)
	}
}

func TestEventsAreNeverChangedOrRemoved_T256(t *testing.T) {
	server := shared.Server(t)
	name := server.New(t, "prepared")
	for _, text := range []string{
		`UPDATE events SET at = 0`, `DELETE FROM events`, `TRUNCATE events`, `UPDATE events SET at = 0 WHERE FALSE`,
	} {
		if err := server.Do(name, text); code(err) != "42501" {
			t.Errorf("%s: error is %v", text, err)
		}
	}
}

func TestNoErrorHoldsThePassword_T268(t *testing.T) {
	const secret = "s3cr3t%2Fw0rd"
	for _, address := range []string{
		"postgres://ada:" + secret + "@127.0.0.1:1/db",
		"postgres://ada:" + secret + "@[::1/db",
		"postgres://ada:" + secret + "@127.0.0.1:port/db",
		"postgres://ada:" + secret + "@127.0.0.1/db?sslmode=sometimes",
		"postgres://ada:" + secret + "%zz@127.0.0.1/db",
		"postgres://127.0.0.1:1/db?user=ada&password=" + secret,
		"host=127.0.0.1 port=1 user=ada password=" + secret,
		"host=127.0.0.1 password='" + secret,
		"ada:" + secret + "@127.0.0.1",
		"mysql://ada:" + secret + "@127.0.0.1/db",
		"host=127.0.0.1,127.0.0.2 port=1,2 password=" + secret + " connect_timeout=never",
	} {
		db, err := Open(t.Context(), address)
		if err == nil {
			db.Close()
			t.Errorf("%s was opened", address)
			continue
		}
		if text := err.Error(); strings.Contains(text, "s3cr3t") || strings.Contains(text, "w0rd") {
			t.Errorf("%s: the error is %s", address, text)
		}
	}
	server := shared.Server(t)
	check(t, server.Do("postgres", `CREATE ROLE ada LOGIN PASSWORD 's3cr3t/w0rd'`))
	defer server.Do("postgres", `DROP ROLE ada`)
	address := strings.Replace(server.Address("prepared"), "user=postgres", "user=ada password=s3cr3t/w0rd", 1)
	// She may not write there; what the schema's steps say of that holds no secret either.
	if _, err := Open(t.Context(), strings.Replace(address, "prepared", "postgres", 1)); err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("error is %v", err)
	}
}

// parts is the way into processes that tests start: this very program, with a part to play.
var parts = map[string]func(address string) error{"migrate": migrateOnce}

// play starts a process that plays a part on a database. Its lines come out of the reader; it is gone when the test ends.
func play(t *testing.T, name, address string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	self, err := os.Executable()
	check(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "COMMONHOLD_TEST_PART="+name, "COMMONHOLD_TEST_DATABASE="+address)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return cmd, bufio.NewReader(out)
}
