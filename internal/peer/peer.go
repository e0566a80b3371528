// Package peer keeps a program in step with the others on its database. It owns the ear for what they append and the
// knowledge of how far this machine's clock is off the database's; it knows nothing of what is done about either.
package peer

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/commonhold/commonhold/internal/store"
)

// MaxSkew is how far the clock of a machine may be off the database's. Beyond that, accesses would end at another instant
// here than elsewhere.
const MaxSkew = 5 * time.Second

const (
	measureEvery = time.Second
	listenAgain  = time.Second
)

// Watch is what a program knows of the others. Without a database that is shared there are none, and nothing to do.
type Watch struct {
	shared store.Shared
	log    *slog.Logger
	clock  func() time.Time

	offset atomic.Int64 // how far this clock is ahead of the database's, at least; microseconds
	end    context.CancelFunc
	wait   sync.WaitGroup
}

// Start compares the clocks and then goes on watching until Stop. hear gets each hint and returns at once.
func Start(ctx context.Context, shared store.Shared, hear func(store.Hint), log *slog.Logger, clock func() time.Time) (*Watch, error) {
	w := &Watch{shared: shared, log: log, clock: clock, end: func() {}}
	if shared == nil {
		return w, nil
	}
	if err := w.Measure(ctx); err != nil {
		return nil, err
	}
	ctx, w.end = context.WithCancel(context.WithoutCancel(ctx))
	w.wait.Go(func() { w.measure(ctx) })
	w.wait.Go(func() { w.listen(ctx, hear) })
	return w, nil
}

// Stop ends the watch.
func (w *Watch) Stop() {
	w.end()
	w.wait.Wait()
}

// Skewed reports whether this machine's clock was too far off when it was last compared.
func (w *Watch) Skewed() bool { return w.Offset().Abs() > MaxSkew }

// Offset is how far this machine's clock was ahead of the database's: what is sure, for a part may be the way there and
// back.
func (w *Watch) Offset() time.Duration { return time.Duration(w.offset.Load()) * time.Microsecond }

// Measure compares the clocks.
func (w *Watch) Measure(ctx context.Context) error {
	if w.shared == nil {
		return nil
	}
	before := w.clock().UnixMicro()
	at, err := w.shared.Clock(ctx)
	if err != nil {
		return fmt.Errorf("compare the clocks: %w", err)
	}
	was := w.Skewed()
	w.offset.Store(ahead(before, at, w.clock().UnixMicro()))
	switch is := w.Skewed(); {
	case is && !was:
		w.log.WarnContext(ctx, "this machine's clock is too far off the database's: nothing is answered until it is set", "ahead", w.Offset())
	case was && !is:
		w.log.InfoContext(ctx, "this machine's clock is right again", "ahead", w.Offset())
	}
	return nil
}

// ahead is how far a clock that said before and after is ahead of one that said at in between, at least; negative if it
// is behind.
func ahead(before, at, after int64) int64 {
	switch {
	case before > at:
		return before - at
	case after < at:
		return after - at
	}
	return 0
}

func (w *Watch) measure(ctx context.Context) {
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			in, cancel := context.WithTimeout(ctx, measureEvery)
			_ = w.Measure(in) // a database that does not answer is noticed by those who ask it
			cancel()
		}
	}
}

func (w *Watch) listen(ctx context.Context, hear func(store.Hint)) {
	const spell = 10 * time.Second // what ends sooner was said at its beginning
	var said time.Time
	for {
		err := w.shared.Listen(ctx, hear)
		if ctx.Err() != nil {
			return
		}
		if now := w.clock(); now.Sub(said) > spell {
			said = now
			w.log.WarnContext(ctx, "hints of other nodes do not come in; their changes are noticed a little later", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(listenAgain):
		}
	}
}
