package org

// InvitationMade invites a person with an organization role; the other parts follow as facts of their own.
type InvitationMade struct {
	Invitation InvitationID
	Person     PersonID
	Role       OrgRole
	Window     Window
	Expires    Instant
}

func (f *InvitationMade) fields(c *codec) {
	text(c, "invitation", &f.Invitation)
	text(c, "person", &f.Person)
	text(c, "role", &f.Role)
	c.window(&f.Window)
	number(c, "expires", &f.Expires)
}

func (f *InvitationMade) apply(s *State, m Meta) {
	b, ok := bodyOf(string(f.Invitation), invitationPrefix)
	i := s.known(f.Person)
	if i == noRow {
		return
	}
	if !ok || s.invitationRow(f.Invitation) != noRow || s.invited(i, m.At) != noRow || s.orgNumber(f.Role) == 0 {
		s.broken("version %d: invitation %s is no new one of a person without", m.Version, f.Invitation)
		return
	}
	for old := s.pendingInvitation(i); old != noRow; old = s.pendingInvitation(i) {
		s.endInvitation(old, Expired, s.invites.get(old).expires)
	}
	by := m.row(s)
	s.addInvitation(invitation{body: b, stage: Pending, role: s.orgNumber(f.Role), person: i, window: s.windowRow(f.Window), by: by, roleBy: by,
		made: m.At, expires: f.Expires, changed: m.Version})
}

// addInvitation writes a row and what leads to it.
func (s *State) addInvitation(x invitation) {
	i := s.invites.add(s.edit, x)
	s.inviteAt.put(s.edit, hashOf(string(x.body[:])), i)
	if x.stage == Pending {
		s.invitedAt.put(s.edit, hashOf(s.bodyOfPerson(x.person)), i)
	}
	s.parts += x.grants.len() + x.teams.len()
}

func (f *InvitationMade) gives(s *State) []Power {
	return s.rolePowers(f.Role, f.Window.End, s.person(f.Person))
}

// pendingIn returns the row of an invitation that has not ended, or breaks the state.
func (s *State) pendingIn(id InvitationID, m Meta) uint32 {
	i := s.invitationRow(id)
	if i == noRow || s.invites.get(i).stage != Pending {
		s.broken("version %d: %s is no open invitation", m.Version, id)
		return noRow
	}
	return i
}

// InvitationRoleSet gives an invitation another organization role, or other dates of the membership.
type InvitationRoleSet struct {
	Invitation InvitationID
	Role       OrgRole
	Window     Window
}

func (f *InvitationRoleSet) fields(c *codec) {
	text(c, "invitation", &f.Invitation)
	text(c, "role", &f.Role)
	c.window(&f.Window)
}

func (f *InvitationRoleSet) apply(s *State, m Meta) {
	i := s.pendingIn(f.Invitation, m)
	if i == noRow {
		return
	}
	if s.orgNumber(f.Role) == 0 {
		s.broken("version %d: unknown role", m.Version)
		return
	}
	by, w := m.row(s), s.windowRow(f.Window)
	x := s.editInvitation(i)
	x.role, x.window, x.roleBy = s.orgNumber(f.Role), w, by
}

// gives is what the invitation offers from then on and what it offered: to change a part is to cover both.
func (f *InvitationRoleSet) gives(s *State) []Power {
	x := s.invites.get(s.invitationRow(f.Invitation))
	return append(s.rolePowers(f.Role, f.Window.End, x.person), s.rolePowers(s.orgRole(x.role), s.window(x.window).End, x.person)...)
}

// InvitationGrantSet adds a role in a project to an invitation, or gives it other dates.
type InvitationGrantSet struct {
	Invitation InvitationID
	Project    ProjectID
	Role       ProjectRole
	Window     Window
}

func (f *InvitationGrantSet) fields(c *codec) {
	text(c, "invitation", &f.Invitation)
	text(c, "project", &f.Project)
	text(c, "role", &f.Role)
	c.window(&f.Window)
}

