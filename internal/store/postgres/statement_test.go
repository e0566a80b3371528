//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// However many change one row at once, each gets its turn as long as it has time; what the server refuses for another
// reason is refused at once.
func TestWhoIsInTheWayIsWaitedForAsLongAsThereIsTime_T250(t *testing.T) {
	for _, c := range []struct {
		name  string
		code  string
		times int // that it fails
		tries int // 0: until there is no time left
		fails bool
	}{
		{name: "not serializable, a hundred times", code: "40001", times: 100, tries: 101},
		{name: "in a ring of those who wait", code: "40P01", times: 3, tries: 4},
		{name: "waited too long", code: "55P03", times: 3, tries: 4},
		{name: "for ever not serializable", code: "40001", times: 1 << 30, fails: true},
		{name: "in use", code: "23505", times: 1 << 30, tries: 1, fails: true},
		{name: "nothing", tries: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), writeWithin)
				defer cancel()
				tries, start := 0, time.Now()
				err := again(ctx, func() error {
					if tries++; tries > c.times {
						return nil
					}
					return fmt.Errorf("change a row: %w", &pgconn.PgError{Code: c.code})
				})
				if (err != nil) != c.fails || c.tries > 0 && tries != c.tries {
					t.Errorf("after %d tries: %v", tries, err)
				}
				if c.fails && code(err) != c.code {
					t.Errorf("it hides what the server said: %v", err)
				}
				if took := time.Since(start); c.fails && c.tries == 0 && (took != writeWithin || !errors.Is(err, context.DeadlineExceeded)) {
					t.Errorf("it gave up after %v: %v", took, err)
				}
			})
		})
	}
}
