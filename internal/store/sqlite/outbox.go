package sqlite

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Outbox = (*DB)(nil)

const insertMessage = `INSERT INTO outbox (id, org, kind, body, due, attempts, error, dead)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`

const selectMessages = `SELECT id, org, kind, body, due, attempts, error, dead FROM outbox `

func (t *transaction) send(org string, messages []store.Message) error {
	for _, m := range messages {
		added, err := t.exec(insertMessage, m.ID, m.Org, m.Kind, blob(m.Body), m.Due, m.Attempts, m.Error, m.Dead)
		if err != nil {
			return fmt.Errorf("send message %s: %w", m.ID, err)
		}
		if added == 0 {
			return &store.TakenError{Org: org, Kind: "message", Key: m.ID}
		}
	}
	return nil
}

func (db *DB) Claim(ctx context.Context, kind string, now, until int64, limit int) ([]store.Message, error) {
	due, err := rows(ctx, &db.reads, messageFields, selectMessages+`
		WHERE kind = $1 AND dead = 0 AND due <= $2 ORDER BY due, id LIMIT $3`, kind, now, max(0, limit))
	if err == nil && len(due) > 0 {
		due, err = db.claim(ctx, due, until)
	}
	if err != nil {
		return nil, fmt.Errorf("claim %s messages: %w", kind, err)
	}
	return due, nil
}

// claim keeps those of the messages that nobody else has claimed or delivered since they were read.
func (db *DB) claim(ctx context.Context, due []store.Message, until int64) (claimed []store.Message, err error) {
	err = db.write(ctx, func(t *transaction) error {
		for _, m := range due {
			changed, err := t.exec(`UPDATE outbox SET due = $1, attempts = attempts + 1
				WHERE id = $2 AND due = $3 AND attempts = $4 AND dead = 0`, until, m.ID, m.Due, m.Attempts)
			if err != nil {
				return err
			}
			if changed == 1 {
				m.Due = until
				m.Attempts++
				claimed = append(claimed, m)
			}
		}
		return nil
	})
	return claimed, err
}

func messageFields(m *store.Message) []any {
	return []any{&m.ID, &m.Org, &m.Kind, &m.Body, &m.Due, &m.Attempts, &m.Error, &m.Dead}
}

func (db *DB) Delivered(ctx context.Context, id string) error {
	if err := db.change(ctx, `DELETE FROM outbox WHERE id = $1`, id); err != nil {
		return fmt.Errorf("remove delivered message %s: %w", id, err)
	}
	return nil
}

func (db *DB) Failed(ctx context.Context, id, reason string, due, dead int64) error {
	err := store.CheckText(reason)
	if err == nil {
		err = db.change(ctx, `UPDATE outbox SET error = $1, due = $2, dead = $3 WHERE id = $4`, reason, due, dead, id)
	}
	if err != nil {
		return fmt.Errorf("note the failure of message %s: %w", id, err)
	}
	return nil
}

func (db *DB) Retry(ctx context.Context, id string, due int64) error {
	err := db.write(ctx, func(t *transaction) error {
		changed, err := t.exec(`UPDATE outbox SET due = $1, dead = 0, attempts = 0 WHERE id = $2 AND dead <> 0`, due, id)
		if err == nil && changed == 0 {
			err = store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("retry message %s: %w", id, err)
	}
	return nil
}

func (db *DB) Messages(
	ctx context.Context, org string, dead bool, after string, limit int,
) ([]store.Message, error) {
	found, err := rows(ctx, &db.reads, messageFields, selectMessages+`
		WHERE ($1 = '' OR org = $1) AND (dead <> 0) = $2 AND id > $3 ORDER BY id LIMIT $4`, org, dead, after, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list messages of %s above %q: %w", org, after, err)
	}
	return found, nil
}

func (db *DB) Waiting(ctx context.Context) (int, error) {
	n, err := row(ctx, &db.reads, func(n *int) []any { return []any{n} }, `SELECT count(*) FROM outbox WHERE dead = 0`)
	if err != nil {
		return 0, fmt.Errorf("count messages: %w", err)
	}
	return n, nil
}