func (f *InvitationGrantSet) apply(s *State, m Meta) {
	i, p := s.pendingIn(f.Invitation, m), s.presentProject(f.Project, m)
	if i == noRow || p == noRow {
		return
	}
	t := tie{at: m.At, to: p, by: m.row(s), window: s.windowRow(f.Window), role: s.projectNumberIn(f.Role, p), source: ByHand.number()}
	if t.role == 0 {
		s.broken("version %d: unknown role", m.Version)
		return
	}
	x := s.editInvitation(i)
	before := x.grants.len()
	x.grants = x.grants.with(t)
	s.parts += x.grants.len() - before
}

func (f *InvitationGrantSet) gives(s *State) []Power {
	return s.offeredPowers(f.Invitation, f.Project, f.Role, f.Window)
}

// offeredPowers is what a role in a project gives to whoever is invited.
func (s *State) offeredPowers(id InvitationID, p ProjectID, r ProjectRole, w Window) []Power {
	x := s.invites.get(s.invitationRow(id))
	return (&GrantGiven{Project: p, Subject: Subject{Person: s.actorID(x.person)}, Role: r, Window: w}).gives(s)
}

// InvitationGrantDropped takes a role in a project out of an invitation.
type InvitationGrantDropped struct {
	Invitation InvitationID
	Project    ProjectID
	Role       ProjectRole
}

func (f *InvitationGrantDropped) fields(c *codec) {
	text(c, "invitation", &f.Invitation)
	text(c, "project", &f.Project)
	text(c, "role", &f.Role)
}

func (f *InvitationGrantDropped) apply(s *State, m Meta) {
	i := s.pendingIn(f.Invitation, m)
	if i == noRow {
		return
	}
	at, _, found := s.partOf(s.invites.get(i), f.Project, f.Role)
	if !found {
		s.broken("version %d: %s does not bring %s in %s", m.Version, f.Invitation, f.Role, f.Project)
		return
	}
	x := s.editInvitation(i)
	x.grants = x.grants.without(at)
	s.parts--
}

// gives is what the part offered: to take it out is to cover it.
func (f *InvitationGrantDropped) gives(s *State) []Power {
	return s.offeredPowers(f.Invitation, f.Project, f.Role, Window{})
}

// InvitationPlaceSet adds a place in a team to an invitation, or puts another in its place.
type InvitationPlaceSet struct {
	Invitation InvitationID
	Team       TeamID
	Manager    bool
	Window     Window
}

func (f *InvitationPlaceSet) fields(c *codec) {
	text(c, "invitation", &f.Invitation)
	text(c, "team", &f.Team)
	c.flag("manager", &f.Manager)
	c.window(&f.Window)
}

func (f *InvitationPlaceSet) apply(s *State, m Meta) {
	i, team := s.pendingIn(f.Invitation, m), s.presentTeam(f.Team, m)
	if i == noRow || team == noRow {
		return
	}
	t := tie{at: m.At, to: team, by: m.row(s), window: s.windowRow(f.Window), source: ByHand.number(), manage: f.Manager}
	x := s.editInvitation(i)
	before := x.teams.len()
	x.teams = x.teams.with(t)
	s.parts += x.teams.len() - before
}

func (f *InvitationPlaceSet) gives(s *State) []Power {
	x := s.invites.get(s.invitationRow(f.Invitation))
	return s.teamPowers(f.Team, x.person, f.Manager, f.Window.End)
}

// InvitationPlaceDropped takes a place in a team out of an invitation.
type InvitationPlaceDropped struct {
	Invitation InvitationID
	Team       TeamID
}

func (f *InvitationPlaceDropped) fields(c *codec) {
	text(c, "invitation", &f.Invitation)
	text(c, "team", &f.Team)
}

