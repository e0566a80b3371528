package org

import (
	"iter"
	"slices"
)

// CustomRole is a custom role as the role pages show it.
type CustomRole struct {
	Role    RoleID    `json:"role"`
	Scope   Scope     `json:"scope"`
	Project ProjectID `json:"project,omitempty"` // the one it is for
	Name    Name      `json:"name"`
	RoleContent
	Created   Instant  `json:"created_at"`
	CreatedBy PersonID `json:"created_by,omitempty"` // absent: the operator
	Changed   Version  `json:"changed"`
}

// CustomRole returns a custom role that was not deleted.
func (s *State) CustomRole(id RoleID) (CustomRole, bool) {
	if _, c := s.liveRole(id); c != nil {
		return s.viewRole(c), true
	}
	return CustomRole{}, false
}

func (s *State) viewRole(c *role) CustomRole {
	v := CustomRole{Role: c.id(), Scope: c.scope, Name: c.name, RoleContent: s.content(c), Created: c.created,
		CreatedBy: s.actorID(c.by), Changed: c.changed}
	if c.only != noRow {
		v.Project = s.projects.get(c.only).id()
	}
	return v
}

// CustomRoles yields the custom roles from the first behind after on.
func (s *State) CustomRoles(after RoleID) iter.Seq[CustomRole] {
	return func(yield func(CustomRole) bool) {
		from := uint32(0)
		if after != "" {
			if from = s.roleRow(after) + 1; from == 0 {
				return
			}
		}
		for i := from; i < uint32(s.roles.n); i++ {
			if c := s.roles.get(i); !c.deleted && !yield(s.viewRole(c)) {
				return
			}
		}
	}
}

// RoleHolder is somebody who holds a custom role: a member by it as organization role, or a subject in a project.
type RoleHolder struct {
	Subject
	Project ProjectID `json:"project,omitempty"`
	// Proposed is what would take the role's place with the least privilege: the highest built-in role that gives nothing
	// which this one does not.
	Proposed Replacement `json:"proposed"`
}

// Holder names whoever holds the role as DeleteRole does.
func (h RoleHolder) Holder() Holder {
	switch {
	case h.Accounts:
		return "anybody"
	case h.Everyone:
		return "everyone"
	}
	return Holder(string(h.Person) + string(h.Account) + string(h.Team))
}

// RoleHolders yields who holds a custom role, for whoever would edit or delete it, each once in a project: from the first
// behind a holder in a project on, be it that this one holds it still or not. An empty holder is before all.
func (s *State) RoleHolders(id RoleID, after Holder, in ProjectID) iter.Seq[RoleHolder] {
	return func(yield func(RoleHolder) bool) {
		i, c := s.liveRole(id)
		last, known := s.spotOf(after.subject(), in)
		if c == nil || after != "" && !known {
			return
		}
		first, proposed := after == "", s.proposal(c)
		next := func(at spot, h RoleHolder) bool {
			if !first && slices.Compare(at[:], last[:]) <= 0 {
				return true // before, or the same from another source
			}
			first, last, h.Proposed = false, at, proposed
			return yield(h)
		}
		for _, person := range c.holders {
			if !next(spot{0, person}, RoleHolder{Subject: s.subjectOf(person)}) {
				return
			}
		}
		for x := range s.tiedBy(customRole + roleNumber(i)) {
			h := RoleHolder{Subject: Subject{Everyone: true, Accounts: x.anybody}, Project: s.projects.get(x.tie.to).id()}
			if x.person != noRow {
				h.Subject = s.subjectOf(x.person)
			} else if x.team != noRow {
				h.Subject = Subject{Team: s.teams.get(x.team).id()}
			}
			if at, _ := s.spotOf(h.Subject, h.Project); !next(at, h) {
				return
			}
		}
	}
}

// A spot is where somebody stands among the holders of a custom role: kind, row and project. Rows stay, so it is the same
// in every later version.
type spot [3]uint32

