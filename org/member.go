package org

import "time"

// RestoreWithin is how long after a removal a member can be restored.
const RestoreWithin = 30 * 24 * time.Hour

// AddMember makes a person a member.
type AddMember struct {
	Person PersonID `json:"person"`
	Role   OrgRole  `json:"role"`
	Window
	Source Source `json:"source,omitempty"`
	Proofs Proofs `json:"-"`
}

func (AddMember) needs() Need { return inOrg("members:manage") }

func (c AddMember) valid() error {
	if !c.Person.Valid() {
		return ErrBadID
	}
	if err := givenSource(c.Source); err != nil {
		return err
	}
	if err := c.Role.valid(); err != nil {
		return err
	}
	return c.Window.valid()
}

// givenSource refuses a source that a command cannot name.
func givenSource(s Source) error {
	if s != "" && s != ByHand && s != ByImport {
		return ErrBadSource
	}
	return nil
}

func (s Source) orByHand() Source {
	if s == "" {
		return ByHand
	}
	return s
}

func (c AddMember) decide(now Situation) ([]Event, error) {
	if c.Ended(now.at) {
		return nil, ErrPastEnd
	}
	if _, m := now.member(c.Person, now.at); m != nil {
		switch {
		case m.status == Suspended:
			return nil, ErrMemberSuspended
		case now.orgRole(m.role) == c.Role && now.window(m.window) == c.Window:
			return nil, nil
		}
		return nil, ErrMemberExists
	}
	return []Event{&MemberAdded{Person: c.Person, Role: c.Role, Window: c.Window, Source: c.Source.orByHand(), Proofs: c.Proofs}}, nil
}

// MemberAdded begins a membership, bare of whatever the person may have held before.
type MemberAdded struct {
	Person PersonID
	Role   OrgRole
	Window Window
	Source Source
	Proofs Proofs
	By     Giver
}

func (f *MemberAdded) fields(c *codec) {
	text(c, "person", &f.Person)
	text(c, "role", &f.Role)
	c.window(&f.Window)
	text(c, "source", &f.Source)
	number(c, "proofs", &f.Proofs)
	option(c, "by", &f.By)
}

func (f *MemberAdded) apply(s *State, m Meta) {
	i := s.known(f.Person)
	if i == noRow {
		return
	}
	if now := s.people.get(i); !s.gone(now, m.At) {
		s.broken("version %d: %s is a member already", m.Version, f.Person)
		return
	}
	s.begin(i, f.Role, f.Window, f.Source, f.Proofs, f.By, m)
}

func (f *MemberAdded) gives(s *State) []Power {
	return s.rolePowers(f.Role, f.Window.End, s.person(f.Person))
}

// begin writes a new, empty membership into a row.
func (s *State) begin(i uint32, r OrgRole, w Window, src Source, p Proofs, g Giver, m Meta) {
	if s.orgNumber(r) == 0 || src.number() == 0 {
		s.broken("version %d: unknown role or source", m.Version)
		return
	}
	if s.people.get(i).in() {
		s.dropKeysBy(i)
	}
	s.endRequests(i, m.At)
	s.detach(i)
	by := g.row(s, m)
	row := s.editPerson(i)
	s.past -= row.past.ties()
	row.since, row.change, row.joined, row.by = m.Version, 0, m.At, by
	row.role, row.status, row.source, row.proofs, row.past = 0, Active, src.number(), p, nil
	row.window = s.windowRow(w)
	s.count(row, 1)
	s.rank(i, s.orgNumber(r))
}

// count keeps the numbers of members, to whom service accounts do not belong.
func (s *State) count(m *member, by int) {
	switch {
	case m.machine && m.in():
		s.counts.Accounts += by
	case m.machine:
	case m.status == Active:
		s.counts.Active += by
	case m.status == Suspended:
		s.counts.Suspended += by
	}
}

// detach takes a row's membership out of all tables.
func (s *State) detach(i uint32) {
	m := s.editPerson(i)
	for _, t := range m.teams.all() {
		s.enlist(s.editTeam(t.to), i, false)
	}
	for _, g := range m.grants.all() {
		s.hold(s.editProject(g.to), i, false)
	}
	s.dropRequests(func(r planRequest) bool { return r.by == i })
	s.counts.Grants -= m.grants.len()
	m.teams, m.grants = nil, nil
	s.count(m, -1)
	s.rank(i, 0)
	m.status = NoMember
}

// rank gives a row its role and keeps the lists of people by role.
func (s *State) rank(i uint32, r roleNumber) {
	m := s.editPerson(i)
	if list := s.ranking(m, m.role); list != nil {
		*list = withoutRow(*list, i)
	}
	if list := s.ranking(m, r); list != nil {
		*list = withRow(*list, i)
	}
	m.role = r
	s.settle(m)
}

