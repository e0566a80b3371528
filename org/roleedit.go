package org

import "slices"

// EditRole gives a custom role another name and content. What it gains everybody who holds it gains, what it loses they
// lose, so it asks for covering both and for being above all of them.
type EditRole struct {
	Role    RoleID    `json:"role"`
	Project ProjectID `json:"project,omitempty"` // that it is for, if it is for one
	Name    Name      `json:"name"`
	RoleContent
}

func (c EditRole) needs() Need  { return needsRole(c.Project) }
func (c EditRole) valid() error { return c.Name.valid() }

func (c EditRole) decide(now Situation) ([]Event, error) {
	was, err := now.roleOf(c.Role, c.Project)
	if err != nil {
		return nil, err
	}
	f := &RoleEdited{c.Role, c.Name, c.RoleContent.inOrder()}
	switch {
	case f.Name == was.name && f.equal(now.content(was)):
		return nil, nil
	case now.roleNamed(c.Name, c.Project, c.Role) || c.Name.isBuiltinRole():
		return nil, ErrRoleName
	}
	if err := f.refuse(now.State, was.scope); err != nil {
		return nil, err
	}
	return []Event{f}, nil
}

// roleOf finds a role that is for a project, or for none in particular. One for another project is as unknown as one that
// is not there.
func (s *State) roleOf(id RoleID, project ProjectID) (*role, error) {
	_, c := s.liveRole(id)
	if c == nil || c.only != s.projectRow(project) {
		return nil, ErrUnknownRole
	}
	return c, nil
}

// RoleEdited holds a custom role's name and content as they are from then on.
type RoleEdited struct {
	Role RoleID
	Name Name
	RoleContent
}

func (f *RoleEdited) fields(c *codec) {
	text(c, "custom_role", &f.Role)
	text(c, "name", &f.Name)
	f.RoleContent.fields(c)
}

func (f *RoleEdited) apply(s *State, m Meta) {
	i, c := s.liveRole(f.Role)
	if c == nil {
		s.broken("version %d: no role %s", m.Version, f.Role)
		return
	}
	s.roles.at(s.edit, i).name = f.Name
	s.fillRole(i, f.RoleContent, m)
}

// gives is all that the role holds before and after.
func (f *RoleEdited) gives(s *State) []Power {
	i, c := s.liveRole(f.Role)
	after := *c
	after.holds = f.Permissions
	s.compile(&after)
	out := append(s.contentPowers(c, s.content(c)), s.contentPowers(&after, f.RoleContent)...)
	n := customRole + roleNumber(i)
	for j := range out {
		out[j].role = n
	}
	return out
}

// DeleteRole deletes a custom role. Whoever holds it gets another in its place, or with "none" loses a project role.
type DeleteRole struct {
	Role    RoleID      `json:"role"`
	Project ProjectID   `json:"project,omitempty"` // that it is for, if it is for one
	Instead Replacement `json:"instead,omitempty"`
	// Holders are those who get something else than the rest, wherever they hold the role.
	Holders []HolderReplacement `json:"holders,omitempty"`
}

// HolderReplacement is what one holder of a deleted role gets.
type HolderReplacement struct {
	Holder  Holder      `json:"holder"`
	Instead Replacement `json:"instead"`
}

// Holder names who holds a role: the id of a person, team or service account, everyone, or anybody: everyone with all
// service accounts.
type Holder string

// subject is the holder as the subject of a grant.
func (h Holder) subject() Subject {
	switch {
	case h == "everyone":
		return Subject{Everyone: true}
	case h == "anybody":
		return Subject{Everyone: true, Accounts: true}
	case AccountID(h).Valid():
		return Subject{Account: AccountID(h)}
	case TeamID(h).Valid():
		return Subject{Team: TeamID(h)}
	}
	return Subject{Person: PersonID(h)}
}

// Replacement is the role that takes a deleted one's place: an organization role or a project role, or Nothing.
type Replacement string

// Nothing takes the place of a deleted project role: it is taken away.
const Nothing Replacement = "none"

func (c DeleteRole) needs() Need { return needsRole(c.Project) }

func (c DeleteRole) valid() error {
	seen := map[Holder]bool{}
	for _, h := range c.Holders {
		if seen[h.Holder] {
			return ErrHolderTwice
		}
		seen[h.Holder] = true
	}
	return nil
}

func (c DeleteRole) decide(now Situation) ([]Event, error) {
	was, err := now.roleOf(c.Role, c.Project)
	if err != nil {
		return nil, err
	}
	i, _ := now.liveRole(c.Role)
	n := customRole + roleNumber(i)
	if now.refersTo(n) {
		return nil, ErrRoleReferred
	}
	facts, err := now.replaceHolders(was, n, c.Holders)
	if err != nil {
		return nil, err
	}
	f := &RoleDeleted{Role: c.Role}
	if after := now.after(facts); after.isHeld(n) {
		if OrgRole(c.Instead) == RoleOwner && slices.ContainsFunc(after.custom(n).holders, after.machine) {
			return nil, ErrAccountOwner
		}
		if c.Instead == "" {
			return nil, ErrRoleInUse
		}
		if !now.takesPlace(was, n, c.Instead) {
			return nil, ErrUnknownRole
		}
		if c.Instead != Nothing {
			f.Instead = c.Instead
		}
	}
	return append(facts, f), nil
}

