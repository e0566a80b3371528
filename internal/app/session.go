package app

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/typeid"
	"github.com/commonhold/commonhold/org"
)

// A console link opens the operator's read-only console once; using it makes a session. Both are random values of which
// only hashes are kept, typed by purpose: one is never valid as the other.
const (
	purposeLink    = "console.link"
	purposeSession = "console.session"

	linkLasts    = 10 * time.Minute
	sessionLasts = 12 * time.Hour
)

// ConsoleLink makes the secret of a link and says when it ends.
func (a *App) ConsoleLink(ctx context.Context) (string, org.Instant, error) {
	return a.putToken(ctx, purposeLink, linkLasts)
}

// OpenConsole spends a link and returns the secret of a session.
func (a *App) OpenConsole(ctx context.Context, link string) (string, org.Instant, error) {
	sum := sha256.Sum256([]byte(link))
	if _, err := a.db.Tokens().Take(ctx, purposeLink, sum[:], int64(a.Now())); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return "", 0, ErrLinkSpent
		}
		return "", 0, a.tokenError(ctx, err)
	}
	return a.putToken(ctx, purposeSession, sessionLasts)
}

// InConsole reports whether a session is open.
func (a *App) InConsole(ctx context.Context, session string) (bool, error) {
	sum := sha256.Sum256([]byte(session))
	_, err := a.db.Tokens().Peek(ctx, purposeSession, sum[:], int64(a.Now()))
	if err = a.tokenError(ctx, err); errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// CloseConsole ends a session.
func (a *App) CloseConsole(ctx context.Context, session string) error {
	sum := sha256.Sum256([]byte(session))
	_, err := a.db.Tokens().Take(ctx, purposeSession, sum[:], int64(a.Now()))
	if err = a.tokenError(ctx, err); errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func (a *App) putToken(ctx context.Context, purpose string, lasts time.Duration) (string, org.Instant, error) {
	var b [32]byte
	typeid.Fill(a.random, b[:])
	secret := base64.RawURLEncoding.EncodeToString(b[:])
	sum := sha256.Sum256([]byte(secret))
	expires := a.Now() + org.Instant(lasts.Microseconds())
	if err := a.db.Tokens().Put(ctx, purpose, sum[:], nil, int64(expires)); err != nil {
		return "", 0, a.unavailable(ctx, "keep a token", err)
	}
	return secret, expires, nil
}

func (a *App) tokenError(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return err
	}
	return a.unavailable(ctx, "read a token", err)
}
