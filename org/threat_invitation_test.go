package org

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// acceptsAs is an acceptance by somebody who has proved the invited address.
func acceptsAs(word string) AcceptInvitation {
	return AcceptInvitation{Invitation: inv(word), Proved: true, Proofs: ProvedAddress}
}

// T-65: what somebody offered who is not there any more, or holds less, is void when it is accepted.
func TestOffersOfThoseWhoAreGone_T65_I31(t *testing.T) {
	both := func(w *world) {
		w.do(as("ada"), Invite{[]Invitee{{Invitation: inv("nemo"), Person: usr("nemo"), Role: RoleAdmin,
			Grants: []InvitedGrant{toWeb(Admin)}, Teams: []InvitedPlace{{Team: tm("red")}}}}})
	}
	for _, row := range []struct {
		name  string
		parts func(*world)
		then  func(*world)
		role  OrgRole // none: refused
		roles []ProjectRole
		teams int
	}{
		{"nothing happens meanwhile", both, func(*world) {}, RoleAdmin, []ProjectRole{Admin}, 1},
		{"the inviter is removed", both, func(w *world) { w.do(as("olga"), Remove{Person: usr("ada")}) }, "", nil, 0},
		{"the inviter leaves", both, func(w *world) { w.do(as("ada"), Leave{}) }, "", nil, 0},
		{"the inviter is suspended", both, func(w *world) { w.do(as("olga"), Suspend{usr("ada")}) }, "", nil, 0},
		{"the inviter is demoted", both, func(w *world) { w.do(as("olga"), SetRole{usr("ada"), RoleMember}) }, "", nil, 0},
		{"the inviter's membership ends", both, func(w *world) {
			w.do(as("olga"), Reschedule{usr("ada"), Window{End: w.now + aDay}})
			w.passes(24 * time.Hour)
		}, "", nil, 0},
		{"somebody else added a part before", func(w *world) {
			both(w)
			w.do(as("olga"), Invite{[]Invitee{{Invitation: inv("x"), Person: usr("nemo"), Role: RoleAdmin, Grants: []InvitedGrant{toWeb(Owner)}}}})
		}, func(w *world) { w.do(as("olga"), Remove{Person: usr("ada")}) }, RoleMember, []ProjectRole{Owner}, 0},
		{"somebody else offers the same anew after", both, func(w *world) {
			w.do(as("olga"), Remove{Person: usr("ada")}, Invite{[]Invitee{{Invitation: inv("x"), Person: usr("nemo"), Role: RoleAdmin, Grants: []InvitedGrant{toWeb(Admin)}}}})
		}, RoleAdmin, []ProjectRole{Admin}, 0},
		{"the team has grown beyond the inviter", both, func(w *world) {
			w.do(as("olga"), give("web", toTeam("red"), Owner))
		}, RoleAdmin, []ProjectRole{Admin}, 0},
		{"the team is deleted", both, func(w *world) { w.do(as("olga"), DeleteTeam{tm("red")}) }, RoleAdmin, []ProjectRole{Admin}, 0},
		{"the project is deleted", both, func(w *world) { w.do(as("olga"), DeleteProject{prj("web")}) }, RoleAdmin, nil, 1},
		{"the project's inviter lost the project", func(w *world) { w.do(as("pat"), invited("nemo", RoleMember, toWeb(Consumer))) },
			func(w *world) { w.do(as("olga"), Change{prj("web"), toPerson("pat"), Admin, Analyst}) }, "", nil, 0},
		{"projects may not invite any more", func(w *world) { w.do(as("pat"), invited("nemo", RoleMember, toWeb(Consumer))) },
			func(w *world) { w.do(as("olga"), SetSettings{NoProjectInvitations: true}) }, "", nil, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := cast(t)
			row.parts(w)
			row.then(w)
			offered := w.invitation("nemo")
			if row.role == "" {
				w.refused(as("nemo"), acceptsAs("nemo"), ErrInvitationVoid)
				return
			}
			w.changes(as("nemo"), acceptsAs("nemo"))
			if m := w.member("nemo"); m.Role != row.role || len(m.Teams) != row.teams {
				t.Errorf("%+v", m)
			}
			if w.s.projects.get(w.s.projectRow(prj("web"))).deleted == 0 {
				w.holdsOnly("nemo", "web", row.roles...)
			}
			counting := 0
			for _, g := range offered.Grants {
				if g.Counts {
					counting++
				}
			}
			if counting != len(row.roles) || offered.RoleCounts != (row.role == offered.Role) {
				t.Errorf("the view says %+v", offered)
			}
		})
	}
}

