package org

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"
)

// known is a library of catalogs.
type known map[Digest]*Catalog

func (k known) Catalog(d Digest) *Catalog { return k[d] }

func catalogs(t testing.TB, application ...Row) (known, Digest) {
	c, err := NewCatalog(application...)
	if err != nil {
		t.Fatal(err)
	}
	return known{c.Digest(): c}, c.Digest()
}

// id makes a valid id of a word, readable in failures.
func id(prefix, word string) string {
	const filler = "00000000000000000000000000"
	out := []byte(filler)
	for i, r := range []byte(word) {
		switch r {
		case 'i', 'l':
			r = '1'
		case 'o':
			r = '0'
		case 'u':
			r = 'v'
		}
		out[i+1] = r
	}
	return prefix + string(out)
}

func usr(word string) PersonID  { return PersonID(id("usr_", word)) }
func tm(word string) TeamID     { return TeamID(id("team_", word)) }
func acc(word string) AccountID { return AccountID(id("sa_", word)) }
func ky(word string) KeyID      { return KeyID(id("key_", word)) }
func prj(word string) ProjectID { return ProjectID(id("prj_", word)) }

// world is an organization under test with a clock that the test moves.
type world struct {
	testing.TB
	s   *State
	log []Stamped
	now Instant
	n   int
}

var theOperator = Actor{Operator: true}

func as(word string) Actor        { return Actor{Person: usr(word)} }
func asAccount(word string) Actor { return Actor{Account: acc(word)} }

// newWorld founds an organization that olga owns and has entered.
func newWorld(t testing.TB, application ...Row) *world {
	k, d := catalogs(t, application...)
	w := &world{TB: t, s: Empty(k), now: At(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))}
	w.do(theOperator, CreateOrganization{Organization: OrgID(id("org_", "acme")), Name: "Acme", Slug: "acme", Owner: usr("olga"), Proofs: Vouched, Catalog: d})
	return w
}

// try runs a command and keeps its facts.
func (w *world) try(by Actor, c Command) error {
	w.Helper()
	facts, err := Decide(w.s, by, w.now, c)
	if err != nil || len(facts) == 0 {
		return err
	}
	w.n++
	stamped := Stamp(w.s, Meta{At: w.now, Actor: by.ID(), Command: CommandID(fmt.Sprint("cmd_", w.n))}, facts)
	w.log = append(w.log, stamped...)
	w.s = Evolve(w.s, stamped...)
	if w.s.Damage() != nil {
		w.Fatalf("%T by %v: %v", c, by, w.s.Damage())
	}
	return nil
}

// do runs commands that must succeed.
func (w *world) do(by Actor, commands ...Command) {
	w.Helper()
	for _, c := range commands {
		if err := w.try(by, c); err != nil {
			w.Fatalf("%T %+v by %v: %v", c, c, by, err)
		}
	}
}

// refused runs a command that must be refused for that reason and change nothing.
func (w *world) refused(by Actor, c Command, why error) {
	w.Helper()
	before := w.s
	if err := w.try(by, c); !errors.Is(err, why) {
		w.Fatalf("%T %+v by %v: got %v, want %v", c, c, by, err, why)
	}
	if w.s != before {
		w.Fatalf("%T was refused and changed something", c)
	}
}

// sends moves a project to another world and keeps the facts of both.
func (w *world) sends(to *world, by Actor, c MoveProject) error {
	w.Helper()
	at := max(w.now, to.now, w.s.At(), to.s.At())
	m, err := DecideMove(w.s, to.s, by, at, c)
	if err != nil {
		return err
	}
	w.n++
	meta := Meta{At: at, Actor: by.ID(), Command: CommandID(fmt.Sprint("cmd_", w.n))}
	left, arrived := Stamp(w.s, meta, m.Left), Stamp(to.s, meta, m.Arrived)
	w.log, to.log = append(w.log, left...), append(to.log, arrived...)
	w.s, to.s = Evolve(w.s, left...), Evolve(to.s, arrived...)
	if err := errors.Join(w.s.Damage(), to.s.Damage()); err != nil {
		w.Fatalf("%+v by %v: %v", c, by, err)
	}
	return nil
}

// other founds a second organization under the same clock, which that person owns.
func (w *world) other(word string, owner PersonID) *world {
	o := &world{TB: w.TB, s: Empty(w.s.catalogs), now: w.now}
	o.do(Actor{Person: owner}, CreateOrganization{Organization: OrgID(id("org_", word)), Name: "Other", Slug: "other", Proofs: Vouched, Catalog: w.s.CatalogDigest()})
	return o
}

// passes moves the clock.
func (w *world) passes(d time.Duration) { w.now += Instant(d.Microseconds()) }

func TestSavedStateIsTheFold(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("ada"), Role: RoleAdmin}, AddMember{Person: usr("max"), Role: RoleMember},
		CreateTeam{Team: tm("red"), Name: "Red"}, PlaceInTeam{Team: tm("red"), Person: usr("max")},
		CreateProject{Project: prj("web"), Name: "Web"},
		Give{Project: prj("web"), Subject: Subject{Team: tm("red")}, Role: Analyst},
		Give{Project: prj("web"), Subject: Subject{Person: usr("max")}, Role: Consumer, Window: Window{End: w.now + 1e9}},
		Suspend{Person: usr("ada")})
	w.do(as("olga"), Reactivate{Person: usr("ada")}, Remove{Person: usr("ada")})
	saved := Save(w.s)
	loaded, err := Load(w.s.catalogs, saved)
	if err != nil {
		t.Fatal(err)
	}
	if again := Save(loaded); !bytes.Equal(saved, again) {
		t.Fatalf("saved\n%s\nloaded and saved\n%s", saved, again)
	}
	if !loaded.Check(usr("max"), "project:view", prj("web"), w.now) || loaded.Check(usr("max"), "project:rename", prj("web"), w.now) {
		t.Fatal("the loaded state answers otherwise")
	}
	if folded := Evolve(Empty(w.s.catalogs), w.log...); !bytes.Equal(Save(folded), saved) {
		t.Fatal("folding the log again gives another state")
	}
	for _, f := range w.log {
		name, data := Encode(f.Event)
		if e, err := Decode(name, data); err != nil {
			t.Errorf("%s %s: %v", name, data, err)
		} else if _, again := Encode(e); !bytes.Equal(again, data) {
			t.Errorf("%s: %s reads back as %s", name, data, again)
		} else {
			t.Log(Sentence(f.Event, func(id string) string { return id[:9] }))
		}
	}
}
