package org

import (
	"slices"
	"time"
)

// RestoreProjectWithin is how long a deleted project can come back.
const RestoreProjectWithin = 90 * 24 * time.Hour

// CreateProject makes a project. Its creator, everyone and teams get what the settings say.
type CreateProject struct {
	Project    ProjectID  `json:"-"`
	Name       Name       `json:"name"`
	Timezone   Timezone   `json:"timezone,omitempty"` // UTC if empty
	Region     Region     `json:"region,omitempty"`
	ExternalID ExternalID `json:"external_id,omitempty"`
	Source     Source     `json:"source,omitempty"`
}

func (CreateProject) needs() Need { return inOrg("projects:create") }

func (c CreateProject) valid() error {
	if !c.Project.Valid() {
		return ErrBadID
	}
	if c.ExternalID != "" {
		if err := c.ExternalID.valid(); err != nil {
			return err
		}
	}
	if c.Timezone != "" {
		if err := c.Timezone.valid(); err != nil {
			return err
		}
	}
	if err := givenSource(c.Source); err != nil {
		return err
	}
	if err := c.Region.valid(); err != nil {
		return err
	}
	return c.Name.valid()
}

func (c CreateProject) decide(now Situation) ([]Event, error) {
	if now.projectEver(c.Project) != noRow {
		return nil, ErrIDUsed
	}
	if now.projectByName(c.Name) != noRow {
		return nil, ErrProjectName
	}
	if err := now.mayNameProject(c.ExternalID); err != nil {
		return nil, err
	}
	if c.Timezone == "" {
		c.Timezone = "UTC"
	}
	facts := []Event{&ProjectCreated{c.Project, c.Name, c.Timezone, c.Region, c.ExternalID, c.Source.orByHand()}}
	give := func(to Subject, r ProjectRole) {
		facts = append(facts, &GrantGiven{Project: c.Project, Subject: to, Role: r, Source: BySetting})
	}
	if now.me != nil {
		give(now.by.subject(), now.creatorRole())
	}
	if r := now.settings.EveryoneRole; r != "" {
		give(Subject{Everyone: true}, r)
	}
	for _, t := range now.settings.Teams {
		give(Subject{Team: t.Team}, t.Role)
	}
	return facts, nil
}

func (now Situation) mayNameProject(x ExternalID) error {
	if x == "" {
		return nil
	}
	if err := now.may(externalIDs); err != nil {
		return err
	}
	if _, taken := now.ProjectByExternal(x); taken {
		return ErrExternalIDTaken
	}
	return nil
}

// ProjectCreated begins a project.
type ProjectCreated struct {
	Project    ProjectID
	Name       Name
	Timezone   Timezone
	Region     Region
	ExternalID ExternalID
	Source     Source
}

func (f *ProjectCreated) fields(c *codec) {
	text(c, "project", &f.Project)
	text(c, "name", &f.Name)
	text(c, "timezone", &f.Timezone)
	option(c, "region", &f.Region)
	option(c, "external_id", &f.ExternalID)
	text(c, "source", &f.Source)
}

func (f *ProjectCreated) apply(s *State, m Meta) {
	b, ok := bodyOf(string(f.Project), projectPrefix)
	if !ok || s.projectEver(f.Project) != noRow || f.Source.number() == 0 {
		s.broken("version %d: project %s exists, is no id, or its source is unknown", m.Version, f.Project)
		return
	}
	creator := m.row(s)
	s.addProject(project{body: b, name: f.Name, timezone: f.Timezone, region: f.Region,
		external: f.ExternalID, created: m.At, creator: creator, changed: m.Version, source: f.Source.number()})
}

// addProject adds the row of a project that is there from now on.
func (s *State) addProject(p project) uint32 {
	i := s.projects.add(s.edit, p)
	s.projectAt.put(s.edit, hashOf(string(p.body[:])), i)
	s.nameProject(i)
	s.counts.Projects++
	return i
}

// nameProject and unnameProject keep the indexes by name and external id, in which deleted projects do not stand.
func (s *State) nameProject(i uint32) {
	p := s.projects.get(i)
	s.projectNamed.put(s.edit, hashOf(p.name.fold()), i)
	if p.external != "" {
		s.projectExternal.put(s.edit, hashOf(string(p.external)), i)
	}
}

