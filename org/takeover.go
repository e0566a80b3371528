package org

// TakeOver makes the actor hold what a person row held that stood for an address which the actor has proved. It gives
// nothing anew: what was held for a time, or asleep, stays so. Where the actor was removed, the row is suspended while
// the actor is not, or its account disabled, nothing is taken over.
type TakeOver struct {
	From   PersonID `json:"-"`
	Proofs Proofs   `json:"-"` // what is known of the actor's sign-in
}

func (TakeOver) needs() Need { return anybody().evenSuspended() }

func (c TakeOver) decide(now Situation) ([]Event, error) {
	from := now.person(c.From)
	if from == noRow || c.From == now.by.Person {
		return nil, nil
	}
	was := now.people.get(from)
	if was.disabled() {
		return nil, nil // another account is no way around it
	}
	held := !now.gone(was, now.at)
	if row := now.person(now.by.Person); row != noRow {
		me := now.people.get(row)
		if me.status == Removed || me.in() && now.gone(me, now.at) || held && was.status == Suspended && !now.gone(me, now.at) && me.status != Suspended {
			return nil, nil
		}
	}
	if !held && now.invited(from, now.at) == noRow {
		return nil, nil
	}
	facts := []Event{&PersonTakenOver{c.From, now.by.Person, c.Proofs}}
	if held && was.status == Active && !now.entered {
		facts = append(facts, &Entered{Person: now.by.Person})
	}
	return facts, nil
}

// PersonTakenOver moves what one person row held to another.
type PersonTakenOver struct {
	Former PersonID
	Person PersonID
	Proofs Proofs
}

func (f *PersonTakenOver) fields(c *codec) {
	text(c, "former", &f.Former)
	text(c, "person", &f.Person)
	number(c, "proofs", &f.Proofs)
}

func (f *PersonTakenOver) apply(s *State, m Meta) {
	from, to := s.person(f.Former), s.known(f.Person)
	if from == noRow || to == noRow || from == to {
		s.broken("version %d: %s cannot take over %s", m.Version, f.Person, f.Former)
		return
	}
	s.readdress(from, to)
	if was := *s.people.get(from); !s.gone(&was, m.At) {
		s.endRequests(from, m.At)
		s.detach(from)
		s.editPerson(from).past = nil
		if s.gone(s.people.get(to), m.At) {
			s.succeed(to, &was, f.Proofs, m)
		} else {
			s.unite(to, &was, m)
		}
	}
}

// readdress moves pending invitations from one row to another.
func (s *State) readdress(from, to uint32) {
	for i := s.pendingInvitation(from); i != noRow; i = s.pendingInvitation(from) {
		s.invitedAt.drop(s.edit, hashOf(s.bodyOfPerson(from)), i)
		s.editInvitation(i).person = to
		s.invitedAt.put(s.edit, hashOf(s.bodyOfPerson(to)), i)
	}
}

// succeed begins a membership that is another row's in everything but the person.
func (s *State) succeed(to uint32, was *member, p Proofs, m Meta) {
	s.endRequests(to, m.At)
	s.detach(to)
	row := s.editPerson(to)
	s.past -= row.past.ties()
	row.since, row.change = m.Version, 0
	row.joined, row.by, row.source, row.window = was.joined, was.by, was.source, was.window
	row.status, row.proofs, row.past = was.status, p, was.past
	if was.status == Suspended {
		s.counts.Suspended++
	} else {
		s.counts.Active++
	}
	s.rank(to, was.role)
	for _, t := range was.grants.all() {
		s.addGrant(to, t)
	}
	for _, t := range was.teams.all() {
		s.addPlace(to, t)
	}
}

// unite adds to a membership what another row held, within the dates of that row's membership. The higher organization
// role holds if both memberships have the same dates; otherwise one of them would last longer than it was given for.
func (s *State) unite(to uint32, was *member, m Meta) {
	me := s.editPerson(to)
	bound := s.window(was.window)
	if s.catalog != nil && bound == s.window(me.window) && s.orgSet(was).covers(s.orgSet(me)) && !s.orgSet(me).covers(s.orgSet(was)) {
		s.rank(to, was.role)
	}
	for _, t := range was.grants.all() {
		if t, ok := s.within(t, bound, m.At); ok {
			s.addGrant(to, t)
		}
	}
	for _, t := range was.teams.all() {
		if t, ok := s.within(t, bound, m.At); ok {
			s.addPlace(to, t)
		}
	}
}

// within cuts a tie to a window; not ok if nothing is left of it.
func (s *State) within(t tie, bound Window, at Instant) (tie, bool) {
	w := s.window(t.window)
	cut := Window{Start: max(w.Start, bound.Start), End: sooner(w.End, bound.End)}
	if cut != w {
		t.window = s.windowRow(cut)
	}
	return t, !cut.Ended(at) && (cut.End == 0 || cut.Start < cut.End)
}

// addGrant adds a grant that another row held. Of two alike the dates are joined if there is no gap between them;
// otherwise the one that is there stays, unless it is over.
func (s *State) addGrant(to uint32, t tie) {
	if held, found := findTie(s.people.get(to).grants.to(t.to), t.role, t.source); found {
		was, is := s.window(held.window), s.window(t.window)
		switch {
		case was.Ended(s.at):
		case touch(was, is):
			held.window = s.windowRow(was.join(is))
			t = held
		default:
			return
		}
	}
	row := s.editPerson(to)
	before := row.grants.len()
	row.grants = row.grants.with(t)
	s.counts.Grants += row.grants.len() - before
	s.hold(s.editProject(t.to), to, true)
}

// addPlace adds a place in a team that another row held; of two, the one that is there stays unless it is over.
func (s *State) addPlace(to uint32, t tie) {
	row := s.editPerson(to)
	if held, in := placeIn(row.teams, t.to); in {
		if !s.window(held.window).Ended(s.at) && (held.manage || !t.manage || s.window(held.window) != s.window(t.window)) {
			return
		}
		row.teams = row.teams.without(row.teams.first(t.to))
	}
	row.teams = row.teams.with(t)
	s.enlist(s.editTeam(t.to), to, true)
}

// touch reports whether two windows overlap or follow each other without a gap.
func touch(a, b Window) bool {
	return (a.End == 0 || b.Start <= a.End) && (b.End == 0 || a.Start <= b.End)
}
