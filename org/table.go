package org

import (
	"hash/maphash"
	"math/bits"
)

// An edit owns what it copied: whatever carries the edit's mark may be changed in place until the edit ends, anything
// else is copied first. That makes a single command cost a few small copies and a long replay none.
type edit struct{ _ byte }

// table is a growing list of rows. A few rows make a leaf, many leaves a branch: to write a row is to copy its leaf,
// the branch's lists of leaves and the short list of branches, however long the table is.
type table[T any] struct {
	owner    *edit
	n        int
	branches []branch[T]
}

type branch[T any] struct {
	owner  *edit
	leaves []*[leafRows]T
	owners []*edit // of the leaves
}

const (
	leafRows     = 8
	branchLeaves = 128
	branchRows   = leafRows * branchLeaves
)

// get returns the place of row i for reading.
func (t *table[T]) get(i uint32) *T {
	return &t.branches[i/branchRows].leaves[i/leafRows%branchLeaves][i%leafRows]
}

// at returns the place of row i for writing. It stays the row's place until the edit ends.
func (t *table[T]) at(e *edit, i uint32) *T {
	b, l := t.branch(e, i), i/leafRows%branchLeaves
	if b.owners[l] != e {
		c := *b.leaves[l]
		b.leaves[l], b.owners[l] = &c, e
	}
	return &b.leaves[l][i%leafRows]
}

func (t *table[T]) add(e *edit, v T) uint32 {
	i := uint32(t.n)
	if i%leafRows == 0 {
		b := t.branch(e, i)
		b.leaves, b.owners = append(b.leaves, new([leafRows]T)), append(b.owners, e)
	}
	t.n++
	*t.at(e, i) = v
	return i
}

// branch returns the branch of row i for writing, a new one if i is the first row of it.
func (t *table[T]) branch(e *edit, i uint32) *branch[T] {
	if t.owner != e {
		t.branches = append(make([]branch[T], 0, len(t.branches)+1), t.branches...)
		t.owner = e
	}
	if int(i/branchRows) == len(t.branches) {
		t.branches = append(t.branches, branch[T]{owner: e})
	}
	b := &t.branches[i/branchRows]
	if b.owner != e {
		b.leaves = append(make([]*[leafRows]T, 0, len(b.leaves)+1), b.leaves...)
		b.owners = append(make([]*edit, 0, len(b.owners)+1), b.owners...)
		b.owner = e
	}
	return b
}

// index leads from a text to a row number. It is a linear hash table: it grows by splitting one bucket at each
// insertion, so that no insertion pays for all. An entry is 32 bits of the text's hash and the row; the caller compares
// the text itself with the row's.
type index struct {
	n       int
	buckets table[bucket]
}

// bucket fills a cache line. Its entries stand in front, zeroes behind; what found no room lies in full buckets behind
// it, which never change.
type bucket struct {
	entries [bucketRoom]uint64
	full    *bucket
}

const (
	bucketRoom = 7
	bucketLoad = 4 // entries a bucket, on average
	noRow      = ^uint32(0)
)

var seed = maphash.MakeSeed()

func hashOf(text string) uint32 { return uint32(maphash.String(seed, text) >> 32) }

// entry is never zero: it holds the row one up.
func entry(hash, row uint32) uint64 { return uint64(hash)<<32 | uint64(row+1) }

// bucketOf is where a hash lies when there are n buckets.
func bucketOf(hash uint32, n int) uint32 {
	mask := uint32(1) << bits.Len(uint(n-1))
	if b := hash & (mask - 1); int(b) < n {
		return b
	}
	return hash & (mask>>1 - 1)
}

// find returns the row under a hash that is the one looked for, or noRow.
func (x *index) find(hash uint32, is func(row uint32) bool) uint32 {
	if x.n == 0 {
		return noRow
	}
	for b := x.buckets.get(bucketOf(hash, x.buckets.n)); b != nil; b = b.full {
		for _, e := range b.entries[:] {
			if uint32(e>>32) == hash && e != 0 && is(uint32(e)-1) {
				return uint32(e) - 1
			}
		}
	}
	return noRow
}

func (x *index) put(e *edit, hash, row uint32) {
	if x.n >= x.buckets.n*bucketLoad {
		x.split(e)
	}
	x.insert(e, entry(hash, row))
	x.n++
}

func (x *index) insert(e *edit, entry uint64) {
	b := x.buckets.at(e, bucketOf(uint32(entry>>32), x.buckets.n))
	for i := range b.entries {
		if b.entries[i] == 0 {
			b.entries[i] = entry
			return
		}
	}
	full := *b
	*b = bucket{entries: [bucketRoom]uint64{entry}, full: &full}
}

func (x *index) split(e *edit) {
	grown := x.buckets.n + 1
	x.buckets.add(e, bucket{})
	if grown > 1 {
		mask := uint32(1) << bits.Len(uint(grown-1))
		x.refill(e, uint32(grown-1)&(mask>>1-1), 0) // the only bucket whose entries may move
	}
}

func (x *index) drop(e *edit, hash, row uint32) {
	if x.n > 0 {
		x.refill(e, bucketOf(hash, x.buckets.n), entry(hash, row))
		x.n--
	}
}

// refill empties a bucket and inserts its entries anew, but one.
func (x *index) refill(e *edit, i uint32, without uint64) {
	b := x.buckets.at(e, i)
	old := *b
	*b = bucket{}
	for o := &old; o != nil; o = o.full {
		for _, entry := range o.entries {
			if entry != 0 && entry != without {
				x.insert(e, entry)
			}
		}
	}
}
