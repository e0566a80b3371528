// Package feed reads what happens in all organizations, in the order in which it comes in, and lets many wait for more
// at the cost of one. It owns how the database is asked for news; who may see what is the matter of those who ask.
package feed

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Position says how far somebody has read; the empty one is the beginning.
type Position = store.Position

// Refusals of the feed.
var (
	ErrLost = &org.Refusal{Kind: org.Conflict, Code: "events.position_lost",
		Text: "The events behind this cursor are not those it was given for: the database was restored or replaced. Begin again without a cursor, and take it that what you have seen comes once more."}
	ErrUnavailable = &org.Refusal{Kind: org.Unavailable, Code: "events.unavailable", Text: "The database does not answer; try again in a moment."}
)

// Event is one fact in the feed.
type Event struct {
	Organization org.OrgID
	org.Meta
	Name string
	Data []byte    // as it lies in the log
	Fact org.Event // nil if this program cannot read it
}

const operator = "operator"

// Feed reads the feed of one database.
type Feed struct {
	db    store.Feed
	log   *slog.Logger
	clock func() time.Time
	every time.Duration // how often the database is asked for news while somebody waits

	mu     sync.Mutex
	newest Position
	asked  time.Time
	news   chan struct{} // closed when something was written here

	asking sync.Mutex // one question for news at a time
}

// New returns a feed that looks for what other programs wrote every so often.
func New(db store.Feed, log *slog.Logger, clock func() time.Time, every time.Duration) *Feed {
	return &Feed{db: db, log: log, clock: clock, every: every, news: make(chan struct{})}
}

// Read returns up to limit events behind a position, and the position behind the last. None is no error.
func (f *Feed) Read(ctx context.Context, after Position, limit int) ([]Event, Position, error) {
	found, next, err := f.db.Follow(ctx, after, limit)
	if err != nil {
		return nil, "", f.refusal(ctx, err)
	}
	out := make([]Event, len(found))
	for i := range found {
		out[i] = eventOf(&found[i])
	}
	return out, next, nil
}

func eventOf(e *store.Event) Event {
	out := Event{Organization: org.OrgID(e.Org), Name: e.Name, Data: e.Data, Meta: org.Meta{
		Version: org.Version(e.Version), At: org.Instant(e.At), Command: org.CommandID(e.Command), Via: org.KeyID(e.Via),
	}}
	if e.Actor != operator {
		out.Actor = org.PersonID(e.Actor)
	}
	if fact, err := org.Decode(e.Name, e.Data); err == nil {
		out.Fact = fact
	}
	return out
}

// Newest returns the position behind everything.
func (f *Feed) Newest(ctx context.Context) (Position, error) {
	p, err := f.db.Newest(ctx)
	if err != nil {
		return "", f.refusal(ctx, err)
	}
	return p, nil
}

func (f *Feed) refusal(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, store.ErrPosition):
		return ErrLost
	case ctx.Err() != nil:
		return ctx.Err()
	}
	f.log.ErrorContext(ctx, "feed not read", "error", err)
	return ErrUnavailable
}

// Wake tells those who wait that something was written here.
func (f *Feed) Wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = time.Time{}
	close(f.news)
	f.news = make(chan struct{})
}

// Wait returns when there may be something behind a position, or with the context's error. What another program wrote
// is found by asking now and then, once for all who wait.
func (f *Feed) Wait(ctx context.Context, behind Position) error {
	tick := time.NewTicker(f.every)
	defer tick.Stop()
	for {
		f.mu.Lock()
		news := f.news
		f.mu.Unlock()
		newest, err := f.look(ctx)
		if err != nil {
			return err
		}
		if newest != behind {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-news:
		case <-tick.C:
		}
	}
}

// look returns the newest position as the database last said, asking again if that is a while ago.
func (f *Feed) look(ctx context.Context) (Position, error) {
	f.asking.Lock()
	defer f.asking.Unlock()
	f.mu.Lock()
	newest, asked := f.newest, f.asked
	f.mu.Unlock()
	now := f.clock()
	if passed := now.Sub(asked); !asked.IsZero() && passed >= 0 && passed < f.every/2 {
		return newest, nil
	}
	newest, err := f.Newest(ctx)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.newest, f.asked = newest, now
	return newest, nil
}
