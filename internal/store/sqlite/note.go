package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Notes = (*DB)(nil)

const (
	insertNote = `INSERT INTO notes (org, command, kind, people, text, address, agent, at, salt)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`
	insertNotePerson = `INSERT INTO note_people (person, org, command, kind) VALUES ($1, $2, $3, $4)`
	selectNotes      = `SELECT org, command, kind, people, text, address, agent, at, salt FROM notes WHERE org = $1 `
)

func (t *transaction) note(notes []store.Note) error {
	for i := range notes {
		if err := t.addNote(&notes[i]); err != nil {
			return fmt.Errorf("note the %s of %s: %w", notes[i].Kind, notes[i].Command, err)
		}
	}
	return nil
}

func (t *transaction) addNote(n *store.Note) error {
	people := slices.Compact(slices.Sorted(slices.Values(n.People)))
	list, err := json.Marshal(people)
	if err != nil {
		return err
	}
	added, err := t.exec(insertNote, n.Org, n.Command, n.Kind, string(list), n.Text, n.Address, n.Agent, n.At, blob(n.Salt))
	if err != nil {
		return err
	}
	if added == 0 {
		return &store.TakenError{Org: n.Org, Kind: "note", Key: n.Command}
	}
	for _, person := range people {
		if _, err := t.exec(insertNotePerson, person, n.Org, n.Command, n.Kind); err != nil {
			return err
		}
	}
	return nil
}

// noteRow is a note as its row holds it.
type noteRow struct {
	store.Note
	people []byte
}

func noteFields(n *noteRow) []any {
	return []any{&n.Org, &n.Command, &n.Kind, &n.people, &n.Text, &n.Address, &n.Agent, &n.At, &n.Salt}
}

func notesOf(found []noteRow) ([]store.Note, error) {
	notes := make([]store.Note, len(found))
	for i := range found {
		notes[i] = found[i].Note
		if err := json.Unmarshal(found[i].people, &notes[i].People); err != nil {
			return nil, fmt.Errorf("people of the %s of %s: %w", notes[i].Kind, notes[i].Command, err)
		}
	}
	return notes, nil
}

func (db *DB) NotesOf(ctx context.Context, org string, commands []string) ([]store.Note, error) {
	found, err := listed(ctx, &db.reads, noteFields, selectNotes+`AND command IN`, commands, org)
	if err != nil {
		return nil, fmt.Errorf("read notes of %d commands of %s: %w", len(commands), org, err)
	}
	slices.SortFunc(found, func(a, b noteRow) int {
		return cmp.Or(cmp.Compare(a.Command, b.Command), cmp.Compare(a.Kind, b.Kind))
	})
	return notesOf(found)
}

func (db *DB) ListNotes(
	ctx context.Context, org, afterCommand, afterKind string, limit int,
) ([]store.Note, error) {
	found, err := rows(ctx, &db.reads, noteFields, selectNotes+`AND (command, kind) > ($2, $3)
		ORDER BY command, kind LIMIT $4`, org, afterCommand, afterKind, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list notes of %s above %s %s: %w", org, afterCommand, afterKind, err)
	}
	return notesOf(found)
}

func (db *DB) EraseNotes(ctx context.Context, person string) error {
	// One transaction, so that no reader sees a part of them gone; nobody has that many.
	err := db.write(ctx, func(t *transaction) error {
		_, err := t.exec(`DELETE FROM notes WHERE (org, command, kind) IN
			(SELECT org, command, kind FROM note_people WHERE person = $1)`, person)
		if err != nil {
			return err
		}
		_, err = t.exec(`DELETE FROM note_people WHERE (org, command, kind) IN
			(SELECT org, command, kind FROM note_people WHERE person = $1)`, person)
		return err
	})
	if err != nil {
		return fmt.Errorf("erase notes of %s: %w", person, err)
	}
	return nil
}

func (db *DB) ExpireNotes(ctx context.Context, kind string, before int64) error {
	for {
		var removed int64
		err := db.write(ctx, func(t *transaction) (err error) {
			removed, err = t.expireNotes(kind, before)
			return err
		})
		if err != nil {
			return fmt.Errorf("expire notes of the kind %s before %d: %w", kind, before, err)
		}
		if removed < stepSize {
			return nil
		}
	}
}

func (t *transaction) expireNotes(kind string, before int64) (int64, error) {
	const oldest = `(SELECT org, command, kind FROM notes WHERE kind = $1 AND at < $2
		ORDER BY at, org, command LIMIT $3)`
	_, err := t.exec(`DELETE FROM note_people WHERE (org, command, kind) IN `+oldest, kind, before, stepSize)
	if err != nil {
		return 0, err
	}
	return t.exec(`DELETE FROM notes WHERE (org, command, kind) IN `+oldest, kind, before, stepSize)
}
