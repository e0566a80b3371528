package org

import "slices"

// MoveProject moves a project from one organization to another. It is no Command: it is decided on two states at once,
// and the facts of both logs are appended together or not at all. It is asked for by somebody who may transfer the
// project here and create projects there, or, with ByOffer, by somebody who may create projects there and accepts a
// standing offer.
type MoveProject struct {
	Project ProjectID
	Name    Name // what it is called there; as here if empty
	// KeepGrants gives the project's individual grants again to those who are members there, as far as whoever moves it
	// covers them there.
	KeepGrants bool
	// Instead names roles there that take the place of custom roles here, which stay behind; a grant of any other custom
	// role is not kept.
	Instead []RoleInstead
	ByOffer bool
}

// RoleInstead names a project role that takes the place of a custom one.
type RoleInstead struct {
	From ProjectRole `json:"from"`
	To   ProjectRole `json:"to"`
}

func (c MoveProject) role(r ProjectRole) ProjectRole {
	if r.number() != 0 {
		return r
	}
	for _, x := range c.Instead {
		if x.From == r {
			return x.To
		}
	}
	return ""
}

// Moved are the facts of a move, for the log that the project leaves and for the one that it arrives in.
type Moved struct{ Left, Arrived []Event }

// DecideMove judges a move by the rights of one actor in both organizations. An organization that is not there is nil.
func DecideMove(from, to *State, by Actor, at Instant, c MoveProject) (Moved, error) {
	if from == nil {
		from = Empty(nil)
	}
	if to == nil {
		to = Empty(nil)
	}
	at = max(from.Next(at), to.Next(at))
	if c.Name != "" {
		if err := c.Name.valid(); err != nil {
			return Moved{}, err
		}
	}
	here, errHere := begin(from, by, at)
	there, errThere := begin(to, by, at)
	if c.ByOffer {
		return moveByOffer(here, there, errThere, c)
	}
	if errHere != nil {
		return Moved{}, errHere
	}
	if err := here.mayMove(c.Project, to.id); err != nil {
		return Moved{}, err
	}
	if errThere != nil || there.may(inOrg("projects:create")) != nil {
		return Moved{}, ErrNotThere // the same whether there is such an organization or not
	}
	return here.move(there, c)
}

// moveByOffer is the way of somebody there, who learns nothing of what is not offered.
func moveByOffer(here, there Situation, errThere error, c MoveProject) (Moved, error) {
	if errThere != nil {
		return Moved{}, errThere
	}
	if err := there.may(inOrg("projects:create")); err != nil {
		return Moved{}, err
	}
	if there.by.Operator && here.entered {
		return Moved{}, ErrEntered // the operator may fill an organization, but not from one that somebody has entered
	}
	if here.damage != nil || here.catalog == nil || here.suspended != 0 || here.over(here.at) {
		return Moved{}, ErrNotOffered
	}
	row, p, err := here.liveProject(c.Project)
	if err != nil || p.offer == nil || p.offer.to != there.id || !here.stands(row, here.at) {
		return Moved{}, ErrNotOffered
	}
	return here.move(there, c)
}

// begin finds the actor in an organization that a move concerns.
func begin(s *State, by Actor, at Instant) (Situation, error) {
	now := Situation{State: s, by: by, row: noRow, at: at, reached: map[roleNumber]bool{}}
	switch {
	case s.version == 0:
		return now, ErrUnknownOrganization
	case s.damage != nil:
		return now, s.damage
	case s.catalog == nil:
		return now, ErrUnknownCatalog
	}
	return now, now.enter(Need{})
}

// mayMove holds what transferring asks for in the organization that the project is in.
func (now Situation) mayMove(id ProjectID, to OrgID) error {
	if err := now.may(needsTransfer(id)); err != nil {
		return err
	}
	_, p, err := now.liveProject(id)
	switch {
	case err != nil:
		return err
	case to == now.id:
		return ErrSameOrganization
	case now.settings.TransferWithoutApproval, now.ownerNow(now.row, now.at):
		return nil
	}
	if o := p.offer; o != nil && o.to == to && now.at < o.ends() && o.approved && now.ownerNow(o.approver, now.at) {
		return nil
	}
	return ErrNeedsApproval
}

