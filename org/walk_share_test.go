package org

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// frozen is a state with what it was when it was made.
type frozen struct {
	s     *State
	saved []byte
}

func freeze(s *State) frozen { return frozen{s, Save(s)} }

func (k frozen) still(t *testing.T, what string) {
	t.Helper()
	if now := Save(k.s); !bytes.Equal(now, k.saved) {
		t.Fatalf("%s, version %d, was\n%s\nand is\n%s", what, k.s.Version(), k.saved, now)
	}
	if err := consistent(k.s); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// I-58, T-238
func TestTwoBranchesOfOneStateDoNotDisturbEachOther(t *testing.T) {
	library := walkLibrary(t)
	for _, seed := range seeds(t, 6, 200) {
		w, dice := strollerIn(library), rand.New(rand.NewPCG(seed, 4))
		var all []frozen
		for n := range 200 {
			s := w.chance(dice).stride(n)
			if err := w.take(s); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			base := freeze(w.orgs[s.org].s)
			all = append(all, base)
			one, other := w.branch(dice, base.s), w.branch(dice, base.s)
			further := w.branch(dice, one.s)
			for _, k := range []frozen{base, one, other, further} {
				k.still(t, fmt.Sprintf("seed %d, step %d", seed, n))
			}
		}
		for _, k := range all {
			k.still(t, fmt.Sprintf("seed %d, at its end", seed))
		}
	}
}

// branch leads a state on by the first command that changes something, of a few tried.
func (w *walker) branch(dice *rand.Rand, s *State) frozen {
	c := w.chance(dice)
	for org, o := range w.orgs {
		if o.s.ID() == s.ID() && s.ID() != "" {
			c.org, c.p = org, o.at
		}
	}
	for range 10 {
		if c.p == nil {
			break
		}
		c.by = c.actor()
		if facts, err := Decide(s, c.by, w.now, c.command()); err == nil && len(facts) > 0 {
			return freeze(Evolve(s, Stamp(s, Meta{At: w.now, Actor: c.by.ID()}, facts)...))
		}
	}
	return freeze(s)
}

// The race detector watches readers of every state while later ones are made of it.
func TestOldStatesAreReadWhileNewOnesAreMade_I58(t *testing.T) {
	library := walkLibrary(t)
	states := make(chan frozen, 1000)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for k := range states {
				at := k.s.At()
				for _, word := range tenPeople {
					k.s.Explain(usr(word), "project:view", prj("n1"), at)
					k.s.Holds(usr(word), at)
					for p := range k.s.ProjectsWhere(usr(word), "project:view", at, "") {
						k.s.Check(usr(word), "project:view", p, at)
					}
				}
				if !bytes.Equal(Save(k.s), k.saved) {
					t.Errorf("version %d changed while it was read", k.s.Version())
				}
			}
		})
	}
	for _, seed := range seeds(t, 2, 20) {
		w, dice := strollerIn(library), rand.New(rand.NewPCG(seed, 5))
		for n := range 120 {
			s := w.chance(dice).stride(n)
			if err := w.take(s); err != nil {
				t.Errorf("seed %d: %v", seed, err)
				break
			}
			for range 3 {
				states <- frozen{w.orgs[s.org].s, w.orgs[s.org].saved}
			}
		}
	}
	close(states)
	readers.Wait()
}

