package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Outbox = (*DB)(nil)

const insertMessage = `INSERT INTO outbox (id, org, kind, body, due, attempts, error, dead)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`

type message struct {
	store.Message
	by string // whose append sends it
}

func (t *transaction) send(messages []message) {
	slices.SortStableFunc(messages, func(a, b message) int { return cmp.Compare(a.ID, b.ID) })
	for _, m := range messages {
		t.add(orElse(&store.TakenError{Org: m.by, Kind: "message", Key: m.ID}), insertMessage,
			m.ID, m.Org, m.Kind, blob(m.Body), m.Due, m.Attempts, m.Error, m.Dead)
	}
}

// claimed is a message and when it was due before it was claimed.
type claimed struct {
	store.Message
	was int64
}

func (db *DB) Claim(ctx context.Context, kind string, now, until int64, limit int) ([]store.Message, error) {
	due, err := rows(ctx, db, claimedFields, `WITH free AS MATERIALIZED (
			SELECT id, due FROM outbox WHERE kind = $1 AND dead = 0 AND due <= $2
			ORDER BY due, id LIMIT $3 FOR UPDATE SKIP LOCKED)
		UPDATE outbox o SET due = $4, attempts = o.attempts + 1 FROM free WHERE o.id = free.id
		RETURNING o.id, o.org, o.kind, o.body, o.due, o.attempts, o.error, o.dead, free.due`, kind, now, max(0, limit), until)
	if err != nil {
		return nil, fmt.Errorf("claim %s messages: %w", kind, err)
	}
	slices.SortFunc(due, func(a, b claimed) int { return cmp.Or(cmp.Compare(a.was, b.was), cmp.Compare(a.ID, b.ID)) })
	var all []store.Message
	for _, m := range due {
		all = append(all, m.Message)
	}
	return all, nil
}

func claimedFields(m *claimed) []any { return append(messageFields(&m.Message), &m.was) }

func messageFields(m *store.Message) []any {
	return []any{&m.ID, &m.Org, &m.Kind, &m.Body, &m.Due, &m.Attempts, &m.Error, &m.Dead}
}

func (db *DB) Delivered(ctx context.Context, id string) error {
	if _, err := db.exec(ctx, `DELETE FROM outbox WHERE id = $1`, id); err != nil {
		return fmt.Errorf("remove delivered message %s: %w", id, err)
	}
	return nil
}

func (db *DB) Failed(ctx context.Context, id, reason string, due, dead int64) error {
	err := store.CheckText(reason)
	if err == nil {
		_, err = db.exec(ctx, `UPDATE outbox SET error = $1, due = $2, dead = $3 WHERE id = $4`, reason, due, dead, id)
	}
	if err != nil {
		return fmt.Errorf("note the failure of message %s: %w", id, err)
	}
	return nil
}

func (db *DB) Retry(ctx context.Context, id string, due int64) error {
	changed, err := db.exec(ctx, `UPDATE outbox SET due = $1, dead = 0, attempts = 0 WHERE id = $2 AND dead <> 0`, due, id)
	if err == nil && changed == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("retry message %s: %w", id, err)
	}
	return nil
}

func (db *DB) Messages(
	ctx context.Context, org string, dead bool, after string, limit int,
) ([]store.Message, error) {
	found, err := rows(ctx, db, messageFields, `SELECT id, org, kind, body, due, attempts, error, dead FROM outbox
		WHERE (CAST($1 AS TEXT) = '' OR org = $1) AND (dead <> 0) = $2 AND id > $3 ORDER BY id LIMIT $4`, org, dead, after, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list messages of %s above %q: %w", org, after, err)
	}
	return found, nil
}

func (db *DB) Waiting(ctx context.Context) (int, error) {
	n, err := row(ctx, db, countField, `SELECT count(*) FROM outbox WHERE dead = 0`)
	if err != nil {
		return 0, fmt.Errorf("count messages: %w", err)
	}
	return n, nil
}
