package org

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// CatalogChange is one row of what adopting another catalog would change: what a role holds, or what everyone, a person
// or a service account may do somewhere, all their sources together.
type CatalogChange struct {
	Role  string `json:"role,omitempty"` // of a row about a role: its word, or its id
	Scope Scope  `json:"scope,omitzero"` // where that role is held
	// Lacks are permissions of a custom role that the catalog lacks: adopting it says for each what becomes of it.
	Lacks []Permission `json:"lacks,omitempty"`

	Everyone bool      `json:"everyone,omitempty"` // all people in the project but those who have a row of their own there
	Person   PersonID  `json:"person,omitempty"`
	Account  AccountID `json:"account,omitempty"`
	// Everywhere says that it is so in every project but those for which another row names this one; without it and
	// without a project it is so in the organization.
	Everywhere bool      `json:"everywhere,omitempty"`
	Project    ProjectID `json:"project,omitempty"`

	Gains []Permission `json:"gains"`
	Loses []Permission `json:"loses"`
}

// Place tells the row from every other one of its list.
func (c CatalogChange) Place() string {
	in := string(c.Project)
	if c.Everywhere {
		in = "*"
	}
	kind := "3"
	switch {
	case c.Role != "":
		kind, in = "1", scopes[c.Scope]
	case c.Everyone:
		kind = "2"
	}
	return strings.Join([]string{kind, cmp.Or(c.Role, string(c.Person), string(c.Account)), in}, " ")
}

// CatalogChanges yields what adopting another catalog would change at an instant, behind the row of that place. What
// custom roles hold and the catalog lacks goes, unless something is named in its place. First come the roles that hold
// something else, then everyone, then people and service accounts.
func (s *State) CatalogChanges(to Digest, instead []Replacing, at Instant, after string) (iter.Seq[CatalogChange], error) {
	next := s.catalogs.Catalog(to)
	if next == nil {
		return nil, ErrNoCatalog
	}
	f := &CatalogAdopted{Catalog: to, Instead: instead}
	for _, p := range s.Lacks(next) {
		if !slices.ContainsFunc(instead, func(r Replacing) bool { return r.From == p }) {
			f.Gone = append(f.Gone, p)
		}
	}
	if err := f.accounts(s, next); err != nil {
		return nil, err
	}
	then := Evolve(s, Stamp(s, Meta{At: at}, []Event{f})...)
	d := &catalogDiff{now: s, then: then, at: at, lacks: s.Lacks(next), org: map[roleNumber]CatalogChange{}, project: map[string]CatalogChange{}}
	d.everyone(0, func(CatalogChange) bool { return true })
	return d.rows(after), nil
}

// A catalogDiff compares two states that differ by their catalogs. What a set of roles comes to is found out once.
type catalogDiff struct {
	now, then *State
	at        Instant
	lacks     []Permission
	org       map[roleNumber]CatalogChange
	project   map[string]CatalogChange
	open      bool // what everyone has in some project changes
}

func (d *catalogDiff) rows(after string) iter.Seq[CatalogChange] {
	kind, rest, _ := strings.Cut(after, " ")
	who, in, _ := strings.Cut(rest, " ")
	project := d.now.projectEver(ProjectID(in))
	return func(yield func(CatalogChange) bool) {
		if kind <= "1" && !d.roles(after, yield) {
			return
		}
		first := uint32(0) // the project's row, from which on everyone is looked at
		if kind == "2" {
			first = project + 1
		}
		if kind <= "2" && !d.everyone(first, yield) {
			return
		}
		i, from := uint32(0), uint32(0)
		if kind == "3" {
			i = d.now.person(PersonID(who))
			if a := d.now.accountRow(AccountID(who)); a != noRow {
				i = d.now.accounts.get(a).row
			}
			switch in {
			case "":
				from = inEveryProject
			case "*":
				from = inProjects
			default:
				from = inProjects + project + 1
			}
		}
		for ; i < uint32(d.now.people.n); i++ {
			if m := d.now.people.get(i); d.now.started(m, d.at) && !d.member(m, from, yield) {
				return
			}
			from = 0
		}
	}
}

// roles yields the roles that hold something else, those of the organization first, built-in ones before custom ones.
func (d *catalogDiff) roles(after string, yield func(CatalogChange) bool) bool {
	behind := after == ""
	role := func(c CatalogChange, text string, in Scope, of *role) bool {
		c.Role, c.Scope = text, in
		if of != nil {
			c.Lacks = slices.DeleteFunc(slices.Clone(of.holds), func(p Permission) bool { return !slices.Contains(d.lacks, p) })
		}
		if !behind {
			behind = c.Place() == after
			return true
		}
		return len(c.Gains)+len(c.Loses)+len(c.Lacks) == 0 || yield(c)
	}
	for _, r := range OrgRoles {
		if !role(d.inOrg(r.number()), string(r), InOrganization, nil) {
			return false
		}
	}
	for _, r := range ProjectRoles {
		if !role(d.inProject([]roleNumber{r.number()}), string(r), InProject, nil) {
			return false
		}
	}
	for i := range uint32(d.now.roles.n) {
		c, n := d.now.roles.get(i), customRole+roleNumber(i)
		change := d.inOrg
		if c.scope == InProject {
			change = func(n roleNumber) CatalogChange { return d.inProject([]roleNumber{n}) }
		}
		if !c.deleted && !role(change(n), string(c.id()), c.scope, c) {
			return false
		}
	}
	return true
}

