package postgres

import (
	"cmp"
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

// lookupMove is one look-up set or unset.
type lookupMove struct {
	store.Lookup
	set bool
	by  string // whose append asks for it; empty outside appends
}

func lookupMoves(by string, set, unset []store.Lookup) (moves []lookupMove) {
	for _, l := range unset {
		moves = append(moves, lookupMove{l, false, by})
	}
	for _, l := range set {
		moves = append(moves, lookupMove{l, true, by})
	}
	return moves
}

func (t *transaction) moveLookups(moves []lookupMove) {
	slices.SortStableFunc(moves, func(a, b lookupMove) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
	for _, m := range moves {
		if m.set {
			t.add(orElse(&store.TakenError{Org: m.by, Kind: m.Kind, Key: m.Key}), setLookup, m.Kind, m.Key, m.Org, m.ID)
		} else {
			t.add(nil, unsetLookup, m.Kind, m.Key, m.Org, m.ID)
		}
	}
}

func (db *DB) Find(ctx context.Context, kind, key string) (store.Lookup, error) {
	found, err := row(ctx, db, lookupFields,
		`SELECT kind, key, org, id FROM lookups WHERE kind = $1 AND key = $2`, kind, key)
	if err != nil {
		return store.Lookup{}, missing(err, "find look-up %s %q", kind, key)
	}
	return found, nil
}

func (db *DB) Scan(ctx context.Context, kind, prefix, after string, limit int) ([]store.Lookup, error) {
	// Keys with the prefix lie side by side, so the page ends at the first without it.
	found, err := rows(ctx, db, lookupFields, `SELECT kind, key, org, id FROM lookups
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
