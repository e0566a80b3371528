package api

import (
	"context"
	"errors"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/batch"
	"github.com/commonhold/commonhold/internal/route"
)

// changePeople does one thing to a list of people, or tells what that would come to.
func (s *Server) changePeople(ctx context.Context, c *call) (answer, error) {
	r := batch.Request{Caller: c.caller, In: c.org, Change: *c.value.Addr().Interface().(*route.PeopleRequest), Key: c.once, Given: c.given}
	if c.once != "" {
		r.Sent = c.fingerprint()
	}
	if r.Change.Preview {
		out, err := s.people.Preview(ctx, c.state, r)
		return c.shown(out.Report), err
	}
	out, err := s.people.Change(ctx, c.state, r)
	if refused, ok := errors.AsType[*batch.Refused](err); ok {
		out.Denied = refused.Denied
	}
	if out.Denied != nil { // a list may succeed, or fail as a whole, with lines that the caller had no right to
		s.noteRefusal(c, out.Denied)
	}
	if err != nil {
		return answer{}, err
	}
	now, err := s.app.View(ctx, c.org, app.Freshness{})
	if err != nil {
		return answer{}, err
	}
	return answer{raw: out.Raw, replayed: out.Replayed, version: now.Version()}, nil
}
