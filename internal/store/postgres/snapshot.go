package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Snapshots = (*DB)(nil)

func (db *DB) Save(ctx context.Context, s store.Snapshot) error {
	err := store.CheckText(s.Org, s.Format)
	if err == nil {
		_, err = db.exec(ctx, `INSERT INTO snapshots (org, version, format, data, hash) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (org) DO UPDATE
			SET version = excluded.version, format = excluded.format, data = excluded.data, hash = excluded.hash
			WHERE snapshots.version < excluded.version`,
			s.Org, int64(s.Version), s.Format, blob(s.Data), blob(s.Hash))
	}
	if err != nil {
		return fmt.Errorf("save snapshot of %s at %d: %w", s.Org, s.Version, err)
	}
	return nil
}

func (db *DB) Load(ctx context.Context, org, format string) (store.Snapshot, error) {
	found, err := row(ctx, db, snapshotFields,
		`SELECT org, version, format, data, hash FROM snapshots WHERE org = $1 AND format = $2`, org, format)
	if err != nil {
		return store.Snapshot{}, missing(err, "load snapshot of %s", org)
	}
	if sum := sha256.Sum256(found.Data); !bytes.Equal(sum[:], found.Hash) {
		return store.Snapshot{}, store.ErrNotFound
	}
	return found, nil
}

func snapshotFields(s *store.Snapshot) []any {
	return []any{&s.Org, &s.Version, &s.Format, &s.Data, &s.Hash}
}

func (db *DB) Drop(ctx context.Context, org string) error {
	if _, err := db.exec(ctx, `DELETE FROM snapshots WHERE org = $1`, org); err != nil {
		return fmt.Errorf("drop snapshot of %s: %w", org, err)
	}
	return nil
}
