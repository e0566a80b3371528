package org

import (
	"reflect"
	"slices"
	"testing"
)

// terms make a plan that limits only what they say.
func terms(change func(*SetPlan)) SetPlan {
	p := SetPlan{Plan: "pro", Subscription: Paid, Seats: Unlimited, Projects: Unlimited, ServiceAccounts: Unlimited, CustomRoles: Unlimited}
	if change != nil {
		change(&p)
	}
	return p
}

func seats(n Limit) SetPlan { return terms(func(p *SetPlan) { p.Seats = n }) }

func prq(word string) PlanRequestID { return PlanRequestID(id("prq_", word)) }

func planExercises() []exercise {
	full := terms(func(p *SetPlan) {
		p.Seats, p.Projects, p.ServiceAccounts, p.CustomRoles, p.BillingAdminsTakeNoSeat = "25", "2", "0", "3", true
		p.Entitlements = []Entitlement{{"sso", "on"}, {"events", "1000000"}, {"audit:days", "unlimited"}, {"scim", "off"}}
	})
	bad := func(name string, want error, change func(*SetPlan)) attempt {
		return attempt{name: name, do: terms(change), want: want}
	}
	asked := attempt{by: as("mia"), do: RequestPlan{prq("one"), "team"}}
	return []exercise{
		{
			name: "all terms", by: theOperator, do: full, facts: []string{"plan.set"},
			then: func(w *world) {
				p := w.s.Plan(w.now)
				want := []Usage{
					{MeasureSeats, true, 25, 17, 8, 0}, {MeasureProjects, true, 2, 2, 0, 0},
					{MeasureServiceAccounts, true, 0, 0, 0, 0}, {MeasureCustomRoles, true, 3, 0, 3, 0},
				}
				if !reflect.DeepEqual(p.Limits, want) || len(p.Over) > 0 || p.Plan != "pro" || p.Subscription != Paid || p.Set != w.now || p.Changed != w.s.Version() || !p.BillingAdminsTakeNoSeat {
					w.Errorf("%+v", p)
				}
				if !slices.Equal(p.Entitlements, []Entitlement{{"audit:days", "unlimited"}, {"events", "1000000"}, {"scim", "off"}, {"sso", "on"}}) {
					w.Errorf("%v", p.Entitlements)
				}
				p.Entitlements[0].Value, p.Limits[0].Most = "off", 0
				if again := w.s.Plan(w.now); again.Entitlements[0].Value == "off" || again.Limits[0].Most == 0 {
					w.Error("what was shown is part of the state")
				}
			},
			bad: []attempt{
				bad("without a key", ErrBadPlan, func(p *SetPlan) { p.Plan = "" }),
				bad("with a key in capitals", ErrBadPlan, func(p *SetPlan) { p.Plan = "Pro" }),
				bad("with a key that begins with a hyphen", ErrBadPlan, func(p *SetPlan) { p.Plan = "-pro" }),
				bad("with a key of 65 letters", ErrBadPlan, func(p *SetPlan) { p.Plan = PlanKey(make([]byte, 65)) }),
				bad("in no state", ErrBadSubscription, func(p *SetPlan) { p.Subscription = "" }),
				bad("with an entitlement twice", ErrBadEntitlement, func(p *SetPlan) { p.Entitlements = []Entitlement{{"sso", "on"}, {"sso", "off"}} }),
				bad("with an entitlement of that name", ErrBadEntitlement, func(p *SetPlan) { p.Entitlements = []Entitlement{{"seats", "5"}} }),
				bad("with an entitlement of none", ErrBadEntitlement, func(p *SetPlan) { p.Entitlements = []Entitlement{{"events", "0"}} }),
				bad("with an entitlement without value", ErrBadEntitlement, func(p *SetPlan) { p.Entitlements = []Entitlement{{"events", ""}} }),
				bad("with an entitlement that is true", ErrBadEntitlement, func(p *SetPlan) { p.Entitlements = []Entitlement{{"events", "true"}} }),
				bad("with an entitlement without key", ErrBadEntitlement, func(p *SetPlan) { p.Entitlements = []Entitlement{{"", "on"}} }),
				bad("with too many of them", ErrBadEntitlement, func(p *SetPlan) { p.Entitlements = make([]Entitlement, MaxEntitlements+1) }),
				{name: "by an owner", by: as("olga"), do: full, want: ErrOperatorOnly},
				{name: "by a billing admin", by: as("bill"), do: full, want: ErrOperatorOnly},
			},
		},
		{
			name: "a member asks for another plan", by: as("mia"), do: RequestPlan{prq("one"), "team"}, facts: []string{"plan.requested"},
			then: func(w *world) {
				w.requests(PlanRequest{prq("one"), usr("mia"), "team", w.now})
				w.idle(as("mia"), RequestPlan{prq("two"), "team"})
				w.refused(as("mia"), RequestPlan{prq("two"), "pro"}, ErrPlanRequested)
				w.refused(as("ada"), RequestPlan{prq("one"), "pro"}, ErrIDUsed)
				w.do(as("ada"), RequestPlan{prq("two"), "pro"})
				w.do(as("olga"), Remove{Person: usr("mia")})
				w.requests(PlanRequest{prq("two"), usr("ada"), "pro", w.now})
				w.do(as("olga"), AddMember{Person: usr("mia"), Role: RoleMember}, Reschedule{usr("ada"), Window{End: w.now + 1}})
				w.do(as("mia"), RequestPlan{prq("one"), "team"})
				w.now++
				w.requests(PlanRequest{prq("one"), usr("mia"), "team", w.now - 1})
				w.now--
			},
			bad: []attempt{
				{name: "under a malformed id", do: RequestPlan{"one", "team"}, want: ErrBadID},
				{name: "without a plan", do: RequestPlan{prq("one"), ""}, want: ErrBadPlan},
				{name: "by the operator", by: theOperator, do: RequestPlan{prq("one"), "team"}, want: ErrNotAllowed},
			},
		},
		{
			name: "who manages the plan answers", before: []attempt{asked}, by: as("bill"), do: ClosePlanRequest{prq("one"), PlanDeclined},
			facts: []string{"plan.request_closed"}, then: func(w *world) { w.requests() }, again: ErrUnknownPlanRequest,
			bad: []attempt{
				{name: "without saying how", do: ClosePlanRequest{prq("one"), ""}, want: ErrBadOutcome},
				{name: "as withdrawn, which is the other's to do", do: ClosePlanRequest{prq("one"), PlanWithdrawn}, want: ErrBadOutcome},
				{name: "another one", do: ClosePlanRequest{prq("two"), PlanGranted}, want: ErrUnknownPlanRequest},
				{name: "by an admin", by: as("ada"), do: ClosePlanRequest{prq("one"), PlanGranted}, want: ErrNotAllowed},
				{name: "by who asked", by: as("mia"), do: ClosePlanRequest{prq("one"), PlanGranted}, want: ErrNotAllowed},
			},
		},
		{
			name: "who asked takes it back", before: []attempt{asked}, by: as("mia"), do: WithdrawPlanRequest{},
			facts: []string{"plan.request_closed"}, then: func(w *world) { w.requests() },
		},
	}
}

