package app

import (
	"crypto/sha256"
	"testing"

	"github.com/commonhold/commonhold/org"
)

// I-50
func TestACommandThatChangesNothingIsRememberedToo(t *testing.T) {
	r := newRig(t, nil)
	owner := r.person("ana")
	id := r.found("acme", owner)
	sum := sha256.Sum256([]byte("asked"))
	o := Opts{Key: "k1", Request: sum[:], Answer: func(_, after *org.State, _ org.Command) any { return after.Version() }}
	cmd := org.SetRole{Person: owner, Role: org.RoleOwner}
	first, err := r.Do(t.Context(), theOperator, id, cmd, o)
	if err != nil || len(first.Facts) != 0 || first.Replayed {
		t.Fatalf("%+v, %v", first, err)
	}
	r.do(theOperator, id, org.Rename{Name: "Other"})
	again, err := r.Do(t.Context(), theOperator, id, cmd, o)
	if err != nil || !again.Replayed || string(again.Answer) != string(first.Answer) {
		t.Errorf("%s, then %s, %v", first.Answer, again.Answer, err)
	}
}
