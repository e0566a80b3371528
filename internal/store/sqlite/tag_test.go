package sqlite

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/sqlite/vfs"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	check(t, err)
	check(t, os.MkdirAll(filepath.Dir(to), 0o700))
	check(t, os.WriteFile(to, b, 0o600))
}

// Whatever files are put side by side, the database opens complete or is refused; it is never silently older.
func TestFilesThatDoNotBelongTogether_T244(t *testing.T) {
	const db, wal = "/commonhold.db", "/commonhold.db-wal"
	// Two folders that a crash left with a log, of which one began as a copy of the other.
	crashed := func(t *testing.T) (string, string) {
		t.Helper()
		one, two := t.TempDir(), t.TempDir()
		first := openIn(t, one)
		check(t, first.Keep(t.Context(), "both", []byte("text")))
		check(t, first.Close())
		copyFile(t, one+db, two+db)
		for _, dir := range []string{one, two} {
			cmd, out := play(t, "append until killed", dir, "COMMONHOLD_TEST_SEED=1")
			for range 20 {
				_, err := out.ReadString('\n')
				check(t, err)
			}
			check(t, cmd.Process.Kill())
			cmd.Wait()
		}
		return one, two
	}
	for _, row := range []struct {
		name string
		put  func(t *testing.T, one, two, dir string)
		want string // in the refusal; empty: it opens
	}{
		{
			name: "T-244 both files of a crash", want: "",
			put: func(t *testing.T, one, _, dir string) { copyFile(t, one+db, dir+db); copyFile(t, one+wal, dir+wal) },
		},
		{
			name: "T-244 a database without its log", want: "commonhold.db-wal is missing",
			put: func(t *testing.T, one, _, dir string) { copyFile(t, one+db, dir+db) },
		},
		{
			name: "T-244 a database with an empty log", want: "commonhold.db-wal is missing",
			put: func(t *testing.T, one, _, dir string) {
				copyFile(t, one+db, dir+db)
				check(t, os.WriteFile(dir+wal, nil, 0o600))
			},
		},
		{
			name: "T-244 a database with the log of another copy", want: "belongs to another copy",
			put: func(t *testing.T, one, two, dir string) { copyFile(t, one+db, dir+db); copyFile(t, two+wal, dir+wal) },
		},
		{
			name: "T-244 a database that was stopped in order, with a stale log", want: "belongs to another copy",
			put: func(t *testing.T, one, two, dir string) {
				check(t, openIn(t, one).Close())
				copyFile(t, one+db, dir+db)
				copyFile(t, two+wal, dir+wal)
			},
		},
		{
			name: "T-244 a log without its database", want: "the database is gone",
			put: func(t *testing.T, one, _, dir string) { copyFile(t, one+wal, dir+wal) },
		},
		{
			name: "T-244 a database that was stopped in order, alone", want: "",
			put: func(t *testing.T, one, _, dir string) {
				check(t, openIn(t, one).Close())
				copyFile(t, one+db, dir+db)
			},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			one, two := crashed(t)
			dir := t.TempDir()
			row.put(t, one, two, dir)
			for name, open := range map[string]func() (*DB, error){
				"view": func() (*DB, error) { return View(t.Context(), dir) },
				"open": func() (*DB, error) { return Open(t.Context(), dir) },
			} {
				opened, err := open()
				switch {
				case row.want == "" && err != nil:
					t.Errorf("%s: %v", name, err)
				case row.want != "" && err == nil:
					t.Errorf("%s: it opens", name)
				case row.want != "" && name == "open" && (!errors.Is(err, ErrTornApart) || !strings.Contains(err.Error(), row.want)):
					t.Errorf("%s: %v", name, err)
				}
				if err == nil {
					check(t, opened.Close())
				}
			}
		})
	}
}