// settle notes the first ready owner.
func (s *State) settle(m *member) {
	if m.role == RoleOwner.number() && m.status == Active && m.ready() {
		s.settled = true
	}
}

// ready reports whether the person could sign in, as far as the membership knows.
func (m *member) ready() bool { return m.proves() && !m.disabled() }

// proves is ready whether or not the account is disabled.
func (m *member) proves() bool { return m.proofs&(ProvedAddress|Vouched) != 0 }

func (s *State) rolePowers(r OrgRole, until Instant, person uint32) []Power {
	n, machine := s.orgNumber(r), s.machine(person)
	out := []Power{{set: s.roleSet(n), place: placeOrg, until: until, person: person, team: noRow, machine: machine}}
	if p := s.everywhere(n); p != 0 {
		out = append(out, Power{set: s.projectSet(p), place: placeEveryProject, until: until, person: person, team: noRow, machine: machine})
	}
	for _, p := range s.namedIn(n) {
		out = append(out, Power{set: s.projectSet(p.role), place: placeProject, project: p.project, until: until, person: person, team: noRow, machine: machine})
	}
	return out
}

// SetRole changes a member's organization role.
type SetRole struct {
	Person PersonID `json:"person"`
	Role   OrgRole  `json:"role"`
}

func (c SetRole) needs() Need  { return inOrg("members:set_role").orSelf(c.Person) }
func (c SetRole) valid() error { return c.Role.valid() }

func (c SetRole) decide(now Situation) ([]Event, error) {
	switch _, m := now.member(c.Person, now.at); {
	case m == nil:
		return nil, ErrUnknownPerson
	case now.orgRole(m.role) == c.Role:
		return nil, nil
	}
	return []Event{&RoleSet{c.Person, c.Role}}, nil
}

// RoleSet gives a member another organization role.
type RoleSet struct {
	Person PersonID
	Role   OrgRole
}

func (f *RoleSet) fields(c *codec) {
	text(c, "person", &f.Person)
	text(c, "role", &f.Role)
}

func (f *RoleSet) apply(s *State, m Meta) {
	i := s.present(f.Person, m)
	if i == noRow {
		return
	}
	if s.orgNumber(f.Role) == 0 {
		s.broken("version %d: unknown role", m.Version)
		return
	}
	s.rank(i, s.orgNumber(f.Role))
}

func (f *RoleSet) member() (PersonID, act) { return f.Person, actRole }

func (f *RoleSet) gives(s *State) []Power {
	i := s.person(f.Person)
	return s.rolePowers(f.Role, s.window(s.people.get(i).window).End, i)
}

// present returns the row of somebody who has a membership, or breaks the state.
func (s *State) present(p PersonID, m Meta) uint32 {
	i := s.person(p)
	if i == noRow || s.people.get(i).status != Active && s.people.get(i).status != Suspended {
		s.broken("version %d: %s is no member", m.Version, p)
		return noRow
	}
	return i
}

// Reschedule sets when a membership starts and ends.
type Reschedule struct {
	Person PersonID `json:"person"`
	Window
}

func (c Reschedule) needs() Need  { return inOrg("members:manage").orSelf(c.Person) }
func (c Reschedule) valid() error { return c.Window.valid() }

func (c Reschedule) decide(now Situation) ([]Event, error) {
	_, m := now.member(c.Person, now.at)
	switch {
	case m == nil:
		return nil, ErrUnknownPerson
	case c.Ended(now.at):
		return nil, ErrPastEnd
	case now.window(m.window) == c.Window:
		return nil, nil
	}
	return []Event{&MemberRescheduled{c.Person, c.Window}}, nil
}

// MemberRescheduled gives a membership other bounds.
type MemberRescheduled struct {
	Person PersonID
	Window Window
}

func (f *MemberRescheduled) fields(c *codec) {
	text(c, "person", &f.Person)
	c.window(&f.Window)
}

func (f *MemberRescheduled) apply(s *State, m Meta) {
	if i := s.present(f.Person, m); i != noRow {
		w := s.windowRow(f.Window)
		s.editPerson(i).window = w
	}
}

func (f *MemberRescheduled) member() (PersonID, act) { return f.Person, actReschedule }

func (f *MemberRescheduled) gives(s *State) []Power {
	i := s.person(f.Person)
	m := s.people.get(i)
	if !longer(s.window(m.window), f.Window) {
		return nil
	}
	return append(s.rolePowers(s.orgRole(m.role), f.Window.End, i), s.holdingPowers(i, m.grants, m.teams, f.Window.End)...)
}

// longer reports whether b holds at some instant at which a does not.
func longer(a, b Window) bool { return a.join(b) != a }

// Suspend stops a membership until somebody reactivates it.
type Suspend struct {
	Person PersonID `json:"person"`
}

func (Suspend) needs() Need { return inOrg("members:manage") }

