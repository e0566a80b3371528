package app

import (
	"bytes"
	"container/list"
	"sync"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// entry is one organization in memory. Its state is replaced, never changed.
type entry struct {
	id org.OrgID

	loading sync.Mutex // one confirmation or load at a time; others wait and look again

	mu        sync.Mutex
	state     *org.State // nil until loaded
	hash      []byte     // of the last event folded
	confirmed time.Time  // when the database was asked, with both clocks
	silent    time.Time  // when the database last did not say where the log ends; guarded by loading
	poison    error      // why the log cannot be folded
	tried     time.Time  // when that was found out
	saved     org.Version
}

// view is what an entry holds at a moment.
type view struct {
	state     *org.State
	hash      []byte
	confirmed time.Time
	poison    error
	tried     time.Time
}

func (e *entry) view() view {
	e.mu.Lock()
	defer e.mu.Unlock()
	return view{e.state, e.hash, e.confirmed, e.poison, e.tried}
}

// hold takes a newer state in, or only its confirmation. States never go back.
func (e *entry) hold(s *org.State, hash []byte, confirmed time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state == nil || s.Version() > e.state.Version() {
		e.state, e.hash = s, hash
	}
	if s.Version() == e.state.Version() && confirmed.After(e.confirmed) {
		e.confirmed = confirmed
	}
	e.poison = nil
}

// forget drops a state that the log does not lead to.
func (e *entry) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state, e.hash, e.confirmed, e.saved = nil, nil, time.Time{}, 0
}

// at reports whether the view is of a log that ends there.
func (v view) at(h store.Head) bool {
	return v.state != nil && uint64(v.state.Version()) == h.Version && bytes.Equal(v.hash, h.Hash)
}

// strayed reports whether the view is of no log that ends there, or goes on from there.
func (v view) strayed(h store.Head) bool {
	return v.state != nil && uint64(v.state.Version()) >= h.Version && !v.at(h)
}

// age is how long ago t was, by the clock that runs on when the machine sleeps as well as by the one nobody can set.
func age(now, t time.Time) time.Duration {
	return max(now.Sub(t), now.Round(0).Sub(t.Round(0)))
}

// cache keeps the organizations used last, within a number of bytes.
type cache struct {
	mu      sync.Mutex
	limit   int
	bytes   int
	entries map[org.OrgID]*list.Element
	recent  *list.List // of *slot, the last used first
}

type slot struct {
	*entry
	bytes int
}

func newCache(limit int) *cache {
	return &cache{limit: limit, entries: map[org.OrgID]*list.Element{}, recent: list.New()}
}

// get returns the entry of an organization, a new one if need be.
func (c *cache) get(id org.OrgID) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.entries[id]; ok {
		c.recent.MoveToFront(el)
		return el.Value.(*slot).entry
	}
	s := &slot{entry: &entry{id: id}, bytes: 256}
	c.entries[id] = c.recent.PushFront(s)
	c.bytes += s.bytes
	return s.entry
}

// peek returns the entry of an organization if there is one, without using it.
func (c *cache) peek(id org.OrgID) (*entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.entries[id]
	if !ok {
		return nil, false
	}
	return el.Value.(*slot).entry, true
}

// weigh notes what an entry has come to and returns how many others had to go. An entry alone may be over the limit.
func (c *cache) weigh(e *entry, bytes int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.entries[e.id]
	if !ok || el.Value.(*slot).entry != e {
		return 0
	}
	s := el.Value.(*slot)
	c.bytes += bytes - s.bytes
	s.bytes = bytes
	gone := 0
	for c.bytes > c.limit && c.recent.Len() > 1 {
		c.drop(c.recent.Back())
		gone++
	}
	return gone
}

// forget drops an entry, such as one of an organization that does not exist.
func (c *cache) forget(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.entries[e.id]; ok && el.Value.(*slot).entry == e {
		c.drop(el)
	}
}

func (c *cache) drop(el *list.Element) {
	s := el.Value.(*slot)
	c.recent.Remove(el)
	delete(c.entries, s.id)
	c.bytes -= s.bytes
}

// used returns the entries used last, at most n.
func (c *cache) used(n int) []*entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]*entry, 0, min(n, c.recent.Len()))
	for el := c.recent.Front(); el != nil && len(out) < n; el = el.Next() {
		out = append(out, el.Value.(*slot).entry)
	}
	return out
}

func (c *cache) size() (organizations, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.recent.Len(), c.bytes
}