// takesPlace reports whether a role can be had in the place of another.
func (s *State) takesPlace(was *role, n roleNumber, instead Replacement) bool {
	in := s.projectNumberIn(ProjectRole(instead), was.only)
	if was.scope == InOrganization {
		in = s.orgNumber(OrgRole(instead))
	} else if instead == Nothing {
		return true
	}
	return in != 0 && in != n
}

// replaceHolders gives single holders of a role what is named for them.
func (now Situation) replaceHolders(was *role, n roleNumber, holders []HolderReplacement) ([]Event, error) {
	var facts []Event
	for _, h := range holders {
		if !now.takesPlace(was, n, h.Instead) {
			return nil, ErrUnknownRole
		}
		before, to := len(facts), h.Holder.subject()
		if was.scope == InOrganization {
			if _, m := now.member(to.Person, now.at); m != nil && m.role == n {
				facts = append(facts, &RoleSet{to.Person, OrgRole(h.Instead)})
			}
			if _, m := now.liveAccount(to.Account); m != nil && m.role == n {
				if OrgRole(h.Instead) == RoleOwner {
					return nil, ErrAccountOwner
				}
				facts = append(facts, &AccountRoleSet{to.Account, OrgRole(h.Instead)})
			}
		}
		for _, project := range now.projectsOf(to) {
			facts = append(facts, now.replaceHeld(to, project, n, h.Instead)...)
		}
		if len(facts) == before {
			return nil, ErrNoHolder
		}
	}
	return facts, nil
}

// projectsOf returns the rows of the projects in which a subject holds a role of its own, each once.
func (now Situation) projectsOf(to Subject) []uint32 {
	if to.Everyone {
		return now.open
	}
	var held ties
	if _, t := now.liveTeam(to.Team); t != nil {
		held = t.grants
	} else if _, m := now.holder(to.Person+to.Account.principal(), now.at); m != nil {
		held = m.grants
	}
	var out []uint32
	for _, t := range held.all() {
		if n := len(out); n == 0 || out[n-1] != t.to {
			out = append(out, t.to)
		}
	}
	return out
}

// replaceHeld puts a role in the place of another that a subject holds in a project, with its bounds. One that is over is
// only taken.
func (now Situation) replaceHeld(to Subject, project uint32, n roleNumber, instead Replacement) []Event {
	var facts []Event
	p := now.projects.get(project)
	held := now.held(to, project, now.at)
	for _, t := range held {
		if t.role != n || p.deleted != 0 {
			continue // what sleeps gets what the rest gets
		}
		facts = append(facts, &GrantTaken{p.id(), to, now.projectRole(n), sourceOf(t.source)})
		window := now.window(t.window)
		if instead == Nothing || window.Ended(now.at) {
			continue
		}
		if other, both := findTie(held, now.projectNumber(ProjectRole(instead)), t.source); both && !now.window(other.window).Ended(now.at) {
			window = window.join(now.window(other.window))
		}
		facts = append(facts, &GrantGiven{Project: p.id(), Subject: to, Role: ProjectRole(instead), Window: window, Source: sourceOf(t.source)})
	}
	return facts
}

// after is the state that facts of a command would lead to.
func (now Situation) after(facts []Event) *State {
	return Evolve(now.State, Stamp(now.State, Meta{At: now.at, Actor: now.by.ID()}, facts)...)
}

// isHeld reports whether anybody holds a custom role.
func (s *State) isHeld(n roleNumber) bool {
	if len(s.custom(n).holders) > 0 {
		return true
	}
	for range s.tiedBy(n) {
		return true
	}
	return false
}

// refersTo reports whether the settings or another role name a role.
func (s *State) refersTo(n roleNumber) bool {
	named := s.projectNumber(s.settings.CreatorRole) == n || s.projectNumber(s.settings.EveryoneRole) == n
	for _, t := range s.settings.Teams {
		named = named || s.projectNumber(t.Role) == n
	}
	for i := range uint32(s.roles.n) {
		c := s.roles.get(i)
		named = named || !c.deleted && c.everywhere == n
		for _, x := range c.named {
			named = named || !c.deleted && x.role == n
		}
	}
	return named
}

// RoleDeleted ends a custom role. Whoever held it holds another instead, from the same source and for the same time.
type RoleDeleted struct {
	Role    RoleID
	Instead Replacement // none: nobody held it, or what they held is taken away
}

