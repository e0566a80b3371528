package org

import (
	"slices"
	"strconv"
)

// Words of plans. They are declared by whoever writes the plan, not typed by people, and so may stand in facts.
type (
	PlanKey        string // 1 to 64 of a–z, 0–9, "_", "-", "." and ":", beginning with a letter or digit
	EntitlementKey string // the same
	Subscription   string // where the subscription stands, as whoever bills says
	Limit          string // "unlimited", or a number from 0 to 999,999,999 without leading zeros
	Allowance      string // "on", "off", or what a Limit is
)

// The states of a subscription. They are shown; what a plan allows does not depend on them.
const (
	Trialing Subscription = "trialing"
	Paid     Subscription = "active"
	PastDue  Subscription = "past_due"
	Canceled Subscription = "canceled"
)

// Subscriptions are all states.
var Subscriptions = [...]Subscription{Trialing, Paid, PastDue, Canceled}

// Unlimited is the limit that is none. Nothing else is read as that.
const Unlimited Limit = "unlimited"

// Terms are what a plan allows an organization. Every limit is said: one that is missing is a mistake, not unlimited.
type Terms struct {
	Plan            PlanKey      `json:"plan"`
	Subscription    Subscription `json:"subscription"`
	Seats           Limit        `json:"seats"`    // at least 1
	Projects        Limit        `json:"projects"` // at least 1
	ServiceAccounts Limit        `json:"service_accounts"`
	CustomRoles     Limit        `json:"custom_roles"`
	// BillingAdminsTakeNoSeat exempts billing admins from the seats.
	BillingAdminsTakeNoSeat bool          `json:"billing_admins_take_no_seat,omitempty"`
	Entitlements            []Entitlement `json:"entitlements,omitempty"`
}

// Entitlement is a feature of the application's or Commonhold's own, on, off, or up to a number.
type Entitlement struct {
	Key   EntitlementKey `json:"key"`
	Value Allowance      `json:"value"`
}

// MaxEntitlements bounds how many a plan has.
const MaxEntitlements = 200

func (t Terms) clone() Terms { t.Entitlements = slices.Clone(t.Entitlements); return t }

func (t Terms) equal(o Terms) bool {
	same := slices.Equal(t.Entitlements, o.Entitlements)
	return same && t.Plan == o.Plan && t.Subscription == o.Subscription && t.Seats == o.Seats && t.Projects == o.Projects &&
		t.ServiceAccounts == o.ServiceAccounts && t.CustomRoles == o.CustomRoles && t.BillingAdminsTakeNoSeat == o.BillingAdminsTakeNoSeat
}

func (t *Terms) fields(c *codec) {
	text(c, "plan", &t.Plan)
	text(c, "subscription", &t.Subscription)
	text(c, "seats", &t.Seats)
	text(c, "projects", &t.Projects)
	text(c, "service_accounts", &t.ServiceAccounts)
	text(c, "custom_roles", &t.CustomRoles)
	c.flag("billing_admins_take_no_seat", &t.BillingAdminsTakeNoSeat)
	c.array("entitlements", len(t.Entitlements), func() { t.Entitlements = append(t.Entitlements, Entitlement{}) }, func(i int) {
		c.byte('{')
		text(c, "key", &t.Entitlements[i].Key)
		text(c, "value", &t.Entitlements[i].Value)
		c.byte('}')
	})
}

// most returns the number of a limit; not limited if there is none. What is no limit at all allows nothing.
func (l Limit) most() (n int, limited bool) {
	if l == Unlimited {
		return 0, false
	}
	if l.valid() != nil {
		return 0, true
	}
	n, _ = strconv.Atoi(string(l))
	return n, true
}

func (l Limit) valid() error {
	if l == Unlimited || l == "0" {
		return nil
	}
	if l == "" || len(l) > 9 || l[0] == '0' {
		return ErrBadLimit
	}
	for i := range len(l) {
		if l[i] < '0' || l[i] > '9' {
			return ErrBadLimit
		}
	}
	return nil
}

// atLeastOne is a limit without which an organization could not be.
func (l Limit) atLeastOne() error {
	if l == "0" {
		return ErrBadLimit
	}
	return l.valid()
}

func (a Allowance) valid() error {
	if a == "on" || a == "off" || a != "0" && Limit(a).valid() == nil {
		return nil
	}
	return ErrBadEntitlement
}

func (k PlanKey) valid() error {
	if !declared(string(k)) {
		return ErrBadPlan
	}
	return nil
}

// valid keeps the names of what plans limit free, so that one question can ask for either.
func (k EntitlementKey) valid() error {
	if _, counted := meterOf(Measure(k)); counted || !declared(string(k)) {
		return ErrBadEntitlement
	}
	return nil
}

func declared(word string) bool {
	if word == "" || len(word) > 64 {
		return false
	}
	for i := range len(word) {
		c := word[i]
		plain := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !plain && (i == 0 || c != '_' && c != '-' && c != '.' && c != ':') {
			return false
		}
	}
	return true
}

func (t Terms) valid() error {
	if err := t.Plan.valid(); err != nil {
		return err
	}
	if !slices.Contains(Subscriptions[:], t.Subscription) {
		return ErrBadSubscription
	}
	for _, err := range []error{t.Seats.atLeastOne(), t.Projects.atLeastOne(), t.ServiceAccounts.valid(), t.CustomRoles.valid()} {
		if err != nil {
			return err
		}
	}
	if len(t.Entitlements) > MaxEntitlements {
		return ErrBadEntitlement
	}
	for i, e := range t.Entitlements {
		if e.Key.valid() != nil || e.Value.valid() != nil || slices.ContainsFunc(t.Entitlements[:i], func(o Entitlement) bool { return o.Key == e.Key }) {
			return ErrBadEntitlement
		}
	}
	return nil
}

// plan is what holds in an organization; without terms nothing is limited, and nothing an entitlement.
type plan struct {
	terms   *Terms // read only
	set     Instant
	version Version
}

// shown is a copy of the terms that others may change; nil if there are none.
func (p plan) shown() *Terms {
	if p.terms == nil {
		return nil
	}
	terms := p.terms.clone()
	return &terms
}

// SetPlan makes other terms hold. It changes nobody's role or access, and removes nobody: what is over stays and is said.
type SetPlan Terms

func (SetPlan) needs() Need    { return operatorOnly() }
func (c SetPlan) valid() error { return Terms(c).valid() }

func (c SetPlan) decide(now Situation) ([]Event, error) {
	want := Terms(c).clone()
	slices.SortFunc(want.Entitlements, func(a, b Entitlement) int { return compareText(a.Key, b.Key) })
	if now.plan.terms != nil && now.plan.terms.equal(want) {
		return nil, nil
	}
	return []Event{&PlanSet{Terms: want}}, nil
}

// PlanSet holds all terms as they are from then on, so that no later plan file changes what was allowed before.
type PlanSet struct{ Terms Terms }

func (f *PlanSet) fields(c *codec) { f.Terms.fields(c) }

func (f *PlanSet) apply(s *State, m Meta) {
	terms := f.Terms.clone()
	s.plan = plan{&terms, m.At, m.Version}
}
