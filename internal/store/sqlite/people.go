package sqlite

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.People = (*DB)(nil)

func (db *DB) Add(ctx context.Context, p store.Person, set []store.Lookup) error {
	err := store.CheckPerson(p, set, nil)
	if err == nil {
		err = db.write(ctx, func(t *transaction) error { return t.addPerson(p, set) })
	}
	if err != nil {
		return fmt.Errorf("add person %s: %w", p.ID, err)
	}
	return nil
}

func (t *transaction) addPerson(p store.Person, set []store.Lookup) error {
	added, err := t.exec(`INSERT INTO people (id, name, address, external_id, vouched, vouching, disabled, created, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT DO NOTHING`,
		p.ID, p.Name, p.Address, p.ExternalID, p.Vouched, p.Vouching, p.Disabled, p.Created)
	if err != nil {
		return err
	}
	if added == 0 {
		return &store.TakenError{Kind: "person", Key: p.ID}
	}
	return t.moveLookups("", set, nil)
}

func (db *DB) Change(ctx context.Context, p store.Person, set, unset []store.Lookup) error {
	err := store.CheckPerson(p, set, unset)
	if err == nil {
		err = db.write(ctx, func(t *transaction) error { return t.changePerson(p, set, unset) })
	}
	if err != nil {
		return fmt.Errorf("change person %s at %d: %w", p.ID, p.Version, err)
	}
	return nil
}

func (t *transaction) changePerson(p store.Person, set, unset []store.Lookup) error {
	changed, err := t.exec(`UPDATE people SET name = $1, address = $2, external_id = $3, vouched = $4, vouching = $5, disabled = $6, created = $7,
		version = version + 1 WHERE id = $8 AND version = $9`,
		p.Name, p.Address, p.ExternalID, p.Vouched, p.Vouching, p.Disabled, p.Created, p.ID, p.Version)
	if err != nil {
		return err
	}
	if changed == 0 {
		return t.whyNotChanged(p.ID)
	}
	return t.moveLookups("", set, unset)
}

func (db *DB) Remove(ctx context.Context, id string, version int64, unset []store.Lookup) error {
	err := store.CheckPerson(store.Person{ID: id}, nil, unset)
	if err == nil {
		err = db.write(ctx, func(t *transaction) error { return t.removePerson(id, version, unset) })
	}
	if err != nil {
		return fmt.Errorf("remove person %s at %d: %w", id, version, err)
	}
	return nil
}

func (t *transaction) removePerson(id string, version int64, unset []store.Lookup) error {
	removed, err := t.exec(`DELETE FROM people WHERE id = $1 AND version = $2`, id, version)
	if err != nil {
		return err
	}
	if removed == 0 {
		return t.whyNotChanged(id)
	}
	return t.moveLookups("", nil, unset)
}

func (t *transaction) whyNotChanged(id string) error {
	var n int
	err := t.tx.QueryRowContext(t.inside, `SELECT count(*) FROM people WHERE id = $1`, id).Scan(&n)
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
	found, err := listed(ctx, &db.reads, personFields, selectPeople+`IN`, ids)
	if err != nil {
		return nil, fmt.Errorf("get %d people: %w", len(ids), err)
	}
	return found, nil
}

func (db *DB) List(ctx context.Context, after string, limit int) ([]store.Person, error) {
	found, err := rows(ctx, &db.reads, personFields, selectPeople+`> $1 ORDER BY id LIMIT $2`, after, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list people above %q: %w", after, err)
	}
	return found, nil
}

func personFields(p *store.Person) []any {
	return []any{&p.ID, &p.Name, &p.Address, &p.ExternalID, &p.Vouched, &p.Vouching, &p.Disabled, &p.Created, &p.Version}
}
