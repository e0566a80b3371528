package org

import "slices"

// InvitedGrant is a role in a project that an invitation brings.
type InvitedGrant struct {
	Project ProjectID   `json:"project"`
	Role    ProjectRole `json:"role"`
	Window
}

// InvitedPlace is a place in a team that an invitation brings.
type InvitedPlace struct {
	Team    TeamID `json:"team"`
	Manager bool   `json:"manager,omitempty"`
	Window
}

// Invitee is one person to be invited and all that the invitation brings.
type Invitee struct {
	Invitation InvitationID   `json:"-"` // a fresh id, in case there is no invitation yet
	Person     PersonID       `json:"person"`
	Role       OrgRole        `json:"role,omitempty"` // member if empty
	Window                    // of the membership
	Grants     []InvitedGrant `json:"grants,omitempty"`
	Teams      []InvitedPlace `json:"teams,omitempty"`
	Expires    Instant        `json:"expires_at,omitzero"` // in 14 days if zero
}

// Invite invites people, all of them or none. A person has one open invitation: inviting again adds to it, changes what
// the actor could have given, makes it last longer and has its mail go out again. Inviting a member changes nothing.
type Invite struct {
	Rows []Invitee `json:"rows"`
}

func (c Invite) needs() Need {
	if len(c.Rows) == 0 {
		return inOrg("members:manage")
	}
	return c.Rows[0].needs()
}

// needs is the right to invite into the organization, or to manage access to the first project that the row names.
func (r Invitee) needs() Need {
	if len(r.Grants) > 0 {
		return on(r.Grants[0].Project, "project:manage_grants").orInOrg("members:manage")
	}
	return inOrg("members:manage")
}

func (c Invite) valid() error {
	if len(c.Rows) == 0 || len(c.Rows) > MaxInvited {
		return ErrBadInvitees
	}
	seen := make(map[PersonID]bool, len(c.Rows))
	for i := range c.Rows {
		r := &c.Rows[i]
		if err := r.valid(); err != nil {
			return err
		}
		if seen[r.Person] {
			return ErrInvitedTwice
		}
		seen[r.Person] = true
	}
	return nil
}

func (r *Invitee) valid() error {
	if !r.Person.Valid() || !r.Invitation.Valid() {
		return ErrBadID
	}
	if r.Role != "" {
		if err := r.Role.valid(); err != nil {
			return err
		}
	}
	if err := r.Window.valid(); err != nil {
		return err
	}
	if r.Expires < 0 || r.Expires > lastInstant {
		return ErrBadTime
	}
	return validParts(r.Grants, r.Teams)
}

// validParts refuses what no invitation can bring, and what names the same thing twice.
func validParts(grants []InvitedGrant, teams []InvitedPlace) error {
	for i, g := range grants {
		if err := g.Role.valid(); err != nil {
			return err
		}
		if err := g.Window.valid(); err != nil {
			return err
		}
		if slices.ContainsFunc(grants[:i], func(o InvitedGrant) bool { return o.Project == g.Project && o.Role == g.Role }) {
			return ErrPartTwice
		}
	}
	for i, t := range teams {
		if err := t.Window.valid(); err != nil {
			return err
		}
		if slices.ContainsFunc(teams[:i], func(o InvitedPlace) bool { return o.Team == t.Team }) {
			return ErrPartTwice
		}
	}
	return nil
}

func (c Invite) decide(now Situation) ([]Event, error) {
	var facts []Event
	used := make(map[InvitationID]bool, len(c.Rows))
	for _, r := range c.Rows {
		if used[r.Invitation] {
			return nil, ErrIDUsed
		}
		used[r.Invitation] = true
		more, err := now.invite(r)
		if err != nil {
			return nil, err
		}
		facts = append(facts, more...)
	}
	return facts, nil
}