// Files are copied one after the other while commits and checkpoints go on.
func TestCopiesOfALiveDatabase_T244(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	complete, refused := 0, 0
	times := 25
	if os.Getenv("COMMONHOLD_LONG") != "" {
		times = 1000
	}
	for range times {
		dir, to := t.TempDir(), t.TempDir()
		db := openIn(t, dir)
		h := storetest.History{Org: "org_1"}
		step := func() {
			switch chance.IntN(6) {
			case 0:
				_, err := db.writer.Exec(`PRAGMA wal_checkpoint(passive)`)
				check(t, err)
			case 1:
				_, err := db.writer.Exec(`PRAGMA wal_checkpoint(restart)`)
				check(t, err)
			default:
				check(t, db.Append(t.Context(), []store.Append{h.Next(1 + chance.IntN(3))}))
			}
		}
		several := func() {
			for range chance.IntN(6) {
				step()
			}
		}
		several()
		names := []string{"commonhold.db", "commonhold.db-wal"}
		if chance.IntN(2) == 0 {
			names[0], names[1] = names[1], names[0]
		}
		had := h.Version
		copyFile(t, dir+"/"+names[0], to+"/"+names[0])
		several()
		copyFile(t, dir+"/"+names[1], to+"/"+names[1])
		several()
		again, err := Open(t.Context(), to)
		if err != nil {
			if refused++; !errors.Is(err, ErrTornApart) {
				t.Error(err)
			}
		} else {
			complete++
			events, err := again.Events(t.Context(), "org_1", 0, 1000)
			check(t, err)
			if uint64(len(events)) < had {
				t.Errorf("%d events, there were %d when the copy began", len(events), had)
			}
			check(t, store.Chain(0, nil, events))
			check(t, again.Close())
		}
		check(t, db.Close())
	}
	t.Logf("%d complete, %d refused", complete, refused)
	if complete == 0 || refused == 0 {
		t.Error("the copies were all whole or all torn")
	}
}

func TestADatabaseIsDeclaredComplete(t *testing.T) {
	dir := t.TempDir()
	cmd, out := play(t, "append until killed", dir, "COMMONHOLD_TEST_SEED=1")
	_, err := out.ReadString('\n')
	check(t, err)
	check(t, cmd.Process.Kill())
	cmd.Wait()
	tagged, err := readTag(dir + "/commonhold.db")
	check(t, err)
	check(t, Accept(t.Context(), dir))
	if still, err := readTag(dir + "/commonhold.db"); err != nil || *still != *tagged {
		t.Errorf("what needed no declaring was changed: %v", err)
	}
	check(t, os.Remove(dir+"/commonhold.db-wal"))
	if db, err := Open(t.Context(), dir); err == nil {
		db.Close()
		t.Fatal("it opens without its log")
	}
	check(t, Accept(t.Context(), dir))
	check(t, openIn(t, dir).Close())
}

// When the tag cannot be written at the end, the log that it speaks of stays.
func TestCloseThatCannotTagKeepsTheLog_T244(t *testing.T) {
	dir := t.TempDir()
	db := openIn(t, dir)
	check(t, db.Keep(t.Context(), "d", []byte("text")))
	_, err := db.writer.Exec(`PRAGMA query_only = 1`)
	check(t, err)
	if err := db.Close(); err == nil {
		t.Error("the tag was written")
	}
	again := openIn(t, dir)
	_, err = again.Read(t.Context(), "d")
	check(t, err)
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	db := openIn(t, dir)
	h := storetest.History{Org: "org_1"}
	check(t, db.Append(t.Context(), []store.Append{h.Next(3)}))
	file := filepath.Join(t.TempDir(), "backup.db")
	none := func(store.DB) error { return nil }
	t.Run("T-273 a copy of mode 0600 of what is there, marked by who asked", func(t *testing.T) {
		check(t, Backup(t.Context(), dir, file, func(db store.DB) error {
			return db.Tokens().Put(t.Context(), "marked", []byte("m"), nil, 1<<60)
		}))
		about, err := os.Stat(file)
		check(t, err)
		if about.Mode().Perm() != 0o600 {
			t.Errorf("mode %v", about.Mode())
		}
		left, err := os.ReadDir(filepath.Dir(file))
		check(t, err)
		if len(left) != 1 {
			t.Errorf("%v is left", left)
		}
	})
	t.Run("it replaces nothing", func(t *testing.T) {
		if err := Backup(t.Context(), dir, file, none); err == nil || !strings.Contains(err.Error(), "exists") {
			t.Error(err)
		}
	})
	check(t, db.Append(t.Context(), []store.Append{h.Next(2)}))
	t.Run("it is restored whole", func(t *testing.T) {
		to := t.TempDir()
		check(t, Restore(t.Context(), file, to, none))
		again := openIn(t, to)
		events, err := again.Events(t.Context(), "org_1", 0, 100)
		check(t, err)
		if check(t, store.Chain(0, nil, events)); len(events) != 3 {
			t.Errorf("%d events", len(events))
		}
		_, err = again.Peek(t.Context(), "marked", []byte("m"), 0)
		check(t, err)
		if err := Restore(t.Context(), file, to, none); err == nil {
			t.Error("into a folder in use")
		}
		check(t, again.Close())
		if err := Restore(t.Context(), file, to, none); err == nil || !strings.Contains(err.Error(), "nothing is written over") {
			t.Error(err)
		}
	})
	t.Run("what is refused leaves nothing", func(t *testing.T) {
		to := t.TempDir()
		if err := Restore(t.Context(), file, to, func(store.DB) error { return errors.New("refused") }); err == nil {
			t.Error("restored")
		}
		left, err := os.ReadDir(to)
		check(t, err)
		if len(left) != 1 {
			t.Errorf("%v is left, want the lock", left)
		}
	})
	t.Run("what is no backup is refused", func(t *testing.T) {
		for name, content := range map[string]string{"empty": "", "text": strings.Repeat("no database ", 1000), "short": "SQLite format 3\x00"} {
			bad := filepath.Join(t.TempDir(), name)
			check(t, os.WriteFile(bad, []byte(content), 0o600))
			if err := Restore(t.Context(), bad, t.TempDir(), none); err == nil {
				t.Errorf("%s is restored", name)
			}
		}
	})
	t.Run("a stale log in the folder stops it", func(t *testing.T) {
		to := t.TempDir()
		check(t, os.WriteFile(to+"/commonhold.db-wal", []byte("x"), 0o600))
		if err := Restore(t.Context(), file, to, none); err == nil || !strings.Contains(err.Error(), "commonhold.db-wal exists") {
			t.Error(err)
		}
	})
	t.Run("a folder without a database has none to back up", func(t *testing.T) {
		if err := Backup(t.Context(), t.TempDir(), file+"2", none); err == nil || !strings.Contains(err.Error(), "there is none") {
			t.Error(err)
		}
	})
}

