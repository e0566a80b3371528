package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Nodes = (*DB)(nil)

func (db *DB) Beat(ctx context.Context, n store.Node) error {
	if err := store.CheckText(n.ID, n.Reads); err != nil {
		return fmt.Errorf("note node %s: %w", n.ID, err)
	}
	return db.write(ctx, func(t *transaction) error {
		if was, ok := db.nodes[n.ID]; !ok || was.Seen <= n.Seen {
			put(t, db.nodes, n.ID, n)
		}
		return nil
	})
}

func (db *DB) Alive(ctx context.Context, since int64) (nodes []store.Node, err error) {
	err = db.read(ctx, func() error {
		for _, n := range db.nodes {
			if n.Seen >= since {
				nodes = append(nodes, n)
			}
		}
		slices.SortFunc(nodes, func(a, b store.Node) int { return cmp.Compare(a.ID, b.ID) })
		return nil
	})
	return nodes, err
}

func (db *DB) Leave(ctx context.Context, id string) error {
	return db.write(ctx, func(t *transaction) error {
		remove(t, db.nodes, id)
		return nil
	})
}

func (db *DB) Bury(ctx context.Context, before int64) error {
	return db.write(ctx, func(t *transaction) error {
		for id, n := range db.nodes {
			if n.Seen < before {
				remove(t, db.nodes, id)
			}
		}
		return nil
	})
}
