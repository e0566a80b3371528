package route

import "github.com/commonhold/commonhold/org"

// InviteRequest invites people. Those in To get all that stands beside it; each row says itself what its person gets.
type InviteRequest struct {
	To   []string    `json:"to,omitempty"`   // mail addresses, or ids of people
	Role org.OrgRole `json:"role,omitempty"` // member if absent
	org.Window
	Grants  []org.InvitedGrant `json:"grants,omitempty"`
	Teams   []org.InvitedPlace `json:"teams,omitempty"`
	Note    string             `json:"note,omitempty"`
	Expires org.Instant        `json:"expires_at,omitzero"` // in 14 days if absent
	Rows    []InviteRow        `json:"rows,omitempty"`
}

// InviteRow is somebody to be invited with all that the invitation brings.
type InviteRow struct {
	To   string      `json:"to"`
	Role org.OrgRole `json:"role,omitempty"`
	org.Window
	Grants  []org.InvitedGrant `json:"grants,omitempty"`
	Teams   []org.InvitedPlace `json:"teams,omitempty"`
	Note    string             `json:"note,omitempty"`
	Expires org.Instant        `json:"expires_at,omitzero"`
}

// InviteTable invites those whom a table names, with the columns email, org_role, teams, projects and project_role.
type InviteTable struct {
	CSV          Upload      `json:"csv"`
	Note         string      `json:"note,omitempty"`      // to all of them
	Expires      org.Instant `json:"expires_at,omitzero"` // in 14 days if absent
	SkipBadLines bool        `json:"skip_bad_lines,omitempty"`
	Preview      bool        `json:"preview,omitempty"` // tell what would happen, and do nothing
}

// InviteTemplate is such a table without a line in it.
type InviteTemplate struct {
	CSV string `json:"csv"`
}

// Invited says what inviting came to, in the order of the request: first those of to, then the rows.
type Invited struct {
	Rows    []InvitedRow `json:"rows"`
	Version org.Version  `json:"version"`
}

// InvitedRow is one of them. Somebody with an account and somebody without look the same.
type InvitedRow struct {
	Person     org.PersonID     `json:"person"`
	Invitation org.InvitationID `json:"invitation,omitempty"`
	Outcome    string           `json:"outcome"` // invited, invited_again or member
}

