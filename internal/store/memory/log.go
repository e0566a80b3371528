package memory

import (
	"bytes"
	"context"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Log = (*DB)(nil)

type replayKey struct{ scope, actor, key string }

func (db *DB) Append(ctx context.Context, batch []store.Append) error {
	if err := store.Check(batch); err != nil {
		return err
	}
	return db.write(ctx, func(t *transaction) error {
		for i := range batch {
			if err := db.append(t, &batch[i]); err != nil {
				return err
			}
		}
		db.round++
		return nil
	})
}

func (db *DB) append(t *transaction, a *store.Append) error {
	head := db.heads[a.Org]
	if head.Version != a.After || len(a.Events) > 0 && !bytes.Equal(head.Hash, a.Events[0].Prev) {
		return &store.ConflictError{Org: a.Org}
	}
	if n := len(a.Events); n > 0 {
		events := db.events[a.Org]
		for _, e := range a.Events {
			events = append(events, cloneEvent(e))
			db.enter(t, e)
		}
		put(t, db.events, a.Org, events)
		last := a.Events[n-1]
		put(t, db.heads, a.Org, store.Head{
			Org: a.Org, Version: last.Version, At: last.At, Hash: bytes.Clone(a.Hash),
		})
	}
	if err := db.moveLookups(t, a.Org, a.Set, a.Unset); err != nil {
		return err
	}
	for _, m := range a.Send {
		if _, ok := db.outbox[m.ID]; ok {
			return &store.TakenError{Org: a.Org, Kind: "message", Key: m.ID}
		}
		m.Body = bytes.Clone(m.Body)
		put(t, db.outbox, m.ID, m)
	}
	if err := db.note(t, a.Org, a.Notes); err != nil {
		return err
	}
	if a.Replay != nil {
		key := replayKey{a.Replay.Scope, a.Replay.Actor, a.Replay.Key}
		if _, ok := db.replays[key]; ok {
			return &store.TakenError{Org: a.Org, Kind: "replay", Key: key.key}
		}
		put(t, db.replays, key, cloneReplay(*a.Replay))
	}
	return nil
}

func (db *DB) Events(ctx context.Context, org string, after uint64, limit int) (events []store.Event, err error) {
	err = db.read(ctx, func() error {
		all := db.events[org]
		for _, e := range first(all[min(after, uint64(len(all))):], limit) {
			events = append(events, cloneEvent(e))
		}
		return nil
	})
	return events, err
}

func (db *DB) Heads(ctx context.Context, orgs []string) (heads []store.Head, err error) {
	err = db.read(ctx, func() error {
		seen := make(map[string]bool, len(orgs))
		for _, org := range orgs {
			if head, ok := db.heads[org]; ok && !seen[org] {
				seen[org] = true
				heads = append(heads, cloneHead(head))
			}
		}
		return nil
	})
	return heads, err
}

func (db *DB) Organizations(ctx context.Context, after string, limit int) (heads []store.Head, err error) {
	err = db.read(ctx, func() error {
		for _, org := range page(db.heads, after, limit) {
			heads = append(heads, cloneHead(db.heads[org]))
		}
		return nil
	})
	return heads, err
}

func (db *DB) Replayed(ctx context.Context, scope, actor, key string) (replay store.Replay, err error) {
	err = db.read(ctx, func() error {
		found, ok := db.replays[replayKey{scope, actor, key}]
		if !ok {
			return store.ErrNotFound
		}
		replay = cloneReplay(found)
		return nil
	})
	return replay, err
}

func (db *DB) Forget(ctx context.Context, before int64) error {
	return db.write(ctx, func(t *transaction) error {
		for key, r := range db.replays {
			if r.At < before {
				remove(t, db.replays, key)
			}
		}
		return nil
	})
}

func cloneEvent(e store.Event) store.Event {
	e.Data, e.Prev, e.Notes = bytes.Clone(e.Data), bytes.Clone(e.Prev), bytes.Clone(e.Notes)
	return e
}

func cloneHead(h store.Head) store.Head {
	h.Hash = bytes.Clone(h.Hash)
	return h
}

func cloneReplay(r store.Replay) store.Replay {
	r.Request, r.Answer = bytes.Clone(r.Request), bytes.Clone(r.Answer)
	return r
}
