package postgres

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Keys = (*DB)(nil)

func (db *DB) AddKey(ctx context.Context, k store.Key) error {
	err := store.CheckText(k.ID, k.Name, k.Org, k.Holder)
	if err == nil {
		hash, taken := blob(k.Hash), orElse(&store.TakenError{Kind: "key", Key: k.ID})
		var t transaction
		t.add(taken, `INSERT INTO key_hashes (hash, id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, hash, k.ID)
		t.add(taken, `INSERT INTO keys (id, hash, name, created, expires, used, opens, holder) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT DO NOTHING`, k.ID, hash, k.Name, k.Created, k.Expires, k.Used, k.Org, k.Holder)
		err = db.write(ctx, t)
	}
	if err != nil {
		return fmt.Errorf("add key %s: %w", k.ID, err)
	}
	return nil
}

func (db *DB) FindKey(ctx context.Context, hash []byte) (store.Key, error) {
	found, err := row(ctx, db, keyFields, `SELECT k.id, k.hash, k.name, k.created, k.expires, k.used, k.opens, k.holder
		FROM key_hashes h JOIN keys k ON k.id = h.id WHERE h.hash = $1`, blob(hash))
	if err != nil {
		return store.Key{}, missing(err, "find a key")
	}
	return found, nil
}

func (db *DB) ListKeys(ctx context.Context, holder string) ([]store.Key, error) {
	found, err := rows(ctx, db, keyFields, `SELECT id, hash, name, created, expires, used, opens, holder FROM keys
		WHERE holder = $1 ORDER BY created, id`, holder)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return found, nil
}

func (db *DB) AllKeys(ctx context.Context, after string, limit int) ([]store.Key, error) {
	found, err := rows(ctx, db, keyFields, `SELECT id, hash, name, created, expires, used, opens, holder FROM keys
		WHERE id > $1 ORDER BY id LIMIT $2`, after, max(limit, 0))
	if err != nil {
		return nil, fmt.Errorf("list all keys: %w", err)
	}
	return found, nil
}

func keyFields(k *store.Key) []any {
	return []any{&k.ID, &k.Hash, &k.Name, &k.Created, &k.Expires, &k.Used, &k.Org, &k.Holder}
}

func (db *DB) RemoveKey(ctx context.Context, id string) error {
	var t transaction
	t.add(nil, `DELETE FROM key_hashes WHERE hash = (SELECT hash FROM keys WHERE id = $1)`, id)
	t.add(orElse(store.ErrNotFound), `DELETE FROM keys WHERE id = $1`, id)
	if err := db.write(ctx, t); err != nil {
		return fmt.Errorf("remove key %s: %w", id, err)
	}
	return nil
}

func (db *DB) UsedKey(ctx context.Context, id string, day int64) error {
	if _, err := db.exec(ctx, `UPDATE keys SET used = $1 WHERE id = $2`, day, id); err != nil {
		return fmt.Errorf("note the use of key %s: %w", id, err)
	}
	return nil
}
