package org

import "iter"

// Account is what an organization shows of a service account.
type Account struct {
	Account    AccountID  `json:"account"`
	Name       Name       `json:"name"`
	Role       OrgRole    `json:"role"`
	Enabled    bool       `json:"enabled"`
	ExternalID ExternalID `json:"external_id,omitempty"`
	Acting     bool       `json:"acting,omitempty"`  // the operator lets it act for people
	Project    ProjectID  `json:"project,omitempty"` // whose own it is, and where it is managed too
	Teams      []TeamID   `json:"teams"`
	Grants     int        `json:"grants"` // roles in projects given to it alone
	Keys       int        `json:"keys"`   // that open
	Created    Instant    `json:"created_at"`
	CreatedBy  PersonID   `json:"created_by,omitempty"` // absent: the operator
	Changed    Version    `json:"changed"`
}

// AccountKey is a key of a service account, without its secret.
type AccountKey struct {
	Key     KeyID    `json:"key"`
	Made    Instant  `json:"made_at"`
	MadeBy  PersonID `json:"made_by,omitempty"` // who made, rotated or kept it; absent: the operator
	Expires Instant  `json:"expires_at,omitzero"`
	Acting  bool     `json:"acting,omitempty"` // for acting for people, and for nothing else
	Opens   bool     `json:"opens"`            // at the instant asked about
}

// AccountHolding is all that a service account holds: team places, and every source of every project.
type AccountHolding struct {
	Account  Account `json:"account"`
	Places   []Place `json:"places"`
	Projects []Held  `json:"projects"`
	// Everywhere is the project role that the organization role brings in every project; Projects leaves it out.
	Everywhere ProjectRole `json:"everywhere,omitempty"`
}

// Account returns a service account that was not deleted.
func (s *State) Account(id AccountID, at Instant) (Account, bool) {
	if a, m := s.liveAccount(id); a != nil {
		return s.viewAccount(a, m, at), true
	}
	return Account{}, false
}

// Accounts yields all service accounts that were not deleted, from the first behind after on.
func (s *State) Accounts(at Instant, after AccountID) iter.Seq[Account] {
	return func(yield func(Account) bool) {
		from := uint32(0)
		if after != "" {
			if from = s.accountRow(after) + 1; from == 0 {
				return
			}
		}
		for i := from; i < uint32(s.accounts.n); i++ {
			a := s.accounts.get(i)
			if m := s.people.get(a.row); m.in() && !yield(s.viewAccount(a, m, at)) {
				return
			}
		}
	}
}

func (s *State) viewAccount(a *account, m *member, at Instant) Account {
	v := Account{Account: a.id(), Name: a.name, Role: s.orgRole(m.role), Enabled: m.status == Active, ExternalID: a.external, Acting: a.acting,
		Teams: make([]TeamID, 0, m.teams.len()), Grants: m.grants.len(), Created: a.created, CreatedBy: s.actorID(m.by),
		Changed: m.since + Version(m.change)}
	for _, t := range m.teams.all() {
		if !s.window(t.window).Ended(at) {
			v.Teams = append(v.Teams, s.teams.get(t.to).id())
		}
	}
	if project, ok := s.home(m, at); ok {
		v.Project = s.projects.get(project).id()
	}
	for _, k := range a.keys {
		if v.Enabled && s.lives(a, k, at) {
			v.Keys++
		}
	}
	return v
}

// AccountKeys returns the keys of a service account that were not ended, in order of making.
func (s *State) AccountKeys(id AccountID, at Instant) []AccountKey {
	a, m := s.liveAccount(id)
	if a == nil {
		return nil
	}
	out := make([]AccountKey, len(a.keys))
	for i, k := range a.keys {
		out[i] = AccountKey{Key: k.id(), Made: k.made, MadeBy: s.actorID(k.by), Expires: k.expires, Acting: k.acting,
			Opens: m.status == Active && s.lives(a, k, at)}
	}
	return out
}

// AccountHolds returns what a service account holds at that instant or later.
func (s *State) AccountHolds(id AccountID, at Instant) (AccountHolding, bool) {
	a, m := s.liveAccount(id)
	if a == nil || s.catalog == nil {
		return AccountHolding{}, false
	}
	h := AccountHolding{Account: s.viewAccount(a, m, at), Everywhere: s.projectRole(s.everywhere(m.role))}
	h.Places, h.Projects = s.placesAndSources(m, at)
	return h, true
}

// AccountRoster returns the places of service accounts in a team that have not ended.
func (s *State) AccountRoster(team TeamID, at Instant) []Place {
	row, t := s.liveTeam(team)
	if t == nil {
		return nil
	}
	var out []Place
	for _, i := range t.accounts {
		m := s.people.get(i)
		if place, in := placeIn(m.teams, row); in && !s.window(place.window).Ended(at) {
			out = append(out, s.viewPlace(m, place, at))
		}
	}
	return out
}

// KeysBy returns the keys of service accounts for which a member answers: those that end with the membership.
func (s *State) KeysBy(id PersonID, at Instant) map[AccountID][]AccountKey {
	row := s.person(id)
	if row == noRow {
		return nil
	}
	out := map[AccountID][]AccountKey{}
	for i := range uint32(s.accounts.n) {
		a := s.accounts.get(i)
		for j, k := range s.AccountKeys(a.id(), at) {
			if a.keys[j].by == row {
				out[a.id()] = append(out[a.id()], k)
			}
		}
	}
	return out
}
