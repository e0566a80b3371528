package app

import (
	"context"
	"errors"
	"slices"

	"github.com/commonhold/commonhold/internal/address"
	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Person is somebody with an account. Nothing of it stands in any organization's log but the id.
type Person struct {
	ID         org.PersonID   `json:"person"`
	Name       string         `json:"name"`
	Address    string         `json:"address,omitempty"`
	ExternalID org.ExternalID `json:"external_id,omitempty"`
	Vouched    bool           `json:"vouched"` // the operator vouches for this person's sign-in
	Disabled   bool           `json:"disabled"`
	Created    org.Instant    `json:"created_at"`
	Version    int64          `json:"version"`
	Vouching   int64          `json:"-"` // how often Vouched has changed
}

func personOf(p store.Person) Person {
	return Person{org.PersonID(p.ID), p.Name, p.Address, org.ExternalID(p.ExternalID), p.Vouched, p.Disabled, org.Instant(p.Created), p.Version, p.Vouching}
}

// PersonFields are what the operator says of a person.
type PersonFields struct {
	Name       string         `json:"name"`
	Address    string         `json:"address,omitempty"`
	ExternalID org.ExternalID `json:"external_id,omitempty"`
}

func (f PersonFields) valid() error {
	if err := org.Name(f.Name).Valid(); err != nil {
		return err
	}
	if _, err := address.Parse(f.Address); err != nil && f.Address != "" {
		return ErrBadAddress
	}
	if f.ExternalID != "" {
		return f.ExternalID.Valid()
	}
	return nil
}

func personTaken(err error) error {
	var taken *store.TakenError
	if errors.As(err, &taken) {
		if taken.Kind == ledger.LeadAddress {
			return ErrAddressTaken
		}
		return org.ErrExternalIDTaken
	}
	return err
}

// AddPerson makes a person.
func (a *App) AddPerson(ctx context.Context, f PersonFields) (Person, error) {
	return a.addPerson(ctx, a.newPersonID(), f)
}

func (a *App) addPerson(ctx context.Context, id org.PersonID, f PersonFields) (Person, error) {
	if err := f.valid(); err != nil {
		return Person{}, err
	}
	p := store.Person{ID: string(id), Name: f.Name, Address: f.Address, ExternalID: string(f.ExternalID), Created: int64(a.Now()), Version: 1}
	if err := a.db.People().Add(ctx, p, ledger.OfPerson(p)); err != nil {
		if errors.Is(err, store.ErrTaken) {
			return Person{}, personTaken(err)
		}
		return Person{}, a.unavailable(ctx, "add a person", err)
	}
	return personOf(p), nil
}

// Person returns one person.
func (a *App) Person(ctx context.Context, id org.PersonID) (Person, error) {
	rows, err := a.db.People().Get(ctx, []string{string(id)})
	if err != nil {
		return Person{}, a.unavailable(ctx, "read a person", err)
	}
	if len(rows) == 0 {
		return Person{}, ErrUnknownPerson
	}
	return personOf(rows[0]), nil
}

// People returns those of the people who exist, by id.
func (a *App) People(ctx context.Context, ids []org.PersonID) (map[org.PersonID]Person, error) {
	out := make(map[org.PersonID]Person, len(ids))
	const at = 500
	for len(ids) > 0 {
		part := ids[:min(at, len(ids))]
		ids = ids[len(part):]
		keys := make([]string, len(part))
		for i, id := range part {
			keys[i] = string(id)
		}
		rows, err := a.db.People().Get(ctx, keys)
		if err != nil {
			return nil, a.unavailable(ctx, "read people", err)
		}
		for _, r := range rows {
			out[org.PersonID(r.ID)] = personOf(r)
		}
	}
	return out, nil
}

// ListPeople pages through all people in order of id.
func (a *App) ListPeople(ctx context.Context, after org.PersonID, limit int) ([]Person, error) {
	rows, err := a.db.People().List(ctx, string(after), limit)
	if err != nil {
		return nil, a.unavailable(ctx, "list people", err)
	}
	out := make([]Person, len(rows))
	for i, r := range rows {
		out[i] = personOf(r)
	}
	return out, nil
}

// ChangePerson replaces what the operator says of a person. A version other than zero must be the row's.
func (a *App) ChangePerson(ctx context.Context, id org.PersonID, version int64, f PersonFields) (Person, error) {
	if err := f.valid(); err != nil {
		return Person{}, err
	}
	return a.changePerson(ctx, id, version, func(p *store.Person) {
		p.Name, p.Address, p.ExternalID = f.Name, f.Address, string(f.ExternalID)
	})
}

func (a *App) changePerson(ctx context.Context, id org.PersonID, version int64, change func(*store.Person)) (Person, error) {
	rows, err := a.db.People().Get(ctx, []string{string(id)})
	switch {
	case err != nil:
		return Person{}, a.unavailable(ctx, "read a person", err)
	case len(rows) == 0:
		return Person{}, ErrUnknownPerson
	case version != 0 && rows[0].Version != version:
		return Person{}, ErrPersonChanged
	}
	was, is := rows[0], rows[0]
	change(&is)
	if is == was {
		return personOf(was), nil
	}
	gone := slices.DeleteFunc(ledger.OfPerson(was), func(l store.Lookup) bool { return slices.Contains(ledger.OfPerson(is), l) })
	err = a.db.People().Change(ctx, is, ledger.OfPerson(is), gone)
	switch {
	case errors.Is(err, store.ErrTaken):
		return Person{}, personTaken(err)
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrNotFound):
		return Person{}, ErrPersonChanged
	case err != nil:
		return Person{}, a.unavailable(ctx, "change a person", err)
	}
	a.listed.changed()
	is.Version++
	return personOf(is), nil
}

