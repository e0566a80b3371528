package org

import (
	"fmt"
	"strings"
	"testing"
)

// Rule 3.3.2 for acts on a membership, cell by cell: who acts stands at the left, on whom above. Below and missing
// are the refusals member.not_below and permission.missing, cover is role.not_covered.
func TestOneManagesDownwards(t *testing.T) {
	w := cast(t)
	soon := Window{End: w.now + aWeek}
	for _, act := range []struct {
		name   string
		do     func(PersonID) Command
		matrix string
	}{
		{"suspends", func(p PersonID) Command { return Suspend{p} }, `
         owner   admin   billing member
owner    yes     yes     yes     yes
admin    below   yes     yes     yes
billing  missing missing missing missing
member   missing missing missing missing`},
		{"removes", func(p PersonID) Command { return Remove{Person: p} }, `
         owner   admin   billing member
owner    yes     yes     yes     yes
admin    below   below   yes     yes
billing  missing missing missing missing
member   missing missing missing missing`},
		{"reactivates", func(p PersonID) Command { return Reactivate{p} }, `
         owner   admin   billing member
owner    yes     yes     yes     yes
admin    below   below   yes     yes
billing  missing missing missing missing
member   missing missing missing missing`},
		{"shortens", func(p PersonID) Command { return Reschedule{p, soon} }, `
         owner   admin   billing member
owner    yes     yes     yes     yes
admin    below   below   below   yes
billing  missing missing missing missing
member   missing missing missing missing`},
		{"makes owner of", func(p PersonID) Command { return SetRole{p, RoleOwner} }, `
         owner   admin   billing member
owner    same    yes     yes     yes
admin    same    below   below   cover
billing  missing missing missing missing
member   missing missing missing missing`},
		{"makes admin of", func(p PersonID) Command { return SetRole{p, RoleAdmin} }, `
         owner   admin   billing member
owner    yes     same    yes     yes
admin    below   same    below   yes
billing  missing missing missing missing
member   missing missing missing missing`},
		{"makes billing admin of", func(p PersonID) Command { return SetRole{p, RoleBillingAdmin} }, `
         owner   admin   billing member
owner    yes     yes     same    yes
admin    below   below   same    cover
billing  missing missing missing missing
member   missing missing missing missing`},
		{"makes member of", func(p PersonID) Command { return SetRole{p, RoleMember} }, `
         owner   admin   billing member
owner    yes     yes     yes     same
admin    below   below   below   same
billing  missing missing missing missing
member   missing missing missing missing`},
	} {
		lines := strings.Split(strings.TrimPrefix(act.matrix, "\n"), "\n")
		targets := strings.Fields(lines[0])
		for _, line := range lines[1:] {
			cells := strings.Fields(line)
			for i, want := range cells[1:] {
				t.Run(fmt.Sprintf("%s %s %s", cells[0], act.name, targets[i]), func(t *testing.T) {
					w := w.fork(t)
					by := map[string]string{"owner": "olga", "admin": "ada", "billing": "bill", "member": "mia"}[cells[0]]
					on := usr(map[string]string{"owner": "otto", "admin": "abel", "billing": "bea", "member": "max"}[targets[i]])
					if act.name == "reactivates" {
						w.do(as("olga"), Suspend{on})
					}
					switch want {
					case "yes":
						w.changes(as(by), act.do(on))
					case "same":
						w.idle(as(by), act.do(on))
					default:
						w.refused(as(by), act.do(on), map[string]error{"below": ErrNotBelow, "missing": ErrNotAllowed, "cover": ErrNotCovered}[want])
					}
				})
			}
		}
	}
}

