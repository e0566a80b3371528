package org

// Measure is something of which a plan says how many there may be.
type Measure string

const (
	MeasureSeats           Measure = "seats"
	MeasureProjects        Measure = "projects"
	MeasureServiceAccounts Measure = "service_accounts"
	MeasureCustomRoles     Measure = "custom_roles"
)

// A meter says what a plan allows of something and how much of it an organization uses. Used may give any number up to
// enough without counting, if it is no more than that.
type meter struct {
	of    Measure
	limit func(*Terms) Limit
	used  func(s *State, at Instant, enough int) int
	full  *Refusal
}

// meters are all of them. They are judged alike, once for every command.
var meters = [...]meter{
	{MeasureSeats, func(t *Terms) Limit { return t.Seats }, (*State).seats, ErrNoSeat},
	{MeasureProjects, func(t *Terms) Limit { return t.Projects }, func(s *State, _ Instant, _ int) int { return s.counts.Projects }, ErrNoProjectLeft},
	{MeasureServiceAccounts, func(t *Terms) Limit { return t.ServiceAccounts }, func(s *State, _ Instant, _ int) int { return s.counts.Accounts }, ErrNoServiceAccountLeft},
	{MeasureCustomRoles, func(t *Terms) Limit { return t.CustomRoles }, (*State).customRoles, ErrNoCustomRoleLeft},
}

func meterOf(of Measure) (meter, bool) {
	for _, m := range meters {
		if m.of == of {
			return m, true
		}
	}
	return meter{}, false
}

// seats counts people whose membership is active and in its window, or whose start is still to come. Suspended people,
// pending invitations and service accounts take none, nor do billing admins if the plan says so.
func (s *State) seats(at Instant, enough int) int {
	if s.counts.Active <= enough {
		return s.counts.Active
	}
	n := 0
	for i := range uint32(s.people.n) {
		if s.seated(s.people.get(i), at) {
			n++
		}
	}
	return n
}

func (s *State) seated(m *member, at Instant) bool {
	free := s.plan.terms != nil && s.plan.terms.BillingAdminsTakeNoSeat && m.role == RoleBillingAdmin.number()
	return m.status == Active && !m.machine && !s.window(m.window).Ended(at) && !free
}

func (s *State) customRoles(_ Instant, enough int) int {
	if s.roles.n <= enough {
		return s.roles.n
	}
	n := 0
	for range s.CustomRoles("") {
		n++
	}
	return n
}

// within holds the plan against what a command leads to: of what it uses more than before, there is no more than the
// plan allows. So nothing that is over already stands in anybody's way who does not add to it.
func (now Situation) within(next *State) error {
	if now.by.Operator {
		return nil // who fills an organization may go over, and it is said
	}
	for over := range now.exceeds(next) {
		return over.full
	}
	return nil
}

// exceeds yields the meters that stand above the plan after a command and higher than before it.
func (now Situation) exceeds(next *State) func(yield func(meter) bool) {
	return func(yield func(meter) bool) {
		if now.plan.terms == nil || now.plan != next.plan {
			return
		}
		for _, m := range meters {
			most, limited := m.limit(now.plan.terms).most()
			if !limited {
				continue
			}
			if used := m.used(next, now.at, most); used > most && used > m.used(now.State, now.at, 0) && !yield(m) {
				return
			}
		}
	}
}

// overstepped are the facts that say what the operator went over.
func (now Situation) overstepped(next *State) (out []Event) {
	if !now.by.Operator {
		return nil
	}
	for over := range now.exceeds(next) {
		out = append(out, &PlanExceeded{Measure: over.of})
	}
	return out
}

// PlanExceeded says that the operator's command went over what the plan allows.
type PlanExceeded struct{ Measure Measure }

func (f *PlanExceeded) fields(c *codec)    { text(c, "measure", &f.Measure) }
func (f *PlanExceeded) apply(*State, Meta) {}

// Usage is how much of something an organization uses, and what its plan allows.
type Usage struct {
	Measure Measure `json:"measure"`
	Limited bool    `json:"limited"`
	Most    int     `json:"most"` // zero if it is not limited
	Used    int     `json:"used"`
	Left    int     `json:"left"` // zero if it is not limited
	Over    int     `json:"over"` // used beyond the limit: nobody is removed for that, and nothing is added
}