// PeopleChanged makes lists of people be made anew, as rows of theirs have changed.
func (a *App) PeopleChanged() { a.listed.changed() }

// proofs is what is known of a person's ability to sign in; without an account the command lacks the person.
func (a *App) proofs(ctx context.Context, id org.PersonID) (p org.Proofs, lacking, err error) {
	person, err := a.Person(ctx, id)
	if errors.Is(err, ErrUnknownPerson) {
		return 0, err, nil
	}
	return person.Proofs(), nil, err
}

// Proofs is what a membership that begins learns of the person's ability to sign in.
func (p Person) Proofs() (out org.Proofs) {
	if p.Vouched {
		out |= org.Vouched
	}
	if p.Disabled {
		out |= org.Disabled
	}
	return out
}

// Vouch notes that the operator vouches for a person's sign-in, or no longer does, in the account and in every
// organization of theirs. What gives readiness is written to the account first, what takes it to the organizations
// first, so that none is ever left believing in an owner who cannot come in. All organizations are asked before anything
// is written, so that a refusal leaves nothing half done.
func (a *App) Vouch(ctx context.Context, c Caller, id org.PersonID, vouched bool) (Person, error) {
	if _, err := a.Person(ctx, id); err != nil {
		return Person{}, err
	}
	cmd := org.Vouch{Person: id, Vouched: vouched}
	err := a.everywhere(ctx, id, func(o org.OrgID) error {
		s, err := a.View(ctx, o, Freshness{Now: true})
		if err == nil {
			_, err = org.Decide(s, c.Actor(), a.Now(), cmd)
		}
		return err
	})
	if err != nil {
		return Person{}, err
	}
	account := func() (Person, error) {
		return a.changePerson(ctx, id, 0, func(p *store.Person) {
			if p.Vouched != vouched {
				p.Vouched, p.Vouching = vouched, p.Vouching+1
			}
		})
	}
	tell := func() error {
		return a.everywhere(ctx, id, func(o org.OrgID) error {
			_, err := a.Do(ctx, c, o, cmd, Opts{})
			return err
		})
	}
	if vouched {
		p, err := account()
		if err != nil {
			return Person{}, err
		}
		return p, tell()
	}
	if err := tell(); err != nil {
		return Person{}, err
	}
	p, err := account()
	if err != nil {
		return Person{}, err
	}
	// A membership that began meanwhile took up what the account still said.
	return p, tell()
}

// everywhere calls f for every organization of a person; that the membership is over by now is no error.
func (a *App) everywhere(ctx context.Context, id org.PersonID, f func(org.OrgID) error) error {
	const page = 500
	for after := org.OrgID(""); ; {
		orgs, err := a.OrganizationsOf(ctx, id, after, page)
		if err != nil {
			return err
		}
		for _, o := range orgs {
			if err := f(o); err != nil && !errors.Is(err, org.ErrUnknownPerson) {
				return err
			}
		}
		if len(orgs) < page {
			return nil
		}
		after = orgs[page-1]
	}
}
