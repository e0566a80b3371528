package sqlite

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Tokens = (*DB)(nil)

func (db *DB) Put(ctx context.Context, purpose string, hash, data []byte, expires int64) error {
	err := store.CheckText(purpose)
	if err == nil {
		err = db.write(ctx, func(t *transaction) error {
			added, err := t.exec(`INSERT INTO tokens (purpose, hash, data, expires) VALUES ($1, $2, $3, $4)
				ON CONFLICT DO NOTHING`, purpose, blob(hash), blob(data), expires)
			if err == nil && added == 0 {
				err = &store.TakenError{Kind: "token", Key: purpose}
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("put token for %s: %w", purpose, err)
	}
	return nil
}

func (db *DB) Take(ctx context.Context, purpose string, hash []byte, now int64) (data []byte, err error) {
	if data, err = db.Peek(ctx, purpose, hash, now); err != nil {
		return nil, err
	}
	err = db.write(ctx, func(t *transaction) error {
		removed, err := t.exec(`DELETE FROM tokens WHERE purpose = $1 AND hash = $2 AND expires > $3 AND data = $4`,
			purpose, blob(hash), now, blob(data))
		if err == nil && removed == 0 {
			err = store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("take token for %s: %w", purpose, err)
	}
	return data, nil
}

func (db *DB) Peek(ctx context.Context, purpose string, hash []byte, now int64) ([]byte, error) {
	data, err := row(ctx, &db.reads, bytesField,
		`SELECT data FROM tokens WHERE purpose = $1 AND hash = $2 AND expires > $3`, purpose, blob(hash), now)
	if err != nil {
		return nil, missing(err, "look for token for %s", purpose)
	}
	return data, nil
}

func (db *DB) Sweep(ctx context.Context, now int64) error {
	err := db.removeInSteps(ctx, `DELETE FROM tokens WHERE (purpose, hash) IN
		(SELECT purpose, hash FROM tokens WHERE expires <= $1 ORDER BY expires LIMIT $2)`, now)
	if err != nil {
		return fmt.Errorf("sweep tokens: %w", err)
	}
	return nil
}
