// Package sqlite keeps a store in one SQLite file, for one process at a time. It owns the schema, the files and their
// modes, and the rule of one writer; it knows nothing of what the rows mean.
//
// The SQL keeps to what PostgreSQL reads the same way, and nothing rests on the isolation of a transaction: primary
// keys and conditions inside single statements decide who came first.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/sqlite/vfs"
)

// DB is a store.DB in a folder. All writes go through one connection, so none waits for a lock inside SQLite; reads go
// through others, which see the last commit and cannot write.
type DB struct {
	folder *folder
	disk   *vfs.Disk
	writer *sql.DB
	reader *sql.DB

	snapshot *sql.Tx // of a view, in which all is read

	hot   map[string]*sql.Stmt // on writer: the statements of an append, by their text
	reads statements           // on reader
	tag   tag                  // of the last commit; whoever has the writer moves it
}

var _ store.DB = (*DB)(nil)

// Open opens the database in the folder dir, makes both if they are not there, and brings the schema up to date. It
// refuses a folder that another process has open, and a database that a newer program has changed.
func Open(ctx context.Context, dir string) (*DB, error) {
	return openOver(ctx, "", dir)
}

// openOver is Open over a VFS other than the system's.
func openOver(ctx context.Context, over, dir string) (*DB, error) {
	f, err := takeFolder(dir)
	if err != nil {
		return nil, err
	}
	db := &DB{folder: f}
	if db.disk, err = vfs.Checked(over); err != nil {
		return nil, errors.Join(err, f.leave())
	}
	if err := db.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database in %s: %w", dir, remedy(err)), db.Close())
	}
	return db, nil
}

func (db *DB) open(ctx context.Context) (err error) {
	if err := fit(db.folder.database()); err != nil {
		return err
	}
	db.writer, err = connect(db.disk, db.folder.database(), 1, "_txlock=immediate",
		"_pragma=journal_mode(wal)", "_pragma=synchronous(full)", "_pragma=cache_size(-32768)",
		"_pragma=wal_autocheckpoint(4000)", "_pragma=journal_size_limit(67108864)")
	if err != nil {
		return err
	}
	if err := migrate(ctx, db.writer); err != nil {
		return err
	}
	db.hot = map[string]*sql.Stmt{}
	for _, text := range appendStatements {
		if db.hot[text], err = db.writer.PrepareContext(ctx, text); err != nil {
			return fmt.Errorf("prepare %s: %w", text, err)
		}
	}
	// A connection that may only read also leaves the log alone when it is the last to close.
	db.reader, err = connect(db.disk, db.folder.database(), max(4, 2*runtime.GOMAXPROCS(0)), "mode=ro", "_pragma=query_only(1)")
	if err != nil {
		return err
	}
	db.reads.db = db.reader
	return db.begin(ctx)
}

// connect returns a pool of up to n connections to a file on the disk. Each lets other programs (a shell, a back-up) hold the file for a
// while before it gives up.
func connect(disk *vfs.Disk, file string, n int, options ...string) (*sql.DB, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	if path = filepath.ToSlash(path); !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	options = append([]string{"vfs=" + disk.Name, "_dqs=0", "_error_rc=1", "_pragma=busy_timeout(5000)"}, options...)
	source := url.URL{Scheme: "file", Path: path, RawQuery: strings.Join(options, "&")}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

func (db *DB) Log() store.Log             { return db }
func (db *DB) Lookups() store.Lookups     { return db }
func (db *DB) Snapshots() store.Snapshots { return db }
func (db *DB) People() store.People       { return db }
func (db *DB) Keys() store.Keys           { return db }
func (db *DB) Outbox() store.Outbox       { return db }
func (db *DB) Documents() store.Documents { return db }
func (db *DB) Tokens() store.Tokens       { return db }
func (db *DB) Feed() store.Feed           { return db }
func (db *DB) Notes() store.Notes         { return db }
func (db *DB) Security() store.Security   { return db }
func (db *DB) Nodes() store.Nodes         { return db }
func (db *DB) Shared() store.Shared       { return nil }

// Ping reads a row, so that a file that went away does not pass for a database.
func (db *DB) Ping(ctx context.Context) error {
	one := func(n *int) []any { return []any{n} }
	if _, err := row(ctx, &db.reads, one, `SELECT count(*) FROM migrations`); err != nil {
		return fmt.Errorf("ping the database: %w", err)
	}
	return nil
}

// Close lets a write that runs come to its end, writes the log of the database back into it and leaves the folder to
// the next process.
func (db *DB) Close() error {
	var errs []error
	if db.snapshot != nil {
		if err := db.snapshot.Rollback(); !errors.Is(err, sql.ErrTxDone) {
			errs = append(errs, err)
		}
	}
	var stay *sql.Conn
	// Only the run is looked at: a write that still runs moves the count.
	if was := (tag{run: db.tag.run}); was.state() == running {
		if err := db.move(context.Background(), was.in(stopped)); err != nil {
			// The tag goes on saying that there is a log, so there has to be one: the last to close would write it back
			// and remove it, unless that is one that may only read.
			var stays error
			stay, stays = db.lastReader()
			errs = append(errs, err, stays)
		}
		db.tag.run = stopped
	}
	if db.reader != nil && stay == nil {
		errs = append(errs, db.reader.Close())
	}
	if db.writer != nil {
		errs = append(errs, db.writer.Close())
	}
	if stay != nil {
		errs = append(errs, stay.Close(), db.reader.Close())
	}
	if db.disk != nil {
		db.disk.Close()
	}
	if db.folder != nil {
		errs = append(errs, db.folder.leave())
	}
	return errors.Join(errs...)
}

// lastReader returns a connection that keeps the log from being removed.
func (db *DB) lastReader() (*sql.Conn, error) {
	c, err := db.reader.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	var n int // until it has read something, a connection is none to SQLite
	return c, c.QueryRowContext(context.Background(), `SELECT count(*) FROM migrations`).Scan(&n)
}
