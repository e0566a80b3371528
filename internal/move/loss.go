package move

import "github.com/commonhold/commonhold/org"

// Loss is what somebody holds in a project before it moves, and what of it they will hold after.
type Loss struct {
	Person org.PersonID      `json:"person"`
	Holds  []org.Held        `json:"holds"`
	Keeps  []org.ProjectRole `json:"keeps"`
}

// Losses yields everybody who has access to a project with what they would have after a move, in order of the list of
// its people. A move that is refused keeps nothing.
func Losses(from, to *org.State, by org.Actor, at org.Instant, c org.MoveProject, after org.PersonID) func(yield func(Loss) bool) {
	var then *org.State
	if m, err := org.DecideMove(from, to, by, at, c); err == nil {
		then = org.Evolve(to, org.Stamp(to, org.Meta{At: at, Actor: by.ID()}, m.Arrived)...)
	}
	return func(yield func(Loss) bool) {
		for person := range from.PeopleOf(c.Project, at, after) {
			l := Loss{Person: person, Holds: from.Sources(person, c.Project, at), Keeps: []org.ProjectRole{}}
			if then != nil {
				for _, h := range then.Sources(person, c.Project, at) {
					l.Keeps = append(l.Keeps, h.Role)
				}
			}
			if !yield(l) {
				return
			}
		}
	}
}

// Outgoing yields the offers of an organization that have not ended, whether they stand or not.
func Outgoing(s *org.State, at org.Instant, after org.ProjectID) func(yield func(org.Offer) bool) {
	return func(yield func(org.Offer) bool) {
		for p := range s.Projects(false, after) {
			if o, ok := s.Offer(p.Project, at); ok && !yield(o) {
				return
			}
		}
	}
}