// T-66: of two who accept, with whatever proof, one does.
func TestAcceptedOnce_T66_I30(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), invited("nemo", RoleMember))
	w.do(as("zed"), acceptsAs("nemo")) // by a mailed link
	w.refused(as("nemo"), acceptsAs("nemo"), ErrInvitationUsed)
	w.refused(as("mia"), acceptsAs("nemo"), ErrInvitationUsed)
	w.noMember("nemo")
}

// T-73: an invitation is refused at the instant at which it expires, and is open until then.
func TestExpiresByTheClock_T73(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), Invite{[]Invitee{{Invitation: inv("nemo"), Person: usr("nemo"), Expires: w.now + aDay}}})
	w.do(as("mia"), RequestAccess{arq("one"), prj("web"), Analyst})
	w.now += aDay - 1
	w.changes(as("nemo"), acceptsAs("nemo"))
	late := cast(t)
	late.do(as("olga"), Invite{[]Invitee{{Invitation: inv("nemo"), Person: usr("nemo"), Expires: late.now + aDay}}})
	late.now += aDay
	late.stage("nemo", Expired)
	for _, c := range []Command{acceptsAs("nemo"), DeclineInvitation{inv("nemo"), true}} {
		late.refused(as("nemo"), c, ErrInvitationExpired)
	}
	for _, c := range []Command{ResendInvitation{inv("nemo")}, RevokeInvitation{inv("nemo")}, ChangeInvitation{Invitation: inv("nemo"), Role: RoleMember}} {
		late.refused(as("olga"), c, ErrInvitationExpired)
	}
	late.changes(as("olga"), Invite{[]Invitee{{Invitation: inv("again"), Person: usr("nemo")}}})
	late.stage("again", Pending)
	w.now += 29*aDay + 1
	w.refused(as("pat"), ApproveRequest{Project: prj("web"), Request: arq("one")}, ErrRequestExpired)
	w.changes(as("mia"), RequestAccess{arq("two"), prj("web"), Analyst})
}

// I-29: inviting again adds to the one open invitation.
func TestOneOpenInvitation_T76_I29(t *testing.T) {
	w := cast(t)
	w.do(as("pat"), invited("nemo", RoleMember, toWeb(Consumer)))
	w.passes(time.Hour)
	w.do(as("ada"), Invite{[]Invitee{{Invitation: inv("other"), Person: usr("nemo"), Role: RoleAdmin, Grants: []InvitedGrant{{Project: prj("app"), Role: Analyst}}}}})
	if _, made := w.s.Invitation(inv("other"), w.now); made {
		t.Fatal("there are two invitations")
	}
	got := w.invitation("nemo")
	if got.Role != RoleAdmin || got.RoleBy != usr("ada") || len(got.Grants) != 2 || got.Expires != w.now+14*aDay {
		t.Fatalf("%+v", got)
	}
	// What others offered and oneself could not stays.
	w.do(as("pat"), invited("nemo", RoleMember, toWeb(Analyst)))
	w.do(as("olga"), invited("nemo", RoleOwner))
	w.do(as("ada"), invited("nemo", RoleMember))
	if got = w.invitation("nemo"); got.Role != RoleOwner || got.RoleBy != usr("olga") || len(got.Grants) != 3 {
		t.Fatalf("%+v", got)
	}
	w.do(as("nemo"), acceptsAs("nemo"))
	w.holdsOnly("nemo", "web", Analyst, Consumer)
	w.idle(as("olga"), invited("nemo", RoleAdmin, toWeb(Owner)))
}

