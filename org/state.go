package org

import (
	"fmt"
	"slices"
)

// State is one organization at one version. It never changes; Evolve makes the next one. The zero State, or nil, is an
// organization that does not exist, in which everything is denied.
type State struct {
	catalogs Catalogs
	edit     *edit // set while Evolve builds this state, nil ever after
	damage   error

	version  Version
	at       Instant
	id       OrgID
	created  Instant
	name     Name
	slug     Slug
	external ExternalID
	settings Settings
	catalog  *Catalog
	digest   Digest
	entered  bool // a member has been in
	life          // whether it is suspended or deleted
	plan     plan
	recovery Recovery      // the one that is open
	requests []planRequest // for another plan, open ones
	billing  CommandID     // with whose note the billing details went
	settled  bool          // one of its owners was ready once, so that from then on only a ready owner counts

	people   table[member] // and service accounts
	accounts table[account]
	teams    table[team]
	roles    table[role] // custom ones
	projects table[project]
	invites  table[invitation]
	asks     table[request]
	windows  table[Window] // row 0 is always; ties and memberships name their window by row

	personAt, teamAt, projectAt   index // by id
	roleAt                        index
	accountAt, accountExternal    index // by id and external id, to rows of accounts
	teamNamed, projectNamed       index // by folded name, of what is not deleted
	teamExternal, projectExternal index // by external id
	inviteAt, requestAt           index // by id
	invitedAt, requestedAt        index // by person, of what has not ended by a fact

	open   []uint32                    // projects with a grant to everyone, in order
	ranked [len(OrgRoles) + 1][]uint32 // people by organization role, members left out
	counts Counts
	places int // in teams
	past   int // grants and places that removed members held
	parts  int // grants and places that invitations bring
}

// Counts are the sizes an overview shows. Members whose window is over are counted until somebody looks after them.
type Counts struct {
	Active    int `json:"active"`
	Suspended int `json:"suspended"`
	Teams     int `json:"teams"`
	Projects  int `json:"projects"`
	Deleted   int `json:"deleted_projects"`
	Grants    int `json:"grants"`
	Accounts  int `json:"service_accounts"` // enabled or not
}

// member is a person's row: there from the first time the log names them, whatever they are now. A service account has
// one too, so that it holds grants and places as people do: enabled is active, disabled is suspended, deleted is left.
type member struct {
	body    body // what a check reads comes first
	role    roleNumber
	status  Status
	source  uint8
	proofs  Proofs
	machine bool // a service account
	window  uint32
	grants  ties    // to projects
	teams   ties    // to teams
	since   Version // the version the present membership began with
	joined  Instant
	by      uint32
	change  uint32  // how many versions after since the row last changed
	past    *former // what a suspension or removal has to remember; usually nil
}

// id is the id of whom the row is of: a person's, or a service account's as the one who did or holds something.
func (m *member) id() PersonID {
	if m.machine {
		return PersonID(accountPrefix + string(m.body[:]))
	}
	return PersonID(personPrefix + string(m.body[:]))
}

// former is what a membership that is not active remembers.
type former struct {
	at     Instant
	by     uint32
	peer   bool // an admin suspended this admin
	role   roleNumber
	window Window
	grants ties
	teams  ties
	gone   bool // removed, as opposed to suspended
}

// ties is how many the former membership held; no membership held none.
func (f *former) ties() int {
	if f == nil {
		return 0
	}
	return f.grants.len() + f.teams.len()
}

type team struct {
	body     body
	source   uint8
	deleted  bool
	grants   ties  // to projects
	lists    *edit // owns roster and accounts: it may grow in place
	changed  Version
	roster   []uint32 // rows of people, in order
	accounts []uint32 // rows of service accounts, in order
	name     Name
	external ExternalID
	created  Instant
}

func (t *team) id() TeamID { return TeamID(teamPrefix + string(t.body[:])) }

type project struct {
	body     body
	source   uint8
	deleted  Instant // when, or when it left; zero while it lives
	left     bool    // it is another organization's, and unknown here
	everyone ties    // to all people
	anybody  ties    // to all people and service accounts
	lists    *edit   // owns holders, accounts and teams
	changed  Version
	holders  []uint32 // rows of people with a grant of their own, in order
	accounts []uint32 // rows of service accounts with one, in order
	teams    []uint32 // rows of teams with a grant, in order
	name     Name
	external ExternalID
	timezone Timezone
	region   Region
	created  Instant
	creator  uint32
	offer    *offer // to another organization; usually nil
}

func (p *project) id() ProjectID { return ProjectID(projectPrefix + string(p.body[:])) }

// Empty returns the state before the first fact. The catalogs are asked when a fact names one.
func Empty(c Catalogs) *State { return &State{catalogs: c} }

// ID, Version and the rest describe the organization itself.
func (s *State) ID() OrgID            { return s.id }
func (s *State) Exists() bool         { return s != nil && s.version > 0 && s.damage == nil }
func (s *State) Version() Version     { return s.version }
func (s *State) At() Instant          { return s.at }
func (s *State) Created() Instant     { return s.created }
func (s *State) Name() Name           { return s.name }
func (s *State) Slug() Slug           { return s.slug }
func (s *State) External() ExternalID { return s.external }
func (s *State) Settings() Settings   { return s.settings.clone() }
func (s *State) Entered() bool        { return s.entered }
func (s *State) Counts() Counts       { return s.counts }

