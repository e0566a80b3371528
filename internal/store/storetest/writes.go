package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

// writeCase is one call that changes something, with all that a caller can meet in it.
type writeCase struct {
	name   string
	before func(context.Context, store.DB) error         // what has to be there first; nil: nothing
	do     func(context.Context, store.DB) error         // the write
	done   func(context.Context, store.DB) (bool, error) // whether it can be seen
	again  error                                         // what do returns if it was done already, so that a caller learns it

	rival     func(context.Context, store.DB) error // another caller's write of the same thing
	overtaken error                                 // what do returns behind it; without an error it is done
	shared    bool                                  // what the rival did cannot be told from what do does
}

func allWriteCases() []writeCase { return slices.Concat(writeCases, writeCasesBeside) }

func (s suite) writes(t *testing.T) {
	for _, w := range allWriteCases() {
		t.Run(w.name, func(t *testing.T) {
			t.Run("done", func(t *testing.T) {
				db := s.ready(t, w)
				w.sees(t, db, false)
				check(t, w.do(t.Context(), db))
				w.sees(t, db, true)
			})
			t.Run("failed", func(t *testing.T) {
				db := s.ready(t, w)
				wantError(t, "failing", w.do(t.Context(), failing(db, Fail)), ErrInjected)
				w.sees(t, db, false)
				check(t, w.do(t.Context(), db))
				w.sees(t, db, true)
			})
			t.Run("failed but done", func(t *testing.T) {
				db := s.ready(t, w)
				wantError(t, "failing", w.do(t.Context(), failing(db, FailDone)), ErrInjected)
				w.sees(t, db, true)
				wantError(t, "doing it again", w.do(t.Context(), db), w.again)
				w.sees(t, db, true)
			})
			t.Run("overtaken", func(t *testing.T) {
				db := s.ready(t, w)
				check(t, w.rival(t.Context(), db))
				wantError(t, "overtaken", w.do(t.Context(), db), w.overtaken)
				w.sees(t, db, w.overtaken == nil || w.shared)
			})
			t.Run("given up before it began", func(t *testing.T) {
				db := s.ready(t, w)
				ended, end := context.WithCancel(t.Context())
				end()
				wantError(t, "ended", w.do(ended, db), context.Canceled)
				w.sees(t, db, false)
				check(t, w.do(t.Context(), db))
			})
		})
	}
}

func (s suite) ready(t *testing.T, w writeCase) store.DB {
	t.Helper()
	db := s.open(t)
	if w.before != nil {
		check(t, w.before(t.Context(), db))
	}
	return db
}

func failing(db store.DB, fault Fault) store.DB {
	return Inject(db, Plan{Append: Nth(1, fault), Write: Nth(1, fault)})
}

func (w writeCase) sees(t *testing.T, db store.DB, should bool) {
	t.Helper()
	done, err := w.done(t.Context(), db)
	check(t, err)
	want(t, "the write can be seen", done, should)
}

// exists turns the error of a read into whether the row is there.
func exists(err error) (bool, error) {
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func not(yes bool, err error) (bool, error) { return !yes, err }

func appendAs(command string) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		h := History{Org: "org_1", Command: command}
		return db.Log().Append(ctx, []store.Append{h.Next(2)})
	}
}

func putTo(data string) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		return db.Tokens().Put(ctx, "invite", []byte("h"), []byte(data), 100)
	}
}

func peeks(data string) func(context.Context, store.DB) (bool, error) {
	return func(ctx context.Context, db store.DB) (bool, error) {
		got, err := db.Tokens().Peek(ctx, "invite", []byte("h"), 1)
		found, err := exists(err)
		return found && string(got) == data, err
	}
}

func takeToken(ctx context.Context, db store.DB) error {
	_, err := db.Tokens().Take(ctx, "invite", []byte("h"), 1)
	return err
}

func sweep(ctx context.Context, db store.DB) error { return db.Tokens().Sweep(ctx, 100) }

func saveAt(version uint64) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		return db.Snapshots().Save(ctx, snapshot("org_1", version, "f1", "data"))
	}
}

func savedAt(version uint64) func(context.Context, store.DB) (bool, error) {
	return func(ctx context.Context, db store.DB) (bool, error) {
		got, err := db.Snapshots().Load(ctx, "org_1", "f1")
		found, err := exists(err)
		return found && got.Version == version, err
	}
}

func drop(ctx context.Context, db store.DB) error { return db.Snapshots().Drop(ctx, "org_1") }

func addAda(name string) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		return db.People().Add(ctx, store.Person{ID: ada.ID, Name: name}, []store.Lookup{address("ada", ada.ID)})
	}
}

func renameAda(name string) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		return db.People().Change(ctx, store.Person{ID: ada.ID, Name: name, Version: 1}, nil, nil)
	}
}

func removeAda(ctx context.Context, db store.DB) error {
	return db.People().Remove(ctx, ada.ID, 1, []store.Lookup{address("ada", ada.ID)})
}

func adaIs(name string) func(context.Context, store.DB) (bool, error) {
	return func(ctx context.Context, db store.DB) (bool, error) {
		people, err := db.People().Get(ctx, []string{ada.ID})
		return len(people) == 1 && people[0].Name == name, err
	}
}

func adaIsGone(ctx context.Context, db store.DB) (bool, error) {
	people, err := db.People().Get(ctx, []string{ada.ID})
	return len(people) == 0, err
}

func addKeyAs(name string) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		return db.Keys().AddKey(ctx, store.Key{ID: "key_1", Hash: []byte("h"), Name: name})
	}
}

func addFirstKeyAs(name string) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		return db.Keys().AddFirstKey(ctx, store.Key{ID: "key_1", Hash: []byte("h"), Name: name})
	}
}

func addTwoKeys(ctx context.Context, db store.DB) error {
	return errors.Join(addKeyAs("mine")(ctx, db), db.Keys().AddKey(ctx, store.Key{ID: "key_2", Hash: []byte("i")}))
}

func removeSpareKey(ctx context.Context, db store.DB) error {
	return db.Keys().RemoveSpareKey(ctx, "key_1", 1)
}

func keyIs(is func(store.Key) bool) func(context.Context, store.DB) (bool, error) {
	return func(ctx context.Context, db store.DB) (bool, error) {
		k, err := db.Keys().FindKey(ctx, []byte("h"))
		found, err := exists(err)
		return found && is(k), err
	}
}

func removeKey(ctx context.Context, db store.DB) error { return db.Keys().RemoveKey(ctx, "key_1") }

func useKey(day int64) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error { return db.Keys().UsedKey(ctx, "key_1", day) }
}

func keep(text string) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		return db.Documents().Keep(ctx, "sha256:1", []byte(text))
	}
}
