package org

import (
	"iter"
	"slices"
)

// customRole is the number of the first custom role: the roles table's row zero.
const customRole = roleNumber(len(OrgRoles) + 1)

// MaxRoles is how many custom roles an organization can ever make.
const MaxRoles = 100_000

// role is a custom role's row.
type role struct {
	body       body
	scope      Scope
	deleted    bool
	only       uint32     // the row of the one project it is for; noRow: all
	everywhere roleNumber // the project role that an organization role brings in every project
	named      []namedRole
	set        Set // what it holds under the catalog that holds here
	holders    []uint32
	name       Name
	holds      []Permission // in order of key
	created    Instant
	by         uint32
	changed    Version
}

// namedRole is a project role that an organization role brings in one project.
type namedRole struct {
	project uint32
	role    roleNumber
}

func (r *role) id() RoleID { return RoleID(rolePrefix + string(r.body[:])) }

func (s *State) roleRow(id RoleID) uint32 {
	b := behind(rolePrefix, string(id))
	return s.roleAt.find(hashOf(b), func(row uint32) bool { return string(s.roles.get(row).body[:]) == b })
}

// custom returns the row of a custom role's number, nil for the built-in ones.
func (s *State) custom(n roleNumber) *role {
	if n < customRole || int(n-customRole) >= s.roles.n {
		return nil
	}
	return s.roles.get(uint32(n - customRole))
}

// customSet is what a custom role holds; of a role of the table only.
func (s *State) customSet(n roleNumber) Set { return s.roles.get(uint32(n - customRole)).set }

// liveRole finds a custom role that was not deleted.
func (s *State) liveRole(id RoleID) (uint32, *role) {
	if i := s.roleRow(id); i != noRow && !s.roles.get(i).deleted {
		return i, s.roles.get(i)
	}
	return noRow, nil
}

// orgNumber returns the number of an organization role that may be given; zero if there is none.
func (s *State) orgNumber(r OrgRole) roleNumber {
	if n := r.number(); n != 0 {
		return n
	}
	if i, c := s.liveRole(RoleID(r)); c != nil && c.scope == InOrganization {
		return customRole + roleNumber(i)
	}
	return 0
}

// projectNumber returns the number of a project role; zero if there is none.
func (s *State) projectNumber(r ProjectRole) roleNumber {
	if n := r.number(); n != 0 {
		return n
	}
	if i, c := s.liveRole(RoleID(r)); c != nil && c.scope == InProject {
		return customRole + roleNumber(i)
	}
	return 0
}

// projectNumberIn is projectNumber for a role to be held in a project; noRow asks for one that may be held in every project.
func (s *State) projectNumberIn(r ProjectRole, project uint32) roleNumber {
	n := s.projectNumber(r)
	if c := s.custom(n); c != nil && c.only != noRow && c.only != project {
		return 0
	}
	return n
}

// orgRole and projectRole return the role of a number; empty if it is of the other scope or none.
func (s *State) orgRole(n roleNumber) OrgRole {
	if n > 0 && n < customRole {
		return OrgRoles[n-1]
	}
	if c := s.custom(n); c != nil && c.scope == InOrganization {
		return OrgRole(c.id())
	}
	return ""
}

func (s *State) projectRole(n roleNumber) ProjectRole {
	if n > 0 && n < customRole {
		return ProjectRoles[n-1]
	}
	if c := s.custom(n); c != nil && c.scope == InProject {
		return ProjectRole(c.id())
	}
	return ""
}

// projectSet and orgRoleSet are what roles hold; that of no role is empty.
func (s *State) projectSet(n roleNumber) Set {
	if c := s.custom(n); c != nil {
		return c.set
	}
	return s.catalog.project[n]
}

func (s *State) orgRoleSet(n roleNumber) Set {
	if c := s.custom(n); c != nil {
		return c.set
	}
	return s.catalog.org[n]
}

// isMember reports whether an organization role is member or contains it, as all custom ones do.
func (s *State) isMember(n roleNumber) bool { return n == RoleMember.number() || n >= customRole }

// everywhere is the project role that an organization role brings in every project; zero if none.
func (s *State) everywhere(n roleNumber) roleNumber {
	if c := s.custom(n); c != nil {
		return c.everywhere
	}
	return implied(n)
}

// namedIn are the project roles that an organization role brings in single projects.
func (s *State) namedIn(n roleNumber) []namedRole {
	if c := s.custom(n); c != nil {
		return c.named
	}
	return nil
}

// brought are the project roles that an organization role brings in a project.
func (s *State) brought(n roleNumber, project uint32) []roleNumber {
	var out []roleNumber
	if r := s.everywhere(n); r != 0 {
		out = append(out, r)
	}
	named := s.namedIn(n)
	if i, found := findNamed(named, project); found && !slices.Contains(out, named[i].role) {
		out = append(out, named[i].role)
	}
	return out
}

