package org

// pending are the commands about invitations, access requests and rows that stand for an address.
func (c *chance) pending() []weighted {
	return []weighted{
		{10, func() Command { return c.invite() }},
		{7, func() Command {
			id := c.invitation()
			x := c.p.invitation(id)
			if x == nil || c.IntN(4) == 0 {
				return c.ifOpen(ChangeInvitation{Invitation: id, Role: c.orgRole(), Window: c.window(), Grants: c.offeredGrants(), Teams: c.offeredPlaces()})
			}
			if x.stage != Pending && c.often() {
				return c.invite()
			}
			change := ChangeInvitation{Invitation: id, Role: pick(c, []OrgRole{x.Role, x.Role, RoleMember}), Window: x.Window}
			for _, g := range x.grants {
				if c.IntN(2) == 0 {
					change.Grants = append(change.Grants, g.InvitedGrant)
				}
			}
			for _, t := range x.teams {
				if c.IntN(2) == 0 {
					change.Teams = append(change.Teams, t.place)
				}
			}
			return change
		}},
		{2, func() Command { return ResendInvitation{c.invitation()} }},
		{2, func() Command { return RevokeInvitation{c.invitation()} }},
		{9, func() Command { return c.ifOpen(AcceptInvitation{c.invitation(), !c.rarely(), Proofs(c.IntN(8))}) }},
		{2, func() Command { return c.ifOpen(DeclineInvitation{c.invitation(), !c.rarely()}) }},
		{1, func() Command { return TakeOver{c.person(), Proofs(c.IntN(8))} }},
		{8, func() Command { return c.ask() }},
		{6, func() Command {
			project, id := c.request(false)
			return c.ifAsked(ApproveRequest{project, id, pick(c, []ProjectRole{"", "", c.role()}), c.window()})
		}},
		{4, func() Command { project, id := c.request(false); return c.ifAsked(DenyRequest{project, id}) }},
		{8, func() Command {
			project, id := c.request(true)
			return c.ifAskedBy(c.by.Person, WithdrawRequest{project, id})
		}},
	}
}

type weighted struct {
	weight int
	made   func() Command
}

// ifOpen is a command about an invitation, or inviting somebody if there is none.
func (c *chance) ifOpen(cmd Command) Command {
	if len(c.open()) == 0 && !c.rarely() {
		return c.invite()
	}
	return cmd
}

func (c *chance) invite() Command {
	var rows []Invitee
	for range 1 + c.IntN(8)/7 {
		r := Invitee{Invitation: InvitationID(c.fresh("inv_")), Person: c.newcomer(), Grants: c.offeredGrants(), Teams: c.offeredPlaces()}
		if c.IntN(3) > 0 {
			r.Role = c.orgRole()
		}
		if open := c.open(); len(open) > 0 && c.IntN(3) == 0 {
			r.Person = pick(c, open).Person
		}
		if c.IntN(4) == 0 {
			r.Window = c.window()
		}
		if c.IntN(4) == 0 {
			r.Expires = c.w.now + pick(c, []Instant{-1, 0, 1, day, 20 * day, 91 * day})
		}
		rows = append(rows, r)
	}
	return Invite{rows}
}

func (c *chance) open() (out []*rInvitation) {
	for _, x := range c.p.invitations {
		if x.stage == Pending && c.w.now < x.Expires {
			out = append(out, x)
		}
	}
	return out
}

func (c *chance) invitation() InvitationID {
	if open := c.open(); c.often() && len(open) > 0 {
		return pick(c, open).Invitation.Invitation
	}
	if len(c.p.invitations) > 0 && c.often() {
		return pick(c, c.p.invitations).Invitation.Invitation
	}
	return pick(c, []InvitationID{"", "inv_", InvitationID(id("inv_", "nobody"))})
}

// ask asks, rather in a project in which the actor has nothing.
func (c *chance) ask() Command {
	var strange []ProjectID
	for _, x := range c.p.allProjects(false) {
		if !c.p.check(c.by.Person, "project:rename", x.Project, c.w.now) {
			strange = append(strange, x.Project)
		}
	}
	if len(strange) == 0 {
		return RequestAccess{RequestID(c.fresh("arq_")), c.project(), c.role()}
	}
	return RequestAccess{RequestID(c.fresh("arq_")), pick(c, strange), c.role()}
}

// ifAsked is a command about a request, or asking if there is none.
func (c *chance) ifAsked(cmd Command) Command { return c.ifAskedBy("", cmd) }

func (c *chance) ifAskedBy(who PersonID, cmd Command) Command {
	for _, x := range c.p.asks {
		if x.stage == Pending && (who == "" || x.Person == who) {
			return cmd
		}
	}
	return c.ask()
}

// request picks one that waits, rather the actor's own if that is asked for, or any.
func (c *chance) request(own bool) (ProjectID, RequestID) {
	var open []*rRequest
	for _, x := range c.p.asks {
		if x.stage == Pending && (!own || x.Person == c.by.Person) {
			open = append(open, x)
		}
	}
	if c.often() && len(open) > 0 {
		x := pick(c, open)
		return x.Project, x.Request
	}
	if len(c.p.asks) > 0 {
		x := pick(c, c.p.asks)
		return x.Project, x.Request
	}
	return c.project(), "arq_"
}

func (c *chance) offeredGrants() (out []InvitedGrant) {
	for i := range c.IntN(3) {
		g := InvitedGrant{c.project(), c.role(), Window{}}
		if c.IntN(3) == 0 {
			g.Window = c.window()
		}
		if i == 0 || g.Role != out[0].Role || c.rarely() {
			out = append(out, g)
		}
	}
	return out
}

func (c *chance) offeredPlaces() (out []InvitedPlace) {
	if len(c.p.liveTeams()) > 0 && c.IntN(4) > 0 || c.rarely() {
		out = append(out, InvitedPlace{c.team(), c.IntN(4) == 0, pick(c, []Window{{}, {}, c.window()})})
	}
	return out
}

// list is one of a few people.
func (c *chance) list() Command {
	list := ChangePeople{Act: pick(c, PeopleActs[:]), Skip: c.often()}
	if list.Act == PeopleAdd || list.Act == PeopleSetRole || c.rarely() {
		list.Role = c.orgRole()
	}
	if list.Act == PeopleRestore {
		list.Window = c.window()
	}
	for range 1 + c.IntN(4) {
		list.Lines = append(list.Lines, PersonLine{Person: c.person(), Proofs: Proofs(c.IntN(8))})
	}
	return list
}
