package org

import "fmt"

// An Event is a fact that happened. It lists its fields for the disk and knows what it changes.
type Event interface {
	fielded
	apply(*State, Meta)
}

// Meta is what is true of every fact: its place in the log, its instant, and who made it happen.
type Meta struct {
	Version Version
	At      Instant
	Command CommandID // facts of one command share it
	Actor   PersonID  // empty: the operator
	Via     KeyID     // the key that acted for the person, if one did
}

// Stamped is a fact in its place in the log.
type Stamped struct {
	Meta
	Event Event
}

// Evolve folds facts into a state and returns the next one; the given state stays as it is. A fact that cannot follow
// leaves a damaged state, which denies everything.
func Evolve(s *State, facts ...Stamped) *State {
	if len(facts) == 0 {
		return s
	}
	r := s.Replay()
	r.next.fold(facts)
	return r.State()
}

// A Replay folds a log that comes in parts. Between them it copies nothing, as one Evolve after the other would.
type Replay struct{ next State }

// Replay begins a replay of what follows the state, which stays as it is.
func (s *State) Replay() *Replay {
	r := &Replay{*s}
	r.next.edit = &edit{}
	return r
}

// Fold takes the next facts and says whether the log can be folded so far.
func (r *Replay) Fold(facts ...Stamped) error {
	r.next.fold(facts)
	return r.next.damage
}

// State returns what the log folds into, and ends the replay: nothing may be folded afterwards.
func (r *Replay) State() *State {
	r.next.edit = nil
	return &r.next
}

func (s *State) fold(facts []Stamped) {
	defer func() {
		// A log is data from outside: what no check foresaw must poison this organization only.
		if r := recover(); r != nil {
			s.broken("version %d: %v", s.version+1, r)
		}
	}()
	for i := range facts {
		switch f := &facts[i]; {
		case s.damage != nil:
			return
		case f.Version != s.version+1:
			s.broken("version %d follows %d", f.Version, s.version)
		case f.At < s.at:
			s.broken("version %d lies before its predecessor in time", f.Version)
		case s.version == 0 && !founds(f.Event):
			s.broken("the first fact does not found an organization")
		case states(f.Event):
			s.broken("version %d: %s stands in snapshots only", f.Version, nameOf(f.Event))
		case !s.follows(f.Event, f.At):
			s.broken("version %d: %s follows the end of the organization", f.Version, nameOf(f.Event))
		default:
			s.version, s.at = f.Version, f.At
			f.Event.apply(s, f.Meta)
		}
	}
}

func founds(e Event) bool { _, ok := e.(*OrganizationCreated); return ok }

// Stamp gives facts that follow a state their places, sharing what the command knows.
func Stamp(s *State, m Meta, facts []Event) []Stamped {
	out := make([]Stamped, len(facts))
	m.At = s.Next(m.At)
	for i, f := range facts {
		m.Version = s.version + Version(i) + 1
		out[i] = Stamped{m, f}
	}
	return out
}

// Next returns the instant at which something may follow: a clock that went back does not take the log along.
func (s *State) Next(at Instant) Instant { return max(at, s.at) }

// giver is the row that a fact names as the one who gave.
func (m Meta) row(s *State) uint32 {
	if m.Actor == "" {
		return operatorRow
	}
	return s.known(m.Actor)
}

// Decode reads a fact back from its name and fields.
func Decode(name string, data []byte) (Event, error) {
	row, ok := catalog[name]
	if !ok {
		return nil, fmt.Errorf("unknown fact %q", name)
	}
	e, err := row.decode(data)
	if err != nil {
		return nil, fmt.Errorf("fact %s: %w", name, err)
	}
	return e, nil
}

// Encode returns a fact's name on disk and its fields.
func Encode(e Event) (name string, data []byte) { return nameOf(e), encodeFact(e) }
