package memory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Snapshots = (*DB)(nil)

func (db *DB) Save(ctx context.Context, s store.Snapshot) error {
	if err := store.CheckText(s.Org, s.Format); err != nil {
		return fmt.Errorf("save snapshot of %s: %w", s.Org, err)
	}
	return db.write(ctx, func(t *transaction) error {
		if was, ok := db.snapshots[s.Org]; !ok || was.Version < s.Version {
			put(t, db.snapshots, s.Org, cloneSnapshot(s))
		}
		return nil
	})
}

func (db *DB) Load(ctx context.Context, org, format string) (snapshot store.Snapshot, err error) {
	err = db.read(ctx, func() error {
		found, ok := db.snapshots[org]
		if sum := sha256.Sum256(found.Data); !ok || found.Format != format || !bytes.Equal(sum[:], found.Hash) {
			return store.ErrNotFound
		}
		snapshot = cloneSnapshot(found)
		return nil
	})
	return snapshot, err
}

func (db *DB) Drop(ctx context.Context, org string) error {
	return db.write(ctx, func(t *transaction) error {
		remove(t, db.snapshots, org)
		return nil
	})
}

func cloneSnapshot(s store.Snapshot) store.Snapshot {
	s.Data, s.Hash = bytes.Clone(s.Data), bytes.Clone(s.Hash)
	return s
}
