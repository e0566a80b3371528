package memory

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.People = (*DB)(nil)

func (db *DB) Add(ctx context.Context, p store.Person, set []store.Lookup) error {
	if err := store.CheckPerson(p, set, nil); err != nil {
		return fmt.Errorf("add person %s: %w", p.ID, err)
	}
	return db.write(ctx, func(t *transaction) error {
		if _, ok := db.people[p.ID]; ok {
			return &store.TakenError{Kind: "person", Key: p.ID}
		}
		p.Version = 1
		put(t, db.people, p.ID, p)
		return db.moveLookups(t, "", set, nil)
	})
}

func (db *DB) Change(ctx context.Context, p store.Person, set, unset []store.Lookup) error {
	if err := store.CheckPerson(p, set, unset); err != nil {
		return fmt.Errorf("change person %s: %w", p.ID, err)
	}
	return db.write(ctx, func(t *transaction) error {
		switch was, ok := db.people[p.ID]; {
		case !ok:
			return fmt.Errorf("change person %s: %w", p.ID, store.ErrNotFound)
		case was.Version != p.Version:
			return fmt.Errorf("change person %s: %w", p.ID, store.ErrConflict)
		}
		p.Version++
		put(t, db.people, p.ID, p)
		return db.moveLookups(t, "", set, unset)
	})
}

func (db *DB) Remove(ctx context.Context, id string, version int64, unset []store.Lookup) error {
	if err := store.CheckPerson(store.Person{ID: id}, nil, unset); err != nil {
		return fmt.Errorf("remove person %s: %w", id, err)
	}
	return db.write(ctx, func(t *transaction) error {
		switch was, ok := db.people[id]; {
		case !ok:
			return fmt.Errorf("remove person %s: %w", id, store.ErrNotFound)
		case was.Version != version:
			return fmt.Errorf("remove person %s: %w", id, store.ErrConflict)
		}
		remove(t, db.people, id)
		return db.moveLookups(t, "", nil, unset)
	})
}

func (db *DB) Get(ctx context.Context, ids []string) (people []store.Person, err error) {
	err = db.read(ctx, func() error {
		seen := make(map[string]bool, len(ids))
		for _, id := range ids {
			if p, ok := db.people[id]; ok && !seen[id] {
				seen[id] = true
				people = append(people, p)
			}
		}
		return nil
	})
	return people, err
}

func (db *DB) List(ctx context.Context, after string, limit int) (people []store.Person, err error) {
	err = db.read(ctx, func() error {
		for _, id := range page(db.people, after, limit) {
			people = append(people, db.people[id])
		}
		return nil
	})
	return people, err
}
