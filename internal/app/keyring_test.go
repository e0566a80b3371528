package app

import (
	"context"
	"errors"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
)

// removing takes a key away between the database's answer and its use.
type removing struct {
	store.DB
	found func()
}

type removingKeys struct {
	store.Keys
	found func()
}

func (r *removing) Keys() store.Keys { return removingKeys{r.DB.Keys(), r.found} }

func (k removingKeys) FindKey(ctx context.Context, hash []byte) (store.Key, error) {
	key, err := k.Keys.FindKey(ctx, hash)
	if k.found != nil {
		k.found()
	}
	return key, err
}

func TestARemovedKeyIsNotRememberedAgain(t *testing.T) {
	db := &removing{DB: memory.Open()}
	r := newRig(t, db)
	if _, _, err := r.AddKey(t.Context(), "other", 0); err != nil {
		t.Fatal(err)
	}
	k, secret, err := r.AddKey(t.Context(), "mine", 0)
	if err != nil {
		t.Fatal(err)
	}
	db.found = func() {
		if err := r.RemoveKey(t.Context(), k.ID); err != nil {
			t.Error(err)
		}
	}
	if _, err := r.Authenticate(t.Context(), secret); err != nil {
		t.Fatalf("found just before it went: %v", err)
	}
	db.found = nil
	if c, err := r.Authenticate(t.Context(), secret); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after it was removed: %+v, %v", c, err)
	}
}
