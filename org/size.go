package org

import "unsafe"

// Size estimates the bytes of memory that a state takes, the catalog apart: from numbers of rows, without walking them.
func (s *State) Size() int {
	reached := s.counts.Grants + s.places // each stands in two lists
	held := reached + s.past + s.parts
	size := int(unsafe.Sizeof(*s)) + s.people.size() + s.teams.size() + s.projects.size() + s.windows.size() +
		s.invites.size() + s.asks.size()
	for _, x := range []*index{&s.personAt, &s.teamAt, &s.projectAt, &s.teamNamed, &s.projectNamed, &s.teamExternal, &s.projectExternal,
		&s.inviteAt, &s.invitedAt, &s.requestAt, &s.requestedAt} {
		size += x.buckets.size()
	}
	size += rounded(held*tieWords*wordSize) + reached*listed
	if s.past > 0 {
		size += (s.people.n - s.counts.Active) * int(unsafe.Sizeof(former{}))
	}
	return size + s.texts()
}

// CheckSize is the part of Size that checks read: the rows, of their ties the links, and the indexes by id.
func (s *State) CheckSize() int {
	links := (s.counts.Grants + s.places) * wordSize
	return s.people.size() + s.teams.size() + s.projects.size() + s.windows.size() + rounded(links) +
		s.personAt.buckets.size() + s.projectAt.buckets.size()
}

const (
	wordSize = 8
	listed   = 5 // bytes of an entry in a list of rows, with a quarter of room to grow
)

// rounded adds what the allocator rounds up by, on average.
func rounded(bytes int) int { return bytes + bytes/16 }

func (t *table[T]) size() int {
	leaves := (t.n + leafRows - 1) / leafRows
	return len(t.branches)*int(unsafe.Sizeof(branch[T]{})) + leaves*(2*wordSize+rounded(int(unsafe.Sizeof([leafRows]T{}))))
}

// texts are the names and other words of teams and projects.
func (s *State) texts() int {
	return sampled(s.teams.n, func(row uint32) int {
		t := s.teams.get(row)
		return allocated(t.name) + allocated(t.external)
	}) + sampled(s.projects.n, func(row uint32) int {
		p := s.projects.get(row)
		return allocated(p.name) + allocated(p.external) + allocated(p.timezone) + allocated(p.region)
	})
}

// sampled estimates a sum over n rows from a few of them.
func sampled(n int, size func(row uint32) int) int {
	some, sum := min(n, 16), 0
	for i := range some {
		sum += size(uint32(i * n / some))
	}
	return sum * n / max(1, some)
}

func allocated[T ~string](text T) int { return (len(text) + 15) &^ 15 }
