package org

// AcceptInvitation takes up an invitation: the membership, grants and team places it brings, each as far as whoever gave
// it could still give it. What nobody could give any more is left out. A member who accepts keeps the role they have.
type AcceptInvitation struct {
	Invitation InvitationID `json:"-"`
	Proved     bool         `json:"-"` // the actor has proved the invited address, or shows a link that was mailed to it
	Proofs     Proofs       `json:"-"` // what is known of the actor's sign-in
}

func (AcceptInvitation) needs() Need { return anybody() }

func (c AcceptInvitation) decide(now Situation) ([]Event, error) {
	x, err := now.addressed(c.Invitation, c.Proved)
	if err != nil {
		return nil, err
	}
	person := now.person(now.by.Person)
	if now.sleeps(person) || now.sleeps(x.person) {
		return nil, ErrSuspendedActor
	}
	o := now.offered(x, person, now.at)
	var facts []Event
	_, m := now.member(now.by.Person, now.at)
	if m == nil {
		if o.role == "" {
			return nil, ErrInvitationVoid
		}
		facts = append(facts, &MemberAdded{Person: now.by.Person, Role: o.role, Window: now.window(x.window), Source: ByHand,
			Proofs: c.Proofs, By: now.giverOf(o.by)})
	}
	facts = append(facts, now.takenUp(x, o, m)...)
	facts = append(facts, &InvitationAccepted{c.Invitation})
	if !now.entered {
		facts = append(facts, &Entered{Person: now.by.Person})
	}
	return facts, nil
}

// takenUp are the grants and team places that an acceptance gives; m is the membership that there is already, or nil.
func (now Situation) takenUp(x *invitation, o offering, m *member) []Event {
	var facts []Event
	me := Subject{Person: now.by.Person}
	for i, t := range x.grants.all() {
		if !o.grants[i] {
			continue
		}
		g := now.invitedGrant(t)
		if m != nil {
			if held, found := findTie(m.grants.to(t.to), t.role, t.source); found && !now.window(held.window).Ended(now.at) {
				was := now.window(held.window)
				if g.Window = was.join(g.Window); g.Window == was {
					continue
				}
			}
		}
		facts = append(facts, &GrantGiven{g.Project, me, g.Role, g.Window, ByHand, now.giverOf(t.by)})
	}
	for i, t := range x.teams.all() {
		if !o.teams[i] || m != nil && m.teams.leadTo(t.to) {
			continue
		}
		p := now.invitedPlace(t)
		facts = append(facts, &TeamMemberAdded{Team: p.Team, Person: now.by.Person, Manager: p.Manager, Window: p.Window, Source: ByHand, By: now.giverOf(t.by)})
	}
	return facts
}

// addressed returns an open invitation for somebody who has proved its address. For anybody else there is none.
func (now Situation) addressed(id InvitationID, proved bool) (*invitation, error) {
	i := now.invitationRow(id)
	if i == noRow || !proved {
		return nil, ErrUnknownInvitation
	}
	x := now.invites.get(i)
	return x, x.ending(now.at)
}

// sleeps reports whether somebody's membership is suspended.
func (now Situation) sleeps(row uint32) bool {
	if row == noRow {
		return false
	}
	m := now.people.get(row)
	return m.status == Suspended && !now.gone(m, now.at)
}

// offering is what of an invitation would be given if it were accepted at an instant, and by whom the membership.
type offering struct {
	role   OrgRole // none: there would be no membership
	by     uint32
	grants []bool
	teams  []bool
}