func (f *InvitationPlaceDropped) apply(s *State, m Meta) {
	i, team := s.pendingIn(f.Invitation, m), s.teamRow(f.Team)
	if i == noRow {
		return
	}
	if team == noRow || !s.invites.get(i).teams.leadTo(team) {
		s.broken("version %d: %s does not lead into %s", m.Version, f.Invitation, f.Team)
		return
	}
	x := s.editInvitation(i)
	x.teams = x.teams.without(x.teams.first(team))
	s.parts--
}

// gives is what the part offered: to take it out is to cover it.
func (f *InvitationPlaceDropped) gives(s *State) []Power {
	x := s.invites.get(s.invitationRow(f.Invitation))
	place, _ := placeIn(x.teams, s.teamRow(f.Team))
	return s.teamPowers(f.Team, x.person, place.manage, s.window(place.window).End)
}

// InvitationResent has a new mail go out, and says until when the invitation lasts then.
type InvitationResent struct {
	Invitation InvitationID
	Expires    Instant
}

func (f *InvitationResent) fields(c *codec) {
	text(c, "invitation", &f.Invitation)
	number(c, "expires", &f.Expires)
}

func (f *InvitationResent) apply(s *State, m Meta) {
	if i := s.pendingIn(f.Invitation, m); i != noRow {
		x := s.editInvitation(i)
		x.expires, x.resent = f.Expires, m.At
	}
}

// InvitationAccepted ends an invitation by its acceptance; what it brought stands in facts beside it.
type InvitationAccepted struct{ Invitation InvitationID }

func (f *InvitationAccepted) fields(c *codec)        { text(c, "invitation", &f.Invitation) }
func (f *InvitationAccepted) apply(s *State, m Meta) { s.endNow(f.Invitation, Accepted, m) }

// InvitationDeclined ends an invitation by the person invited.
type InvitationDeclined struct{ Invitation InvitationID }

func (f *InvitationDeclined) fields(c *codec)        { text(c, "invitation", &f.Invitation) }
func (f *InvitationDeclined) apply(s *State, m Meta) { s.endNow(f.Invitation, Declined, m) }

// InvitationRevoked ends an invitation from the organization's side.
type InvitationRevoked struct{ Invitation InvitationID }

func (f *InvitationRevoked) fields(c *codec)        { text(c, "invitation", &f.Invitation) }
func (f *InvitationRevoked) apply(s *State, m Meta) { s.endNow(f.Invitation, Revoked, m) }

// gives is all that the invitation offered: to revoke it is to cover it.
func (f *InvitationRevoked) gives(s *State) []Power {
	x := s.invites.get(s.invitationRow(f.Invitation))
	out := s.rolePowers(s.orgRole(x.role), s.window(x.window).End, x.person)
	for _, t := range x.grants.all() {
		g := s.invitedGrant(t)
		out = append(out, s.offeredPowers(f.Invitation, g.Project, g.Role, g.Window)...)
	}
	for _, t := range x.teams.all() {
		out = append(out, s.teamPowers(s.teams.get(t.to).id(), x.person, t.manage, s.window(t.window).End)...)
	}
	return out
}

func (s *State) endNow(id InvitationID, to Stage, m Meta) {
	if i := s.pendingIn(id, m); i != noRow {
		s.endInvitation(i, to, m.At)
	}
}

// endOffered ends what invitations offer in a project that leaves, and what was asked for in it.
func (s *State) endOffered(project uint32, m Meta) {
	for i := range uint32(s.invites.n) {
		if x := s.invites.get(i); x.stage == Pending && x.grants.leadTo(project) {
			x = s.editInvitation(i)
			for x.grants.leadTo(project) {
				x.grants = x.grants.without(x.grants.first(project))
				s.parts--
			}
		}
	}
	for i := range uint32(s.asks.n) {
		if x := s.asks.get(i); x.stage == Pending && x.project == project {
			s.endRequest(i, Withdrawn, m.At)
		}
	}
}