func TestWhatOneMayDoToOneself(t *testing.T) {
	w := cast(t)
	w.attempts(t, []attempt{
		{"an owner beside another steps down to admin", as("olga"), SetRole{usr("olga"), RoleAdmin}, nil},
		{"an owner beside another steps down to billing admin", as("olga"), SetRole{usr("olga"), RoleBillingAdmin}, nil},
		{"an owner beside another steps down to member", as("olga"), SetRole{usr("olga"), RoleMember}, nil},
		{"an owner beside another suspends themselves", as("olga"), Suspend{usr("olga")}, nil},
		{"an admin steps down to member", as("ada"), SetRole{usr("ada"), RoleMember}, nil},
		{"an admin makes themselves no owner", as("ada"), SetRole{usr("ada"), RoleOwner}, ErrNotBelow},
		{"an admin makes themselves no billing admin", as("ada"), SetRole{usr("ada"), RoleBillingAdmin}, ErrNotBelow},
		{"a billing admin steps down to member", as("bill"), SetRole{usr("bill"), RoleMember}, nil},
		{"a billing admin makes themselves no admin", as("bill"), SetRole{usr("bill"), RoleAdmin}, ErrNotBelow},
		{"a member makes themselves no admin", as("mia"), SetRole{usr("mia"), RoleAdmin}, ErrNotBelow},
		{"a member makes themselves no billing admin", as("mia"), SetRole{usr("mia"), RoleBillingAdmin}, ErrNotBelow},
		{"a member makes themselves no owner", as("mia"), SetRole{usr("mia"), RoleOwner}, ErrNotBelow},
		{"an admin does not suspend themselves", as("ada"), Suspend{usr("ada")}, ErrNotBelow},
		{"a member leaves", as("mia"), Leave{}, nil},
		{"a member removes themselves", as("mia"), Remove{Person: usr("mia")}, nil},
		{"an admin removes themselves", as("ada"), Remove{Person: usr("ada")}, nil},
		{"a billing admin leaves", as("bill"), Leave{}, nil},
		{"an owner beside another leaves", as("olga"), Leave{}, nil},
		{"a member sets an end to their own membership", as("mia"), Reschedule{usr("mia"), Window{End: w.now + aWeek}}, nil},
		{"a project owner gives up their own role", as("pia"), Take{Project: prj("web"), Subject: toPerson("pia")}, nil},
		{"an analyst gives up their own role", as("ana"), Take{Project: prj("web"), Subject: toPerson("ana")}, nil},
		{"a consumer gives up no other's role", as("cora"), Take{Project: prj("web"), Subject: toPerson("cy")}, ErrNotAllowed},
		{"a project admin lowers themselves", as("pat"), Change{prj("web"), toPerson("pat"), Admin, Consumer}, nil},
		{"a project admin ends their own role early", as("pat"), RescheduleGrant{prj("web"), toPerson("pat"), Admin, Window{End: w.now + aWeek}}, nil},
		{"a team member leaves the team", as("tim"), TakeFromTeam{tm("red"), usr("tim")}, nil},
		{"a team manager leaves the team", as("tess"), TakeFromTeam{tm("red"), usr("tess")}, nil},
	}...)
}

// Project grants do not matter where a membership ends: an admin removes a member who is project owner somewhere.
func TestProjectGrantsProtectNoMembership(t *testing.T) {
	w := cast(t)
	w.attempts(t, []attempt{
		{"an admin removes a project owner", as("ada"), Remove{Person: usr("pia")}, nil},
		{"an admin suspends a project owner", as("ada"), Suspend{usr("pia")}, nil},
	}...)
	w.do(as("olga"), give("web", toPerson("bill"), Owner))
	w.attempts(t, []attempt{
		{"an admin removes a billing admin who is project owner", as("ada"), Remove{Person: usr("bill")}, nil},
	}...)
}

// Rule 3.3.2 for acts on a grant: authority is that at the project.
func TestOneTakesAccessDownwards(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), give("web", toEveryone, Consumer), give("web", toPerson("max"), Admin), give("app", toTeam("red"), Owner))
	w.do(as("olga"), give("web", toTeam("red"), Admin))
	take := func(word string) Command { return Take{Project: prj("web"), Subject: toPerson(word)} }
	soon := Window{End: w.now + aWeek}
	w.attempts(t, []attempt{
		{"a project owner takes from another owner", as("pia"), take("paz"), nil},
		{"a project owner takes from an admin", as("pia"), take("pat"), nil},
		{"a project owner takes from an analyst", as("pia"), take("ana"), nil},
		{"a project admin takes nothing from an owner", as("pat"), take("pia"), ErrGrantNotBelow},
		{"a project admin takes nothing from another admin", as("pat"), take("pip"), ErrGrantNotBelow},
		{"a project admin takes from an analyst", as("pat"), take("ana"), nil},
		{"a project admin takes from a consumer", as("pat"), take("cora"), nil},
		{"a project admin takes from everyone", as("pat"), Take{Project: prj("web"), Subject: toEveryone}, nil},
		{"an analyst takes nothing", as("ana"), take("cora"), ErrNotAllowed},
		{"an admin of the organization takes nothing from a project owner", as("ada"), take("pia"), ErrGrantNotBelow},
		{"an admin of the organization takes nothing from a project admin", as("ada"), take("max"), ErrGrantNotBelow},
		{"an admin of the organization takes from an analyst", as("ada"), take("ana"), nil},
		{"an admin of the organization takes nothing from a team that is admin", as("ada"), Take{Project: prj("web"), Subject: toTeam("red")}, ErrGrantNotBelow},
		{"an owner of the organization takes from anyone", as("olga"), take("pia"), nil},
		{"an owner of the organization takes from a team", as("olga"), Take{Project: prj("app"), Subject: toTeam("red")}, nil},
		{"a project admin shortens no owner's access", as("pat"), RescheduleGrant{prj("web"), toPerson("pia"), Owner, soon}, ErrGrantNotBelow},
		{"a project admin shortens an analyst's access", as("pat"), RescheduleGrant{prj("web"), toPerson("ana"), Analyst, soon}, nil},
		{"a project owner shortens another owner's access", as("pia"), RescheduleGrant{prj("web"), toPerson("paz"), Owner, soon}, nil},
		{"a project admin makes no consumer of an owner", as("pat"), Change{prj("web"), toPerson("pia"), Owner, Consumer}, ErrGrantNotBelow},
		{"a project admin makes no consumer of another admin", as("pat"), Change{prj("web"), toPerson("pip"), Admin, Consumer}, ErrGrantNotBelow},
		{"a project admin makes a consumer of an analyst", as("pat"), Change{prj("web"), toPerson("ana"), Analyst, Consumer}, nil},
		{"an admin of the organization puts nothing in the place of a team's owner", as("ada"), give("app", toTeam("red"), Consumer), ErrGrantNotBelow},
		{"an owner of the organization does", as("olga"), give("app", toTeam("red"), Consumer), nil},
		{"a project admin gives an owner a second role", as("pat"), give("web", toPerson("pia"), Consumer), nil},
		{"a project owner takes nothing in another project", as("pia"), Take{Project: prj("app"), Subject: toPerson("pat")}, ErrNotAllowed},
	}...)
}