func (c Suspend) decide(now Situation) ([]Event, error) {
	i, m := now.member(c.Person, now.at)
	switch {
	case m == nil:
		return nil, ErrUnknownPerson
	case m.status == Suspended:
		return nil, nil
	}
	admin := RoleAdmin.number()
	peer := now.me != nil && i != now.row && now.me.role == admin && m.role == admin
	return []Event{&MemberSuspended{c.Person, peer}}, nil
}

// MemberSuspended stops a membership. Peer says that an admin did it to another admin, which owners are told.
type MemberSuspended struct {
	Person PersonID
	Peer   bool
}

func (f *MemberSuspended) fields(c *codec) {
	text(c, "person", &f.Person)
	c.flag("peer", &f.Peer)
}

func (f *MemberSuspended) apply(s *State, m Meta) {
	i := s.present(f.Person, m)
	if i == noRow || s.people.get(i).status != Active {
		s.broken("version %d: %s is not active", m.Version, f.Person)
		return
	}
	row := s.editPerson(i)
	row.status, row.past = Suspended, &former{at: m.At, by: m.row(s), peer: f.Peer}
	s.counts.Active--
	s.counts.Suspended++
}

func (f *MemberSuspended) member() (PersonID, act) { return f.Person, actSuspend }

// Reactivate lifts a suspension.
type Reactivate struct {
	Person PersonID `json:"person"`
}

func (Reactivate) needs() Need { return inOrg("members:manage") }

func (c Reactivate) decide(now Situation) ([]Event, error) {
	_, m := now.member(c.Person, now.at)
	switch {
	case m == nil:
		return nil, ErrUnknownPerson
	case m.status == Active:
		return nil, nil
	}
	return []Event{&MemberReactivated{c.Person}}, nil
}

// MemberReactivated lifts a suspension; all that the membership held holds again.
type MemberReactivated struct{ Person PersonID }

func (f *MemberReactivated) fields(c *codec) { text(c, "person", &f.Person) }

func (f *MemberReactivated) apply(s *State, m Meta) {
	i := s.present(f.Person, m)
	if i == noRow || s.people.get(i).status != Suspended {
		s.broken("version %d: %s is not suspended", m.Version, f.Person)
		return
	}
	row := s.editPerson(i)
	row.status, row.past = Active, nil
	s.counts.Active++
	s.counts.Suspended--
	s.settle(row)
}

func (f *MemberReactivated) member() (PersonID, act) { return f.Person, actReactivate }

// Remove ends a membership with everything the person holds here. What they made stays, but for the keys of service
// accounts, whose secrets they know: those end too, unless the actor keeps them by name.
type Remove struct {
	Person   PersonID `json:"person"`
	KeepKeys []KeyID  `json:"keep_keys,omitempty"`
}

func (c Remove) needs() Need { return inOrg("members:manage").orSelf(c.Person) }

func (c Remove) decide(now Situation) ([]Event, error) {
	i, m := now.member(c.Person, now.at)
	switch {
	case m == nil:
		return nil, ErrUnknownPerson
	case i == now.row:
		return Leave{}.decide(now)
	}
	facts, err := now.endKeysBy(i, c.KeepKeys)
	return append(facts, &MemberRemoved{c.Person}), err
}

// MemberRemoved ends a membership; for a time it can be restored.
type MemberRemoved struct{ Person PersonID }

func (f *MemberRemoved) fields(c *codec) { text(c, "person", &f.Person) }

func (f *MemberRemoved) apply(s *State, m Meta) {
	i := s.present(f.Person, m)
	if i == noRow {
		return
	}
	old := s.people.get(i)
	past := &former{at: m.At, by: m.row(s), role: old.role, window: s.window(old.window), grants: old.grants, teams: old.teams, gone: true}
	s.detach(i)
	row := s.editPerson(i)
	row.status, row.past = Removed, past
	s.past += past.ties()
	s.endPending(i, m.At)
}

func (f *MemberRemoved) member() (PersonID, act) { return f.Person, actRemove }

// Leave ends one's own membership, with the keys of service accounts that one made.
type Leave struct{}

func (Leave) needs() Need { return anyMember() }

func (Leave) decide(now Situation) ([]Event, error) {
	facts, err := now.endKeysBy(now.row, nil)
	return append(facts, &MemberLeft{now.by.Person}), err
}

// MemberLeft ends a membership by its own member. It cannot be restored; whoever left starts anew.
type MemberLeft struct{ Person PersonID }

func (f *MemberLeft) fields(c *codec) { text(c, "person", &f.Person) }

func (f *MemberLeft) apply(s *State, m Meta) {
	if i := s.present(f.Person, m); i != noRow {
		s.detach(i)
		row := s.editPerson(i)
		row.status, row.past = Left, nil
		s.endPending(i, m.At)
	}
}

func (f *MemberLeft) member() (PersonID, act) { return f.Person, actRemove }
