package postgres

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Nodes = (*DB)(nil)

func (db *DB) Beat(ctx context.Context, n store.Node) error {
	err := store.CheckText(n.ID, n.Reads)
	if err == nil {
		_, err = db.exec(ctx, `INSERT INTO nodes (id, seen, reads) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE
			SET seen = excluded.seen, reads = excluded.reads WHERE nodes.seen <= excluded.seen`, n.ID, n.Seen, n.Reads)
	}
	if err != nil {
		return fmt.Errorf("note node %s: %w", n.ID, err)
	}
	return nil
}

func (db *DB) Alive(ctx context.Context, since int64) ([]store.Node, error) {
	found, err := rows(ctx, db, nodeFields, `SELECT id, seen, reads FROM nodes WHERE seen >= $1 ORDER BY id`, since)
	if err != nil {
		return nil, fmt.Errorf("list nodes: %w", err)
	}
	return found, nil
}

func nodeFields(n *store.Node) []any { return []any{&n.ID, &n.Seen, &n.Reads} }

func (db *DB) Leave(ctx context.Context, id string) error {
	if _, err := db.exec(ctx, `DELETE FROM nodes WHERE id = $1`, id); err != nil {
		return fmt.Errorf("remove node %s: %w", id, err)
	}
	return nil
}

func (db *DB) Bury(ctx context.Context, before int64) error {
	if _, err := db.exec(ctx, `DELETE FROM nodes WHERE seen < $1`, before); err != nil {
		return fmt.Errorf("remove nodes not seen since %d: %w", before, err)
	}
	return nil
}
