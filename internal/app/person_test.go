package app

import (
	"errors"
	"fmt"
	"testing"

	"github.com/commonhold/commonhold/org"
)

func TestRefusedVouchingLeavesTheAccountAlone(t *testing.T) {
	r := newRig(t, nil)
	var ids []org.PersonID
	for _, name := range []string{"Olga", "Otto"} {
		p, err := r.AddPerson(t.Context(), PersonFields{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID)
	}
	id := r.found("acme", ids[0])
	r.do(theOperator, id, org.AddMember{Person: ids[1], Role: org.RoleOwner, Window: org.Window{End: r.Now() + 1e12}})
	// The first ready owner would end; from then on the other, who is not ready, would count no more.
	if _, err := r.Vouch(t.Context(), theOperator, ids[1], true); !errors.Is(err, org.ErrOwnerHasEnd) {
		t.Fatalf("vouching: %v", err)
	}
	if p, err := r.Person(t.Context(), ids[1]); err != nil || p.Vouched {
		t.Errorf("the account has what the organization refused: %+v, %v", p, err)
	}
}

func TestVouchingReachesEveryOrganization(t *testing.T) {
	r := newRig(t, nil)
	olga, ada := r.person("olga"), r.person("ada")
	for i := range 2*250 + 1 {
		id := r.found(fmt.Sprintf("org-%d", i), olga)
		r.do(theOperator, id, org.AddMember{Person: ada, Role: org.RoleMember})
	}
	if _, err := r.Vouch(t.Context(), theOperator, ada, false); err != nil {
		t.Fatal(err)
	}
	all, err := r.OrganizationsOf(t.Context(), ada, "", 10*250)
	if err != nil || len(all) != 2*250+1 {
		t.Fatalf("%d organizations, %v", len(all), err)
	}
	for _, id := range all {
		if s, _ := r.View(t.Context(), id, Freshness{}); func() bool { m, _ := s.Member(ada, r.Now()); return m.Ready }() {
			t.Fatalf("%s still believes in the sign-in", id)
		}
	}
}