func (s *State) usage(m meter, at Instant) Usage {
	u := Usage{Measure: m.of, Used: m.used(s, at, -1)}
	if s.plan.terms != nil {
		if u.Most, u.Limited = m.limit(s.plan.terms).most(); u.Limited {
			u.Left, u.Over = max(0, u.Most-u.Used), max(0, u.Used-u.Most)
		}
	}
	return u
}

// Plan is the plan of an organization with what it uses.
type Plan struct {
	Plan                    PlanKey       `json:"plan,omitempty"` // none: the operator has set no plan, and nothing is limited
	Subscription            Subscription  `json:"subscription,omitempty"`
	Set                     Instant       `json:"set_at,omitzero"`
	Changed                 Version       `json:"changed,omitzero"`
	Limits                  []Usage       `json:"limits"`
	BillingAdminsTakeNoSeat bool          `json:"billing_admins_take_no_seat"`
	Entitlements            []Entitlement `json:"entitlements"`
	Over                    []Measure     `json:"over"` // what is used beyond the plan
	// Suspended and ClosesAt are those of the organization: who manages the plan sees them even then.
	Suspended Instant `json:"suspended_at,omitzero"`
	ClosesAt  Instant `json:"closes_at,omitzero"`
}

// Plan returns the plan that holds at that instant, what is used and what is over.
func (s *State) Plan(at Instant) Plan {
	p := Plan{Set: s.plan.set, Changed: s.plan.version, Over: []Measure{}, Entitlements: []Entitlement{}, Suspended: s.suspended, ClosesAt: s.closing}
	if t := s.plan.terms; t != nil {
		p.Plan, p.Subscription, p.BillingAdminsTakeNoSeat, p.Entitlements = t.Plan, t.Subscription, t.BillingAdminsTakeNoSeat, append(p.Entitlements, t.Entitlements...)
	}
	for _, m := range meters {
		u := s.usage(m, at)
		if p.Limits = append(p.Limits, u); u.Over > 0 {
			p.Over = append(p.Over, u.Measure)
		}
	}
	return p
}

// Entitled is whether an organization may use something, how much of it there is, and why.
type Entitled struct {
	Allowed bool   `json:"allowed"` // it may be used; of what is counted here, one more
	Reason  string `json:"reason"`  // a word for the outcome, see below
	Limited bool   `json:"limited"` // there is a number of it
	Most    int    `json:"most"`    // that number
	Used    int    `json:"used"`    // of what is counted here
	Left    int    `json:"left"`    // of what is counted here; of the rest, the whole number
}

// The reasons of an entitlement, beside those of explanations that deny everything.
const (
	ReasonIncluded    = "included"
	ReasonNotIncluded = "not_included"
	ReasonNoPlan      = "no_plan"
	ReasonUsedUp      = "used_up"
)

// Entitled answers whether the organization may use something that its plan speaks of: an entitlement, or one more of
// what a plan limits. Without a plan nothing is limited, and nothing is an entitlement.
func (s *State) Entitled(key EntitlementKey, at Instant) Entitled {
	switch {
	case s == nil || s.damage != nil || s.version == 0:
		return Entitled{Reason: ReasonUnavailable}
	case s.over(at):
		return Entitled{Reason: ReasonClosed}
	case s.suspended != 0:
		return Entitled{Reason: ReasonOrgSuspended}
	}
	if m, counted := meterOf(Measure(key)); counted {
		return s.entitledTo(s.usage(m, at))
	}
	if s.plan.terms == nil {
		return Entitled{Reason: ReasonNoPlan}
	}
	for _, e := range s.plan.terms.Entitlements {
		if e.Key != key || e.Value == "off" {
			continue
		}
		yes := Entitled{Allowed: true, Reason: ReasonIncluded}
		if e.Value != "on" {
			yes.Most, yes.Limited = Limit(e.Value).most()
			yes.Left = yes.Most
		}
		return yes
	}
	return Entitled{Reason: ReasonNotIncluded}
}

func (s *State) entitledTo(u Usage) Entitled {
	e := Entitled{Limited: u.Limited, Most: u.Most, Used: u.Used, Left: u.Left, Allowed: !u.Limited || u.Left > 0, Reason: ReasonIncluded}
	switch {
	case s.plan.terms == nil:
		e.Reason = ReasonNoPlan
	case !e.Allowed && u.Most == 0:
		e.Reason = ReasonNotIncluded
	case !e.Allowed:
		e.Reason = ReasonUsedUp
	}
	return e
}
