package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Lookups = (*DB)(nil)

const (
	// A row that leads to the same target counts as changed, one that leads elsewhere does not.
	setLookup = `INSERT INTO lookups (kind, key, org, id) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, key) DO UPDATE SET id = excluded.id
		WHERE lookups.org = excluded.org AND lookups.id = excluded.id`
	unsetLookup = `DELETE FROM lookups WHERE kind = $1 AND key = $2 AND org = $3 AND id = $4`
)

func (t *transaction) moveLookups(org string, set, unset []store.Lookup) error {
	for _, l := range unset {
		if _, err := t.exec(unsetLookup, l.Kind, l.Key, l.Org, l.ID); err != nil {
			return fmt.Errorf("unset look-up %s %q: %w", l.Kind, l.Key, err)
		}
	}
	for _, l := range set {
		moved, err := t.exec(setLookup, l.Kind, l.Key, l.Org, l.ID)
		if err != nil {
			return fmt.Errorf("set look-up %s %q: %w", l.Kind, l.Key, err)
		}
		if moved == 0 {
			return &store.TakenError{Org: org, Kind: l.Kind, Key: l.Key}
		}
	}
	return nil
}

func (db *DB) Find(ctx context.Context, kind, key string) (store.Lookup, error) {
	found, err := row(ctx, &db.reads, lookupFields,
		`SELECT kind, key, org, id FROM lookups WHERE kind = $1 AND key = $2`, kind, key)
	if err != nil {
		return store.Lookup{}, missing(err, "find look-up %s %q", kind, key)
	}
	return found, nil
}

func (db *DB) Scan(ctx context.Context, kind, prefix, after string, limit int) ([]store.Lookup, error) {
	// Keys with the prefix lie side by side, so the page ends at the first without it.
	found, err := rows(ctx, &db.reads, lookupFields, `SELECT kind, key, org, id FROM lookups
		WHERE kind = $1 AND key > $2 AND key >= $3 ORDER BY key LIMIT $4`, kind, after, prefix, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("scan look-ups %s %q above %q: %w", kind, prefix, after, err)
	}
	end := slices.IndexFunc(found, func(l store.Lookup) bool { return !strings.HasPrefix(l.Key, prefix) })
	if end < 0 {
		return found, nil
	}
	return found[:end], nil
}

func lookupFields(l *store.Lookup) []any { return []any{&l.Kind, &l.Key, &l.Org, &l.ID} }
