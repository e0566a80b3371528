package arch

import (
	"fmt"
	"go/types"
)

// A log is kept for ever, so a fact holds ids, digests and declared names: a field that could hold anything a person
// typed would keep it after that person has been erased.
var factsHoldNoFreeText = rule{
	name: "a fact holds no free text",
	check: func(r tree) (complaints []string) {
		for dir, files := range r.packages {
			if dir != "org" {
				continue
			}
			pkg, _ := r.resolve(dir, files)
			facts := factsOf(pkg)
			if pkg.Scope().Lookup("Event") != nil && len(facts) == 0 {
				complaints = append(complaints, "org: Event is declared, but nothing has a method apply(*State, …): this rule sees nothing")
			}
			for _, fact := range facts {
				for _, where := range freeText(fact, map[types.Type]bool{}) {
					complaints = append(complaints, r.at(fact.Obj().Pos(),
						"%s%s: make it an id, a digest or a declared name", fact.Obj().Name(), where))
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "a fact with a note",
			files: factFixture(`
type MemberRemoved struct { User UserID; Note string }
func (MemberRemoved) apply(*State, Meta) {}`),
			wants: []string{"org/facts.go:14: MemberRemoved.Note is a string"},
		},
		{
			name: "text in a list, a map, behind a pointer and in a row",
			files: factFixture(`
type Invited struct { Rows []Row; To map[UserID]string; At *string; Any any; More []string }
type Row struct { Address string }
func (*Invited) apply(s *State, m Meta) {}`),
			wants: []string{
				"Invited.Rows[].Address is a string", "Invited.To[] is a string", "Invited.At is a string",
				"Invited.Any is anything", "Invited.More[] is a string",
			},
		},
		{
			name: "an alias is no name",
			files: factFixture(`
type Text = string
type Renamed struct { Name Text }
func (Renamed) apply(*State, Meta) {}`),
			wants: []string{"Renamed.Name is a string"},
		},
		{
			name: "facts that the rule would not find",
			files: factFixture(`
type Renamed struct { Name string }
func (Renamed) fold(*State, Meta) {}`),
			wants: []string{"this rule sees nothing"},
		},
	},
	keeps: []fixture{
		{
			name: "ids, declared names, digests and times",
			files: factFixture(`
type Renamed struct { By UserID; Name Name; Sum [32]byte; Raw []byte; At time.Time; Up *Renamed }
func (Renamed) apply(*State, Meta) {}`),
		},
		{
			name: "a command may carry text, and other things may be applied",
			files: factFixture(`
type Rename struct { Note string }
func (Rename) apply(to string) {}
type Left struct{}
func (Left) apply(*State, Meta) {}`),
		},
	},
}

func factFixture(declarations string) string {
	return `
-- org/facts.go --
package org

import "time"

type (
	State  struct{}
	UserID string
	Name   string
	Meta   struct{ At time.Time }
	Event  interface{ apply(*State, Meta) }
)

` + declarations + "\n"
}

// factsOf finds the types that are folded into a state.
func factsOf(pkg *types.Package) (facts []*types.Named) {
	for _, name := range pkg.Scope().Names() {
		declared, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || declared.IsAlias() || types.IsInterface(declared.Type()) {
			continue
		}
		named, ok := declared.Type().(*types.Named)
		if !ok {
			continue
		}
		for method := range named.Methods() {
			params := method.Signature().Params()
			if method.Name() == "apply" && params.Len() > 0 && isState(params.At(0).Type()) {
				facts = append(facts, named)
			}
		}
	}
	return facts
}

func isState(t types.Type) bool {
	pointer, ok := t.(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := pointer.Elem().(*types.Named)
	return ok && named.Obj().Name() == "State"
}

// freeText walks into a type and says where text or anything at all fits in. A declared type over string is a name
// with a meaning of its own, except where the fact itself is one.
func freeText(t types.Type, seen map[types.Type]bool) (found []string) {
	t = types.Unalias(t)
	if seen[t] {
		return nil
	}
	seen[t] = true
	defer delete(seen, t)

	within := func(step string, inner types.Type) {
		if _, names := types.Unalias(inner).Underlying().(*types.Basic); names && types.Unalias(inner) != inner.Underlying() {
			return
		}
		for _, rest := range freeText(inner, seen) {
			found = append(found, step+rest)
		}
	}
	switch kind := t.Underlying().(type) {
	case *types.Basic:
		if kind.Kind() == types.String {
			return []string{" is a string"}
		}
	case *types.Interface:
		return []string{" is anything"}
	case *types.Pointer:
		within("", kind.Elem())
	case *types.Slice:
		within("[]", kind.Elem())
	case *types.Array:
		within("[]", kind.Elem())
	case *types.Map:
		within("{}", kind.Key())
		within("[]", kind.Elem())
	case *types.Struct:
		for field := range kind.Fields() {
			within("."+field.Name(), field.Type())
		}
	case *types.Chan, *types.Signature:
		return []string{fmt.Sprintf(" is a %s, which no log can hold", kind)}
	}
	return found
}
