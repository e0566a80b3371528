package org

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Catalog is the whole permission table of an organization at some time: Commonhold's own rows and those of the
// application. It is named by the digest of its content and never changes.
type Catalog struct {
	digest  Digest
	rows    []Row
	own     int // how many rows are Commonhold's
	number  map[Permission]int
	org     [len(OrgRoles) + 1]Set     // by role number; what each organization role holds in the organization
	project [len(ProjectRoles) + 1]Set // by role number; what each project role holds in a project
	holders []holders                  // by permission; the same turned round
	closed  []Set                      // by permission; itself and all that it implies
	explicit,
	createProjects,
	manageProjects Set
}

// Catalogs finds catalogs by digest; nil means unknown here.
type Catalogs interface{ Catalog(Digest) *Catalog }

// NewCatalog puts the application's rows behind Commonhold's own. It refuses a table that breaks a rule: keys are
// unique and well formed, application rows lie in projects, implied keys exist and are the application's too (or a
// catalog could widen who may delete a project), and each role holds all that the next lower one holds.
func NewCatalog(application ...Row) (*Catalog, error) { return newCatalog(builtin, application) }

func newCatalog(own, application []Row) (*Catalog, error) {
	c := &Catalog{rows: cloneRows(slices.Concat(own, application)), own: len(own)}
	c.number = make(map[Permission]int, len(c.rows))
	for i, r := range c.rows {
		if err := r.valid(); err != nil {
			return nil, err
		}
		if _, dup := c.number[r.Key]; dup {
			return nil, fmt.Errorf("permission %s stands twice", r.Key)
		}
		if i >= c.own && (r.Scope != InProject || r.Reserved || len(r.Org) > 0) {
			return nil, fmt.Errorf("permission %s: the application's permissions lie in projects", r.Key)
		}
		c.number[r.Key] = i
	}
	for i, r := range c.rows {
		if err := c.place(i, r); err != nil {
			return nil, err
		}
	}
	if err := c.nested(); err != nil {
		return nil, err
	}
	if i, ok := c.number["projects:create"]; ok {
		c.createProjects.add(i)
	}
	if i, ok := c.number["projects:manage_any"]; ok {
		c.manageProjects.add(i)
	}
	c.turn()
	sum := sha256.Sum256(c.Document())
	c.digest = Digest("sha256:" + hex.EncodeToString(sum[:]))
	return c, nil
}

func (r Row) valid() error {
	noun, verb, ok := strings.Cut(string(r.Key), ":")
	if !ok || !word(noun) || !word(verb) || len(r.Key) > 80 {
		return fmt.Errorf("permission %q: a key is noun:verb, each of a–z, 0–9 and _", r.Key)
	}
	if r.Sentence == "" || len(r.Sentence) > 200 || r.Category == "" || len(r.Category) > 80 {
		return fmt.Errorf("permission %s: needs a sentence of at most 200 and a category of at most 80 bytes", r.Key)
	}
	if r.Explicit && len(r.Project)+len(r.Org) > 0 {
		return fmt.Errorf("permission %s: an explicit permission is in no built-in role", r.Key)
	}
	return nil
}

func word(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return s != ""
}

// place puts row i, and all that it implies, into the sets of its roles.
func (c *Catalog) place(i int, r Row) error {
	all := Set{}
	if err := c.closure(&all, i); err != nil {
		return err
	}
	c.closed = append(c.closed, all)
	for _, role := range r.Org {
		if role.number() == 0 {
			return fmt.Errorf("permission %s: no organization role %q", r.Key, role)
		}
		c.org[role.number()].addAll(all)
	}
	for _, role := range r.Project {
		if role.number() == 0 {
			return fmt.Errorf("permission %s: no project role %q", r.Key, role)
		}
		c.project[role.number()].addAll(all)
	}
	if r.Explicit {
		c.explicit.add(i)
	}
	return nil
}

func (c *Catalog) closure(all *Set, i int) error {
	if all.has(i) {
		return nil
	}
	all.add(i)
	for _, k := range c.rows[i].Implies {
		j, ok := c.number[k]
		if !ok || c.rows[j].Scope != c.rows[i].Scope {
			return fmt.Errorf("permission %s implies %s, which is not in the table", c.rows[i].Key, k)
		}
		if c.rows[j].Explicit {
			return fmt.Errorf("permission %s implies %s, which is explicit", c.rows[i].Key, k)
		}
		if i >= c.own && j < c.own {
			return fmt.Errorf("permission %s implies %s, which is Commonhold's own", c.rows[i].Key, k)
		}
		if err := c.closure(all, j); err != nil {
			return err
		}
	}
	return nil
}

// holders are the roles that hold a permission.
type holders struct {
	org        roles // organization roles that hold it in the organization
	everywhere roles // organization roles that hold it in every project, by the project role they bring
	project    roles // project roles that hold it in their project
}

func (c *Catalog) turn() {
	c.holders = make([]holders, len(c.rows))
	for i := range c.holders {
		h := &c.holders[i]
		for n := range roleNumber(len(c.org)) {
			h.org.add(n, c.org[n].has(i))
			h.everywhere.add(n, c.project[implied(n)].has(i))
		}
		for n := range roleNumber(len(c.project)) {
			h.project.add(n, c.project[n].has(i))
		}
	}
}

// nested holds the relations between roles that covering and ranking rest on.
func (c *Catalog) nested() error {
	for i := 1; i < len(ProjectRoles); i++ {
		if more, less := ProjectRoles[i-1], ProjectRoles[i]; !c.project[more.number()].covers(c.project[less.number()]) {
			return fmt.Errorf("project role %s must hold all that %s holds", more, less)
		}
	}
	for _, p := range [][2]OrgRole{{RoleOwner, RoleAdmin}, {RoleAdmin, RoleMember}, {RoleOwner, RoleBillingAdmin}} {
		if !c.org[p[0].number()].covers(c.org[p[1].number()]) {
			return fmt.Errorf("organization role %s must hold all that %s holds", p[0], p[1])
		}
	}
	return nil
}

// Digest names the catalog by its content.
func (c *Catalog) Digest() Digest { return c.digest }

// Rows returns the table in its order.
func (c *Catalog) Rows() []Row { return cloneRows(c.rows) }

// Row returns the row of a permission, if the table has it.
func (c *Catalog) Row(p Permission) (Row, bool) {
	i, ok := c.number[p]
	if !ok {
		return Row{}, false
	}
	return c.rows[i], true
}

// OrgRoleHolds and ProjectRoleHolds answer a cell of the matrix.
func (c *Catalog) OrgRoleHolds(r OrgRole, p Permission) bool {
	i, ok := c.number[p]
	return ok && c.org[r.number()].has(i)
}

func (c *Catalog) ProjectRoleHolds(r ProjectRole, p Permission) bool {
	i, ok := c.number[p]
	return ok && c.project[r.number()].has(i)
}

// Application returns the rows that the application brought.
func (c *Catalog) Application() []Row { return cloneRows(c.rows[c.own:]) }

type document struct {
	Builtin     []Row `json:"builtin"`
	Application []Row `json:"application"`
}

// Document is the catalog's content, whose SHA-256 is its digest. It is kept for ever, so that what a role held on a
// past day can be told after any release.
func (c *Catalog) Document() []byte {
	b, err := json.Marshal(document{c.rows[:c.own], c.rows[c.own:]})
	if err != nil {
		panic(err) // rows hold words and flags only
	}
	return b
}

// ReadCatalog reads a document back.
func ReadCatalog(b []byte) (*Catalog, error) {
	var d document
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("read catalog: %w", err)
	}
	return newCatalog(d.Builtin, d.Application)
}
