package org

import "slices"

// Via names the kind of path by which something is held.
type Via string

const (
	ViaRole     Via = "organization_role"
	ViaPerson   Via = "individual"
	ViaTeam     Via = "team"
	ViaEveryone Via = "everyone"
)

// Held is one source of a role in a project: where it comes from, since when, until when, and who gave it.
type Held struct {
	Project ProjectID   `json:"project,omitempty"`
	Role    ProjectRole `json:"role"`
	Via     Via         `json:"via"`
	OrgRole OrgRole     `json:"organization_role,omitempty"`
	Team    TeamID      `json:"team,omitempty"`
	Source  Source      `json:"source,omitempty"`
	Window
	Now     bool     `json:"now"`                // it counts at the instant asked about
	GivenBy PersonID `json:"given_by,omitempty"` // absent: the operator
	GivenAt Instant  `json:"given_at,omitzero"`
	// Place is the person's own place in the team, when it bounds the team's grant.
	Place *Window `json:"place,omitempty"`
}

// Sources returns every source by which a person holds something in a project at that instant or later, whether or not
// their membership is active.
func (s *State) Sources(person PersonID, in ProjectID, at Instant) []Held {
	row := s.projectRow(in)
	i, m := s.holder(person, at)
	if row == noRow || i == noRow || s.catalog == nil {
		return nil
	}
	return s.sources(m, row, at)
}

func (s *State) sources(m *member, row uint32, at Instant) []Held {
	var out []Held
	in := s.projects.get(row).id()
	for _, r := range s.brought(m.role, row) {
		out = append(out, Held{Project: in, Role: s.projectRole(r), Via: ViaRole, OrgRole: s.orgRole(m.role), Now: true,
			GivenBy: s.actorID(m.by), GivenAt: m.joined})
	}
	add := func(h Held, t tie) {
		h.Project, h.Role, h.Source, h.Window = in, s.projectRole(t.role), sourceOf(t.source), s.window(t.window)
		h.GivenBy, h.GivenAt = s.actorID(t.by), t.at
		h.Now = h.Window.Holds(at) && (h.Place == nil || h.Place.Holds(at))
		if !h.Window.Ended(at) {
			out = append(out, h)
		}
	}
	for _, t := range m.grants.to(row) {
		add(Held{Via: ViaPerson}, t)
	}
	for _, place := range m.teams.all() {
		w := s.window(place.window)
		if w.Ended(at) {
			continue
		}
		h := Held{Via: ViaTeam, Team: s.teams.get(place.to).id()}
		if place.window != 0 {
			h.Place = &w
		}
		for _, t := range s.teams.get(place.to).grants.to(row) {
			add(h, t)
		}
	}
	for _, t := range s.projects.get(row).anybody.all() {
		add(Held{Via: ViaEveryone}, t)
	}
	if m.machine {
		return out
	}
	for _, t := range s.projects.get(row).everyone.all() {
		add(Held{Via: ViaEveryone}, t)
	}
	return out
}

// Explanation is why somebody may do something, or why not and who could change that.
type Explanation struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason"` // a word for the outcome, see below
	Sources []Held `json:"sources,omitempty"`
	// OrgRole gives a permission of the organization.
	OrgRole OrgRole `json:"organization_role,omitempty"`
	// Deciders may give it, or bring the project back; at most MaxDeciders of them, owners first.
	Deciders []PersonID `json:"deciders,omitempty"`
	// Roles are the roles that would give it, from the least to the most.
	Roles []ProjectRole `json:"roles,omitempty"`
	// OrgRoles are the organization roles that would give it, from the least to the most.
	OrgRoles []OrgRole `json:"organization_roles,omitempty"`
}

// The reasons of an explanation.
const (
	ReasonGiven        = "given"
	ReasonNotGiven     = "not_given"
	ReasonNoMember     = "not_a_member"
	ReasonSuspended    = "suspended"
	ReasonOrgSuspended = "organization_suspended"
	ReasonClosed       = "organization_closed"
	ReasonDisabled     = "disabled"
	ReasonNotStarted   = "not_started"
	ReasonDeleted      = "project_deleted"
	ReasonUnknown      = "unknown"
	ReasonByExplicit   = "only_by_custom_role"
	ReasonBySetting    = "given_by_setting"
	ReasonUnavailable  = "unavailable"
)

