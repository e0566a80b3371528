package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/commonhold/commonhold/internal/store/sqlite/vfs"
)

// errReadOnly is what every write to a view ends with.
var errReadOnly = errors.New("the database is open for reading only")

// View opens the database in the folder dir as it is now, for reading only. It may be that another process has it open
// and writes: what it commits from now on is not seen. While a view is open the database's write-ahead log only grows, so
// a view is not kept for long.
func View(ctx context.Context, dir string) (*DB, error) {
	db, err := view(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("read the database in %s: %w", dir, err)
	}
	return db, nil
}

func view(ctx context.Context, dir string) (_ *DB, err error) {
	file, err := present(dir)
	if err != nil {
		return nil, err
	}
	db := &DB{}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	if db.disk, err = vfs.Checked(""); err != nil {
		return nil, err
	}
	if db.reader, err = connect(db.disk, file, 1, "mode=ro", "_pragma=query_only(1)"); err != nil {
		return nil, err
	}
	if db.snapshot, err = db.reader.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: true}); err != nil {
		return nil, err
	}
	db.reads.db = db.snapshot
	return db, known(ctx, &db.reads)
}

// present returns the database file of a folder, having seen that it can be read: that there is one, and, unless a
// process has it open and saw to that itself, that its log belongs to it.
func present(dir string) (string, error) {
	f := &folder{dir: dir}
	switch about, err := os.Stat(f.database()); {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is none: name the folder that commonhold serve keeps its data in")
	case err != nil:
		return "", err
	case about.Size() == 0:
		return "", fmt.Errorf("%s is empty", f.database())
	}
	lock, err := lockFile(filepath.Join(dir, "commonhold.lock"))
	if errors.Is(err, errHeld) {
		return f.database(), nil
	}
	if err != nil {
		return "", fmt.Errorf("lock the data folder: %w", err)
	}
	return f.database(), errors.Join(fit(f.database()), lock.Close())
}

// known refuses a database whose schema this program does not know, or has moved on from.
func known(ctx context.Context, s *statements) error {
	has, err := row(ctx, s, func(n *int64) []any { return []any{n} }, `SELECT coalesce(max(version_id), 0) FROM migrations`)
	if err != nil {
		return fmt.Errorf("it is none of this program: %w", err)
	}
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	switch knows := int64(len(steps)); {
	case has > knows:
		return fmt.Errorf("a newer version of this program has changed it (schema %d, this one knows up to %d): use that version", has, knows)
	case has < knows:
		return fmt.Errorf("it was made by an older version of this program (schema %d, this one has %d): start commonhold serve once, which brings it up to date", has, knows)
	}
	return nil
}
