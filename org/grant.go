package org

import "slices"

// Subject is who holds a grant: exactly one of a person, a service account, a team, or everyone in the organization;
// everyone is all people, with accounts all service accounts too.
type Subject struct {
	Person   PersonID  `json:"person,omitempty"`
	Account  AccountID `json:"account,omitempty"`
	Team     TeamID    `json:"team,omitempty"`
	Everyone bool      `json:"everyone,omitempty"`
	Accounts bool      `json:"accounts,omitempty"`
}

func (s Subject) valid() error {
	n := 0
	for _, named := range []bool{s.Person != "", s.Account != "", s.Team != "", s.Everyone} {
		if named {
			n++
		}
	}
	if n != 1 || s.Accounts && !s.Everyone {
		return ErrBadSubject
	}
	return nil
}

func (s *Subject) fields(c *codec) {
	option(c, "person", &s.Person)
	option(c, "account", &s.Account)
	option(c, "team", &s.Team)
	c.flag("everyone", &s.Everyone)
	c.flag("accounts", &s.Accounts)
	if c.reading && c.err == nil && s.valid() != nil {
		c.fail("not one subject")
	}
}

// subject is a Subject by its rows.
type subject struct {
	person uint32
	team   uint32
	all    bool
}

// find returns the rows of a subject that can hold a grant.
func (now Situation) find(w Subject) (subject, error) {
	out := subject{noRow, noRow, w.Everyone}
	switch {
	case w.Person != "":
		i, m := now.member(w.Person, now.at)
		switch {
		case m == nil:
			return out, ErrUnknownPerson
		case m.status == Suspended:
			return out, ErrMemberSuspended
		}
		out.person = i
	case w.Account != "":
		a, m := now.liveAccount(w.Account)
		switch {
		case m == nil:
			return out, ErrUnknownAccount
		case m.status == Suspended:
			return out, ErrAccountDisabled
		}
		out.person = a.row
	case w.Team != "":
		i, t := now.liveTeam(w.Team)
		if t == nil {
			return out, ErrUnknownTeam
		}
		out.team = i
	}
	return out, nil
}

// held returns the subject's own grants on a project at that instant; who is no member has none.
func (s *State) held(w Subject, project uint32, at Instant) []tie {
	switch {
	case w.Everyone:
		return s.everyone(s.projects.get(project), w).to(project)
	case w.Team != "":
		if i, t := s.liveTeam(w.Team); i != noRow {
			return t.grants.to(project)
		}
	case w.Person != "":
		if _, m := s.member(w.Person, at); m != nil {
			return m.grants.to(project)
		}
	case w.Account != "":
		if _, m := s.liveAccount(w.Account); m != nil {
			return m.grants.to(project)
		}
	}
	return nil
}

// everyone is the project's list of grants to everyone that the subject stands for.
func (s *State) everyone(p *project, w Subject) *ties {
	if w.Accounts {
		return &p.anybody
	}
	return &p.everyone
}

// needsGrant is the right to change access of a subject: in the project for people, service accounts and everyone, in the organization
// for teams.
func needsGrant(p ProjectID, w Subject) Need {
	if w.Team != "" {
		n := inOrg("grants:manage_any")
		n.project = p
		return n
	}
	return on(p, "project:manage_grants")
}

// Give gives a subject a role in a project. A subject may hold several; a team holds one, which the new one replaces.
// Giving again what is held never shortens it.
type Give struct {
	Project ProjectID `json:"project"`
	Subject
	Role ProjectRole `json:"role"`
	Window
	Source Source `json:"source,omitempty"`
}

func (c Give) needs() Need { return needsGrant(c.Project, c.Subject) }

func (c Give) valid() error {
	if err := c.Subject.valid(); err != nil {
		return err
	}
	if err := givenSource(c.Source); err != nil {
		return err
	}
	if err := c.Role.valid(); err != nil {
		return err
	}
	return c.Window.valid()
}

func (c Give) decide(now Situation) ([]Event, error) {
	row, _, err := now.liveProject(c.Project)
	if err != nil {
		return nil, err
	}
	if _, err := now.find(c.Subject); err != nil {
		return nil, err
	}
	if c.Ended(now.at) {
		return nil, ErrPastEnd
	}
	given := &GrantGiven{Project: c.Project, Subject: c.Subject, Role: c.Role, Window: c.Window, Source: c.Source.orByHand()}
	var facts []Event
	for _, t := range now.held(c.Subject, row, now.at) {
		same := t.role == now.projectNumber(c.Role)
		switch {
		case same && (sourceOf(t.source) == given.Source || c.Team != ""):
			given.Source = sourceOf(t.source)
			if was := now.window(t.window); !was.Ended(now.at) {
				if given.Window = was.join(c.Window); given.Window == was {
					return nil, nil
				}
			}
		case c.Team != "":
			facts = append(facts, &GrantTaken{c.Project, c.Subject, now.projectRole(t.role), sourceOf(t.source)})
		}
	}
	return append(facts, given), nil
}