// Catalog is the permission table that holds here.
func (s *State) Catalog() *Catalog { return s.catalog }

// CatalogDigest names that table, also when this process does not know it.
func (s *State) CatalogDigest() Digest { return s.digest }

// Damage says why the log could not be folded; such a state denies everything.
func (s *State) Damage() error { return s.damage }

// Row numbers of ids; noRow if the log never named them.

func (s *State) person(id PersonID) uint32 { return s.personWith(behind(personPrefix, string(id))) }

func (s *State) teamRow(id TeamID) uint32 { return s.teamWith(behind(teamPrefix, string(id))) }

func (s *State) projectRow(id ProjectID) uint32 {
	if i := s.projectEver(id); i != noRow && !s.projects.get(i).left {
		return i
	}
	return noRow
}

// projectEver finds a project also after it left for another organization: its row stays, for ids are never used again
// and it may come back.
func (s *State) projectEver(id ProjectID) uint32 {
	return s.projectWith(behind(projectPrefix, string(id)))
}

func (s *State) personWith(body string) uint32 {
	return s.personAt.find(hashOf(body), func(row uint32) bool { return string(s.people.get(row).body[:]) == body })
}

func (s *State) teamWith(body string) uint32 {
	return s.teamAt.find(hashOf(body), func(row uint32) bool { return string(s.teams.get(row).body[:]) == body })
}

func (s *State) projectWith(body string) uint32 {
	return s.projectAt.find(hashOf(body), func(row uint32) bool { return string(s.projects.get(row).body[:]) == body })
}

func (s *State) teamByName(n Name) uint32 {
	f := n.fold()
	return s.teamNamed.find(hashOf(f), func(row uint32) bool { return s.teams.get(row).name.fold() == f })
}

func (s *State) projectByName(n Name) uint32 {
	f := n.fold()
	return s.projectNamed.find(hashOf(f), func(row uint32) bool { return s.projects.get(row).name.fold() == f })
}

// TeamByExternal and ProjectByExternal find what carries the application's own key.
func (s *State) TeamByExternal(x ExternalID) (TeamID, bool) {
	i := s.teamExternal.find(hashOf(string(x)), func(row uint32) bool { return s.teams.get(row).external == x })
	if i == noRow {
		return "", false
	}
	return s.teams.get(i).id(), true
}

func (s *State) ProjectByExternal(x ExternalID) (ProjectID, bool) {
	i := s.projectExternal.find(hashOf(string(x)), func(row uint32) bool { return s.projects.get(row).external == x })
	if i == noRow {
		return "", false
	}
	return s.projects.get(i).id(), true
}

// window returns what a row number stands for.
func (s *State) window(i uint32) Window {
	if i == 0 {
		return Window{}
	}
	return *s.windows.get(i)
}

// in reports whether the row holds a membership, be it suspended or over by itself.
func (m *member) in() bool { return m.status == Active || m.status == Suspended }

// active reports whether the member is in, now: active, in its window, and the organization neither suspended nor closed.
func (s *State) active(m *member, at Instant) bool { return at < s.until && s.started(m, at) }

// started reports whether the membership is active, in its window and not disabled, whatever the organization is.
func (s *State) started(m *member, at Instant) bool {
	return m.status == Active && m.proofs&Disabled == 0 && (m.window == 0 || s.windows.get(m.window).Holds(at))
}

// disabled reports whether the operator has disabled the person's account.
func (m *member) disabled() bool { return m.proofs&Disabled != 0 }

// gone reports whether there is no membership at that instant, be it that it or the organization ended by itself.
func (s *State) gone(m *member, at Instant) bool {
	if s.over(at) {
		return true
	}
	switch m.status {
	case Active, Suspended:
		return s.window(m.window).Ended(at)
	}
	return true
}

// Admits says whether a person or service account may act or read here at that instant, or why not: there is no
// organization for those who are not in it, and a closed one for those who were; and one who asks with a key of their own
// must be ready. Whether the organization is suspended is asked where that matters.
func (s *State) Admits(by Actor, at Instant) error {
	_, _, err := s.admitsActor(by, at)
	return err
}

// admitsActor is admits for somebody who asks by themselves, or for whom somebody does.
func (s *State) admitsActor(by Actor, at Instant) (uint32, *member, error) {
	i, m, err := s.admits(by.ID(), at)
	if err == nil && by.Own && !m.ready() {
		return noRow, nil, ErrNotReady
	}
	return i, m, err
}

func (s *State) admits(id PersonID, at Instant) (uint32, *member, error) {
	i := s.principal(id)
	if i == noRow {
		return noRow, nil, ErrUnknownOrganization
	}
	switch m := s.people.get(i); {
	case m.in() && s.over(at) && !s.window(m.window).Ended(s.closing):
		return noRow, nil, ErrClosed
	case s.gone(m, at), m.status == Active && !s.window(m.window).Holds(at):
		return noRow, nil, ErrUnknownOrganization
	case m.disabled():
		return noRow, nil, ErrPersonDisabled
	case m.status == Suspended && m.machine:
		return noRow, nil, ErrAccountDisabled
	case m.status == Suspended:
		return noRow, nil, ErrSuspendedActor
	default:
		return i, m, nil
	}
}