// Owners and admins of projects bring in outsiders, but nobody whom the organization has parted from.
func TestOutsiders(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), Remove{Person: usr("max")})
	w.attempts(t,
		attempt{"somebody new", as("pat"), invited("nemo", RoleMember, toWeb(Analyst)), nil},
		attempt{"somebody who was removed", as("pat"), invited("max", RoleMember, toWeb(Analyst)), ErrInvitedParted},
		attempt{"somebody suspended", as("pat"), invited("sam", RoleMember, toWeb(Analyst)), ErrInvitedParted},
		attempt{"somebody who was removed, by an admin", as("ada"), invited("max", RoleMember), nil})
	w.do(as("pat"), invited("nemo", RoleMember, toWeb(Analyst)))
	w.refused(as("max"), acceptsAs("nemo"), ErrInvitationVoid) // by the link of another address
	w.do(as("olga"), SetSettings{NoProjectInvitations: true})
	w.refused(as("pat"), invited("mo", RoleMember, toWeb(Analyst)), ErrInvitationsOff)
	w.changes(as("ada"), invited("mo", RoleMember, toWeb(Analyst)))
}

// What waits for somebody ends when they are removed, and nothing of it comes back.
func TestRemovalEndsWhatWaits_T55(t *testing.T) {
	w := cast(t)
	w.do(as("mia"), RequestAccess{arq("one"), prj("web"), Analyst})
	w.do(as("olga"), invited("nemo", RoleMember), AddMember{Person: usr("nemo"), Role: RoleMember}, Remove{Person: usr("nemo")}, Remove{Person: usr("mia")})
	w.stage("nemo", Revoked)
	w.do(as("olga"), AddMember{Person: usr("mia"), Role: RoleMember})
	w.refused(as("pat"), ApproveRequest{Project: prj("web"), Request: arq("one")}, ErrRequestEnded)
}

// A member who accepts keeps the role they have and wins the parts; nothing they hold gets shorter.
func TestMemberAccepts(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), Invite{[]Invitee{{Invitation: inv("nemo"), Person: usr("nemo"), Role: RoleAdmin,
		Grants: []InvitedGrant{{Project: prj("web"), Role: Analyst, Window: Window{End: w.now + aDay}}}, Teams: []InvitedPlace{{Team: tm("red")}}}}},
		AddMember{Person: usr("nemo"), Role: RoleMember}, give("web", toPerson("nemo"), Analyst))
	w.do(as("nemo"), acceptsAs("nemo"))
	w.passes(48 * time.Hour)
	if m := w.member("nemo"); m.Role != RoleMember || len(m.Teams) != 1 {
		t.Errorf("%+v", m)
	}
	w.holdsOnly("nemo", "web", Analyst)
}

// What the operator offered while filling counts until a member enters.
func TestOperatorInvitesWhileFilling(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, CreateProject{Project: prj("web"), Name: "Web"}, invited("nemo", RoleAdmin, toWeb(Admin)), invited("mo", RoleMember))
	w.do(as("nemo"), acceptsAs("nemo"))
	if m := w.member("nemo"); m.Role != RoleAdmin || m.AddedBy != "" || !w.s.Entered() {
		t.Fatalf("%+v", m)
	}
	w.refused(theOperator, invited("late", RoleMember), ErrEntered)
	w.refused(as("mo"), acceptsAs("mo"), ErrInvitationVoid)
	w.do(as("nemo"), invited("mo", RoleMember))
	w.changes(as("mo"), acceptsAs("mo"))
}

