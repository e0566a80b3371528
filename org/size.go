package org

import "unsafe"

// Size estimates the bytes a state takes in memory, from the number of its rows.
func (s *State) Size() int {
	const (
		text   = 48 // an id in its allocation
		person = int(unsafe.Sizeof(member{})) + text + 24
		place  = 8*tieWords + 8
	)
	rows := s.people.n*person + s.counts.Grants*place + s.people.n*2*place
	return rows + s.teams.n*(int(unsafe.Sizeof(team{}))+3*text) + s.projects.n*(int(unsafe.Sizeof(project{}))+3*text) + 4096
}
