package org

import "slices"

// Member is what an organization knows of a member.
type Member struct {
	Person PersonID `json:"person"`
	Role   OrgRole  `json:"role"`
	Status Status   `json:"status"`
	Window
	Since    Version  `json:"since"`   // the version the membership began with
	Changed  Version  `json:"changed"` // the version at which this last changed
	Joined   Instant  `json:"joined_at"`
	AddedBy  PersonID `json:"added_by,omitempty"` // absent: the operator
	Source   Source   `json:"source"`
	Ready    bool     `json:"ready"`              // could sign in, as far as the organization knows
	Disabled bool     `json:"disabled,omitempty"` // by the operator: whatever the status, it gives nothing
	Teams    []TeamID `json:"teams"`
	Grants   int      `json:"grants"` // roles in projects given to this person alone
}

// Team is a team without its roster.
type Team struct {
	Team       TeamID     `json:"team"`
	Name       Name       `json:"name"`
	ExternalID ExternalID `json:"external_id,omitempty"`
	Source     Source     `json:"source"`
	Created    Instant    `json:"created_at"`
	Changed    Version    `json:"changed"`
	People     int        `json:"people"`
	Accounts   int        `json:"service_accounts,omitempty"`
	Projects   int        `json:"projects"`
}

// Place is a person's place in a team, or a service account's.
type Place struct {
	Team    TeamID    `json:"team"`
	Person  PersonID  `json:"person,omitempty"`
	Account AccountID `json:"account,omitempty"`
	Manager bool      `json:"manager"`
	Window
	Now     bool     `json:"now"`
	Source  Source   `json:"source"`
	GivenBy PersonID `json:"given_by,omitempty"`
	GivenAt Instant  `json:"given_at"`
}

// Project is a project without its people.
type Project struct {
	Project    ProjectID  `json:"project"`
	Name       Name       `json:"name"`
	ExternalID ExternalID `json:"external_id,omitempty"`
	Timezone   Timezone   `json:"timezone"`
	Region     Region     `json:"region,omitempty"`
	Source     Source     `json:"source"`
	Creator    PersonID   `json:"creator,omitempty"` // absent: the operator
	Created    Instant    `json:"created_at"`
	Deleted    Instant    `json:"deleted_at,omitzero"`
	RestoreBy  Instant    `json:"restore_by,omitzero"`
	Changed    Version    `json:"changed"`
	// Who is in it; left out for those who may not see that.
	People   int  `json:"people,omitempty"`           // with a role of their own
	Accounts int  `json:"service_accounts,omitempty"` // with one of theirs
	Teams    int  `json:"teams,omitempty"`
	Everyone bool `json:"everyone,omitempty"` // everyone in the organization has a role
}

// Grant is one role of one subject in one project.
type Grant struct {
	Project ProjectID `json:"project"`
	Subject
	Role ProjectRole `json:"role"`
	Window
	Now     bool     `json:"now"`
	Source  Source   `json:"source"`
	GivenBy PersonID `json:"given_by,omitempty"`
	GivenAt Instant  `json:"given_at"`
}

// Member returns a member at that instant.
func (s *State) Member(id PersonID, at Instant) (Member, bool) {
	if _, m := s.member(id, at); m != nil {
		return s.viewMember(m, at), true
	}
	return Member{}, false
}

func (s *State) viewMember(m *member, at Instant) Member {
	v := Member{Person: m.id(), Role: s.orgRole(m.role), Status: m.status, Window: s.window(m.window), Since: m.since,
		Changed: m.since + Version(m.change), Joined: m.joined, AddedBy: s.actorID(m.by), Source: sourceOf(m.source),
		Ready: m.ready(), Disabled: m.disabled(), Teams: make([]TeamID, 0, m.teams.len()), Grants: m.grants.len()}
	for _, t := range m.teams.all() {
		if !s.window(t.window).Ended(at) {
			v.Teams = append(v.Teams, s.teams.get(t.to).id())
		}
	}
	return v
}

// Team returns a team that was not deleted.
func (s *State) Team(id TeamID) (Team, bool) {
	if _, t := s.liveTeam(id); t != nil {
		return s.viewTeam(t), true
	}
	return Team{}, false
}

