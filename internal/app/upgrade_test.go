package app

import (
	"errors"
	"slices"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

// older makes the options those of a program that knows no renaming.
func older(o *Options) {
	o.Reads = slices.DeleteFunc(org.FactNames(), func(name string) bool { return name == "organization.renamed" })
}

func TestWhatALiveNodeCannotReadIsNotWritten_T261(t *testing.T) {
	db := memory.Open()
	was, r := newRig(t, db, older), newRig(t, db)
	ada := r.person("ada")
	acme := r.found("acme", ada)
	before := len(r.events(acme))

	_, err := r.Do(t.Context(), as(ada), acme, org.Rename{Name: "Acme Two"}, Opts{})
	if !errors.Is(err, ErrUpgrading) {
		t.Fatalf("a renaming beside an older node: %v", err)
	}
	if n := len(r.events(acme)); n != before {
		t.Errorf("%d events were written", n-before)
	}
	r.do(as(ada), acme, org.CreateTeam{Name: "Data"})
	if s, err := was.View(t.Context(), acme, Freshness{Now: true}); err != nil || s.Counts().Teams != 1 {
		t.Errorf("the older node reads %v", err)
	}

	was.Close()
	if err := r.node.Beat(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.do(as(ada), acme, org.Rename{Name: "Acme Two"})
}

// write appends a fact that no program here knows.
func (r *rig) writeUnknown(id org.OrgID) {
	r.Helper()
	log := r.events(id)
	last := log[len(log)-1]
	e := store.Event{Org: string(id), Version: last.Version + 1, At: last.At, Command: "cmd_x", Actor: last.Actor,
		Name: "member.exalted", Data: []byte("{}"), Prev: store.Hash(last)}
	a := store.Append{Org: string(id), After: last.Version, Events: []store.Event{e}, Hash: store.Hash(e)}
	if err := r.db.Log().Append(r.Context(), []store.Append{a}); err != nil {
		r.Fatal(err)
	}
}

func TestAFactThatNobodyHereCanReadLetsNobodyIn_T261_I63(t *testing.T) {
	r := newRig(t, nil)
	ada := r.person("ada")
	acme, other := r.found("acme", ada), r.found("other", ada)
	r.writeUnknown(acme)
	if _, err := r.View(t.Context(), acme, Freshness{Now: true}); !errors.Is(err, ErrQuarantined) {
		t.Errorf("reading it: %v", err)
	}
	if _, err := r.Do(t.Context(), as(ada), acme, org.CreateTeam{Name: "Data"}, Opts{}); !errors.Is(err, ErrQuarantined) {
		t.Errorf("a command in it: %v", err)
	}
	r.do(as(ada), other, org.CreateTeam{Name: "Data"})
}
