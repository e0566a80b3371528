package app

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/typeid"
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
	secret := a.secret()
	sum := sha256.Sum256([]byte(secret))
	k := store.Key{ID: id, Hash: sum[:], Name: name, Created: int64(a.Now()), Expires: int64(expires)}
	switch err := a.db.Keys().AddKey(ctx, k); {
	case errors.Is(err, store.ErrTaken):
		return Key{}, "", err
	case err != nil:
		return Key{}, "", a.unavailable(ctx, "add a key", err)
	}
	return keyOf(k), secret, nil
}

// secret is 256 random bits in a dress: prefix, bits, and a checksum by which a mistyped one is told without asking.
func (a *App) secret() string {
	var b [32]byte
	typeid.Fill(a.random, b[:])
	body := KeyPrefix + base64.RawURLEncoding.EncodeToString(b[:])
	return body + checksum(body)
}

func checksum(body string) string {
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(body))))
}

// Authenticate finds the caller that a secret stands for; an unknown, mistyped or expired one is store.ErrNotFound.
func (a *App) Authenticate(ctx context.Context, secret string) (Caller, error) {
	const sum = 6
	if !strings.HasPrefix(secret, KeyPrefix) || len(secret) < len(KeyPrefix)+sum || checksum(secret[:len(secret)-sum]) != secret[len(secret)-sum:] {
		return Caller{}, store.ErrNotFound
	}
	// The database looks for the hash of a random value: how long that takes tells nothing about the value.
	hash := sha256.Sum256([]byte(secret))
	k, err := a.keys.find(ctx, a, hash)
	if err != nil {
		return Caller{}, err
	}
	if k.Expires != 0 && int64(a.Now()) >= k.Expires {
		return Caller{}, store.ErrNotFound
	}
	return Caller{Operator: true, Key: k.ID}, nil
}

// Keys returns all keys of the operator.
func (a *App) Keys(ctx context.Context) ([]Key, error) {
	rows, err := a.db.Keys().ListKeys(ctx)
	if err != nil {
		return nil, a.unavailable(ctx, "list keys", err)
	}
	out := make([]Key, len(rows))
	for i, k := range rows {
		out[i] = keyOf(k)
	}
	return out, nil
}

// RemoveKey ends a key at once here, and on every node within the staleness bound. The last one stays: without it
// nobody could make another.
func (a *App) RemoveKey(ctx context.Context, id string) error {
	rows, err := a.db.Keys().ListKeys(ctx)
	if err != nil {
		return a.unavailable(ctx, "list keys", err)
	}
	left := 0
	for _, k := range rows {
		if k.ID != id && (k.Expires == 0 || k.Expires > int64(a.Now())) {
			left++
		}
	}
	if left == 0 {
		return ErrLastKey
	}
	err = a.db.Keys().RemoveKey(ctx, id)
	a.keys.forget()
	if errors.Is(err, store.ErrNotFound) {
		return org.ErrUnknownKey
	}
	if err != nil {
		return a.unavailable(ctx, "remove a key", err)
	}
	return nil
}

// FirstKey makes the operator's key if the instance has none yet; the secret is empty if it has.
func (a *App) FirstKey(ctx context.Context) (string, error) {
	rows, err := a.db.Keys().ListKeys(ctx)
	if err != nil || len(rows) > 0 {
		return "", err
	}
	_, secret, err := a.AddKey(ctx, "first key", 0)
	return secret, err
}

// noteUse keeps the day of a key's last use; a missed day is no harm.
func (a *App) noteUse(ctx context.Context, k store.Key, now time.Time) {
	if today := day(now); k.Used != today {
		if err := a.db.Keys().UsedKey(ctx, k.ID, today); err != nil {
			a.log.WarnContext(ctx, "use of a key not noted", "key", k.ID, "error", err)
		}
	}
}
