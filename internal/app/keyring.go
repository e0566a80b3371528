package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"github.com/commonhold/commonhold/internal/store"
)

// keyring remembers keys for as long as answers may be stale, so that a check does not wait for the database. Unknown
// secrets are not remembered: an attacker could fill any memory with them.
type keyring struct {
	mu    sync.Mutex
	epoch int // moves when keys are forgotten, so that what was found before is not remembered after
	keys  map[[sha256.Size]byte]remembered
}

type remembered struct {
	key store.Key
	at  time.Time
}

func (r *keyring) find(ctx context.Context, a *App, hash [sha256.Size]byte) (store.Key, error) {
	asked := a.clock()
	r.mu.Lock()
	known, ok := r.keys[hash]
	epoch := r.epoch
	r.mu.Unlock()
	if ok && age(asked, known.at) <= a.stale {
		return known.key, nil
	}
	k, err := a.db.Keys().FindKey(ctx, hash[:])
	if err != nil {
		r.mu.Lock()
		delete(r.keys, hash)
		r.mu.Unlock()
		if errors.Is(err, store.ErrNotFound) {
			return k, err
		}
		return k, a.unavailable(ctx, "find a key", err)
	}
	a.noteUse(ctx, k, asked)
	k.Used = day(asked)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys == nil {
		r.keys = map[[sha256.Size]byte]remembered{}
	}
	if r.epoch == epoch {
		r.keys[hash] = remembered{k, asked}
	}
	return k, nil
}

// forget makes every key be looked up again.
func (r *keyring) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.epoch++
	clear(r.keys)
}
