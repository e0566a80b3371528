package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Marks lie among the one-time values, under a purpose of their own, so that every back end keeps them and a copy of the
// database brings them along. A database with a mark is not served from.
const markPurpose = "instance"

const forever = math.MaxInt64

type mark struct{ name, text string }

var (
	importing = mark{"import", "an import into this database was cut off: run it again, it goes on where it stopped"}
	restored  = mark{"restored", "this is a copy from a backup. Run commonhold confirm-restore --copy if the original lives on " +
		"(all keys, sessions and waiting mail of the copy end), or --replacement if this takes its place (they live on)"}
)

func (m mark) hash() []byte {
	sum := sha256.Sum256([]byte("commonhold " + m.name))
	return sum[:]
}

func (m mark) peek(ctx context.Context, db store.DB) (data []byte, there bool, err error) {
	data, err = db.Tokens().Peek(ctx, markPurpose, m.hash(), 0)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	return data, err == nil, err
}

func (m mark) put(ctx context.Context, db store.DB, data []byte) error {
	err := db.Tokens().Put(ctx, markPurpose, m.hash(), data, forever)
	if errors.Is(err, store.ErrTaken) {
		return nil
	}
	return err
}

func (m mark) take(ctx context.Context, db store.DB) error {
	_, err := db.Tokens().Take(ctx, markPurpose, m.hash(), 0)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// Ready refuses a database that must not be served from, with what helps.
func Ready(ctx context.Context, db store.DB) error {
	for _, m := range []mark{importing, restored} {
		if _, there, err := m.peek(ctx, db); err != nil {
			return fmt.Errorf("look for marks: %w", err)
		} else if there {
			return refuse("%s", m.text)
		}
	}
	return nil
}

// Hold marks a database as a copy from a backup. Whoever serves from it would send what the original sends, to the same
// people, and answer to the original's keys.
func Hold(ctx context.Context, db store.DB) error { return restored.put(ctx, db, nil) }

// ErrNotHeld says that a database is no unconfirmed copy.
var ErrNotHeld = &Refusal{"this database is no copy from a backup, or was confirmed already: there is nothing to confirm"}

// Confirm releases a copy from a backup. A copy that takes the original's place goes on as it was; of one beside the
// original all ends that would act for it: keys, sessions, one-time values and messages that wait. Whoever follows the
// feed begins anew either way. What is cut off is done again in full.
func Confirm(ctx context.Context, db store.DB, replacement bool) error {
	if _, there, err := restored.peek(ctx, db); err != nil {
		return err
	} else if !there {
		return ErrNotHeld
	}
	if err := errors.Join(db.Feed().Renew(ctx), db.Nodes().Bury(ctx, forever)); err != nil {
		return err
	}
	if replacement {
		return restored.take(ctx, db)
	}
	if err := errors.Join(endKeys(ctx, db), silence(ctx, db)); err != nil {
		return err
	}
	return db.Tokens().Sweep(ctx, forever) // all of them, the mark among them
}

// endKeys makes all keys open nothing: the operator's, and those of service accounts, of which the logs go on to tell.
func endKeys(ctx context.Context, db store.DB) error {
	for {
		page, err := db.Keys().AllKeys(ctx, "", pageSize)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, k := range page {
			if err := db.Keys().RemoveKey(ctx, k.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
	}
}

// silence drops the messages that wait.
func silence(ctx context.Context, db store.DB) error {
	for _, dead := range []bool{false, true} {
		for {
			page, err := db.Outbox().Messages(ctx, "", dead, "", pageSize)
			if err != nil {
				return err
			}
			for _, m := range page {
				if err := db.Outbox().Delivered(ctx, m.ID); err != nil {
					return err
				}
			}
			if len(page) < pageSize {
				break
			}
		}
	}
	return nil
}

// marked reports whether the database bears the mark of this import; that of another is refused.
func (i *importer) marked(ctx context.Context) (bool, error) {
	data, there, err := importing.peek(ctx, i.db)
	if there && string(data) != i.digest {
		return false, refuse("an import of another archive into this database was cut off: go on with that one, or import into an empty database")
	}
	if _, held, err := restored.peek(ctx, i.db); err != nil || held {
		return false, errors.Join(err, refuse("this database is a copy from a backup: import into an empty one"))
	}
	return there, err
}

func (i *importer) mark(ctx context.Context) error   { return importing.put(ctx, i.db, []byte(i.digest)) }
func (i *importer) unmark(ctx context.Context) error { return importing.take(ctx, i.db) }

func stateHash(s *org.State) string {
	sum := sha256.Sum256(org.Save(s))
	return hex.EncodeToString(sum[:])
}
