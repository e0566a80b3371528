package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// errReadOnly is what every write to a view ends with.
var errReadOnly = errors.New("the database is open for reading only")

// asker is a pool, or one transaction in which everything is read as it is at one instant.
type asker interface {
	Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
}

// View opens the database at an address as it is now, for reading only, while others write: what they commit from now on
// is not seen. While a view is open the server keeps what it shows, so a view is not kept for long.
func View(ctx context.Context, address string) (*DB, error) {
	config, err := configure(address)
	if err != nil {
		return nil, err
	}
	where := fmt.Sprintf("%s on %s", config.ConnConfig.Database, config.ConnConfig.Host)
	config.MaxConns = 1
	db, err := view(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("read the database %s: %w", where, err)
	}
	return db, nil
}

func view(ctx context.Context, config *pgxpool.Config) (*DB, error) {
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	db := &DB{pool: pool, done: make(chan struct{})}
	db.snapshot, err = pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err == nil {
		err = db.known(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// asks is where readings go.
func (db *DB) asks() asker {
	if db.snapshot != nil {
		return db.snapshot
	}
	return db.pool
}

// known refuses a database whose schema this program does not know, or has moved on from.
func (db *DB) known(ctx context.Context) error {
	has, err := row(ctx, db, func(n *int64) []any { return []any{n} }, `SELECT coalesce(max(version_id), 0) FROM migrations`)
	if err != nil {
		return fmt.Errorf("it is none of this program, unless it is new; then start commonhold serve on it, or import into it: %w", err)
	}
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	if knows := int64(len(steps)); has != knows {
		return fmt.Errorf("its schema has version %d, this program has %d: use the version of the program that runs on it", has, knows)
	}
	return nil
}