func (s *State) unnameProject(i uint32) {
	p := s.projects.get(i)
	s.projectNamed.drop(s.edit, hashOf(p.name.fold()), i)
	if p.external != "" {
		s.projectExternal.drop(s.edit, hashOf(string(p.external)), i)
	}
}

func (s *State) presentProject(id ProjectID, m Meta) uint32 {
	i, _, err := s.liveProject(id)
	if err != nil {
		s.broken("version %d: no project %s", m.Version, id)
		return noRow
	}
	return i
}

// RenameProject gives a project another name.
type RenameProject struct {
	Project ProjectID `json:"project"`
	Name    Name      `json:"name"`
}

func (c RenameProject) needs() Need  { return on(c.Project, "project:rename") }
func (c RenameProject) valid() error { return c.Name.valid() }

func (c RenameProject) decide(now Situation) ([]Event, error) {
	i, p, err := now.liveProject(c.Project)
	if err != nil || p.name == c.Name {
		return nil, err
	}
	if other := now.projectByName(c.Name); other != noRow && other != i {
		return nil, ErrProjectName
	}
	return []Event{&ProjectRenamed{c.Project, c.Name}}, nil
}

// ProjectRenamed gives a project another name.
type ProjectRenamed struct {
	Project ProjectID
	Name    Name
}

func (f *ProjectRenamed) fields(c *codec) {
	text(c, "project", &f.Project)
	text(c, "name", &f.Name)
}

func (f *ProjectRenamed) apply(s *State, m Meta) {
	if i := s.presentProject(f.Project, m); i != noRow {
		s.unnameProject(i)
		p := s.editProject(i)
		p.name = f.Name
		s.nameProject(i)
	}
}

// SetProjectTimezone sets a project's time zone.
type SetProjectTimezone struct {
	Project  ProjectID `json:"project"`
	Timezone Timezone  `json:"timezone"`
}

func (c SetProjectTimezone) needs() Need  { return on(c.Project, "project:set_timezone") }
func (c SetProjectTimezone) valid() error { return c.Timezone.valid() }

func (c SetProjectTimezone) decide(now Situation) ([]Event, error) {
	_, p, err := now.liveProject(c.Project)
	if err != nil || p.timezone == c.Timezone {
		return nil, err
	}
	return []Event{&TimezoneSet{c.Project, c.Timezone}}, nil
}

// TimezoneSet gives a project another time zone.
type TimezoneSet struct {
	Project  ProjectID
	Timezone Timezone
}

func (f *TimezoneSet) fields(c *codec) {
	text(c, "project", &f.Project)
	text(c, "timezone", &f.Timezone)
}

func (f *TimezoneSet) apply(s *State, m Meta) {
	if i := s.presentProject(f.Project, m); i != noRow {
		p := s.editProject(i)
		p.timezone = f.Timezone
	}
}

// SetProjectExternalID gives a project the application's own key; empty takes it away.
type SetProjectExternalID struct {
	Project    ProjectID  `json:"project"`
	ExternalID ExternalID `json:"external_id"`
}

func (SetProjectExternalID) needs() Need { return externalIDs }

func (c SetProjectExternalID) decide(now Situation) ([]Event, error) {
	_, p, err := now.liveProject(c.Project)
	if err != nil || p.external == c.ExternalID {
		return nil, err
	}
	if c.ExternalID != "" {
		if err := c.ExternalID.valid(); err != nil {
			return nil, err
		}
		if _, taken := now.ProjectByExternal(c.ExternalID); taken {
			return nil, ErrExternalIDTaken
		}
	}
	return []Event{&ProjectExternalIDSet{c.Project, c.ExternalID}}, nil
}

// ProjectExternalIDSet changes a project's external id.
type ProjectExternalIDSet struct {
	Project    ProjectID
	ExternalID ExternalID
}

func (f *ProjectExternalIDSet) fields(c *codec) {
	text(c, "project", &f.Project)
	option(c, "external_id", &f.ExternalID)
}

func (f *ProjectExternalIDSet) apply(s *State, m Meta) {
	if i := s.presentProject(f.Project, m); i != noRow {
		s.unnameProject(i)
		p := s.editProject(i)
		p.external = f.ExternalID
		s.nameProject(i)
	}
}

// DeleteProject makes a project unreachable at once; it can be restored for a time.
type DeleteProject struct {
	Project ProjectID `json:"project"`
}

func (c DeleteProject) needs() Need {
	return on(c.Project, "project:delete").orInOrg("projects:manage_any").evenDeleted()
}