// invite returns the facts of one row.
func (now Situation) invite(r Invitee) ([]Event, error) {
	if err := now.may(r.needs()); err != nil {
		return nil, err
	}
	if r.Role == "" {
		r.Role = RoleMember
	}
	if now.orgNumber(r.Role) == 0 {
		return nil, ErrBadRole
	}
	if r.Expires == 0 {
		r.Expires = now.at + Instant(InvitationLasts.Microseconds())
	}
	switch {
	case r.Expires <= now.at, r.Window.Ended(now.at):
		return nil, ErrPastEnd
	case r.Expires > now.at+Instant(InvitationLastsAtMost.Microseconds()):
		return nil, ErrInvitationTooLong
	}
	row := now.person(r.Person)
	if !now.invitesAnybody() {
		if err := now.asOutsider(r, row); err != nil {
			return nil, err
		}
	}
	if err := now.mayOffer(r.Grants, r.Teams); err != nil {
		return nil, err
	}
	if _, m := now.member(r.Person, now.at); m != nil {
		if m.status == Suspended {
			return nil, ErrMemberSuspended
		}
		return nil, nil
	}
	if i := now.invited(row, now.at); i != noRow {
		return now.inviteAgain(now.invites.get(i), r), nil
	}
	if now.invitationRow(r.Invitation) != noRow {
		return nil, ErrIDUsed
	}
	facts := []Event{&InvitationMade{r.Invitation, r.Person, r.Role, r.Window, r.Expires}}
	for _, g := range r.Grants {
		facts = append(facts, &InvitationGrantSet{r.Invitation, g.Project, g.Role, g.Window})
	}
	for _, t := range r.Teams {
		facts = append(facts, &InvitationPlaceSet{r.Invitation, t.Team, t.Manager, t.Window})
	}
	return facts, nil
}

// invitesAnybody reports whether the actor invites by a right in the organization.
func (now Situation) invitesAnybody() bool {
	return now.fills() || now.me != nil && now.holdsInOrg("members:manage")
}

// asOutsider holds what project owners and admins may do: bring people into their project as plain members, unless the
// settings keep that to the organization, or the organization has parted from the person.
func (now Situation) asOutsider(r Invitee, row uint32) error {
	switch {
	case now.settings.NoProjectInvitations:
		return ErrInvitationsOff
	case r.Role != RoleMember, len(r.Teams) > 0, len(r.Grants) == 0:
		return ErrNotAllowed
	case now.parted(row):
		return ErrInvitedParted
	}
	return nil
}

// parted reports whether somebody was removed, or is suspended.
func (now Situation) parted(row uint32) bool {
	if row == noRow {
		return false
	}
	m := now.people.get(row)
	return m.status == Suspended || m.status == Removed || m.in() && now.gone(m, now.at)
}

// mayOffer asks for the rights that giving the parts at once would take. Cover is judged on the facts.
func (now Situation) mayOffer(grants []InvitedGrant, teams []InvitedPlace) error {
	for _, g := range grants {
		if err := now.may(on(g.Project, "project:manage_grants")); err != nil {
			return err
		}
		if now.projectNumberIn(g.Role, now.projectRow(g.Project)) == 0 {
			return ErrBadRole
		}
		if g.Ended(now.at) {
			return ErrPastEnd
		}
	}
	for _, t := range teams {
		if err := now.may(PlaceInTeam{Team: t.Team, Manager: t.Manager}.needs()); err != nil {
			return err
		}
		if _, team := now.liveTeam(t.Team); team == nil {
			return ErrUnknownTeam
		}
		if t.Ended(now.at) {
			return ErrPastEnd
		}
	}
	return nil
}