// brings reports whether a custom organization role brings a permission in a project. It does not allocate.
func (s *State) brings(n roleNumber, project uint32, bit int) bool {
	c := s.roles.get(uint32(n - customRole))
	if c.everywhere != 0 && s.projectSet(c.everywhere).has(bit) {
		return true
	}
	i, found := findNamed(c.named, project)
	return found && s.projectSet(c.named[i].role).has(bit)
}

func findNamed(named []namedRole, project uint32) (int, bool) {
	return slices.BinarySearchFunc(named, project, func(n namedRole, row uint32) int {
		return int(int64(n.project) - int64(row))
	})
}

// ranking is the list of those who hold an organization role, for writing; nil for member, which has none. Service
// accounts stand in those of custom roles alone, where whoever changes the role looks for its holders.
func (s *State) ranking(m *member, n roleNumber) *[]uint32 {
	switch {
	case n >= customRole:
		return &s.roles.at(s.edit, uint32(n-customRole)).holders
	case m.machine || n == 0 || n == RoleMember.number():
		return nil
	}
	return &s.ranked[n]
}

// leading are the rows of the organization's owners and admins, and of those who hold custom roles in it.
func (s *State) leading() []uint32 {
	out := slices.Concat(s.ranked[RoleOwner.number()], s.ranked[RoleAdmin.number()])
	for i := range uint32(s.roles.n) {
		for _, row := range s.roles.get(i).holders {
			if !s.people.get(row).machine {
				out = append(out, row)
			}
		}
	}
	return out
}

// orgRolesWith are the organization roles that hold a permission, from the least to the most; projectRolesWith those
// that may be held in a project.
func (s *State) orgRolesWith(bit int) []OrgRole {
	var with []sized[OrgRole]
	for i := len(OrgRoles) - 1; i >= 0; i-- {
		with = append(with, sized[OrgRole]{OrgRoles[i], s.catalog.org[i+1]})
	}
	for i := range uint32(s.roles.n) {
		if c := s.roles.get(i); c.scope == InOrganization && !c.deleted {
			with = append(with, sized[OrgRole]{OrgRole(c.id()), c.set})
		}
	}
	return leastFirst(with, bit)
}

func (s *State) projectRolesWith(bit int, project uint32) []ProjectRole {
	var with []sized[ProjectRole]
	for i := len(ProjectRoles) - 1; i >= 0; i-- {
		with = append(with, sized[ProjectRole]{ProjectRoles[i], s.catalog.project[i+1]})
	}
	for i := range uint32(s.roles.n) {
		if c := s.roles.get(i); c.scope == InProject && !c.deleted && (c.only == noRow || c.only == project) {
			with = append(with, sized[ProjectRole]{ProjectRole(c.id()), c.set})
		}
	}
	return leastFirst(with, bit)
}

type sized[R any] struct {
	role R
	set  Set
}

func leastFirst[R any](roles []sized[R], bit int) []R {
	roles = slices.DeleteFunc(roles, func(r sized[R]) bool { return !r.set.has(bit) })
	slices.SortStableFunc(roles, func(a, b sized[R]) int { return a.set.len() - b.set.len() })
	var out []R
	for _, r := range roles {
		out = append(out, r.role)
	}
	return out
}

// A roleTie is one grant of a custom project role.
type roleTie struct {
	person, team uint32 // whose, noRow for others; both for everyone
	anybody      bool   // everyone with all service accounts
	tie          tie
}

// tiedBy yields the grants of a role, those in deleted projects and of suspended members among them.
func (s *State) tiedBy(n roleNumber) iter.Seq[roleTie] {
	return func(yield func(roleTie) bool) {
		each := func(held ties, who roleTie) bool {
			for i := range held.len() {
				if held.link(i).role() == n {
					if who.tie = held.at(i); !yield(who) {
						return false
					}
				}
			}
			return true
		}
		for i := range uint32(s.people.n) {
			if !each(s.people.get(i).grants, roleTie{person: i, team: noRow}) {
				return
			}
		}
		for i := range uint32(s.teams.n) {
			if !each(s.teams.get(i).grants, roleTie{person: noRow, team: i}) {
				return
			}
		}
		for i := range uint32(s.projects.n) {
			p := s.projects.get(i)
			if !each(p.everyone, roleTie{person: noRow, team: noRow}) || !each(p.anybody, roleTie{person: noRow, team: noRow, anybody: true}) {
				return
			}
		}
	}
}

// compile works out what a role holds under the catalog that holds here: what its permissions imply too, and for an
// organization role all that member holds. What the catalog does not know gives nothing.
func (s *State) compile(r *role) {
	r.set = nil
	if s.catalog == nil || r.deleted {
		return
	}
	var set Set
	for _, p := range r.holds {
		if i, ok := s.catalog.number[p]; ok {
			set.addAll(s.catalog.closed[i])
		}
	}
	if r.scope == InOrganization {
		set.addAll(s.catalog.org[RoleMember.number()])
	}
	r.set = set
}
