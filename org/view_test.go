package org

import (
	"errors"
	"testing"
)

func TestTheExternalIDOfAnOrganizationIsTheOperators(t *testing.T) {
	k, d := catalogs(t)
	c := CreateOrganization{Organization: OrgID(id("org_", "acme")), Name: "Acme", Slug: "acme", ExternalID: "crm-7", Catalog: d}
	if _, err := Decide(Empty(k), as("mia"), 1, c); !errors.Is(err, ErrOperatorOnly) {
		t.Errorf("a person founds with an external id: %v", err)
	}
	c.Owner = usr("mia")
	if _, err := Decide(Empty(k), theOperator, 1, c); err != nil {
		t.Errorf("the operator founds with an external id: %v", err)
	}
}

func TestWhoIsInATeamNow(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("mia"), Window: Window{Start: w.now + aWeek}},
		PlaceInTeam{Team: tm("red"), Person: usr("max")}, Suspend{Person: usr("max")})
	for _, row := range []struct {
		name        string
		person      string
		in, manages bool
	}{
		{name: "a manager", person: "tess", in: true, manages: true},
		{name: "a member", person: "tim", in: true},
		{name: "a member from next week on", person: "mia"},
		{name: "a member who is suspended", person: "max"},
		{name: "somebody else", person: "cora"},
		{name: "a stranger", person: "zed"},
	} {
		in, manages := w.s.InTeam(usr(row.person), tm("red"), w.now), w.s.Manages(usr(row.person), tm("red"), w.now)
		if in != row.in || manages != row.manages {
			t.Errorf("%s: in %v, manages %v", row.name, in, manages)
		}
	}
	if w.s.InTeam(usr("tim"), tm("blve"), w.now) {
		t.Error("somebody is in a team that is unknown")
	}
}

func TestRowsAreFoundByPermission(t *testing.T) {
	w := cast(t)
	if r, ok := w.s.Catalog().Row("members:view"); !ok || r.Key != "members:view" || r.Scope != InOrganization {
		t.Errorf("%v %v", r, ok)
	}
	if _, ok := w.s.Catalog().Row("members:fly"); ok {
		t.Error("found a permission that is in no table")
	}
}
