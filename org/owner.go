package org

// TransferOwnership makes another member owner and, if wished, gives the actor another role, in one version.
type TransferOwnership struct {
	To       PersonID `json:"to"`
	StepDown OrgRole  `json:"step_down_to,omitempty"`
}

func (TransferOwnership) needs() Need { return inOrg("owners:make") }

func (c TransferOwnership) valid() error {
	if c.StepDown != "" {
		return c.StepDown.valid()
	}
	return nil
}

func (c TransferOwnership) decide(now Situation) ([]Event, error) {
	i, m := now.member(c.To, now.at)
	switch {
	case m == nil:
		return nil, ErrUnknownPerson
	case m.status == Suspended:
		return nil, ErrMemberSuspended
	case c.StepDown != "" && (now.me == nil || i == now.row):
		return nil, ErrStepDown
	}
	var facts []Event
	if m.role != RoleOwner.number() {
		facts = append(facts, &RoleSet{c.To, RoleOwner})
	}
	if c.StepDown != "" && c.StepDown != RoleOwner {
		facts = append(facts, &RoleSet{now.by.Person, c.StepDown})
	}
	return facts, nil
}

// Vouch notes that the operator vouches for a person's sign-in, or no longer does.
type Vouch struct {
	Person  PersonID `json:"person"`
	Vouched bool     `json:"vouched"`
}

func (Vouch) needs() Need { return operatorOnly() }

func (c Vouch) decide(now Situation) ([]Event, error) {
	_, m := now.member(c.Person, now.at)
	if m == nil {
		return nil, ErrUnknownPerson
	}
	proofs := m.proofs &^ Vouched
	if c.Vouched {
		proofs |= Vouched
	}
	if proofs == m.proofs {
		return nil, nil
	}
	return []Event{&ReadinessChanged{c.Person, proofs}}, nil
}

// ReadinessChanged holds all that is known from then on of a member's ability to sign in.
type ReadinessChanged struct {
	Person PersonID
	Proofs Proofs
}

func (f *ReadinessChanged) fields(c *codec) {
	text(c, "person", &f.Person)
	number(c, "proofs", &f.Proofs)
}

func (f *ReadinessChanged) apply(s *State, m Meta) {
	if i := s.present(f.Person, m); i != noRow {
		row := s.editPerson(i)
		row.proofs = f.Proofs
		s.settle(row)
	}
}

// Restore brings back somebody who was removed, as far as the actor covers it and it still exists; as plain member if
// the actor does not cover the organization role. The membership takes up its dates, unless others are named; one that
// had come to its end needs a new end, for nobody's access is to become lasting by a restoring.
type Restore struct {
	Person PersonID `json:"person"`
	Window
	Proofs Proofs `json:"-"`
}

func (Restore) needs() Need    { return inOrg("members:manage") }
func (c Restore) valid() error { return c.Window.valid() }

func (c Restore) decide(now Situation) ([]Event, error) {
	i := now.person(c.Person)
	if i == noRow {
		return nil, ErrUnknownPerson
	}
	past, err := now.formerOf(now.people.get(i), now.at)
	if err != nil {
		return nil, err
	}
	role := now.orgRole(past.role)
	window := past.window
	if c.Window != (Window{}) {
		window = c.Window
	}
	switch {
	case c.Ended(now.at):
		return nil, ErrPastEnd
	case window.Ended(now.at), past.window.Ended(now.at) && window.End == 0:
		return nil, ErrRestoreNeedsEnd
	}
	if role == "" || now.orgNumber(role) == 0 || now.coversAll(now.rolePowers(role, window.End, i)) != nil {
		role = RoleMember
	}
	facts := []Event{&MemberRestored{c.Person, role, window, c.Proofs}}
	for _, g := range past.grants.all() {
		p := now.projects.get(g.to)
		w := now.window(g.window)
		powers := []Power{{set: now.projectSet(g.role), place: placeProject, project: g.to, until: w.End, person: i, team: noRow}}
		lives := now.projectNumber(now.projectRole(g.role)) != 0 && p.deleted == 0 && !w.Ended(now.at)
		if lives && now.coversAll(powers) == nil {
			facts = append(facts, &GrantGiven{Project: p.id(), Subject: Subject{Person: c.Person}, Role: now.projectRole(g.role), Window: w, Source: sourceOf(g.source)})
		}
	}
	for _, t := range past.teams.all() {
		team := now.teams.get(t.to)
		w := now.window(t.window)
		f := &TeamMemberAdded{Team: team.id(), Person: c.Person, Manager: t.manage, Window: w, Source: sourceOf(t.source)}
		if !team.deleted && !w.Ended(now.at) && now.coversAll(f.gives(now.State)) == nil {
			facts = append(facts, f)
		}
	}
	return facts, nil
}

func (now Situation) coversAll(powers []Power) error {
	for _, p := range powers {
		if err := now.covers(p); err != nil {
			return err
		}
	}
	return nil
}

// formerOf returns what a removed membership held, or why it cannot come back. A membership that ended by itself
// counts as removed at its end.
func (s *State) formerOf(m *member, at Instant) (*former, error) {
	past := m.past
	switch {
	case m.status == Removed:
	case (m.status == Active || m.status == Suspended) && s.gone(m, at):
		w := s.window(m.window)
		past = &former{at: w.End, role: m.role, window: w, grants: m.grants, teams: m.teams}
	case m.status == Active || m.status == Suspended:
		return nil, ErrMemberExists
	case m.status == NoMember: // named in the log and never a member: to be told from a stranger by nobody
		return nil, ErrUnknownPerson
	default:
		return nil, ErrMemberNotRemoved
	}
	if at >= past.at+Instant(RestoreWithin.Microseconds()) {
		return nil, ErrRestoreTooLate
	}
	return past, nil
}

// MemberRestored begins a membership that takes up an earlier one; grants and team places follow as facts of their own.
type MemberRestored struct {
	Person PersonID
	Role   OrgRole
	Window Window
	Proofs Proofs
}

func (f *MemberRestored) fields(c *codec) {
	text(c, "person", &f.Person)
	text(c, "role", &f.Role)
	c.window(&f.Window)
	number(c, "proofs", &f.Proofs)
}

func (f *MemberRestored) apply(s *State, m Meta) {
	i := s.known(f.Person)
	if i == noRow {
		return
	}
	if !s.gone(s.people.get(i), m.At) {
		s.broken("version %d: %s is a member already", m.Version, f.Person)
		return
	}
	s.begin(i, f.Role, f.Window, ByHand, f.Proofs, "", m)
}

func (f *MemberRestored) gives(s *State) []Power {
	return s.rolePowers(f.Role, f.Window.End, s.person(f.Person))
}
