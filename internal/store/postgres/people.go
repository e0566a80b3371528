package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.People = (*DB)(nil)

func (db *DB) Add(ctx context.Context, p store.Person, set []store.Lookup) error {
	err := store.CheckPerson(p, set, nil)
	if err == nil {
		var t transaction
		t.add(orElse(&store.TakenError{Kind: "person", Key: p.ID}),
			`INSERT INTO people (id, name, address, external_id, vouched, vouching, disabled, created, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT DO NOTHING`,
			p.ID, p.Name, p.Address, p.ExternalID, p.Vouched, p.Vouching, p.Disabled, p.Created)
		t.moveLookups(lookupMoves("", set, nil))
		err = db.write(ctx, t)
	}
	if err != nil {
		return fmt.Errorf("add person %s: %w", p.ID, err)
	}
	return nil
}

// errNotThere stands for a row that is at another version, or is not.
var errNotThere = errors.New("no person at that version")

func (db *DB) Change(ctx context.Context, p store.Person, set, unset []store.Lookup) error {
	err := store.CheckPerson(p, set, unset)
	if err == nil {
		var t transaction
		t.add(orElse(errNotThere), `UPDATE people SET name = $1, address = $2, external_id = $3, vouched = $4, vouching = $5, disabled = $6, created = $7,
			version = version + 1 WHERE id = $8 AND version = $9`,
			p.Name, p.Address, p.ExternalID, p.Vouched, p.Vouching, p.Disabled, p.Created, p.ID, p.Version)
		t.moveLookups(lookupMoves("", set, unset))
		err = db.write(ctx, t)
	}
	if errors.Is(err, errNotThere) {
		err = db.whyNotChanged(ctx, p.ID)
	}
	if err != nil {
		return fmt.Errorf("change person %s at %d: %w", p.ID, p.Version, err)
	}
	return nil
}

func (db *DB) Remove(ctx context.Context, id string, version int64, unset []store.Lookup) error {
	err := store.CheckPerson(store.Person{ID: id}, nil, unset)
	if err == nil {
		var t transaction
		t.add(orElse(errNotThere), `DELETE FROM people WHERE id = $1 AND version = $2`, id, version)
		t.moveLookups(lookupMoves("", nil, unset))
		err = db.write(ctx, t)
	}
	if errors.Is(err, errNotThere) {
		err = db.whyNotChanged(ctx, id)
	}
	if err != nil {
		return fmt.Errorf("remove person %s at %d: %w", id, version, err)
	}
	return nil
}

func (db *DB) whyNotChanged(ctx context.Context, id string) error {
	n, err := row(ctx, db, countField, `SELECT count(*) FROM people WHERE id = $1`, id)
	switch {
	case err != nil:
		return err
	case n == 0:
		return store.ErrNotFound
	}
	return store.ErrConflict
}

const selectPeople = `SELECT id, name, address, external_id, vouched, vouching, disabled, created, version FROM people WHERE id `

func (db *DB) Get(ctx context.Context, ids []string) ([]store.Person, error) {
	found, err := rows(ctx, db, personFields, selectPeople+`= ANY ($1)`, texts(ids))
	if err != nil {
		return nil, fmt.Errorf("get %d people: %w", len(ids), err)
	}
	return found, nil
}

func (db *DB) List(ctx context.Context, after string, limit int) ([]store.Person, error) {
	found, err := rows(ctx, db, personFields, selectPeople+`> $1 ORDER BY id LIMIT $2`, after, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list people above %q: %w", after, err)
	}
	return found, nil
}

func personFields(p *store.Person) []any {
	return []any{&p.ID, &p.Name, &p.Address, &p.ExternalID, &p.Vouched, &p.Vouching, &p.Disabled, &p.Created, &p.Version}
}
