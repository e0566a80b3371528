package org

import "slices"

// CreateTeam makes a team.
type CreateTeam struct {
	Team       TeamID     `json:"-"`
	Name       Name       `json:"name"`
	ExternalID ExternalID `json:"external_id,omitempty"`
	Source     Source     `json:"source,omitempty"`
}

func (CreateTeam) needs() Need { return inOrg("teams:manage") }

func (c CreateTeam) valid() error {
	if !c.Team.Valid() {
		return ErrBadID
	}
	if c.ExternalID != "" {
		if err := c.ExternalID.valid(); err != nil {
			return err
		}
	}
	if err := givenSource(c.Source); err != nil {
		return err
	}
	return c.Name.valid()
}

func (c CreateTeam) decide(now Situation) ([]Event, error) {
	if now.teamRow(c.Team) != noRow {
		return nil, ErrIDUsed
	}
	if now.teamByName(c.Name) != noRow {
		return nil, ErrTeamName
	}
	if err := now.mayNameTeam(c.ExternalID); err != nil {
		return nil, err
	}
	return []Event{&TeamCreated{c.Team, c.Name, c.ExternalID, c.Source.orByHand()}}, nil
}

// mayNameTeam refuses an external id in use, or from somebody who may not set one.
func (now Situation) mayNameTeam(x ExternalID) error {
	if x == "" {
		return nil
	}
	if err := now.may(externalIDs); err != nil {
		return err
	}
	if _, taken := now.TeamByExternal(x); taken {
		return ErrExternalIDTaken
	}
	return nil
}

// externalIDs is the need of setting one: the operator always, in an entered organization its owners too.
var externalIDs = inOrg("owners:make").orOperator()

// TeamCreated begins a team.
type TeamCreated struct {
	Team       TeamID
	Name       Name
	ExternalID ExternalID
	Source     Source
}

func (f *TeamCreated) fields(c *codec) {
	text(c, "team", &f.Team)
	text(c, "name", &f.Name)
	option(c, "external_id", &f.ExternalID)
	text(c, "source", &f.Source)
}

func (f *TeamCreated) apply(s *State, m Meta) {
	b, ok := bodyOf(string(f.Team), teamPrefix)
	if !ok || s.teamRow(f.Team) != noRow || f.Source.number() == 0 {
		s.broken("version %d: team %s exists, is no id, or its source is unknown", m.Version, f.Team)
		return
	}
	i := s.teams.add(s.edit, team{body: b, name: f.Name, external: f.ExternalID, created: m.At,
		changed: m.Version, source: f.Source.number()})
	s.teamAt.put(s.edit, hashOf(string(b[:])), i)
	s.teamNamed.put(s.edit, hashOf(f.Name.fold()), i)
	if f.ExternalID != "" {
		s.teamExternal.put(s.edit, hashOf(string(f.ExternalID)), i)
	}
	s.counts.Teams++
}

// RenameTeam gives a team another name.
type RenameTeam struct {
	Team TeamID `json:"team"`
	Name Name   `json:"name"`
}

func (RenameTeam) needs() Need    { return inOrg("teams:manage") }
func (c RenameTeam) valid() error { return c.Name.valid() }

func (c RenameTeam) decide(now Situation) ([]Event, error) {
	i, t := now.liveTeam(c.Team)
	if t == nil {
		return nil, ErrUnknownTeam
	}
	if t.name == c.Name {
		return nil, nil
	}
	if other := now.teamByName(c.Name); other != noRow && other != i {
		return nil, ErrTeamName
	}
	return []Event{&TeamRenamed{c.Team, c.Name}}, nil
}

// TeamRenamed gives a team another name.
type TeamRenamed struct {
	Team TeamID
	Name Name
}

func (f *TeamRenamed) fields(c *codec) {
	text(c, "team", &f.Team)
	text(c, "name", &f.Name)
}

func (f *TeamRenamed) apply(s *State, m Meta) {
	if i := s.presentTeam(f.Team, m); i != noRow {
		t := s.editTeam(i)
		s.teamNamed.drop(s.edit, hashOf(t.name.fold()), i)
		s.teamNamed.put(s.edit, hashOf(f.Name.fold()), i)
		t.name = f.Name
	}
}

