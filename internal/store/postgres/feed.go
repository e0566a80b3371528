package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Feed = (*DB)(nil)

// A transaction's number in PostgreSQL says when it began to write, not when it committed. So what is read ends below the
// oldest transaction that still runs: everything below is decided. An append that began before the one it follows in
// its organization counts as one with it (heads.round), so that both come to light together and in order.
const (
	insertRound = `INSERT INTO rounds (org, first, last, round) SELECT $1, $2, $3, round FROM heads WHERE org = $1`

	// The runs of a page are looked up first, none of which is longer than an append or a thousand, and as few of them
	// as hold enough events.
	follow = `WITH near AS MATERIALIZED (
			SELECT org, first, last, round,
				last - greatest(first, CASE WHEN round = $1 AND org = $2 THEN $3 + 1 ELSE 0 END) + 1 AS size
			FROM rounds WHERE (round, org, last) > ($1, $2, $3) AND round < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
			ORDER BY round, org, last LIMIT $4),
		runs AS (SELECT *, sum(size) OVER (ORDER BY round, org, last) - size AS before FROM near)
		SELECT e.org, e.version, e.at, e.command, e.actor, e.via, e.name, e.data, e.prev, e.notes, r.round
		FROM runs r JOIN events e ON e.org = r.org AND e.version BETWEEN r.last - r.size + 1 AND r.last
		WHERE r.before < $4 ORDER BY r.round, r.org, e.version LIMIT $4`

	selectPlaced = `SELECT e.org, e.version, e.at, e.command, e.actor, e.via, e.name, e.data, e.prev, e.notes, r.round
		FROM rounds r JOIN events e ON e.org = r.org AND e.version BETWEEN r.first AND r.last `
	selectMarked = selectPlaced + `WHERE r.round = $1 AND r.org = $2 AND e.version = $3`
	selectNewest = selectPlaced + `WHERE e.version = r.last AND (r.round, r.org, r.last) = (SELECT round, org, last FROM rounds
		WHERE round < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY round DESC, org DESC, last DESC LIMIT 1)`
)

// enter notes the place of an append's events in the feed.
func (t *transaction) enter(a *store.Append) {
	if n := len(a.Events); n > 0 {
		t.add(nil, insertRound, a.Org, int64(a.Events[0].Version), int64(a.Events[n-1].Version))
	}
}

// placed is an event with its round.
type placed struct {
	store.Event
	round uint64
}

func placedFields(p *placed) []any { return append(eventFields(&p.Event), &p.round) }

func (p *placed) position(epoch string) store.Position {
	return store.Mark{
		Epoch: epoch, Round: p.round, Org: p.Org, Version: p.Version, Hash: store.Hash(p.Event),
	}.Position()
}

func (db *DB) Follow(ctx context.Context, after store.Position, limit int) ([]store.Event, store.Position, error) {
	epoch, err := db.epoch(ctx)
	from := store.Mark{}
	if err == nil && after != "" {
		from, err = db.marked(ctx, after, epoch)
	}
	var found []placed
	if err == nil {
		found, err = rows(ctx, db, placedFields, follow, int64(from.Round), from.Org, int64(from.Version), max(0, limit))
	}
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

// marked reads a position and holds it against what the database has there now.
func (db *DB) marked(ctx context.Context, p store.Position, epoch string) (store.Mark, error) {
	m, err := p.Mark()
	if err != nil || m.Epoch != epoch || int64(m.Round) < 0 || int64(m.Version) < 0 {
		return m, store.ErrPosition
	}
	was, err := rows(ctx, db, placedFields, selectMarked, int64(m.Round), m.Org, int64(m.Version))
	if err == nil && (len(was) == 0 || !bytes.Equal(store.Hash(was[0].Event), m.Hash)) {
		err = store.ErrPosition
	}
	return m, err
}

func (db *DB) Newest(ctx context.Context) (store.Position, error) {
	epoch, err := db.epoch(ctx)
	if err != nil {
		return "", fmt.Errorf("find the end of the feed: %w", err)
	}
	last, err := rows(ctx, db, placedFields, selectNewest)
	if err != nil {
		return "", fmt.Errorf("find the end of the feed: %w", err)
	}
	if len(last) == 0 {
		return "", nil
	}
	return last[0].position(epoch), nil
}

func (db *DB) Renew(ctx context.Context) error {
	if _, err := db.exec(ctx, `UPDATE instance SET value = $1 WHERE name = 'feed'`, store.NewEpoch()); err != nil {
		return fmt.Errorf("renew the feed: %w", err)
	}
	return nil
}

// Numbers of transactions mean something in one database of one cluster alone. What was copied or restored into another
// counts as written before its first transaction, and its feed begins a new epoch.
const (
	selectEpoch = `SELECT feed.value, here.name, here.name = cluster.value
		FROM instance feed, instance cluster, (SELECT system_identifier || '/' || oid AS name
			FROM pg_control_system(), pg_database WHERE datname = current_database()) here
		WHERE feed.name = 'feed' AND cluster.name = 'cluster'`
	moveCluster  = `UPDATE instance SET value = $1 WHERE name = 'cluster' AND value <> $1`
	forgetRounds = `DELETE FROM rounds`
	forgetRound  = `UPDATE heads SET round = 0`
	countAgain   = `INSERT INTO rounds (org, first, last, round) SELECT org, first, least(first + 999, version), 0
		FROM heads, generate_series(1, version, 1000) AS first`
)

type epoch struct {
	feed, cluster string
	here          bool
}

func epochFields(e *epoch) []any { return []any{&e.feed, &e.cluster, &e.here} }

// errMoved ends the second of two attempts to settle in a new cluster.
var errMoved = errors.New("somebody else has settled the feed here")

// epoch returns the name of the feed's epoch, a new one if the database is not where it was.
func (db *DB) epoch(ctx context.Context) (string, error) {
	found, err := row(ctx, db, epochFields, selectEpoch)
	if err != nil || found.here {
		return found.feed, err
	}
	var t transaction
	t.add(nil, `LOCK TABLE rounds IN EXCLUSIVE MODE`)
	t.add(orElse(errMoved), moveCluster, found.cluster)
	t.add(nil, `UPDATE instance SET value = $1 WHERE name = 'feed'`, store.NewEpoch())
	t.add(nil, forgetRounds)
	t.add(nil, forgetRound)
	t.add(nil, countAgain)
	if err := db.write(ctx, t); err != nil && !errors.Is(err, errMoved) {
		return "", fmt.Errorf("settle the feed in another database: %w", err)
	}
	found, err = row(ctx, db, epochFields, selectEpoch)
	return found.feed, err
}
