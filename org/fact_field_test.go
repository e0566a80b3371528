package org

import (
	"reflect"
	"strings"
	"testing"
)

// A field that no sample has could be lost on its way to disk, and nobody would see it. Those that stories have no
// reason to fill are filled here.
func TestEveryFieldOfAFactIsKept(t *testing.T) {
	filled := map[reflect.Type]map[string]bool{}
	fill := func(e Event) {
		v := reflect.ValueOf(e).Elem()
		fields := filled[v.Type()]
		if fields == nil {
			fields = map[string]bool{}
			filled[v.Type()] = fields
		}
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				fields[v.Type().Field(i).Name] = true
			}
		}
	}
	for _, s := range everySample(t) {
		e, err := Decode(s.name, s.Fact)
		if err != nil {
			t.Fatal(err)
		}
		fill(e)
	}
	for _, e := range []Event{
		&OrganizationCreated{Organization: OrgID(id("org_", "acme")), Name: "Acme", Slug: "acme", ExternalID: "x-1"},
		&MemberDisabled{Person: usr("ada"), Ownerless: true},
		&MemberRestored{Person: usr("ada"), Role: RoleMember, Proofs: Vouched | ProvedAddress},
		&CatalogAdopted{Catalog: laterCatalog, Gone: []Permission{"reports:edit"}, Instead: []Replacing{{"reports:view", "reports:read"}}},
		&StateRestored{Version: 9, At: 8, Organization: OrgID(id("org_", "acme")), Name: "Acme", Slug: "acme", Created: 1,
			Suspended: 2, Closing: 3, Closed: true},
	} {
		name, data := Encode(e)
		back, err := Decode(name, data)
		if err != nil || !reflect.DeepEqual(back, e) {
			t.Errorf("%s comes back from disk as %+v, want %+v: %v", name, back, e, err)
		}
		fill(e)
	}
	for _, row := range facts {
		of := row.goType.Elem()
		var never []string
		for i := range of.NumField() {
			if f := of.Field(i); f.IsExported() && !filled[of][f.Name] {
				never = append(never, f.Name)
			}
		}
		if len(never) > 0 {
			t.Errorf("nothing shows that %s keeps %s", row.name, strings.Join(never, ", "))
		}
	}
}
