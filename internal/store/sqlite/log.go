package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Log = (*DB)(nil)

const (
	startHead = `INSERT INTO heads (org, version, at, hash) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`
	moveHead  = `UPDATE heads SET version = $1, at = $2, hash = $3 WHERE org = $4 AND version = $5 AND hash = $6`
	keepHead  = `UPDATE heads SET version = version WHERE org = $1 AND version = $2`
	dropHead  = `DELETE FROM heads WHERE org = $1 AND version = 0`

	insertEvent = `INSERT INTO events (org, version, at, command, actor, via, name, data, prev, notes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`
	insertReplay = `INSERT INTO replays (scope, actor, key, request, command, answer, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`
)

var appendStatements = []string{
	startHead, moveHead, keepHead, dropHead, insertEvent, setLookup, unsetLookup, insertMessage, insertReplay,
	nextRound, insertRound, insertNote, insertNotePerson,
}

func (db *DB) Append(ctx context.Context, batch []store.Append) error {
	if err := store.Check(batch); err != nil {
		return err
	}
	if len(batch) == 0 {
		return ctx.Err()
	}
	return db.write(ctx, func(t *transaction) error {
		for i := range batch {
			if err := t.append(&batch[i]); err != nil {
				return fmt.Errorf("append to %s after %d: %w", batch[i].Org, batch[i].After, err)
			}
		}
		return nil
	})
}

func (t *transaction) append(a *store.Append) error {
	if err := t.claimHead(a); err != nil {
		return err
	}
	for i := range a.Events {
		e := &a.Events[i]
		added, err := t.exec(insertEvent, e.Org, int64(e.Version), e.At, e.Command, e.Actor, e.Via, e.Name,
			blob(e.Data), blob(e.Prev), blob(e.Notes))
		if err != nil {
			return fmt.Errorf("version %d: %w", e.Version, err)
		}
		if added == 0 {
			return &store.ConflictError{Org: a.Org}
		}
	}
	if err := t.enter(a); err != nil {
		return err
	}
	if err := t.moveLookups(a.Org, a.Set, a.Unset); err != nil {
		return err
	}
	if err := t.send(a.Org, a.Send); err != nil {
		return err
	}
	if err := t.note(a.Notes); err != nil {
		return err
	}
	return t.remember(a.Org, a.Replay)
}

// claimHead moves the head from a.After to where the append ends. It always writes the row of the head, so that of two
// appends at one version the database lets only one through, whatever it isolates.
func (t *transaction) claimHead(a *store.Append) (err error) {
	var moved int64
	after, n := int64(a.After), len(a.Events)
	switch {
	case n > 0 && after == 0:
		moved, err = t.exec(startHead, a.Org, int64(n), a.Events[n-1].At, a.Hash)
	case n > 0:
		moved, err = t.exec(moveHead, after+int64(n), a.Events[n-1].At, a.Hash, a.Org, after, blob(a.Events[0].Prev))
	case after > 0:
		moved, err = t.exec(keepHead, a.Org, after)
	default:
		if moved, err = t.exec(startHead, a.Org, 0, 0, []byte{}); err == nil && moved == 1 {
			_, err = t.exec(dropHead, a.Org)
		}
	}
	if err != nil {
		return fmt.Errorf("claim the head: %w", err)
	}
	if moved == 0 {
		return &store.ConflictError{Org: a.Org}
	}
	return nil
}

func (t *transaction) remember(org string, r *store.Replay) error {
	if r == nil {
		return nil
	}
	added, err := t.exec(insertReplay, r.Scope, r.Actor, r.Key, blob(r.Request), r.Command, blob(r.Answer), r.At)
	if err != nil {
		return fmt.Errorf("remember the answer: %w", err)
	}
	if added == 0 {
		return &store.TakenError{Org: org, Kind: "replay", Key: r.Key}
	}
	return nil
}

func (db *DB) Events(ctx context.Context, org string, after uint64, limit int) ([]store.Event, error) {
	if after > math.MaxInt64 {
		return nil, ctx.Err()
	}
	found, err := rows(ctx, &db.reads, eventFields, `SELECT org, version, at, command, actor, via, name, data, prev, notes
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
	found, err := listed(ctx, &db.reads, headFields, `SELECT org, version, at, hash FROM heads WHERE org IN`, orgs)
	if err != nil {
		return nil, fmt.Errorf("read %d heads: %w", len(orgs), err)
	}
	return found, nil
}

func (db *DB) Organizations(ctx context.Context, after string, limit int) ([]store.Head, error) {
	found, err := rows(ctx, &db.reads, headFields,
		`SELECT org, version, at, hash FROM heads WHERE org > $1 ORDER BY org LIMIT $2`, after, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list organizations above %q: %w", after, err)
	}
	return found, nil
}

func headFields(h *store.Head) []any { return []any{&h.Org, &h.Version, &h.At, &h.Hash} }

func (db *DB) Replayed(ctx context.Context, scope, actor, key string) (store.Replay, error) {
	found, err := row(ctx, &db.reads, replayFields, `SELECT scope, actor, key, request, command, answer, at
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
		(SELECT scope, actor, key FROM replays WHERE at < $1 ORDER BY at LIMIT $2)`, before)
	if err != nil {
		return fmt.Errorf("forget answers before %d: %w", before, err)
	}
	return nil
}

// missing turns the driver's word for no row into ErrNotFound, and says what was tried of every other error.
func missing(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
