package org

import "slices"

// RoleProject is a project role that an organization role brings in one project.
type RoleProject struct {
	Project ProjectID   `json:"project"`
	Role    ProjectRole `json:"role"`
}

// RoleContent is what a custom role gives.
type RoleContent struct {
	// Permissions are those it holds, of the role's scope; what they imply comes with them. A role of the organization
	// always holds what member holds besides.
	Permissions []Permission `json:"permissions"`
	// Everywhere is a project role that a role of the organization brings in every project, Projects in single ones.
	Everywhere ProjectRole   `json:"everywhere,omitempty"`
	Projects   []RoleProject `json:"projects,omitempty"`
}

func (r *RoleContent) fields(c *codec) {
	c.array("permissions", len(r.Permissions), func() { r.Permissions = append(r.Permissions, "") }, func(i int) {
		str(c, &r.Permissions[i])
	})
	option(c, "everywhere", &r.Everywhere)
	c.array("projects", len(r.Projects), func() { r.Projects = append(r.Projects, RoleProject{}) }, func(i int) {
		c.byte('{')
		text(c, "project", &r.Projects[i].Project)
		text(c, "role", &r.Projects[i].Role)
		c.byte('}')
	})
}

func (r RoleContent) clone() RoleContent {
	r.Permissions, r.Projects = slices.Clone(r.Permissions), slices.Clone(r.Projects)
	return r
}

func (r RoleContent) equal(o RoleContent) bool {
	return slices.Equal(r.Permissions, o.Permissions) && r.Everywhere == o.Everywhere && slices.Equal(r.Projects, o.Projects)
}

// inOrder returns the content in the order in which it is kept; what stands twice stands once.
func (r RoleContent) inOrder() RoleContent {
	r = r.clone()
	slices.Sort(r.Permissions)
	r.Permissions = slices.Compact(r.Permissions)
	slices.SortFunc(r.Projects, func(a, b RoleProject) int { return compareText(a.Project, b.Project) })
	r.Projects = slices.Compact(r.Projects)
	return r
}

// MaxRolePermissions and MaxRoleProjects bound one role.
const (
	MaxRolePermissions = 1000
	MaxRoleProjects    = 1000
)

// refuse says what of a content a role of the scope cannot hold here.
func (r RoleContent) refuse(s *State, scope Scope) error {
	switch {
	case len(r.Permissions) > MaxRolePermissions || len(r.Projects) > MaxRoleProjects:
		return ErrRoleTooLarge
	case scope == InProject && (r.Everywhere != "" || len(r.Projects) > 0):
		return ErrRoleBringsNothing
	case scope == InProject && len(r.Permissions) == 0:
		return ErrRoleEmpty
	}
	for _, p := range r.Permissions {
		i, ok := s.catalog.number[p]
		switch {
		case !ok || s.catalog.rows[i].Scope != scope:
			return ErrBadPermission
		case s.catalog.rows[i].Reserved:
			return ErrReservedPermission
		}
	}
	if r.Everywhere != "" && s.projectNumberIn(r.Everywhere, noRow) == 0 {
		return ErrUnknownRole
	}
	for i, x := range r.Projects {
		row, _, err := s.liveProject(x.Project)
		switch {
		case err != nil:
			return err
		case i > 0 && r.Projects[i-1].Project == x.Project:
			return ErrRoleProjectTwice
		case s.projectNumberIn(x.Role, row) == 0:
			return ErrUnknownRole
		}
	}
	return nil
}

// needsRole is the right to make, edit and delete custom roles: those for one project belong to it.
func needsRole(p ProjectID) Need {
	if p != "" {
		return on(p, "project:manage_roles")
	}
	return inOrg("roles:manage")
}

// CreateRole makes a custom role: of the organization, for all its projects, or for the one named.
type CreateRole struct {
	Role    RoleID    `json:"-"`
	Project ProjectID `json:"project,omitempty"`
	Scope   Scope     `json:"scope"`
	Name    Name      `json:"name"`
	RoleContent
}

func (c CreateRole) needs() Need { return needsRole(c.Project) }

func (c CreateRole) valid() error {
	switch {
	case !c.Role.Valid():
		return ErrBadID
	case c.Scope != InOrganization && c.Scope != InProject, c.Project != "" && c.Scope != InProject:
		return ErrBadScope
	}
	return c.Name.valid()
}

func (c CreateRole) decide(now Situation) ([]Event, error) {
	f := &RoleCreated{c.Role, c.Scope, c.Project, c.Name, c.RoleContent.inOrder()}
	switch {
	case now.roleRow(c.Role) != noRow:
		return nil, ErrIDUsed
	case now.roles.n >= MaxRoles:
		return nil, ErrTooManyRoles
	case now.roleNamed(c.Name, c.Project, "") || c.Name.isBuiltinRole():
		return nil, ErrRoleName
	}
	if err := f.refuse(now.State, c.Scope); err != nil {
		return nil, err
	}
	return []Event{f}, nil
}

