package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/commonhold/commonhold/internal/store"
)

// fault says of the driver's errors which of those they are that somebody has to do something about.
func fault(err error) error {
	var from *sqlite.Error
	if !errors.As(err, &from) {
		return err
	}
	switch code := from.Code(); code {
	case sqlite3.SQLITE_IOERR_DATA, sqlite3.SQLITE_IOERR_CORRUPTFS:
		return fmt.Errorf("%w: %w", store.ErrDamaged, err)
	default:
		switch code & 0xff { // the rest of a code goes into detail
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w: %w", store.ErrDamaged, err)
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("%w: %w", store.ErrFull, err)
		case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
			return fmt.Errorf("%w: %w", store.ErrDisk, err)
		}
	}
	return err
}

// remedy is fault for those who start the program, and tells them what helps.
func remedy(err error) error {
	switch err = fault(err); {
	case errors.Is(err, store.ErrDamaged):
		return fmt.Errorf("%w: the database is damaged; restore a backup, or what can be read of it", err)
	case errors.Is(err, store.ErrFull):
		return fmt.Errorf("%w: make room on the disk and start again", err)
	case errors.Is(err, store.ErrDisk):
		return fmt.Errorf("%w: see that the disk is whole and that this user may write to the folder, then start again", err)
	}
	return err
}