// Taking over a row unites what both hold and gives nothing anew.
func TestTakingOver(t *testing.T) {
	for _, row := range []struct {
		name   string
		before func(*world)
		by     string
		status Status
		role   OrgRole
		roles  []ProjectRole
	}{
		{"by somebody new", func(w *world) { w.do(as("olga"), give("web", toPerson("max"), Admin)) }, "nemo", Active, RoleMember, []ProjectRole{Admin}},
		{"by a member, of a higher role", func(w *world) { w.do(as("olga"), SetRole{usr("max"), RoleAdmin}) }, "cora", Active, RoleAdmin, []ProjectRole{Consumer}},
		{"by a member, of another role", func(w *world) { w.do(as("olga"), SetRole{usr("max"), RoleBillingAdmin}) }, "ada", Active, RoleAdmin, nil},
		{"of a row that was suspended, by somebody new", func(w *world) { w.do(as("olga"), give("web", toPerson("max"), Admin), Suspend{usr("max")}) }, "nemo", Suspended, RoleMember, []ProjectRole{Admin}},
		{"of a row that was suspended, by a member", func(w *world) { w.do(as("olga"), give("web", toPerson("max"), Admin), Suspend{usr("max")}) }, "cora", Active, RoleMember, []ProjectRole{Consumer}},
		{"by somebody suspended", func(w *world) { w.do(as("olga"), give("web", toPerson("max"), Admin)) }, "sam", Suspended, RoleMember, []ProjectRole{Admin}},
		{"by somebody removed", func(w *world) { w.do(as("olga"), Remove{Person: usr("cora")}) }, "cora", Removed, "", nil},
		{"of a row that was removed", func(w *world) { w.do(as("olga"), give("web", toPerson("max"), Admin), Remove{Person: usr("max")}) }, "cora", Active, RoleMember, []ProjectRole{Consumer}},
		{"of a membership that ends sooner", func(w *world) {
			w.do(as("olga"), give("web", toPerson("max"), Admin), SetRole{usr("max"), RoleAdmin}, Reschedule{usr("max"), Window{End: w.now + aDay}})
		}, "cora", Active, RoleMember, []ProjectRole{Admin, Consumer}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := cast(t)
			row.before(w)
			w.do(as(row.by), TakeOver{From: usr("max"), Proofs: ProvedAddress})
			if row.status == Removed {
				w.noMember(row.by)
				return
			}
			if m := w.member(row.by); m.Status != row.status || m.Role != row.role {
				t.Errorf("%+v", m)
			}
			got := map[ProjectRole]bool{}
			for _, g := range w.s.GrantsOn(prj("web"), w.now) {
				if g.Person == usr(row.by) {
					got[g.Role] = true
					if g.Role == Admin && row.name == "of a membership that ends sooner" && g.End != w.now+aDay {
						t.Errorf("%+v lasts longer than it was given for", g)
					}
				}
			}
			if want := map[ProjectRole]bool{}; len(got) != len(row.roles) {
				t.Errorf("holds %v, want %v %v", got, row.roles, want)
			}
			for _, r := range row.roles {
				if !got[r] {
					t.Errorf("does not hold %s", r)
				}
			}
		})
	}
	w := cast(t)
	w.do(as("olga"), invited("nemo", RoleMember))
	w.changes(as("zed"), TakeOver{From: usr("nemo")})
	if v := w.invitation("nemo"); v.Person != usr("zed") || v.Stage != Pending {
		t.Errorf("%+v", v)
	}
	w.idle(as("zed"), TakeOver{From: usr("nemo")})
}

// Five thousand people are invited in one command, within a second.
func TestFiveThousandAtOnce(t *testing.T) {
	w := cast(t)
	var rows []Invitee
	for i := range MaxInvited {
		word := fmt.Sprintf("p%04dx", i)
		rows = append(rows, Invitee{Invitation: inv(word), Person: usr(word), Grants: []InvitedGrant{toWeb(Analyst)}, Teams: []InvitedPlace{{Team: tm("red")}}})
	}
	start := time.Now()
	w.do(as("olga"), Invite{rows})
	t.Logf("%d people with a grant and a team each: %v", MaxInvited, time.Since(start))
	if n := len(slices.Collect(w.s.Invitations(w.now, ""))); n != MaxInvited {
		t.Fatalf("%d invitations", n)
	}
	w.refused(as("olga"), Invite{append(rows, rows[0])}, ErrBadInvitees)
}
