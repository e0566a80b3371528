// Package memory keeps a store in maps: for tests, and for an instance that forgets when it stops. It owns nothing that
// lasts and knows nothing of what the rows mean.
package memory

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/commonhold/commonhold/internal/store"
)

// DB is a store.DB whose writes are as atomic as one mutex makes them.
type DB struct {
	mu     sync.RWMutex
	closed bool

	events    map[string][]store.Event // by organization; version v is at v-1
	heads     map[string]store.Head
	replays   map[replayKey]store.Replay
	lookups   map[lookupKey]store.Lookup
	snapshots map[string]store.Snapshot
	people    map[string]store.Person
	keys      map[string]store.Key
	outbox    map[string]store.Message
	documents map[string][]byte
	tokens    map[tokenKey]token
	notes     map[noteKey]store.Note
	nodes     map[string]store.Node

	epoch string
	round uint64 // of the last transaction that wrote events
	feed  []feedRow

	incidents    map[incidentKey]store.Incident
	incidentDays map[dayKey]int // how many rows of a day are no roll-ups
}

var _ store.DB = (*DB)(nil)

// Open returns an empty store.
func Open() *DB {
	return &DB{
		events:    map[string][]store.Event{},
		heads:     map[string]store.Head{},
		replays:   map[replayKey]store.Replay{},
		lookups:   map[lookupKey]store.Lookup{},
		snapshots: map[string]store.Snapshot{},
		people:    map[string]store.Person{},
		keys:      map[string]store.Key{},
		outbox:    map[string]store.Message{},
		documents: map[string][]byte{},
		tokens:    map[tokenKey]token{},
		notes:     map[noteKey]store.Note{},
		nodes:     map[string]store.Node{},

		epoch: store.NewEpoch(),

		incidents:    map[incidentKey]store.Incident{},
		incidentDays: map[dayKey]int{},
	}
}

func (db *DB) Log() store.Log             { return db }
func (db *DB) Lookups() store.Lookups     { return db }
func (db *DB) Snapshots() store.Snapshots { return db }
func (db *DB) People() store.People       { return db }
func (db *DB) Keys() store.Keys           { return db }
func (db *DB) Outbox() store.Outbox       { return db }
func (db *DB) Documents() store.Documents { return db }
func (db *DB) Tokens() store.Tokens       { return db }
func (db *DB) Feed() store.Feed           { return db }
func (db *DB) Notes() store.Notes         { return db }
func (db *DB) Security() store.Security   { return db }
func (db *DB) Nodes() store.Nodes         { return db }
func (db *DB) Shared() store.Shared       { return nil }

// Ping says whether the store is open.
func (db *DB) Ping(ctx context.Context) error {
	return db.read(ctx, func() error { return nil })
}

// Close makes every later call fail.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.closed = true
	return nil
}

var errClosed = errors.New("memory: the store is closed")

func (db *DB) read(ctx context.Context, fn func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	if db.closed {
		return errClosed
	}
	return fn()
}

// write runs fn alone. What fn changes through put and remove is taken back if it returns an error.
func (db *DB) write(ctx context.Context, fn func(*transaction) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		return errClosed
	}
	var t transaction
	if err := fn(&t); err != nil {
		for _, undo := range slices.Backward(t.undo) {
			undo()
		}
		return err
	}
	return nil
}

type transaction struct{ undo []func() }

func put[K comparable, V any](t *transaction, rows map[K]V, key K, row V) {
	t.remember(undoTo(rows, key))
	rows[key] = row
}

func remove[K comparable, V any](t *transaction, rows map[K]V, key K) {
	t.remember(undoTo(rows, key))
	delete(rows, key)
}

func (t *transaction) remember(undo func()) { t.undo = append(t.undo, undo) }

func undoTo[K comparable, V any](rows map[K]V, key K) func() {
	was, ok := rows[key]
	return func() {
		if ok {
			rows[key] = was
		} else {
			delete(rows, key)
		}
	}
}

// page returns, in order, the first limit keys above after.
func page[V any](rows map[string]V, after string, limit int) []string {
	return first(slices.Sorted(func(yield func(string) bool) {
		for key := range maps.Keys(rows) {
			if key > after && !yield(key) {
				return
			}
		}
	}), limit)
}

func first[T any](all []T, limit int) []T {
	return all[:max(0, min(limit, len(all)))]
}
