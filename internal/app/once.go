package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/typeid"
	"github.com/commonhold/commonhold/org"
)

// Rows outside the logs keep no answers under idempotency keys. What makes such a row takes its id from the key, so a
// repetition meets the row that the first attempt made, whatever became of the answer.

// AddPersonOnce is AddPerson under an idempotency key; replayed says that an earlier request made the person.
func (a *App) AddPersonOnce(ctx context.Context, c Caller, key string, f PersonFields) (p Person, replayed bool, err error) {
	id := org.PersonID("usr_" + IDOf(c, "person", key))
	if erased, err := ledger.Retired(ctx, a.db.Tokens(), id); err != nil {
		return p, false, a.unavailable(ctx, "look for an erased person", err)
	} else if erased {
		return p, false, ErrKeyReused
	}
	p, err = a.addPerson(ctx, id, f)
	if !errors.Is(err, ErrAddressTaken) && !errors.Is(err, org.ErrExternalIDTaken) {
		return p, false, err
	}
	was, missing := a.Person(ctx, id)
	switch {
	case errors.Is(missing, ErrUnknownPerson):
		return p, false, err // somebody else has what is unique
	case missing != nil:
		return p, false, missing
	case was.Name != f.Name || was.Address != f.Address || was.ExternalID != f.ExternalID:
		return p, false, ErrKeyReused
	}
	return was, true, nil
}

// AddKeyOnce is AddKey under an idempotency key. A repetition returns no secret: nobody kept it.
func (a *App) AddKeyOnce(ctx context.Context, c Caller, key, name string, expires org.Instant) (k Key, secret string, replayed bool, err error) {
	id := "key_" + IDOf(c, "key", key)
	k, secret, err = a.addKey(ctx, id, name, expires)
	if !errors.Is(err, store.ErrTaken) {
		return k, secret, false, err
	}
	all, err := a.Keys(ctx)
	if err != nil {
		return Key{}, "", false, err
	}
	for _, was := range all {
		if was.ID == id && was.Name == name && was.Expires == expires {
			return was, "", true, nil
		}
	}
	return Key{}, "", false, ErrKeyReused
}

// IDOf is what an id has behind its prefix that is made under an idempotency key.
func IDOf(c Caller, what, key string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "commonhold once %s %s %s", what, c.name(), key))
	b := [16]byte(sum[:16])
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80 // a UUIDv8: of one's own making
	return typeid.Encode(b)
}