func (w *world) requests(want ...PlanRequest) {
	w.Helper()
	if got := slices.Collect(w.s.PlanRequests(w.now, "")); !slices.Equal(got, want) {
		w.Errorf("%+v, want %+v", got, want)
	}
	if len(want) > 0 {
		for r := range w.s.PlanRequests(w.now, want[0].Request) {
			if r.Request <= want[0].Request {
				w.Errorf("%s stands behind itself", r.Request)
			}
		}
	}
}

// What changes the billing details leaves a fact that says so, and names its command: their text is a note of that.
func TestBillingDetailsStayOutOfTheLog(t *testing.T) {
	w := cast(t)
	if w.s.Billing() != "" {
		t.Fatalf("%s", w.s.Billing())
	}
	w.changes(as("bill"), ChangeBilling{})
	last := w.log[len(w.log)-1]
	if name, data := Encode(last.Event); name != "billing.changed" || string(data) != "{}" || w.s.Billing() != last.Command {
		t.Errorf("%s %s of %s, and the state names %s", name, data, last.Command, w.s.Billing())
	}
	if loaded, err := Load(w.s.catalogs, Save(w.s)); err != nil || loaded.Billing() != last.Command {
		t.Errorf("%v", err)
	}
	w.refused(as("ada"), ChangeBilling{}, ErrNotAllowed)
	w.refused(theOperator, ChangeBilling{}, ErrEntered)
}
