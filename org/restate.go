package org

import (
	"bytes"
	"fmt"
	"slices"
)

// Restate returns the shortest history with the same outcome as a state: a few facts that carry many rows. Rows of
// people, teams and projects keep their numbers, by which ties name them.
func Restate(s *State) []Event {
	out := []Event{&StateRestored{Version: s.version, At: s.at, Organization: s.id, Name: s.name, Slug: s.slug,
		ExternalID: s.external, Created: s.created, Catalog: s.digest, Entered: s.entered, Settled: s.settled, Settings: s.settings.clone(),
		Suspended: s.suspended, Closing: s.closing, Closed: s.closed,
		Recovery: s.recovery, Plan: s.plan.shown(), PlanSet: s.plan.set, PlanVersion: s.plan.version, Billing: s.billing}}
	for from := 0; from < s.roles.n; from += statedRows {
		f := &RolesStated{}
		for i := from; i < min(from+statedRows, s.roles.n); i++ {
			f.rows = append(f.rows, *s.roles.get(uint32(i)))
		}
		out = append(out, f)
	}
	for from := 0; from < s.people.n; from += statedRows {
		out = append(out, &PeopleStated{rows: s.statePeople(from, min(from+statedRows, s.people.n))})
	}
	for from := 0; from < s.accounts.n; from += statedRows {
		f := &AccountsStated{}
		for i := from; i < min(from+statedRows, s.accounts.n); i++ {
			f.rows = append(f.rows, *s.accounts.get(uint32(i)))
		}
		out = append(out, f)
	}
	for from := 0; from < s.teams.n; from += statedRows {
		f := &TeamsStated{}
		for i := from; i < min(from+statedRows, s.teams.n); i++ {
			f.rows = append(f.rows, *s.teams.get(uint32(i)))
		}
		out = append(out, f)
	}
	for from := 0; from < s.projects.n; from += statedRows {
		f := &ProjectsStated{}
		for i := from; i < min(from+statedRows, s.projects.n); i++ {
			f.rows = append(f.rows, *s.projects.get(uint32(i)))
		}
		out = append(out, f)
	}
	if len(s.requests) > 0 {
		out = append(out, &PlanRequestsStated{rows: slices.Clone(s.requests)})
	}
	return append(append(out, s.stateTies()...), s.statePending()...)
}

// statedRows bounds how much one fact carries.
const statedRows = 4096

// Save writes a state as the lines of its restated facts; Load reads them back. The bytes of equal states are equal.
func Save(s *State) []byte {
	var out []byte
	for _, e := range Restate(s) {
		name, data := Encode(e)
		out = append(append(append(append(out, name...), ' '), data...), '\n')
	}
	return out
}

// SnapshotFormat names what Load can read.
const SnapshotFormat = "commonhold-state-3"

// Load reads what Save wrote.
func Load(c Catalogs, data []byte) (*State, error) {
	s := Empty(c)
	s.edit = &edit{}
	for n := 0; len(data) > 0; n++ {
		line, rest, ok := bytes.Cut(data, []byte{'\n'})
		if data = rest; !ok {
			return nil, fmt.Errorf("snapshot line %d: no end", n+1)
		}
		name, fields, _ := bytes.Cut(line, []byte{' '})
		e, err := Decode(string(name), fields)
		if err != nil {
			return nil, fmt.Errorf("snapshot line %d: %w", n+1, err)
		}
		if _, first := e.(*StateRestored); first != (n == 0) || !states(e) {
			return nil, fmt.Errorf("snapshot line %d: %s does not belong there", n+1, name)
		}
		s.loading(e)
		if s.damage != nil {
			return nil, fmt.Errorf("snapshot line %d: %w", n+1, s.damage)
		}
	}
	if err := s.whole(); err != nil {
		return nil, err
	}
	s.trim()
	s.edit = nil
	return s, nil
}

func (s *State) loading(e Event) {
	defer func() {
		if r := recover(); r != nil {
			s.broken("%v", r)
		}
	}()
	if f, ok := e.(*StateRestored); ok {
		s.version, s.at = f.Version, f.At
	}
	e.apply(s, Meta{Version: s.version, At: s.at})
}

