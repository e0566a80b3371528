package org

// owned holds rule 3.3.4: some owner is active, has started, has no end and is ready.
func (s *State) owned(at Instant) error {
	return s.ownedBy(func(m *member) bool { return s.started(m, at) && (!s.settled || m.ready()) })
}

// ownedBy finds one among the owners who are able whose membership has no end.
func (s *State) ownedBy(able func(*member) bool) error {
	why := ErrLastOwner
	for _, i := range s.ranked[RoleOwner.number()] {
		if m := s.people.get(i); able(m) {
			if s.window(m.window).End == 0 {
				return nil
			}
			why = ErrOwnerHasEnd
		}
	}
	return why
}

// Ownerless reports whether no owner could act for good, to which only the operator's disabling of accounts leads.
func (s *State) Ownerless(at Instant) bool {
	return s.Exists() && !s.over(at) && s.owned(at) != nil
}

// staysOwned holds rule 3.3.4 against what facts lead to, and knows its one exception: for safety, the operator disables
// also the last owner. Until there is another, everybody goes on as far as they may, but somebody stays who owns the
// organization again once enabled: so nobody gains by it.
func (now Situation) staysOwned(next *State, facts []Event) error {
	err := next.owned(now.at)
	disabling := len(facts) == 1 && nameOf(facts[0]) == nameOf((*MemberDisabled)(nil))
	if err == nil || !disabling && !now.Ownerless(now.at) {
		return err
	}
	return next.ownedBy(func(m *member) bool {
		return m.status == Active && next.window(m.window).Holds(now.at) && (!next.settled || m.proves())
	})
}

// Disable notes that the operator has disabled a person's account, or enabled it again. While it is disabled the
// membership stays what it is and gives nothing, and nobody in the organization lifts that.
type Disable struct {
	Person   PersonID `json:"person"`
	Disabled bool     `json:"disabled"`
}

func (Disable) needs() Need { return operatorOnly() }

func (c Disable) decide(now Situation) ([]Event, error) {
	_, m := now.member(c.Person, now.at)
	switch {
	case m == nil:
		return nil, ErrUnknownPerson
	case m.disabled() == c.Disabled:
		return nil, nil
	case !c.Disabled:
		return []Event{&MemberEnabled{c.Person}}, nil
	}
	others := func(o *member) bool { return o != m && now.started(o, now.at) && (!now.settled || o.ready()) }
	return []Event{&MemberDisabled{c.Person, now.ownedBy(others) != nil && !now.Ownerless(now.at)}}, nil
}

// MemberDisabled makes a membership give nothing until the account is enabled. Ownerless says that nobody else was left
// who could act as owner.
type MemberDisabled struct {
	Person    PersonID
	Ownerless bool
}

func (f *MemberDisabled) fields(c *codec) {
	text(c, "person", &f.Person)
	c.flag("ownerless", &f.Ownerless)
}

func (f *MemberDisabled) apply(s *State, m Meta) {
	if i := s.present(f.Person, m); i != noRow {
		s.editPerson(i).proofs |= Disabled
	}
}

// MemberEnabled makes a membership give again what it holds.
type MemberEnabled struct{ Person PersonID }

func (f *MemberEnabled) fields(c *codec) { text(c, "person", &f.Person) }

func (f *MemberEnabled) apply(s *State, m Meta) {
	if i := s.present(f.Person, m); i != noRow {
		row := s.editPerson(i)
		row.proofs &^= Disabled
		s.settle(row)
	}
}

// Erase ends all that a person is here, because the operator erases the account: the membership with everything it
// holds and the keys of service accounts that the person answers for, what a removal kept to be restored, and what is
// pending. What they made stays, and the log names them by an id that leads to nobody.
type Erase struct {
	Person PersonID `json:"person"`
}

func (Erase) needs() Need { return operatorOnly() }

func (c Erase) decide(now Situation) ([]Event, error) {
	i := now.person(c.Person)
	if i == noRow {
		return nil, ErrUnknownPerson
	}
	if m := now.people.get(i); !m.in() && m.past == nil && now.pendingInvitation(i) == noRow {
		return nil, nil
	}
	facts, err := now.endKeysBy(i, nil)
	return append(facts, &MemberErased{c.Person}), err
}

// MemberErased ends all that a person is here, for ever.
type MemberErased struct{ Person PersonID }

func (f *MemberErased) fields(c *codec) { text(c, "person", &f.Person) }

func (f *MemberErased) apply(s *State, m Meta) {
	i := s.person(f.Person)
	if i == noRow {
		s.broken("version %d: %s was never named here", m.Version, f.Person)
		return
	}
	was := *s.people.get(i) // a copy: a replay changes rows in place
	if was.in() {
		s.detach(i)
	}
	s.past -= was.past.ties()
	row := s.editPerson(i)
	if row.past = nil; was.status != NoMember {
		row.status = Left
	}
	s.endPending(i, m.At)
}

func (f *MemberErased) leads(s *State) []Lead { return departedLeads(s, f.Person) }