// offered judges each part of an invitation by the authority, at that instant, of whoever gave it. An organization role
// that its giver could not give any more is replaced by that of a plain member if the giver of another part could
// invite one.
func (s *State) offered(x *invitation, person uint32, at Instant) offering {
	o := offering{grants: make([]bool, x.grants.len()), teams: make([]bool, x.teams.len())}
	w := s.window(x.window)
	plain := noRow - 1 // nobody
	inviter := func(by uint32, giver Situation) {
		if plain == noRow-1 && giver.bringsIn(person, x) {
			plain = by
		}
	}
	for i, t := range x.grants.all() {
		giver, ok := s.behalf(t.by, at)
		g := s.invitedGrant(t)
		f := GrantGiven{Project: g.Project, Subject: Subject{Person: s.actorID(person)}, Role: g.Role, Window: g.Window}
		if o.grants[i] = ok && s.projectNumberIn(g.Role, t.to) != 0 && !g.Ended(at) && giver.may(needsGrant(g.Project, f.Subject)) == nil && giver.coversAll(f.gives(s)) == nil; o.grants[i] {
			inviter(t.by, giver)
		}
	}
	for i, t := range x.teams.all() {
		giver, ok := s.behalf(t.by, at)
		p := s.invitedPlace(t)
		need := PlaceInTeam{Team: p.Team, Manager: p.Manager}.needs()
		if o.teams[i] = ok && !s.teams.get(t.to).deleted && !p.Ended(at) && giver.may(need) == nil &&
			giver.coversAll(s.teamPowers(p.Team, person, p.Manager, p.End)) == nil; o.teams[i] {
			inviter(t.by, giver)
		}
	}
	if w.Ended(at) {
		return o
	}
	giver, ok := s.behalf(x.roleBy, at)
	role := s.orgRole(x.role)
	if ok && s.orgNumber(role) != 0 && giver.invitesAnybody() && giver.coversAll(s.rolePowers(role, w.End, person)) == nil {
		o.role, o.by = role, x.roleBy
	} else if plain != noRow-1 {
		o.role, o.by = RoleMember, plain
	}
	return o
}

// bringsIn reports whether somebody who gave a part could invite a plain member by it.
func (now Situation) bringsIn(person uint32, x *invitation) bool {
	if now.invitesAnybody() {
		return true
	}
	return !now.settings.NoProjectInvitations && !now.parted(person) && !now.parted(x.person)
}

// behalf is the situation of somebody who gave a part of an invitation, if they still have a say.
func (s *State) behalf(row uint32, at Instant) (Situation, bool) {
	if row == operatorRow {
		now := Situation{State: s, by: Actor{Operator: true}, row: noRow, at: at}
		return now, now.fills()
	}
	m := s.people.get(row)
	by := Actor{Person: m.id()}
	if m.machine {
		by = Actor{Account: AccountID(m.id())}
	}
	return Situation{State: s, by: by, row: row, me: m, at: at}, s.active(m, at)
}

// Giver is somebody in whose name a fact gives something: a person's id, or the operator. Empty is the actor.
type Giver string

const operatorGives Giver = "operator"

// giverOf names the giver of a row.
func (s *State) giverOf(row uint32) Giver {
	if row == operatorRow {
		return operatorGives
	}
	return Giver(s.people.get(row).id())
}

// row is the giver's row.
func (g Giver) row(s *State, m Meta) uint32 {
	switch g {
	case "":
		return m.row(s)
	case operatorGives:
		return operatorRow
	}
	return s.known(PersonID(g))
}

// onBehalf is a fact that may give in somebody else's name, by whose authority it is judged then.
type onBehalf interface{ giver() Giver }

func (f *MemberAdded) giver() Giver     { return f.By }
func (f *GrantGiven) giver() Giver      { return f.By }
func (f *TeamMemberAdded) giver() Giver { return f.By }

// lender is the situation by whose authority a fact is judged.
func (now Situation) lender(f Event) Situation {
	b, ok := f.(onBehalf)
	if !ok || b.giver() == "" {
		return now
	}
	row := operatorRow
	if g := b.giver(); g != operatorGives {
		if row = now.principal(PersonID(g)); row == noRow {
			return Situation{State: now.State, row: noRow, at: now.at}
		}
	}
	giver, active := now.behalf(row, now.at)
	if !active {
		giver.me = nil
	}
	return giver
}

// DeclineInvitation turns an invitation down.
type DeclineInvitation struct {
	Invitation InvitationID `json:"-"`
	Proved     bool         `json:"-"` // as in AcceptInvitation
}

func (DeclineInvitation) needs() Need { return anybody() }

func (c DeclineInvitation) decide(now Situation) ([]Event, error) {
	if _, err := now.addressed(c.Invitation, c.Proved); err != nil {
		return nil, err
	}
	if now.sleeps(now.person(now.by.Person)) {
		return nil, ErrSuspendedActor
	}
	return []Event{&InvitationDeclined{c.Invitation}}, nil
}
