package org

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestWordsAreReadAsTheyAreWritten(t *testing.T) {
	for _, s := range []Status{NoMember, Active, Suspended, Removed, Left} {
		var back Status
		if b, err := json.Marshal(s); err != nil || json.Unmarshal(b, &back) != nil || back != s {
			t.Errorf("status %v came back as %v, written as %s (%v)", s, back, b, err)
		}
	}
	for _, s := range []Scope{InOrganization, InProject} {
		var back Scope
		if b, err := json.Marshal(s); err != nil || json.Unmarshal(b, &back) != nil || back != s {
			t.Errorf("scope %v came back as %v, written as %s (%v)", s, back, b, err)
		}
	}
}

func TestUnknownWordsAreRefused(t *testing.T) {
	var status Status
	if err := json.Unmarshal([]byte(`"gone"`), &status); !errors.Is(err, ErrBadStatus) {
		t.Errorf("a status nobody knows: %v", err)
	}
	var scope Scope
	for _, word := range []string{`"planet"`, `""`} {
		if err := json.Unmarshal([]byte(word), &scope); !errors.Is(err, ErrBadScope) {
			t.Errorf("scope %s: %v", word, err)
		}
	}
}