// GrantGiven gives a subject a role in a project for a time. The same role from the same source takes the new bounds.
type GrantGiven struct {
	Project ProjectID
	Subject Subject
	Role    ProjectRole
	Window  Window
	Source  Source
	By      Giver
}

func (f *GrantGiven) fields(c *codec) {
	text(c, "project", &f.Project)
	f.Subject.fields(c)
	text(c, "role", &f.Role)
	c.window(&f.Window)
	text(c, "source", &f.Source)
	option(c, "by", &f.By)
}

func (f *GrantGiven) apply(s *State, m Meta) {
	i := s.presentProject(f.Project, m)
	if i == noRow {
		return
	}
	t := tie{at: m.At, to: i, by: f.By.row(s, m), window: s.windowRow(f.Window), role: s.projectNumberIn(f.Role, i), source: f.Source.number()}
	if t.role == 0 || t.source == 0 {
		s.broken("version %d: unknown role or source", m.Version)
		return
	}
	s.setTies(f.Subject, i, m, func(held ties) ties { return held.with(t) })
}

// setTies changes a subject's grants and keeps both directions and the count.
func (s *State) setTies(w Subject, project uint32, m Meta, change func(ties) ties) {
	switch {
	case w.Everyone:
		p := s.editProject(project)
		held := s.everyone(p, w)
		before := held.len()
		*held = change(*held)
		s.counts.Grants += held.len() - before
		s.open = withoutRow(s.open, project)
		if len(p.everyone)+len(p.anybody) > 0 {
			s.open = withRow(s.open, project)
		}
	case w.Team != "":
		i := s.presentTeam(w.Team, m)
		if i == noRow {
			return
		}
		t := s.editTeam(i)
		before := t.grants.len()
		t.grants = change(t.grants)
		s.counts.Grants += t.grants.len() - before
		s.holdTeam(s.editProject(project), i, t.grants.leadTo(project))
	default:
		i := s.presentHolder(w.Person, w.Account, m)
		if i == noRow {
			return
		}
		row := s.editPerson(i)
		before := row.grants.len()
		row.grants = change(row.grants)
		s.counts.Grants += row.grants.len() - before
		s.hold(s.editProject(project), i, row.grants.leadTo(project))
	}
}

func (f *GrantGiven) gives(s *State) []Power {
	p := Power{set: s.projectSet(s.projectNumber(f.Role)), place: placeProject, project: s.projectRow(f.Project),
		until: f.Window.End, person: noRow, team: noRow, all: f.Subject.Everyone, machine: f.Subject.Account != ""}
	if f.Subject.Person != "" || f.Subject.Account != "" {
		p.person = s.heldBy(f.Subject.Person, f.Subject.Account)
	}
	if f.Subject.Team != "" {
		p.team = s.teamRow(f.Subject.Team)
	}
	return []Power{p}
}

// Take takes a role in a project away from a subject: from every source, or from the one named.
type Take struct {
	Project ProjectID `json:"project"`
	Subject
	Role   ProjectRole `json:"role,omitempty"` // every role if empty
	Source Source      `json:"source,omitempty"`
}

func (c Take) needs() Need {
	n := needsGrant(c.Project, c.Subject)
	if c.Person != "" || c.Account != "" {
		n = n.orSelf(c.Person + c.Account.principal())
	}
	return n
}

func (c Take) valid() error {
	if c.Role != "" && c.Role.valid() != nil {
		return ErrBadRole
	}
	if c.Source != "" && c.Source.number() == 0 {
		return ErrBadSource
	}
	return c.Subject.valid()
}

func (c Take) decide(now Situation) ([]Event, error) {
	row, _, err := now.liveProject(c.Project)
	if err != nil {
		return nil, err
	}
	var facts []Event
	for _, t := range now.held(c.Subject, row, now.at) {
		role, source := now.projectRole(t.role), sourceOf(t.source)
		if (c.Role == "" || c.Role == role) && (c.Source == "" || c.Source == source) {
			facts = append(facts, &GrantTaken{c.Project, c.Subject, role, source})
		}
	}
	if len(facts) == 0 {
		return nil, ErrNoGrant
	}
	return facts, nil
}

// GrantTaken ends one grant and nothing else.
type GrantTaken struct {
	Project ProjectID
	Subject Subject
	Role    ProjectRole
	Source  Source
}

func (f *GrantTaken) fields(c *codec) {
	text(c, "project", &f.Project)
	f.Subject.fields(c)
	text(c, "role", &f.Role)
	text(c, "source", &f.Source)
}

