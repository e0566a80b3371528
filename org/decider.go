package org

import "slices"

// A remedy is what would turn a no into a yes: steps that are all needed, and gifts of which one is enough.
type remedy struct {
	steps []Command
	gifts []Command
}

// remedyFor says what is missing for a person or service account to hold one of the roles; m is their membership, if they
// have one.
func (s *State) remedyFor(q Question, m *member, e Explanation, at Instant) remedy {
	if m != nil && m.machine {
		return remedyForAccount(q, m, e)
	}
	var r remedy
	give := func(role OrgRole) Command { return SetRole{q.Person, role} }
	switch {
	case m == nil && q.Project == "":
		give = func(role OrgRole) Command { return AddMember{Person: q.Person, Role: role} }
	case m == nil:
		r.steps = []Command{AddMember{Person: q.Person, Role: RoleMember}}
	case m.disabled():
		r.steps = []Command{Disable{Person: q.Person}} // which is the operator's
	case m.status == Suspended:
		r.steps = []Command{Reactivate{q.Person}}
		if !s.window(m.window).Holds(at) {
			r.steps = append(r.steps, Reschedule{q.Person, Window{End: s.window(m.window).End}})
		}
	case !s.active(m, at):
		r.steps = []Command{Reschedule{q.Person, Window{End: s.window(m.window).End}}}
	}
	for _, role := range e.OrgRoles {
		r.gifts = append(r.gifts, give(role))
	}
	for _, role := range e.Roles {
		r.gifts = append(r.gifts, Give{Project: q.Project, Subject: Subject{Person: q.Person}, Role: role})
	}
	return r
}

func remedyForAccount(q Question, m *member, e Explanation) remedy {
	var r remedy
	account := AccountID(q.Person)
	if m.status == Suspended {
		r.steps = []Command{EnableAccount{account}}
	}
	for _, role := range e.OrgRoles {
		r.gifts = append(r.gifts, SetAccountRole{account, role})
	}
	for _, role := range e.Roles {
		r.gifts = append(r.gifts, Give{Project: q.Project, Subject: Subject{Account: account}, Role: role})
	}
	return r
}

// after returns the state that commands by somebody lead to, or nil if one is refused.
func (s *State) after(by PersonID, at Instant, commands ...Command) *State {
	for _, c := range commands {
		facts, err := Decide(s, Actor{Person: by}, at, c)
		if err != nil {
			return nil
		}
		s = Evolve(s, Stamp(s, Meta{At: at, Actor: by}, facts)...)
	}
	return s
}

// cures reports whether somebody may do what is missing. It tries, so that an explanation names nobody whom a rule
// would turn down.
func (s *State) cures(by PersonID, r remedy, q Question, at Instant) bool {
	s = s.after(by, at, r.steps...)
	return s != nil && (s.Check(q.Person, q.Permission, q.Project, at) ||
		slices.ContainsFunc(r.gifts, func(c Command) bool { return s.after(by, at, c) != nil }))
}

// restores reports whether somebody may bring a deleted project back; under its id, for its name may be taken by now.
func (s *State) restores(by PersonID, in ProjectID, at Instant) bool {
	return s.after(by, at, RestoreProject{in, Name(in)}) != nil
}

// chosen are the first of the candidates who are active and able, as many as an explanation names.
func (s *State) chosen(candidates []uint32, at Instant, able func(*member) bool) []PersonID {
	var out []PersonID
	for _, i := range candidates {
		if len(out) == MaxDeciders {
			break
		}
		if m := s.people.get(i); s.active(m, at) && able(m) {
			out = append(out, m.id())
		}
	}
	return out
}

// orgDeciders are the owners, admins and holders of custom roles who could give a permission of the organization.
func (s *State) orgDeciders(q Question, m *member, e Explanation, at Instant) []PersonID {
	r := s.remedyFor(q, m, e, at)
	return s.chosen(s.leading(), at, func(by *member) bool {
		return s.cures(by.id(), r, q, at)
	})
}

// deciders are those who could give a permission in a project. Who manages access there can if the person is in; who is
// not yet, or a project that is deleted, is first the organization's to bring in. An explicit permission is the owners'.
func (s *State) deciders(q Question, m *member, e Explanation, at Instant) []PersonID {
	row := s.projectRow(q.Project)
	if len(e.Roles) == 0 {
		return s.chosen(s.ranked[RoleOwner.number()], at, func(*member) bool { return true })
	}
	if s.projects.get(row).deleted != 0 {
		return s.chosen(s.candidates(row), at, func(by *member) bool { return s.restores(by.id(), q.Project, at) })
	}
	r := s.remedyFor(q, m, e, at)
	manage := s.catalog.number["project:manage_grants"]
	return s.chosen(s.candidates(row), at, func(by *member) bool {
		return s.heldOn(by, row, lasting{at: at}).has(manage) && s.cures(by.id(), r, q, at)
	})
}
