package org

import (
	"iter"
	"slices"
)

// Lists run in the order in which the log first named their rows, which never changes: a page goes on after the last
// id of the one before. An unknown id to go on after gives an empty list.

// ProjectsWhere yields the projects in which a person or service account has a permission, from the first behind after on.
func (s *State) ProjectsWhere(person PersonID, p Permission, at Instant, after ProjectID) iter.Seq[ProjectID] {
	return func(yield func(ProjectID) bool) {
		if s == nil || s.damage != nil || s.catalog == nil {
			return
		}
		bit, known := s.catalog.number[p]
		i := s.principal(person)
		from, ok := s.behindProject(after)
		if !known || i == noRow || !ok || !s.active(s.people.get(i), at) {
			return
		}
		m := s.people.get(i)
		check := func(row uint32) bool {
			return row < from || s.projects.get(row).deleted != 0 || !s.checkOn(m, bit, row, at) || yield(s.projects.get(row).id())
		}
		if s.projectSet(s.everywhere(m.role)).has(bit) {
			for row := from; row < uint32(s.projects.n) && check(row); row++ {
			}
			return
		}
		for _, row := range s.touched(m) {
			if !check(row) {
				return
			}
		}
	}
}

// touched returns the rows of the projects that some source of a member's leads to, in order.
func (s *State) touched(m *member) []uint32 {
	rows := slices.Clone(s.open)
	for _, t := range m.grants.all() {
		rows = append(rows, t.to)
	}
	for _, place := range m.teams.all() {
		for _, t := range s.teams.get(place.to).grants.all() {
			rows = append(rows, t.to)
		}
	}
	for _, n := range s.namedIn(m.role) {
		rows = append(rows, n.project)
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

func (s *State) behindProject(after ProjectID) (uint32, bool) {
	if after == "" {
		return 0, true
	}
	i := s.projectEver(after) // which may have left since the page before
	return i + 1, i != noRow
}

func (s *State) behindPerson(after PersonID) (uint32, bool) {
	if after == "" {
		return 0, true
	}
	i := s.person(after)
	return i + 1, i != noRow
}

// PeopleWhere yields the people who have a permission in a project, or in the organization if none is named.
func (s *State) PeopleWhere(in ProjectID, p Permission, at Instant, after PersonID) iter.Seq[PersonID] {
	return func(yield func(PersonID) bool) {
		if s == nil || s.damage != nil || s.catalog == nil {
			return
		}
		bit, known := s.catalog.number[p]
		from, ok := s.behindPerson(after)
		row := s.projectRow(in)
		if !known || !ok || in != "" && (row == noRow || s.projects.get(row).deleted != 0) {
			return
		}
		for i := range s.holders(in, row, from) {
			m := s.people.get(i)
			if m.machine || in == "" && !s.checkOrg(m, bit, at) || in != "" && !s.checkOn(m, bit, row, at) {
				continue
			}
			if !yield(m.id()) {
				return
			}
		}
	}
}

// holders yields, in order from a row on, the rows of people who may hold something in the place.
func (s *State) holders(in ProjectID, row, from uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if in == "" || len(s.projects.get(row).everyone)+len(s.projects.get(row).anybody) > 0 {
			for i := from; i < uint32(s.people.n) && yield(i); i++ {
			}
			return
		}
		rows := s.candidates(row)
		slices.Sort(rows)
		for _, i := range rows {
			if i >= from && !yield(i) {
				return
			}
		}
	}
}

// PeopleOf yields the people who have any access to a project at that instant or later, whatever their status.
func (s *State) PeopleOf(in ProjectID, at Instant, after PersonID) iter.Seq[PersonID] {
	return func(yield func(PersonID) bool) {
		row := s.projectRow(in)
		from, ok := s.behindPerson(after)
		if row == noRow || !ok || s.catalog == nil {
			return
		}
		for i := range s.holders(in, row, from) {
			m := s.people.get(i)
			if !m.machine && !s.gone(m, at) && len(s.sources(m, row, at)) > 0 && !yield(m.id()) {
				return
			}
		}
	}
}

// Members yields all members at that instant: active, waiting for their start, and suspended.
func (s *State) Members(at Instant, after PersonID) iter.Seq[Member] {
	return func(yield func(Member) bool) {
		from, ok := s.behindPerson(after)
		for i := from; ok && i < uint32(s.people.n); i++ {
			if m := s.people.get(i); !m.machine && !s.gone(m, at) && !yield(s.viewMember(m, at)) {
				return
			}
		}
	}
}

// Teams yields all teams.
func (s *State) Teams(after TeamID) iter.Seq[Team] {
	return func(yield func(Team) bool) {
		from := uint32(0)
		if after != "" {
			from = s.teamRow(after) + 1
			if from == 0 {
				return
			}
		}
		for i := from; i < uint32(s.teams.n); i++ {
			if t := s.teams.get(i); !t.deleted && !yield(s.viewTeam(t)) {
				return
			}
		}
	}
}

// Projects yields all projects, or those that are deleted.
func (s *State) Projects(deleted bool, after ProjectID) iter.Seq[Project] {
	return func(yield func(Project) bool) {
		from, ok := s.behindProject(after)
		for i := from; ok && i < uint32(s.projects.n); i++ {
			if p := s.projects.get(i); (p.deleted != 0) == deleted && !p.left && !yield(s.viewProject(p)) {
				return
			}
		}
	}
}

// Roster yields the places in a team that have not ended.
func (s *State) Roster(team TeamID, at Instant, after PersonID) iter.Seq[Place] {
	return func(yield func(Place) bool) {
		row, t := s.liveTeam(team)
		from, ok := s.behindPerson(after)
		if t == nil || !ok {
			return
		}
		for _, i := range t.roster {
			m := s.people.get(i)
			if i < from || s.gone(m, at) {
				continue
			}
			place := m.teams.at(m.teams.first(row))
			if w := s.window(place.window); !w.Ended(at) && !yield(s.viewPlace(m, place, at)) {
				return
			}
		}
	}
}
