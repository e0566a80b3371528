package org

import (
	"fmt"
	"iter"
	"slices"
	"testing"
)

// narrower is a catalog in which some lose, some gain, and some do both.
func narrower(t testing.TB, w *world) *Catalog {
	rows := []Row{
		{Key: "reports:view", Scope: InProject, Sentence: "see reports", Category: "Reports", Project: ProjectRoles[:3]},
		{Key: "reports:share", Scope: InProject, Sentence: "share reports", Category: "Reports", Project: ProjectRoles[:2]},
		{Key: "exports:start", Scope: InProject, Sentence: "start exports", Category: "Reports", Project: ProjectRoles[:4]},
	}
	c, err := NewCatalog(rows...)
	if err != nil {
		t.Fatal(err)
	}
	w.s.catalogs.(known)[c.Digest()] = c
	return c
}

var widerRows = []Row{
	{Key: "reports:view", Scope: InProject, Sentence: "see reports", Category: "Reports", Project: ProjectRoles[:4]},
	{Key: "reports:edit", Scope: InProject, Sentence: "edit reports", Category: "Reports", Project: ProjectRoles[:3]},
	{Key: "data:classified", Scope: InProject, Sentence: "see classified data", Category: "Data", Explicit: true},
}

// What adopting a catalog is said to change is what single checks before and after it say, of everybody everywhere.
func TestWhatACatalogWouldChangeIsWhatChecksSay(t *testing.T) {
	for seed := range uint64(6) {
		w, people, projects := crowdOf(t, seed, widerRows...)
		w.do(theOperator, CreateRole{Role: RoleID(id("role_", "help")), Scope: InProject, Name: "Helper", RoleContent: RoleContent{Permissions: []Permission{"reports:edit", "project:view"}}},
			CreateRole{Role: RoleID(id("role_", "look")), Scope: InOrganization, Name: "Looker", RoleContent: RoleContent{Permissions: []Permission{"plan:view"}, Everywhere: Analyst}},
			CreateAccount{Account: acc("bot"), Name: "Bot", Role: RoleMember}, CreateAccount{Account: acc("all"), Name: "All", Role: RoleAdmin})
		for _, g := range []Give{{Project: projects[2], Subject: Subject{Person: people[3]}, Role: ProjectRole(id("role_", "help"))},
			{Project: projects[1], Subject: Subject{Account: acc("bot")}, Role: Analyst}, {Project: projects[3], Subject: Subject{Everyone: true, Accounts: true}, Role: Consumer}} {
			_ = w.try(theOperator, g) // unless that project or member is gone
		}
		for _, p := range people[:4] {
			if m, ok := w.s.Member(p, w.now); ok && m.Role == RoleMember && m.Status == Active {
				w.do(theOperator, SetRole{p, OrgRole(id("role_", "look"))})
			}
		}
		next := narrower(t, w)
		for _, instead := range [][]Replacing{nil, {{"reports:edit", "reports:share"}}} {
			adopt := AdoptCatalog{Catalog: next.Digest(), Instead: instead}
			if instead == nil {
				adopt.Gone = []Permission{"reports:edit"}
			}
			then := w.fork(t)
			then.do(theOperator, adopt)
			for _, at := range []Instant{w.now, w.now + anHour} {
				rows := collected(t, w, next.Digest(), instead, at)
				everybody := append(slices.Clone(people), usr("olga"), acc("bot").principal(), acc("all").principal(), usr("none"))
				for _, who := range everybody {
					for _, in := range append(slices.Clone(projects), "") {
						had, has := w.s.Permissions(who, in, at), then.s.Permissions(who, in, at)
						want := fmt.Sprint(minus(has, had), minus(had, has))
						if got := foretold(w, rows, who, in, at); got != want {
							t.Fatalf("seed %d: %s in %q at %d: %s, want %s", seed, who, in, at-w.now, got, want)
						}
					}
				}
			}
		}
	}
}

