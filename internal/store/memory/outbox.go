package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
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
			if m.Kind == kind && m.Dead == 0 && m.Due <= now {
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

func (db *DB) Failed(ctx context.Context, id, reason string, due, dead int64) error {
	if err := store.CheckText(reason); err != nil {
		return fmt.Errorf("note the failure of message %s: %w", id, err)
	}
	return db.write(ctx, func(t *transaction) error {
		if m, ok := db.outbox[id]; ok {
			m.Error, m.Due, m.Dead = reason, due, dead
			put(t, db.outbox, id, m)
		}
		return nil
	})
}

func (db *DB) Retry(ctx context.Context, id string, due int64) error {
	return db.write(ctx, func(t *transaction) error {
		m, ok := db.outbox[id]
		if !ok || m.Dead == 0 {
			return fmt.Errorf("retry message %s: %w", id, store.ErrNotFound)
		}
		m.Due, m.Dead, m.Attempts = due, 0, 0
		put(t, db.outbox, id, m)
		return nil
	})
}

func (db *DB) Messages(
	ctx context.Context, org string, dead bool, after string, limit int,
) (messages []store.Message, err error) {
	err = db.read(ctx, func() error {
		for _, m := range db.outbox {
			if (org == "" || m.Org == org) && (m.Dead != 0) == dead && m.ID > after {
				m.Body = bytes.Clone(m.Body)
				messages = append(messages, m)
			}
		}
		slices.SortFunc(messages, func(a, b store.Message) int { return cmp.Compare(a.ID, b.ID) })
		messages = first(messages, limit)
		return nil
	})
	return messages, err
}

func (db *DB) Waiting(ctx context.Context) (n int, err error) {
	err = db.read(ctx, func() error {
		for _, m := range db.outbox {
			if m.Dead == 0 {
				n++
			}
		}
		return nil
	})
	return n, err
}
