package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Notes = (*DB)(nil)

type noteKey struct{ org, command, kind string }

func (db *DB) note(t *transaction, org string, notes []store.Note) error {
	for _, n := range notes {
		key := noteKey{n.Org, n.Command, n.Kind}
		if _, ok := db.notes[key]; ok {
			return &store.TakenError{Org: org, Kind: "note", Key: n.Command}
		}
		n = cloneNote(n)
		slices.Sort(n.People)
		n.People = slices.Compact(n.People)
		put(t, db.notes, key, n)
	}
	return nil
}

func (db *DB) NotesOf(ctx context.Context, org string, commands []string) ([]store.Note, error) {
	return db.notesWhere(ctx, func(k noteKey) bool { return k.org == org && slices.Contains(commands, k.command) })
}

func (db *DB) ListNotes(
	ctx context.Context, org, afterCommand, afterKind string, limit int,
) ([]store.Note, error) {
	notes, err := db.notesWhere(ctx, func(k noteKey) bool {
		return k.org == org && cmp.Or(cmp.Compare(k.command, afterCommand), cmp.Compare(k.kind, afterKind)) > 0
	})
	return first(notes, limit), err
}

func (db *DB) notesWhere(ctx context.Context, is func(noteKey) bool) (notes []store.Note, err error) {
	err = db.read(ctx, func() error {
		for key, n := range db.notes {
			if is(key) {
				notes = append(notes, cloneNote(n))
			}
		}
		slices.SortFunc(notes, func(a, b store.Note) int {
			return cmp.Or(cmp.Compare(a.Command, b.Command), cmp.Compare(a.Kind, b.Kind))
		})
		return nil
	})
	return notes, err
}

func (db *DB) EraseNotes(ctx context.Context, person string) error {
	return db.removeNotes(ctx, func(n store.Note) bool { return slices.Contains(n.People, person) })
}

func (db *DB) ExpireNotes(ctx context.Context, kind string, before int64) error {
	return db.removeNotes(ctx, func(n store.Note) bool { return n.Kind == kind && n.At < before })
}

func (db *DB) removeNotes(ctx context.Context, goes func(store.Note) bool) error {
	return db.write(ctx, func(t *transaction) error {
		for key, n := range db.notes {
			if goes(n) {
				remove(t, db.notes, key)
			}
		}
		return nil
	})
}

func cloneNote(n store.Note) store.Note {
	n.People, n.Salt = slices.Clone(n.People), bytes.Clone(n.Salt)
	return n
}