// everyone yields the projects in which everyone gains or loses, from a row on.
func (d *catalogDiff) everyone(from uint32, yield func(CatalogChange) bool) bool {
	for _, row := range d.now.open {
		c := d.inProject(d.given(nil, row))
		if !c.changes() {
			continue
		}
		d.open = true
		if c.Everyone, c.Project = true, d.now.projects.get(row).id(); row >= from && !yield(c) {
			return false
		}
	}
	return true
}

// The places of a person's rows, in their order: the organization, every project, and behind that the projects.
const (
	inEveryProject = 1
	inProjects     = 2
)

// member yields the rows of a person or service account from a place on.
func (d *catalogDiff) member(m *member, from uint32, yield func(CatalogChange) bool) bool {
	row := func(c CatalogChange) CatalogChange {
		if m.machine {
			c.Account = AccountID(m.id())
		} else {
			c.Person = m.id()
		}
		return c
	}
	if c := d.inOrg(m.role); from == 0 && c.changes() && !yield(row(c)) {
		return false
	}
	brings := d.now.everywhere(m.role)
	var everywhere CatalogChange
	if brings != 0 {
		everywhere = d.inProject([]roleNumber{brings})
		c := everywhere
		c.Everywhere = true
		if from <= inEveryProject && (c.changes() || d.open && !m.machine) && !yield(row(c)) {
			return false
		}
	}
	for _, p := range d.near(m) {
		if inProjects+p < from || d.now.projects.get(p).deleted != 0 {
			continue
		}
		expected := everywhere
		if brings == 0 && !m.machine {
			expected = d.inProject(d.given(nil, p))
		}
		c := d.inProject(d.given(m, p))
		if slices.Equal(c.Gains, expected.Gains) && slices.Equal(c.Loses, expected.Loses) {
			continue
		}
		if c.Project = d.now.projects.get(p).id(); !yield(row(c)) {
			return false
		}
	}
	return true
}

// near are the projects in which somebody may have something that the rows of everyone and of every project do not say.
func (d *catalogDiff) near(m *member) []uint32 {
	if d.now.everywhere(m.role) != 0 || m.machine {
		return d.now.touched(m)
	}
	var rows []uint32
	add := func(held ties) {
		for _, t := range held.all() {
			rows = append(rows, t.to)
		}
	}
	add(m.grants)
	for _, place := range m.teams.all() {
		add(d.now.teams.get(place.to).grants)
	}
	for _, n := range d.now.namedIn(m.role) {
		rows = append(rows, n.project)
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// given are the roles that somebody, or without anybody everyone, has in a project at the instant, in order.
func (d *catalogDiff) given(m *member, project uint32) []roleNumber {
	var out []roleNumber
	add := func(held []tie) {
		for _, t := range held {
			if d.now.holds(t, lasting{at: d.at}) {
				out = append(out, t.role)
			}
		}
	}
	if m != nil {
		out = d.now.brought(m.role, project)
		add(m.grants.to(project))
		for _, place := range m.teams.all() {
			if d.now.holds(place, lasting{at: d.at}) {
				add(d.now.teams.get(place.to).grants.to(project))
			}
		}
	}
	p := d.now.projects.get(project)
	add(p.anybody.to(project))
	if m == nil || !m.machine {
		add(p.everyone.to(project))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (c CatalogChange) changes() bool { return len(c.Gains)+len(c.Loses) > 0 }

func (d *catalogDiff) inOrg(r roleNumber) CatalogChange {
	c, known := d.org[r]
	if !known {
		c = d.between(d.now.roleSet(r), d.then.roleSet(r))
		d.org[r] = c
	}
	return c
}

// inProject is what becomes of whoever has these roles in a project, all together.
func (d *catalogDiff) inProject(roles []roleNumber) CatalogChange {
	var key []byte
	for _, r := range roles {
		key = append(key, byte(r), byte(r>>8), byte(r>>16), byte(r>>24))
	}
	c, known := d.project[string(key)]
	if !known {
		var had, has Set
		for _, r := range roles {
			had.addAll(d.now.projectSet(r))
			has.addAll(d.then.projectSet(r))
		}
		c = d.between(had, has)
		d.project[string(key)] = c
	}
	return c
}

// between compares two sets, each of its own catalog.
func (d *catalogDiff) between(had, has Set) CatalogChange {
	return CatalogChange{Gains: without(d.then.catalog, has, d.now.catalog, had), Loses: without(d.now.catalog, had, d.then.catalog, has)}
}

// without returns the permissions of one catalog's set that are not in the other's, in order of key.
func without(in *Catalog, set Set, of *Catalog, other Set) []Permission {
	out := []Permission{}
	for i, row := range in.rows {
		if n, there := of.number[row.Key]; set.has(i) && !(there && other.has(n)) {
			out = append(out, row.Key)
		}
	}
	slices.Sort(out)
	return out
}
