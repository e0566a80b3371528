package cli

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

func TestEveryRouteWithWordsIsACommand(t *testing.T) {
	s := newStub(t)
	commands := s.all()
	var g global
	for _, r := range route.Table() {
		if r.CLI == "" {
			continue
		}
		i := slices.IndexFunc(commands, func(c Command) bool { return c.Words == r.CLI })
		if i < 0 {
			t.Errorf("%s: no command %q", r.Name, r.CLI)
			continue
		}
		c := commands[i]
		if want := strings.Count(r.Path, "{"); len(c.Args) != want {
			t.Errorf("%s: %d arguments, %d in the path", c.Words, len(c.Args), want)
		}
		for _, f := range g.flags() {
			if slices.ContainsFunc(c.Flags, func(own Flag) bool { return own.Name == f.Name }) {
				t.Errorf("%s: --%s is a flag of all commands too", c.Words, f.Name)
			}
		}
		for _, a := range c.Args {
			if a.Summary == "" {
				t.Errorf("%s: nothing is said of %s", c.Words, a.Name)
			}
		}
		for _, f := range c.Flags {
			if f.Summary == "" || f.Set == nil {
				t.Errorf("%s: nothing is said of --%s", c.Words, f.Name)
			}
		}
	}
}

func TestNoCommandsWordsBeginAnothers(t *testing.T) {
	commands := newStub(t).all()
	for i := range commands {
		for j := range commands {
			if i != j && commands[j].begins(commands[i].words()) {
				t.Errorf("%q begins %q", commands[i].Words, commands[j].Words)
			}
		}
	}
}

func TestEveryFieldCanBeTyped(t *testing.T) {
	s := newStub(t)
	for _, r := range route.Table() {
		if r.CLI == "" {
			continue
		}
		for _, f := range bodyOf(r) {
			text := "1h"
			switch f.typ.Kind() {
			case reflect.Bool:
				text = "true"
			case reflect.String:
				if f.typ == reflect.TypeFor[route.Upload]() {
					text = "derive_test.go" // a file
				}
			case reflect.Slice:
				if text = "a=b"; f.typ.Elem().Kind() == reflect.Struct && fieldsOf(f.typ.Elem())[1].typ.Kind() == reflect.Bool {
					text = "a"
				}
			}
			if _, err := s.jsonOf(f.typ, text); err != nil {
				t.Errorf("%s: --%s: %v", r.CLI, flagName(f.name), err)
			}
		}
	}
}

func TestEveryListHasColumnsThatItsRowsHave(t *testing.T) {
	for name, cs := range columns {
		i := slices.IndexFunc(route.Table(), func(r route.Route) bool { return r.Name == name && r.Paged })
		if i < 0 {
			t.Errorf("%s is no list", name)
			continue
		}
		row := reflect.TypeOf(route.Table()[i].Answer)
		for _, c := range cs {
			if c.path != "." && !hasPath(row, strings.Split(c.path, ".")) {
				t.Errorf("%s: the rows have no %s", name, c.path)
			}
		}
	}
}

func hasPath(t reflect.Type, path []string) bool {
	if len(path) == 0 {
		return true
	}
	switch t.Kind() {
	case reflect.Slice:
		return hasPath(t.Elem(), path[1:])
	case reflect.Struct:
		for _, f := range fieldsOf(t) {
			if f.name == path[0] {
				return hasPath(f.typ, path[1:])
			}
		}
	}
	return false
}

func TestEveryReasonHasWords(t *testing.T) {
	for _, r := range []string{org.ReasonGiven, org.ReasonNotGiven, org.ReasonNoMember, org.ReasonSuspended, org.ReasonDisabled, org.ReasonNotStarted,
		org.ReasonDeleted, org.ReasonUnknown, org.ReasonByExplicit, org.ReasonBySetting, org.ReasonUnavailable} {
		if _, ok := reasons[r]; !ok {
			t.Errorf("nothing is said of the reason %s", r)
		}
	}
}
