package memory

import (
	"context"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Lookups = (*DB)(nil)

type lookupKey struct{ kind, key string }

func (db *DB) moveLookups(t *transaction, org string, set, unset []store.Lookup) error {
	for _, l := range unset {
		if key := (lookupKey{l.Kind, l.Key}); db.lookups[key] == l {
			remove(t, db.lookups, key)
		}
	}
	for _, l := range set {
		key := lookupKey{l.Kind, l.Key}
		if was, ok := db.lookups[key]; ok && was != l {
			return &store.TakenError{Org: org, Kind: l.Kind, Key: l.Key}
		}
		put(t, db.lookups, key, l)
	}
	return nil
}

func (db *DB) Find(ctx context.Context, kind, key string) (found store.Lookup, err error) {
	err = db.read(ctx, func() error {
		var ok bool
		if found, ok = db.lookups[lookupKey{kind, key}]; !ok {
			return store.ErrNotFound
		}
		return nil
	})
	return found, err
}

func (db *DB) Scan(ctx context.Context, kind, prefix, after string, limit int) (rows []store.Lookup, err error) {
	err = db.read(ctx, func() error {
		for key, l := range db.lookups {
			if key.kind == kind && key.key > after && strings.HasPrefix(key.key, prefix) {
				rows = append(rows, l)
			}
		}
		slices.SortFunc(rows, func(a, b store.Lookup) int { return strings.Compare(a.Key, b.Key) })
		rows = first(rows, limit)
		return nil
	})
	return rows, err
}
