package postgres

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Keys = (*DB)(nil)

func (db *DB) AddKey(ctx context.Context, k store.Key) error {
	if err := db.addKey(ctx, k, nil); err != nil {
		return fmt.Errorf("add key %s: %w", k.ID, err)
	}
	return nil
}

func (db *DB) AddFirstKey(ctx context.Context, k store.Key) error {
	var t transaction
	t.inTurn()
	t.add(unless(store.ErrConflict), `SELECT 1 FROM keys WHERE holder = $1 LIMIT 1`, k.Holder)
	if err := db.addKey(ctx, k, t); err != nil {
		return fmt.Errorf("add first key %s: %w", k.ID, err)
	}
	return nil
}

func (db *DB) addKey(ctx context.Context, k store.Key, t transaction) error {
	if err := store.CheckText(k.ID, k.Name, k.Org, k.Holder, k.Terms); err != nil {
		return err
	}
	hash, taken := blob(k.Hash), orElse(&store.TakenError{Kind: "key", Key: k.ID})
	t.add(taken, `INSERT INTO key_hashes (hash, id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, hash, k.ID)
	t.add(taken, `INSERT INTO keys (id, hash, name, created, expires, used, opens, holder, terms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT DO NOTHING`, k.ID, hash, k.Name, k.Created, k.Expires, k.Used, k.Org, k.Holder, k.Terms)
	return db.write(ctx, t)
}

// inTurn makes those who count keys before they write come one after another: all of them write one row that is always
// there, so that whatever the database isolates, the later one waits and then counts anew.
func (t *transaction) inTurn() {
	t.add(nil, `UPDATE instance SET value = value WHERE name = 'cluster'`)
}

// unless judges a step that must find no row.
func unless(err error) func(int64) error {
	return func(found int64) error {
		if found > 0 {
			return err
		}
		return nil
	}
}

func (db *DB) FindKey(ctx context.Context, hash []byte) (store.Key, error) {
	found, err := row(ctx, db, keyFields, `SELECT k.id, k.hash, k.name, k.created, k.expires, k.used, k.opens, k.holder, k.terms
		FROM key_hashes h JOIN keys k ON k.id = h.id WHERE h.hash = $1`, blob(hash))
	if err != nil {
		return store.Key{}, missing(err, "find a key")
	}
	return found, nil
}

func (db *DB) ListKeys(ctx context.Context, holder string) ([]store.Key, error) {
	found, err := rows(ctx, db, keyFields, `SELECT id, hash, name, created, expires, used, opens, holder, terms FROM keys
		WHERE holder = $1 ORDER BY created, id`, holder)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return found, nil
}

func (db *DB) AllKeys(ctx context.Context, after string, limit int) ([]store.Key, error) {
	found, err := rows(ctx, db, keyFields, `SELECT id, hash, name, created, expires, used, opens, holder, terms FROM keys
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
	var t transaction
	t.removeKey(id)
	if err := db.write(ctx, t); err != nil {
		return fmt.Errorf("remove key %s: %w", id, err)
	}
	return nil
}

func (t *transaction) removeKey(id string) {
	t.add(nil, `DELETE FROM key_hashes WHERE hash = (SELECT hash FROM keys WHERE id = $1)`, id)
	t.add(orElse(store.ErrNotFound), `DELETE FROM keys WHERE id = $1`, id)
}

func (db *DB) RemoveSpareKey(ctx context.Context, id string, now int64) error {
	var t transaction
	t.inTurn()
	t.add(orElse(store.ErrNotFound), `SELECT 1 FROM keys WHERE id = $1`, id)
	t.add(orElse(store.ErrConflict), `SELECT 1 FROM keys k JOIN keys other ON other.holder = k.holder AND other.id <> k.id
		WHERE k.id = $1 AND (other.expires = 0 OR other.expires > $2) LIMIT 1`, id, now)
	t.removeKey(id)
	if err := db.write(ctx, t); err != nil {
		return fmt.Errorf("remove spare key %s: %w", id, err)
	}
	return nil
}

func (db *DB) UsedKey(ctx context.Context, id string, day int64) error {
	if _, err := db.exec(ctx, `UPDATE keys SET used = $1 WHERE id = $2`, day, id); err != nil {
		return fmt.Errorf("note the use of key %s: %w", id, err)
	}
	return nil
}
