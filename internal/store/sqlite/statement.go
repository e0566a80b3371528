package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// statements are prepared when they are first asked for and kept by their text.
type statements struct {
	db    preparer
	known sync.Map // text -> *sql.Stmt
}

// preparer is a pool, or one transaction in which everything is read as it is at one instant.
type preparer interface {
	PrepareContext(ctx context.Context, text string) (*sql.Stmt, error)
}

func (s *statements) get(ctx context.Context, text string) (*sql.Stmt, error) {
	if known, ok := s.known.Load(text); ok {
		return known.(*sql.Stmt), nil
	}
	prepared, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if known, ok := s.known.LoadOrStore(text, prepared); ok {
		return known.(*sql.Stmt), prepared.Close()
	}
	return prepared, nil
}

// rows runs a query and scans each row into the places that fields names.
func rows[T any](ctx context.Context, s *statements, fields func(*T) []any, text string, args ...any) ([]T, error) {
	stmt, err := s.get(ctx, text)
	if err != nil {
		return nil, fault(err)
	}
	found, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, fault(err)
	}
	defer found.Close()
	var all []T
	for found.Next() {
		var row T
		if err := found.Scan(fields(&row)...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, fault(found.Err())
}

// row is rows for a query of at most one; the error is sql.ErrNoRows if there is none.
func row[T any](ctx context.Context, s *statements, fields func(*T) []any, text string, args ...any) (T, error) {
	var zero T
	all, err := rows(ctx, s, fields, text, args...)
	switch {
	case err != nil:
		return zero, err
	case len(all) == 0:
		return zero, sql.ErrNoRows
	}
	return all[0], nil
}

// maxListed keeps lists of placeholders short: what SQLite does with one grows with the square of its length.
const maxListed = 256

// listed runs a query whose text ends in IN, once for each maxListed of the values. Placeholders are filled up to a
// power of two, so that few texts serve all lengths; those of before come first.
func listed[T any](
	ctx context.Context, s *statements, fields func(*T) []any, text string, values []string, before ...any,
) ([]T, error) {
	if len(values) > maxListed { // so that no value is in two of the lists
		values = slices.Compact(slices.Sorted(slices.Values(values)))
	}
	var all []T
	for len(values) > 0 {
		n := min(len(values), maxListed)
		width := 1
		for width < n {
			width *= 2
		}
		args := append(make([]any, 0, len(before)+width), before...)
		for i := range width {
			args = append(args, values[min(i, n-1)])
		}
		found, err := rows(ctx, s, fields, text+" ("+placeholders(len(before)+1, width)+")", args...)
		if err != nil {
			return nil, err
		}
		all, values = append(all, found...), values[n:]
	}
	return all, nil
}

func placeholders(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(first+i))
	}
	return b.String()
}

// transaction is one turn of the writer.
type transaction struct {
	tx     *sql.Tx
	hot    map[string]*sql.Stmt
	caller context.Context // asked between statements, never inside one
	inside context.Context // the same without its end
	round  int64           // in the feed; 0 until there are events

	changed bool // something, so that there is something to commit
}

// write runs do in a transaction that commits if do returns nil. The caller's context is heard while it waits for its
// turn and between statements; a statement or commit once begun runs to its end, so that its outcome is known.
func (db *DB) write(ctx context.Context, do func(*transaction) error) error {
	if db.writer == nil {
		return errReadOnly
	}
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("wait for the writer: %w", err)
	}
	defer conn.Close()
	inside := context.WithoutCancel(ctx)
	tx, err := conn.BeginTx(inside, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", fault(err))
	}
	defer tx.Rollback() // after a commit this does nothing
	t := &transaction{tx: tx, hot: db.hot, caller: ctx, inside: inside}
	if err := do(t); err != nil {
		return fault(err)
	}
	count := db.tag.count // no other write runs
	if t.changed {
		count++
		if err := t.count(count); err != nil {
			return fmt.Errorf("count the commit: %w", fault(err))
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", fault(err))
	}
	db.tag.count = count
	return nil
}

// exec runs a statement and returns how many rows it changed.
func (t *transaction) exec(text string, args ...any) (int64, error) {
	if err := t.caller.Err(); err != nil {
		return 0, err
	}
	var result sql.Result
	var err error
	if stmt, ok := t.hot[text]; ok {
		result, err = t.tx.StmtContext(t.inside, stmt).ExecContext(t.inside, args...)
	} else {
		result, err = t.tx.ExecContext(t.inside, text, args...)
	}
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	t.changed = t.changed || n > 0
	return n, err
}

// change is write for one statement.
func (db *DB) change(ctx context.Context, text string, args ...any) error {
	return db.write(ctx, func(t *transaction) error {
		_, err := t.exec(text, args...)
		return err
	})
}

// stepSize is how many rows a clean-up removes before it lets others write.
const stepSize = 1000

// removeInSteps repeats a statement that removes up to stepSize rows, its last argument, until it finds fewer.
func (db *DB) removeInSteps(ctx context.Context, text string, args ...any) error {
	for {
		var removed int64
		err := db.write(ctx, func(t *transaction) (err error) {
			removed, err = t.exec(text, append(args, stepSize)...)
			return err
		})
		if err != nil || removed < stepSize {
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
