package client

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	mathrand "math/rand/v2"
	"net/http"
	"time"
)

const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
	patience     = 30 * time.Second // the longest Retry-After that is waited for
)

// newKey returns a fresh Idempotency-Key. A write is sent again only under the key of its first attempt, so that it
// happens once however often it arrives.
func newKey() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// persist sends a request until it is answered, up to the client's number of tries.
func (c *Client) persist(ctx context.Context, r request) (answer, error) {
	for try := 1; ; try++ {
		a, err := c.send(ctx, r)
		if err == nil || try >= c.tries || ctx.Err() != nil || !passing(err) {
			return a, err
		}
		wait, ok := pause(try, err)
		if !ok {
			return a, err
		}
		if c.sleep(ctx, wait) != nil {
			return a, err // what went wrong tells more than that time is up
		}
	}
}

// passing reports whether the same request may fare better in a moment.
func passing(err error) bool {
	if problem, ok := errors.AsType[*Problem](err); ok {
		switch problem.Status {
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	_, redirected := errors.AsType[*RedirectError](err)
	return !redirected
}

// pause returns how long to wait after an attempt: what the server asks for, else ever longer with chance in it, so
// that many clients do not come back together.
func pause(try int, err error) (time.Duration, bool) {
	if problem, ok := errors.AsType[*Problem](err); ok && problem.RetryAfter > 0 {
		return problem.RetryAfter, problem.RetryAfter <= patience
	}
	most := min(longestPause, firstPause<<min(try-1, 10))
	return most/2 + mathrand.N(most/2), true
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