func (s *State) viewTeam(t *team) Team {
	return Team{Team: t.id(), Name: t.name, ExternalID: t.external, Source: sourceOf(t.source), Created: t.created,
		Changed: t.changed, People: len(t.roster), Accounts: len(t.accounts), Projects: t.grants.len()}
}

// NameOf is what a team, project, service account or custom role is or was called, whether or not it is still here; empty
// if the log never named it. It is for those who read the log, in which the name stands anyway.
func (s *State) NameOf(id string) Name {
	if i := s.teamRow(TeamID(id)); i != noRow {
		return s.teams.get(i).name
	}
	if i := s.projectEver(ProjectID(id)); i != noRow {
		return s.projects.get(i).name
	}
	if i := s.accountRow(AccountID(id)); i != noRow {
		return s.accounts.get(i).name
	}
	if i := s.roleRow(RoleID(id)); i != noRow {
		return s.roles.get(i).name
	}
	return ""
}

// Project returns a project, also one that is deleted.
func (s *State) Project(id ProjectID) (Project, bool) {
	if i := s.projectRow(id); i != noRow {
		return s.viewProject(s.projects.get(i)), true
	}
	return Project{}, false
}

func (s *State) viewProject(p *project) Project {
	v := Project{Project: p.id(), Name: p.name, ExternalID: p.external, Timezone: p.timezone, Region: p.region,
		Source: sourceOf(p.source), Creator: s.actorID(p.creator), Created: p.created, Deleted: p.deleted, Changed: p.changed,
		People: len(p.holders), Accounts: len(p.accounts), Teams: len(p.teams), Everyone: len(p.everyone)+len(p.anybody) > 0}
	if p.deleted != 0 {
		v.RestoreBy = p.deleted + Instant(RestoreProjectWithin.Microseconds())
	}
	return v
}

func (s *State) viewPlace(m *member, t tie, at Instant) Place {
	w := s.window(t.window)
	v := Place{Team: s.teams.get(t.to).id(), Manager: t.manage, Window: w, Now: w.Holds(at) && s.active(m, at),
		Source: sourceOf(t.source), GivenBy: s.actorID(t.by), GivenAt: t.at}
	if m.machine {
		v.Account = AccountID(m.id())
	} else {
		v.Person = m.id()
	}
	return v
}

func (s *State) viewGrant(w Subject, t tie, at Instant) Grant {
	in := s.window(t.window)
	return Grant{Project: s.projects.get(t.to).id(), Subject: w, Role: s.projectRole(t.role), Window: in, Now: in.Holds(at),
		Source: sourceOf(t.source), GivenBy: s.actorID(t.by), GivenAt: t.at}
}

// GrantsOn returns the grants of a project to everyone, to teams, people and service accounts, those that have ended left out.
func (s *State) GrantsOn(id ProjectID, at Instant) []Grant {
	row := s.projectRow(id)
	if row == noRow {
		return nil
	}
	p := s.projects.get(row)
	var out []Grant
	add := func(w Subject, held []tie) {
		for _, t := range held {
			if !s.window(t.window).Ended(at) {
				out = append(out, s.viewGrant(w, t, at))
			}
		}
	}
	add(Subject{Everyone: true}, p.everyone.to(row))
	add(Subject{Everyone: true, Accounts: true}, p.anybody.to(row))
	for _, i := range p.teams {
		add(Subject{Team: s.teams.get(i).id()}, s.teams.get(i).grants.to(row))
	}
	for _, i := range p.holders {
		if m := s.people.get(i); !s.gone(m, at) {
			add(Subject{Person: m.id()}, m.grants.to(row))
		}
	}
	for _, i := range p.accounts {
		m := s.people.get(i)
		add(Subject{Account: AccountID(m.id())}, m.grants.to(row))
	}
	return out
}

