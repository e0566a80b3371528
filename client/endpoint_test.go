package client

import (
	"reflect"
	"testing"

	"github.com/commonhold/commonhold/internal/route"
)

func TestEveryRouteHasItsEndpoint(t *testing.T) {
	known := map[string]bool{}
	for _, r := range route.Table() {
		known[r.Name] = true
		if got, want := endpoints[r.Name], (endpoint{r.Method, r.Path}); got != want {
			t.Errorf("%s: the client calls %v, the server binds %v", r.Name, got, want)
		}
		if r.Command == nil {
			continue
		}
		if got := commands[reflect.TypeOf(r.Command)]; got != r.Name {
			t.Errorf("%T: the client calls %q, the server binds %s", r.Command, got, r.Name)
		}
	}
	for name := range endpoints {
		if !known[name] {
			t.Errorf("%s: the server has no such route", name)
		}
	}
	for typ, name := range commands {
		if !known[name] {
			t.Errorf("%v: the server has no route %s", typ, name)
		}
	}
}

func TestShapesAreThoseOfTheServer(t *testing.T) {
	pairs := []struct{ client, server any }{
		{Organization{}, route.Organization{}}, {Member{}, route.Member{}}, {Place{}, route.Place{}}, {Access{}, route.Access{}},
		{Restored{}, route.Restored{}}, {Done{}, route.Done{}}, {Entry{}, route.Entry{}}, {Person{}, route.Person{}},
		{PersonFields{}, route.PersonRequest{}}, {Key{}, route.Key{}}, {AccountKey{}, route.AccountKey{}}, {Me{}, route.Me{}}, {Link{}, route.Link{}},
		{KeyLink{}, route.KeyLink{}}, {OwnKeyFields{}, route.OwnKeyRequest{}}, {OwnKey{}, route.OwnKey{}},
		{Catalog{}, route.Catalog{}}, {PeopleReport{}, route.PeopleReport{}}, {Events{}, route.Events{}}, {Incident{}, route.Incident{}},
	}
	for _, p := range pairs {
		same(t, reflect.TypeOf(p.client), reflect.TypeOf(p.server), reflect.TypeOf(p.client).Name())
	}
}

// same compares two types by the JSON that they stand for.
func same(t *testing.T, a, b reflect.Type, path string) {
	t.Helper()
	if a == b {
		return
	}
	if a.Kind() != b.Kind() {
		t.Errorf("%s: %v here, %v at the server", path, a, b)
		return
	}
	switch a.Kind() {
	case reflect.Slice, reflect.Pointer:
		same(t, a.Elem(), b.Elem(), path)
	case reflect.Struct:
		if a.NumField() != b.NumField() {
			t.Errorf("%s: %d fields here, %d at the server", path, a.NumField(), b.NumField())
			return
		}
		for i := range a.NumField() {
			f, g := a.Field(i), b.Field(i)
			if f.Tag.Get("json") != g.Tag.Get("json") || f.Anonymous != g.Anonymous {
				t.Errorf("%s: field %s %q here, %s %q at the server", path, f.Name, f.Tag, g.Name, g.Tag)
				continue
			}
			same(t, f.Type, g.Type, path+"."+f.Name)
		}
	default:
		t.Errorf("%s: %v here, %v at the server", path, a, b)
	}
}
