package org

import "slices"

// Permission is a key such as projects:create. Permissions of Commonhold itself are in the table below; those of the
// application come with its catalog.
type Permission string

// Scope is where a permission is held.
type Scope uint8

const (
	InOrganization Scope = iota + 1
	InProject
)

var scopes = [...]string{InOrganization: "organization", InProject: "project"}

// MarshalText writes the scope as its word.
func (s Scope) MarshalText() ([]byte, error) { return []byte(scopes[s]), nil }

// UnmarshalText reads the word.
func (s *Scope) UnmarshalText(b []byte) error {
	for i, word := range scopes {
		if word == string(b) && word != "" {
			*s = Scope(i)
			return nil
		}
	}
	return ErrBadScope
}

// Row is one line of the permission table.
type Row struct {
	Key      Permission    `json:"key"`
	Scope    Scope         `json:"scope"`
	Sentence string        `json:"sentence"` // what it allows, as the role pages show it
	Category string        `json:"category"`
	Org      []OrgRole     `json:"organization_roles,omitempty"` // the built-in roles that hold it
	Project  []ProjectRole `json:"project_roles,omitempty"`
	Implies  []Permission  `json:"implies,omitempty"`  // permissions of the same scope that come with it
	Explicit bool          `json:"explicit,omitempty"` // in no built-in role; owners may give it without holding it
	Reserved bool          `json:"reserved,omitempty"` // in no custom role
}

// builtin is the whole of Commonhold's own authority: both matrices of roles, one row a permission. Adding a
// permission is adding a row.
var builtin = []Row{
	inOrganization("organization:edit", "rename the organization and change its settings", RoleOwner, RoleAdmin),
	reserved(inOrganization("organization:delete", "delete the organization and cancel the deletion", RoleOwner)),
	reserved(inOrganization("owners:make", "make owners", RoleOwner)),
	inOrganization("plan:view", "see plan, usage and invoices", RoleOwner, RoleBillingAdmin),
	inOrganization("plan:manage", "buy, change or cancel the plan; edit payment details, tax data and billing contacts", RoleOwner, RoleBillingAdmin),
	inOrganization("projects:create", "create projects", RoleOwner, RoleAdmin),
	inOrganization("projects:manage_any", "delete, restore and transfer any project", RoleOwner),
	inOrganization("teams:manage", "create, change and delete teams", RoleOwner, RoleAdmin),
	inOrganization("members:view", "see all members", RoleOwner, RoleAdmin),
	inOrganization("members:manage", "invite, remove and suspend members; approve join requests", RoleOwner, RoleAdmin),
	inOrganization("members:set_role", "change organization roles", RoleOwner, RoleAdmin),
	inOrganization("grants:manage_any", "give, change and take access anywhere in the organization", RoleOwner, RoleAdmin),
	inOrganization("service_accounts:manage", "manage service accounts", RoleOwner, RoleAdmin),
	inOrganization("security:manage", "manage two-factor and session rules, single sign-on, domains, provisioning and discoverability", RoleOwner, RoleAdmin),
	inOrganization("roles:manage", "manage custom roles of the organization", RoleOwner, RoleAdmin),
	inOrganization("audit:view", "see and export the audit log; manage webhooks", RoleOwner, RoleAdmin),

	inProject("project:view", "see the project", Owner, Admin, Analyst, Consumer),
	inProject("project:view_settings", "see the project's settings", Owner, Admin, Analyst, Consumer),
	inProject("project:rename", "rename the project", Owner, Admin),
	inProject("project:set_timezone", "set the project's time zone", Owner, Admin),
	inProject("project:edit_settings", "change the project's other settings", Owner, Admin),
	inProject("project:view_keys", "see the project's keys", Owner, Admin),
	inProject("project:reset_keys", "reset the project's keys", Owner),
	inProject("project:view_usage", "see the project's usage", Owner, Admin),
	inProject("project:view_people", "see who has access to the project", Owner, Admin),
	inProject("project:manage_grants", "give, change and take access of people, service accounts and everyone", Owner, Admin),
	inProject("project:decide_requests", "decide access requests", Owner, Admin),
	inProject("project:manage_service_accounts", "manage the project's service accounts", Owner, Admin),
	inProject("project:manage_roles", "make, change and delete custom roles of the project", Owner, Admin),
	inProject("project:view_audit", "see the project's audit log", Owner, Admin),
	inProject("project:transfer", "transfer the project", Owner),
	inProject("project:reset", "reset the project", Owner),
	inProject("project:delete", "delete and restore the project", Owner),
}

func inOrganization(key Permission, sentence string, roles ...OrgRole) Row {
	return Row{Key: key, Scope: InOrganization, Sentence: sentence, Category: "Organization", Org: roles}
}

func inProject(key Permission, sentence string, roles ...ProjectRole) Row {
	return Row{Key: key, Scope: InProject, Sentence: sentence, Category: "Project administration", Project: roles}
}

func reserved(r Row) Row { r.Reserved = true; return r }

// Builtin returns the rows of Commonhold's own permissions.
func Builtin() []Row { return cloneRows(builtin) }

// cloneRows copies rows with their lists, so that nobody changes a table by what it handed out.
func cloneRows(rows []Row) []Row {
	out := slices.Clone(rows)
	for i := range out {
		r := &out[i]
		r.Org, r.Project, r.Implies = slices.Clone(r.Org), slices.Clone(r.Project), slices.Clone(r.Implies)
	}
	return out
}
