package postgres

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Mender = (*DB)(nil)

// Examine asks what PostgreSQL knows without reading everything: pages whose checksums were wrong when they were read,
// where the cluster keeps checksums, and indexes that were left unfinished.
func (db *DB) Examine(ctx context.Context) ([]string, error) {
	found, err := rows(ctx, db, textField, `SELECT 'PostgreSQL read ' || checksum_failures || ' damaged pages, last at '
			|| checksum_last_failure || ': restore a backup' FROM pg_stat_database
			WHERE datname = current_database() AND checksum_failures > 0
		UNION ALL SELECT 'the index ' || indexrelid::regclass || ' is not valid: run REINDEX INDEX ' || indexrelid::regclass
			FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
			WHERE relnamespace = 'public'::regnamespace AND NOT indisvalid
		LIMIT 100`)
	if err != nil {
		return nil, fmt.Errorf("ask PostgreSQL about the database: %w", err)
	}
	return found, nil
}

func textField(s *string) []any { return []any{s} }

func (db *DB) Logs(ctx context.Context, after string, limit int) ([]string, error) {
	found, err := rows(ctx, db, textField,
		`SELECT DISTINCT org FROM events WHERE org > $1 ORDER BY org LIMIT $2`, after, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list logs above %q: %w", after, err)
	}
	return found, nil
}

func (db *DB) SetHead(ctx context.Context, h store.Head) error {
	var t transaction
	t.add(nil, `DELETE FROM heads WHERE org = $1`, h.Org)
	if h.Version > 0 {
		t.add(nil, startHead, h.Org, int64(h.Version), h.At, h.Hash)
	}
	if err := db.write(ctx, t); err != nil {
		return fmt.Errorf("set the head of %s: %w", h.Org, err)
	}
	return nil
}
