package org

import (
	"fmt"
	"testing"
)

func planSituations() map[string][]situation {
	asked := fixed("of a member", ClosePlanRequest{prq("one"), PlanGranted})
	asked.members = []Command{RequestPlan{prq("one"), "team"}}
	mine := fixed("one's own", WithdrawPlanRequest{})
	mine.mine = RequestPlan{prq("two"), "team"}
	waited := fixed("after its 72 hours", FinishRecovery{})
	waited.ready, waited.later = []Command{Vouch{usr("max"), true}, StartRecovery{Person: usr("max")}}, 72*anHour
	open := fixed("that is open", StopRecovery{})
	open.ready = []Command{StartRecovery{Person: usr("max")}}
	early := fixed("before", FinishRecovery{})
	early.ready = open.ready
	return map[string][]situation{
		"StartRecovery":       about(func(p PersonID) Command { return StartRecovery{Person: p} }),
		"StopRecovery":        {fixed("of which there is none", StopRecovery{}), open},
		"FinishRecovery":      {fixed("of which there is none", FinishRecovery{}), early, waited},
		"SetPlan":             {fixed("of enough seats", seats("100")), fixed("of one seat", seats("1")), fixed("of NaN seats", seats("NaN"))},
		"RequestPlan":         {fixed("another one", RequestPlan{prq("one"), "team"})},
		"ClosePlanRequest":    {asked, fixed("of which there is none", ClosePlanRequest{prq("one"), PlanGranted})},
		"WithdrawPlanRequest": {mine},
		"ChangeBilling":       {fixed("details", ChangeBilling{})},
	}
}

// A number that is no number, or is missing, is refused, and what held before holds on: never unlimited by accident.
func TestALimitThatIsNoneIsRefused_T63(t *testing.T) {
	w := cast(t)
	w.do(theOperator, seats("20"))
	kept := w.s.Plan(w.now)
	set := map[string]func(*SetPlan, Limit){
		"seats":            func(p *SetPlan, l Limit) { p.Seats = l },
		"projects":         func(p *SetPlan, l Limit) { p.Projects = l },
		"service accounts": func(p *SetPlan, l Limit) { p.ServiceAccounts = l },
		"custom roles":     func(p *SetPlan, l Limit) { p.CustomRoles = l },
	}
	for what, set := range set {
		for _, l := range []Limit{"", "0", "-1", "+5", "NaN", "nan", "Infinity", "inf", "1e3", "1.5", "10.0", "0x10", "010", "00", " 5", "5 ", "5\n", "٥", "null", "true", "Unlimited",
			"UNLIMITED", "unlimited ", "none", "∞", "1_000", "1,000", "1000000000", "99999999999999999999"} {
			if l == "0" && (what == "service accounts" || what == "custom roles") {
				continue // none of those is a plan too
			}
			w.refused(theOperator, terms(func(p *SetPlan) { set(p, l) }), ErrBadLimit)
		}
	}
	if again := w.s.Plan(w.now); fmt.Sprint(again) != fmt.Sprint(kept) {
		t.Errorf("%+v, before it %+v", again, kept)
	}
	// And what a log holds all the same allows nothing.
	for _, l := range []Limit{"", "NaN", "-1", "many"} {
		if n, limited := l.most(); n != 0 || !limited {
			t.Errorf("%q is %d, limited %v", l, n, limited)
		}
	}
}

