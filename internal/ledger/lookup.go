package ledger

import (
	"github.com/commonhold/commonhold/internal/address"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Kinds of look-up rows that follow from the rows of people.
const (
	LeadAddress  = "address"         // key of an address → person
	LeadExternal = "person.external" // external id → person
)

// OfPerson returns the look-up rows that lead to a person.
func OfPerson(p store.Person) []store.Lookup {
	var out []store.Lookup
	if p.Address != "" {
		out = append(out, store.Lookup{Kind: LeadAddress, Key: address.Key(p.Address), ID: p.ID})
	}
	if p.ExternalID != "" {
		out = append(out, store.Lookup{Kind: LeadExternal, Key: p.ExternalID, ID: p.ID})
	}
	return out
}

// OfLead returns the row that a fact of an organization asks for or gives back.
func OfLead(id org.OrgID, l org.Lead) store.Lookup {
	return store.Lookup{Kind: string(l.Kind), Key: l.Key, Org: string(id), ID: l.ID}
}

// Rows are the look-up rows that a log has led to.
type Rows map[LookupKey]store.Lookup

// LookupKey is what is unique among look-up rows.
type LookupKey struct{ Kind, Key string }

// Take follows facts behind a state.
func (r Rows) Take(before *org.State, facts []org.Stamped, id org.OrgID) {
	for _, l := range org.Leads(before, facts) {
		row, key := OfLead(id, l), LookupKey{string(l.Kind), l.Key}
		switch {
		case !l.Gone:
			r[key] = row
		case r[key] == row:
			delete(r, key)
		}
	}
}
