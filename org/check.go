package org

// Check answers whether a person, or a service account named by its id, may do something, now as of the given instant: in a project, or in the organization
// if no project is named. Whatever is unknown is a no. It does not allocate.
func (s *State) Check(person PersonID, p Permission, in ProjectID, at Instant) bool {
	if s == nil || s.damage != nil || s.catalog == nil {
		return false
	}
	bit, known := s.catalog.number[p]
	if !known {
		return false
	}
	i := s.principal(person)
	if i == noRow {
		return false
	}
	m := s.people.get(i)
	if in == "" {
		return s.checkOrg(m, bit, at)
	}
	row := s.projectRow(in)
	return row != noRow && s.projects.get(row).deleted == 0 && s.checkOn(m, bit, row, at)
}

// checkOrg reports whether a member's role in the organization gives the permission there.
func (s *State) checkOrg(m *member, bit int, at Instant) bool {
	return s.active(m, at) && (s.catalog.holders[bit].org.has(m.role) || m.role >= customRole && s.customSet(m.role).has(bit) ||
		s.settings.MembersCreateProjects && s.isMember(m.role) && s.catalog.createProjects.has(bit))
}

// checkOn looks for one source that gives a member the permission in a living project.
func (s *State) checkOn(m *member, bit int, project uint32, at Instant) bool {
	if !s.active(m, at) {
		return false
	}
	holders := s.catalog.holders[bit]
	if holders.everywhere.has(m.role) || m.role >= customRole && s.brings(m.role, project, bit) ||
		s.anyGives(m.grants, project, holders.project, bit, at) {
		return true
	}
	for i := range m.teams.len() {
		if s.holdsAt(m.teams, i, at) && s.anyGives(s.teams.get(m.teams.link(i).to()).grants, project, holders.project, bit, at) {
			return true
		}
	}
	p := s.projects.get(project)
	return s.anyGives(p.anybody, project, holders.project, bit, at) || !m.machine && s.anyGives(p.everyone, project, holders.project, bit, at)
}

// few is how many links are read through sooner than searched.
const few = 16

// anyGives reports whether one of the ties to a project has one of the built-in roles, or a custom one that holds the
// permission.
func (s *State) anyGives(held ties, project uint32, holders roles, bit int, at Instant) bool {
	from, to := 0, held.len()
	if to > few {
		from, to = held.first(project), held.first(project+1)
	}
	for i, l := range held[from:to] {
		if link(l).to() != project {
			continue
		}
		r := link(l).role()
		if (holders.has(r) || r >= customRole && s.customSet(r).has(bit)) && s.holdsAt(held, from+i, at) {
			return true
		}
	}
	return false
}

// holdsAt reports whether a tie's window holds.
func (s *State) holdsAt(held ties, i int, at Instant) bool {
	return held.link(i)&bounded == 0 || s.windows.get(held.window(i)).Holds(at)
}

// Question is one check of many.
type Question struct {
	Person     PersonID   `json:"person"`
	Permission Permission `json:"permission"`
	Project    ProjectID  `json:"project,omitempty"`
}

// CheckAll answers each question, all of one version and instant.
func (s *State) CheckAll(questions []Question, at Instant) []bool {
	out := make([]bool, len(questions))
	for i, q := range questions {
		out[i] = s.Check(q.Person, q.Permission, q.Project, at)
	}
	return out
}

// Permissions returns all that a person may do in a project, or in the organization, in the order of the table.
func (s *State) Permissions(person PersonID, in ProjectID, at Instant) []Permission {
	if s == nil || s.damage != nil || s.catalog == nil {
		return nil
	}
	var out []Permission
	scope := InOrganization
	if in != "" {
		scope = InProject
	}
	for _, r := range s.catalog.rows {
		if r.Scope == scope && s.Check(person, r.Key, in, at) {
			out = append(out, r.Key)
		}
	}
	return out
}