func (c DeleteProject) decide(now Situation) ([]Event, error) {
	if _, _, err := now.liveProject(c.Project); err == ErrProjectDeleted {
		return nil, nil
	}
	return []Event{&ProjectDeleted{c.Project}}, nil
}

// ProjectDeleted makes a project unreachable. Its grants sleep with it.
type ProjectDeleted struct{ Project ProjectID }

func (f *ProjectDeleted) fields(c *codec) { text(c, "project", &f.Project) }

func (f *ProjectDeleted) apply(s *State, m Meta) {
	if i := s.presentProject(f.Project, m); i != noRow {
		s.unnameProject(i)
		p := s.editProject(i)
		p.deleted, p.offer = m.At, nil
		s.counts.Projects--
		s.counts.Deleted++
	}
}

// RestoreProject brings a deleted project back with its grants, under another name if its own is taken by now.
type RestoreProject struct {
	Project ProjectID `json:"project"`
	Name    Name      `json:"name,omitempty"`
}

func (c RestoreProject) needs() Need {
	return on(c.Project, "project:delete").orInOrg("projects:manage_any").evenDeleted()
}

func (c RestoreProject) valid() error {
	if c.Name != "" {
		return c.Name.valid()
	}
	return nil
}

func (c RestoreProject) decide(now Situation) ([]Event, error) {
	p := now.projects.get(now.projectRow(c.Project))
	if p.deleted == 0 {
		return nil, nil
	}
	if now.at >= p.deleted+Instant(RestoreProjectWithin.Microseconds()) {
		return nil, ErrProjectPurged
	}
	name := p.name
	if c.Name != "" {
		name = c.Name
	}
	if now.projectByName(name) != noRow {
		return nil, ErrProjectName
	}
	if _, taken := now.ProjectByExternal(p.external); p.external != "" && taken {
		return nil, ErrExternalIDTaken
	}
	return []Event{&ProjectRestored{c.Project, name}}, nil
}

// ProjectRestored brings a deleted project back under a name.
type ProjectRestored struct {
	Project ProjectID
	Name    Name
}

func (f *ProjectRestored) fields(c *codec) {
	text(c, "project", &f.Project)
	text(c, "name", &f.Name)
}

func (f *ProjectRestored) apply(s *State, m Meta) {
	i := s.projectRow(f.Project)
	if i == noRow || s.projects.get(i).deleted == 0 {
		s.broken("version %d: project %s is not deleted", m.Version, f.Project)
		return
	}
	p := s.editProject(i)
	p.deleted, p.name = 0, f.Name
	s.nameProject(i)
	s.counts.Projects++
	s.counts.Deleted--
}

// gives makes restoring a giving of all that sleeps in the project.
func (f *ProjectRestored) gives(s *State) []Power {
	i := s.projectRow(f.Project)
	p := s.projects.get(i)
	var out []Power
	give := func(t tie, power Power) {
		power.set, power.place, power.project, power.until = s.projectSet(t.role), placeProject, i, s.window(t.window).End
		out = append(out, power)
	}
	lasts := map[roleNumber]int{}
	for _, h := range p.holders {
		for _, t := range s.people.get(h).grants.to(i) {
			// One power a role is enough to judge cover, however many hold it: the one that lasts longest.
			at, seen := lasts[t.role]
			switch end := s.window(t.window).End; {
			case !seen:
				lasts[t.role] = len(out)
				give(t, Power{person: h, team: noRow})
			case sooner(out[at].until, end) != end:
				out[at].person, out[at].until = h, end
			}
		}
	}
	for _, h := range p.accounts {
		for _, t := range s.people.get(h).grants.to(i) {
			give(t, Power{person: h, team: noRow})
		}
	}
	for _, team := range p.teams {
		for _, t := range s.teams.get(team).grants.to(i) {
			give(t, Power{person: noRow, team: team})
		}
	}
	for _, t := range slices.Concat(p.everyone.to(i), p.anybody.to(i)) {
		give(t, Power{person: noRow, team: noRow, all: true})
	}
	for n := range uint32(s.roles.n) {
		c := s.roles.get(n)
		if at, named := findNamed(c.named, i); named && len(c.holders) > 0 {
			out = append(out, Power{set: s.projectSet(c.named[at].role), place: placeProject, project: i, person: noRow, team: noRow, role: customRole + roleNumber(n)})
		}
	}
	return out
}
