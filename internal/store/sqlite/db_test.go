package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.DB { return openIn(t, t.TempDir()) })
}

func TestBothPoolsBindByNumber(t *testing.T) {
	db := openIn(t, t.TempDir())
	t.Run("writer", func(t *testing.T) { storetest.Binding(t, db.writer) })
	t.Run("reader", func(t *testing.T) { storetest.Binding(t, db.reader) })
}

func TestConnectionsAreSetUp(t *testing.T) {
	db := openIn(t, t.TempDir())
	for _, r := range []struct{ pragma, writer, reader string }{
		{"journal_mode", "wal", "wal"},
		{"synchronous", "2", "2"},
		{"query_only", "0", "1"},
		{"busy_timeout", "5000", "5000"},
	} {
		var writer, reader string
		check(t, db.writer.QueryRow("PRAGMA "+r.pragma).Scan(&writer))
		check(t, db.reader.QueryRow("PRAGMA "+r.pragma).Scan(&reader))
		if writer != r.writer || reader != r.reader {
			t.Errorf("%s is %s and %s, want %s and %s", r.pragma, writer, reader, r.writer, r.reader)
		}
	}
	if _, err := db.reader.Exec(`DELETE FROM events`); err == nil {
		t.Error("a reader wrote")
	}
}

func TestContentsOutliveTheProcess(t *testing.T) {
	dir := t.TempDir() + "/not there yet/a b?c=%41#d"
	h := storetest.History{Org: "org_1"}
	for n := range 3 {
		db := openIn(t, dir)
		check(t, db.Append(t.Context(), []store.Append{h.Next(2)}))
		events, err := db.Events(t.Context(), "org_1", 0, 100)
		check(t, err)
		check(t, store.Chain(0, nil, events))
		if want := 2 * (n + 1); len(events) != want {
			t.Fatalf("%d events at start %d, want %d", len(events), n, want)
		}
		check(t, db.Close())
		left, err := os.ReadDir(dir)
		check(t, err)
		if len(left) != 2 {
			t.Errorf("%v is left, want the database and the lock", left)
		}
	}
}

func TestCloseWaitsForTheWriteThatRuns(t *testing.T) {
	dir := t.TempDir()
	db := openIn(t, dir)
	begun, goOn := make(chan struct{}), make(chan struct{})
	closed, written := make(chan error, 1), make(chan error, 1)
	go func() {
		written <- db.write(context.Background(), func(t *transaction) error {
			close(begun)
			<-goOn
			_, err := t.exec(`INSERT INTO documents (digest, text) VALUES ('d', x'00')`)
			return err
		})
	}()
	<-begun
	go func() { closed <- db.Close() }()
	select {
	case err := <-closed:
		closed <- err
		t.Error("the folder was left to others during a write")
	case <-time.After(50 * time.Millisecond):
	}
	close(goOn)
	check(t, <-written)
	check(t, <-closed)
	again := openIn(t, dir)
	_, err := again.Read(t.Context(), "d")
	check(t, err)
}

func TestWriteHearsItsContextBetweenStatements(t *testing.T) {
	db := openIn(t, t.TempDir())
	ctx, end := context.WithCancel(t.Context())
	err := db.write(ctx, func(t *transaction) error {
		for _, digest := range []string{"d", "e"} {
			if _, err := t.exec(`INSERT INTO documents (digest, text) VALUES ($1, x'00')`, digest); err != nil {
				return err
			}
			end()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if _, err := db.Read(t.Context(), "d"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("half of what was given up is there: %v", err)
	}
}

func openIn(t testing.TB, dir string) *DB {
	t.Helper()
	db, err := Open(t.Context(), dir)
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

// TestMain also is the way into processes that tests start: this very program, with a part to play.
func TestMain(m *testing.M) {
	do, ok := parts[os.Getenv("COMMONHOLD_TEST_PART")]
	if !ok {
		os.Exit(m.Run())
	}
	if err := do(os.Getenv("COMMONHOLD_TEST_DIR")); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

// part is what a process that a test starts does in a folder.
type part func(dir string) error

// play starts a process that plays a part in dir. Its lines come out of the reader; it is gone when the test ends.
func play(t *testing.T, name, dir string, settings ...string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	self, err := os.Executable()
	check(t, err)
	cmd := exec.Command(self)
	cmd.Env = slices.Concat(os.Environ(), settings, []string{"COMMONHOLD_TEST_PART=" + name, "COMMONHOLD_TEST_DIR=" + dir})
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
