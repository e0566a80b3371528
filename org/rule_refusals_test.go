package org

import (
	"encoding/json"
	"errors"
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

// elsewhere are the refusals that this package only names: what raises them knows more than one organization.
var elsewhere = map[string]string{
	"ErrSlugTaken":     "a slug is unique over all organizations, which the look-up rows hold",
	"ErrOwnerApproves": "every built-in role that may transfer any project is the owner's",
}

// Every refusal is expected by some test of a rule, a command or a threat.
func TestEveryRefusalIsReached(t *testing.T) {
	expected := map[string]bool{}
	for _, file := range parsed(t, regexp.MustCompile(`^(rule|command|threat)_.*_test\.go$`).MatchString) {
		for node := range ast.Preorder(file) {
			if id, ok := node.(*ast.Ident); ok {
				expected[id.Name] = true
			}
		}
	}
	codes := map[string]string{}
	for _, r := range refusals(t) {
		if !expected[r.name] && elsewhere[r.name] == "" {
			t.Errorf("no test expects %s", r.name)
		}
		if was := codes[r.code]; was != "" {
			t.Errorf("%s and %s share the code %s", was, r.name, r.code)
		}
		codes[r.code] = r.name
		if !regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`).MatchString(r.code) {
			t.Errorf("%s: the code %q is not noun.reason", r.name, r.code)
		}
		if !strings.HasSuffix(r.text, ".") || len(r.text) < 20 || len(r.text) > 200 {
			t.Errorf("%s: %q is not a sentence", r.name, r.text)
		}
	}
	if len(codes) < 30 {
		t.Fatalf("only %d refusals were found: is the source read at all?", len(codes))
	}
}

type namedRefusal struct{ name, code, text string }

// refusals reads the variables of refusal.go.
func refusals(t *testing.T) (out []namedRefusal) {
	for _, file := range parsed(t, func(name string) bool { return name == "refusal.go" }) {
		for node := range ast.Preorder(file) {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(spec.Names[0].Name, "Err") {
				continue
			}
			r := namedRefusal{name: spec.Names[0].Name}
			for part := range ast.Preorder(spec.Values[0]) {
				text, ok := part.(*ast.BasicLit)
				switch {
				case !ok:
				case r.code == "":
					r.code = strings.Trim(text.Value, `"`)
				default:
					r.text = strings.Trim(text.Value, `"`)
				}
			}
			out = append(out, r)
		}
	}
	return out
}

// A refusal is compared by itself, and says its code before its sentence.
func TestRefusals(t *testing.T) {
	var r *Refusal
	if !errors.As(error(ErrLastOwner), &r) || r.Kind != Conflict || r.Code != "organization.last_owner" || !strings.HasPrefix(r.Error(), "organization.last_owner: This ") {
		t.Fatalf("%+v", r)
	}
	for _, row := range []struct {
		refusal *Refusal
		kind    Kind
	}{{ErrBadID, Invalid}, {ErrNotAllowed, Forbidden}, {ErrUnknownPerson, NotFound}, {ErrTeamName, Conflict}, {ErrUnknownCatalog, Unavailable}} {
		if row.refusal.Kind != row.kind {
			t.Errorf("%s is of kind %d", row.refusal.Code, row.refusal.Kind)
		}
	}
}

// Statuses and scopes are read as the words they are written as, and as nothing else.
func TestWordsOfStatusAndScope(t *testing.T) {
	for _, s := range []Status{NoMember, Active, Suspended, Removed, Left} {
		text, err := json.Marshal(s)
		var again Status
		if err != nil || json.Unmarshal(text, &again) != nil || again != s {
			t.Errorf("%d is written as %s and read as %d", s, text, again)
		}
	}
	for _, s := range []Scope{InOrganization, InProject} {
		text, err := json.Marshal(s)
		var again Scope
		if err != nil || json.Unmarshal(text, &again) != nil || again != s {
			t.Errorf("%d is written as %s and read as %d", s, text, again)
		}
	}
	status, scope := Suspended, InProject
	if err := json.Unmarshal([]byte(`"boss"`), &status); !errors.Is(err, ErrBadStatus) || status != Suspended {
		t.Errorf("an unknown status: %v, read as %s", err, status)
	}
	if err := json.Unmarshal([]byte(`"everywhere"`), &scope); !errors.Is(err, ErrBadScope) || scope != InProject {
		t.Errorf("an unknown scope: %v, read as %d", err, scope)
	}
}
