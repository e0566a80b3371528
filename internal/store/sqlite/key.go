package sqlite

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Keys = (*DB)(nil)

func (db *DB) AddKey(ctx context.Context, k store.Key) error {
	err := store.CheckText(k.ID, k.Name, k.Org, k.Holder, k.Terms)
	if err == nil {
		err = db.write(ctx, func(t *transaction) error { return t.addKey(k) })
	}
	if err != nil {
		return fmt.Errorf("add key %s: %w", k.ID, err)
	}
	return nil
}

func (db *DB) AddFirstKey(ctx context.Context, k store.Key) error {
	err := store.CheckText(k.ID, k.Name, k.Org, k.Holder, k.Terms)
	if err == nil {
		err = db.write(ctx, func(t *transaction) error {
			var has int
			if err := t.tx.QueryRowContext(t.inside, `SELECT count(*) FROM keys WHERE holder = $1`, k.Holder).Scan(&has); err != nil {
				return err
			}
			if has > 0 {
				return store.ErrConflict
			}
			return t.addKey(k)
		})
	}
	if err != nil {
		return fmt.Errorf("add first key %s: %w", k.ID, err)
	}
	return nil
}

func (t *transaction) addKey(k store.Key) error {
	hash := blob(k.Hash)
	hashes, err := t.exec(`INSERT INTO key_hashes (hash, id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, hash, k.ID)
	if err != nil {
		return err
	}
	keys, err := t.exec(`INSERT INTO keys (id, hash, name, created, expires, used, opens, holder, terms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT DO NOTHING`, k.ID, hash, k.Name, k.Created, k.Expires, k.Used, k.Org, k.Holder, k.Terms)
	if err != nil {
		return err
	}
	if hashes == 0 || keys == 0 {
		return &store.TakenError{Kind: "key", Key: k.ID}
	}
	return nil
}

func (db *DB) FindKey(ctx context.Context, hash []byte) (store.Key, error) {
	found, err := row(ctx, &db.reads, keyFields, `SELECT k.id, k.hash, k.name, k.created, k.expires, k.used, k.opens, k.holder, k.terms
		FROM key_hashes h JOIN keys k ON k.id = h.id WHERE h.hash = $1`, blob(hash))
	if err != nil {
		return store.Key{}, missing(err, "find a key")
	}
	return found, nil
}

func (db *DB) ListKeys(ctx context.Context, holder string) ([]store.Key, error) {
	found, err := rows(ctx, &db.reads, keyFields, `SELECT id, hash, name, created, expires, used, opens, holder, terms FROM keys
		WHERE holder = $1 ORDER BY created, id`, holder)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return found, nil
}

func (db *DB) AllKeys(ctx context.Context, after string, limit int) ([]store.Key, error) {
	found, err := rows(ctx, &db.reads, keyFields, `SELECT id, hash, name, created, expires, used, opens, holder, terms FROM keys
		WHERE id > $1 ORDER BY id LIMIT $2`, after, max(limit, 0))
	if err != nil {
		return nil, fmt.Errorf("list all keys: %w", err)
	}
	return found, nil
}

func keyFields(k *store.Key) []any {
	return []any{&k.ID, &k.Hash, &k.Name, &k.Created, &k.Expires, &k.Used, &k.Org, &k.Holder, &k.Terms}
}

func (db *DB) RemoveKey(ctx context.Context, id string) error {
	if err := db.write(ctx, func(t *transaction) error { return t.removeKey(id) }); err != nil {
		return fmt.Errorf("remove key %s: %w", id, err)
	}
	return nil
}

func (t *transaction) removeKey(id string) error {
	_, err := t.exec(`DELETE FROM key_hashes WHERE hash = (SELECT hash FROM keys WHERE id = $1)`, id)
	if err != nil {
		return err
	}
	removed, err := t.exec(`DELETE FROM keys WHERE id = $1`, id)
	if err == nil && removed == 0 {
		err = store.ErrNotFound
	}
	return err
}

func (db *DB) RemoveSpareKey(ctx context.Context, id string, now int64) error {
	err := db.write(ctx, func(t *transaction) error {
		var others int
		err := t.tx.QueryRowContext(t.inside, `SELECT count(*) FROM keys k JOIN keys other ON other.holder = k.holder AND other.id <> k.id
			WHERE k.id = $1 AND (other.expires = 0 OR other.expires > $2)`, id, now).Scan(&others)
		if err != nil {
			return err
		}
		if err := t.removeKey(id); err != nil || others > 0 {
			return err
		}
		return store.ErrConflict // and what was removed comes back
	})
	if err != nil {
		return fmt.Errorf("remove spare key %s: %w", id, err)
	}
	return nil
}

func (db *DB) UsedKey(ctx context.Context, id string, day int64) error {
	if err := db.change(ctx, `UPDATE keys SET used = $1 WHERE id = $2`, day, id); err != nil {
		return fmt.Errorf("note the use of key %s: %w", id, err)
	}
	return nil
}
