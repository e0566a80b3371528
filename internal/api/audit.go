package api

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// factsAtOnce is how many facts are read from the log at a time.
const factsAtOnce = 500

// listAudit reads the log command by command, up to the version of the state that the caller was judged by.
func (s *Server) listAudit(ctx context.Context, c *call) (answer, error) {
	from, _ := strconv.ParseUint(c.after, 10, 64) // sealed by us; nothing is the beginning
	commands, more, err := s.commands(ctx, c, org.Version(from))
	if err != nil {
		return answer{}, err
	}
	names, err := s.namesIn(ctx, c.state, commands)
	if err != nil {
		return answer{}, err
	}
	out := route.Page[route.Entry]{Items: make([]route.Entry, len(commands))}
	for i, facts := range commands {
		out.Items[i] = entry(facts, names)
	}
	if more {
		last := commands[len(commands)-1]
		out.Next = s.cursors.seal(c, strconv.FormatUint(uint64(last[len(last)-1].Version), 10))
	}
	return c.shown(out), nil
}

// commands returns up to a page of commands behind a version, each by all its facts, and whether more follow.
func (s *Server) commands(ctx context.Context, c *call, after org.Version) (out [][]org.Stamped, more bool, err error) {
	for after < c.state.Version() {
		facts, err := s.app.History(ctx, c.org, after, factsAtOnce)
		if err != nil || len(facts) == 0 {
			return out, false, err
		}
		for _, f := range facts {
			switch n := len(out); {
			case f.Version > c.state.Version():
				return out, false, nil
			case n > 0 && out[n-1][0].Command == f.Command:
				out[n-1] = append(out[n-1], f)
			case n == c.limit:
				return out, true, nil
			default:
				out = append(out, []org.Stamped{f})
			}
			after = f.Version
		}
	}
	return out, false, nil
}

// names are what ids are called in sentences.
type names struct {
	state  *org.State
	people map[org.PersonID]app.Person
}

// namesIn looks up everybody whom the sentences of commands name.
func (s *Server) namesIn(ctx context.Context, state *org.State, commands [][]org.Stamped) (names, error) {
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
	people, err := s.app.People(ctx, ids)
	return names{state, people}, err
}

// of says what an id is called. What is gone has no name any more.
func (n names) of(id string) string {
	switch {
	case strings.HasPrefix(id, "usr_"):
		if p, ok := n.people[org.PersonID(id)]; ok {
			return p.Name
		}
		return "a former member"
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

// entry is one line of the audit log.
func entry(facts []org.Stamped, n names) route.Entry {
	first := facts[0]
	e := route.Entry{Command: first.Command, At: first.At, Actor: "operator", Via: first.Via, Facts: make([]route.Fact, len(facts))}
	if first.Actor != "" {
		e.Actor, e.Name = string(first.Actor), n.people[first.Actor].Name
	}
	for i, f := range facts {
		name, data := org.Encode(f.Event)
		e.Facts[i] = route.Fact{Version: f.Version, Name: name, Sentence: org.Sentence(f.Event, n.of), Data: json.RawMessage(data)}
	}
	return e
}
