package postgres

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Log = (*DB)(nil)

const (
	startHead = `INSERT INTO heads (org, version, at, hash, round)
		VALUES ($1, $2, $3, $4, pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING`
	moveHead = `UPDATE heads SET version = $1, at = $2, hash = $3, round = greatest(round, pg_current_xact_id()::text::bigint)
		WHERE org = $4 AND version = $5 AND hash = $6`
	keepHead = `UPDATE heads SET version = version WHERE org = $1 AND version = $2`
	dropHead = `DELETE FROM heads WHERE org = $1 AND version = 0`

	insertEvent = `INSERT INTO events (org, version, at, command, actor, via, name, data, prev, notes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`
	insertReplay = `INSERT INTO replays (scope, actor, key, request, command, answer, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`
)

func (db *DB) Append(ctx context.Context, batch []store.Append) error {
	if err := store.Check(batch); err != nil {
		return err
	}
	if len(batch) == 0 {
		return ctx.Err()
	}
	if err := db.write(ctx, steps(batch)); err != nil {
		return fmt.Errorf("append to %d logs, %s first: %w", len(batch), batch[0].Org, err)
	}
	db.mention(batch)
	return nil
}

// steps takes the rows of all appends table by table, and of each table in the order of its key: so no two batches
// wait for each other. Appends that follow each other in one organization, or move one look-up, stay in their order.
func steps(batch []store.Append) (t transaction) {
	var lookups []lookupMove
	var messages []message
	var notes []store.Note
	var replays []replay
	for _, a := range slices.SortedStableFunc(slices.Values(batch), func(a, b store.Append) int { return cmp.Compare(a.Org, b.Org) }) {
		t.claimHead(&a)
		t.addEvents(&a)
	}
	for _, a := range batch {
		lookups = append(lookups, lookupMoves(a.Org, a.Set, a.Unset)...)
		for _, m := range a.Send {
			messages = append(messages, message{m, a.Org})
		}
		notes = append(notes, a.Notes...)
		if a.Replay != nil {
			replays = append(replays, replay{a.Replay, a.Org})
		}
	}
	t.moveLookups(lookups)
	t.send(messages)
	t.note(notes)
	t.remember(replays)
	return t
}

// claimHead moves the head from a.After to where the append ends. It always writes the row of the head, so that of two
// appends at one version the database lets only one through, whatever it isolates; and so that an append without events
// waits for the end of one whose outcome nobody heard.
func (t *transaction) claimHead(a *store.Append) {
	moved := orElse(&store.ConflictError{Org: a.Org})
	after, n := int64(a.After), len(a.Events)
	switch {
	case n > 0 && after == 0:
		t.add(moved, startHead, a.Org, int64(n), a.Events[n-1].At, a.Hash)
	case n > 0:
		t.add(moved, moveHead, after+int64(n), a.Events[n-1].At, a.Hash, a.Org, after, blob(a.Events[0].Prev))
	case after > 0:
		t.add(moved, keepHead, a.Org, after)
	default:
		t.add(moved, startHead, a.Org, 0, 0, []byte{})
		t.add(nil, dropHead, a.Org)
	}
}

func (t *transaction) addEvents(a *store.Append) {
	for i := range a.Events {
		e := &a.Events[i]
		t.add(orElse(&store.ConflictError{Org: a.Org}), insertEvent, e.Org, int64(e.Version), e.At, e.Command, e.Actor, e.Via,
			e.Name, blob(e.Data), blob(e.Prev), blob(e.Notes))
	}
	t.enter(a)
}

type replay struct {
	*store.Replay
	org string // whose append remembers it
}

func (t *transaction) remember(replays []replay) {
	slices.SortStableFunc(replays, func(a, b replay) int {
		return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Actor, b.Actor), cmp.Compare(a.Key, b.Key))
	})
	for _, r := range replays {
		t.add(orElse(&store.TakenError{Org: r.org, Kind: "replay", Key: r.Key}), insertReplay,
			r.Scope, r.Actor, r.Key, blob(r.Request), r.Command, blob(r.Answer), r.At)
	}
}

func (db *DB) Events(ctx context.Context, org string, after uint64, limit int) ([]store.Event, error) {
	if after > math.MaxInt64 {
		return nil, ctx.Err()
	}
	found, err := rows(ctx, db, eventFields, `SELECT org, version, at, command, actor, via, name, data, prev, notes
		FROM events WHERE org = $1 AND version > $2 ORDER BY version LIMIT $3`, org, int64(after), max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("read events of %s after %d: %w", org, after, err)
	}
	return found, nil
}

func eventFields(e *store.Event) []any {
	return []any{&e.Org, &e.Version, &e.At, &e.Command, &e.Actor, &e.Via, &e.Name, &e.Data, &e.Prev, &e.Notes}
}

func (db *DB) Heads(ctx context.Context, orgs []string) ([]store.Head, error) {
	found, err := rows(ctx, db, headFields, `SELECT org, version, at, hash FROM heads WHERE org = ANY ($1)`, texts(orgs))
	if err != nil {
		return nil, fmt.Errorf("read %d heads: %w", len(orgs), err)
	}
	return found, nil
}

func (db *DB) Organizations(ctx context.Context, after string, limit int) ([]store.Head, error) {
	found, err := rows(ctx, db, headFields,
		`SELECT org, version, at, hash FROM heads WHERE org > $1 ORDER BY org LIMIT $2`, after, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list organizations above %q: %w", after, err)
	}
	return found, nil
}

func headFields(h *store.Head) []any { return []any{&h.Org, &h.Version, &h.At, &h.Hash} }

func (db *DB) Replayed(ctx context.Context, scope, actor, key string) (store.Replay, error) {
	found, err := row(ctx, db, replayFields, `SELECT scope, actor, key, request, command, answer, at
		FROM replays WHERE scope = $1 AND actor = $2 AND key = $3`, scope, actor, key)
	if err != nil {
		return store.Replay{}, missing(err, "find the answer to %q of %s in %s", key, actor, scope)
	}
	return found, nil
}

func replayFields(r *store.Replay) []any {
	return []any{&r.Scope, &r.Actor, &r.Key, &r.Request, &r.Command, &r.Answer, &r.At}
}

func (db *DB) Forget(ctx context.Context, before int64) error {
	err := db.removeInSteps(ctx, `DELETE FROM replays WHERE (scope, actor, key) IN
		(SELECT scope, actor, key FROM replays WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)`, before)
	if err != nil {
		return fmt.Errorf("forget answers before %d: %w", before, err)
	}
	return nil
}