func (f *GrantTaken) apply(s *State, m Meta) {
	i := s.presentProject(f.Project, m)
	if i == noRow {
		return
	}
	s.setTies(f.Subject, i, m, func(held ties) ties {
		at, found := held.find(tie{to: i, role: s.projectNumber(f.Role), source: f.Source.number()})
		if !found {
			s.broken("version %d: no such grant", m.Version)
			return held
		}
		return held.without(at)
	})
}

func (f *GrantTaken) grant() (ProjectID, Subject, ProjectRole, Source) {
	return f.Project, f.Subject, f.Role, f.Source
}

// Change puts one role in the place of another that a subject holds, in one version, with the bounds of the old one.
type Change struct {
	Project ProjectID `json:"project"`
	Subject
	From ProjectRole `json:"from"`
	To   ProjectRole `json:"to"`
}

func (c Change) needs() Need { return needsGrant(c.Project, c.Subject) }

func (c Change) valid() error {
	if c.From.valid() != nil || c.To.valid() != nil {
		return ErrBadRole
	}
	return c.Subject.valid()
}

func (c Change) decide(now Situation) ([]Event, error) {
	row, _, err := now.liveProject(c.Project)
	if err != nil {
		return nil, err
	}
	if _, err := now.find(c.Subject); err != nil {
		return nil, err
	}
	held := now.held(c.Subject, row, now.at)
	var facts []Event
	for _, t := range held {
		if t.role != now.projectNumber(c.From) || c.From == c.To || now.window(t.window).Ended(now.at) {
			continue
		}
		window := now.window(t.window)
		if other, both := findTie(held, now.projectNumber(c.To), t.source); both && !now.window(other.window).Ended(now.at) {
			window = window.join(now.window(other.window))
		}
		facts = append(facts, &GrantTaken{c.Project, c.Subject, c.From, sourceOf(t.source)},
			&GrantGiven{Project: c.Project, Subject: c.Subject, Role: c.To, Window: window, Source: sourceOf(t.source).orByHand()})
	}
	done := func(t tie) bool { return t.role == now.projectNumber(c.To) && !now.window(t.window).Ended(now.at) }
	if len(facts) == 0 && !slices.ContainsFunc(held, done) {
		return nil, ErrNoGrant
	}
	return facts, nil
}

// RescheduleGrant sets when a role that a subject holds starts and ends.
type RescheduleGrant struct {
	Project ProjectID `json:"project"`
	Subject
	Role ProjectRole `json:"role"`
	Window
}

func (c RescheduleGrant) needs() Need { return needsGrant(c.Project, c.Subject) }

func (c RescheduleGrant) valid() error {
	if err := c.Subject.valid(); err != nil {
		return err
	}
	if err := c.Role.valid(); err != nil {
		return err
	}
	return c.Window.valid()
}

func (c RescheduleGrant) decide(now Situation) ([]Event, error) {
	row, _, err := now.liveProject(c.Project)
	if err != nil {
		return nil, err
	}
	if c.Ended(now.at) {
		return nil, ErrPastEnd
	}
	var facts []Event
	found := false
	for _, t := range now.held(c.Subject, row, now.at) {
		if t.role != now.projectNumber(c.Role) {
			continue
		}
		if found = true; now.window(t.window) != c.Window {
			facts = append(facts, &GrantRescheduled{c.Project, c.Subject, c.Role, c.Window, sourceOf(t.source)})
		}
	}
	if !found {
		return nil, ErrNoGrant
	}
	return facts, nil
}

// GrantRescheduled gives one grant other bounds.
type GrantRescheduled struct {
	Project ProjectID
	Subject Subject
	Role    ProjectRole
	Window  Window
	Source  Source
}

func (f *GrantRescheduled) fields(c *codec) {
	text(c, "project", &f.Project)
	f.Subject.fields(c)
	text(c, "role", &f.Role)
	c.window(&f.Window)
	text(c, "source", &f.Source)
}

func (f *GrantRescheduled) apply(s *State, m Meta) {
	i := s.presentProject(f.Project, m)
	if i == noRow {
		return
	}
	w := s.windowRow(f.Window)
	s.setTies(f.Subject, i, m, func(held ties) ties {
		at, found := held.find(tie{to: i, role: s.projectNumber(f.Role), source: f.Source.number()})
		if !found {
			s.broken("version %d: no such grant", m.Version)
			return held
		}
		t := held.at(at)
		t.window = w
		return held.with(t)
	})
}

func (f *GrantRescheduled) grant() (ProjectID, Subject, ProjectRole, Source) {
	return f.Project, f.Subject, f.Role, f.Source
}

func (f *GrantRescheduled) gives(s *State) []Power {
	row := s.projectRow(f.Project)
	held := s.held(f.Subject, row, s.at)
	was, found := findTie(held, s.projectNumber(f.Role), f.Source.number())
	if found && !longer(s.window(was.window), f.Window) {
		return nil
	}
	return (&GrantGiven{Project: f.Project, Subject: f.Subject, Role: f.Role, Window: f.Window}).gives(s)
}
