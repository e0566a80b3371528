package org

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// mark is a cell of a matrix.
func mark(holds bool) string {
	if holds {
		return "yes"
	}
	return "-"
}

func TestMatrices(t *testing.T) {
	c, err := NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	var organization, project strings.Builder
	fmt.Fprintf(&organization, "%-24s %-6s %-6s %-14s %-7s %s\n", "permission", RoleOwner, RoleAdmin, RoleBillingAdmin, RoleMember, "allows to")
	fmt.Fprintf(&project, "%-32s %-6s %-6s %-8s %-9s %s\n", "permission", Owner, Admin, Analyst, Consumer, "allows to")
	for _, r := range c.Rows() {
		sentence := r.Sentence
		if r.Reserved {
			sentence += " (reserved)"
		}
		if r.Scope == InOrganization {
			holds := func(role OrgRole) string { return mark(c.OrgRoleHolds(role, r.Key)) }
			fmt.Fprintf(&organization, "%-24s %-6s %-6s %-14s %-7s %s\n", r.Key, holds(RoleOwner), holds(RoleAdmin), holds(RoleBillingAdmin), holds(RoleMember), sentence)
		} else {
			holds := func(role ProjectRole) string { return mark(c.ProjectRoleHolds(role, r.Key)) }
			fmt.Fprintf(&project, "%-32s %-6s %-6s %-8s %-9s %s\n", r.Key, holds(Owner), holds(Admin), holds(Analyst), holds(Consumer), sentence)
		}
	}
	golden(t, "matrix_organization.golden", organization.String())
	golden(t, "matrix_project.golden", project.String())
}

func TestMatricesAreThoseOfTheModel(t *testing.T) {
	c, err := NewCatalog(applicationRows()...)
	if err != nil {
		t.Fatal(err)
	}
	p := picture{catalog: applicationRows()}
	for _, r := range c.Rows() {
		for _, role := range OrgRoles {
			if got, want := c.OrgRoleHolds(role, r.Key), p.orgPermissions(role)[r.Key]; got != want {
				t.Errorf("%s for organization role %s: %v, the model says %v", r.Key, role, got, want)
			}
		}
		for _, role := range ProjectRoles {
			if got, want := c.ProjectRoleHolds(role, r.Key), p.projectPermissions(role)[r.Key]; got != want {
				t.Errorf("%s for project role %s: %v, the model says %v", r.Key, role, got, want)
			}
		}
	}
	for _, table := range []permissions{words(referenceOrg[RoleOwner]), words(referenceProject[Owner])} {
		for k := range table {
			if !slices.ContainsFunc(c.Rows(), func(r Row) bool { return r.Key == k }) {
				t.Errorf("the model has %s, the table does not", k)
			}
		}
	}
}

func TestRolesContainEachOther(t *testing.T) {
	c, err := NewCatalog(applicationRows()...)
	if err != nil {
		t.Fatal(err)
	}
	org := func(r OrgRole) Set { return c.org[r.number()] }
	project := func(r ProjectRole) Set { return c.project[r.number()] }
	for _, row := range []struct {
		name       string
		more, less Set
		strictly   bool
	}{
		{"an organization owner holds all that an admin holds", org(RoleOwner), org(RoleAdmin), true},
		{"an organization owner holds all that a billing admin holds", org(RoleOwner), org(RoleBillingAdmin), true},
		{"an organization admin holds all that a member holds", org(RoleAdmin), org(RoleMember), true},
		{"a billing admin holds all that a member holds", org(RoleBillingAdmin), org(RoleMember), true},
		{"a project owner holds all that an admin holds", project(Owner), project(Admin), true},
		{"a project admin holds all that an analyst holds", project(Admin), project(Analyst), true},
		{"an analyst holds all that a consumer holds", project(Analyst), project(Consumer), true},
		{"a consumer sees the project", project(Consumer), Set{}, true},
		{"a member holds nothing in the organization", Set{}, org(RoleMember), false},
		{"an unknown organization role holds nothing", Set{}, org("root"), false},
		{"an unknown project role holds nothing", Set{}, project("root"), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if !row.more.covers(row.less) || row.strictly && row.less.covers(row.more) {
				t.Error("it does not")
			}
		})
	}
	for _, pair := range [][2]OrgRole{{RoleAdmin, RoleBillingAdmin}, {RoleBillingAdmin, RoleAdmin}} {
		if org(pair[0]).covers(org(pair[1])) {
			t.Errorf("organization role %s holds all that %s holds", pair[0], pair[1])
		}
	}
	for _, r := range c.Rows() {
		if r.Explicit && slices.ContainsFunc(ProjectRoles[:], func(role ProjectRole) bool { return c.ProjectRoleHolds(role, r.Key) }) {
			t.Errorf("%s is explicit and in a built-in role", r.Key)
		}
		if r.Reserved != (r.Key == "organization:delete" || r.Key == "owners:make") {
			t.Errorf("%s: reserved is %v", r.Key, r.Reserved)
		}
	}
}
