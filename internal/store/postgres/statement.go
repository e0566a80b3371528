package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/commonhold/commonhold/internal/store"
)

// What does not come within these counts as not answered, so that nobody waits for ever behind a network that swallows.
const (
	readWithin  = 10 * time.Second
	writeWithin = 30 * time.Second
)

// rows runs a query and scans each row into the places that fields names.
func rows[T any](ctx context.Context, db *DB, fields func(*T) []any, text string, args ...any) (all []T, err error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	err = again(ctx, func() error {
		all = nil
		found, err := db.asks().Query(ctx, text, args...)
		if err != nil {
			return unlessNoText(err)
		}
		defer found.Close()
		for found.Next() {
			var row T
			if err := found.Scan(fields(&row)...); err != nil {
				return err
			}
			all = append(all, row)
		}
		return unlessNoText(found.Err())
	})
	return all, err
}

// row is rows for a query of at most one; the error is pgx.ErrNoRows if there is none.
func row[T any](ctx context.Context, db *DB, fields func(*T) []any, text string, args ...any) (T, error) {
	var zero T
	all, err := rows(ctx, db, fields, text, args...)
	switch {
	case err != nil:
		return zero, err
	case len(all) == 0:
		return zero, pgx.ErrNoRows
	}
	return all[0], nil
}

func bytesField(b *[]byte) []any { return []any{b} }
func countField(n *int) []any    { return []any{n} }

// missing turns the driver's word for no row into ErrNotFound, and says what was tried of every other error.
func missing(err error, format string, args ...any) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrNotFound
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

// unlessNoText drops the error of a condition on what is no text: no row holds that. What is written was checked before.
func unlessNoText(err error) error {
	if code(err) == "22021" {
		return nil
	}
	return err
}

// code is what the server calls an error, and empty if it is none of the server's.
func code(err error) string {
	if server, ok := errors.AsType[*pgconn.PgError](err); ok {
		return server.Code
	}
	return ""
}

// exec runs one statement, which is a transaction of its own, and returns how many rows it changed.
func (db *DB) exec(ctx context.Context, text string, args ...any) (changed int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	err = again(ctx, func() error {
		if db.snapshot != nil {
			return errReadOnly
		}
		done, err := db.pool.Exec(ctx, text, args...)
		changed = done.RowsAffected()
		return unlessNoText(err)
	})
	return changed, err
}

// step is a statement of a transaction, and what to say of the number of rows that it changed.
type step struct {
	text  string
	args  []any
	judge func(changed int64) error // nil: any number is right
}

// transaction gathers the steps of one write. All go to the server at once and are judged together, so that a write of
// any size costs the same few round trips.
type transaction []step

func (t *transaction) add(judge func(changed int64) error, text string, args ...any) {
	*t = append(*t, step{text, args, judge})
}

// orElse judges a step that must change a row.
func orElse(err error) func(int64) error {
	return func(changed int64) error {
		if changed == 0 {
			return err
		}
		return nil
	}
}

// limits holds for one transaction, since behind a pooler the next one on this connection may be somebody else's. A
// process that freezes between its statements and the commit keeps others waiting for as long as it may be idle, and
// nobody waits longer for a row than that. What commits is on disk before anybody hears of it.
const limits = `SELECT set_config('idle_in_transaction_session_timeout', '5s', true), set_config('lock_timeout', '6s', true),
	set_config('synchronous_commit', CASE current_setting('synchronous_commit')
		WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)`

// write runs the steps in one transaction, which commits if each is judged right. The first that is not is the error.
func (db *DB) write(ctx context.Context, steps transaction) error {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	return again(ctx, func() error { return db.try(ctx, steps) })
}

func (db *DB) try(ctx context.Context, steps transaction) error {
	if db.snapshot != nil {
		return errReadOnly
	}
	tx, err := db.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback(ctx) // after a commit this does nothing
	batch := &pgx.Batch{}
	batch.Queue(limits)
	for _, s := range steps {
		batch.Queue(s.text, s.args...)
	}
	if err := judge(tx.SendBatch(ctx, batch), steps); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func judge(results pgx.BatchResults, steps transaction) (err error) {
	_, err = results.Exec() // the limits
	for _, s := range steps {
		if err != nil {
			break
		}
		var done pgconn.CommandTag
		if done, err = results.Exec(); err == nil && s.judge != nil {
			err = s.judge(done.RowsAffected())
		}
	}
	if closing := results.Close(); err == nil {
		err = closing
	}
	return err
}

// mostPauses bounds how long a statement waits before it is tried again: so many times ten milliseconds.
const mostPauses = 10

// again repeats what the server says has not happened because somebody else was in the way, for as long as there is time:
// of many that change one row at once, one at a time gets through. A write carries its own conditions, so that it does no
// harm behind another.
func again(ctx context.Context, do func() error) error {
	for try := 1; ; try++ {
		err := do()
		if !inTheWay(err) {
			return named(err)
		}
		select {
		case <-time.After(rand.N(time.Duration(min(try, mostPauses)) * 10 * time.Millisecond)):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}

func inTheWay(err error) bool {
	switch code(err) {
	case "40001", "40P01", "55P03": // not serializable, in a ring of those who wait, or waited too long
		return true
	}
	return false
}

// named gives an error of the server's the name by which callers know it.
func named(err error) error {
	switch code(err) {
	case "53100":
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case "58030":
		return fmt.Errorf("%w: %w", store.ErrDisk, err)
	case "XX001", "XX002": // a page, an index
		return fmt.Errorf("%w: %w", store.ErrDamaged, err)
	}
	return err
}

// stepSize is how many rows a clean-up removes before it lets others write.
const stepSize = 1000

// removeInSteps repeats a statement that removes up to stepSize rows, its last argument, until it finds fewer.
func (db *DB) removeInSteps(ctx context.Context, text string, args ...any) error {
	for {
		if removed, err := db.exec(ctx, text, append(args, stepSize)...); err != nil || removed < stepSize {
			return err
		}
	}
}

// blob makes nil storable: columns of bytes are never NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// texts are those values that a column of text can hold; nothing is found under the others.
func texts(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(s string) bool { return store.CheckText(s) != nil })
}
