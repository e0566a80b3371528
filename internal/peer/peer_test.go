package peer

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/commonhold/commonhold/internal/store"
)

// database is one whose clock and notifications a test decides on.
type database struct {
	mu     sync.Mutex
	ahead  time.Duration
	silent error
	hints  chan store.Hint
}

func (d *database) Clock(context.Context) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Add(d.ahead).UnixMicro(), d.silent
}

func (d *database) set(ahead time.Duration, silent error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ahead, d.silent = ahead, silent
}

func (d *database) Listen(ctx context.Context, hear func(store.Hint)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case h, ok := <-d.hints:
			if !ok {
				return errors.New("cut")
			}
			hear(h)
		}
	}
}

// T-255
func TestClockIsComparedWithTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		d := &database{ahead: -time.Hour, hints: make(chan store.Hint)}
		w, err := Start(t.Context(), d, func(store.Hint) {}, slog.New(slog.NewTextHandler(&log, nil)), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []struct {
			name   string
			ahead  time.Duration // of the database
			silent error
			skewed bool
		}{
			{"an hour ahead at the start", -time.Hour, nil, true},
			{"as far as it may be", -MaxSkew, nil, false},
			{"one step further", -MaxSkew - time.Microsecond, nil, true},
			{"the database is silent: what was known holds", 0, errors.New("silent"), true},
			{"set right", 0, nil, false},
			{"ten minutes behind", 10 * time.Minute, nil, true},
			{"set right again", time.Second, nil, false},
		} {
			d.set(r.ahead, r.silent)
			time.Sleep(measureEvery + time.Millisecond)
			if w.Skewed() != r.skewed {
				t.Errorf("%s: it is off by %v", r.name, w.Offset())
			}
		}
		w.Stop()
		if n := strings.Count(log.String(), "too far off"); n != 3 {
			t.Errorf("it was said %d times:\n%s", n, log.String())
		}
	})
}

func TestTheWayThereAndBackIsNoSkew(t *testing.T) {
	for _, r := range []struct{ before, at, after, want int64 }{
		{10, 15, 20, 0}, {10, 10, 10, 0}, {10, 9, 20, 1}, {10, 25, 20, -5},
	} {
		if got := ahead(r.before, r.at, r.after); got != r.want {
			t.Errorf("ahead(%d, %d, %d) = %d, want %d", r.before, r.at, r.after, got, r.want)
		}
	}
}

func TestListeningIsTakenUpAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		d := &database{hints: make(chan store.Hint)}
		heard := make(chan store.Hint, 1)
		w, err := Start(t.Context(), d, func(h store.Hint) { heard <- h }, slog.New(slog.NewTextHandler(&log, nil)), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		cut := d.hints
		d.hints = make(chan store.Hint)
		synctest.Wait()
		close(cut)
		d.hints <- store.Hint{Org: "org_1", Version: 7}
		if h := <-heard; h.Version != 7 {
			t.Errorf("heard %+v", h)
		}
		w.Stop()
		if strings.Count(log.String(), "do not come in") != 1 {
			t.Error(log.String())
		}
	})
}

func TestWithoutASharedDatabaseThereIsNothingToDo(t *testing.T) {
	w, err := Start(t.Context(), nil, nil, nil, time.Now)
	if err != nil || w.Measure(t.Context()) != nil || w.Skewed() {
		t.Error(err)
	}
	w.Stop()
}