// roleNamed reports whether a name would be mistaken for that of another role: two that may meet in one place.
func (s *State) roleNamed(n Name, only ProjectID, but RoleID) bool {
	project, fold := s.projectRow(only), n.fold()
	for i := range uint32(s.roles.n) {
		c := s.roles.get(i)
		meet := only == "" || c.only == noRow || c.only == project
		if !c.deleted && meet && c.name.fold() == fold && c.id() != but {
			return true
		}
	}
	return false
}

// isBuiltinRole reports whether a name is that of a built-in role.
func (n Name) isBuiltinRole() bool {
	switch n.fold() {
	case "owner", "admin", "billing admin", "billing_admin", "member", "analyst", "consumer", "everyone":
		return true
	}
	return false
}

// RoleCreated begins a custom role.
type RoleCreated struct {
	Role    RoleID
	Scope   Scope
	Project ProjectID // the one it is for; empty: all, or the organization
	Name    Name
	RoleContent
}

func (f *RoleCreated) fields(c *codec) {
	text(c, "custom_role", &f.Role)
	c.scope(&f.Scope)
	option(c, "project", &f.Project)
	text(c, "name", &f.Name)
	f.RoleContent.fields(c)
}

// scope is a field that must be there.
func (c *codec) scope(v *Scope) {
	word := ""
	if !c.reading {
		word = scopes[*v]
	}
	text(c, "scope", &word)
	if c.reading && c.err == nil && v.UnmarshalText([]byte(word)) != nil {
		c.fail("unknown scope")
	}
}

func (f *RoleCreated) apply(s *State, m Meta) {
	b, ok := bodyOf(string(f.Role), rolePrefix)
	only := noRow
	if f.Project != "" {
		if only = s.presentProject(f.Project, m); only == noRow {
			return
		}
	}
	if !ok || s.roleRow(f.Role) != noRow || s.roles.n >= MaxRoles {
		s.broken("version %d: role %s exists or is no id", m.Version, f.Role)
		return
	}
	i := s.roles.add(s.edit, role{body: b, scope: f.Scope, only: only, name: f.Name, created: m.At, by: m.row(s), changed: m.Version})
	s.roleAt.put(s.edit, hashOf(string(b[:])), i)
	s.fillRole(i, f.RoleContent, m)
}

// fillRole puts a content into a role's row.
func (s *State) fillRole(i uint32, content RoleContent, m Meta) {
	c := s.roles.at(s.edit, i)
	content = content.inOrder()
	c.holds, c.named, c.changed = content.Permissions, nil, m.Version
	c.everywhere = s.projectNumberIn(content.Everywhere, noRow)
	for _, x := range content.Projects {
		row := s.projectRow(x.Project)
		n := s.projectNumberIn(x.Role, row)
		if row == noRow || n == 0 {
			s.broken("version %d: the role brings something unknown", m.Version)
			return
		}
		c.named = append(c.named, namedRole{row, n})
	}
	slices.SortFunc(c.named, func(a, b namedRole) int { return int(int64(a.project) - int64(b.project)) })
	if c.everywhere == 0 && content.Everywhere != "" || c.scope == InProject && (c.everywhere != 0 || len(c.named) > 0) {
		s.broken("version %d: the role brings something unknown", m.Version)
	}
	s.compile(c)
}

func (f *RoleCreated) gives(s *State) []Power {
	r := role{scope: f.Scope, only: s.projectRow(f.Project), holds: f.Permissions}
	s.compile(&r)
	return s.contentPowers(&r, f.RoleContent)
}

// contentPowers is what a role with a content would give to whoever gets it.
func (s *State) contentPowers(r *role, content RoleContent) []Power {
	p := Power{set: r.set, place: placeOrg, person: noRow, team: noRow}
	switch {
	case r.scope == InProject && r.only == noRow:
		p.place = placeEveryProject
	case r.scope == InProject:
		p.place, p.project = placeProject, r.only
	}
	out := []Power{p}
	if content.Everywhere != "" {
		out = append(out, Power{set: s.projectSet(s.projectNumber(content.Everywhere)), place: placeEveryProject, person: noRow, team: noRow})
	}
	for _, x := range content.Projects {
		out = append(out, Power{set: s.projectSet(s.projectNumber(x.Role)), place: placeProject, project: s.projectRow(x.Project), person: noRow, team: noRow})
	}
	return out
}

// content returns what a role's row says it gives.
func (s *State) content(c *role) RoleContent {
	out := RoleContent{Permissions: slices.Clone(c.holds), Everywhere: s.projectRole(c.everywhere)}
	for _, n := range c.named {
		out.Projects = append(out.Projects, RoleProject{s.projects.get(n.project).id(), s.projectRole(n.role)})
	}
	return out.inOrder()
}