// member returns the row of somebody who is a member at that instant, active, waiting for the start, or suspended.
func (s *State) member(id PersonID, at Instant) (uint32, *member) {
	i := s.person(id)
	if i == noRow {
		return noRow, nil
	}
	if m := s.people.get(i); !s.gone(m, at) {
		return i, m
	}
	return noRow, nil
}

func (s *State) liveTeam(id TeamID) (uint32, *team) {
	if i := s.teamRow(id); i != noRow && !s.teams.get(i).deleted {
		return i, s.teams.get(i)
	}
	return noRow, nil
}

func (s *State) liveProject(id ProjectID) (uint32, *project, error) {
	i := s.projectRow(id)
	if i == noRow {
		return noRow, nil, ErrUnknownProject
	}
	if p := s.projects.get(i); p.deleted == 0 {
		return i, p, nil
	}
	return noRow, nil, ErrProjectDeleted
}

func (s *State) actorID(row uint32) PersonID {
	if row == operatorRow || int(row) >= s.people.n {
		return ""
	}
	return s.people.get(row).id()
}

// Writing. Each of these copies what the edit does not own yet and notes the version.

func (s *State) editPerson(i uint32) *member {
	p := s.people.at(s.edit, i)
	p.change = uint32(min(s.version-p.since, 1<<32-1))
	return p
}

func (s *State) editTeam(i uint32) *team {
	p := s.teams.at(s.edit, i)
	p.changed = s.version
	return p
}

func (s *State) editProject(i uint32) *project {
	p := s.projects.at(s.edit, i)
	p.changed = s.version
	return p
}

// known returns the row of a person, making one that is no member if the log names them for the first time, or that of
// a service account.
func (s *State) known(id PersonID) uint32 {
	i := s.principal(id)
	if i != noRow {
		return i
	}
	b, ok := bodyOf(string(id), personPrefix)
	if !ok {
		s.broken("version %d: %q is no person's id", s.version, id)
		return noRow
	}
	i = s.people.add(s.edit, member{body: b})
	s.personAt.put(s.edit, hashOf(string(b[:])), i)
	return i
}

func (s *State) windowRow(w Window) uint32 {
	if w == (Window{}) {
		return 0
	}
	if s.windows.n == 0 {
		s.windows.add(s.edit, Window{})
	}
	return s.windows.add(s.edit, w)
}

func (s *State) broken(format string, args ...any) {
	if s.damage == nil {
		s.damage = fmt.Errorf(format, args...)
	}
}

// Rosters and the other lists of rows may be long, so a replay grows them in place once the edit has a copy of its own.

func (s *State) enlist(t *team, person uint32, in bool) {
	if t.lists != s.edit {
		t.lists, t.roster, t.accounts = s.edit, slices.Clone(t.roster), slices.Clone(t.accounts)
	}
	list := &t.roster
	if s.people.get(person).machine {
		list = &t.accounts
	}
	before := len(*list)
	*list = inPlace(*list, person, in)
	s.places += len(*list) - before
}

func (s *State) ownLists(p *project) {
	if p.lists != s.edit {
		p.lists, p.holders, p.accounts, p.teams = s.edit, slices.Clone(p.holders), slices.Clone(p.accounts), slices.Clone(p.teams)
	}
}

func (s *State) hold(p *project, person uint32, in bool) {
	s.ownLists(p)
	if s.people.get(person).machine {
		p.accounts = inPlace(p.accounts, person, in)
		return
	}
	p.holders = inPlace(p.holders, person, in)
}

func (s *State) holdTeam(p *project, team uint32, in bool) {
	s.ownLists(p)
	p.teams = inPlace(p.teams, team, in)
}

func inPlace(rows []uint32, r uint32, in bool) []uint32 {
	if n := len(rows); in && (n == 0 || rows[n-1] < r) {
		return append(rows, r) // whoever came last is most often the one
	}
	i, found := slices.BinarySearch(rows, r)
	switch {
	case in && !found:
		return slices.Insert(rows, i, r)
	case !in && found:
		return slices.Delete(rows, i, i+1)
	}
	return rows
}

// Sorted lists. They are copied at each change: another state may be reading the old one.

func withRow(rows []uint32, r uint32) []uint32 {
	i, found := slices.BinarySearch(rows, r)
	if found {
		return rows
	}
	out := make([]uint32, len(rows)+1)
	copy(out, rows[:i])
	out[i] = r
	copy(out[i+1:], rows[i:])
	return out
}

func withoutRow(rows []uint32, r uint32) []uint32 {
	i, found := slices.BinarySearch(rows, r)
	if !found {
		return rows
	}
	if len(rows) == 1 {
		return nil
	}
	out := make([]uint32, len(rows)-1)
	copy(out, rows[:i])
	copy(out[i:], rows[i+1:])
	return out
}