// Who takes a seat, and what takes one more.
func TestSeats_T61_I12(t *testing.T) {
	w := cast(t)
	const taken = 19 // everybody in the cast but sam, who is suspended; finn starts in a week
	if got := w.s.seats(w.now, -1); got != taken {
		t.Fatalf("%d seats", got)
	}
	one := func(p *SetPlan) { p.Seats = "19" }
	w.do(theOperator, terms(one))
	full := w.fork(t)
	for _, a := range []attempt{
		{"somebody is added", as("ada"), AddMember{Person: usr("zed"), Role: RoleMember}, ErrNoSeat},
		{"somebody is added by an owner", as("olga"), AddMember{Person: usr("zed"), Role: RoleOwner}, ErrNoSeat},
		{"somebody is added for later", as("ada"), AddMember{Person: usr("zed"), Role: RoleMember, Window: Window{Start: w.now + aWeek}}, ErrNoSeat},
		{"somebody is reactivated", as("ada"), Reactivate{usr("sam")}, ErrNoSeat},
		{"somebody is suspended", as("ada"), Suspend{usr("mia")}, nil},
		{"roles change", as("olga"), SetRole{usr("mia"), RoleAdmin}, nil},
		{"a membership gets an end", as("ada"), Reschedule{usr("mia"), Window{End: w.now + aWeek}}, nil},
		{"a project is created", as("ada"), CreateProject{Project: prj("lab"), Name: "Lab"}, nil},
		{"access is given", as("ada"), give("web", toPerson("mia"), Consumer), nil},
		{"a member leaves", as("mia"), Leave{}, nil},
	} {
		w.attempts(t, a)
	}
	full.do(as("ada"), Remove{Person: usr("mia")})
	full.do(as("ada"), AddMember{Person: usr("zed"), Role: RoleMember})
	full.refused(as("ada"), Restore{Person: usr("mia")}, ErrNoSeat)
	full.do(as("ada"), Suspend{usr("zed")}, Restore{Person: usr("mia")})
	full.refused(as("ada"), Reactivate{usr("zed")}, ErrNoSeat)
	full.do(as("olga"), Reschedule{usr("cora"), Window{End: full.now + aWeek}})
	full.now += aWeek
	full.do(as("ada"), Reactivate{usr("zed")}) // cora's seat is free without a job
	full.refused(as("ada"), AddMember{Person: usr("cora"), Role: RoleMember}, ErrNoSeat)

	// Billing admins may be exempt. Who is no longer one takes a seat like anybody.
	free := w.fork(t)
	free.do(theOperator, terms(func(p *SetPlan) { p.Seats, p.BillingAdminsTakeNoSeat = "17", true }))
	if u := free.s.Plan(free.now).Limits[0]; u.Used != 17 || u.Over != 0 {
		t.Errorf("%+v", u)
	}
	free.do(as("olga"), AddMember{Person: usr("zed"), Role: RoleBillingAdmin})
	free.refused(as("olga"), SetRole{usr("bill"), RoleMember}, ErrNoSeat)
	free.do(as("olga"), SetRole{usr("mia"), RoleBillingAdmin}, SetRole{usr("bill"), RoleMember})
}

// Lowering a plan removes nobody and restricts no owner: it stops new uses and says what is over.
func TestAPlanThatIsLowered_T62_I13(t *testing.T) {
	w := cast(t)
	before := fmt.Sprint(w.s.Counts(), w.s.Permissions(usr("olga"), "", w.now), w.s.Permissions(usr("pia"), prj("web"), w.now))
	w.do(theOperator, terms(func(p *SetPlan) { p.Seats, p.Projects = "1", "1" }))
	p := w.s.Plan(w.now)
	if len(p.Over) != 2 || p.Limits[0] != (Usage{MeasureSeats, true, 1, 19, 0, 18}) || p.Limits[1] != (Usage{MeasureProjects, true, 1, 2, 0, 1}) {
		t.Errorf("%+v", p)
	}
	if after := fmt.Sprint(w.s.Counts(), w.s.Permissions(usr("olga"), "", w.now), w.s.Permissions(usr("pia"), prj("web"), w.now)); after != before {
		t.Errorf("%s, before it %s", after, before)
	}
	for _, a := range []attempt{
		{"an owner renames it", as("olga"), Rename{Name: "Apex"}, nil},
		{"an owner hands over", as("olga"), TransferOwnership{To: usr("mia"), StepDown: RoleAdmin}, nil},
		{"an owner removes somebody", as("olga"), Remove{Person: usr("mia")}, nil},
		{"an admin gives access", as("ada"), give("web", toPerson("mia"), Consumer), nil},
		{"a member leaves", as("mia"), Leave{}, nil},
		{"a project is deleted", as("olga"), DeleteProject{prj("app")}, nil},
		{"nobody comes", as("olga"), AddMember{Person: usr("zed"), Role: RoleMember}, ErrNoSeat},
		{"nobody comes back", as("olga"), Reactivate{usr("sam")}, ErrNoSeat},
		{"no project comes", as("olga"), CreateProject{Project: prj("lab"), Name: "Lab"}, ErrNoProjectLeft},
	} {
		w.attempts(t, a)
	}
	w.do(theOperator, terms(func(p *SetPlan) { p.Projects, p.CustomRoles = "1", "1" }))
	helper := CreateRole{Role: rl("helper"), Scope: InProject, Name: "Helper", RoleContent: permits("project:view")}
	w.do(as("olga"), helper)
	helper.Role, helper.Name = rl("guide"), "Guide"
	w.refused(as("olga"), helper, ErrNoCustomRoleLeft)
	w.do(as("olga"), DeleteRole{Role: rl("helper")}, helper)
	w.do(as("olga"), DeleteProject{prj("app")}, DeleteProject{prj("web")}, RestoreProject{Project: prj("web")})
	w.refused(as("olga"), RestoreProject{Project: prj("app")}, ErrNoProjectLeft)
}

