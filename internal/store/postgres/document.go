package postgres

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Documents = (*DB)(nil)

func (db *DB) Keep(ctx context.Context, digest string, text []byte) error {
	err := store.CheckText(digest)
	if err == nil {
		_, err = db.exec(ctx, `INSERT INTO documents (digest, text) VALUES ($1, $2) ON CONFLICT DO NOTHING`, digest, blob(text))
	}
	if err != nil {
		return fmt.Errorf("keep document %s: %w", digest, err)
	}
	return nil
}

func (db *DB) Read(ctx context.Context, digest string) ([]byte, error) {
	found, err := row(ctx, db, bytesField, `SELECT text FROM documents WHERE digest = $1`, digest)
	if err != nil {
		return nil, missing(err, "read document %s", digest)
	}
	return found, nil
}
