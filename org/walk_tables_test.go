package org

import (
	"fmt"
	"slices"
	"strings"
)

// consistent counts and looks up everything in a state's tables again.
func consistent(s *State) error {
	r := recount{State: s}
	r.people()
	r.teams()
	r.projects()
	r.pending()
	r.rest()
	return r.err
}

type recount struct {
	*State
	counts                Counts
	externalT, externalP  int
	externalA             int
	err                   error
	invited, asked, parts int // pending
}

func (r *recount) must(holds bool, format string, args ...any) {
	if !holds && r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// ties must be in order, without two alike, and lead to rows that exist.
func (r *recount) ties(of string, held ties, targets int, roles bool) {
	for i, t := range held.all() {
		r.must(int(t.to) < targets, "%s: a tie to row %d of %d", of, t.to, targets)
		r.must((r.projectRole(t.role) != "") == roles, "%s: a tie with role %d", of, t.role)
		c := r.custom(t.role)
		r.must(c == nil || strings.HasPrefix(of, invitationPrefix) || !c.deleted && (c.only == noRow || c.only == t.to), "%s: a tie with a role that is deleted or for another project", of)
		r.must(sourceOf(t.source) != "", "%s: a tie with source %d", of, t.source)
		r.must(t.by == operatorRow || int(t.by) < r.State.people.n, "%s: given by row %d", of, t.by)
		r.must(t.window == 0 || int(t.window) < r.windows.n, "%s: window %d", of, t.window)
		r.must(t.at != 0 && t.at <= r.at, "%s: given at %d", of, t.at)
		if i > 0 {
			before := held.at(i - 1)
			r.must(held.link(i-1)&unmarked < held.link(i)&unmarked, "%s: ties out of order", of)
			r.must(roles || before.to != t.to, "%s: two places in team %d", of, t.to)
		}
	}
}

func (r *recount) people() {
	s := r.State
	for i := range uint32(s.people.n) {
		m := s.people.get(i)
		name := string(m.id())
		in := m.status == Active || m.status == Suspended
		r.must(s.principal(m.id()) == i && m.machine != (s.person(m.id()) == i), "%s is found at %d, not %d", name, s.principal(m.id()), i)
		r.account(i, m)
		r.must(in || m.grants.len()+m.teams.len() == 0 && m.role == 0, "%s is %v and holds something", name, m.status)
		r.must(!in || s.orgRole(m.role) != "" && sourceOf(m.source) != "" && m.since > 0, "%s is %v as %d", name, m.status, m.role)
		r.must(m.since+Version(m.change) <= s.version, "%s changed at %d + %d, the state is at %d", name, m.since, m.change, s.version)
		r.must(m.window == 0 || int(m.window) < s.windows.n, "%s: window %d", name, m.window)
		r.must((m.past != nil) == (m.status == Suspended || m.status == Removed), "%s is %v and remembers %v", name, m.status, m.past)
		r.must(m.past == nil || m.past.gone == (m.status == Removed), "%s is %v and remembers %v", name, m.status, m.past)
		switch {
		case m.machine && in:
			r.counts.Accounts++
		case m.machine:
		case m.status == Active:
			r.counts.Active++
		case m.status == Suspended:
			r.counts.Suspended++
		}
		r.ties(name, m.grants, s.projects.n, true)
		r.ties(name, m.teams, s.teams.n, false)
		r.counts.Grants += m.grants.len()
		r.places += m.teams.len()
		r.past += m.past.ties()
		if m.past != nil {
			for _, g := range m.past.grants.all() {
				r.must(!s.projects.get(g.to).left, "%s may get back what left", name)
			}
		}
		for _, g := range m.grants.all() {
			people, machines := has(s.projects.get(g.to).holders, i), has(s.projects.get(g.to).accounts, i)
			r.must(people != m.machine && machines == m.machine, "%s holds a grant, the project does not know", name)
		}
		for _, t := range m.teams.all() {
			people, machines := has(s.teams.get(t.to).roster, i), has(s.teams.get(t.to).accounts, i)
			r.must(people != m.machine && machines == m.machine && !s.teams.get(t.to).deleted, "%s is in a team that does not know", name)
		}
		if c := s.custom(m.role); c != nil {
			r.must(has(c.holders, i) && !c.deleted && c.scope == InOrganization, "%s has the role %s, which does not know", name, c.id())
		}
		for role := range s.ranked {
			ranked := !m.machine && m.role != 0 && m.role != RoleMember.number() && int(m.role) == role
			r.must(has(s.ranked[role], i) == ranked, "%s has role %d; in the list of %d: %v", name, m.role, role, !ranked)
		}
		r.must(s.settled || m.role != RoleOwner.number() || m.status != Active || !m.ready(), "%s is a ready owner, and nothing is settled", name)
	}
}

func (b *bucket) len() int {
	n := 0
	for ; b != nil; b = b.full {
		for _, e := range b.entries {
			if e != 0 {
				n++
			}
		}
	}
	return n
}

func has(rows []uint32, i uint32) bool {
	_, found := slices.BinarySearch(rows, i)
	return found
}

// rows must be in order, without two alike, and exist.
func (r *recount) rows(of string, rows []uint32, n int) {
	for i, x := range rows {
		r.must(int(x) < n && (i == 0 || rows[i-1] < x), "%s: rows %v of %d", of, rows, n)
	}
}

func (r *recount) teams() {
	s := r.State
	for i := range uint32(s.teams.n) {
		t := s.teams.get(i)
		name := string(t.id())
		r.must(s.teamRow(t.id()) == i, "%s is found at %d, not %d", name, s.teamRow(t.id()), i)
		r.must(t.changed <= s.version, "%s changed at %d", name, t.changed)
		r.rows(name, t.roster, s.people.n)
		r.rows(name, t.accounts, s.people.n)
		for _, p := range slices.Concat(t.roster, t.accounts) {
			_, in := placeIn(s.people.get(p).teams, i)
			r.must(in, "%s has %s, who is not in it", name, s.people.get(p).id())
		}
		r.ties(name, t.grants, s.projects.n, true)
		r.counts.Grants += t.grants.len()
		for j, g := range t.grants.all() {
			r.must(has(s.projects.get(g.to).teams, i), "%s holds a grant, the project does not know", name)
			r.must(j == 0 || t.grants.at(j-1).to != g.to, "%s has two roles in a project", name)
		}
		if t.deleted {
			r.must(len(t.roster)+len(t.accounts)+t.grants.len() == 0 && t.external == "", "%s is deleted and holds something", name)
			continue
		}
		r.counts.Teams++
		r.must(s.teamByName(t.name) == i, "%s is not found as %q", name, t.name)
		if t.external != "" {
			r.externalT++
			found, _ := s.TeamByExternal(t.external)
			r.must(found == t.id(), "%s is not found as %q", name, t.external)
		}
	}
}

func (r *recount) projects() {
	s := r.State
	for i := range uint32(s.projects.n) {
		p := s.projects.get(i)
		name := string(p.id())
		r.must(s.projectEver(p.id()) == i, "%s is found at %d, not %d", name, s.projectEver(p.id()), i)
		r.must((s.projectRow(p.id()) == noRow) == p.left, "%s has left: %v, and is found at %d", name, p.left, s.projectRow(p.id()))
		r.must(p.offer == nil || p.deleted == 0, "%s is deleted and offered", name)
		r.must(p.changed <= s.version, "%s changed at %d", name, p.changed)
		r.rows(name, p.holders, s.people.n)
		r.rows(name, p.accounts, s.people.n)
		for _, h := range slices.Concat(p.holders, p.accounts) {
			r.must(s.people.get(h).grants.leadTo(i), "%s is held by %s, who does not know", name, s.people.get(h).id())
		}
		r.rows(name, p.teams, s.teams.n)
		for _, t := range p.teams {
			r.must(s.teams.get(t).grants.leadTo(i), "%s is held by %s, which does not know", name, s.teams.get(t).id())
		}
		r.ties(name, p.everyone, s.projects.n, true)
		r.ties(name, p.anybody, s.projects.n, true)
		r.counts.Grants += p.everyone.len() + p.anybody.len()
		for _, t := range append(p.everyone.to(i), p.anybody.to(i)...) {
			r.must(t.to == i, "%s: everyone holds something elsewhere", name)
		}
		r.must(has(s.open, i) == (len(p.everyone)+len(p.anybody) > 0), "%s: in the list of open ones: %v", name, has(s.open, i))
		if p.left {
			r.must(p.deleted != 0 && len(p.holders)+len(p.accounts)+len(p.teams)+len(p.everyone)+len(p.anybody) == 0, "%s has left and is held", name)
			continue
		}
		if p.deleted != 0 {
			r.counts.Deleted++
			r.must(s.projectByName(p.name) != i, "%s is deleted and found as %q", name, p.name)
			continue
		}
		r.counts.Projects++
		r.must(s.projectByName(p.name) == i, "%s is not found as %q", name, p.name)
		if p.external != "" {
			r.externalP++
			found, _ := s.ProjectByExternal(p.external)
			r.must(found == p.id(), "%s is not found as %q", name, p.external)
		}
	}
}

func (r *recount) pending() {
	s := r.State
	for i := range uint32(s.invites.n) {
		x := s.invites.get(i)
		name := string(x.id())
		r.must(s.invitationRow(x.id()) == i, "%s is found at %d, not %d", name, s.invitationRow(x.id()), i)
		r.must(x.changed <= s.version && (x.stage == Pending) == (x.ended == 0), "%s is %v, ended at %d", name, x.stage, x.ended)
		r.ties(name, x.grants, s.projects.n, true)
		r.ties(name, x.teams, s.teams.n, false)
		r.parts += x.grants.len() + x.teams.len()
		if x.stage == Pending {
			r.invited++
			r.must(s.invitedAt.find(hashOf(s.bodyOfPerson(x.person)), func(row uint32) bool { return row == i }) == i, "%s is not found by its person", name)
		}
	}
	for i := range uint32(s.asks.n) {
		x := s.asks.get(i)
		name := string(x.id())
		r.must(s.requestRow(x.id()) == i, "%s is found at %d, not %d", name, s.requestRow(x.id()), i)
		r.must(x.changed <= s.version && (x.stage == Pending) == (x.ended == 0), "%s is %v, ended at %d", name, x.stage, x.ended)
		if x.stage == Pending {
			r.asked++
			r.must(s.requested(x.person, x.project) == i, "%s is not found by its person", name)
			r.must(s.people.get(x.person).in(), "%s waits for somebody who is no member", name)
		}
	}
	r.must(r.parts == s.parts, "%d parts of invitations, counted again %d", s.parts, r.parts)
}

func (r *recount) rest() {
	s := r.State
	r.must(r.counts == s.counts, "counts are %+v, counted again %+v", s.counts, r.counts)
	r.must(r.places == s.places && r.past == s.past, "%d places and %d of former members, counted again %d and %d", s.places, s.past, r.places, r.past)
	r.rows("open projects", s.open, s.projects.n)
	for role := range s.ranked {
		r.rows("people by role", s.ranked[role], s.people.n)
	}
	for _, x := range []struct {
		name string
		of   index
		n    int
	}{
		{"people", s.personAt, s.people.n - s.accounts.n}, {"roles", s.roleAt, s.roles.n}, {"teams", s.teamAt, s.teams.n}, {"projects", s.projectAt, s.projects.n},
		{"service accounts", s.accountAt, s.accounts.n}, {"external ids of service accounts", s.accountExternal, r.externalA},
		{"names of teams", s.teamNamed, r.counts.Teams}, {"names of projects", s.projectNamed, r.counts.Projects},
		{"external ids of teams", s.teamExternal, r.externalT}, {"external ids of projects", s.projectExternal, r.externalP},
		{"invitations", s.inviteAt, s.invites.n}, {"requests", s.requestAt, s.asks.n},
		{"open invitations", s.invitedAt, r.invited}, {"open requests", s.requestedAt, r.asked},
	} {
		entries := 0
		for b := range uint32(x.of.buckets.n) {
			entries += x.of.buckets.get(b).len()
		}
		r.must(x.of.n == x.n && entries == x.n, "index of %s has %d entries and says %d, for %d rows", x.name, entries, x.of.n, x.n)
	}
	for _, d := range s.settings.Teams {
		_, t := s.liveTeam(d.Team)
		r.must(t != nil, "the settings name team %s, which is not there", d.Team)
	}
}

// account looks up what a service account has beside its row among the members.
func (r *recount) account(i uint32, m *member) {
	a := r.accountOf(i)
	if !m.machine {
		r.must(a == nil, "%s is no service account", m.id())
		return
	}
	r.must(a != nil && a.row == i && a.body == m.body, "%s has nothing beside its row", m.id())
	if a == nil {
		return
	}
	r.must(m.role != RoleOwner.number() && m.proofs == 0 && m.window == 0, "%s has what no service account has", m.id())
	r.must(m.in() || len(a.keys) == 0 && a.external == "" && !a.acting, "%s is deleted and holds something", m.id())
	r.must(len(a.keys) <= maxAccountKeys, "%s has %d keys", m.id(), len(a.keys))
	for _, k := range a.keys {
		r.must(k.by == operatorRow || int(k.by) < r.State.people.n, "a key of %s was made by row %d", m.id(), k.by)
		r.must(!k.acting || a.acting, "%s may not act and has a key for it", m.id())
	}
	if a.external != "" {
		r.externalA++
		found, _ := r.AccountByExternal(a.external)
		r.must(found == a.id(), "%s is not found as %q", m.id(), a.external)
	}
}
