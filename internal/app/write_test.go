package app

import (
	"context"
	"errors"
	"testing"

	"github.com/commonhold/commonhold/org"
)

func (r *rig) job(by Caller, id org.OrgID, c org.Command) *job {
	return &job{ctx: context.Background(), caller: by, org: id, cmd: c, id: r.newID("cmd_"), done: make(chan outcome, 1)}
}

func TestATakenKeyIsRefusedToWhoeverItDoesNotLeadTo(t *testing.T) {
	r := newRig(t, nil)
	olga := r.person("olga")
	acme, other := r.found("acme", olga), r.found("other", olga)
	r.do(as(olga), acme, org.Rename{Slug: "acme-two"})
	back, grab := r.job(as(olga), acme, org.Rename{Slug: "acme"}), r.job(as(olga), other, org.Rename{Slug: "acme"})
	r.together([]*job{back, grab})
	if err := (<-back.done).err; err != nil {
		t.Errorf("back to one's own old slug: %v", err)
	}
	if err := (<-grab.done).err; !errors.Is(err, org.ErrSlugTaken) {
		t.Errorf("somebody else's: %v", err)
	}
}

func TestAPanicConcernsOneCommand_I63(t *testing.T) {
	r := newRig(t, nil)
	olga := r.person("olga")
	id := r.found("acme", olga)
	fails := Opts{Answer: func(_, _ *org.State, _ org.Command) any { panic("unforeseen") }}
	_, err := r.Do(t.Context(), as(olga), id, org.Rename{Name: "One"}, fails)
	if _, told := errors.AsType[*org.Refusal](err); err == nil || told {
		t.Errorf("the command that panicked: %v", err)
	}
	if s := r.do(as(olga), id, org.Rename{Name: "Two"}).State; s.Name() != "Two" {
		t.Errorf("the next command: %s", s.Name())
	}
	r.events(id)
}
