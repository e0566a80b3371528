package api

import (
	"context"
	"errors"
	"slices"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/invite"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// seesInvitation reports whether the caller may see an invitation.
func (c *call) seesInvitation(x org.Invitation) bool {
	return !c.caller.Acting() || c.state.Handles(c.caller.Actor(), x.Invitation, c.at)
}

// narrowed leaves out of an invitation what is not the caller's to see: who manages single projects sees what it brings
// there.
func (c *call) narrowed(x org.Invitation) org.Invitation {
	if c.sees("members:manage") {
		return x
	}
	x.Teams = []org.OfferedPlace{}
	x.Grants = slices.DeleteFunc(x.Grants, func(g org.OfferedGrant) bool { return !c.seesIn(g.Project, "project:manage_grants") })
	return x
}

func (s *Server) listInvitations(ctx context.Context, c *call) (answer, error) {
	status := c.query["status"]
	if status == "" {
		status = org.Pending.String()
	}
	rows := route.Where(c.state.Invitations(c.at, org.InvitationID(c.after)), func(x org.Invitation) bool {
		leads := func(g org.OfferedGrant) bool { return g.Project == c.project }
		return (status == "all" || x.Stage.String() == status) && (c.project == "" || slices.ContainsFunc(x.Grants, leads)) && c.seesInvitation(x)
	})
	p := page(s, c, rows, func(x org.Invitation) string { return string(x.Invitation) })
	people, err := s.app.People(ctx, named(p.Items, func(x org.Invitation) org.PersonID { return x.Person }))
	return c.shown(route.Each(p, func(x org.Invitation) route.ListedInvitation {
		return route.ListedInvitation{Invitation: c.narrowed(x), Address: invite.Shown(people[x.Person])}
	})), err
}

// invitation is the invitation that the path names.
func (c *call) invitation() org.InvitationID {
	return org.InvitationID(c.request.PathValue("invitation"))
}

func (s *Server) getInvitation(ctx context.Context, c *call) (answer, error) {
	x, known := c.state.Invitation(c.invitation(), c.at)
	if !known || !c.seesInvitation(x) {
		return answer{}, org.ErrUnknownInvitation
	}
	people, err := s.app.People(ctx, []org.PersonID{x.Person})
	return c.tagged(route.ListedInvitation{Invitation: c.narrowed(x), Address: invite.Shown(people[x.Person])}, true), err
}

func (s *Server) invite(ctx context.Context, c *call) (answer, error) {
	if err := s.fill(ctx, c); err != nil {
		return answer{}, err
	}
	r := c.value.Interface().(route.InviteRequest)
	rows := make([]invite.Row, 0, len(r.To)+len(r.Rows))
	for _, to := range r.To {
		rows = append(rows, invite.Row{To: to, Note: r.Note,
			Invitee: org.Invitee{Role: r.Role, Window: r.Window, Grants: r.Grants, Teams: r.Teams, Expires: r.Expires}})
	}
	for _, row := range r.Rows {
		rows = append(rows, invite.Row{To: row.To, Note: row.Note,
			Invitee: org.Invitee{Role: row.Role, Window: row.Window, Grants: row.Grants, Teams: row.Teams, Expires: row.Expires}})
	}
	return s.did(ctx, c, func(o app.Opts) (app.Result, error) { return s.inviter.Do(ctx, c.caller, c.org, rows, o) },
		func(t route.Told) any { return route.TellInvited(t) })
}

// inviteTable invites whom a table names, or tells what that would come to.
func (s *Server) inviteTable(ctx context.Context, c *call) (answer, error) {
	r := c.value.Interface().(route.InviteTable)
	sheet, err := s.inviter.Read(ctx, c.caller, c.state, r)
	if err != nil {
		return answer{}, err
	}
	if r.Preview {
		return c.shown(sheet.Preview()), nil
	}
	if denied := sheet.Denied(); denied != nil {
		s.noteRefusal(c, denied)
	}
	a, err := s.did(ctx, c, func(o app.Opts) (app.Result, error) { return s.inviter.Invite(ctx, c.caller, c.org, sheet, o) },
		func(t route.Told) any { return sheet.Done(t) })
	if err == nil && a.raw == nil { // there was nobody to be invited
		return c.shown(sheet.Preview()), nil
	}
	return a, err
}

func (s *Server) getInviteTemplate(_ context.Context, c *call) (answer, error) {
	return c.shown(route.InviteTemplate{CSV: invite.Template}), nil
}

// fill puts ids in the place of external ones in a body that is no command.
func (s *Server) fill(ctx context.Context, c *call) error {
	return c.shape.Texts(c.value, s.resolving(ctx, c))
}

// did runs a command that another package makes, and answers as a row with a command does.
func (s *Server) did(ctx context.Context, c *call, do func(app.Opts) (app.Result, error), tell func(route.Told) any) (answer, error) {
	o := app.Opts{Key: c.once, Given: c.given, Answer: func(before, after *org.State, ran org.Command) any {
		return tell(route.Told{Before: before, After: after, Command: ran, By: c.caller.Actor(), At: c.at})
	}}
	if c.once != "" {
		o.Request = c.fingerprint()
	}
	r, err := do(o)
	if err != nil {
		return answer{}, err
	}
	a := answer{raw: r.Answer, replayed: r.Replayed}
	if !r.Replayed {
		a.version = r.State.Version()
		return a, nil
	}
	now, err := s.app.View(ctx, c.org, freshEnough)
	if err != nil {
		return answer{}, err
	}
	a.version = now.Version()
	return a, nil
}

func (s *Server) copyInvitationLink(ctx context.Context, c *call) (answer, error) {
	l, err := s.inviter.Copy(ctx, c.caller, c.state, c.invitation(), c.at)
	return c.shown(l), err
}

// alike makes an organization that is not there, or not the caller's to know of, look like an unknown invitation.
func alike(err error) error {
	if errors.Is(err, org.ErrUnknownOrganization) {
		return org.ErrUnknownInvitation
	}
	return err
}

func (s *Server) showOffer(ctx context.Context, c *call) (answer, error) {
	o, err := s.inviter.Offer(ctx, c.org, c.invitation(), c.query["token"])
	return answer{body: o, version: o.Version}, alike(err)
}

func (s *Server) acceptInvitation(ctx context.Context, c *call) (answer, error) {
	return s.did(ctx, c, func(o app.Opts) (app.Result, error) {
		r, err := s.inviter.Accept(ctx, c.caller, c.org, c.invitation(), c.value.Interface().(route.AcceptanceRequest).Token, o)
		return r, alike(err)
	}, func(t route.Told) any { return route.TellJoined(t) })
}

func (s *Server) declineInvitation(ctx context.Context, c *call) (answer, error) {
	return s.did(ctx, c, func(o app.Opts) (app.Result, error) {
		r, err := s.inviter.Decline(ctx, c.caller, c.org, c.invitation(), c.value.Interface().(route.AcceptanceRequest).Token, o)
		return r, alike(err)
	}, func(t route.Told) any { return route.Done{Version: t.After.Version()} })
}
