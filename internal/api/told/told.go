// Package told puts facts into words for those who read an organization's log: what ids are called, and what happened in
// one line. It judges nobody's right to read them.
package told

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// Names are what ids are called in sentences.
type Names struct {
	state  *org.State
	people map[org.PersonID]app.Person
}

// In looks up everybody whom the sentences of commands name.
func In(ctx context.Context, a *app.App, state *org.State, commands [][]org.Stamped) (Names, error) {
	seen := map[org.PersonID]bool{}
	var ids []org.PersonID
	note := func(id string) string {
		if p := org.PersonID(id); p.Valid() && !seen[p] {
			seen[p] = true
			ids = append(ids, p)
		}
		return id
	}
	for _, facts := range commands {
		note(string(facts[0].Actor))
		for _, f := range facts {
			org.Sentence(f.Event, note)
		}
	}
	people, err := a.People(ctx, ids)
	return Names{state, people}, err
}

// Of says what an id is called. What was deleted or has left keeps its last name; people whose account was erased have
// none.
func (n Names) Of(id string) string {
	if strings.HasPrefix(id, "usr_") {
		if p, ok := n.people[org.PersonID(id)]; ok {
			return p.Name
		}
		return "a former member"
	}
	if name := n.state.NameOf(id); name != "" {
		return string(name)
	}
	return id
}

// Entry is one line of the audit log.
func (n Names) Entry(facts []org.Stamped) route.Entry {
	first := facts[0]
	e := route.Entry{Command: first.Command, At: first.At, Actor: "operator", Via: first.Via, Facts: make([]route.Fact, len(facts))}
	if first.Actor != "" {
		e.Actor, e.Name = string(first.Actor), n.people[first.Actor].Name
		if !first.Actor.Valid() {
			e.Name = n.Of(e.Actor) // a service account's
		}
	}
	for i, f := range facts {
		name, data := org.Encode(f.Event)
		e.Facts[i] = route.Fact{Version: f.Version, Name: name, Sentence: org.Sentence(f.Event, n.Of), Data: json.RawMessage(data)}
	}
	return e
}