// inviteAgain adds to an open invitation. What somebody else gave and the actor could not have given stays as it is;
// a part that would not count any more is given anew by the actor.
func (now Situation) inviteAgain(x *invitation, r Invitee) []Event {
	var facts []Event
	now.State = now.onceEntered()
	o := now.offered(x, x.person, now.at)
	add := func(same, counts bool, was []Power, f Event) {
		if same && counts || !same && was != nil && now.coversAll(was) != nil {
			return
		}
		facts = append(facts, f)
	}
	if now.invitesAnybody() {
		same := now.orgRole(x.role) == r.Role && now.window(x.window) == r.Window
		counts := o.role == r.Role && now.standsFirm(x.roleBy)
		add(same, counts, now.rolePowers(now.orgRole(x.role), now.window(x.window).End, noRow), &InvitationRoleSet{x.id(), r.Role, r.Window})
	}
	for _, g := range r.Grants {
		f := &InvitationGrantSet{x.id(), g.Project, g.Role, g.Window}
		at, was, found := now.partOf(x, g.Project, g.Role)
		if !found {
			facts = append(facts, f)
			continue
		}
		old := now.window(was.window)
		if f.Window = old.join(g.Window); old.Ended(now.at) {
			f.Window = g.Window
		}
		add(f.Window == old, o.grants[at], nil, f)
	}
	for _, t := range r.Teams {
		f := &InvitationPlaceSet{x.id(), t.Team, t.Manager, t.Window}
		team := now.teamRow(t.Team)
		at := x.teams.first(team)
		if !x.teams.leadTo(team) {
			facts = append(facts, f)
			continue
		}
		was := now.invitedPlace(x.teams.at(at))
		add(was == t, o.teams[at], now.teamPowers(t.Team, noRow, was.Manager, was.End), f)
	}
	return append(facts, now.resend(x, r.Expires)...)
}

// resend has a mail go out, unless one does at this very instant; what lasts longer already stays so.
func (now Situation) resend(x *invitation, until Instant) []Event {
	if max(x.made, x.resent) == now.at && until <= x.expires {
		return nil
	}
	return []Event{&InvitationResent{x.id(), max(until, x.expires)}}
}

// onceEntered is the state in which what the operator gave to fill it counts no more, if the actor is a member: this may be
// the first command of one.
func (now Situation) onceEntered() *State {
	if now.entered || now.me == nil || now.me.machine {
		return now.State
	}
	s := *now.State
	s.entered = true
	return &s
}

// standsFirm reports whether what somebody gave rests on a right in the organization, not on that in a project.
func (now Situation) standsFirm(by uint32) bool {
	giver, ok := now.behalf(by, now.at)
	return ok && giver.invitesAnybody()
}

// partOf finds a role in a project that an invitation brings, also one that was deleted since.
func (s *State) partOf(x *invitation, p ProjectID, r ProjectRole) (int, tie, bool) {
	project := s.projectRow(p)
	for i := x.grants.first(project); i < x.grants.len() && x.grants.link(i).to() == project; i++ {
		if s.projectRole(x.grants.link(i).role()) == r {
			return i, x.grants.at(i), true
		}
	}
	return 0, tie{}, false
}

// ChangeInvitation puts other parts in the place of those of an open invitation. What changes or goes has to be covered
// like what is new; what stays as it was keeps whoever gave it.
type ChangeInvitation struct {
	Invitation InvitationID `json:"invitation"`
	Role       OrgRole      `json:"role"`
	Window
	Grants []InvitedGrant `json:"grants,omitempty"`
	Teams  []InvitedPlace `json:"teams,omitempty"`
}

func (ChangeInvitation) needs() Need { return insider() }

func (c ChangeInvitation) valid() error {
	if err := c.Role.valid(); err != nil {
		return err
	}
	if err := c.Window.valid(); err != nil {
		return err
	}
	return validParts(c.Grants, c.Teams)
}

