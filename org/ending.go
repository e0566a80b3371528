package org

import "iter"

// Ending is something that ends by itself: a membership, a place in a team, or a grant to a person, service account, team
// or everyone.
type Ending struct {
	End Instant
	Subject
	In      TeamID // the team, of a place in one
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
		grants := func(held ties, whose Subject) bool {
			for _, t := range held.all() {
				end, ok := soon(t.window)
				if p := s.projects.get(t.to); ok && p.deleted == 0 {
					if !yield(Ending{End: end, Subject: whose, Project: p.id(), Role: s.projectRole(t.role)}) {
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
			whose := s.subjectOf(i)
			if end, ok := soon(m.window); ok && !yield(Ending{End: end, Subject: whose}) {
				return
			}
			for _, t := range m.teams.all() {
				if end, ok := soon(t.window); ok && !yield(Ending{End: end, Subject: whose, In: s.teams.get(t.to).id()}) {
					return
				}
			}
			if !grants(m.grants, whose) {
				return
			}
		}
		for i := range uint32(s.teams.n) {
			if t := s.teams.get(i); !t.deleted && !grants(t.grants, Subject{Team: t.id()}) {
				return
			}
		}
		for _, i := range s.open {
			p := s.projects.get(i)
			if !grants(p.everyone, Subject{Everyone: true}) || !grants(p.anybody, Subject{Everyone: true, Accounts: true}) {
				return
			}
		}
	}
}
