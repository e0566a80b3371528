package org

// RoleIn returns the highest built-in role that a person holds in a project at that instant, from any source; none if
// they hold nothing, or nothing of it counts.
func (s *State) RoleIn(person PersonID, in ProjectID, at Instant) ProjectRole {
	row, i := s.projectRow(in), s.person(person)
	if row == noRow || i == noRow || s.catalog == nil || s.damage != nil || s.projects.get(row).deleted != 0 || !s.active(s.people.get(i), at) {
		return ""
	}
	m := s.people.get(i)
	best := m.role.org().implied().number()
	take := func(held ties) {
		for i := held.first(row); i < held.len() && held.link(i).to() == row; i++ {
			// Numbers run from the most to the least; zero is none.
			if r := held.link(i).role(); (best == 0 || r < best) && s.holdsAt(held, i, at) {
				best = r
			}
		}
	}
	take(m.grants)
	for i := range m.teams.len() {
		if s.holdsAt(m.teams, i, at) {
			take(s.teams.get(m.teams.link(i).to()).grants)
		}
	}
	take(s.projects.get(row).everyone)
	return best.project()
}
