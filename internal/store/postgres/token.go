package postgres

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Tokens = (*DB)(nil)

func (db *DB) Put(ctx context.Context, purpose string, hash, data []byte, expires int64) error {
	err := store.CheckText(purpose)
	if err == nil {
		var added int64
		added, err = db.exec(ctx, `INSERT INTO tokens (purpose, hash, data, expires) VALUES ($1, $2, $3, $4)
			ON CONFLICT DO NOTHING`, purpose, blob(hash), blob(data), expires)
		if err == nil && added == 0 {
			err = &store.TakenError{Kind: "token", Key: purpose}
		}
	}
	if err != nil {
		return fmt.Errorf("put token for %s: %w", purpose, err)
	}
	return nil
}

func (db *DB) Take(ctx context.Context, purpose string, hash []byte, now int64) ([]byte, error) {
	data, err := row(ctx, db, bytesField, `DELETE FROM tokens WHERE purpose = $1 AND hash = $2 AND expires > $3
		RETURNING data`, purpose, blob(hash), now)
	if err != nil {
		return nil, missing(err, "take token for %s", purpose)
	}
	return data, nil
}

func (db *DB) Peek(ctx context.Context, purpose string, hash []byte, now int64) ([]byte, error) {
	data, err := row(ctx, db, bytesField,
		`SELECT data FROM tokens WHERE purpose = $1 AND hash = $2 AND expires > $3`, purpose, blob(hash), now)
	if err != nil {
		return nil, missing(err, "look for token for %s", purpose)
	}
	return data, nil
}

func (db *DB) Sweep(ctx context.Context, now int64) error {
	err := db.removeInSteps(ctx, `DELETE FROM tokens WHERE (purpose, hash) IN
		(SELECT purpose, hash FROM tokens WHERE expires <= $1 ORDER BY expires LIMIT $2 FOR UPDATE SKIP LOCKED)`, now)
	if err != nil {
		return fmt.Errorf("sweep tokens: %w", err)
	}
	return nil
}
