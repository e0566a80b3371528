package credential

import (
	"context"
	"errors"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// One-time values and sessions are random; only their hashes are kept, by purpose, so that one is never valid as another.

func (k *Keys) put(ctx context.Context, purpose string, hash, data []byte, lasts time.Duration) (org.Instant, error) {
	expires := k.app.Now() + org.Instant(lasts.Microseconds())
	err := k.tokens.Put(ctx, purpose, hash, data, int64(expires))
	return expires, k.app.Unavailable(ctx, "keep a token", err)
}

func (k *Keys) take(ctx context.Context, purpose string, hash []byte) ([]byte, error) {
	data, err := k.tokens.Take(ctx, purpose, hash, int64(k.app.Now()))
	return data, k.unlessGone(ctx, err)
}

func (k *Keys) peek(ctx context.Context, purpose string, hash []byte) ([]byte, error) {
	data, err := k.tokens.Peek(ctx, purpose, hash, int64(k.app.Now()))
	return data, k.unlessGone(ctx, err)
}

// unlessGone leaves store.ErrNotFound as it is.
func (k *Keys) unlessGone(ctx context.Context, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return store.ErrNotFound
	}
	return k.app.Unavailable(ctx, "read a token", err)
}
