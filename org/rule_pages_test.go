package org

import (
	"fmt"
	"slices"
	"testing"
)

// Pages of the holders of a role go on where they were, also if whoever the last page ended with holds it no more; and who
// holds it from two sources is one holder.
func TestHoldersOfARoleAreReadPageByPage(t *testing.T) {
	w := cast(t)
	helper := ProjectRole(rl("helper"))
	w.do(as("olga"), CreateRole{Role: rl("helper"), Scope: InProject, Name: "Helper", RoleContent: RoleContent{Permissions: []Permission{"project:view"}}},
		CreateRole{Role: rl("desk"), Scope: InOrganization, Name: "Desk"},
		CreateAccount{Account: acc("bot"), Name: "Bot", Role: OrgRole(rl("desk"))}, SetRole{usr("mia"), OrgRole(rl("desk"))}, SetRole{usr("max"), OrgRole(rl("desk"))},
		give("web", toPerson("mia"), helper), Give{Project: prj("web"), Subject: toPerson("mia"), Role: helper, Source: ByImport},
		give("app", toPerson("mia"), helper), give("web", toPerson("max"), helper), give("web", Subject{Account: acc("bot")}, helper),
		give("app", toTeam("red"), helper), give("web", toEveryone, helper),
		give("web", Subject{Everyone: true, Accounts: true}, helper), give("app", Subject{Everyone: true, Accounts: true}, helper))
	for role, want := range map[RoleID]int{rl("desk"): 3, rl("helper"): 8} {
		whole := slices.Collect(w.s.RoleHolders(role, "", ""))
		if len(whole) != want {
			t.Fatalf("%d hold %s: %+v", len(whole), role, whole)
		}
		for i, last := range whole {
			for read := range whole[i+1:] { // stops early, too
				n := 0
				for h := range w.s.RoleHolders(role, last.Holder(), last.Project) {
					if h != whole[i+1+n] {
						t.Errorf("behind %+v: %+v", last, h)
					}
					if n++; n > read {
						break
					}
				}
			}
			if rest := slices.Collect(w.s.RoleHolders(role, last.Holder(), last.Project)); !slices.Equal(rest, whole[i+1:]) {
				t.Errorf("behind %+v: %+v", last, rest)
			}
			without := w.fork(t)
			switch {
			case last.Project != "":
				without.do(as("olga"), Take{Project: last.Project, Subject: last.Subject, Role: helper})
			case last.Account != "":
				without.do(as("olga"), DeleteAccount{last.Account})
			default:
				without.do(as("olga"), Remove{Person: last.Person})
			}
			rest := slices.DeleteFunc(slices.Clone(whole[i+1:]), func(h RoleHolder) bool { return last.Project == "" && h.Subject == last.Subject })
			if got := slices.Collect(without.s.RoleHolders(role, last.Holder(), last.Project)); !slices.Equal(got, rest) {
				t.Errorf("behind %+v, who is gone: %+v, not %+v", last, got, rest)
			}
		}
	}
	for _, unknown := range []struct {
		of     RoleID
		behind Holder
		in     ProjectID
	}{
		{rl("nobody"), "", ""}, {rl("helper"), "x", prj("web")}, {rl("helper"), Holder(usr("nobody")), prj("web")}, {rl("helper"), "everyone", prj("none")},
		{rl("helper"), Holder(tm("none")), prj("web")}, {rl("helper"), Holder(acc("none")), prj("web")}, {rl("desk"), "everyone", ""},
	} {
		if got := slices.Collect(w.s.RoleHolders(unknown.of, unknown.behind, unknown.in)); len(got) > 0 {
			t.Errorf("behind %+v: %+v", unknown, got)
		}
	}
}

// Requests for a plan are read page by page whatever order their ids came in, also if the last one read was answered.
func TestRequestsForAPlanAreReadPageByPage(t *testing.T) {
	w := cast(t)
	for i, word := range []string{"mia", "max", "pia", "paz", "ana"} {
		w.do(as(word), RequestPlan{PlanRequestID(id("prq_", fmt.Sprint("n", (i*3)%5))), "pro"})
	}
	read := func(size int, between func(last PlanRequestID)) (out []PlanRequestID) {
		for after := PlanRequestID(""); ; {
			n := 0
			for r := range w.s.PlanRequests(w.now, after) {
				out = append(out, r.Request)
				if n++; n == size {
					break
				}
			}
			if n < size {
				return out
			}
			after = out[len(out)-1]
			between(after)
		}
	}
	whole := read(100, nil)
	if len(whole) != 5 || !slices.IsSorted(whole) {
		t.Fatal(whole)
	}
	for size := 1; size < 6; size++ {
		if got := read(size, func(PlanRequestID) {}); !slices.Equal(got, whole) {
			t.Errorf("in pages of %d: %v, in one: %v", size, got, whole)
		}
	}
	if got := read(2, func(last PlanRequestID) { w.do(as("bill"), ClosePlanRequest{last, PlanDeclined}) }); !slices.Equal(got, whole) {
		t.Errorf("while they are answered: %v, at once: %v", got, whole)
	}
}

// What an account may not do, people can give it: enable it, give it a role in the project, or another in the organization.
func TestExplanationsForServiceAccountsNameWhoDecides(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), CreateAccount{Account: acc("bot"), Name: "Bot"}, CreateAccount{Account: acc("asleep"), Name: "Asleep", Grants: []AccountGrant{{Project: prj("web"), Role: Analyst}}},
		DisableAccount{acc("asleep")}, CreateAccount{Account: acc("gone"), Name: "Gone"}, DeleteAccount{acc("gone")})
	organization := []PersonID{usr("olga"), usr("otto"), usr("ada"), usr("abel")}
	inWeb := append(slices.Clone(organization), usr("pia"), usr("paz"), usr("pat"), usr("pip"))
	for _, row := range []struct {
		name    string
		account string
		may     Permission
		in      ProjectID
		reason  string
		want    []PersonID
	}{
		{"a project's owners and admins decide what it gets there", "bot", "project:view", prj("web"), ReasonNotGiven, inWeb},
		{"owners decide what an owner of the project may", "bot", "project:delete", prj("web"), ReasonNotGiven, []PersonID{usr("olga"), usr("otto"), usr("pia"), usr("paz")}},
		{"owners and admins decide on a role of the organization", "bot", "members:view", "", ReasonNotGiven, organization},
		{"owners decide on what only billing admins may", "bot", "plan:view", "", ReasonNotGiven, []PersonID{usr("olga"), usr("otto")}},
		{"nobody gives it what is reserved", "bot", "owners:make", "", ReasonNotGiven, nil},
		{"whoever may enable a disabled one, and its project's are among them", "asleep", "project:view", prj("web"), ReasonSuspended, inWeb},
		{"nobody gives a deleted one anything", "gone", "project:view", prj("web"), ReasonNoMember, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := w.s.Explain(PersonID(acc(row.account)), row.may, row.in, w.now)
			if e.Allowed || e.Reason != row.reason || !sameSet(e.Deciders, row.want) {
				t.Errorf("%+v, not decided by %v", e, row.want)
			}
			if slices.Contains(e.OrgRoles, RoleOwner) {
				t.Errorf("an account would be owner: %v", e.OrgRoles)
			}
		})
	}
}
