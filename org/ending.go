package org

import "iter"

// Ending is something that ends by itself: a membership, a place in a team, or a grant to a person, team or everyone.
type Ending struct {
	End     Instant
	Person  PersonID // whose it is; empty for a team's or everyone's
	Team    TeamID   // the place's, or the team that holds the grant
	Project ProjectID
	Role    ProjectRole
}

// EndingBetween yields what holds at from and ends before to, in no particular order.
func (s *State) EndingBetween(from, to Instant) iter.Seq[Ending] {
	return func(yield func(Ending) bool) {
		if s.windows.n == 0 || s.over(from) {
			return
		}
		soon := func(row uint32) (Instant, bool) {
			w := s.window(row)
			return w.End, row != 0 && w.Holds(from) && w.End != 0 && w.End < to
		}
		grants := func(held ties, e Ending) bool {
			for _, t := range held.all() {
				end, ok := soon(t.window)
				if p := s.projects.get(t.to); ok && p.deleted == 0 {
					if e.End, e.Project, e.Role = end, p.id(), s.projectRole(t.role); !yield(e) {
						return false
					}
				}
			}
			return true
		}
		for i := range uint32(s.people.n) {
			m := s.people.get(i)
			if s.gone(m, from) {
				continue
			}
			if end, ok := soon(m.window); ok && !yield(Ending{End: end, Person: m.id()}) {
				return
			}
			for _, t := range m.teams.all() {
				if end, ok := soon(t.window); ok && !yield(Ending{End: end, Person: m.id(), Team: s.teams.get(t.to).id()}) {
					return
				}
			}
			if !grants(m.grants, Ending{Person: m.id()}) {
				return
			}
		}
		for i := range uint32(s.teams.n) {
			if t := s.teams.get(i); !t.deleted && !grants(t.grants, Ending{Team: t.id()}) {
				return
			}
		}
		for _, i := range s.open {
			if !grants(s.projects.get(i).everyone, Ending{}) {
				return
			}
		}
	}
}
