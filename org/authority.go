package org

// A Power is a set of permissions in a place, as some fact would give it.
type Power struct {
	set     Set
	place   place
	project uint32     // with placeProject
	until   Instant    // when it would end; zero is never
	person  uint32     // whom it reaches: a person's row, or noRow
	team    uint32     // or everybody in a team
	all     bool       // or everyone
	role    roleNumber // or whoever holds this custom role
	machine bool       // it reaches a service account
	asTeam  TeamID     // set when a plain place in this team gives it: its managers cover that
}

type place uint8

const (
	placeOrg place = iota + 1
	placeEveryProject
	placeProject
)

// giver is a fact that gives something. Saying what and where lets cover be judged once, without walking members.
type giver interface{ gives(*State) []Power }

// onMember is a fact that acts on a membership; onGrant one that takes or shortens a grant. Who may is ranked.
type (
	onMember interface{ member() (PersonID, act) }
	onGrant  interface {
		grant() (ProjectID, Subject, ProjectRole, Source)
	}
)

type act uint8

const (
	actRole act = iota + 1
	actSuspend
	actReactivate
	actRemove
	actReschedule
)

// lasting says which sources count: those that hold at an instant and, if asked, go on until an end (zero: for ever).
type lasting struct {
	at         Instant
	until      Instant
	throughout bool
}

func (s *State) inWindow(row uint32, l lasting) bool {
	if row == 0 {
		return true
	}
	w := s.windows.get(row)
	if l.throughout {
		return w.lasts(l.at, l.until)
	}
	return w.Holds(l.at)
}

func (s *State) holds(t tie, l lasting) bool { return t.window == 0 || s.inWindow(t.window, l) }

// orgSet is what a member's organization role holds in the organization.
func (s *State) orgSet(m *member) Set { return s.roleSet(m.role) }

// roleSet is what an organization role holds as the settings have it.
func (s *State) roleSet(r roleNumber) Set {
	set := s.orgRoleSet(r)
	if s.settings.MembersCreateProjects && s.isMember(r) {
		set = append(Set(nil), set...)
		set.addAll(s.catalog.createProjects)
	}
	return set
}

// heldOn is the union of all that a member holds in a project from sources that last. It does not ask whether the
// membership is active.
func (s *State) heldOn(m *member, project uint32, l lasting) Set {
	var set Set
	add := func(held []tie) {
		for _, t := range held {
			if s.holds(t, l) {
				set.addAll(s.projectSet(t.role))
			}
		}
	}
	for _, r := range s.brought(m.role, project) {
		set.addAll(s.projectSet(r))
	}
	add(m.grants.to(project))
	for _, place := range m.teams.all() {
		if s.holds(place, l) {
			add(s.teams.get(place.to).grants.to(project))
		}
	}
	add(s.projects.get(project).anybody.to(project))
	if !m.machine {
		add(s.projects.get(project).everyone.to(project))
	}
	return set
}

// covers holds rule 3.3.1: nobody gives what they do not hold at that place; owners may also give what is explicit.
// Nobody gives themselves or a service account anything for longer than they hold it.
func (now Situation) covers(p Power) error {
	if now.fills() {
		return nil
	}
	if now.me == nil {
		return ErrEntered
	}
	if p.until != 0 && p.until <= now.at {
		return nil // part of something that goes on, but over by itself
	}
	if p.machine && Set(nil).covers(p.set) {
		return nil // a service account has no membership that a plain role would make last
	}
	l := lasting{at: now.at}
	if !now.authority(p, l).covers(p.set) && !now.Manages(now.by.ID(), p.asTeam, now.at) {
		return ErrNotCovered
	}
	if !now.reaches(p) {
		return nil
	}
	l.until, l.throughout = p.until, true
	if !now.inWindow(now.me.window, l) || !now.authority(p, l).covers(p.set) {
		return ErrOutlasts
	}
	return nil
}

// authority is what the actor may hand out at the power's place.
func (now Situation) authority(p Power, l lasting) Set {
	var held Set
	switch p.place {
	case placeOrg:
		held = now.orgSet(now.me)
	case placeEveryProject:
		held = now.projectSet(now.everywhere(now.me.role))
	case placeProject:
		held = now.heldIn(p.project, l)
	}
	if now.me.role == RoleOwner.number() {
		held = append(Set(nil), held...)
		held.addAll(now.catalog.explicit)
	}
	return held
}

