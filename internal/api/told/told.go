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

// Of says what an id is called. What is gone has no name any more.
func (n Names) Of(id string) string {
	switch {
	case strings.HasPrefix(id, "usr_"):
		if p, ok := n.people[org.PersonID(id)]; ok {
			return p.Name
		}
		return "a former member"
	case strings.HasPrefix(id, "sa_"):
		if name := n.state.AccountName(org.AccountID(id)); name != "" {
			return string(name)
		}
	case strings.HasPrefix(id, "team_"):
		if t, ok := n.state.Team(org.TeamID(id)); ok {
			return string(t.Name)
		}
		return "a deleted team"
	case strings.HasPrefix(id, "prj_"):
		if p, ok := n.state.Project(org.ProjectID(id)); ok {
			return string(p.Name)
		}
	case strings.HasPrefix(id, "role_"):
		if r, ok := n.state.CustomRole(org.RoleID(id)); ok {
			return string(r.Name)
		}
		return "a deleted role"
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
