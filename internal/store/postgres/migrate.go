package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is the advisory lock that a process holds while it changes the schema: "commonhold" begins with these.
const migrationLock = 0x636f6d6d6f6e

// migrate brings the schema up to date, each step in a transaction of its own. Of processes that start at once one does
// it and the others wait; one that dies lets go, and what it had begun is undone. Steps only go forward, and a database
// that has more of them than this program is left alone: what the newer program wrote may mean something else here.
func migrate(ctx context.Context, config *pgx.ConnConfig) (err error) {
	config = config.Copy()
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // the schema changes under prepared statements
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		// Others go on reading and writing: a step that has to wait for them gives up soon rather than hold up those behind.
		_, err := conn.Exec(ctx, `SET lock_timeout = '1s'`)
		return err
	}))
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checkEncoding(ctx, db); err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	oneAtATime, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, 60))
	if err != nil {
		return err
	}
	steps, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(oneAtATime),
		goose.WithTableName("migrations"), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	return bringUp(ctx, steps)
}

func bringUp(ctx context.Context, steps *goose.Provider) error {
	has, knows, err := versions(ctx, steps)
	if err != nil || has == knows {
		return err
	}
	if _, err := steps.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema from version %d to %d: %w", has, knows, err)
	}
	_, _, err = versions(ctx, steps) // a newer program may have had its turn first
	return err
}

func versions(ctx context.Context, steps *goose.Provider) (has, knows int64, err error) {
	has, knows, err = steps.GetVersions(ctx)
	switch {
	case err != nil:
		return 0, 0, fmt.Errorf("read the version of the schema: %w", err)
	case has > knows:
		return 0, 0, fmt.Errorf("a newer version of this program has changed it (schema %d, this one knows up to %d): "+
			"start that version again, or restore a backup from before the upgrade", has, knows)
	}
	return has, knows, nil
}

func checkEncoding(ctx context.Context, db *sql.DB) error {
	var encoding string
	if err := db.QueryRowContext(ctx, `SHOW server_encoding`).Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("it keeps texts in %s: create one with ENCODING 'UTF8' TEMPLATE template0", encoding)
	}
	return nil
}
