package org

// pendingSituations are those of commands about invitations, access requests and rows that stand for an address.
func pendingSituations() map[string][]situation {
	nemo := func(role OrgRole, grants ...InvitedGrant) Invite { return invited("nemo", role, grants...) }
	team := func(manager bool) Invite {
		c := nemo(RoleMember)
		c.Rows[0].Teams = []InvitedPlace{{Team: tm("red"), Manager: manager}}
		return c
	}
	var inviting []situation
	for _, r := range OrgRoles {
		inviting = append(inviting, fixed("as "+string(r), nemo(r)))
	}
	for _, r := range ProjectRoles {
		inviting = append(inviting, fixed("an outsider as "+string(r)+" of web", nemo(RoleMember, toWeb(r))))
	}
	inviting = append(inviting, fixed("into a team", team(false)), fixed("to manage a team", team(true)),
		fixed("an outsider where that is off", nemo(RoleMember, toWeb(Consumer)), SetSettings{NoProjectInvitations: true}),
		fixed("somebody who was removed", invited("gus", RoleMember, toWeb(Consumer))),
		fixed("a member", invited("max", RoleMember)), fixed("somebody suspended", invited("susi", RoleMember)),
		fixed("again, where an owner offered more", nemo(RoleMember, toWeb(Consumer)), nemo(RoleOwner, toWeb(Owner))))
	change := func(role OrgRole, grants ...InvitedGrant) ChangeInvitation {
		return ChangeInvitation{Invitation: inv("nemo"), Role: role, Grants: grants}
	}
	accept := func(PersonID) Command { return AcceptInvitation{Invitation: inv("nemo"), Proved: true} }
	opened := nemo(RoleMember, toWeb(Analyst))
	accepting := func(name string, before ...Command) situation {
		return situation{name: name, do: accept, before: before}
	}
	asked := fixed("an analyst's place", ApproveRequest{Project: prj("web"), Request: arq("max")})
	ask := func(s situation) situation {
		s.asker = RequestAccess{arq("max"), prj("web"), Analyst}
		return s
	}
	return map[string][]situation{
		"Invite": inviting,
		"ChangeInvitation": {
			fixed("to nothing but a membership", change(RoleMember), opened), fixed("to project owner", change(RoleMember, toWeb(Owner)), opened),
			fixed("to owner", change(RoleOwner, toWeb(Analyst)), opened), fixed("from owner", change(RoleMember), nemo(RoleOwner)),
		},
		"ResendInvitation": {fixed("into web", ResendInvitation{inv("nemo")}, Invite{[]Invitee{{Invitation: inv("nemo"), Person: usr("nemo"),
			Grants: []InvitedGrant{toWeb(Consumer)}, Expires: playing().now + anHour}}})},
		"RevokeInvitation": {fixed("of an analyst", RevokeInvitation{inv("nemo")}, opened), fixed("of an owner", RevokeInvitation{inv("nemo")}, nemo(RoleOwner))},
		"AcceptInvitation": {
			accepting("of an analyst", opened), accepting("of an owner", nemo(RoleOwner)),
		},
		"DeclineInvitation": {fixed("of an analyst", DeclineInvitation{inv("nemo"), true}, opened)},
		"TakeOver":          {fixed("what a member held", TakeOver{From: usr("max")}), fixed("what an owner held", TakeOver{From: usr("otto")}), sole("what the only owner held", TakeOver{From: usr("olga")})},
		"RequestAccess":     {fixed("analyst of web", RequestAccess{arq("one"), prj("web"), Analyst})},
		"ApproveRequest": {ask(asked), ask(fixed("as project owner", ApproveRequest{Project: prj("web"), Request: arq("max"), Role: Owner})),
			ask(fixed("as consumer", ApproveRequest{Project: prj("web"), Request: arq("max"), Role: Consumer}))},
		"DenyRequest":     {ask(fixed("an analyst's place", DenyRequest{prj("web"), arq("max")}))},
		"WithdrawRequest": {ask(fixed("somebody else's", WithdrawRequest{prj("web"), arq("max")}))},
	}
}
