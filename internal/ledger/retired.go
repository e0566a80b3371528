package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"math"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// The id of a person who was erased is kept as a hash, so that an idempotency key that once made the person never makes
// another one of the same id, of whom logs would speak as if they were the first.
const purposeErased = "person.erased"

// Retire notes for ever that the id of a person was used; noting it again is no error.
func Retire(ctx context.Context, t store.Tokens, id org.PersonID) error {
	sum := sha256.Sum256([]byte(id))
	if err := t.Put(ctx, purposeErased, sum[:], nil, math.MaxInt64); !errors.Is(err, store.ErrTaken) {
		return err
	}
	return nil
}

// Retired reports whether the id of a person was used by somebody who was erased.
func Retired(ctx context.Context, t store.Tokens, id org.PersonID) (bool, error) {
	sum := sha256.Sum256([]byte(id))
	_, err := t.Peek(ctx, purposeErased, sum[:], 0)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
