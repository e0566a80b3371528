package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
)

// shared holds for databases that several processes use; the others say that they are none.
func (s suite) shared(t *testing.T) {
	s.each(t, []row{
		{"who listens hears of appends", func(t *testing.T, db store.DB) {
			if db.Shared() == nil {
				return
			}
			ctx, end := context.WithCancel(t.Context())
			defer end()
			heard, ended := make(chan store.Hint, 1000), make(chan error, 1)
			go func() { ended <- db.Shared().Listen(ctx, func(h store.Hint) { heard <- h }) }()
			one, two := History{Org: "org_1"}, History{Org: "org_2"}
			patience := time.After(20 * time.Second)
			for met := map[string]bool{}; len(met) < 2; { // until it listens, what is appended may not be heard
				write(t, db, one.Next(1), two.Next(2))
				select {
				case h := <-heard:
					if h.Org != "org_1" && h.Org != "org_2" || h.Version == 0 {
						t.Fatalf("heard of %+v", h)
					}
					met[h.Org] = true
				case err := <-ended:
					t.Fatalf("it listens no more: %v", err)
				case <-patience:
					t.Fatal("it hears nothing")
				case <-time.After(50 * time.Millisecond):
				}
			}
			end()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("it ends with %v", err)
			}
		}},
		{"its clock goes on", func(t *testing.T, db store.DB) {
			if db.Shared() == nil {
				return
			}
			before, err := db.Shared().Clock(t.Context())
			check(t, err)
			time.Sleep(time.Millisecond)
			after, err := db.Shared().Clock(t.Context())
			check(t, err)
			if after-before < 1000 || before < 1_700_000_000_000_000 {
				t.Errorf("it went from %d to %d", before, after)
			}
		}},
	})
}
