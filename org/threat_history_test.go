package org

import (
	"bytes"
	"reflect"
	"testing"
)

// From suspended to active leads one command, and no other.
func TestOnlyReactivatingEndsASuspension(t *testing.T) {
	susi := usr("susi")
	for name, all := range situations(t) {
		for _, s := range all {
			t.Run("I-07 "+name+" "+s.name, func(t *testing.T) {
				for _, p := range players {
					w := playing().fork(t)
					c := onSomebody(s.do(p.by.Person), susi)
					if err := w.try(p.by, c); err != nil {
						continue
					}
					m, member := w.s.Member(susi, w.now)
					_, lifts := c.(Reactivate)
					if member && m.Status == Active && !lifts {
						t.Errorf("%+v by the %s reactivated", c, p.name)
					}
					if lifts && (!member || m.Status != Active) {
						t.Errorf("%+v by the %s left the member %s", c, p.name, m.Status)
					}
				}
			})
		}
	}
}

// onSomebody turns a command about a person into one about another.
func onSomebody(c Command, p PersonID) Command {
	switch c := c.(type) {
	case AddMember:
		c.Person = p
		return c
	case SetRole:
		return SetRole{p, c.Role}
	case Reschedule:
		return Reschedule{p, c.Window}
	case Suspend:
		return Suspend{p}
	case Reactivate:
		return Reactivate{p}
	case Remove:
		return Remove{Person: p}
	case Restore:
		return Restore{Person: p}
	case Vouch:
		return Vouch{p, c.Vouched}
	case TransferOwnership:
		return TransferOwnership{p, c.StepDown}
	case PlaceInTeam:
		c.Person = p
		return c
	case TakeFromTeam:
		return TakeFromTeam{c.Team, p}
	case Give:
		if c.Person != "" {
			c.Person = p
		}
		return c
	}
	return c
}

// The facts of one command share its id, stand at consecutive versions and have one instant; a command that changes
// nothing, or is refused, leaves none.
func TestTheFactsOfACommandAreOneEntry(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), SetSettings{EveryoneRole: Consumer, Teams: []TeamRole{{tm("red"), Analyst}}})
	before := len(w.log)
	w.do(as("ada"), CreateProject{Project: prj("new"), Name: "New"})
	wrote := w.log[before:]
	if len(wrote) != 4 {
		t.Fatalf("I-45 %d facts: a project, and what its creator, everyone and a team get", len(wrote))
	}
	for i, f := range wrote {
		if f.Version != wrote[0].Version+Version(i) || f.At != wrote[0].At || f.Command != wrote[0].Command || f.Actor != usr("ada") || f.Command == "" {
			t.Errorf("I-45 fact %d is %+v", i, f.Meta)
		}
	}
	t.Run("I-45 what changes nothing leaves none", func(t *testing.T) {
		w := w.fork(t)
		w.idle(as("ada"), SetRole{usr("mia"), RoleMember}, Rename{Name: "Acme"}, Suspend{usr("sam")}, Reactivate{usr("mia")}, Enter{})
		if len(w.log) != before+4 {
			t.Fatalf("%d more", len(w.log)-before-4)
		}
	})
	t.Run("I-45 what is refused leaves none", func(t *testing.T) {
		w := w.fork(t)
		w.refused(as("mia"), Rename{Name: "Apex"}, ErrNotAllowed)
		if len(w.log) != before+4 {
			t.Fatalf("%d more", len(w.log)-before-4)
		}
	})
}

// Deciding changes nothing, and the same question has the same answer.
func TestDecidingIsPure(t *testing.T) {
	for name, all := range situations(t) {
		for _, s := range all {
			w := playing().fork(t)
			if s.fresh {
				w.s = Empty(w.s.catalogs)
			}
			before := Save(w.s)
			for _, p := range players {
				first, err := Decide(w.s, p.by, w.now, s.do(p.by.Person))
				second, again := Decide(w.s, p.by, w.now, s.do(p.by.Person))
				if !reflect.DeepEqual(err, again) || len(first) != len(second) {
					t.Errorf("I-15 %s %s by the %s: %v, then %v", name, s.name, p.name, err, again)
				}
				for i := range first {
					one, a := Encode(first[i])
					two, b := Encode(second[i])
					if one != two || !bytes.Equal(a, b) {
						t.Errorf("I-15 %s %s by the %s: %s, then %s", name, s.name, p.name, a, b)
					}
				}
			}
			if !bytes.Equal(before, Save(w.s)) {
				t.Errorf("I-15 %s %s changed the state it was decided in", name, s.name)
			}
		}
	}
}

// What was removed comes back only by restoring, within its time and as far as the restorer covers it.
func TestWhatIsGoneComesBackByRestoringAlone(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), Remove{Person: usr("pia")}, DeleteTeam{tm("red")})
	for _, back := range []attempt{
		{name: "I-08 an admin, who does not cover project owner", by: as("ada"), do: Restore{Person: usr("pia")}},
		{name: "I-08 added anew", by: as("olga"), do: AddMember{Person: usr("pia"), Role: RoleMember}},
		{name: "I-08 imported anew", by: as("olga"), do: AddMember{Person: usr("pia"), Role: RoleMember, Source: ByImport}},
	} {
		t.Run(back.name, func(t *testing.T) {
			w := w.fork(t)
			w.changes(back.by, back.do)
			w.holdsOnly("pia", "web")
			w.cannot("pia", "project:view", "web")
		})
	}
	t.Run("I-08 an owner restores", func(t *testing.T) {
		w := w.fork(t)
		w.changes(as("olga"), Restore{Person: usr("pia")})
		w.holdsOnly("pia", "web", Owner)
	})
	t.Run("I-09 a team of the same name is another team", func(t *testing.T) {
		w := w.fork(t)
		w.changes(as("olga"), CreateTeam{Team: tm("rot"), Name: "Red"})
		if x := mustTeam(w, "rot"); x.People != 0 || x.Projects != 0 {
			t.Fatalf("%+v", x)
		}
		w.cannot("tim", "project:view", "web")
	})
}