func (s *State) presentTeam(id TeamID, m Meta) uint32 {
	i, t := s.liveTeam(id)
	if t == nil {
		s.broken("version %d: no team %s", m.Version, id)
		return noRow
	}
	return i
}

// SetTeamExternalID gives a team the application's own key; empty takes it away.
type SetTeamExternalID struct {
	Team       TeamID     `json:"team"`
	ExternalID ExternalID `json:"external_id"`
}

func (SetTeamExternalID) needs() Need { return externalIDs }

func (c SetTeamExternalID) decide(now Situation) ([]Event, error) {
	_, t := now.liveTeam(c.Team)
	if t == nil {
		return nil, ErrUnknownTeam
	}
	if t.external == c.ExternalID {
		return nil, nil
	}
	if c.ExternalID != "" {
		if err := c.ExternalID.valid(); err != nil {
			return nil, err
		}
		if _, taken := now.TeamByExternal(c.ExternalID); taken {
			return nil, ErrExternalIDTaken
		}
	}
	return []Event{&TeamExternalIDSet{c.Team, c.ExternalID}}, nil
}

// TeamExternalIDSet changes a team's external id.
type TeamExternalIDSet struct {
	Team       TeamID
	ExternalID ExternalID
}

func (f *TeamExternalIDSet) fields(c *codec) {
	text(c, "team", &f.Team)
	option(c, "external_id", &f.ExternalID)
}

func (f *TeamExternalIDSet) apply(s *State, m Meta) {
	if i := s.presentTeam(f.Team, m); i != noRow {
		t := s.editTeam(i)
		if t.external != "" {
			s.teamExternal.drop(s.edit, hashOf(string(t.external)), i)
		}
		if f.ExternalID != "" {
			s.teamExternal.put(s.edit, hashOf(string(f.ExternalID)), i)
		}
		t.external = f.ExternalID
	}
}

// DeleteTeam ends a team and what it gave, and nothing else.
type DeleteTeam struct {
	Team TeamID `json:"team"`
}

func (DeleteTeam) needs() Need { return inOrg("teams:manage") }

func (c DeleteTeam) decide(now Situation) ([]Event, error) {
	if _, t := now.liveTeam(c.Team); t == nil {
		return nil, ErrUnknownTeam
	}
	return []Event{&TeamDeleted{c.Team}}, nil
}

// TeamDeleted ends a team.
type TeamDeleted struct{ Team TeamID }

func (f *TeamDeleted) fields(c *codec) { text(c, "team", &f.Team) }

func (f *TeamDeleted) apply(s *State, m Meta) {
	i := s.presentTeam(f.Team, m)
	if i == noRow {
		return
	}
	t := s.editTeam(i)
	for _, p := range slices.Concat(t.roster, t.accounts) {
		row := s.editPerson(p)
		if _, in := placeIn(row.teams, i); in {
			row.teams = row.teams.without(row.teams.first(i))
		}
	}
	for _, g := range t.grants.all() {
		s.holdTeam(s.editProject(g.to), i, false)
	}
	s.counts.Grants -= t.grants.len()
	s.places -= len(t.roster) + len(t.accounts)
	s.counts.Teams--
	s.teamNamed.drop(s.edit, hashOf(t.name.fold()), i)
	if t.external != "" {
		s.teamExternal.drop(s.edit, hashOf(string(t.external)), i)
	}
	t.roster, t.accounts, t.grants, t.external, t.deleted = nil, nil, nil, "", true
	s.dropDefault(f.Team)
}

// dropDefault takes a team out of what new projects get.
func (s *State) dropDefault(t TeamID) {
	kept := s.settings.clone()
	kept.Teams = kept.Teams[:0]
	for _, d := range s.settings.Teams {
		if d.Team != t {
			kept.Teams = append(kept.Teams, d)
		}
	}
	s.settings = kept
}

// placeIn finds a person's one place in a team.
func placeIn(places ties, team uint32) (tie, bool) {
	if i := places.first(team); i < places.len() && places.link(i).to() == team {
		return places.at(i), true
	}
	return tie{}, false
}