// collected are all rows, held against those of pages of all sizes.
func collected(t *testing.T, w *world, to Digest, instead []Replacing, at Instant) []CatalogChange {
	list := func(after string) iter.Seq[CatalogChange] {
		rows, err := w.s.CatalogChanges(to, instead, at, after)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	all := slices.Collect(list(""))
	var places []string
	for _, row := range all {
		places = append(places, row.Place())
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(places))); len(unique) != len(places) || len(places) < 10 {
		t.Fatalf("%d rows at %d places", len(places), len(unique))
	}
	pages(t, "T-41 what a catalog would change", places, func(after string) iter.Seq[string] {
		return func(yield func(string) bool) {
			for row := range list(after) {
				if !yield(row.Place()) {
					return
				}
			}
		}
	})
	return all
}

// foretold reads what the rows say of one person or service account in a place, as their words tell to read them.
func foretold(w *world, rows []CatalogChange, who PersonID, in ProjectID, at Instant) string {
	find := func(is func(CatalogChange) bool) (CatalogChange, bool) {
		i := slices.IndexFunc(rows, func(c CatalogChange) bool { return c.Role == "" && is(c) })
		if i < 0 {
			return CatalogChange{}, false
		}
		return rows[i], true
	}
	mine := func(c CatalogChange) bool {
		return c.Person == who && who != "" || c.Account != "" && c.Account.principal() == who
	}
	p, live := w.s.Project(in)
	_, member := w.s.Member(who, at)
	machine := who == acc("bot").principal() || who == acc("all").principal()
	var c CatalogChange
	switch {
	case in == "":
		c, _ = find(func(c CatalogChange) bool { return mine(c) && c.Project == "" && !c.Everywhere })
	case live && p.Deleted == 0:
		var found bool
		if c, found = find(func(c CatalogChange) bool { return mine(c) && c.Project == in }); !found {
			c, found = find(func(c CatalogChange) bool { return mine(c) && c.Everywhere })
		}
		if m, _ := w.s.Member(who, at); !found && !machine && member && m.Status == Active && m.Holds(at) {
			c, _ = find(func(c CatalogChange) bool { return c.Everyone && c.Project == in })
		}
	}
	return fmt.Sprint(append([]Permission{}, c.Gains...), append([]Permission{}, c.Loses...))
}

func minus(a, b []Permission) []Permission {
	out := []Permission{}
	for _, p := range a {
		if !slices.Contains(b, p) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

func TestWhatACatalogWouldTakeFromRoles(t *testing.T) {
	w := newWorld(t, widerRows...)
	helper := RoleID(id("role_", "help"))
	w.do(theOperator, CreateRole{Role: helper, Scope: InProject, Name: "Helper", RoleContent: RoleContent{Permissions: []Permission{"reports:edit", "project:view"}}})
	next := narrower(t, w)
	roles := func(instead ...Replacing) map[string]string {
		rows, err := w.s.CatalogChanges(next.Digest(), instead, w.now, "")
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for row := range rows {
			if row.Role != "" {
				out[row.Role] = fmt.Sprint(row.Gains, row.Loses, row.Lacks)
			}
		}
		return out
	}
	if got, want := fmt.Sprint(roles()), "map[admin:[exports:start reports:share] [reports:edit] [] analyst:[exports:start] [reports:edit] [] consumer:[exports:start] [reports:view] [] owner:[exports:start reports:share] [reports:edit] [] "+
		string(helper)+":[] [reports:edit] [reports:edit]]"; got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	if got := roles(Replacing{"reports:edit", "reports:share"})[string(helper)]; got != "[reports:share] [reports:edit] [reports:edit]" {
		t.Errorf("with another in its place %s", got)
	}
	for _, row := range []struct {
		name    string
		to      Digest
		instead []Replacing
		want    error
	}{
		{"a catalog that is none", "sha256:0", nil, ErrNoCatalog},
		{"one in the place of what is not lacking", next.Digest(), []Replacing{{"project:view", "reports:share"}}, ErrBadReplacement},
		{"one that somebody could hold before in the place of one", next.Digest(), []Replacing{{"reports:edit", "reports:view"}}, ErrBadReplacement},
	} {
		if _, err := w.s.CatalogChanges(row.to, row.instead, w.now, ""); err != row.want {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}
