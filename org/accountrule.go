package org

import "slices"

// onAccount is a fact that acts on a service account. Who may is ranked, as for people.
type onAccount interface{ account() (AccountID, act) }

// theAccount returns a service account that was not deleted, or says that there is none.
func (now Situation) theAccount(id AccountID) (*account, *member, error) {
	a, m := now.liveAccount(id)
	if a == nil {
		return nil, nil, ErrUnknownAccount
	}
	return a, m, nil
}

// home is the project whose own a service account is: a plain member all of whose grants lie there, in no team.
func (s *State) home(m *member, at Instant) (project uint32, ok bool) {
	if m.role != RoleMember.number() {
		return noRow, false
	}
	for _, t := range m.teams.all() {
		if !s.window(t.window).Ended(at) {
			return noRow, false
		}
	}
	project = noRow
	for _, g := range m.grants.all() {
		switch {
		case s.window(g.window).Ended(at):
		case project != noRow && project != g.to:
			return noRow, false
		default:
			project = g.to
		}
	}
	return project, project != noRow
}

// managesOwn reports whether the actor manages the service accounts of the project whose own the account is.
func (now Situation) managesOwn(id AccountID) bool {
	_, m := now.liveAccount(id)
	if m == nil {
		return false
	}
	project, ok := now.home(m, now.at)
	return ok && now.projects.get(project).deleted == 0 && now.heldOn(now.me, project, lasting{at: now.at}).has(now.catalog.number["project:manage_service_accounts"])
}

// belowAccount holds rule 3.3.2 for service accounts: one changes, disables or deletes those whose role's permissions
// one covers. A person ranks above an account of the same role; an account only above one of a lower role.
func (now Situation) belowAccount(s *State, on onAccount) error {
	id, a := on.account()
	target, m := s.liveAccount(id)
	switch {
	case target == nil:
		return ErrUnknownAccount
	case now.me == nil:
		return ErrEntered
	case target.row == now.row:
		if set, ok := on.(*AccountRoleSet); a == actSuspend || a == actRemove || ok && now.orgSet(m).covers(now.roleSet(now.orgNumber(set.Role))) {
			return nil
		}
		return ErrOwnAccount
	}
	mine, theirs := now.orgSet(now.me), s.orgSet(m)
	if (a == actSuspend || a == actRemove) && m.role == RoleBillingAdmin.number() {
		theirs = now.catalog.org[RoleMember.number()] // as for people
	}
	if project, ok := s.home(m, now.at); ok && mine.covers(theirs) && !now.holdsInOrg("service_accounts:manage") {
		// Whoever manages it as the project's own is above what it holds there.
		mine, theirs = now.heldOn(now.me, project, lasting{at: now.at}), nil
		for _, g := range m.grants.all() {
			if !s.window(g.window).Ended(now.at) {
				theirs.addAll(now.projectSet(g.role))
			}
		}
	}
	if !mine.covers(theirs) || now.me.machine && theirs.covers(mine) {
		return ErrAccountNotBelow
	}
	return nil
}

// accountPowers is all that a service account holds by itself until an end: what a key of it gives.
func (s *State) accountPowers(a *account, until Instant) []Power {
	m := s.people.get(a.row)
	return append(s.rolePowers(s.orgRole(m.role), until, a.row), s.holdingPowers(a.row, m.grants, m.teams, until)...)
}

// subjectOf is a person or service account as one who holds a grant.
func (s *State) subjectOf(row uint32) Subject {
	m := s.people.get(row)
	if m.machine {
		return Subject{Account: AccountID(m.id())}
	}
	return Subject{Person: m.id()}
}

// machineHolds reports whether some service account holds a custom role, or what carries it.
func (s *State) machineHolds(n roleNumber) bool {
	for i := range uint32(s.roles.n) {
		c := s.roles.get(i)
		if (customRole+roleNumber(i) == n || s.carries(c, n)) && slices.ContainsFunc(c.holders, s.machine) {
			return true
		}
	}
	for x := range s.tiedBy(n) {
		if s.machine(x.person) || x.anybody || x.team != noRow && len(s.teams.get(x.team).accounts) > 0 {
			return true
		}
	}
	return false
}

// personWho is the person of a row; nobody if it is a service account, which other organizations know nothing of.
func (s *State) personWho(row uint32) PersonID {
	if row != operatorRow && s.machine(row) {
		return ""
	}
	return s.actorID(row)
}
