package org

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
)

func inv(word string) InvitationID { return InvitationID(id("inv_", word)) }
func arq(word string) RequestID    { return RequestID(id("arq_", word)) }

// invited is an invitation of one person, named like the person.
func invited(word string, role OrgRole, grants ...InvitedGrant) Invite {
	return Invite{[]Invitee{{Invitation: inv(word), Person: usr(word), Role: role, Grants: grants}}}
}

func toWeb(r ProjectRole) InvitedGrant { return InvitedGrant{Project: prj("web"), Role: r} }

func (w *world) invitation(word string) Invitation {
	w.Helper()
	v, ok := w.s.Invitation(inv(word), w.now)
	if !ok {
		w.Fatalf("there is no invitation %s", word)
	}
	return v
}

func (w *world) stage(word string, want Stage) {
	w.Helper()
	if got := w.invitation(word).Stage; got != want {
		w.Fatalf("the invitation of %s is %v, want %v", word, got, want)
	}
}

func invitationExercises() []exercise {
	start := casting().now
	soon := Window{End: start + aWeek}
	full := Invite{[]Invitee{{Invitation: inv("nemo"), Person: usr("nemo"), Role: RoleAdmin, Window: soon,
		Grants: []InvitedGrant{toWeb(Analyst)}, Teams: []InvitedPlace{{Team: tm("red")}}}}}
	row := func(change func(*Invitee)) Invite {
		r := full.Rows[0]
		r.Grants, r.Teams = slices.Clone(r.Grants), slices.Clone(r.Teams)
		change(&r)
		return Invite{[]Invitee{r}}
	}
	accept := AcceptInvitation{Invitation: inv("nemo"), Proved: true, Proofs: ProvedAddress}
	return []exercise{
		{
			name: "with all parts", by: as("olga"), do: full, facts: []string{"invitation.made", "invitation.grant_set", "invitation.place_set"},
			then: func(w *world) {
				w.noMember("nemo")
				got := w.invitation("nemo")
				if got.Stage != Pending || got.Role != RoleAdmin || !got.RoleCounts || got.Expires != w.now+14*aDay || got.InvitedBy != usr("olga") ||
					len(got.Grants) != 1 || !got.Grants[0].Counts || len(got.Teams) != 1 || !got.Teams[0].Counts {
					w.Errorf("%+v", got)
				}
				if open, ok := w.s.Invited(usr("nemo"), w.now); !ok || open.Invitation != inv("nemo") {
					w.Errorf("found %+v", open)
				}
			},
			bad: []attempt{
				{name: "nobody", do: Invite{}, want: ErrBadInvitees},
				{name: "somebody twice", do: Invite{[]Invitee{full.Rows[0], full.Rows[0]}}, want: ErrInvitedTwice},
				{name: "under one id twice", do: Invite{[]Invitee{full.Rows[0], {Invitation: inv("nemo"), Person: usr("mo")}}}, want: ErrIDUsed},
				{name: "a malformed person", do: row(func(r *Invitee) { r.Person = "nemo" }), want: ErrBadID},
				{name: "under a malformed id", do: row(func(r *Invitee) { r.Invitation = "x" }), want: ErrBadID},
				{name: "as something unknown", do: row(func(r *Invitee) { r.Role = "boss" }), want: ErrBadRole},
				{name: "for something unknown", do: row(func(r *Invitee) { r.Grants[0].Role = "boss" }), want: ErrBadRole},
				{name: "into a project that is none", do: invited("nemo", RoleMember, InvitedGrant{Project: prj("none"), Role: Owner}), want: ErrUnknownProject},
				{name: "into a team that is none", do: row(func(r *Invitee) { r.Teams = []InvitedPlace{{Team: tm("none")}} }), want: ErrUnknownTeam},
				{name: "twice into a team", do: row(func(r *Invitee) { r.Teams = append(r.Teams, r.Teams...) }), want: ErrPartTwice},
				{name: "twice for a role", do: invited("nemo", RoleMember, toWeb(Owner), toWeb(Owner)), want: ErrPartTwice},
				{name: "for longer than 90 days", do: row(func(r *Invitee) { r.Expires = start + 91*aDay }), want: ErrInvitationTooLong},
				{name: "until now", do: row(func(r *Invitee) { r.Expires = start }), want: ErrPastEnd},
				{name: "with a negative end", do: row(func(r *Invitee) { r.Expires = -1 }), want: ErrBadTime},
				{name: "into a membership that is over", do: row(func(r *Invitee) { r.Window.End = start }), want: ErrPastEnd},
				{name: "somebody suspended", do: invited("sam", RoleMember), want: ErrMemberSuspended},
				{name: "by a member", by: as("mia"), do: invited("nemo", RoleMember), want: ErrNotAllowed},
				{name: "by an admin, an owner", by: as("ada"), do: invited("nemo", RoleOwner), want: ErrNotCovered},
				{name: "by a project admin, a project owner", by: as("pat"), do: invited("nemo", RoleMember, toWeb(Owner)), want: ErrNotCovered},
				{name: "by a project admin, an admin", by: as("pat"), do: invited("nemo", RoleAdmin, toWeb(Analyst)), want: ErrNotAllowed},
				{name: "by a project admin, into another project", by: as("pat"), do: invited("nemo", RoleMember, toWeb(Analyst), InvitedGrant{Project: prj("app"), Role: Consumer}), want: ErrNotAllowed},
			},
		},
		{
			name: "an outsider into a project", by: as("pat"), do: invited("nemo", RoleMember, toWeb(Admin)), facts: []string{"invitation.made", "invitation.grant_set"},
			then: func(w *world) {
				w.do(as("nemo"), accept)
				w.holdsOnly("nemo", "web", Admin)
			},
		},
		{
			name: "to other parts", by: as("olga"), before: []attempt{{by: as("olga"), do: full}},
			do:    ChangeInvitation{Invitation: inv("nemo"), Role: RoleMember, Grants: []InvitedGrant{toWeb(Owner)}},
			facts: []string{"invitation.role_set", "invitation.grant_dropped", "invitation.place_dropped", "invitation.grant_set"},
			then: func(w *world) {
				got := w.invitation("nemo")
				if got.Role != RoleMember || len(got.Grants) != 1 || got.Grants[0].Role != Owner || len(got.Teams) != 0 || got.Window != (Window{}) {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{
				{name: "one that is none", do: ChangeInvitation{Invitation: inv("none"), Role: RoleMember}, want: ErrUnknownInvitation},
				{name: "to no role", do: ChangeInvitation{Invitation: inv("nemo")}, want: ErrBadRole},
				{name: "by a member", by: as("mia"), do: ChangeInvitation{Invitation: inv("nemo"), Role: RoleMember}, want: ErrUnknownInvitation},
				{name: "by a project admin, to another role", by: as("pat"), do: ChangeInvitation{Invitation: inv("nemo"), Role: RoleMember}, want: ErrNotAllowed},
				{name: "by an admin, to an owner", by: as("ada"), do: ChangeInvitation{Invitation: inv("nemo"), Role: RoleOwner}, want: ErrNotCovered},
				{name: "to dates that are past", do: ChangeInvitation{Invitation: inv("nemo"), Role: RoleAdmin, Window: Window{End: start}}, want: ErrPastEnd},
			},
		},
		{
			name: "to last longer", by: as("ada"), before: []attempt{{by: as("olga"), do: row(func(r *Invitee) { r.Expires = start + aDay })}},
			do: ResendInvitation{inv("nemo")}, facts: []string{"invitation.resent"},
			then: func(w *world) {
				if got := w.invitation("nemo"); got.Expires != w.now+14*aDay {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{{name: "by a member", by: as("mia"), do: ResendInvitation{inv("nemo")}, want: ErrUnknownInvitation}},
		},
		{
			name: "one", by: as("olga"), before: []attempt{{by: as("olga"), do: invited("nemo", RoleOwner)}},
			do: RevokeInvitation{inv("nemo")}, facts: []string{"invitation.revoked"}, again: ErrInvitationEnded,
			then: func(w *world) {
				w.stage("nemo", Revoked)
				w.refused(as("nemo"), accept, ErrInvitationEnded)
			},
			bad: []attempt{
				{name: "by an admin, who does not cover it", by: as("ada"), do: RevokeInvitation{inv("nemo")}, want: ErrNotCovered},
				{name: "by a project admin", by: as("pat"), do: RevokeInvitation{inv("nemo")}, want: ErrUnknownInvitation},
			},
		},
		{
			name: "with all parts", by: as("nemo"), before: []attempt{{by: as("olga"), do: full}}, do: accept, again: ErrInvitationUsed,
			facts: []string{"member.added", "grant.given", "team.member_added", "invitation.accepted"},
			then: func(w *world) {
				m := w.member("nemo")
				if m.Role != RoleAdmin || m.Window != soon || m.AddedBy != usr("olga") || !m.Ready || !slices.Equal(m.Teams, []TeamID{tm("red")}) {
					w.Errorf("%+v", m)
				}
				for _, g := range w.s.GrantsOn(prj("web"), w.now) {
					if g.Person == usr("nemo") && (g.GivenBy != usr("olga") || g.Role != Analyst) {
						w.Errorf("%+v", g)
					}
				}
				w.stage("nemo", Accepted)
			},
			bad: []attempt{
				{name: "without a proof", do: AcceptInvitation{Invitation: inv("nemo")}, want: ErrUnknownInvitation},
				{name: "one that is none", do: AcceptInvitation{Invitation: inv("none"), Proved: true}, want: ErrUnknownInvitation},
				{name: "as the operator", by: theOperator, do: accept, want: ErrNotAllowed},
				{name: "as somebody suspended", by: as("sam"), do: accept, want: ErrSuspendedActor},
			},
		},
		{
			name: "one", by: as("nemo"), before: []attempt{{by: as("olga"), do: full}}, do: DeclineInvitation{inv("nemo"), true}, again: ErrInvitationEnded,
			facts: []string{"invitation.declined"},
			then:  func(w *world) { w.stage("nemo", Declined); w.noMember("nemo") },
			bad:   []attempt{{name: "without a proof", do: DeclineInvitation{Invitation: inv("nemo")}, want: ErrUnknownInvitation}},
		},
		{
			name: "what a member held", by: as("nemo"), do: TakeOver{From: usr("tess"), Proofs: ProvedAddress}, facts: []string{"person.taken_over"},
			then: func(w *world) {
				w.noMember("tess")
				if m := w.member("nemo"); m.Role != RoleMember || !m.Ready || !w.s.Manages(usr("nemo"), tm("red"), w.now) {
					w.Errorf("%+v", m)
				}
			},
			bad: []attempt{{name: "as the operator", by: theOperator, do: TakeOver{From: usr("tess")}, want: ErrNotAllowed}},
		},
	}
}

func requestExercises() []exercise {
	ask := RequestAccess{arq("one"), prj("web"), Analyst}
	asked := []attempt{{by: as("mia"), do: ask}}
	return []exercise{
		{
			name: "for a role", by: as("mia"), do: ask, facts: []string{"request.made"},
			then: func(w *world) {
				got, _ := w.s.Request(arq("one"), w.now)
				if got.Stage != Pending || got.Person != usr("mia") || got.Expires != w.now+30*aDay || got.Role != Analyst {
					w.Errorf("%+v", got)
				}
				w.cannot("mia", "project:view", "web")
				w.refused(as("mia"), RequestAccess{arq("two"), prj("web"), Admin}, ErrRequestOpen)
				w.do(as("mia"), WithdrawRequest{prj("web"), arq("one")})
				w.refused(as("mia"), ask, ErrIDUsed)
				w.do(as("mia"), RequestAccess{arq("two"), prj("web"), Admin})
				if got := w.s.RequestDeciders(prj("web"), w.now); !slices.Contains(got, usr("pat")) || !slices.Contains(got, usr("olga")) || slices.Contains(got, usr("ana")) {
					w.Errorf("deciders %v", got)
				}
				w.do(as("mia"), WithdrawRequest{prj("web"), arq("two")})
				w.do(as("mia"), RequestAccess{arq("three"), prj("web"), Analyst})
			},
			bad: []attempt{
				{name: "under a malformed id", do: RequestAccess{"x", prj("web"), Analyst}, want: ErrBadID},
				{name: "for something unknown", do: RequestAccess{arq("one"), prj("web"), "boss"}, want: ErrBadRole},
				{name: "in a project that is none", do: RequestAccess{arq("one"), prj("none"), Analyst}, want: ErrUnknownProject},
				{name: "for what one holds", by: as("ana"), do: RequestAccess{arq("one"), prj("web"), Consumer}, want: ErrRequestHeld},
				{name: "as a stranger", by: as("zed"), do: ask, want: ErrUnknownOrganization},
				{name: "as the operator", by: theOperator, do: ask, want: ErrNotAllowed},
			},
		},
		{
			name: "with another role for a time", by: as("pat"), before: asked,
			do:    ApproveRequest{prj("web"), arq("one"), Consumer, Window{End: casting().now + aDay}},
			facts: []string{"grant.given", "request.approved"}, again: ErrRequestEnded,
			then: func(w *world) {
				w.holdsOnly("mia", "web", Consumer)
				if got, _ := w.s.Request(arq("one"), w.now); got.Stage != Approved || got.DecidedBy != usr("pat") {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{
				{name: "as an analyst", by: as("ana"), do: ApproveRequest{Project: prj("web"), Request: arq("one")}, want: ErrNotAllowed},
				{name: "as project owner, by a project admin", do: ApproveRequest{Project: prj("web"), Request: arq("one"), Role: Owner}, want: ErrNotCovered},
				{name: "one that is none", do: ApproveRequest{Project: prj("web"), Request: arq("none")}, want: ErrUnknownRequest},
				{name: "under another project", by: as("olga"), do: ApproveRequest{Project: prj("app"), Request: arq("one")}, want: ErrUnknownRequest},
				{name: "with something unknown", do: ApproveRequest{Project: prj("web"), Request: arq("one"), Role: "boss"}, want: ErrBadRole},
			},
		},
		{
			name: "one", by: as("pat"), before: asked, do: DenyRequest{prj("web"), arq("one")}, facts: []string{"request.denied"}, again: ErrRequestEnded,
			bad: []attempt{{name: "as an analyst", by: as("ana"), do: DenyRequest{prj("web"), arq("one")}, want: ErrNotAllowed}},
		},
		{
			name: "one's own", by: as("mia"), before: asked, do: WithdrawRequest{prj("web"), arq("one")}, facts: []string{"request.withdrawn"}, again: ErrRequestEnded,
			bad: []attempt{{name: "somebody else's", by: as("pat"), do: WithdrawRequest{prj("web"), arq("one")}, want: ErrUnknownRequest}},
		},
	}
}

// Stages are read as the words they are written as, and as nothing else.
func TestWordsOfStages(t *testing.T) {
	for s := Pending; s <= Expired; s++ {
		text, err := json.Marshal(s)
		var again Stage
		if err != nil || json.Unmarshal(text, &again) != nil || again != s {
			t.Errorf("%d is written as %s and read as %d", s, text, again)
		}
	}
	stage := Pending
	if err := json.Unmarshal([]byte(`"perhaps"`), &stage); !errors.Is(err, ErrBadStage) || stage != Pending {
		t.Errorf("an unknown stage: %v, read as %d", err, stage)
	}
}

// What the operator offered while filling the organization counts no more once a member acts. The first who does, and
// offers the same, gives it in their own name at once.
func TestInvitingAgainTakesOverWhatTheOperatorOffered(t *testing.T) {
	w := newWorld(t)
	invite := func(word string) Invite {
		return Invite{Rows: []Invitee{{Invitation: InvitationID(id("inv_", word)), Person: usr("zed"), Role: RoleOwner, Grants: []InvitedGrant{{Project: prj("web"), Role: Owner}}}}}
	}
	w.do(theOperator, CreateProject{Project: prj("web"), Name: "Web"}, invite("one"))
	w.changes(as("olga"), invite("two"))
	for x := range w.s.Invitations(w.now, "") {
		if x.RoleBy != usr("olga") || !x.RoleCounts || len(x.Grants) != 1 || !x.Grants[0].Counts {
			t.Errorf("%+v", x)
		}
	}
	w.idle(as("olga"), invite("three"))
}