func (f *RoleDeleted) fields(c *codec) {
	text(c, "custom_role", &f.Role)
	option(c, "instead", &f.Instead)
}

func (f *RoleDeleted) apply(s *State, m Meta) {
	i, c := s.liveRole(f.Role)
	if c == nil {
		s.broken("version %d: no role %s", m.Version, f.Role)
		return
	}
	n := customRole + roleNumber(i)
	if c.scope == InOrganization {
		s.replaceInOrg(n, OrgRole(f.Instead), m)
	} else {
		s.replaceInProjects(n, ProjectRole(f.Instead), m)
	}
	row := s.roles.at(s.edit, i)
	row.deleted, row.set, row.changed = true, nil, m.Version
}

func (s *State) replaceInOrg(n roleNumber, instead OrgRole, m Meta) {
	in := s.orgNumber(instead)
	holders := s.custom(n).holders
	// The list by role is put together once: a change of it for each of many holders would copy it as often.
	s.roles.at(s.edit, uint32(n-customRole)).holders = nil
	var list *[]uint32
	var more []uint32
	for _, person := range holders {
		if in == 0 || in == n || in == RoleOwner.number() && s.machine(person) {
			s.broken("version %d: no role takes the place of the deleted one", m.Version)
			return
		}
		row := s.editPerson(person)
		row.role = in
		s.settle(row)
		if ranking := s.ranking(row, in); ranking != nil {
			list, more = ranking, append(more, person)
		}
	}
	if list != nil {
		*list = slices.Concat(*list, more)
		slices.Sort(*list)
	}
}

func (s *State) replaceInProjects(n roleNumber, instead ProjectRole, m Meta) {
	in := s.projectNumberIn(instead, s.custom(n).only)
	if in == n || in == 0 && instead != "" {
		s.broken("version %d: no role takes the place of the deleted one", m.Version)
		return
	}
	replace := func(held ties) ties { return s.replaceTies(held, n, in, m.At) }
	for x := range s.tiedBy(n) {
		switch {
		case x.person != noRow:
			row := s.editPerson(x.person)
			s.counts.Grants -= row.grants.len()
			row.grants = replace(row.grants)
			s.counts.Grants += row.grants.len()
			s.hold(s.editProject(x.tie.to), x.person, row.grants.leadTo(x.tie.to))
		case x.team != noRow:
			row := s.editTeam(x.team)
			s.counts.Grants -= row.grants.len()
			row.grants = replace(row.grants)
			s.counts.Grants += row.grants.len()
			s.holdTeam(s.editProject(x.tie.to), x.team, row.grants.leadTo(x.tie.to))
		default:
			row := s.editProject(x.tie.to)
			held := s.everyone(row, Subject{Everyone: true, Accounts: x.anybody})
			s.counts.Grants -= held.len()
			*held = replace(*held)
			s.counts.Grants += held.len()
			if len(row.everyone)+len(row.anybody) == 0 {
				s.open = withoutRow(s.open, x.tie.to)
			}
		}
	}
}

// replaceTies puts a role in the place of another; zero takes it away. Where both were held from one source, their
// windows are joined, for one grant has one window and nothing is shortened. One that is over gives nothing any more and
// gives way to the other, so that what starts later starts no sooner for it.
func (s *State) replaceTies(held ties, n, in roleNumber, at Instant) ties {
	out := held
	for _, t := range held.all() {
		if t.role != n {
			continue
		}
		i, _ := out.find(t)
		out = out.without(i)
		if t.role = in; in == 0 {
			continue
		}
		if i, both := out.find(t); both {
			was, is := s.window(out.at(i).window), s.window(t.window)
			switch {
			case is.Ended(at):
				continue
			case !was.Ended(at):
				t.window = s.windowRow(is.join(was))
			}
		}
		out = out.with(t)
	}
	return out
}

// gives is what the role held, which whoever deletes it covers, and what comes in its place.
func (f *RoleDeleted) gives(s *State) []Power {
	i, c := s.liveRole(f.Role)
	n := customRole + roleNumber(i)
	out := s.contentPowers(c, s.content(c))
	if f.Instead == "" {
		return out
	}
	if c.scope == InOrganization {
		out = append(out, s.rolePowers(OrgRole(f.Instead), 0, noRow)...)
	} else {
		set := s.projectSet(s.projectNumber(ProjectRole(f.Instead)))
		for _, project := range s.projectsWith(n) {
			out = append(out, Power{set: set, place: placeProject, project: project, person: noRow, team: noRow})
		}
	}
	for j := range out {
		out[j].role = n
	}
	return out
}

// projectsWith returns the rows of the projects in which somebody holds a custom role, each once.
func (s *State) projectsWith(n roleNumber) []uint32 {
	var out []uint32
	for x := range s.tiedBy(n) {
		out = withRow(out, x.tie.to)
	}
	return out
}