// PlaceInTeam puts a member into a team, or changes their place: as manager or not, from when to when.
type PlaceInTeam struct {
	Team    TeamID   `json:"team"`
	Person  PersonID `json:"person"`
	Manager bool     `json:"manager,omitempty"`
	Window
	Source Source `json:"source,omitempty"`
}

func (c PlaceInTeam) needs() Need {
	if c.Manager {
		return inOrg("teams:manage")
	}
	return inOrg("teams:manage").orManager(c.Team)
}

func (c PlaceInTeam) valid() error {
	if err := givenSource(c.Source); err != nil {
		return err
	}
	return c.Window.valid()
}

func (c PlaceInTeam) decide(now Situation) ([]Event, error) {
	i, t := now.liveTeam(c.Team)
	if t == nil {
		return nil, ErrUnknownTeam
	}
	_, m := now.member(c.Person, now.at)
	switch {
	case m == nil:
		return nil, ErrUnknownPerson
	case m.status == Suspended:
		return nil, ErrMemberSuspended
	case c.Ended(now.at):
		return nil, ErrPastEnd
	}
	was, in := placeIn(m.teams, i)
	if !in {
		return []Event{&TeamMemberAdded{Team: c.Team, Person: c.Person, Manager: c.Manager, Window: c.Window, Source: c.Source.orByHand()}}, nil
	}
	if was.manage == c.Manager && now.window(was.window) == c.Window {
		return nil, nil
	}
	// A manager's place is given and taken by those who place managers.
	if was.manage && now.may(inOrg("teams:manage")) != nil {
		return nil, ErrNotAllowed
	}
	return []Event{&TeamMemberChanged{Team: c.Team, Person: c.Person, Manager: c.Manager, Window: c.Window}}, nil
}

// TeamMemberAdded puts a member into a team.
type TeamMemberAdded struct {
	Team    TeamID
	Person  PersonID
	Account AccountID // instead of a person, and never as manager
	Manager bool
	Window  Window
	Source  Source
	By      Giver
}

func (f *TeamMemberAdded) fields(c *codec) {
	text(c, "team", &f.Team)
	c.holder(&f.Person, &f.Account)
	c.flag("manager", &f.Manager)
	c.window(&f.Window)
	text(c, "source", &f.Source)
	option(c, "by", &f.By)
}

func (f *TeamMemberAdded) apply(s *State, m Meta) {
	i, p := s.presentTeam(f.Team, m), s.presentHolder(f.Person, f.Account, m)
	if i == noRow || p == noRow {
		return
	}
	if _, in := placeIn(s.people.get(p).teams, i); in || f.Source.number() == 0 || f.Manager && f.Account != "" {
		s.broken("version %d: %s is in %s already, or may not be so", m.Version, f.Person+f.Account.principal(), f.Team)
		return
	}
	by := f.By.row(s, m)
	w := s.windowRow(f.Window)
	row := s.editPerson(p)
	row.teams = row.teams.with(tie{at: m.At, to: i, by: by, window: w, source: f.Source.number(), manage: f.Manager})
	s.enlist(s.editTeam(i), p, true)
}

func (f *TeamMemberAdded) gives(s *State) []Power {
	return s.teamPowers(f.Team, s.heldBy(f.Person, f.Account), f.Manager || f.Account != "", f.Window.End)
}

// teamPowers is what a place in a team gives: all that the team carries, in projects to come too, and for a manager
// that to hand on.
func (s *State) teamPowers(id TeamID, person uint32, manager bool, until Instant) []Power {
	_, t := s.liveTeam(id)
	if t == nil {
		return nil
	}
	return s.carried(t, person, manager, until)
}

func (s *State) carried(t *team, person uint32, manager bool, until Instant) []Power {
	out := make([]Power, 0, t.grants.len())
	give := func(p Power) {
		if p.person, p.team, p.machine = person, noRow, s.machine(person); !manager {
			p.asTeam = t.id()
		}
		out = append(out, p)
	}
	for _, g := range t.grants.all() {
		end := sooner(s.window(g.window).End, until)
		give(Power{set: s.projectSet(g.role), place: placeProject, project: g.to, until: end})
	}
	for _, d := range s.settings.Teams {
		if d.Team == t.id() {
			give(Power{set: s.projectSet(s.projectNumber(d.Role)), place: placeEveryProject, until: until})
		}
	}
	return out
}

