// Package catalog reads an application's permission catalog from YAML, holds the default one, and keeps those that a
// process knows. What a catalog means, and which tables are refused, is decided in org; nothing here knows who adopted
// which catalog.
package catalog

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/commonhold/commonhold/internal/yaml"
	"github.com/commonhold/commonhold/org"
)

// What a catalog may be at most.
const (
	MaxBytes       = 1 << 20
	MaxPermissions = 10_000
	// MaxImplied bounds how far implication reaches: the sum, over all permissions, of all that come with each.
	MaxImplied = 1_000_000
)

//go:embed analytics.yaml
var analytics []byte

// Default is the catalog of an analytics application, which holds where no other was adopted.
func Default() *org.Catalog {
	c, err := Parse(analytics)
	if err != nil {
		panic(fmt.Sprintf("the default catalog: %v", err)) // embedded, and read in a test
	}
	return c
}

// Parse reads a catalog. Its error is a *yaml.Mistakes, which tells all bad rows with their lines, unless the file is
// at fault as a whole.
func Parse(file []byte) (*org.Catalog, error) {
	d, err := yaml.Parse(file, MaxBytes)
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	r := reader{Document: d, at: map[org.Permission]int{}}
	r.read()
	if d.Count() == 0 {
		c, err := org.NewCatalog(r.table()...)
		if err == nil {
			return c, nil
		}
		if r.blame(); d.Count() == 0 {
			return nil, fmt.Errorf("read the catalog: %w", err)
		}
	} else {
		r.blame()
	}
	return nil, fmt.Errorf("read the catalog: %w", d.Err())
}

// reader gathers the rows of a file with where each stands.
type reader struct {
	*yaml.Document
	rows []row
	at   map[org.Permission]int // row by key
}

type row struct {
	org.Row
	key     yaml.Node
	implies []yaml.Node
	bad     bool // a mistake in it was told
}

func (r *reader) read() {
	f := r.Root().Fields("version", "permissions")
	if version := f["version"]; version.Empty() {
		version.Refuse("the file has to say which format it is in: version: 1")
	} else if version.Number() != 1 {
		version.Refuse("this release reads version 1 of the format")
	}
	list := f["permissions"]
	if list.Empty() {
		list.Refuse("the file needs a list of permissions; an empty one is []")
	}
	items := list.Items()
	if len(items) > MaxPermissions {
		items[MaxPermissions].Refuse("a catalog has %d permissions at most", MaxPermissions)
		return
	}
	for _, item := range items {
		r.row(item)
	}
	r.resolve()
	r.measure(list)
}

func (r *reader) row(n yaml.Node) {
	before := r.Count()
	f := n.Fields("key", "sentence", "category", "roles", "implies", "explicit")
	one := row{key: f["key"], implies: f["implies"].Items(), Row: org.Row{
		Key: org.Permission(f["key"].Text()), Scope: org.InProject, Sentence: line(f["sentence"]), Category: line(f["category"]),
		Project: roles(f["roles"]), Explicit: f["explicit"].Flag(),
	}}
	for _, target := range one.implies {
		one.Implies = append(one.Implies, org.Permission(target.Text()))
	}
	if other, twice := r.at[one.Key]; twice && one.Key != "" {
		one.key.Refuse("%s stands in line %d already", one.Key, r.rows[other].key.Line())
	} else {
		r.at[one.Key] = len(r.rows)
	}
	one.bad = r.Count() > before
	r.rows = append(r.rows, one)
}

func (r *reader) table() []org.Row {
	rows := make([]org.Row, len(r.rows))
	for i, one := range r.rows {
		rows[i] = one.Row
	}
	return rows
}

// line reads a text that people see in one line.
func line(n yaml.Node) string {
	text := n.Text()
	if text != strings.TrimSpace(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) }) {
		n.Refuse("this has to be one line of visible characters, without blanks at its ends")
	}
	return text
}

// roles reads which roles hold a permission. Whoever names one names all above it, so that a reader of the file sees
// who holds what, and each role holds all that the next lower one holds.
func roles(n yaml.Node) []org.ProjectRole {
	items := n.Items()
	var named [len(org.ProjectRoles)]bool
	for _, item := range items {
		text := item.Text()
		switch i := slices.Index(org.ProjectRoles[:], org.ProjectRole(text)); {
		case i < 0:
			item.Refuse("there is no role %q; roles are owner, admin, analyst and consumer", text)
		case named[i]:
			item.Refuse("%s stands here twice", text)
		default:
			named[i] = true
		}
	}
	var out []org.ProjectRole
	for i, role := range org.ProjectRoles {
		switch {
		case named[i]:
			out = append(out, role)
		case slices.Contains(named[i:], true):
			n.Refuse("name %s too: a role holds all that the roles below it hold", role)
		}
	}
	return out
}

// resolve refuses implied keys that are not in the file, or that nobody gets by another.
func (r *reader) resolve() {
	for _, one := range r.rows {
		for i, key := range one.Implies {
			target, known := r.at[key]
			switch {
			case !known:
				one.implies[i].Refuse("%s is not in this file; a permission implies others of its catalog", key)
			case r.rows[target].Explicit:
				one.implies[i].Refuse("%s is explicit, so nothing implies it", key)
			case slices.Contains(one.Implies[:i], key):
				one.implies[i].Refuse("%s stands here twice", key)
			}
		}
	}
}

// measure counts what comes with what, as far as is allowed.
func (r *reader) measure(list yaml.Node) {
	steps := 0
	seen := make([]int, len(r.rows)) // the row, counted from 1, whose walk came by last
	var walk func(from, row int)
	walk = func(from, row int) {
		if seen[row] == from {
			return
		}
		seen[row] = from
		for _, key := range r.rows[row].Implies {
			if steps++; steps > MaxImplied {
				return
			}
			if target, known := r.at[key]; known {
				walk(from, target)
			}
		}
	}
	for i := range r.rows {
		walk(i+1, i)
	}
	if steps > MaxImplied {
		list.Refuse("the permissions imply one another too widely: %d pairs at most", MaxImplied)
	}
}

// blame finds the rows that org refuses, by trying each alone.
func (r *reader) blame() {
	for _, one := range r.rows {
		if one.Implies = nil; one.bad {
			continue
		}
		if _, err := org.NewCatalog(one.Row); err != nil {
			one.key.Refuse("%v", err)
		}
	}
}
