package org

import "slices"

// ResetProject puts an empty project of the same name and grants in the place of one. The old one is deleted by that and
// can be restored like any other, under another name; the external id goes over to the new one, for it names what is in
// use.
type ResetProject struct {
	Project   ProjectID `json:"project"`
	Successor ProjectID `json:"-"`
}

func (c ResetProject) needs() Need { return on(c.Project, "project:reset") }

func (c ResetProject) valid() error {
	if !c.Successor.Valid() {
		return ErrBadID
	}
	return nil
}

func (c ResetProject) decide(now Situation) ([]Event, error) {
	if now.projectEver(c.Successor) != noRow {
		return nil, ErrIDUsed
	}
	return []Event{&ProjectReset{c.Project, c.Successor}}, nil
}

// ProjectReset deletes a project and makes its empty successor, which takes over name, external id, time zone, region
// and every grant with its dates and whoever gave it: nothing is given anew.
type ProjectReset struct {
	Project   ProjectID
	Successor ProjectID
}

func (f *ProjectReset) fields(c *codec) {
	text(c, "project", &f.Project)
	text(c, "successor", &f.Successor)
}

func (f *ProjectReset) apply(s *State, m Meta) {
	i := s.presentProject(f.Project, m)
	b, ok := bodyOf(string(f.Successor), projectPrefix)
	if i == noRow || !ok || s.projectEver(f.Successor) != noRow {
		s.broken("version %d: project %s cannot take the place of %s", m.Version, f.Successor, f.Project)
		return
	}
	s.unnameProject(i)
	old := s.editProject(i)
	next := s.addProject(project{body: b, name: old.name, timezone: old.timezone, region: old.region, external: old.external,
		created: m.At, creator: m.row(s), changed: m.Version, source: old.source})
	old = s.editProject(i)
	old.deleted, old.external, old.offer = m.At, "", nil
	s.counts.Projects--
	s.counts.Deleted++
	only := s.rolesFollow(i, next, m)
	s.copyGrants(i, next, m)
	// Their roles lead to the successor, so what sleeps in the old project sleeps without them.
	s.endGrants(i, m, func(r roleNumber) bool { return slices.Contains(only, r) })
}

// rolesFollow lets the custom roles of a project alone, which it returns, and what organization roles bring in it go over
// to its successor.
func (s *State) rolesFollow(from, to uint32, m Meta) (only []roleNumber) {
	for i := range uint32(s.roles.n) {
		c := s.roles.get(i)
		at, named := findNamed(c.named, from)
		if c.deleted || c.only != from && !named {
			continue
		}
		c = s.roles.at(s.edit, i)
		c.changed = m.Version
		if named {
			brought := namedRole{to, c.named[at].role}
			c.named = append(slices.Delete(slices.Clone(c.named), at, at+1), brought) // the newest row is the last
		}
		if c.only == from {
			c.only = to
			only = append(only, customRole+roleNumber(i))
		}
	}
	return only
}

// rolesStay ends the custom roles of a project alone that leaves, and what organization roles bring in it.
func (s *State) rolesStay(project uint32, m Meta) {
	for i := range uint32(s.roles.n) {
		c := s.roles.get(i)
		at, named := findNamed(c.named, project)
		if c.deleted || c.only != project && !named {
			continue
		}
		c = s.roles.at(s.edit, i)
		c.changed = m.Version
		if named {
			c.named = slices.Delete(slices.Clone(c.named), at, at+1)
		}
		if c.only == project {
			c.deleted, c.set = true, nil
		}
	}
}

// copyGrants gives every holder of one project the same in another.
func (s *State) copyGrants(from, to uint32, m Meta) {
	p := *s.projects.get(from)
	over := func(held []tie) func(ties) ties {
		return func(all ties) ties {
			for _, t := range held {
				t.to = to
				all = all.with(t)
			}
			return all
		}
	}
	for _, h := range slices.Concat(p.holders, p.accounts) {
		row := s.people.get(h)
		s.setTies(s.subjectOf(h), to, m, over(row.grants.to(from)))
	}
	for _, h := range p.teams {
		row := s.teams.get(h)
		s.setTies(Subject{Team: row.id()}, to, m, over(row.grants.to(from)))
	}
	if len(p.everyone) > 0 {
		s.setTies(Subject{Everyone: true}, to, m, over(p.everyone.to(from)))
	}
	if len(p.anybody) > 0 {
		s.setTies(Subject{Everyone: true, Accounts: true}, to, m, over(p.anybody.to(from)))
	}
}
