package memory

import (
	"bytes"
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Documents = (*DB)(nil)

func (db *DB) Keep(ctx context.Context, digest string, text []byte) error {
	if err := store.CheckText(digest); err != nil {
		return fmt.Errorf("keep document %s: %w", digest, err)
	}
	return db.write(ctx, func(t *transaction) error {
		if _, ok := db.documents[digest]; !ok {
			put(t, db.documents, digest, bytes.Clone(text))
		}
		return nil
	})
}

func (db *DB) Read(ctx context.Context, digest string) (text []byte, err error) {
	err = db.read(ctx, func() error {
		found, ok := db.documents[digest]
		if !ok {
			return store.ErrNotFound
		}
		text = bytes.Clone(found)
		return nil
	})
	return text, err
}