// Each limit is refused in words of its own, and a question for an entitlement by its name is one for the limit.
func TestEveryLimitHasItsWords(t *testing.T) {
	want := map[Measure]*Refusal{MeasureSeats: ErrNoSeat, MeasureProjects: ErrNoProjectLeft, MeasureServiceAccounts: ErrNoServiceAccountLeft, MeasureCustomRoles: ErrNoCustomRoleLeft}
	for _, m := range meters {
		if m.full != want[m.of] || EntitlementKey(m.of).valid() == nil {
			t.Errorf("%s: %v", m.of, m.full)
		}
		delete(want, m.of)
	}
	if len(want) > 0 {
		t.Errorf("no meter for %v", want)
	}
}

// Filling an organization may go over the seats, and says so. Once somebody has entered, the operator adds nobody.
func TestFillingGoesOverTheSeatsAndSaysSo(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, seats("2"), AddMember{Person: usr("ada"), Role: RoleAdmin})
	if len(w.last()) != 1 {
		t.Errorf("%v", w.last())
	}
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember})
	if last := w.last(); len(last) != 2 || *last[1].(*PlanExceeded) != (PlanExceeded{MeasureSeats}) {
		t.Errorf("%v", last)
	}
	w.do(theOperator, CreateProject{Project: prj("web"), Name: "Web"})
	if over := w.s.Plan(w.now).Over; len(w.last()) != 1 || len(over) != 1 || over[0] != MeasureSeats {
		t.Errorf("%v, over %v", w.last(), over)
	}
	w.do(as("olga"), Enter{})
	w.refused(as("olga"), AddMember{Person: usr("max"), Role: RoleMember}, ErrNoSeat)
	w.refused(theOperator, AddMember{Person: usr("max"), Role: RoleMember}, ErrEntered)
}

// A recovery is not held up by seats: an exempt billing admin who becomes owner takes one.
func TestARecoveryGoesOverTheSeats(t *testing.T) {
	w := cast(t)
	w.do(theOperator, terms(func(p *SetPlan) { p.Seats, p.BillingAdminsTakeNoSeat = "17", true }), StartRecovery{Person: usr("bill")})
	w.now += 72 * anHour
	w.do(theOperator, FinishRecovery{})
	if last := w.last(); len(last) != 2 || *last[1].(*PlanExceeded) != (PlanExceeded{MeasureSeats}) || w.member("bill").Role != RoleOwner {
		t.Errorf("%v", last)
	}
}

