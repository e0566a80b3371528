package app

import (
	"errors"
	"testing"

	"github.com/commonhold/commonhold/org"
)

func TestTheZeroCallerIsNobody_I20(t *testing.T) {
	r := newRig(t, nil)
	olga := r.person("olga")
	id := r.found("acme", olga)
	if _, err := r.Do(t.Context(), theOperator, id, org.Rename{Name: "One"}, Opts{Key: "k1"}); err != nil {
		t.Fatal(err)
	}
	if s, err := r.As(t.Context(), Caller{}, id, Freshness{}); !errors.Is(err, org.ErrUnknownOrganization) {
		t.Errorf("reads %v, %v", s, err)
	}
	if res, err := r.Do(t.Context(), Caller{}, id, org.Rename{Name: "One"}, Opts{Key: "k1"}); !errors.Is(err, org.ErrNotAllowed) {
		t.Errorf("repeats the operator's command: %v, %v", res, err)
	}
	if _, err := r.Do(t.Context(), Caller{}, "", org.CreateOrganization{Name: "N", Slug: "none", Owner: olga}, Opts{}); !errors.Is(err, org.ErrNotAllowed) {
		t.Errorf("founds: %v", err)
	}
}
