package api

import (
	"context"
	"strconv"

	"github.com/commonhold/commonhold/internal/api/told"
	"github.com/commonhold/commonhold/internal/note"
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
	names, err := told.In(ctx, s.app, c.state, commands)
	if err != nil {
		return answer{}, err
	}
	left, err := s.notesOf(ctx, c, commands)
	if err != nil {
		return answer{}, err
	}
	out := route.Page[route.Entry]{Items: make([]route.Entry, len(commands))}
	for i, facts := range commands {
		out.Items[i] = names.Entry(facts)
		given := left[facts[0].Command]
		out.Items[i].Reason, out.Items[i].From, out.Items[i].Agent = given.Reason, given.Origin.Address, given.Origin.Agent
	}
	s.noteReading(c, c.org)
	if more {
		last := commands[len(commands)-1]
		out.Next = s.cursors.seal(c, strconv.FormatUint(uint64(last[len(last)-1].Version), 10))
	}
	return c.shown(out), nil
}

// notesOf returns what was left with commands.
func (s *Server) notesOf(ctx context.Context, c *call, commands [][]org.Stamped) (map[org.CommandID]note.Given, error) {
	ids := make([]org.CommandID, len(commands))
	for i, facts := range commands {
		ids[i] = facts[0].Command
	}
	left, err := s.app.Notes().Of(ctx, c.org, ids)
	return left, s.app.Unavailable(ctx, "read notes", err)
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