// whole reports what a snapshot that was read to its end still lacks.
func (s *State) whole() error {
	if s.version == 0 {
		return fmt.Errorf("snapshot is empty")
	}
	for i := range uint32(s.people.n) {
		if m := s.people.get(i); m.machine && s.accountOf(i) == nil {
			return fmt.Errorf("snapshot does not name %s", m.id())
		} else if (m.past != nil) != (m.status == Suspended || m.status == Removed) {
			return fmt.Errorf("snapshot does not say what %s was", m.id())
		}
	}
	if !s.wholeRoles() {
		return fmt.Errorf("snapshot has roles that name what is not there")
	}
	for _, d := range s.settings.Teams {
		if _, t := s.liveTeam(d.Team); t == nil || d.Role.valid() != nil {
			return fmt.Errorf("snapshot has no team %s", d.Team)
		}
	}
	return nil
}

// trim gives back what lists grew by while they were read.
func (s *State) trim() {
	for i := range uint32(s.teams.n) {
		t := s.teams.get(i)
		t.roster, t.accounts = exact(t.roster), exact(t.accounts)
	}
	for i := range uint32(s.projects.n) {
		p := s.projects.get(i)
		p.holders, p.accounts, p.teams = exact(p.holders), exact(p.accounts), exact(p.teams)
	}
}

func exact[T any](rows []T) []T {
	if len(rows) == cap(rows) || len(rows) == 0 {
		return rows[:len(rows):len(rows)]
	}
	return append(make([]T, 0, len(rows)), rows...)
}

// A statement is a fact of a restated history. It stands in a snapshot and never in a log, where it could follow
// nothing.
type statement interface{ states() }

func (*StateRestored) states()      {}
func (*PeopleStated) states()       {}
func (*PlanRequestsStated) states() {}
func (*AccountsStated) states()     {}
func (*TeamsStated) states()        {}
func (*ProjectsStated) states()     {}
func (*TiesStated) states()         {}

func states(e Event) bool { _, ok := e.(statement); return ok }

// StateRestored begins a restated history.
type StateRestored struct {
	Version      Version
	At           Instant
	Organization OrgID
	Name         Name
	Slug         Slug
	ExternalID   ExternalID
	Created      Instant
	Catalog      Digest
	Entered      bool
	Settled      bool
	Settings     Settings
	Suspended    Instant
	Closing      Instant
	Closed       bool
	Recovery     Recovery
	Plan         *Terms
	PlanSet      Instant
	PlanVersion  Version
	Billing      CommandID
}

func (f *StateRestored) fields(c *codec) {
	number(c, "version", &f.Version)
	number(c, "at", &f.At)
	text(c, "organization", &f.Organization)
	text(c, "name", &f.Name)
	text(c, "slug", &f.Slug)
	option(c, "external_id", &f.ExternalID)
	number(c, "created", &f.Created)
	option(c, "catalog", &f.Catalog)
	c.flag("entered", &f.Entered)
	c.flag("settled", &f.Settled)
	c.object("settings", f.Settings.equal(Settings{}), f.Settings.fields)
	number(c, "suspended", &f.Suspended)
	number(c, "closing", &f.Closing)
	c.flag("closed", &f.Closed)
	c.object("recovery", f.Recovery == (Recovery{}), f.Recovery.fields)
	c.object("plan", f.Plan == nil, func(c *codec) {
		if c.reading {
			f.Plan = &Terms{}
		}
		number(c, "set", &f.PlanSet)
		number(c, "changed", &f.PlanVersion)
		f.Plan.fields(c)
	})
	option(c, "billing", &f.Billing)
}

func (f *StateRestored) apply(s *State, _ Meta) {
	if s.id != "" {
		s.broken("organization restored twice")
		return
	}
	s.id, s.name, s.slug, s.external, s.created = f.Organization, f.Name, f.Slug, f.ExternalID, f.Created
	s.entered, s.settled, s.settings = f.Entered, f.Settled, f.Settings.clone()
	if s.life = (life{suspended: f.Suspended, closing: f.Closing, closed: f.Closed}); f.Closed && (f.Closing == 0 || f.At < f.Closing) {
		s.broken("the snapshot is closed before its time")
	}
	s.reckon()
	s.recovery, s.billing, s.plan = f.Recovery, f.Billing, plan{f.Plan, f.PlanSet, f.PlanVersion}
	s.plan.terms = s.plan.shown()
	s.adopt(f.Catalog)
}