// move makes the facts of both sides, of somebody who may.
func (now Situation) move(there Situation, c MoveProject) (Moved, error) {
	row, p, err := now.liveProject(c.Project)
	if err != nil {
		return Moved{}, err
	}
	name := p.name
	if c.Name != "" {
		name = c.Name
	}
	if there.projectRow(c.Project) != noRow {
		return Moved{}, ErrIDUsed
	}
	if there.projectByName(name) != noRow {
		return Moved{}, ErrProjectName
	}
	if _, taken := there.ProjectByExternal(p.external); p.external != "" && taken {
		return Moved{}, ErrExternalIDTaken
	}
	m := Moved{
		Left: []Event{&ProjectTransferred{c.Project, there.id}},
		Arrived: []Event{&ProjectReceived{Project: c.Project, From: now.id, Name: name, Timezone: p.timezone, Region: p.region,
			ExternalID: p.external, Creator: now.personWho(p.creator), Created: p.created, Source: sourceOf(p.source)}},
	}
	if there.me != nil {
		m.Arrived = append(m.Arrived, &GrantGiven{Project: c.Project, Subject: there.by.subject(), Role: there.creatorRole(), Source: BySetting})
	}
	if c.KeepGrants {
		for _, x := range c.Instead {
			if there.projectNumberIn(x.To, noRow) == 0 {
				return Moved{}, ErrUnknownRole
			}
		}
		m.Arrived = append(m.Arrived, there.keeps(now, c, row)...)
	}
	if m.Left, err = now.conclude(m.Left); err != nil {
		return Moved{}, err
	}
	if m.Arrived, err = there.conclude(m.Arrived); err != nil {
		return Moved{}, err
	}
	return m, nil
}

// keeps are the individual grants of a project that arrives that its mover covers here, of people who are members here.
// Whoever moves it gives them, by hand; a grant of what they get themselves as the creator is not repeated.
func (there Situation) keeps(now Situation, c MoveProject, row uint32) []Event {
	var facts []Event
	var last PersonID
	first := 0 // of the facts about one person
	for g := range now.individual(row) {
		if g.Person != last {
			last, first = g.Person, len(facts)
		}
		i, m := there.member(g.Person, there.at)
		g.Role = c.role(g.Role)
		if m == nil || m.status == Suspended || g.Role == "" || i == there.row && g.Role == there.creatorRole() {
			continue
		}
		f := &GrantGiven{Project: c.Project, Subject: Subject{Person: g.Person}, Role: g.Role, Window: g.Window, Source: ByHand}
		same := func(e Event) bool {
			was := e.(*GrantGiven)
			return was.Subject == f.Subject && was.Role == f.Role
		}
		if at := slices.IndexFunc(facts[first:], same); at >= 0 { // the same role from two sources is one here
			was := facts[first+at].(*GrantGiven)
			was.Window = was.Window.join(f.Window)
			continue
		}
		facts = append(facts, f)
	}
	return slices.DeleteFunc(facts, func(e Event) bool {
		g := e.(*GrantGiven)
		return there.covers(Power{set: there.projectSet(there.projectNumber(g.Role)), place: placeProject, project: noRow, until: g.Window.End,
			person: there.person(g.Subject.Person), team: noRow}) != nil
	})
}

// individual yields the grants of people in a project that have not ended, somebody's side by side in order of role.
func (now Situation) individual(row uint32) func(yield func(Grant) bool) {
	return func(yield func(Grant) bool) {
		for _, h := range now.projects.get(row).holders {
			m := now.people.get(h)
			if now.gone(m, now.at) {
				continue
			}
			for _, t := range m.grants.to(row) {
				if !now.window(t.window).Ended(now.at) && !yield(now.viewGrant(Subject{Person: m.id()}, t, now.at)) {
					return
				}
			}
		}
	}
}

// creatorRole is what the settings give whoever creates a project, or takes one up.
func (s *State) creatorRole() ProjectRole {
	if r := s.settings.CreatorRole; r != "" {
		return r
	}
	return Owner
}
