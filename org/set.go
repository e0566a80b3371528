package org

import "math/bits"

// Set is a set of permissions of one catalog, by their place in it.
type Set []uint64

func (s Set) has(i int) bool { return i>>6 < len(s) && s[i>>6]>>(i&63)&1 != 0 }

func (s *Set) add(i int) {
	for i>>6 >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[i>>6] |= 1 << (i & 63)
}

func (s *Set) addAll(o Set) {
	for len(*s) < len(o) {
		*s = append(*s, 0)
	}
	for i, w := range o {
		(*s)[i] |= w
	}
}

// covers reports whether every member of o is in s.
func (s Set) covers(o Set) bool {
	for i, w := range o {
		if i < len(s) {
			w &^= s[i]
		}
		if w != 0 {
			return false
		}
	}
	return true
}

// len is how many members the set has.
func (s Set) len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}
