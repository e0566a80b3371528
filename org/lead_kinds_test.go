package org

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Whoever rebuilds look-up rows goes through LeadKinds, so a kind that is missing there would never be looked at.
func TestLeadKindsAreComplete(t *testing.T) {
	declared := regexp.MustCompile(`(?m)^\s*Lead\w+\s+(?:LeadKind )?= ?(?:LeadKind\()?"([a-z_.]+)"|^\s*Lead\w+\s+LeadKind\s*=\s*"([a-z_.]+)"`)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var found []LeadKind
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			found = append(found, LeadKind(m[1]+m[2]))
		}
	}
	if slices.Sort(found); len(found) == 0 {
		t.Fatal("no kind was found")
	}
	listed := LeadKinds[:]
	for _, k := range found {
		if !slices.Contains(listed, k) {
			t.Errorf("%s is not in LeadKinds", k)
		}
	}
	if len(found) != len(listed) {
		t.Errorf("%d kinds are declared, %d listed", len(found), len(listed))
	}
}