// GrantsOfTeam returns what a team gives to its members.
func (s *State) GrantsOfTeam(id TeamID, at Instant) []Grant {
	_, t := s.liveTeam(id)
	if t == nil {
		return nil
	}
	var out []Grant
	for _, g := range t.grants.all() {
		if !s.window(g.window).Ended(at) && s.projects.get(g.to).deleted == 0 {
			out = append(out, s.viewGrant(Subject{Team: id}, g, at))
		}
	}
	return out
}

// Holding is all that a person holds: the membership, the team places, and every source of every project.
type Holding struct {
	Member   Member  `json:"member"`
	Places   []Place `json:"places"`
	Projects []Held  `json:"projects"`
	// Everywhere is the project role that the organization role brings in every project; Projects leaves it out.
	Everywhere ProjectRole `json:"everywhere,omitempty"`
	// OwnsAlone are the projects that nobody else owns by a role of their own, through a team or as part of everyone.
	OwnsAlone []ProjectID `json:"owns_alone"`
	// Created are the projects that the person created.
	Created []ProjectID `json:"created"`
}

// Holds returns what a member holds at that instant or later.
func (s *State) Holds(id PersonID, at Instant) (Holding, bool) {
	_, m := s.member(id, at)
	if m == nil || s.catalog == nil {
		return Holding{}, false
	}
	h := Holding{Member: s.viewMember(m, at), Everywhere: s.projectRole(s.everywhere(m.role))}
	h.Places, h.Projects = s.placesAndSources(m, at)
	h.OwnsAlone, h.Created = append([]ProjectID{}, s.OwnedAlone(id, at)...), append([]ProjectID{}, s.CreatedBy(id)...)
	return h, true
}

// placesAndSources are a member's team places, and the sources of every project but the role that the organization role
// brings in all of them.
func (s *State) placesAndSources(m *member, at Instant) ([]Place, []Held) {
	places, sources, everywhere := []Place{}, []Held{}, s.projectRole(s.everywhere(m.role))
	for _, t := range m.teams.all() {
		if !s.window(t.window).Ended(at) {
			places = append(places, s.viewPlace(m, t, at))
		}
	}
	for _, row := range s.touched(m) {
		if s.projects.get(row).deleted == 0 {
			sources = append(sources, slices.DeleteFunc(s.sources(m, row, at), func(x Held) bool { return x.Via == ViaRole && x.Role == everywhere })...)
		}
	}
	return places, sources
}

// Former returns what a person held whose membership was removed or ended, as long as it can be restored.
func (s *State) Former(id PersonID, at Instant) ([]Grant, []Place, bool) {
	i := s.person(id)
	if i == noRow {
		return nil, nil, false
	}
	m := s.people.get(i)
	past, err := s.formerOf(m, at)
	if err != nil {
		return nil, nil, false
	}
	var grants []Grant
	var places []Place
	for _, t := range past.grants.all() {
		grants = append(grants, s.viewGrant(Subject{Person: id}, t, at))
	}
	for _, t := range past.teams.all() {
		places = append(places, s.viewPlace(m, t, at))
	}
	return grants, places, true
}

// Owners returns the people who are owners at that instant, suspended and disabled ones left out; none of a closed organization.
func (s *State) Owners(at Instant) []PersonID {
	var out []PersonID
	for _, i := range s.ranked[RoleOwner.number()] {
		if m := s.people.get(i); !s.over(at) && s.started(m, at) {
			out = append(out, m.id())
		}
	}
	return out
}

// Manages reports whether a person manages a team at that instant.
func (s *State) Manages(person PersonID, team TeamID, at Instant) bool {
	place, in := s.placeNow(person, team, at)
	return in && place.manage
}

// InTeam reports whether a person is in a team at that instant, as a manager or not.
func (s *State) InTeam(person PersonID, team TeamID, at Instant) bool {
	_, in := s.placeNow(person, team, at)
	return in
}

func (s *State) placeNow(person PersonID, team TeamID, at Instant) (tie, bool) {
	_, m := s.member(person, at)
	row := s.teamRow(team)
	if m == nil || row == noRow || !s.active(m, at) {
		return tie{}, false
	}
	place, in := placeIn(m.teams, row)
	return place, in && s.window(place.window).Holds(at)
}
