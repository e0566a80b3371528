package org

import "slices"

// onRole is a fact that changes what the holders of a custom role hold.
type onRole interface{ customRole() RoleID }

func (f *RoleEdited) customRole() RoleID  { return f.Role }
func (f *RoleDeleted) customRole() RoleID { return f.Role }

// knower is a fact that names roles; it is refused where one of them may not be held.
type knower interface{ knows(*State) error }

func orUnknown(ok bool) error {
	if !ok {
		return ErrUnknownRole
	}
	return nil
}

func (f *MemberAdded) knows(s *State) error    { return orUnknown(s.orgNumber(f.Role) != 0) }
func (f *MemberRestored) knows(s *State) error { return orUnknown(s.orgNumber(f.Role) != 0) }
func (f *RoleSet) knows(s *State) error        { return orUnknown(s.orgNumber(f.Role) != 0) }

func (f *AccountCreated) knows(s *State) error { return orUnknown(s.orgNumber(f.Role) != 0) }
func (f *AccountRoleSet) knows(s *State) error { return orUnknown(s.orgNumber(f.Role) != 0) }

func (f *GrantGiven) knows(s *State) error {
	return orUnknown(s.projectNumberIn(f.Role, s.projectRow(f.Project)) != 0)
}

func (f *SettingsChanged) knows(s *State) error {
	roles := []ProjectRole{f.Settings.CreatorRole, f.Settings.EveryoneRole}
	for _, t := range f.Settings.Teams {
		roles = append(roles, t.Role)
	}
	for _, r := range roles {
		if r != "" && s.projectNumberIn(r, noRow) == 0 {
			return ErrUnknownRole
		}
	}
	return nil
}

// belowRole holds rule 3.3.2 against a change of a custom role: no holder's membership or grant changes that the actor may
// not change. A role that a team holds is edited by those who give teams their roles.
func (now Situation) belowRole(s *State, f onRole) error {
	i, c := s.liveRole(f.customRole())
	if now.me == nil {
		return ErrEntered
	}
	if c == nil || now.me.role == RoleOwner.number() {
		return nil
	}
	if e, ok := f.(*RoleEdited); ok && e.equal(s.content(c)) {
		return nil
	}
	n := customRole + roleNumber(i)
	if c.scope == InOrganization {
		return now.belowAll(s, c.holders, f)
	}
	if s.teamHolds(n) && !now.holdsInOrg("grants:manage_any") {
		return ErrTeamHoldsRole
	}
	for _, project := range s.projectsWith(n) {
		if !now.above(project, c.set) {
			return ErrGrantNotBelow
		}
	}
	for j := range uint32(s.roles.n) {
		if by := s.roles.get(j); s.carries(by, n) {
			if err := now.belowAll(s, by.holders, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (now Situation) belowAll(s *State, people []uint32, f onRole) error {
	for _, i := range people {
		if err := now.belowMember(s, i, actRole, f.(Event)); err != nil {
			return err
		}
	}
	return nil
}

// above reports whether the actor may take or change grants in a project that hold a set.
func (now Situation) above(project uint32, theirs Set) bool {
	mine := now.heldOn(now.me, project, lasting{at: now.at})
	return mine.covers(now.projectSet(Owner.number())) || mine.covers(theirs) && !theirs.covers(mine)
}

func (s *State) carries(c *role, n roleNumber) bool {
	return !c.deleted && (c.everywhere == n || slices.ContainsFunc(c.named, func(x namedRole) bool { return x.role == n }))
}

func (s *State) teamHolds(n roleNumber) bool {
	for x := range s.tiedBy(n) {
		if x.team != noRow {
			return true
		}
	}
	return slices.ContainsFunc(s.settings.Teams, func(t TeamRole) bool { return s.projectNumber(t.Role) == n })
}

// holdsCustom reports whether the actor is among those who hold a custom role, or what carries it.
func (now Situation) holdsCustom(n roleNumber) bool {
	if now.me.role == n {
		return true
	}
	if c := now.custom(now.me.role); c != nil && now.carries(c, n) {
		return true
	}
	for x := range now.tiedBy(n) {
		if x.person == now.row || x.team != noRow && now.me.teams.leadTo(x.team) || x.person == noRow && x.team == noRow {
			return true
		}
	}
	return false
}