// heldIn is what the actor holds in a project. In one that arrives from another organization by the very command it is
// what they are about to get as its creator, and what their organization role brings.
func (now Situation) heldIn(project uint32, l lasting) Set {
	if project < uint32(now.projects.n) && !now.projects.get(project).left {
		return now.heldOn(now.me, project, l)
	}
	held := append(Set(nil), now.projectSet(now.projectNumber(now.creatorRole()))...)
	held.addAll(now.projectSet(now.everywhere(now.me.role)))
	return held
}

// reaches reports whether the actor or a service account is among those to whom the power goes.
func (now Situation) reaches(p Power) bool {
	if p.all || p.machine || p.person == now.row || p.role != 0 && now.reachesHolders(p.role) {
		return true
	}
	return p.team != noRow && (now.me.teams.leadTo(p.team) || int(p.team) < now.teams.n && len(now.teams.get(p.team).accounts) > 0)
}

// reachesHolders is reaches for whoever holds a custom role. That takes a look at every grant, and one change of a role is
// thousands of powers, so it is found out once.
func (now Situation) reachesHolders(n roleNumber) bool {
	reached, known := now.reached[n]
	if !known {
		reached = now.holdsCustom(n) || now.machineHolds(n)
		now.reached[n] = reached
	}
	return reached
}

// judgeBelow holds rule 3.3.2 against one fact.
func (now Situation) judgeBelow(s *State, f Event) error {
	if now.fills() {
		return nil
	}
	switch on := f.(type) {
	case onAccount:
		return now.belowAccount(s, on)
	case onMember:
		person, a := on.member()
		i := s.person(person)
		if i == noRow {
			return ErrUnknownPerson
		}
		return now.belowMember(s, i, a, f)
	case onGrant:
		return now.belowGrant(s, on)
	case onRole:
		return now.belowRole(s, on)
	}
	return nil
}

func (now Situation) belowMember(s *State, i uint32, a act, f Event) error {
	if now.me == nil {
		return ErrEntered
	}
	target := s.people.get(i)
	if i == now.row {
		if a == actRemove || a == actReschedule || a == actRole && now.lowers(target, f) {
			return nil
		}
		if now.me.role == RoleOwner.number() {
			return nil
		}
		return ErrNotBelow
	}
	mine, theirs := now.orgSet(now.me), s.orgSet(target)
	if now.me.role == RoleOwner.number() {
		return nil
	}
	if (a == actSuspend || a == actRemove || a == actReactivate) && target.role == RoleBillingAdmin.number() {
		theirs = now.orgRoleSet(RoleMember.number()) // for these acts a billing admin ranks as a member does
	}
	if mine.covers(theirs) && !theirs.covers(mine) {
		return nil
	}
	if a == actSuspend && !now.me.machine && now.me.role == RoleAdmin.number() && target.role == RoleAdmin.number() {
		return now.peer()
	}
	return ErrNotBelow
}

// peer lets an admin suspend another admin, one at a time.
func (now Situation) peer() error {
	for _, i := range now.ranked[RoleAdmin.number()] {
		m := now.people.get(i)
		if m.status == Suspended && !now.gone(m, now.at) && m.past != nil && m.past.peer && m.past.by == now.row {
			return ErrPeerSuspension
		}
	}
	return nil
}

func (now Situation) lowers(m *member, f Event) bool {
	set, ok := f.(*RoleSet)
	return ok && now.orgSet(m).covers(now.roleSet(now.orgNumber(set.Role)))
}

func (now Situation) belowGrant(s *State, on onGrant) error {
	project, subject, role, source := on.grant()
	if now.me == nil {
		return ErrEntered
	}
	if (subject.Person != "" || subject.Account != "") && subject == now.by.subject() {
		return nil
	}
	row := now.projectRow(project)
	if row == noRow {
		return ErrUnknownProject
	}
	held := s.held(subject, row, now.at)
	if t, found := findTie(held, now.projectNumber(role), source.number()); found && s.window(t.window).Ended(now.at) {
		return nil
	}
	if now.above(row, now.projectSet(now.projectNumber(role))) {
		return nil
	}
	return ErrGrantNotBelow
}
