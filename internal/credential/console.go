package credential

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/typeid"
	"github.com/commonhold/commonhold/org"
)

// A console link opens the operator's read-only console once; using it makes a session.
const (
	purposeLink    = "console.link"
	purposeSession = "console.session"

	linkLasts    = 10 * time.Minute
	sessionLasts = 12 * time.Hour
)

// ConsoleLink makes the secret of a link and says when it ends.
func (k *Keys) ConsoleLink(ctx context.Context) (string, org.Instant, error) {
	return k.putRandom(ctx, purposeLink, linkLasts)
}

// OpenConsole spends a link and returns the secret of a session.
func (k *Keys) OpenConsole(ctx context.Context, link string) (string, org.Instant, error) {
	sum := sha256.Sum256([]byte(link))
	if _, err := k.take(ctx, purposeLink, sum[:]); errors.Is(err, store.ErrNotFound) {
		return "", 0, app.ErrLinkSpent
	} else if err != nil {
		return "", 0, err
	}
	return k.putRandom(ctx, purposeSession, sessionLasts)
}

// InConsole reports whether a session is open.
func (k *Keys) InConsole(ctx context.Context, session string) (bool, error) {
	sum := sha256.Sum256([]byte(session))
	_, err := k.peek(ctx, purposeSession, sum[:])
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// CloseConsole ends a session.
func (k *Keys) CloseConsole(ctx context.Context, session string) error {
	sum := sha256.Sum256([]byte(session))
	_, err := k.take(ctx, purposeSession, sum[:])
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func (k *Keys) putRandom(ctx context.Context, purpose string, lasts time.Duration) (string, org.Instant, error) {
	var b [32]byte
	typeid.Fill(k.random, b[:])
	secret := base64.RawURLEncoding.EncodeToString(b[:])
	sum := sha256.Sum256([]byte(secret))
	expires, err := k.put(ctx, purpose, sum[:], nil, lasts)
	if err != nil {
		return "", 0, err
	}
	return secret, expires, nil
}
