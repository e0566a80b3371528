package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Notes = (*DB)(nil)

const (
	insertNote = `INSERT INTO notes (org, command, kind, people, text, address, agent, at, salt)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`
	insertNotePeople = `INSERT INTO note_people (person, org, command, kind) SELECT unnest($1::text[]), $2, $3, $4
		ON CONFLICT DO NOTHING`
	selectNotes = `SELECT org, command, kind, people, text, address, agent, at, salt FROM notes WHERE org = $1 `
)

func (t *transaction) note(notes []store.Note) {
	slices.SortStableFunc(notes, func(a, b store.Note) int {
		return cmp.Or(cmp.Compare(a.Org, b.Org), cmp.Compare(a.Command, b.Command), cmp.Compare(a.Kind, b.Kind))
	})
	for i := range notes {
		n := &notes[i]
		people := slices.Compact(slices.Sorted(slices.Values(n.People)))
		if people == nil {
			people = []string{} // nil would be NULL
		}
		t.add(orElse(&store.TakenError{Org: n.Org, Kind: "note", Key: n.Command}), insertNote,
			n.Org, n.Command, n.Kind, people, n.Text, n.Address, n.Agent, n.At, blob(n.Salt))
		t.add(nil, insertNotePeople, people, n.Org, n.Command, n.Kind)
	}
}

func noteFields(n *store.Note) []any {
	return []any{&n.Org, &n.Command, &n.Kind, &n.People, &n.Text, &n.Address, &n.Agent, &n.At, &n.Salt}
}

func (db *DB) NotesOf(ctx context.Context, org string, commands []string) ([]store.Note, error) {
	found, err := rows(ctx, db, noteFields, selectNotes+`AND command = ANY ($2) ORDER BY command, kind`, org, texts(commands))
	if err != nil {
		return nil, fmt.Errorf("read notes of %d commands of %s: %w", len(commands), org, err)
	}
	return found, nil
}

func (db *DB) ListNotes(
	ctx context.Context, org, afterCommand, afterKind string, limit int,
) ([]store.Note, error) {
	found, err := rows(ctx, db, noteFields, selectNotes+`AND (command, kind) > ($2, $3)
		ORDER BY command, kind LIMIT $4`, org, afterCommand, afterKind, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list notes of %s above %s %s: %w", org, afterCommand, afterKind, err)
	}
	return found, nil
}

const (
	removeNotes = `, led AS (DELETE FROM note_people p USING these t
			WHERE p.org = t.org AND p.command = t.command AND p.kind = t.kind)
		DELETE FROM notes n USING these t WHERE n.org = t.org AND n.command = t.command AND n.kind = t.kind`
	eraseNotes = `WITH these AS MATERIALIZED (SELECT org, command, kind FROM note_people WHERE person = $1)` + removeNotes
	// Whoever expires notes beside us takes others.
	expireNotes = `WITH these AS MATERIALIZED (SELECT org, command, kind FROM notes WHERE kind = $1 AND at < $2
		ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED)` + removeNotes
)

func (db *DB) EraseNotes(ctx context.Context, person string) error {
	if _, err := db.exec(ctx, eraseNotes, person); err != nil {
		return fmt.Errorf("erase notes of %s: %w", person, err)
	}
	return nil
}

func (db *DB) ExpireNotes(ctx context.Context, kind string, before int64) error {
	if err := db.removeInSteps(ctx, expireNotes, kind, before); err != nil {
		return fmt.Errorf("expire notes of the kind %s before %d: %w", kind, before, err)
	}
	return nil
}
