package org

// Ends reports whether something that was to end is still held and still ends at that very instant: nobody has made it
// last longer, shorter or for good, or has taken it away. What is named is a grant if there is a project, else a place
// if there is a team, else a membership.
func (s *State) Ends(what Subject, in ProjectID, as ProjectRole, end, at Instant) bool {
	if s == nil || s.damage != nil || s.over(at) {
		return false
	}
	if in != "" {
		row := s.projectRow(in)
		if row == noRow || s.projects.get(row).deleted != 0 {
			return false
		}
		for _, t := range s.held(what, row, at) {
			if s.projectRole(t.role) == as && s.window(t.window).End == end {
				return true
			}
		}
		return false
	}
	_, m := s.member(what.Person, at)
	if what.Account != "" {
		_, m = s.liveAccount(what.Account)
	}
	if m == nil {
		return false
	}
	if what.Team == "" {
		return s.window(m.window).End == end
	}
	place, in_ := placeIn(m.teams, s.teamRow(what.Team))
	return in_ && s.window(place.window).End == end
}
