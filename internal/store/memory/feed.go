package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Feed = (*DB)(nil)

// feedRow is an event's place in the feed.
type feedRow struct {
	round   uint64 // of the transaction that wrote it
	org     string
	version uint64
}

// enter puts an event at the end of the feed.
func (db *DB) enter(t *transaction, e store.Event) {
	n := len(db.feed)
	t.remember(func() { db.feed = db.feed[:n] })
	db.feed = append(db.feed, feedRow{db.round + 1, e.Org, e.Version})
}

func (db *DB) Follow(
	ctx context.Context, after store.Position, limit int,
) (events []store.Event, next store.Position, err error) {
	err = db.read(ctx, func() error {
		from, err := db.behind(after)
		if err != nil {
			return err
		}
		next = after
		for i, r := range first(db.feed[from:], limit) {
			events = append(events, cloneEvent(db.events[r.org][r.version-1]))
			next = db.position(from + i)
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return events, next, nil
}

// behind returns the index of the first row behind a position.
func (db *DB) behind(after store.Position) (int, error) {
	if after == "" {
		return 0, nil
	}
	m, err := after.Mark()
	if err != nil || m.Epoch != db.epoch || m.Version == 0 || m.Version > uint64(len(db.events[m.Org])) ||
		!bytes.Equal(m.Hash, store.Hash(db.events[m.Org][m.Version-1])) {
		return 0, store.ErrPosition
	}
	from, _ := slices.BinarySearchFunc(db.feed, m.Round, func(r feedRow, round uint64) int {
		return cmp.Compare(r.round, round)
	})
	for i := from; i < len(db.feed) && db.feed[i].round == m.Round; i++ {
		if db.feed[i] == (feedRow{m.Round, m.Org, m.Version}) {
			return i + 1, nil
		}
	}
	return 0, store.ErrPosition
}

func (db *DB) position(i int) store.Position {
	r := db.feed[i]
	hash := store.Hash(db.events[r.org][r.version-1])
	return store.Mark{Epoch: db.epoch, Round: r.round, Org: r.org, Version: r.version, Hash: hash}.Position()
}

func (db *DB) Newest(ctx context.Context) (newest store.Position, err error) {
	err = db.read(ctx, func() error {
		if n := len(db.feed); n > 0 {
			newest = db.position(n - 1)
		}
		return nil
	})
	return newest, err
}

func (db *DB) Renew(ctx context.Context) error {
	return db.write(ctx, func(*transaction) error {
		db.epoch = store.NewEpoch()
		return nil
	})
}
