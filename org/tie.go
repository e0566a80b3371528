package org

import (
	"iter"
	"slices"
)

// tie binds a subject to a project with a role, or a person to a team as manager or not.
type tie struct {
	at     Instant
	to     uint32 // row of the project or team
	by     uint32 // row of the person who gave it; operatorRow for the operator
	window uint32
	role   roleNumber
	source uint8
	manage bool
}

const operatorRow = noRow

// ties are those of one holder, in order of target, role and source. There may be a million of them, so they hold no
// pointers and lie close: first a word for each with what a check reads, then two words for each with the rest.
type ties []uint64

const tieWords = 3

// link is the first word of a tie: target (32 bits), role (22) and source (6), by which ties are in order, and behind
// them its marks.
type link uint64

const (
	roleShift   = 10
	sourceShift = 4
	maxRole     = 1<<22 - 1
	maxSource   = 1<<6 - 1
)

const (
	managing link = 1 << iota // a manager's place
	bounded                   // it has a window
	unmarked = ^(managing | bounded)
)

func (t tie) link() link {
	l := link(t.to)<<32 | link(t.role)<<roleShift | link(t.source)<<sourceShift
	if t.manage {
		l |= managing
	}
	if t.window != 0 {
		l |= bounded
	}
	return l
}

func (l link) to() uint32       { return uint32(l >> 32) }
func (l link) role() roleNumber { return roleNumber(l>>roleShift) & maxRole }

func (t ties) len() int { return len(t) / tieWords }

func (t ties) link(i int) link { return link(t[i]) }

// window is the row of a tie's window.
func (t ties) window(i int) uint32 { return uint32(t[t.len()+2*i+1]) }

func (t ties) at(i int) tie {
	l, rest := link(t[i]), t[t.len()+2*i:]
	return tie{at: Instant(rest[0]), to: l.to(), by: uint32(rest[1] >> 32), window: uint32(rest[1]), role: l.role(),
		source: uint8(l>>sourceShift) & maxSource, manage: l&managing != 0}
}

func (t ties) set(i int, v tie) {
	rest := t[t.len()+2*i:]
	t[i], rest[0], rest[1] = uint64(v.link()), uint64(v.at), uint64(v.by)<<32|uint64(v.window)
}

// all yields the ties in order.
func (t ties) all() iter.Seq2[int, tie] {
	return func(yield func(int, tie) bool) {
		for i := range t.len() {
			if !yield(i, t.at(i)) {
				return
			}
		}
	}
}

// first returns the place of the first tie that leads to a row, or where it belongs.
func (t ties) first(to uint32) int {
	low, high := 0, t.len()
	for low < high {
		if middle := int(uint(low+high) >> 1); t.link(middle).to() < to {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// leadTo reports whether one of the ties leads to a row.
func (t ties) leadTo(to uint32) bool {
	i := t.first(to)
	return i < t.len() && t.link(i).to() == to
}

// to returns the ties that lead to a row.
func (t ties) to(row uint32) []tie {
	var out []tie
	for i := t.first(row); i < t.len() && t.link(i).to() == row; i++ {
		out = append(out, t.at(i))
	}
	return out
}

// find returns the place of the tie with that target, role and source, or where it belongs.
func (t ties) find(v tie) (int, bool) {
	for i := t.first(v.to); ; i++ {
		if i == t.len() || t.link(i)&unmarked >= v.link()&unmarked {
			return i, i < t.len() && t.link(i)&unmarked == v.link()&unmarked
		}
	}
}

// with returns the ties and one more, or one in another's place.
func (t ties) with(v tie) ties {
	i, found := t.find(v)
	if found {
		out := slices.Clone(t)
		out.set(i, v)
		return out
	}
	n := t.len()
	out := make(ties, len(t)+tieWords)
	copy(out, t[:i])
	copy(out[i+1:], t[i:n])
	copy(out[n+1:], t[n:n+2*i])
	copy(out[n+1+2*(i+1):], t[n+2*i:])
	out.set(i, v)
	return out
}

// without returns the ties but the i-th.
func (t ties) without(i int) ties {
	n := t.len()
	if n == 1 {
		return nil
	}
	out := make(ties, 0, len(t)-tieWords)
	out = append(append(out, t[:i]...), t[i+1:n]...)
	return append(append(out, t[n:n+2*i]...), t[n+2*(i+1):]...)
}

// findTie finds the tie with that role and source among those that lead to one row.
func findTie(list []tie, role roleNumber, source uint8) (tie, bool) {
	for _, t := range list {
		if t.role == role && t.source == source {
			return t, true
		}
	}
	return tie{}, false
}