func (c ChangeInvitation) decide(now Situation) ([]Event, error) {
	x, err := now.handled(c.Invitation)
	if err != nil {
		return nil, err
	}
	var facts []Event
	if now.orgRole(x.role) != c.Role || now.window(x.window) != c.Window {
		if !now.invitesAnybody() {
			return nil, ErrNotAllowed
		}
		switch {
		case now.orgNumber(c.Role) == 0:
			return nil, ErrBadRole
		case c.Window.Ended(now.at):
			return nil, ErrPastEnd
		}
		facts = append(facts, &InvitationRoleSet{c.Invitation, c.Role, c.Window})
	}
	grants := slices.Clone(c.Grants)
	for _, t := range x.grants.all() {
		was := now.invitedGrant(t)
		if i := slices.Index(grants, was); i >= 0 {
			grants = slices.Delete(grants, i, i+1)
			continue
		}
		if !slices.ContainsFunc(grants, func(g InvitedGrant) bool { return g.Project == was.Project && g.Role == was.Role }) {
			facts = append(facts, &InvitationGrantDropped{c.Invitation, was.Project, was.Role})
		}
	}
	teams := slices.Clone(c.Teams)
	for _, t := range x.teams.all() {
		was := now.invitedPlace(t)
		if i := slices.Index(teams, was); i >= 0 {
			teams = slices.Delete(teams, i, i+1)
			continue
		}
		if was.Manager && now.may(inOrg("teams:manage")) != nil {
			return nil, ErrNotAllowed
		}
		if !slices.ContainsFunc(teams, func(p InvitedPlace) bool { return p.Team == was.Team }) {
			facts = append(facts, &InvitationPlaceDropped{c.Invitation, was.Team})
		}
	}
	if err := now.mayOffer(grants, teams); err != nil {
		return nil, err
	}
	for _, g := range grants {
		facts = append(facts, &InvitationGrantSet{c.Invitation, g.Project, g.Role, g.Window})
	}
	for _, t := range teams {
		facts = append(facts, &InvitationPlaceSet{c.Invitation, t.Team, t.Manager, t.Window})
	}
	return facts, nil
}

// handled returns an open invitation that the actor may do something about: one may who invites people into the
// organization, or manages access to a project that it leads to. For anybody else there is none.
func (now Situation) handled(id InvitationID) (*invitation, error) {
	i := now.invitationRow(id)
	if i == noRow || now.me == nil && !now.fills() {
		return nil, ErrUnknownInvitation
	}
	x := now.invites.get(i)
	if !now.handles(x) {
		return nil, ErrUnknownInvitation
	}
	return x, x.ending(now.at)
}

func (now Situation) handles(x *invitation) bool {
	if now.invitesAnybody() {
		return true
	}
	for _, t := range x.grants.all() {
		if now.holdsOn(now.projects.get(t.to).id(), "project:manage_grants") {
			return true
		}
	}
	return false
}

// Handles reports whether a person or service account may do something about an invitation, and so see it.
func (s *State) Handles(by Actor, id InvitationID, at Instant) bool {
	i, x := s.principal(by.ID()), s.invitationRow(id)
	if i == noRow || x == noRow || s.catalog == nil {
		return false
	}
	m := s.people.get(i)
	return s.active(m, at) && Situation{State: s, by: by, row: i, me: m, at: at}.handles(s.invites.get(x))
}

// Knows reports whether a person was ever named in the organization: as a member, one who was, or one invited.
func (s *State) Knows(id PersonID) bool { return s.person(id) != noRow }

// ending says why an invitation cannot be accepted or changed any more.
func (x *invitation) ending(at Instant) error {
	switch x.stageAt(at) {
	case Pending:
		return nil
	case Accepted:
		return ErrInvitationUsed
	case Expired:
		return ErrInvitationExpired
	}
	return ErrInvitationEnded
}

// ResendInvitation has the mail of an open invitation go out again, and makes it last as long as a new one would.
type ResendInvitation struct {
	Invitation InvitationID `json:"invitation"`
}

func (ResendInvitation) needs() Need { return insider() }

func (c ResendInvitation) decide(now Situation) ([]Event, error) {
	x, err := now.handled(c.Invitation)
	if err != nil {
		return nil, err
	}
	return now.resend(x, now.at+Instant(InvitationLasts.Microseconds())), nil
}

// RevokeInvitation ends an open invitation. It asks for cover of all that the invitation brings.
type RevokeInvitation struct {
	Invitation InvitationID `json:"invitation"`
}

func (RevokeInvitation) needs() Need { return insider() }

func (c RevokeInvitation) decide(now Situation) ([]Event, error) {
	if _, err := now.handled(c.Invitation); err != nil {
		return nil, err
	}
	return []Event{&InvitationRevoked{c.Invitation}}, nil
}
