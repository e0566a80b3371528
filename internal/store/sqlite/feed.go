package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Feed = (*DB)(nil)

// The one writer counts its transactions: rounds are in order of commit, and none is open behind another.
const (
	nextRound   = `SELECT coalesce(max(round), 0) + 1 FROM rounds`
	insertRound = `INSERT INTO rounds (round, org, first, last) VALUES ($1, $2, $3, $4)`
)

// enter notes the place of an append's events in the feed.
func (t *transaction) enter(a *store.Append) error {
	if len(a.Events) == 0 {
		return nil
	}
	if t.round == 0 {
		if err := t.tx.StmtContext(t.inside, t.hot[nextRound]).QueryRowContext(t.inside).Scan(&t.round); err != nil {
			return fmt.Errorf("count the rounds: %w", err)
		}
	}
	first, last := a.Events[0].Version, a.Events[len(a.Events)-1].Version
	if _, err := t.exec(insertRound, t.round, a.Org, int64(first), int64(last)); err != nil {
		return fmt.Errorf("enter round %d: %w", t.round, err)
	}
	return nil
}

// placed is an event with its round.
type placed struct {
	store.Event
	round uint64
}

func placedFields(p *placed) []any { return append(eventFields(&p.Event), &p.round) }

const (
	selectPlaced = `SELECT e.org, e.version, e.at, e.command, e.actor, e.via, e.name, e.data, e.prev, e.notes, r.round
		FROM rounds r JOIN events e ON e.org = r.org AND e.version BETWEEN r.first AND r.last `
	followRest = selectPlaced + `WHERE r.round = $1 AND (e.org, e.version) > ($2, $3)
		ORDER BY r.org, r.first, e.version LIMIT $4`
	followNext   = selectPlaced + `WHERE r.round > $1 ORDER BY r.round, r.org, r.first, e.version LIMIT $2`
	selectMarked = selectPlaced + `WHERE r.round = $1 AND r.org = $2 AND e.version = $3`
	selectNewest = selectPlaced + `WHERE r.round = (SELECT max(round) FROM rounds)
		ORDER BY r.org DESC, r.first DESC, e.version DESC LIMIT 1`
)

func (db *DB) Follow(ctx context.Context, after store.Position, limit int) ([]store.Event, store.Position, error) {
	found, epoch, err := db.follow(ctx, after, max(0, limit))
	switch {
	case errors.Is(err, store.ErrPosition):
		return nil, "", err
	case err != nil:
		return nil, "", fmt.Errorf("follow the feed: %w", err)
	case len(found) == 0:
		return nil, after, nil
	}
	events := make([]store.Event, len(found))
	for i := range found {
		events[i] = found[i].Event
	}
	return events, found[len(found)-1].position(epoch), nil
}

func (db *DB) follow(ctx context.Context, after store.Position, limit int) (found []placed, epoch string, err error) {
	if epoch, err = db.epoch(ctx); err != nil {
		return nil, "", err
	}
	if after == "" {
		found, err = rows(ctx, &db.reads, placedFields, followNext, 0, limit)
		return found, epoch, err
	}
	m, err := db.marked(ctx, after, epoch)
	if err != nil {
		return nil, "", err
	}
	found, err = rows(ctx, &db.reads, placedFields, followRest, int64(m.Round), m.Org, int64(m.Version), limit)
	if err != nil || len(found) == limit {
		return found, epoch, err
	}
	more, err := rows(ctx, &db.reads, placedFields, followNext, int64(m.Round), limit-len(found))
	return append(found, more...), epoch, err
}

// marked reads a position and holds it against what the database has there now.
func (db *DB) marked(ctx context.Context, p store.Position, epoch string) (store.Mark, error) {
	m, err := p.Mark()
	if err != nil || m.Epoch != epoch || int64(m.Round) < 0 || int64(m.Version) < 0 {
		return m, store.ErrPosition
	}
	was, err := rows(ctx, &db.reads, placedFields, selectMarked, int64(m.Round), m.Org, int64(m.Version))
	if err == nil && (len(was) == 0 || !bytes.Equal(store.Hash(was[0].Event), m.Hash)) {
		err = store.ErrPosition
	}
	return m, err
}

func (p *placed) position(epoch string) store.Position {
	return store.Mark{
		Epoch: epoch, Round: p.round, Org: p.Org, Version: p.Version, Hash: store.Hash(p.Event),
	}.Position()
}

func (db *DB) epoch(ctx context.Context) (string, error) {
	return row(ctx, &db.reads, textField, `SELECT value FROM instance WHERE name = 'feed'`)
}

func textField(s *string) []any { return []any{s} }

func (db *DB) Newest(ctx context.Context) (store.Position, error) {
	epoch, err := db.epoch(ctx)
	if err != nil {
		return "", fmt.Errorf("find the end of the feed: %w", err)
	}
	last, err := rows(ctx, &db.reads, placedFields, selectNewest)
	if err != nil {
		return "", fmt.Errorf("find the end of the feed: %w", err)
	}
	if len(last) == 0 {
		return "", nil
	}
	return last[0].position(epoch), nil
}

func (db *DB) Renew(ctx context.Context) error {
	if err := db.change(ctx, `UPDATE instance SET value = $1 WHERE name = 'feed'`, store.NewEpoch()); err != nil {
		return fmt.Errorf("renew the feed: %w", err)
	}
	return nil
}