// statedPerson is a person's row with its window written out.
type statedPerson struct {
	member
	window Window
	past   *former
}

// PeopleStated states rows of people, in order.
type PeopleStated struct{ rows []statedPerson }

func (s *State) statePeople(from, to int) []statedPerson {
	out := make([]statedPerson, 0, to-from)
	for i := from; i < to; i++ {
		m := s.people.get(uint32(i))
		out = append(out, statedPerson{member: *m, window: s.window(m.window), past: m.past})
	}
	return out
}

func (f *PeopleStated) fields(c *codec) {
	if c.reading {
		f.rows = make([]statedPerson, 0, min(statedRows, len(c.buf)/64))
	}
	c.array("people", len(f.rows), func() { f.rows = append(f.rows, statedPerson{}) }, func(i int) {
		p := &f.rows[i]
		c.byte('{')
		c.principal(&p.member)
		number(c, "since", &p.since)
		c.small("change", &p.change)
		number(c, "joined", &p.joined)
		c.giver("by", &p.by)
		c.small("role", (*uint32)(&p.role))
		c.enum("status", (*uint8)(&p.status))
		c.enum("source", &p.source)
		c.enum("proofs", (*uint8)(&p.proofs))
		c.window(&p.window)
		c.object("suspension", p.past == nil || p.past.gone, func(c *codec) {
			if c.reading {
				p.past = &former{}
			}
			number(c, "at", &p.past.at)
			c.giver("by", &p.past.by)
			c.flag("peer", &p.past.peer)
		})
		c.byte('}')
	})
}

func (f *PeopleStated) apply(s *State, m Meta) {
	for i := range f.rows {
		p := f.rows[i].member
		if !p.machine && s.personWith(string(p.body[:])) != noRow || !s.plausible(&p) {
			s.broken("person %s is stated twice or wrongly", p.id())
			return
		}
		p.past, p.grants, p.teams = f.rows[i].past, nil, nil
		p.window = s.windowRow(f.rows[i].window)
		role := p.role
		p.role = 0
		row := s.people.add(s.edit, p)
		if !p.machine {
			s.personAt.put(s.edit, hashOf(string(p.body[:])), row)
		}
		s.rank(row, role)
		s.people.at(s.edit, row).change = f.rows[i].change
		s.count(&p, 1)
	}
}

// plausible reports whether a person's row is one that facts can lead to.
func (s *State) plausible(m *member) bool {
	if m.since > s.version || Version(m.change) > s.version-m.since {
		return false
	}
	if m.machine && (m.role == RoleOwner.number() || m.proofs != 0 || m.window != 0 || m.status != Active && m.status != Suspended && m.status != Left) {
		return false
	}
	if m.in() {
		return m.since > 0 && s.orgRole(m.role) != "" && sourceOf(m.source) != ""
	}
	return m.status <= Left && m.role == 0
}

// TeamsStated states rows of teams, in order.
type TeamsStated struct{ rows []team }

func (f *TeamsStated) fields(c *codec) {
	c.array("teams", len(f.rows), func() { f.rows = append(f.rows, team{}) }, func(i int) {
		t := &f.rows[i]
		c.byte('{')
		c.id(teamPrefix, &t.body)
		text(c, "name", &t.name)
		option(c, "external_id", &t.external)
		number(c, "created", &t.created)
		number(c, "changed", &t.changed)
		c.enum("source", &t.source)
		c.flag("deleted", &t.deleted)
		c.byte('}')
	})
}

