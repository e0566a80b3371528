package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/sqlite/vfs"
)

// Backup writes the database in the folder dir as it is now into a new file of mode 0600, also while a process has it
// open and writes. The file is a database without a log beside it. Before it gets its name, finish is called with the
// copy. A file that exists is refused.
func Backup(ctx context.Context, dir, file string, finish func(store.DB) error) error {
	err := backup(ctx, dir, file, finish)
	if err != nil {
		return fmt.Errorf("back up the database in %s: %w", dir, err)
	}
	return nil
}

func backup(ctx context.Context, dir, file string, finish func(store.DB) error) error {
	from, err := present(dir)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s exists: name another file", file), err)
	}
	return place(file, func(copied *os.File) error {
		disk, err := vfs.Checked("")
		if err != nil {
			return err
		}
		defer disk.Close()
		source, err := connect(disk, from, 1, "mode=ro")
		if err != nil {
			return err
		}
		_, err = source.ExecContext(ctx, `VACUUM INTO $1`, copied.Name())
		if err := errors.Join(err, source.Close()); err != nil {
			return fmt.Errorf("copy: %w", err)
		}
		return finishCopy(ctx, copied.Name(), finish)
	})
}

// Restore makes the data folder dir out of a file that Backup wrote. A folder that holds a database is refused. Before
// the database gets its name, finish is called with it; if that fails, nothing is left.
func Restore(ctx context.Context, file, dir string, finish func(store.DB) error) error {
	err := restore(ctx, file, dir, finish)
	if err != nil {
		return fmt.Errorf("restore %s into %s: %w", file, dir, err)
	}
	return nil
}

func restore(ctx context.Context, file, dir string, finish func(store.DB) error) error {
	source, err := os.Open(file)
	if err != nil {
		return err
	}
	defer source.Close()
	if about, err := source.Stat(); err != nil || !about.Mode().IsRegular() || about.Size() == 0 {
		return errors.Join(errors.New("it is no backup: an empty file, or none at all"), err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if err := refuseNetwork(dir); err != nil {
		return err
	}
	f := &folder{dir: dir}
	if err := f.hold(); err != nil {
		return err
	}
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if _, there := os.Lstat(f.database() + end); !errors.Is(there, fs.ErrNotExist) {
			return errors.Join(fmt.Errorf("%s exists, and nothing is written over: name another folder, or move it away", f.database()+end), there, f.leave())
		}
	}
	err = place(f.database(), func(copied *os.File) error {
		if _, err := io.Copy(copied, source); err != nil {
			return fmt.Errorf("copy: %w", err)
		}
		return finishCopy(ctx, copied.Name(), finish)
	})
	return errors.Join(err, f.leave())
}

// place lets fill make a file beside where it is to be, and gives it its name when it is whole. It replaces nothing.
func place(file string, fill func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".commonhold-*.part") // made with mode 0600
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Link(f.Name(), file)
	}
	if err = errors.Join(err, os.Remove(f.Name())); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// finishCopy brings a copy up to date, lets finish see and change it, and marks it as complete in itself.
func finishCopy(ctx context.Context, file string, finish func(store.DB) error) (err error) {
	db := &DB{}
	if db.disk, err = vfs.Checked(""); err != nil {
		return err
	}
	defer db.disk.Close()
	if db.writer, err = connect(db.disk, file, 1, "_txlock=immediate", "_pragma=synchronous(full)"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.writer.Close()) }()
	db.reads.db = db.writer
	var count int64
	if err := db.writer.QueryRowContext(ctx, `SELECT count(*) FROM migrations`).Scan(&count); err != nil {
		return fmt.Errorf("it is no database of this program: %w", err)
	}
	if err := migrate(ctx, db.writer); err != nil {
		return err
	}
	if err := db.move(ctx, tag{run: freshRun()}.in(stopped)); err != nil {
		return err
	}
	return finish(db)
}
