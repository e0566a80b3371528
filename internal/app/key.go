package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/commonhold/commonhold/internal/secret"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// KeyPrefix begins every operator key, so that scanners of code and logs can find one that leaked.
const KeyPrefix = "commonhold_operator_"

// Key is an operator's key without its secret.
type Key struct {
	ID      string      `json:"key"`
	Name    string      `json:"name"`
	Created org.Instant `json:"created_at"`
	Expires org.Instant `json:"expires_at,omitzero"`
	Used    org.Instant `json:"last_used_on,omitzero"` // the day
}

func keyOf(k store.Key) Key {
	return Key{k.ID, k.Name, org.Instant(k.Created), org.Instant(k.Expires), org.Instant(k.Used)}
}

// AddKey makes an operator's key and returns its secret, which is shown this once.
func (a *App) AddKey(ctx context.Context, name string, expires org.Instant) (Key, string, error) {
	return a.addKey(ctx, a.newID("key_"), name, expires)
}

func (a *App) addKey(ctx context.Context, id, name string, expires org.Instant) (Key, string, error) {
	if err := org.Name(name).Valid(); err != nil {
		return Key{}, "", err
	}
	if expires != 0 && expires <= a.Now() {
		return Key{}, "", org.ErrPastEnd
	}
	made, hash := secret.New(KeyPrefix, a.random)
	k := store.Key{ID: id, Hash: hash, Name: name, Created: int64(a.Now()), Expires: int64(expires)}
	switch err := a.db.Keys().AddKey(ctx, k); {
	case errors.Is(err, store.ErrTaken):
		return Key{}, "", err
	case err != nil:
		return Key{}, "", a.unavailable(ctx, "add a key", err)
	}
	return keyOf(k), made, nil
}

// Authenticate finds the caller that an operator's key stands for; an unknown, mistyped or expired one is
// store.ErrNotFound.
func (a *App) Authenticate(ctx context.Context, shown string) (Caller, error) {
	k, err := a.FindKey(ctx, KeyPrefix, shown)
	if err != nil {
		return Caller{}, err
	}
	if k.Holder != "" || k.Expires != 0 && int64(a.Now()) >= k.Expires {
		return Caller{}, store.ErrNotFound
	}
	return Caller{Operator: true, Key: k.ID}, nil
}

// FindKey finds the row of a secret with that prefix, or store.ErrNotFound. Whether it opens anything is for others to say.
func (a *App) FindKey(ctx context.Context, prefix, shown string) (store.Key, error) {
	if !secret.Plausible(prefix, shown) {
		return store.Key{}, store.ErrNotFound
	}
	// The database looks for the hash of a random value: how long that takes tells nothing about the value.
	return a.keys.find(ctx, a, secret.Hash(shown))
}

// ForgetKeys makes every key be looked up again.
func (a *App) ForgetKeys() { a.keys.forget() }

// Keys returns all keys of the operator.
func (a *App) Keys(ctx context.Context) ([]Key, error) {
	rows, err := a.db.Keys().ListKeys(ctx, "")
	if err != nil {
		return nil, a.unavailable(ctx, "list keys", err)
	}
	out := make([]Key, len(rows))
	for i, k := range rows {
		out[i] = keyOf(k)
	}
	return out, nil
}

// RemoveKey ends a key of the operator at once here, and on every node within the staleness bound. The last one stays,
// however many are removed at once: without it nobody could make another.
func (a *App) RemoveKey(ctx context.Context, id string) error {
	rows, err := a.db.Keys().ListKeys(ctx, "")
	if err == nil && !slices.ContainsFunc(rows, func(k store.Key) bool { return k.ID == id }) {
		return org.ErrUnknownKey // or another's
	}
	if err == nil {
		err = a.db.Keys().RemoveSpareKey(ctx, id, int64(a.Now()))
	}
	a.keys.forget()
	switch {
	case errors.Is(err, store.ErrNotFound):
		return org.ErrUnknownKey
	case errors.Is(err, store.ErrConflict):
		return ErrLastKey
	case err != nil:
		return a.unavailable(ctx, "remove a key", err)
	}
	return nil
}

// FirstKey makes the operator's key if the instance has none yet; the secret is empty if it has. Of several servers that
// start at once on one database one makes it.
func (a *App) FirstKey(ctx context.Context) (string, error) {
	made, hash := secret.New(KeyPrefix, a.random)
	err := a.db.Keys().AddFirstKey(ctx, store.Key{ID: a.newID("key_"), Hash: hash, Name: "first key", Created: int64(a.Now())})
	if errors.Is(err, store.ErrConflict) {
		return "", nil
	}
	return made, err
}

// noteUse keeps the day of a key's last use; a missed day is no harm.
func (a *App) noteUse(ctx context.Context, k store.Key, now time.Time) {
	if today := day(now); k.Used != today {
		if err := a.db.Keys().UsedKey(ctx, k.ID, today); err != nil {
			a.log.WarnContext(ctx, "use of a key not noted", "key", k.ID, "error", err)
		}
	}
}
