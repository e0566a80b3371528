package org

import "slices"

// MostPeople is how many lines a list of people has at most.
const MostPeople = 5000

// PeopleAct is what is done to everybody of a list.
type PeopleAct string

const (
	PeopleAdd        PeopleAct = "add"
	PeopleSetRole    PeopleAct = "set_role"
	PeopleSuspend    PeopleAct = "suspend"
	PeopleReactivate PeopleAct = "reactivate"
	PeopleRemove     PeopleAct = "remove"
	PeopleRestore    PeopleAct = "restore"
)

// PeopleActs are all of them.
var PeopleActs = [...]PeopleAct{PeopleAdd, PeopleSetRole, PeopleSuspend, PeopleReactivate, PeopleRemove, PeopleRestore}

// ChangePeople does one thing to a list of people, in one command: what is refused on one line leaves the whole list
// undone, unless such lines are to be skipped. The actor's authority is that of the version before the list for every
// line, also behind one that is about the actor; that somebody stays owner, and that seats are left, is held line by
// line, so that it is true of the list as a whole and the report says where it ended.
type ChangePeople struct {
	Act   PeopleAct
	Lines []PersonLine
	Role  OrgRole // with add and set_role
	Window
	Skip bool // what is refused, and do the rest
}

// PersonLine is one line of a list.
type PersonLine struct {
	Person PersonID
	Proofs Proofs // with add and restore
	// Lacking is what the line lacks. If it names a person it is told only to those who might do this to them, as
	// nobody else learns who has an account.
	Lacking *Refusal
}

// Fate is what becomes of a line: it is refused, changes something, or finds everything so already.
type Fate struct {
	Refused *Refusal
	Changed bool
}

// LinesRefused is why a list was not done: the fates of its lines, in their order.
type LinesRefused struct{ Fates []Fate }

func (e *LinesRefused) Error() string { return ErrLinesRefused.Error() }
func (e *LinesRefused) Unwrap() error { return ErrLinesRefused }

// one is the command of one line.
func (c ChangePeople) one(l PersonLine) Command {
	switch c.Act {
	case PeopleAdd:
		return AddMember{Person: l.Person, Role: c.Role, Window: c.Window, Proofs: l.Proofs}
	case PeopleSetRole:
		return SetRole{Person: l.Person, Role: c.Role}
	case PeopleSuspend:
		return Suspend{l.Person}
	case PeopleReactivate:
		return Reactivate{l.Person}
	case PeopleRemove:
		return Remove{Person: l.Person}
	case PeopleRestore:
		return Restore{Person: l.Person, Window: c.Window, Proofs: l.Proofs}
	}
	return nil
}

func (c ChangePeople) needs() Need {
	if c.Act == PeopleSetRole {
		return inOrg("members:set_role")
	}
	return inOrg("members:manage")
}

func (c ChangePeople) valid() error {
	roles, dates := c.Act == PeopleAdd || c.Act == PeopleSetRole, c.Act == PeopleAdd || c.Act == PeopleRestore
	switch {
	case !slices.Contains(PeopleActs[:], c.Act):
		return ErrBadAct
	case !roles && c.Role != "", !dates && c.Window != (Window{}):
		return ErrActTakesNone
	case len(c.Lines) == 0:
		return ErrNoLines
	case len(c.Lines) > MostPeople:
		return ErrTooManyLines
	}
	if roles {
		if err := c.Role.valid(); err != nil {
			return err
		}
	}
	return c.Window.valid()
}

func (c ChangePeople) decide(now Situation) ([]Event, error) {
	l, err := c.list(now)
	if err != nil {
		return nil, err
	}
	if !c.Skip && slices.ContainsFunc(l.fates, func(f Fate) bool { return f.Refused != nil }) {
		return nil, &LinesRefused{l.fates}
	}
	return l.facts, nil
}

