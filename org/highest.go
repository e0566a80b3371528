package org

// RoleIn returns the highest built-in role that a person or service account holds in a project at that instant, from
// any source; a custom one if they hold no other; none if they hold nothing, or nothing of it counts.
func (s *State) RoleIn(person PersonID, in ProjectID, at Instant) ProjectRole {
	row, i := s.projectRow(in), s.principal(person)
	if row == noRow || i == noRow || s.catalog == nil || s.damage != nil || s.projects.get(row).deleted != 0 || !s.active(s.people.get(i), at) {
		return ""
	}
	m := s.people.get(i)
	var best roleNumber
	for _, r := range s.brought(m.role, row) {
		best = higher(best, r)
	}
	take := func(held ties) {
		for i := held.first(row); i < held.len() && held.link(i).to() == row; i++ {
			if s.holdsAt(held, i, at) {
				best = higher(best, held.link(i).role())
			}
		}
	}
	take(m.grants)
	for i := range m.teams.len() {
		if s.holdsAt(m.teams, i, at) {
			take(s.teams.get(m.teams.link(i).to()).grants)
		}
	}
	take(s.projects.get(row).anybody)
	if !m.machine {
		take(s.projects.get(row).everyone)
	}
	return s.projectRole(best)
}

// higher returns the higher of two roles: numbers run from the most to the least, custom ones last; zero is none.
func higher(a, b roleNumber) roleNumber {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