// A view is of one instant, while the process that has the folder goes on.
func TestViewWhileAnotherProcessWrites(t *testing.T) {
	dir := t.TempDir()
	_, out := play(t, "append until killed", dir, "COMMONHOLD_TEST_SEED=1")
	for range 10 {
		_, err := out.ReadString('\n')
		check(t, err)
	}
	go io.Copy(io.Discard, out)
	view, err := View(t.Context(), dir)
	check(t, err)
	check(t, view.Ping(t.Context()))
	heads, err := view.Organizations(t.Context(), "", 1000)
	check(t, err)
	time.Sleep(50 * time.Millisecond)
	again, err := view.Organizations(t.Context(), "", 1000)
	check(t, err)
	if fmt.Sprint(heads) != fmt.Sprint(again) || len(heads) == 0 {
		t.Error("the view moves")
	}
	if err := view.Keep(t.Context(), "d", nil); !errors.Is(err, errReadOnly) {
		t.Errorf("a view is written to: %v", err)
	}
	sick, err := view.Examine(t.Context())
	if check(t, err); len(sick) > 0 {
		t.Error(sick)
	}
	check(t, view.Close())
	check(t, view.Close())
}

// A first start is killed when its first mark lies in the log and not yet in the database: nothing is lost, and the next
// start goes on.
func TestAFirstStartIsKilledBetweenItsMarks_T239_T244(t *testing.T) {
	f, err := takeFolder(t.TempDir())
	check(t, err)
	db := &DB{folder: f}
	db.disk, err = vfs.Checked("")
	check(t, err)
	t.Cleanup(func() { db.Close() })
	db.writer, err = connect(db.disk, f.database(), 1, "_txlock=immediate", "_pragma=journal_mode(wal)")
	check(t, err)
	check(t, migrate(t.Context(), db.writer))
	_, err = db.writer.Exec(`PRAGMA wal_checkpoint(restart)`)
	check(t, err)
	check(t, db.move(t.Context(), tag{}.in(starting)))
	for _, more := range []bool{false, true} {
		if more {
			check(t, db.move(t.Context(), tag{run: freshRun()}.in(running)))
		}
		dir := t.TempDir()
		for _, name := range []string{"/commonhold.db", "/commonhold.db-wal"} {
			copyFile(t, f.dir+name, dir+name)
		}
		again, err := Open(t.Context(), dir)
		check(t, err)
		check(t, again.Close())
	}
}