func TestWhatIsHandedOutCanBeChangedWithoutHarm_T238(t *testing.T) {
	w := story(t)
	w.do(as("olga"), CreateTeam{Team: tm("gold"), Name: "Gold"}, PlaceInTeam{Team: tm("gold"), Person: usr("olga"), Manager: true},
		SetSettings{Teams: []TeamRole{{tm("gold"), Admin}}}, CreateProject{Project: prj("mine"), Name: "Mine"})
	before, document := freeze(w.s), w.s.Catalog().Document()
	at := w.now
	for _, handed := range []any{
		w.s.Settings(), w.s.Catalog().Rows(), w.s.Catalog().Application(), Builtin(), w.s.Catalog().Document(),
		slices.Collect(w.s.Members(at, "")), slices.Collect(w.s.Teams("")), slices.Collect(w.s.Projects(false, "")),
		slices.Collect(w.s.Roster(tm("gold"), at, "")), w.s.Permissions(usr("olga"), prj("mine"), at),
		w.s.GrantsOn(prj("mine"), at), w.s.GrantsOfTeam(tm("gold"), at), w.s.Sources(usr("olga"), prj("mine"), at),
		w.s.Explain(usr("olga"), "project:view", prj("mine"), at), w.s.Explain(usr("max"), "project:view", prj("mine"), at),
		w.s.Owners(at), FactNames(), Restate(w.s), Leads(Empty(w.s.catalogs), w.log), w.s.CheckAll([]Question{{}}, at),
	} {
		poison(reflect.ValueOf(handed))
	}
	holding, _ := w.s.Holds(usr("olga"), at)
	member, _ := w.s.Member(usr("olga"), at)
	grants, places, _ := w.s.Former(usr("ada"), at)
	for _, handed := range []any{holding, member, grants, places} {
		poison(reflect.ValueOf(handed))
	}
	before.still(t, "poisoned")
	if !bytes.Equal(w.s.Catalog().Document(), document) {
		t.Error("the catalog was changed from outside")
	}
	if again, err := NewCatalog(); err != nil || !bytes.Equal(again.Document(), w.s.Catalog().Document()) {
		t.Errorf("the table of permissions was changed from outside: %v", err)
	}
	rows := applicationRows()
	c, err := NewCatalog(rows...)
	if err != nil {
		t.Fatal(err)
	}
	document = c.Document()
	poison(reflect.ValueOf(rows))
	if !bytes.Equal(c.Document(), document) {
		t.Error("the catalog shares the rows it was made of")
	}
	settings := &SettingsChanged{Settings{Teams: []TeamRole{{tm("gold"), Owner}}}}
	next := freeze(Evolve(w.s, Stamp(w.s, Meta{At: at, Actor: usr("olga")}, []Event{settings})...))
	settings.Settings.Teams[0].Role = Consumer
	next.still(t, "after its fact was changed")
}

// poison overwrites all that can be reached from a value: the elements of slices, and what pointers lead to.
func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i))
			overwrite(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			poison(v.Field(i))
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			poison(v.Elem())
			overwrite(v.Elem())
		}
	}
}

func overwrite(v reflect.Value) {
	if !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("poison")
	case reflect.Int64:
		v.SetInt(-1)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(77)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Struct:
		for i := range v.NumField() {
			overwrite(v.Field(i))
		}
	}
}

func TestOneOrganizationDoesNotHearOfTheOther_I23(t *testing.T) {
	library := walkLibrary(t)
	for _, seed := range seeds(t, 6, 200) {
		both, dice := strollerIn(library), rand.New(rand.NewPCG(seed, 6))
		alone := [2]*walker{strollerIn(library), strollerIn(library)}
		for n := range 200 {
			s := both.chance(dice).stride(n)
			if s.move != nil {
				continue // the one thing that is about both
			}
			if err := both.take(s); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			alone[s.org].now = both.now - s.pass
			if err := alone[s.org].take(s); err != nil {
				t.Fatalf("seed %d, alone: %v", seed, err)
			}
		}
		for i, w := range alone {
			if !bytes.Equal(w.orgs[i].saved, both.orgs[i].saved) || len(w.orgs[i].log) != len(both.orgs[i].log) {
				t.Errorf("seed %d: organization %d became something else alone", seed, i)
			}
		}
	}
}

func TestForeignAndUnknownAnswerAlike_I64(t *testing.T) {
	library := walkLibrary(t)
	for _, seed := range seeds(t, 4, 100) {
		w, err := stroll(library, seed, 150)
		if err != nil {
			t.Fatal(err)
		}
		for org, o := range w.orgs {
			other := w.orgs[1-org].at
			asking := []Actor{theOperator, {}, as("stranger")}
			for _, x := range o.at.people {
				asking = append(asking, Actor{Person: x.id})
			}
			for _, by := range asking {
				for _, x := range other.projects {
					if o.at.project(x.Project.Project) != nil {
						continue // the same id here and there: only look-up rows refuse that
					}
					alike(t, o.s, by, w.now, projectCommands(x.Project.Project), projectCommands(prj("nowhere")))
				}
				for _, x := range other.teams {
					if o.at.team(x.Team.Team) != nil {
						continue
					}
					alike(t, o.s, by, w.now, teamCommands(x.Team.Team), teamCommands(tm("nowhere")))
				}
				for _, x := range other.people {
					if o.at.person(x.id) == nil {
						alike(t, o.s, by, w.now, personCommands(o.at, x.id), personCommands(o.at, usr("unheard")))
					}
				}
			}
			for _, x := range other.projects {
				foreign, unknown := o.s.Explain(usr("ann"), "project:view", x.Project.Project, w.now), o.s.Explain(usr("ann"), "project:view", prj("nowhere"), w.now)
				if o.at.project(x.Project.Project) == nil && !reflect.DeepEqual(foreign, unknown) {
					t.Errorf("explained %+v for a foreign project, %+v for an unknown one", foreign, unknown)
				}
			}
		}
	}
}

