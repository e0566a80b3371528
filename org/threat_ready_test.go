package org

import (
	"errors"
	"testing"
)

func TestAKeyOfOnesOwnOpensNothingWhereItsPersonIsNotReady_T38_I24(t *testing.T) {
	w := newWorld(t)
	by := as("olga")
	by.Own = true
	decide := func(by Actor) error {
		_, err := Decide(w.s, by, w.now, Rename{Name: "Ours"})
		return err
	}
	if err := errors.Join(decide(by), w.s.Admits(by, w.now)); err != nil {
		t.Fatalf("ready, and refused: %v", err)
	}
	w.do(theOperator, AddMember{Person: usr("una"), Role: RoleOwner})
	by = as("una")
	if err := errors.Join(decide(by), w.s.Admits(by, w.now)); err != nil {
		t.Errorf("somebody acts for her, and that is refused: %v", err)
	}
	by.Own = true
	w.refused(by, Rename{Name: "Ours"}, ErrNotReady)
	w.refused(by, DeclineInvitation{}, ErrNotReady)
	if err := w.s.Admits(by, w.now); !errors.Is(err, ErrNotReady) {
		t.Errorf("a reading: %v", err)
	}
	w.do(theOperator, Vouch{Person: usr("una"), Vouched: true})
	if err := errors.Join(decide(by), w.s.Admits(by, w.now)); err != nil {
		t.Errorf("ready by now, and refused: %v", err)
	}
}
