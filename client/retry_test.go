package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/commonhold/commonhold/org"
)

// cut breaks the connection in the middle of an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

func TestAWriteIsSentAgainUnderOneKey(t *testing.T) {
	rows := []struct {
		name string
		fail func(http.ResponseWriter)
	}{
		{"the connection breaks", cut},
		{"the server is busy", func(w http.ResponseWriter) { refuse(w, 503, "write.busy") }},
		{"a proxy finds no server", func(w http.ResponseWriter) { http.Error(w, "", http.StatusBadGateway) }},
		{"too many requests", func(w http.ResponseWriter) { refuse(w, 429, "limit") }},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t, func(n int, w http.ResponseWriter, _ *http.Request) {
				if n < 3 {
					row.fail(w)
					return
				}
				fmt.Fprint(w, `{"version":9}`)
			})
			var done Done
			if _, err := s.Do(t.Context(), "acme", org.Leave{}, &done); err != nil || done.Version != 9 {
				t.Fatal(err)
			}
			if len(s.keys) != 3 || s.keys[0] == "" || s.keys[0] != s.keys[1] || s.keys[1] != s.keys[2] {
				t.Errorf("keys %q", s.keys)
			}
		})
	}
}

func TestTwoWritesHaveTwoKeys(t *testing.T) {
	s := newStub(t, empty)
	for range 2 {
		if _, err := s.Do(t.Context(), "acme", org.Leave{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if s.keys[0] == s.keys[1] {
		t.Errorf("one key for two writes: %q", s.keys)
	}
}

func TestTheCallersKeyIsUsed(t *testing.T) {
	s := newStub(t, empty)
	if _, err := s.With(IdempotencyKey("mine")).Do(t.Context(), "acme", org.Leave{}, nil); err != nil || s.keys[0] != "mine" {
		t.Errorf("%v, %q", err, s.keys)
	}
}

func TestReadingsCarryNoKey(t *testing.T) {
	s := newStub(t, empty)
	if _, err := s.Me(t.Context()); err != nil || s.keys[0] != "" {
		t.Errorf("%v, %q", err, s.keys)
	}
}

func TestWhatWillNotPassIsNotRepeated(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 409, 413, 422, 500, 501} {
		s := newStub(t, func(_ int, w http.ResponseWriter, _ *http.Request) { refuse(w, status, "x") })
		if _, err := s.Me(t.Context()); err == nil || len(s.asked) != 1 {
			t.Errorf("%d: %v, asked %d times", status, err, len(s.asked))
		}
	}
}

func TestTheServersTimeIsKept(t *testing.T) {
	rows := []struct {
		name, header string
		wants        []time.Duration
	}{
		{"seconds", "7", []time.Duration{7 * time.Second}},
		{"a time that has passed asks for nothing", "Thu, 01 Jan 1970 00:00:00 GMT", nil},
		{"longer than anybody waits", "3600", []time.Duration{}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t, func(n int, w http.ResponseWriter, _ *http.Request) {
				if n == 1 {
					w.Header().Set("Retry-After", row.header)
					refuse(w, 503, "x")
					return
				}
				fmt.Fprint(w, `{}`)
			})
			_, err := s.Me(t.Context())
			switch {
			case row.wants == nil:
				if err != nil || len(s.waits) != 1 || s.waits[0] > firstPause {
					t.Errorf("%v, waited %v", err, s.waits)
				}
			case len(row.wants) == 0:
				if problem, ok := errors.AsType[*Problem](err); !ok || problem.RetryAfter != time.Hour || len(s.waits) > 0 {
					t.Errorf("%v, waited %v", err, s.waits)
				}
			case err != nil || !slices.Equal(s.waits, row.wants):
				t.Errorf("%v, waited %v", err, s.waits)
			}
		})
	}
}

func TestPausesGrowAndTriesEnd(t *testing.T) {
	s := newStub(t, func(_ int, w http.ResponseWriter, _ *http.Request) { refuse(w, 503, "write.busy") }, Tries(4))
	_, err := s.Me(t.Context())
	if !errors.Is(err, &Problem{Code: "write.busy"}) || len(s.asked) != 4 || len(s.waits) != 3 {
		t.Fatalf("%v, asked %d times, waited %v", err, len(s.asked), s.waits)
	}
	for i, d := range s.waits {
		if most := firstPause << i; d < most/2 || d > most {
			t.Errorf("pause %d is %v", i, d)
		}
	}
	if d, ok := pause(60, errors.New("x")); !ok || d > longestPause || d < longestPause/2 {
		t.Errorf("the sixtieth pause is %v", d)
	}
}

func TestAnEndedContextEndsTheWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if err := sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := sleep(t.Context(), time.Minute); err != nil {
			t.Error(err)
		}
	})
	s := newStub(t, func(_ int, w http.ResponseWriter, _ *http.Request) { refuse(w, 503, "write.busy") })
	s.sleep = func(context.Context, time.Duration) error { return context.Canceled }
	if _, err := s.Me(t.Context()); !errors.Is(err, &Problem{Code: "write.busy"}) {
		t.Errorf("what went wrong is hidden: %v", err)
	}
}