// holdingPowers is what grants and team places give again when their holder's membership goes on for longer.
func (s *State) holdingPowers(person uint32, grants, places ties, until Instant) []Power {
	var out []Power
	for _, g := range grants.all() {
		end := sooner(s.window(g.window).End, until)
		out = append(out, Power{set: s.projectSet(g.role), place: placeProject, project: g.to, until: end, person: person, team: noRow, machine: s.machine(person)})
	}
	for _, p := range places.all() {
		end := sooner(s.window(p.window).End, until)
		out = append(out, s.carried(s.teams.get(p.to), person, true, end)...)
	}
	return out
}

// sooner returns the end that comes first; zero never comes.
func sooner(a, b Instant) Instant {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// TeamMemberChanged gives a member another place in the team.
type TeamMemberChanged struct {
	Team    TeamID
	Person  PersonID
	Account AccountID // instead of a person
	Manager bool
	Window  Window
}

func (f *TeamMemberChanged) fields(c *codec) {
	text(c, "team", &f.Team)
	c.holder(&f.Person, &f.Account)
	c.flag("manager", &f.Manager)
	c.window(&f.Window)
}

func (f *TeamMemberChanged) apply(s *State, m Meta) {
	p, place := s.presentPlace(f.Team, f.Person, f.Account, m)
	if p == noRow {
		return
	}
	if f.Manager && f.Account != "" {
		s.broken("version %d: a service account manages no team", m.Version)
		return
	}
	place.manage, place.window = f.Manager, s.windowRow(f.Window)
	row := s.editPerson(p)
	row.teams = row.teams.with(place)
}

func (s *State) presentPlace(id TeamID, person PersonID, account AccountID, m Meta) (uint32, tie) {
	i, p := s.presentTeam(id, m), s.presentHolder(person, account, m)
	if i == noRow || p == noRow {
		return noRow, tie{}
	}
	place, in := placeIn(s.people.get(p).teams, i)
	if !in {
		s.broken("version %d: %s is not in %s", m.Version, person+account.principal(), id)
		return noRow, tie{}
	}
	return p, place
}

func (f *TeamMemberChanged) gives(s *State) []Power {
	i, p := s.teamRow(f.Team), s.heldBy(f.Person, f.Account)
	was, in := placeIn(s.people.get(p).teams, i)
	if !in {
		return nil
	}
	if !longer(s.window(was.window), f.Window) && (was.manage || !f.Manager) {
		return nil
	}
	return s.teamPowers(f.Team, p, f.Manager || f.Account != "", f.Window.End)
}

// TakeFromTeam ends a person's place in a team.
type TakeFromTeam struct {
	Team   TeamID   `json:"team"`
	Person PersonID `json:"person"`
}

func (c TakeFromTeam) needs() Need { return inOrg("teams:manage").orManager(c.Team).orSelf(c.Person) }

func (c TakeFromTeam) decide(now Situation) ([]Event, error) {
	i, t := now.liveTeam(c.Team)
	if t == nil {
		return nil, ErrUnknownTeam
	}
	p, m := now.member(c.Person, now.at)
	if m == nil {
		return nil, ErrNotInTeam
	}
	place, in := placeIn(m.teams, i)
	if !in {
		return nil, ErrNotInTeam
	}
	if place.manage && p != now.row && now.may(inOrg("teams:manage")) != nil {
		return nil, ErrNotAllowed
	}
	return []Event{&TeamMemberRemoved{Team: c.Team, Person: c.Person}}, nil
}

// TeamMemberRemoved ends a person's place in a team.
type TeamMemberRemoved struct {
	Team    TeamID
	Person  PersonID
	Account AccountID // instead of a person
}

func (f *TeamMemberRemoved) fields(c *codec) {
	text(c, "team", &f.Team)
	c.holder(&f.Person, &f.Account)
}

func (f *TeamMemberRemoved) apply(s *State, m Meta) {
	p, place := s.presentPlace(f.Team, f.Person, f.Account, m)
	if p == noRow {
		return
	}
	row := s.editPerson(p)
	row.teams = row.teams.without(row.teams.first(place.to))
	s.enlist(s.editTeam(place.to), p, false)
}
