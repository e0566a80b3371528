package org

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// An exercise runs a command in the cast: what it writes, what it does, what happens when it is asked again, and which
// input it does not take.
type exercise struct {
	name   string
	before []attempt // what has to be there first
	by     Actor
	do     Command
	facts  []string // what it writes
	then   func(*world)
	again  error // why the second time is refused; nil if it changes nothing
	bad    []attempt
}

// TestEveryCommand runs all exercises and finds at least one for every command.
func TestEveryCommand(t *testing.T) {
	done := map[string]bool{"Enter": true, "AdoptCatalog": true, // by tests of their own: the cast is entered and knows one catalog
		"Bury": true, "ChangeBilling": true} // nothing follows it; what it changes is a note
	for _, x := range slices.Concat(organizationExercises(), memberExercises(), peopleExercises(), ownerExercises(), teamExercises(), projectExercises(), moveExercises(), grantExercises(),
		lifeExercises(), roleExercises(), recoveryExercises(), planExercises(), invitationExercises(), requestExercises(), accountExercises(), keyExercises(), disableExercises()) {
		name := reflect.TypeOf(x.do).Name()
		done[name] = true
		t.Run(name+": "+x.name, func(t *testing.T) { x.run(t) })
	}
	for _, name := range commandNames(t) {
		if !done[name] {
			t.Errorf("%s has no exercise", name)
		}
	}
}

func (x exercise) run(t *testing.T) {
	w := cast(t)
	if _, founding := x.do.(CreateOrganization); founding {
		w.s, w.log = Empty(w.s.catalogs), nil
	}
	for _, a := range x.before {
		if d, ok := a.do.(waits); ok {
			w.now += Instant(d)
			continue
		}
		w.do(a.by, a.do)
	}
	for _, b := range x.bad {
		t.Run("not "+b.name, func(t *testing.T) {
			by := b.by
			if by == (Actor{}) {
				by = x.by
			}
			w.fork(t).refused(by, b.do, b.want)
		})
	}
	before := w.s
	saved := string(Save(before))
	w.changes(x.by, x.do)
	if got := string(Save(before)); got != saved {
		t.Fatalf("the state before the command is another now:\n%s\n%s", saved, got)
	}
	var wrote []string
	for _, f := range w.last() {
		name, _ := Encode(f)
		wrote = append(wrote, name)
	}
	if !slices.Equal(wrote, x.facts) {
		t.Errorf("wrote %v, want %v", wrote, x.facts)
	}
	if x.then != nil {
		x.then(w)
	}
	if x.again != nil {
		w.refused(x.by, x.do, x.again)
		return
	}
	w.idle(x.by, x.do)
}

// commandNames finds the types in this package's source that are commands: those with a method decide that takes a
// Situation.
func commandNames(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, file := range parsed(t, func(name string) bool { return !strings.HasSuffix(name, "_test.go") }) {
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.Name == "decide" {
				out = append(out, fmt.Sprint(fn.Recv.List[0].Type))
			}
		}
	}
	slices.Sort(out)
	return out
}

// parsed reads the files of this package that are wanted.
func parsed(t testing.TB, wanted func(string) bool) (out []*ast.File) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatalf("list the package: %v", err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || !wanted(e.Name()) {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("read %s: %v", e.Name(), err)
		}
		out = append(out, f)
	}
	return out
}