// alike holds that each command is refused, with the same words, whether its ids are foreign or unknown.
func alike(t *testing.T, s *State, by Actor, at Instant, foreign, unknown []Command) {
	t.Helper()
	for i := range foreign {
		facts, one := Decide(s, by, at, foreign[i])
		_, other := Decide(s, by, at, unknown[i])
		if one == nil && other == nil && len(facts) > 0 {
			t.Errorf("%T%+v by %v was accepted", foreign[i], foreign[i], by)
		}
		if !errors.Is(one, other) {
			t.Errorf("%T by %v: %v for a foreign id, %v for an unknown one", foreign[i], by, one, other)
		}
	}
}

func projectCommands(p ProjectID) []Command {
	me := Subject{Everyone: true}
	return []Command{RenameProject{p, "New"}, SetProjectTimezone{p, "UTC"}, SetProjectExternalID{p, "x-9"}, DeleteProject{p}, RestoreProject{p, ""},
		Give{Project: p, Subject: me, Role: Consumer}, Take{Project: p, Subject: me}, Change{p, me, Consumer, Admin}, RescheduleGrant{p, me, Consumer, Window{}}}
}

func teamCommands(id TeamID) []Command {
	return []Command{RenameTeam{id, "New"}, SetTeamExternalID{id, "x-9"}, DeleteTeam{id}, PlaceInTeam{Team: id, Person: usr("ann")}, TakeFromTeam{id, usr("ann")},
		SetSettings{Teams: []TeamRole{{id, Admin}}}, Give{Project: prj("n1"), Subject: Subject{Team: id}, Role: Consumer}}
}

func personCommands(p *picture, id PersonID) []Command {
	out := []Command{SetRole{id, RoleMember}, Reschedule{id, Window{}}, Suspend{id}, Reactivate{id}, Remove{Person: id}, Restore{Person: id}, TransferOwnership{To: id}, Vouch{id, true}}
	for _, x := range p.projects {
		out = append(out, Give{Project: x.Project.Project, Subject: Subject{Person: id}, Role: Consumer}, Take{Project: x.Project.Project, Subject: Subject{Person: id}})
	}
	for _, x := range p.teams {
		out = append(out, PlaceInTeam{Team: x.Team.Team, Person: id}, TakeFromTeam{x.Team.Team, id})
	}
	return out
}

func TestEverybodyIsInReachOfAnOwner_I65(t *testing.T) {
	library := walkLibrary(t)
	reached, given := 0, 0
	for _, seed := range seeds(t, 6, 200) {
		w, dice := strollerIn(library), rand.New(rand.NewPCG(seed, 7))
		for n := range 200 {
			s := w.chance(dice).stride(n)
			if err := w.take(s); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if o := w.orgs[s.org]; n > 2 && n%10 == 0 && o.s.Exists() && !o.at.paused && len(o.at.counting(max(w.now, o.s.At()))) > 0 && o.s.Entitled("seats", max(w.now, o.s.At())).Allowed {
				at := max(w.now, o.s.At())
				reached += reach(t, o, at)
				given += giveAll(t, o, at)
			}
		}
	}
	t.Logf("%d people reached, %d permissions given", reached, given)
}

// reach has some owner suspend and remove everybody but the last owner.
func reach(t *testing.T, o *walked, at Instant) (n int) {
	counting := o.at.counting(at)
	for _, x := range o.at.people {
		if o.at.member(x.id, at) == nil || slices.Equal(counting, []PersonID{x.id}) {
			continue
		}
		for _, c := range []Command{Suspend{x.id}, Remove{Person: x.id}} {
			if !slices.ContainsFunc(counting, func(by PersonID) bool { return o.s.after(by, at, c) != nil }) {
				t.Fatalf("no owner can do %T%+v:\n%s", c, c, o.saved)
			}
			n++
		}
	}
	return n
}

// giveAll has some owner give every permission that is in a role to a newcomer.
func giveAll(t *testing.T, o *walked, at Instant) (n int) {
	for _, r := range o.s.Catalog().Rows() {
		for _, in := range o.at.everywhere() {
			if r.Explicit || (in == "") != (r.Scope == InOrganization) || in != "" && o.at.project(in).Deleted != 0 {
				continue
			}
			able := slices.ContainsFunc(o.at.counting(at), func(by PersonID) bool {
				s := o.s.after(by, at, AddMember{Person: usr("newcomer"), Role: append(r.Org, RoleMember)[0]})
				if s != nil && in != "" {
					s = s.after(by, at, Give{Project: in, Subject: Subject{Person: usr("newcomer")}, Role: r.Project[0]})
				}
				return s != nil && s.Check(usr("newcomer"), r.Key, in, at)
			})
			if !able {
				t.Fatalf("no owner can give %s in %q", r.Key, in)
			}
			n++
		}
	}
	return n
}
