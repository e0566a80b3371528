package org

import "slices"

// HandOver gives what a member holds by themselves in projects to another member and removes the first, in one version.
// Handing over is giving: what the actor does not cover comes down to the highest built-in role that they do, and what
// cannot be given at all stays behind. Whoever hands over their own leaves by it.
type HandOver struct {
	Person PersonID `json:"person"`
	To     PersonID `json:"to"`
}

func (c HandOver) needs() Need { return inOrg("members:manage").orSelf(c.Person) }

func (c HandOver) valid() error { return twoPeople(c.Person, c.To) }

func twoPeople(a, b PersonID) error {
	switch {
	case !a.Valid() || !b.Valid():
		return ErrBadID
	case a == b:
		return ErrHandOverSelf
	}
	return nil
}

func (c HandOver) decide(now Situation) ([]Event, error) {
	_, m := now.member(c.Person, now.at)
	if m == nil {
		return nil, ErrUnknownPerson
	}
	to, err := now.find(Subject{Person: c.To})
	if err != nil {
		return nil, err
	}
	facts := now.passOn(m.grants, to.person)
	left, err := Remove{Person: c.Person}.decide(now)
	return append(facts, left...), err
}

// mayGrantOn reports whether the actor may give access in a project at all: also who hands over their own gives it.
func (now Situation) mayGrantOn(p ProjectID) bool {
	return now.fills() || now.me != nil && now.holdsOn(p, "project:manage_grants")
}

// passOn gives somebody what the ties of another hold in living projects, as far as the actor covers it and it is not
// theirs already.
func (now Situation) passOn(held ties, to uint32) []Event {
	var facts []Event
	recipient := now.people.get(to)
	for _, t := range held.all() {
		p, w := now.projects.get(t.to), now.window(t.window)
		if p.deleted != 0 || w.Ended(now.at) || !now.mayGrantOn(p.id()) {
			continue
		}
		role := now.handedOn(t, to)
		if role == 0 {
			continue
		}
		f := &GrantGiven{Project: p.id(), Subject: Subject{Person: recipient.id()}, Role: now.projectRole(role), Window: w, Source: ByHand}
		if n := len(facts); n > 0 {
			// The same role from two sources, or two that come down to one, are one by hand.
			if was := facts[n-1].(*GrantGiven); was.Project == f.Project && was.Role == f.Role {
				was.Window = was.Window.join(w)
				continue
			}
		}
		if has, both := findTie(recipient.grants.to(t.to), role, ByHand.number()); both && !now.window(has.window).Ended(now.at) {
			was := now.window(has.window)
			if f.Window = was.join(w); f.Window == was {
				continue
			}
		}
		if now.coversAll(f.gives(now.State)) == nil {
			facts = append(facts, f)
		}
	}
	return facts
}

// handedOn is the role that comes of a tie for somebody else: its own, or the highest built-in one below it that the
// actor covers there; zero if there is none.
func (now Situation) handedOn(t tie, to uint32) roleNumber {
	covered := func(r roleNumber) bool {
		return now.coversAll([]Power{{set: now.projectSet(r), place: placeProject, project: t.to, until: now.window(t.window).End, person: to, team: noRow}}) == nil
	}
	if covered(t.role) {
		return t.role
	}
	for r := t.role + 1; r < customRole; r++ {
		if covered(r) {
			return r
		}
	}
	return 0
}

// CopyAccess gives a member what another holds by themselves in projects and their places in teams, as far as the actor
// covers it; with Role the organization role too.
type CopyAccess struct {
	Person PersonID `json:"person"`
	From   PersonID `json:"from"`
	Role   bool     `json:"role,omitempty"`
}

func (CopyAccess) needs() Need { return inOrg("grants:manage_any") }

func (c CopyAccess) valid() error { return twoPeople(c.Person, c.From) }

func (c CopyAccess) decide(now Situation) ([]Event, error) {
	to, err := now.find(Subject{Person: c.Person})
	if err != nil {
		return nil, err
	}
	_, from := now.member(c.From, now.at)
	if from == nil {
		return nil, ErrUnknownPerson
	}
	var facts []Event
	me := now.people.get(to.person)
	if c.Role && me.role != from.role {
		f := &RoleSet{c.Person, now.orgRole(from.role)}
		if (now.fills() || now.holdsInOrg("members:set_role") && now.belowMember(now.State, to.person, actRole, f) == nil) && now.coversAll(f.gives(now.State)) == nil {
			facts = append(facts, f)
		}
	}
	facts = append(facts, now.passOn(from.grants, to.person)...)
	if !now.fills() && !now.holdsInOrg("teams:manage") {
		return facts, nil
	}
	for _, t := range from.teams.all() {
		team, w := now.teams.get(t.to), now.window(t.window)
		if _, in := placeIn(me.teams, t.to); in || team.deleted || w.Ended(now.at) {
			continue
		}
		f := &TeamMemberAdded{Team: team.id(), Person: c.Person, Manager: t.manage, Window: w, Source: ByHand}
		if now.coversAll(f.gives(now.State)) == nil {
			facts = append(facts, f)
		}
	}
	return facts, nil
}

// OwnedAlone returns the living projects that nobody but a person owns by a role of their own, through a team or as part
// of everyone: without them the organization's owners stand in.
func (s *State) OwnedAlone(person PersonID, at Instant) []ProjectID {
	_, m := s.member(person, at)
	if m == nil {
		return nil
	}
	var out []ProjectID
	for _, row := range s.touched(m) {
		if p := s.projects.get(row); p.deleted == 0 && s.owns(m.grants.to(row), at) && !s.ownedBut(row, m, at) {
			out = append(out, p.id())
		}
	}
	return out
}

// Orphaned returns those of some projects that nobody owns but the organization's owners.
func (s *State) Orphaned(projects []ProjectID, at Instant) []ProjectID {
	var out []ProjectID
	for _, id := range projects {
		if row, _, err := s.liveProject(id); err == nil && !s.ownedBut(row, nil, at) {
			out = append(out, id)
		}
	}
	return out
}

// owns reports whether one of the ties is an owner's, now.
func (s *State) owns(held []tie, at Instant) bool {
	return slices.ContainsFunc(held, func(t tie) bool { return t.role == Owner.number() && s.window(t.window).Holds(at) })
}

// ownedBut reports whether somebody but one member owns a project.
func (s *State) ownedBut(row uint32, but *member, at Instant) bool {
	p := s.projects.get(row)
	return s.owns(p.everyone.to(row), at) || slices.ContainsFunc(p.holders, func(h uint32) bool {
		x := s.people.get(h)
		return x != but && s.active(x, at) && s.owns(x.grants.to(row), at)
	}) || slices.ContainsFunc(p.teams, func(t uint32) bool {
		return s.owns(s.teams.get(t).grants.to(row), at) && s.anyActive(s.teams.get(t), t, at, but)
	})
}

// anyActive reports whether somebody but one is in a team, now.
func (s *State) anyActive(t *team, row uint32, at Instant, but *member) bool {
	for _, i := range t.roster {
		x := s.people.get(i)
		place, in := placeIn(x.teams, row)
		if x != but && in && s.active(x, at) && s.window(place.window).Holds(at) {
			return true
		}
	}
	return false
}

// CreatedBy returns the living projects that a person created.
func (s *State) CreatedBy(person PersonID) (out []ProjectID) {
	for p := range s.Projects(false, "") {
		if p.Creator == person {
			out = append(out, p.Project)
		}
	}
	return out
}