// MaxDeciders bounds how many people an explanation names.
const MaxDeciders = 20

// Explain tells why a check has its answer: every source that gives it; if none, the roles that would and who could.
func (s *State) Explain(person PersonID, p Permission, in ProjectID, at Instant) Explanation {
	if s == nil || s.damage != nil || s.catalog == nil {
		return Explanation{Reason: ReasonUnavailable}
	}
	bit, known := s.catalog.number[p]
	if !known || s.catalog.rows[bit].Scope != scopeOf(in) || in != "" && s.projectRow(in) == noRow {
		return Explanation{Reason: ReasonUnknown}
	}
	e := Explanation{Allowed: s.Check(person, p, in, at)}
	_, m := s.holder(person, at)
	q := Question{person, p, in}
	if in == "" {
		return s.explainOrg(e, m, q, bit, at)
	}
	return s.explainOn(e, m, q, bit, at)
}

func scopeOf(in ProjectID) Scope {
	if in == "" {
		return InOrganization
	}
	return InProject
}

// standing is why a membership gives nothing as a whole; empty if it does.
func (s *State) standing(m *member, at Instant) string {
	switch {
	case s.over(at):
		return ReasonClosed
	case s.suspended != 0:
		return ReasonOrgSuspended
	case m == nil:
		return ReasonNoMember
	case m.disabled():
		return ReasonDisabled
	case m.status == Suspended:
		return ReasonSuspended
	case !s.active(m, at):
		return ReasonNotStarted
	}
	return ""
}

func (s *State) explainOrg(e Explanation, m *member, q Question, bit int, at Instant) Explanation {
	if e.Reason = s.standing(m, at); e.Reason == "" {
		e.Reason = ReasonNotGiven
		if e.Allowed {
			e.Reason, e.OrgRole = ReasonGiven, s.orgRole(m.role)
			if !s.orgRoleSet(m.role).has(bit) {
				e.Reason = ReasonBySetting
			}
		}
	}
	if e.Allowed {
		return e
	}
	if e.OrgRoles = s.orgRolesWith(bit); m != nil && m.machine {
		e.OrgRoles = slices.DeleteFunc(e.OrgRoles, func(r OrgRole) bool { return r == RoleOwner }) // an account never is
	}
	e.Deciders = s.orgDeciders(q, m, e, at)
	return e
}

func (s *State) explainOn(e Explanation, m *member, q Question, bit int, at Instant) Explanation {
	row := s.projectRow(q.Project)
	if e.Reason = s.standing(m, at); s.projects.get(row).deleted != 0 {
		e.Reason = ReasonDeleted
	}
	if m != nil {
		for _, h := range s.sources(m, row, at) {
			if s.projectSet(s.projectNumber(h.Role)).has(bit) {
				e.Sources = append(e.Sources, h)
			}
		}
	}
	if e.Allowed {
		e.Reason = ReasonGiven
		return e
	}
	e.Roles = s.projectRolesWith(bit, row)
	if e.Reason == "" {
		e.Reason = ReasonNotGiven
		if s.catalog.rows[bit].Explicit {
			e.Reason = ReasonByExplicit
		}
	}
	e.Deciders = s.deciders(q, m, e, at)
	return e
}

// candidates are the rows of people who hold something in a project, without those who hold it as everyone: the
// organization's owners and admins and holders of its custom roles, then holders of a grant, then members of teams.
func (s *State) candidates(row uint32) []uint32 {
	out := s.leading()
	seen := make(map[uint32]bool, len(out))
	for _, i := range out {
		seen[i] = true
	}
	add := func(rows []uint32) {
		for _, i := range rows {
			if !seen[i] {
				seen[i] = true
				out = append(out, i)
			}
		}
	}
	p := s.projects.get(row)
	add(p.holders)
	for _, t := range p.teams {
		add(s.teams.get(t).roster)
	}
	return out
}
