package archive

import (
	"context"
	"errors"
	"math"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Rows that stand beside the logs and that nothing could derive. Each kind has a file, a line, and the ways out and in.

const (
	peopleName    = "people.jsonl"
	incidentsName = "incidents.jsonl"
	keysName      = "keys.jsonl"
)

// personLine is the row of a person.
type personLine struct {
	Person     string `json:"person"`
	Name       string `json:"name"`
	Address    string `json:"address,omitempty"`
	ExternalID string `json:"external_id,omitempty"`
	Vouched    bool   `json:"vouched"`
	Disabled   bool   `json:"disabled,omitempty"`
	Created    int64  `json:"created_at"`
}

func personOf(p store.Person) personLine {
	return personLine{p.ID, p.Name, p.Address, p.ExternalID, p.Vouched, p.Disabled, p.Created}
}

func (l personLine) row() store.Person {
	return store.Person{ID: l.Person, Name: l.Name, Address: l.Address, ExternalID: l.ExternalID, Vouched: l.Vouched, Disabled: l.Disabled, Created: l.Created}
}

// incidentLine is a row of a security log.
type incidentLine struct {
	Organization string `json:"organization"`
	ID           string `json:"id"`
	At           int64  `json:"at"`
	Kind         string `json:"kind"`
	Actor        string `json:"actor,omitempty"`
	Via          string `json:"via,omitempty"`
	What         string `json:"what,omitempty"`
	Code         string `json:"code,omitempty"`
	Asked        string `json:"asked,omitempty"`
	Request      string `json:"request,omitempty"`
	Address      string `json:"address,omitempty"`
	Agent        string `json:"agent,omitempty"`
	Count        int    `json:"count"`
	Until        int64  `json:"until"`
}

// keyLine is a key of the operator: what proves it, never the key itself.
type keyLine struct {
	Key     string   `json:"key"`
	Hash    hexBytes `json:"sha256"`
	Name    string   `json:"name"`
	Created int64    `json:"created_at"`
	Expires int64    `json:"expires_at,omitempty"`
}

const pageSize = 500

// people yields the rows of all people in order of id.
func people(ctx context.Context, db store.DB, see func(store.Person) error) error {
	for after := ""; ; {
		page, err := db.People().List(ctx, after, pageSize)
		if err != nil {
			return err
		}
		for _, p := range page {
			if err := see(p); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		after = page[len(page)-1].ID
	}
}

// incidents yields the security log of an organization, newest first.
func incidents(ctx context.Context, db store.DB, id org.OrgID, see func(store.Incident) error) error {
	for at, last := int64(math.MaxInt64), ""; ; {
		page, err := db.Security().Incidents(ctx, string(id), at, last, pageSize)
		if err != nil {
			return err
		}
		for _, i := range page {
			if err := see(i); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		at, last = page[len(page)-1].At, page[len(page)-1].ID
	}
}

// notes yields the notes of an organization in order of command and kind.
func notes(ctx context.Context, db store.DB, id org.OrgID, see func(store.Note) error) error {
	for command, kind := "", ""; ; {
		page, err := db.Notes().ListNotes(ctx, string(id), command, kind, pageSize)
		if err != nil {
			return err
		}
		for _, n := range page {
			if err := see(n); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		command, kind = page[len(page)-1].Command, page[len(page)-1].Kind
	}
}

// addPeople brings in those people who are not there yet; verification has seen that the others are the same.
func (i *importer) addPeople(ctx context.Context) error {
	return each(ctx, i.folder, peopleName, func(l personLine) error {
		if i.there[l.Person] {
			return nil
		}
		p := l.row()
		return i.db.People().Add(ctx, p, ledger.OfPerson(p))
	})
}

// addIncidents brings in the security logs; a row that is there already changes nothing.
func (i *importer) addIncidents(ctx context.Context) error {
	var rows []store.Incident
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		err := i.db.Security().AddIncidents(ctx, rows, math.MaxInt32)
		rows = rows[:0]
		return err
	}
	err := each(ctx, i.folder, incidentsName, func(l incidentLine) error {
		rows = append(rows, store.Incident{Org: l.Organization, ID: l.ID, At: l.At, Kind: l.Kind, Actor: l.Actor, Via: l.Via, What: l.What, Code: l.Code,
			Asked: l.Asked, Request: l.Request, Address: l.Address, Agent: l.Agent, Count: l.Count, Until: l.Until})
		if len(rows) < pageSize {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// addKeys brings in the operator's keys, if they were asked for at the export.
func (i *importer) addKeys(ctx context.Context) error {
	return each(ctx, i.folder, keysName, func(l keyLine) error {
		if known, err := i.db.Keys().FindKey(ctx, l.Hash); !errors.Is(err, store.ErrNotFound) {
			if err == nil && known.ID != l.Key {
				return refuse("the key %s is known here as %s", l.Key, known.ID)
			}
			return err
		}
		return i.db.Keys().AddKey(ctx, store.Key{ID: l.Key, Hash: l.Hash, Name: l.Name, Created: l.Created, Expires: l.Expires})
	})
}
