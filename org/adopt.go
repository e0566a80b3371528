package org

import "slices"

// Replacing puts a permission in the place of one that a catalog lacks.
type Replacing struct {
	From Permission `json:"from"`
	To   Permission `json:"to"`
}

// Lacks returns the permissions that custom roles hold and a catalog does not have in their scope, in order of key.
func (s *State) Lacks(next *Catalog) []Permission {
	var out []Permission
	for i := range uint32(s.roles.n) {
		c := s.roles.get(i)
		for _, p := range c.holds {
			row, ok := next.Row(p)
			if !c.deleted && (!ok || row.Scope != c.scope || row.Reserved) {
				out = append(out, p)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// CatalogAdopted names the permission table that holds from then on, and what became of permissions that it lacks.
type CatalogAdopted struct {
	Catalog Digest
	Gone    []Permission
	Instead []Replacing
}

func (f *CatalogAdopted) fields(c *codec) {
	text(c, "catalog", &f.Catalog)
	c.array("gone", len(f.Gone), func() { f.Gone = append(f.Gone, "") }, func(i int) { str(c, &f.Gone[i]) })
	c.array("instead", len(f.Instead), func() { f.Instead = append(f.Instead, Replacing{}) }, func(i int) {
		c.byte('{')
		text(c, "from", &f.Instead[i].From)
		text(c, "to", &f.Instead[i].To)
		c.byte('}')
	})
}

func (f *CatalogAdopted) apply(s *State, m Meta) {
	for i := range uint32(s.roles.n) {
		if c := s.roles.get(i); !c.deleted && slices.ContainsFunc(c.holds, f.changes) {
			row := s.roles.at(s.edit, i)
			row.holds, row.changed = f.after(row.holds), m.Version
		}
	}
	s.adopt(f.Catalog)
}

func (f *CatalogAdopted) changes(p Permission) bool {
	return slices.Contains(f.Gone, p) || slices.ContainsFunc(f.Instead, func(r Replacing) bool { return r.From == p })
}

// after returns what is left of a role's permissions.
func (f *CatalogAdopted) after(holds []Permission) []Permission {
	var out []Permission
	for _, p := range holds {
		if slices.Contains(f.Gone, p) {
			continue
		}
		if i := slices.IndexFunc(f.Instead, func(r Replacing) bool { return r.From == p }); i >= 0 {
			p = f.Instead[i].To
		}
		out = append(out, p)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// accounts refuses an adoption that leaves a lacking permission without an answer, answers what is not lacking, or puts
// one in its place by which somebody would gain.
func (f *CatalogAdopted) accounts(s *State, next *Catalog) error {
	lacks := s.Lacks(next)
	answered := slices.Clone(f.Gone)
	for _, r := range f.Instead {
		answered = append(answered, r.From)
		if !s.mayReplace(next, r) {
			return ErrBadReplacement
		}
	}
	slices.Sort(answered)
	unique := slices.Compact(slices.Clone(answered))
	switch {
	case len(unique) != len(answered), slices.ContainsFunc(answered, func(p Permission) bool { return !slices.Contains(lacks, p) }):
		return ErrBadReplacement
	case len(answered) != len(lacks):
		return ErrPermissionInUse
	}
	return nil
}

// mayReplace reports whether a permission reaches nobody who did not hold the one whose place it takes: it is new with
// the catalog, and whatever it implies is new too or came with the old one.
func (s *State) mayReplace(next *Catalog, r Replacing) bool {
	to, ok := next.number[r.To]
	from, was := s.catalog.number[r.From]
	if !ok || !was || next.rows[to].Scope != s.catalog.rows[from].Scope || next.rows[to].Reserved || next.rows[to].Explicit {
		return false
	}
	for i, row := range next.rows {
		if !next.closed[to].has(i) {
			continue
		}
		if old, before := s.catalog.number[row.Key]; before && !s.catalog.closed[from].has(old) {
			return false
		}
	}
	return true
}
