package org

import "testing"

// The operator's word is one proof among others: taking it back leaves the others.
func TestVouchingLeavesOtherProofs(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), AddMember{Person: usr("new"), Role: RoleMember, Proofs: ProvedAddress})
	for _, vouched := range []bool{true, false} {
		w.do(theOperator, Vouch{usr("new"), vouched})
		if m, ok := w.s.Member(usr("new"), w.now); !ok || !m.Ready {
			t.Errorf("with vouched %t, who proved an address is not ready", vouched)
		}
	}
}
