package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Keys = (*DB)(nil)

func (db *DB) AddKey(ctx context.Context, k store.Key) error { return db.addKey(ctx, k, false) }

func (db *DB) AddFirstKey(ctx context.Context, k store.Key) error { return db.addKey(ctx, k, true) }

func (db *DB) addKey(ctx context.Context, k store.Key, first bool) error {
	if err := store.CheckText(k.ID, k.Name, k.Org, k.Holder, k.Terms); err != nil {
		return fmt.Errorf("add key %s: %w", k.ID, err)
	}
	return db.write(ctx, func(t *transaction) error {
		if first && db.holds(k.Holder, "", math.MinInt64) {
			return fmt.Errorf("add first key %s: %w", k.ID, store.ErrConflict)
		}
		for _, other := range db.keys {
			if other.ID == k.ID || bytes.Equal(other.Hash, k.Hash) {
				return &store.TakenError{Kind: "key", Key: k.ID}
			}
		}
		put(t, db.keys, k.ID, cloneKey(k))
		return nil
	})
}

func (db *DB) FindKey(ctx context.Context, hash []byte) (key store.Key, err error) {
	err = db.read(ctx, func() error {
		for _, k := range db.keys {
			if bytes.Equal(k.Hash, hash) {
				key = cloneKey(k)
				return nil
			}
		}
		return store.ErrNotFound
	})
	return key, err
}

func (db *DB) ListKeys(ctx context.Context, holder string) (keys []store.Key, err error) {
	err = db.read(ctx, func() error {
		for _, k := range db.keys {
			if k.Holder == holder {
				keys = append(keys, cloneKey(k))
			}
		}
		slices.SortFunc(keys, func(a, b store.Key) int {
			return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID))
		})
		return nil
	})
	return keys, err
}

func (db *DB) AllKeys(ctx context.Context, after string, limit int) (keys []store.Key, err error) {
	err = db.read(ctx, func() error {
		for _, id := range slices.Sorted(maps.Keys(db.keys)) {
			if id > after && len(keys) < limit {
				keys = append(keys, cloneKey(db.keys[id]))
			}
		}
		return nil
	})
	return keys, err
}

// holds reports whether a holder has a key, beside one, that has not ended at now.
func (db *DB) holds(holder, beside string, now int64) bool {
	for _, k := range db.keys {
		if k.Holder == holder && k.ID != beside && (k.Expires == 0 || k.Expires > now) {
			return true
		}
	}
	return false
}

func (db *DB) RemoveSpareKey(ctx context.Context, id string, now int64) error {
	return db.write(ctx, func(t *transaction) error {
		switch k, ok := db.keys[id]; {
		case !ok:
			return fmt.Errorf("remove spare key %s: %w", id, store.ErrNotFound)
		case !db.holds(k.Holder, id, now):
			return fmt.Errorf("remove spare key %s: %w", id, store.ErrConflict)
		}
		remove(t, db.keys, id)
		return nil
	})
}

func (db *DB) RemoveKey(ctx context.Context, id string) error {
	return db.write(ctx, func(t *transaction) error {
		if _, ok := db.keys[id]; !ok {
			return fmt.Errorf("remove key %s: %w", id, store.ErrNotFound)
		}
		remove(t, db.keys, id)
		return nil
	})
}

func (db *DB) UsedKey(ctx context.Context, id string, day int64) error {
	return db.write(ctx, func(t *transaction) error {
		if k, ok := db.keys[id]; ok {
			k.Used = day
			put(t, db.keys, id, k)
		}
		return nil
	})
}

func cloneKey(k store.Key) store.Key {
	k.Hash = bytes.Clone(k.Hash)
	return k
}
