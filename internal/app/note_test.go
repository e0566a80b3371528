package app

import (
	"errors"
	"testing"

	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

func TestReasonAndOriginLieBesideTheFacts_T223_I48(t *testing.T) {
	r := newRig(t, nil)
	p := people(r, 2)
	acme := r.found("acme", p[0])
	r.do(as(p[0]), acme, org.AddMember{Person: p[1], Role: org.RoleMember})
	given := note.Given{Reason: "left for Initech", Origin: note.Origin{Address: "192.0.2.7", Agent: "curl"}}
	done, err := r.Do(t.Context(), as(p[0]), acme, org.Remove{Person: p[1]}, Opts{Given: given})
	if err != nil {
		t.Fatal(err)
	}
	command := done.Facts[0].Command
	left := func() note.Given {
		t.Helper()
		found, err := r.Notes().Of(t.Context(), acme, []org.CommandID{command})
		if err != nil {
			t.Fatal(err)
		}
		return found[command]
	}
	if got := left(); got != given {
		t.Errorf("kept %+v", got)
	}
	log := r.events(acme)
	notes, err := r.db.Notes().NotesOf(t.Context(), string(acme), []string{string(command)})
	if err != nil || len(notes) != 2 {
		t.Fatalf("%v, %v", notes, err)
	}
	for _, n := range notes {
		if first := log[uint64(done.Facts[0].Version)-1]; !note.Vouched(first, n) {
			t.Errorf("the log does not vouch for the %s", n.Kind)
		}
	}
	if err := r.Notes().Erase(t.Context(), p[1]); err != nil {
		t.Fatal(err)
	}
	if got := left(); got != (note.Given{Origin: given.Origin}) {
		t.Errorf("kept %+v after the erasure of the removed", got)
	}
	if err := store.Chain(0, nil, r.events(acme)); err != nil {
		t.Error(err)
	}
}

func TestACommandThatChangesNothingLeavesNoNote(t *testing.T) {
	r := newRig(t, nil)
	ada := r.person("ada")
	acme := r.found("acme", ada)
	r.do(as(ada), acme, org.Enter{})
	for _, c := range []org.Command{org.SetRole{Person: ada, Role: org.RoleOwner}, org.Leave{}} {
		_, err := r.Do(t.Context(), as(ada), acme, c, Opts{Given: note.Given{Reason: "so"}})
		if refusal, refused := errors.AsType[*org.Refusal](err); err != nil && (!refused || refusal.Kind != org.Conflict) {
			t.Fatal(err)
		}
	}
	if left, err := r.db.Notes().ListNotes(t.Context(), string(acme), "", "", 9); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}
