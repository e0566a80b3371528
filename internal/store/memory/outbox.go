package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Outbox = (*DB)(nil)

func (db *DB) Claim(
	ctx context.Context, kind string, now, until int64, limit int,
) (claimed []store.Message, err error) {
	err = db.write(ctx, func(t *transaction) error {
		var due []store.Message
		for _, m := range db.outbox {
			if m.Kind == kind && m.Due <= now {
				due = append(due, m)
			}
		}
		slices.SortFunc(due, func(a, b store.Message) int {
			return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID))
		})
		for _, m := range first(due, limit) {
			m.Due = until
			m.Attempts++
			put(t, db.outbox, m.ID, m)
			m.Body = bytes.Clone(m.Body)
			claimed = append(claimed, m)
		}
		return nil
	})
	return claimed, err
}

func (db *DB) Delivered(ctx context.Context, id string) error {
	return db.write(ctx, func(t *transaction) error {
		remove(t, db.outbox, id)
		return nil
	})
}

func (db *DB) Waiting(ctx context.Context) (n int, err error) {
	err = db.read(ctx, func() error {
		n = len(db.outbox)
		return nil
	})
	return n, err
}
