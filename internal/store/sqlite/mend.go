package sqlite

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Mender = (*DB)(nil)

func (db *DB) Examine(ctx context.Context) ([]string, error) {
	found, err := rows(ctx, &db.reads, stringField, `PRAGMA integrity_check(100)`)
	if err != nil {
		return nil, fmt.Errorf("let SQLite check the database: %w", err)
	}
	if len(found) == 1 && found[0] == "ok" {
		return nil, nil
	}
	return found, nil
}

func (db *DB) Logs(ctx context.Context, after string, limit int) ([]string, error) {
	found, err := rows(ctx, &db.reads, stringField,
		`SELECT DISTINCT org FROM events WHERE org > $1 ORDER BY org LIMIT $2`, after, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list logs above %q: %w", after, err)
	}
	return found, nil
}

func (db *DB) SetHead(ctx context.Context, h store.Head) error {
	err := db.write(ctx, func(t *transaction) error {
		if _, err := t.exec(`DELETE FROM heads WHERE org = $1`, h.Org); err != nil || h.Version == 0 {
			return err
		}
		_, err := t.exec(startHead, h.Org, int64(h.Version), h.At, h.Hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("set the head of %s: %w", h.Org, err)
	}
	return nil
}

func stringField(s *string) []any { return []any{s} }
