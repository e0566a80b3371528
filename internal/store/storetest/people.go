package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

var ada = store.Person{
	ID: "usr_ada", Name: "Ada Lovelace, comtesse é", Address: "Ada@Example.com", ExternalID: "ext 1",
	Vouched: true, Vouching: 3, Disabled: true, Created: 42,
}

func address(key, id string) store.Lookup { return store.Lookup{Kind: "address", Key: key, ID: id} }

func (s suite) people(t *testing.T) {
	s.each(t, []row{
		{"a person comes back as added, at version 1", func(t *testing.T, db store.DB) {
			p := ada
			p.Version = 77
			check(t, db.People().Add(t.Context(), p, []store.Lookup{address("ada@example.com", p.ID)}))
			p.Version = 1
			want(t, "person", person(t, db, p.ID), p)
			want(t, "look-up", find(t, db, "address", "ada@example.com"), "/usr_ada")
			bare := store.Person{ID: "usr_bare", Version: 1}
			check(t, db.People().Add(t.Context(), bare, nil))
			want(t, "person", person(t, db, "usr_bare"), bare)
		}},
		{"an id or a look-up in use is taken, and nothing is added", takenPeople},
		{"a change moves the row one on, with its look-ups", func(t *testing.T, db store.DB) {
			old, young := address("ada@example.com", ada.ID), address("countess@example.com", ada.ID)
			check(t, db.People().Add(t.Context(), ada, []store.Lookup{old}))
			p := store.Person{ID: ada.ID, Name: "A. King", Address: "countess@example.com", Vouching: 4, Created: 43, Version: 1}
			check(t, db.People().Change(t.Context(), p, []store.Lookup{young}, []store.Lookup{old}))
			p.Version = 2
			want(t, "person", person(t, db, p.ID), p)
			want(t, "old address", find(t, db, "address", "ada@example.com"), "")
			want(t, "new address", find(t, db, "address", "countess@example.com"), "/usr_ada")
		}},
		{"a person who is removed is nobody, and what led to them may lead to another", func(t *testing.T, db store.DB) {
			old := address("ada@example.com", ada.ID)
			check(t, db.People().Add(t.Context(), ada, []store.Lookup{old}))
			addPeople(t, db, "usr_bob")
			check(t, db.People().Remove(t.Context(), ada.ID, 1, []store.Lookup{old, address("bob", "usr_carol")}))
			want(t, "person", person(t, db, ada.ID), store.Person{})
			want(t, "another", person(t, db, "usr_bob").ID, "usr_bob")
			want(t, "look-up", find(t, db, "address", "ada@example.com"), "")
			check(t, db.People().Change(t.Context(), store.Person{ID: "usr_bob", Version: 1}, []store.Lookup{address("ada@example.com", "usr_bob")}, nil))
			wantError(t, "remove again", db.People().Remove(t.Context(), ada.ID, 1, nil), store.ErrNotFound)
			wantError(t, "change", db.People().Change(t.Context(), store.Person{ID: ada.ID, Version: 1}, nil, nil), store.ErrNotFound)
		}},
		{"a removal at another version, or of nobody, or without a key that can be, removes nothing", func(t *testing.T, db store.DB) {
			old := address("ada@example.com", ada.ID)
			check(t, db.People().Add(t.Context(), ada, []store.Lookup{old}))
			before := dump(t, db)
			wantError(t, "a version to come", db.People().Remove(t.Context(), ada.ID, 2, []store.Lookup{old}), store.ErrConflict)
			wantError(t, "nobody", db.People().Remove(t.Context(), "usr_none", 1, []store.Lookup{old}), store.ErrNotFound)
			wantError(t, "no text", db.People().Remove(t.Context(), ada.ID, 1, []store.Lookup{address("a\x00", ada.ID)}), store.ErrMalformed)
			want(t, "contents", dump(t, db), before)
		}},
		{"a change that comes late, or to nobody, or takes a look-up, changes nothing", refusedChanges},
		{"of many who change one version one does", func(t *testing.T, db store.DB) {
			check(t, db.People().Add(t.Context(), ada, nil))
			var won atomic.Int32
			together(t, 16, func(i int) error {
				p := ada
				p.Name, p.Version = fmt.Sprint("name ", i), 1
				err := db.People().Change(t.Context(), p, nil, nil)
				if err == nil {
					won.Add(1)
				} else if errors.Is(err, store.ErrConflict) {
					return nil
				}
				return err
			})
			want(t, "winners", won.Load(), 1)
			want(t, "version", person(t, db, ada.ID).Version, 2)
		}},
		{"those of the ids that exist come once each", func(t *testing.T, db store.DB) {
			addPeople(t, db, "usr_1", "usr_2", "usr_3")
			ids := []string{"usr_3", "usr_none", "usr_1", "usr_3", "usr_3"}
			people, err := db.People().Get(t.Context(), ids)
			check(t, err)
			var got []string
			for _, p := range people {
				got = append(got, p.ID)
			}
			slices.Sort(got)
			want(t, "people", strings.Join(got, " "), "usr_1 usr_3")
			none, err := db.People().Get(t.Context(), nil)
			check(t, err)
			want(t, "people of no ids", len(none), 0)
		}},
		{"pages are complete at every size", func(t *testing.T, db store.DB) {
			all := []string{"usr_1", "usr_10", "usr_2", "usr_A", "usr_a", "usr_é"}
			addPeople(t, db, all[3], all[0], all[5], all[1], all[4], all[2])
			pages(t, all, func(p store.Person) string { return p.ID }, db.People().List)
		}},
		{"text that no database may hold is refused", func(t *testing.T, db store.DB) {
			before := dump(t, db)
			for _, bad := range []string{"a\x00", "\xff"} {
				err := db.People().Add(t.Context(), store.Person{ID: "usr_1", Name: bad}, nil)
				wantError(t, "add", err, store.ErrMalformed)
				err = db.People().Add(t.Context(), store.Person{ID: "usr_1"}, []store.Lookup{address(bad, "usr_1")})
				wantError(t, "add", err, store.ErrMalformed)
				err = db.People().Change(t.Context(), store.Person{ID: "usr_1", Address: bad}, nil, nil)
				wantError(t, "change", err, store.ErrMalformed)
			}
			want(t, "contents", dump(t, db), before)
		}},
	})
}