// TellInvited makes the answer to InviteRequest.
func TellInvited(t Told) Invited {
	out := Invited{Rows: []InvitedRow{}, Version: t.After.Version()}
	for _, r := range t.Command.(org.Invite).Rows {
		row := InvitedRow{Person: r.Person, Outcome: "member"}
		if x, open := t.After.Invited(r.Person, t.At); open {
			row.Invitation, row.Outcome = x.Invitation, "invited"
			if _, before := t.Before.Invited(r.Person, t.At); before {
				row.Outcome = "invited_again"
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// ListedInvitation is an invitation with the address that it was sent to. Whether there is an account is not shown.
type ListedInvitation struct {
	org.Invitation
	Address string `json:"address,omitempty"` // absent: the person has none, or was erased
}

// InvitationLink is a link, shown this once.
type InvitationLink struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// InvitationOffer is what an invitation offers whoever has a link.
type InvitationOffer struct {
	Organization org.OrgID        `json:"organization"`
	Name         org.Name         `json:"name"`
	Invitation   org.InvitationID `json:"invitation"`
	InvitedBy    string           `json:"invited_by,omitempty"` // the name; absent: the operator, or the account was erased
	Role         org.OrgRole      `json:"role,omitempty"`       // absent: nothing would come of accepting now
	org.Window
	Projects []OfferedProject `json:"projects"`
	Teams    []OfferedTeam    `json:"teams"`
	Expires  org.Instant      `json:"expires_at"`
	Version  org.Version      `json:"version"`
	Proves   bool             `json:"proves"` // the link was mailed, so that it can be accepted with it
}

// OfferedProject is a role in a project that an invitation offers.
type OfferedProject struct {
	Name org.Name        `json:"name"`
	Role org.ProjectRole `json:"role"`
	org.Window
}

// OfferedTeam is a place in a team that an invitation offers.
type OfferedTeam struct {
	Name    org.Name `json:"name"`
	Manager bool     `json:"manager"`
	org.Window
}

// AcceptanceRequest answers an invitation, with the token of the link that was mailed.
type AcceptanceRequest struct {
	Token string `json:"token,omitempty"` // absent: the person has no mail address
}

// Joined says what accepting brought, and what of the invitation nobody could give any more.
type Joined struct {
	Member  org.Member  `json:"member"`
	LeftOut []LeftOut   `json:"left_out"`
	Version org.Version `json:"version"`
}

// TellJoined makes the answer to accepting.
func TellJoined(t Told) Joined {
	out := Joined{LeftOut: []LeftOut{}, Version: t.After.Version()}
	out.Member, _ = t.After.Member(t.By.Person, t.At)
	x, _ := t.Before.Invitation(t.Command.(org.AcceptInvitation).Invitation, t.At)
	for _, g := range x.Grants {
		if !g.Counts {
			out.LeftOut = append(out.LeftOut, LeftOut{Project: g.Project, Role: g.Role})
		}
	}
	for _, p := range x.Teams {
		if !p.Counts {
			out.LeftOut = append(out.LeftOut, LeftOut{Team: p.Team})
		}
	}
	return out
}

const invitation = inOrg + "/invitations/{invitation}"

// invitations are the rows about invitations.
var invitations = []Route{
	{Name: "list_invitations", Method: "GET", Path: inOrg + "/invitations", Summary: "List invitations, oldest first: all for those who manage members, those into one's own projects for others", CLI: "invitation list",
		Gate: Gate{Operator: true, Member: true}, Answer: ListedInvitation{}, Paged: true, Params: []Param{
			{Name: "status", Summary: "pending if absent, accepted, declined, revoked or expired; all for every one"},
			{Name: "project", Summary: "only those into this project"}}},
	{Name: "invite", Method: "POST", Path: inOrg + "/invitations", Summary: "Invite people by their mail addresses: all of them or none; who is invited already gets another mail", CLI: "invitation make",
		Gate: Gate{Operator: true, Member: true}, Body: InviteRequest{}, Answer: Invited{}},
	{Name: "invite_table", Method: "POST", Path: inOrg + "/invite-table", Summary: "Invite up to 5,000 people by a table, which is checked as a whole before anybody is invited", CLI: "invitation import",
		Gate: Gate{Operator: true, Member: true}, Body: InviteTable{}, Answer: PeopleReport{}},
	{Name: "get_invite_template", Method: "GET", Path: inOrg + "/invite-table", Summary: "Show the header of a table of people to be invited", CLI: "invitation template",
		Gate: Gate{Operator: true, Member: true}, Answer: InviteTemplate{}},
	{Name: "get_invitation", Method: "GET", Path: invitation, Summary: "Show an invitation", CLI: "invitation show",
		Gate: Gate{Operator: true, Member: true}, Answer: ListedInvitation{}},
	{Name: "change_invitation", Method: "PUT", Path: invitation, Summary: "Put other parts in the place of those of an open invitation; those left out go", CLI: "invitation change",
		Command: org.ChangeInvitation{}, Answer: org.Invitation{}, Tell: tellInvitation(func(c org.Command) org.InvitationID { return c.(org.ChangeInvitation).Invitation })},
	{Name: "resend_invitation", Method: "POST", Path: invitation + "/resend", Summary: "Have the mail of an open invitation go out again, which lasts for 14 days then", CLI: "invitation resend",
		Command: org.ResendInvitation{}, Answer: org.Invitation{}, Tell: tellInvitation(func(c org.Command) org.InvitationID { return c.(org.ResendInvitation).Invitation })},
	{Name: "revoke_invitation", Method: "DELETE", Path: invitation, Summary: "Revoke an open invitation with all of its links", CLI: "invitation revoke",
		Command: org.RevokeInvitation{}, Answer: org.Invitation{}, Tell: tellInvitation(func(c org.Command) org.InvitationID { return c.(org.RevokeInvitation).Invitation })},
	{Name: "copy_invitation_link", Method: "POST", Path: invitation + "/links", Summary: "Make a link to hand on by oneself, shown this once; it shows what is offered and proves nothing", CLI: "invitation link",
		Gate: Gate{Operator: true, Member: true}, Answer: InvitationLink{}},
	{Name: "show_offer", Method: "GET", Path: invitation + "/offer", Summary: "Show whoever has a link what the invitation offers; it changes nothing", CLI: "invitation offer",
		Gate: Gate{Open: true}, Answer: InvitationOffer{}, Params: []Param{{Name: "token", Summary: "the token of the link", Required: true}}},
	{Name: "accept_invitation", Method: "POST", Path: invitation + "/accept", Summary: "Accept an invitation by a link that was mailed, as the person the request acts for", CLI: "invitation accept",
		Gate: Gate{Caller: true}, Body: AcceptanceRequest{}, Answer: Joined{}},
	{Name: "decline_invitation", Method: "POST", Path: invitation + "/decline", Summary: "Turn an invitation down, by the same proof as accepting it", CLI: "invitation decline",
		Gate: Gate{Caller: true}, Body: AcceptanceRequest{}, Answer: Done{}},
}

func tellInvitation(of func(org.Command) org.InvitationID) func(Told) any {
	return func(t Told) any {
		x, _ := t.After.Invitation(of(t.Command), t.At)
		return x
	}
}
