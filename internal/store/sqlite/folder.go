package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/commonhold/commonhold/internal/store/sqlite/vfs"
)

// folder is the place on disk of one database, held by one process at a time. SQLite itself would let two processes
// share the file; what this program keeps in memory would not.
type folder struct {
	dir  string
	lock *os.File
}

// errHeld is what lockFile returns for a file that somebody else has locked.
var errHeld = errors.New("held by another process")

// takeFolder makes the folder if it is not there and holds it until leave, or until the process ends in any way.
func takeFolder(dir string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if err := refuseNetwork(dir); err != nil {
		return nil, err
	}
	f := &folder{dir: dir}
	if err := f.hold(); err != nil {
		return nil, err
	}
	if err := errors.Join(f.sign(), f.closeToOthers()); err != nil {
		return nil, errors.Join(err, f.leave())
	}
	return f, nil
}

func (f *folder) database() string { return filepath.Join(f.dir, "commonhold.db") }

func (f *folder) hold() (err error) {
	name := filepath.Join(f.dir, "commonhold.lock")
	if f.lock, err = lockFile(name); errors.Is(err, errHeld) {
		return fmt.Errorf("the data folder %s is in use by %s: stop that process, or name another folder",
			f.dir, holder(name))
	} else if err != nil {
		return fmt.Errorf("lock the data folder: %w", err)
	}
	return nil
}

// sign leaves the number of this process in the lock file, for holder to read.
func (f *folder) sign() error {
	if err := f.lock.Truncate(0); err != nil {
		return fmt.Errorf("sign the lock: %w", err)
	}
	if _, err := fmt.Fprintf(f.lock, "%d\n", os.Getpid()); err != nil {
		return fmt.Errorf("sign the lock: %w", err)
	}
	return nil
}

// holder names the process that wrote its number into the lock file, as far as it can be read.
func holder(name string) string {
	file, err := os.Open(name)
	if err != nil {
		return "another process"
	}
	defer file.Close()
	number, err := io.ReadAll(io.LimitReader(file, 20))
	if text := strings.TrimSpace(string(number)); err == nil && text != "" {
		return "process " + text
	}
	return "another process"
}

// closeToOthers gives the files of the database the mode 0600, whatever umask or back-up made them. SQLite gives the
// files that it makes beside the database the mode of the database, so that one has to be there first.
func (f *folder) closeToOthers() error {
	file, err := os.OpenFile(f.database(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	if err := errors.Join(vfs.LayOut(file), file.Close()); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Chmod(f.database()+end, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("close the database to other users: %w", err)
		}
	}
	return nil
}

// leave lets the next process in. Leaving again is no error.
func (f *folder) leave() error {
	if err := f.lock.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("leave the data folder: %w", err)
	}
	return nil
}

// syncFolder makes the name of a file as lasting as its content.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be opened there
	}
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync the folder: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