func takenPeople(t *testing.T, db store.DB) {
	check(t, db.People().Add(t.Context(), ada, []store.Lookup{address("ada@example.com", ada.ID)}))
	before := dump(t, db)
	bob := store.Person{ID: "usr_bob"}
	for _, r := range []struct {
		name   string
		person store.Person
		set    []store.Lookup
		want   store.TakenError
	}{
		{"id", store.Person{ID: ada.ID}, []store.Lookup{address("new", ada.ID)}, store.TakenError{Kind: "person", Key: ada.ID}},
		{
			"address", bob, []store.Lookup{address("bob", bob.ID), address("ada@example.com", bob.ID)},
			store.TakenError{Kind: "address", Key: "ada@example.com"},
		},
	} {
		err := db.People().Add(t.Context(), r.person, r.set)
		wantError(t, "add with a taken "+r.name, err, store.ErrTaken)
		if taken := new(store.TakenError); !errors.As(err, &taken) || *taken != r.want {
			t.Errorf("taken %s: error is %+v, want %+v", r.name, err, r.want)
		}
		want(t, "contents", dump(t, db), before)
	}
}

func refusedChanges(t *testing.T, db store.DB) {
	set := address("ada@example.com", ada.ID)
	check(t, db.People().Add(t.Context(), ada, []store.Lookup{set}))
	check(t, db.People().Add(t.Context(), store.Person{ID: "usr_bob"}, []store.Lookup{address("bob@example.com", "usr_bob")}))
	before := dump(t, db)
	for _, r := range []struct {
		name    string
		id      string
		version int64
		set     store.Lookup
		want    error
	}{
		{"a version to come", ada.ID, 2, address("new", ada.ID), store.ErrConflict},
		{"a version that is past", ada.ID, 0, address("new", ada.ID), store.ErrConflict},
		{"nobody", "usr_none", 1, address("new", "usr_none"), store.ErrNotFound},
		{"an address that is taken", ada.ID, 1, address("bob@example.com", ada.ID), store.ErrTaken},
	} {
		p := store.Person{ID: r.id, Name: "changed", Version: r.version}
		err := db.People().Change(t.Context(), p, []store.Lookup{r.set}, []store.Lookup{set})
		wantError(t, r.name, err, r.want)
		want(t, "contents after "+r.name, dump(t, db), before)
	}
}

func addPeople(t *testing.T, db store.DB, ids ...string) {
	t.Helper()
	for _, id := range ids {
		check(t, db.People().Add(t.Context(), store.Person{ID: id}, nil))
	}
}

// person returns the row, or the zero one if there is none.
func person(t *testing.T, db store.DB, id string) store.Person {
	t.Helper()
	people, err := db.People().Get(t.Context(), []string{id})
	check(t, err)
	if len(people) == 0 {
		return store.Person{}
	}
	return people[0]
}
