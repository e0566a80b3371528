package api

import (
	"context"
	"errors"
	"slices"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/move"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// otherOrg resolves the organization that a transfer names beside the one in the path. Whether there is one is not told.
func (s *Server) otherOrg(ctx context.Context, ref string) (org.OrgID, error) {
	id, err := s.app.FindOrganization(ctx, ref)
	if errors.Is(err, org.ErrUnknownOrganization) {
		err = org.ErrNotThere
	}
	return id, err
}

func (s *Server) previewTransfer(ctx context.Context, c *call) (answer, error) {
	if _, ok := c.state.Project(c.project); !ok {
		return answer{}, org.ErrUnknownProject
	}
	to, err := s.otherOrg(ctx, c.query["to"])
	if err != nil {
		return answer{}, err
	}
	there, err := s.app.Seen(ctx, c.caller, to, freshEnough)
	if err != nil {
		there = nil // what it would keep there is nothing, or not the caller's to know
	}
	m := org.MoveProject{Project: c.project, KeepGrants: c.query["keep_grants"] == "true"}
	p := page(s, c, move.Losses(c.state, there, c.caller.Actor(), c.at, m, org.PersonID(c.after)), func(l move.Loss) string { return string(l.Person) })
	people, err := s.app.People(ctx, named(p.Items, func(l move.Loss) org.PersonID { return l.Person }))
	return c.shown(route.Each(p, func(l move.Loss) route.Loss {
		return route.Loss{Person: l.Person, Name: people[l.Person].Name, Holds: l.Holds, Keeps: l.Keeps}
	})), err
}

func (s *Server) transferProject(ctx context.Context, c *call) (answer, error) {
	r := c.value.Addr().Interface().(*route.TransferRequest)
	to, err := s.otherOrg(ctx, string(r.To))
	if err == nil && !c.caller.Opens(to) {
		err = org.ErrNotThere
	}
	if err != nil {
		return answer{}, in("to", err)
	}
	return s.move(ctx, c, c.org, to, org.MoveProject{Project: c.project, Name: r.Name, KeepGrants: r.KeepGrants, Instead: r.Instead})
}

func (s *Server) acceptTransfer(ctx context.Context, c *call) (answer, error) {
	r := c.value.Addr().Interface().(*route.AcceptRequest)
	from, err := s.mover.Where(ctx, r.Project)
	if err != nil {
		return answer{}, err
	}
	return s.move(ctx, c, from, c.org, org.MoveProject{Project: r.Project, Name: r.Name, KeepGrants: r.KeepGrants, Instead: r.Instead, ByOffer: true})
}

func (s *Server) move(ctx context.Context, c *call, from, to org.OrgID, m org.MoveProject) (answer, error) {
	r := move.Request{Caller: c.caller, From: from, To: to, Move: m, In: c.org, Key: c.once, Given: c.given}
	if c.once != "" {
		r.Sent = c.fingerprint()
	}
	r.Answer = func(left, arrived *org.State) any {
		t := route.Transferred{From: from, To: to, Kept: arrived.GrantsOn(m.Project, arrived.At()), Version: left.Version()}
		if t.Project, _ = arrived.Project(m.Project); c.org == to {
			t.Version = arrived.Version()
		}
		return t
	}
	out, err := s.mover.Do(ctx, r)
	if err != nil {
		return answer{}, err
	}
	now, err := s.app.View(ctx, c.org, app.Freshness{})
	return answer{raw: out.Answer, replayed: out.Replayed, version: now.Version()}, err
}

func (s *Server) listOutgoing(_ context.Context, c *call) (answer, error) {
	return c.shown(page(s, c, move.Outgoing(c.state, c.at, org.ProjectID(c.after)), func(o org.Offer) string { return string(o.Project) })), nil
}

func (s *Server) listIncoming(ctx context.Context, c *call) (answer, error) {
	rows, err := s.mover.Incoming(ctx, c.org, org.ProjectID(c.after), c.limit+1)
	return c.shown(page(s, c, slices.Values(rows), func(i route.Incoming) string { return string(i.Project) })), err
}