func TestEntitlements(t *testing.T) {
	w := cast(t)
	ask := func(key EntitlementKey, want Entitled) {
		t.Helper()
		if got := w.s.Entitled(key, w.now); got != want {
			t.Errorf("%s: %+v, want %+v", key, got, want)
		}
	}
	ask("sso", Entitled{Reason: ReasonNoPlan})
	ask("seats", Entitled{Allowed: true, Reason: ReasonNoPlan, Used: 19})
	w.do(theOperator, terms(func(p *SetPlan) {
		p.Seats, p.Projects, p.CustomRoles = "20", "2", "0"
		p.Entitlements = []Entitlement{{"sso", "on"}, {"scim", "off"}, {"events", "1000"}, {"exports", "unlimited"}}
	}))
	ask("seats", Entitled{Allowed: true, Reason: ReasonIncluded, Limited: true, Most: 20, Used: 19, Left: 1})
	ask("projects", Entitled{Reason: ReasonUsedUp, Limited: true, Most: 2, Used: 2})
	ask("custom_roles", Entitled{Reason: ReasonNotIncluded, Limited: true})
	ask("service_accounts", Entitled{Allowed: true, Reason: ReasonIncluded})
	ask("sso", Entitled{Allowed: true, Reason: ReasonIncluded})
	ask("scim", Entitled{Reason: ReasonNotIncluded})
	ask("events", Entitled{Allowed: true, Reason: ReasonIncluded, Limited: true, Most: 1000, Left: 1000})
	ask("exports", Entitled{Allowed: true, Reason: ReasonIncluded})
	ask("unheard", Entitled{Reason: ReasonNotIncluded})
	ask("", Entitled{Reason: ReasonNotIncluded})
	w.do(theOperator, SuspendOrganization{})
	ask("sso", Entitled{Reason: ReasonOrgSuspended})
	ask("seats", Entitled{Reason: ReasonOrgSuspended})
	for p, want := range map[string]bool{"olga": true, "bill": true, "ada": false, "mia": false, "sam": false, "zed": false} {
		if w.s.StillHolds(usr(p), "plan:view", w.now) != want || w.check(p, "plan:view", "") {
			t.Errorf("%s sees the plan of a suspended organization: %v", p, !want)
		}
	}
	w.do(theOperator, LiftSuspension{})
	w.do(as("olga"), DeleteOrganization{"acme"})
	w.now = w.s.ClosesAt()
	ask("sso", Entitled{Reason: ReasonClosed})
	if w.s.StillHolds(usr("olga"), "plan:view", w.now) {
		t.Error("an owner sees the plan of a closed organization")
	}
	var none *State
	if got := none.Entitled("sso", 0); got != (Entitled{Reason: ReasonUnavailable}) {
		t.Errorf("%+v", got)
	}
}

// The two sentences of the product at once: a billing admin edits payment details and invites nobody; an admin adds
// members and buys nothing.
func TestBuyingAndInvitingAreApart_T31_I26(t *testing.T) {
	w := cast(t)
	for _, a := range []attempt{
		{"a billing admin edits payment details", as("bill"), ChangeBilling{}, nil},
		{"an owner edits payment details", as("olga"), ChangeBilling{}, nil},
		{"an admin edits none", as("ada"), ChangeBilling{}, ErrNotAllowed},
		{"a member edits none", as("mia"), ChangeBilling{}, ErrNotAllowed},
		{"an admin adds a member", as("ada"), AddMember{Person: usr("zed"), Role: RoleMember}, nil},
		{"a billing admin adds nobody", as("bill"), AddMember{Person: usr("zed"), Role: RoleMember}, ErrNotAllowed},
		{"a billing admin changes no role", as("bill"), SetRole{usr("mia"), RoleAdmin}, ErrNotAllowed},
		{"a billing admin gives no access", as("bill"), give("web", toPerson("mia"), Consumer), ErrNotAllowed},
		{"an admin makes no billing admin", as("ada"), SetRole{usr("mia"), RoleBillingAdmin}, ErrNotCovered},
	} {
		w.attempts(t, a)
	}
}