// An admin may suspend another admin, one at a time, and only an owner lifts it.
func TestAdminsSuspendAdmins(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), SetRole{usr("mia"), RoleAdmin})
	w.changes(as("ada"), Suspend{usr("abel")})
	if f, ok := w.last()[0].(*MemberSuspended); !ok || !f.Peer {
		t.Fatalf("%+v is not marked as the suspension of a peer, so owners are not told", w.last()[0])
	}
	w.attempts(t, []attempt{
		{"not a second one while the first is open", as("ada"), Suspend{usr("mia")}, ErrPeerSuspension},
		{"another admin may suspend the next", as("mia"), Suspend{usr("ada")}, nil},
		{"who did it does not lift it", as("ada"), Reactivate{usr("abel")}, ErrNotBelow},
		{"another admin does not lift it", as("mia"), Reactivate{usr("abel")}, ErrNotBelow},
		{"who is suspended does not lift it", as("abel"), Reactivate{usr("abel")}, ErrSuspendedActor},
		{"any owner lifts it", as("otto"), Reactivate{usr("abel")}, nil},
		{"nobody removes a peer that way", as("ada"), Remove{Person: usr("abel")}, ErrNotBelow},
		{"members below may be suspended meanwhile", as("ada"), Suspend{usr("max")}, nil},
		{"billing admins may be suspended meanwhile", as("ada"), Suspend{usr("bill")}, nil},
	}...)
	for _, end := range []struct {
		name string
		do   Command
	}{
		{"once an owner has lifted it", Reactivate{usr("abel")}},
		{"once an owner has removed the suspended", Remove{Person: usr("abel")}},
		{"once an owner has made the suspended a member", SetRole{usr("abel"), RoleMember}},
		{"once the membership of the suspended has ended by itself", Reschedule{usr("abel"), Window{End: w.now + anHour}}},
	} {
		t.Run("the next may follow "+end.name, func(t *testing.T) {
			w := w.fork(t)
			w.do(as("olga"), end.do)
			w.now += anHour
			w.changes(as("ada"), Suspend{usr("mia")})
		})
	}
	w.do(as("olga"), Suspend{usr("bill")})
	if f := w.last()[0].(*MemberSuspended); f.Peer {
		t.Fatal("an owner's suspension is marked as that of a peer")
	}
	w.do(as("mia"), Suspend{usr("max")})
	if f := w.last()[0].(*MemberSuspended); f.Peer {
		t.Fatal("the suspension of a member is marked as that of a peer")
	}
}

// A suspension that was no peer's does not count against the actor.
func TestSuspensionsBeforeBeingPeersDoNotCount(t *testing.T) {
	w := cast(t)
	w.do(as("ada"), Suspend{usr("max")})
	w.do(as("olga"), SetRole{usr("max"), RoleAdmin}, SetRole{usr("mia"), RoleAdmin})
	w.changes(as("ada"), Suspend{usr("mia")})
}