// Foresee says what would become of every line, and what the organization would be after those that are not refused. On
// the state before a command it says what that came to.
func (s *State) Foresee(by Actor, at Instant, c ChangePeople) ([]Fate, *State, error) {
	now, err := situate(s, by, at, c)
	if err != nil {
		return nil, nil, err
	}
	l, err := c.list(now)
	return l.fates, l.after, err
}

// A listing is a list that is decided line by line, each line in the state that those before it leave and with the
// authority that the actor had before all.
type listing struct {
	ChangePeople
	now   Situation
	left  int   // seats
	first []int // for each line the first one about the same person, itself mostly
	facts []Event
	fates []Fate
	after *State
}

func (c ChangePeople) list(now Situation) (*listing, error) {
	l := &listing{ChangePeople: c, now: now, left: now.seatsLeft(), fates: make([]Fate, len(c.Lines)), first: make([]int, len(c.Lines)), after: now.State}
	seen := make(map[PersonID]int, len(c.Lines))
	for i, line := range c.Lines {
		first, again := seen[line.Person]
		if !again || line.Lacking != nil {
			first = i
			seen[line.Person] = i
		}
		l.first[i] = first
	}
	return l, l.part(0, len(c.Lines))
}

// part decides some of the lines. They share one replay, as long as nothing that was folded has to be taken back: then
// halves of them are tried.
func (l *listing) part(from, to int) error {
	try := *l
	r := l.after.Replay()
	for i := from; i < to; i++ {
		if l.twice(i) {
			l.fates[i] = Fate{Refused: ErrTwiceInList}
			continue
		}
		folded, err := try.line(r, l.Lines[i])
		refusal, refused := err.(*Refusal)
		switch {
		case err != nil && !refused:
			return err
		case folded && refused && to-from > 1:
			half := from + (to-from)/2
			if err := l.part(from, half); err != nil {
				return err
			}
			return l.part(half, to)
		case folded && refused:
			l.fates[i].Refused = refusal
			return nil
		}
		l.fates[i] = Fate{refusal, folded}
	}
	l.left, l.facts, l.after = try.left, try.facts, r.State()
	return nil
}

// twice reports whether an earlier line is about the same person, unless nobody here is told who that is: two names of
// somebody elsewhere are two people whom nobody knows.
func (l *listing) twice(i int) bool {
	first := l.first[i]
	return first < i && (l.fates[first].Refused == nil || l.fates[first].Refused.Kind != NotFound)
}

// line decides one line and folds what follows from it, also, as folded says, where it is refused for what it led to.
func (l *listing) line(r *Replay, line PersonLine) (folded bool, err error) {
	if !line.Person.Valid() {
		if line.Lacking != nil {
			return false, line.Lacking
		}
		return false, ErrBadID
	}
	now, running := l.now, &r.next
	now.State = running
	facts, err := l.one(line).decide(now)
	if err != nil {
		return false, err
	}
	had, version := running.takesSeat(line.Person, now.at), running.version
	if err := now.follow(r, facts); err != nil {
		return running.version != version, err
	}
	folded = running.version != version
	if line.Lacking != nil {
		return folded, line.Lacking
	}
	if !folded {
		return false, nil
	}
	if err := now.staysOwned(running, facts); err != nil {
		return true, err
	}
	taken := running.takesSeat(line.Person, now.at) - had
	if taken > l.left {
		return true, ErrNoSeat
	}
	l.left -= taken
	l.facts = append(l.facts, facts...)
	return true, nil
}

// seatsLeft is how many more seats the actor may fill; below zero, none have to be given back.
func (now Situation) seatsLeft() int {
	const enough = 2 * MostPeople
	if now.by.Operator || now.plan.terms == nil {
		return enough
	}
	most, limited := now.plan.terms.Seats.most()
	if !limited {
		return enough
	}
	return max(0, most-now.seats(now.at, 0))
}

// takesSeat is 1 for who takes a seat, else 0.
func (s *State) takesSeat(p PersonID, at Instant) int {
	i := s.person(p)
	if i == noRow || !s.seated(s.people.get(i), at) {
		return 0
	}
	return 1
}
