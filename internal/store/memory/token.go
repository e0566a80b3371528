package memory

import (
	"bytes"
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Tokens = (*DB)(nil)

type tokenKey struct{ purpose, hash string }

type token struct {
	data    []byte
	expires int64
}

func (db *DB) Put(ctx context.Context, purpose string, hash, data []byte, expires int64) error {
	if err := store.CheckText(purpose); err != nil {
		return fmt.Errorf("put token for %s: %w", purpose, err)
	}
	return db.write(ctx, func(t *transaction) error {
		key := tokenKey{purpose, string(hash)}
		if _, ok := db.tokens[key]; ok {
			return &store.TakenError{Kind: "token", Key: purpose}
		}
		put(t, db.tokens, key, token{bytes.Clone(data), expires})
		return nil
	})
}

func (db *DB) Take(ctx context.Context, purpose string, hash []byte, now int64) (data []byte, err error) {
	err = db.write(ctx, func(t *transaction) error {
		key := tokenKey{purpose, string(hash)}
		found, ok := db.tokens[key]
		if !ok || found.expires <= now {
			return store.ErrNotFound
		}
		remove(t, db.tokens, key)
		data = found.data
		return nil
	})
	return data, err
}

func (db *DB) Peek(ctx context.Context, purpose string, hash []byte, now int64) (data []byte, err error) {
	err = db.read(ctx, func() error {
		found, ok := db.tokens[tokenKey{purpose, string(hash)}]
		if !ok || found.expires <= now {
			return store.ErrNotFound
		}
		data = bytes.Clone(found.data)
		return nil
	})
	return data, err
}

func (db *DB) Sweep(ctx context.Context, now int64) error {
	return db.write(ctx, func(t *transaction) error {
		for key, found := range db.tokens {
			if found.expires <= now {
				remove(t, db.tokens, key)
			}
		}
		return nil
	})
}
