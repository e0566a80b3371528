package org

import (
	"hash/maphash"
	"math/bits"
)

// An edit owns what it copied: whatever carries the edit's mark may be changed in place until the edit ends, anything
// else is copied first. That makes a single command cost a few small copies and a long replay none.
type edit struct{ _ byte }

const chunkRows = 64

// table is a growing list in chunks, of which a change copies one chunk and the list of chunks.
type table[T any] struct {
	owner  *edit
	n      int
	chunks []*chunk[T]
}

type chunk[T any] struct {
	owner *edit
	rows  [chunkRows]T
}

func (t *table[T]) get(i uint32) T { return t.chunks[i/chunkRows].rows[i%chunkRows] }

func (t *table[T]) open(e *edit) {
	if t.owner != e {
		t.chunks = append(make([]*chunk[T], 0, len(t.chunks)+1), t.chunks...)
		t.owner = e
	}
}

// at returns the place of row i for writing.
func (t *table[T]) at(e *edit, i uint32) *T {
	t.open(e)
	c := t.chunks[i/chunkRows]
	if c.owner != e {
		c = &chunk[T]{owner: e, rows: c.rows}
		t.chunks[i/chunkRows] = c
	}
	return &c.rows[i%chunkRows]
}

func (t *table[T]) add(e *edit, v T) uint32 {
	t.open(e)
	i := uint32(t.n)
	if t.n%chunkRows == 0 {
		t.chunks = append(t.chunks, &chunk[T]{owner: e})
	}
	t.n++
	*t.at(e, i) = v
	return i
}

// index leads from a text to a row number. It is a linear hash table: it grows by splitting one bucket at each
// insertion, so that no insertion pays for all. An entry is 32 bits of the text's hash and the row; the caller compares
// the text itself with the row's.
type index struct {
	n       int
	buckets table[[]uint64]
}

const (
	bucketLoad = 6
	noRow      = ^uint32(0)
)

var seed = maphash.MakeSeed()

func hashOf(text string) uint32 { return uint32(maphash.String(seed, text) >> 32) }

// bucket is where a hash lies when there are n buckets.
func bucket(hash uint32, n int) uint32 {
	mask := uint32(1) << bits.Len(uint(n-1))
	if b := hash & (mask - 1); int(b) < n {
		return b
	}
	return hash & (mask>>1 - 1)
}

// candidates returns the bucket in which text would lie.
func (x *index) candidates(hash uint32) []uint64 {
	if x.buckets.n == 0 {
		return nil
	}
	return x.buckets.get(bucket(hash, x.buckets.n))
}

func (x *index) put(e *edit, hash, row uint32) {
	if x.buckets.n == 0 || x.n >= x.buckets.n*bucketLoad {
		x.split(e)
	}
	x.insert(e, hash, row)
	x.n++
}

func (x *index) insert(e *edit, hash, row uint32) {
	b := x.buckets.at(e, bucket(hash, x.buckets.n))
	grown := make([]uint64, len(*b)+1) // a copy: the old one may belong to another state
	copy(grown, *b)
	grown[len(*b)] = uint64(hash)<<32 | uint64(row)
	*b = grown
}

func (x *index) split(e *edit) {
	grown := x.buckets.n + 1
	if grown == 1 {
		x.buckets.add(e, nil)
		return
	}
	mask := uint32(1) << bits.Len(uint(grown-1))
	from := uint32(grown-1) & (mask>>1 - 1) // the only bucket whose entries may move
	old := x.buckets.get(from)
	x.buckets.add(e, nil)
	*x.buckets.at(e, from) = nil
	for _, entry := range old {
		x.insert(e, uint32(entry>>32), uint32(entry))
	}
}

func (x *index) drop(e *edit, hash, row uint32) {
	if x.buckets.n == 0 {
		return
	}
	b := x.buckets.at(e, bucket(hash, x.buckets.n))
	kept := make([]uint64, 0, len(*b))
	for _, entry := range *b {
		if entry != uint64(hash)<<32|uint64(row) {
			kept = append(kept, entry)
		}
	}
	x.n -= len(*b) - len(kept)
	*b = kept
}