// spotOf returns where a subject stands with a role in a project, or in the organization if there is none; not ok if one of
// the two was never here.
func (s *State) spotOf(whose Subject, in ProjectID) (at spot, ok bool) {
	project := s.projectEver(in)
	if in != "" && project == noRow {
		return spot{}, false
	}
	switch {
	case whose.Everyone && in != "":
		at = spot{3, project}
		if whose.Accounts {
			at[2] = 1
		}
		return at, true
	case whose.Team != "" && in != "":
		at = spot{2, s.teamRow(whose.Team), project}
	case in != "":
		at = spot{1, s.principal(whose.Person + whose.Account.principal()), project}
	default:
		at = spot{0, s.principal(whose.Person + whose.Account.principal())}
	}
	return at, at[1] != noRow
}

// proposal is the highest built-in role that gives nothing which a custom one does not.
func (s *State) proposal(c *role) Replacement {
	if c.scope == InProject {
		for i, r := range ProjectRoles {
			if c.set.covers(s.catalog.project[i+1]) {
				return Replacement(r)
			}
		}
		return Nothing
	}
	for i, r := range OrgRoles {
		brings := implied(roleNumber(i + 1))
		if c.set.covers(s.catalog.org[i+1]) && (brings == 0 || s.projectSet(c.everywhere).covers(s.projectSet(brings))) {
			return Replacement(r)
		}
	}
	return Replacement(RoleMember)
}

// RolesStated states rows of custom roles, in order. They stand before what names them by number, so that what they
// name by number themselves is looked at when all is there.
type RolesStated struct{ rows []role }

func (f *RolesStated) fields(c *codec) {
	c.array("roles", len(f.rows), func() { f.rows = append(f.rows, role{}) }, func(i int) {
		r := &f.rows[i]
		c.byte('{')
		c.id(rolePrefix, &r.body)
		c.scope(&r.scope)
		text(c, "name", &r.name)
		c.array("permissions", len(r.holds), func() { r.holds = append(r.holds, "") }, func(i int) { str(c, &r.holds[i]) })
		c.giver("only", &r.only)
		c.small("everywhere", (*uint32)(&r.everywhere))
		c.array("named", len(r.named), func() { r.named = append(r.named, namedRole{}) }, func(i int) {
			c.byte('[')
			integer(c, &r.named[i].project)
			c.byte(',')
			integer(c, (*uint32)(&r.named[i].role))
			c.byte(']')
		})
		number(c, "created", &r.created)
		c.giver("by", &r.by)
		number(c, "changed", &r.changed)
		c.flag("deleted", &r.deleted)
		c.byte('}')
	})
}

func (f *RolesStated) apply(s *State, _ Meta) {
	for i := range f.rows {
		r := f.rows[i]
		if s.roleRow(r.id()) != noRow || r.changed > s.version {
			s.broken("role %s is stated twice or wrongly", r.id())
			return
		}
		r.holders = nil
		s.compile(&r)
		row := s.roles.add(s.edit, r)
		s.roleAt.put(s.edit, hashOf(string(r.body[:])), row)
	}
}

func (*RolesStated) states() {}

// wholeRoles reports whether all that custom roles name is there.
func (s *State) wholeRoles() bool {
	there := func(project uint32) bool { return int(project) < s.projects.n }
	brings := func(c *role, n roleNumber, project uint32) bool {
		named := s.custom(n)
		return s.projectRole(n) != "" && c.scope == InOrganization && (c.deleted || named == nil ||
			!named.deleted && (named.only == noRow || named.only == project))
	}
	for i := range uint32(s.roles.n) {
		c := s.roles.get(i)
		if c.only != noRow && (!there(c.only) || c.scope != InProject) || c.everywhere != 0 && !brings(c, c.everywhere, noRow) ||
			c.by != operatorRow && int(c.by) >= s.people.n || !slices.IsSorted(c.holds) {
			return false
		}
		for j, n := range c.named {
			if !there(n.project) || !brings(c, n.role, n.project) || j > 0 && c.named[j-1].project >= n.project {
				return false
			}
		}
	}
	return true
}