func (f *TeamsStated) apply(s *State, m Meta) {
	for i := range f.rows {
		t := f.rows[i]
		_, taken := s.TeamByExternal(t.external)
		if s.teamWith(string(t.body[:])) != noRow || t.changed > s.version || t.deleted && t.external != "" ||
			!t.deleted && (s.teamByName(t.name) != noRow || taken) {
			s.broken("team %s is stated twice or wrongly", t.id())
			return
		}
		t.lists, t.roster, t.accounts, t.grants = s.edit, nil, nil, nil
		row := s.teams.add(s.edit, t)
		s.teamAt.put(s.edit, hashOf(string(t.body[:])), row)
		if t.deleted {
			continue
		}
		s.counts.Teams++
		s.teamNamed.put(s.edit, hashOf(t.name.fold()), row)
		if t.external != "" {
			s.teamExternal.put(s.edit, hashOf(string(t.external)), row)
		}
	}
}

// ProjectsStated states rows of projects, in order.
type ProjectsStated struct{ rows []project }

func (f *ProjectsStated) fields(c *codec) {
	c.array("projects", len(f.rows), func() { f.rows = append(f.rows, project{}) }, func(i int) {
		p := &f.rows[i]
		c.byte('{')
		c.id(projectPrefix, &p.body)
		text(c, "name", &p.name)
		option(c, "external_id", &p.external)
		text(c, "timezone", &p.timezone)
		option(c, "region", &p.region)
		number(c, "created", &p.created)
		number(c, "deleted", &p.deleted)
		number(c, "changed", &p.changed)
		c.giver("creator", &p.creator)
		c.enum("source", &p.source)
		c.flag("left", &p.left)
		c.object("offer", p.offer == nil, func(c *codec) {
			if c.reading {
				p.offer = &offer{}
			}
			p.offer.fields(c)
		})
		c.byte('}')
	})
}

func (f *ProjectsStated) apply(s *State, m Meta) {
	for i := range f.rows {
		p := f.rows[i]
		_, taken := s.ProjectByExternal(p.external)
		if s.projectWith(string(p.body[:])) != noRow || p.changed > s.version || p.deleted == 0 && (p.left || s.projectByName(p.name) != noRow || taken) ||
			p.offer != nil && !s.plausibleOffer(&p) {
			s.broken("project %s is stated twice or wrongly", p.id())
			return
		}
		p.lists, p.everyone, p.anybody, p.holders, p.accounts, p.teams = s.edit, nil, nil, nil, nil, nil
		row := s.projects.add(s.edit, p)
		s.projectAt.put(s.edit, hashOf(string(p.body[:])), row)
		switch {
		case p.left:
		case p.deleted != 0:
			s.counts.Deleted++
		default:
			s.counts.Projects++
			s.nameProject(row)
		}
	}
}

// principal is the field with the id of a member's row, a person's or a service account's.
func (c *codec) principal(m *member) {
	prefix := personPrefix
	if c.reading {
		m.machine = bytes.HasPrefix(c.buf[c.pos:], []byte(`"id":"`+accountPrefix))
	}
	if m.machine {
		prefix = accountPrefix
	}
	c.id(prefix, &m.body)
}

// enum is a small number that is left out when zero; small one of 32 bits; giver a row of a person, written one up so
// that the operator is zero.
func (c *codec) enum(name string, v *uint8) { number(c, name, v) }

func (c *codec) small(name string, v *uint32) {
	wide := uint64(*v)
	number(c, name, &wide)
	// Only reading may write: what is written may be part of a state that others read.
	if c.reading {
		if *v = uint32(wide); uint64(*v) != wide {
			c.fail("bad number")
		}
	}
}

// id is the field with a row's own id, of which the row holds the body.
func (c *codec) id(prefix string, b *body) {
	if !c.key("id") {
		c.fail("no field id")
		return
	}
	if !c.reading {
		c.buf = append(append(append(append(c.buf, '"'), prefix...), b[:]...), '"')
		return
	}
	end := c.pos + len(prefix) + len(b) + 2
	if end > len(c.buf) || c.buf[c.pos] != '"' || c.buf[end-1] != '"' {
		c.fail("no id")
		return
	}
	var ok bool
	if *b, ok = bodyOf(string(c.buf[c.pos+1:end-1]), prefix); !ok {
		c.fail("no id")
	}
	c.pos = end
}

func (c *codec) giver(name string, v *uint32) {
	if !c.reading {
		up := *v + 1
		c.small(name, &up)
		return
	}
	up := uint32(0)
	c.small(name, &up)
	*v = up - 1
}
