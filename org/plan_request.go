package org

import (
	"cmp"
	"iter"
	"slices"
)

// PlanRequestID names a request for another plan.
type PlanRequestID string

const planRequestPrefix = "prq_"

func (id PlanRequestID) Valid() bool { return validID(string(id), planRequestPrefix) }

// PlanRequest asks those who manage the plan for another one. It is open until they close it, the person who asked
// withdraws it, or that person's membership ends.
type PlanRequest struct {
	Request PlanRequestID `json:"request"`
	Person  PersonID      `json:"person"`
	Plan    PlanKey       `json:"plan"`
	Asked   Instant       `json:"asked_at"`
}

// planRequest is an open one.
type planRequest struct {
	id   PlanRequestID
	by   uint32
	plan PlanKey
	at   Instant
}

// PlanRequests yields the open requests in order of their ids, from the first behind after on, be that one open still or not.
func (s *State) PlanRequests(at Instant, after PlanRequestID) iter.Seq[PlanRequest] {
	return func(yield func(PlanRequest) bool) {
		rows := slices.Clone(s.requests)
		slices.SortFunc(rows, func(a, b planRequest) int { return cmp.Compare(a.id, b.id) })
		for _, r := range rows {
			m := s.people.get(r.by)
			if r.id > after && !s.gone(m, at) && !yield(PlanRequest{r.id, m.id(), r.plan, r.at}) {
				return
			}
		}
	}
}

// RequestPlan asks those who manage the plan for another one; one request a person is open at a time.
type RequestPlan struct {
	Request PlanRequestID `json:"-"`
	Plan    PlanKey       `json:"plan"`
}

func (RequestPlan) needs() Need { return anyMember() }

func (c RequestPlan) valid() error {
	if !c.Request.Valid() {
		return ErrBadID
	}
	return c.Plan.valid()
}

func (c RequestPlan) decide(now Situation) ([]Event, error) {
	if i := slices.IndexFunc(now.requests, func(r planRequest) bool { return r.by == now.row }); i >= 0 {
		if now.requests[i].plan == c.Plan {
			return nil, nil
		}
		return nil, ErrPlanRequested
	}
	if slices.ContainsFunc(now.requests, func(r planRequest) bool { return r.id == c.Request }) {
		return nil, ErrIDUsed
	}
	return []Event{&PlanRequested{now.by.Person, c.Request, c.Plan}}, nil
}

// PlanRequested opens a request for another plan.
type PlanRequested struct {
	Person  PersonID
	Request PlanRequestID
	Plan    PlanKey
}

func (f *PlanRequested) fields(c *codec) {
	text(c, "person", &f.Person)
	text(c, "request", &f.Request)
	text(c, "plan", &f.Plan)
}

func (f *PlanRequested) apply(s *State, m Meta) {
	if i := s.present(f.Person, m); i != noRow {
		s.requests = append(slices.Clip(s.requests), planRequest{f.Request, i, f.Plan, m.At})
	}
}

// PlanRequestOutcome is what became of a request.
type PlanRequestOutcome string

const (
	PlanGranted   PlanRequestOutcome = "granted"
	PlanDeclined  PlanRequestOutcome = "declined"
	PlanWithdrawn PlanRequestOutcome = "withdrawn"
)

// ClosePlanRequest answers a request. The plan itself is changed where it is bought, not by this.
type ClosePlanRequest struct {
	Request PlanRequestID      `json:"request"`
	Outcome PlanRequestOutcome `json:"outcome"`
}

func (ClosePlanRequest) needs() Need { return inOrg("plan:manage") }

func (c ClosePlanRequest) valid() error {
	if c.Outcome != PlanGranted && c.Outcome != PlanDeclined {
		return ErrBadOutcome
	}
	return nil
}

func (c ClosePlanRequest) decide(now Situation) ([]Event, error) {
	for _, r := range now.requests {
		if r.id == c.Request {
			return []Event{&PlanRequestClosed{now.people.get(r.by).id(), r.id, c.Outcome}}, nil
		}
	}
	return nil, ErrUnknownPlanRequest
}

// WithdrawPlanRequest takes one's own request back.
type WithdrawPlanRequest struct{}

func (WithdrawPlanRequest) needs() Need { return anyMember() }

func (WithdrawPlanRequest) decide(now Situation) ([]Event, error) {
	for _, r := range now.requests {
		if r.by == now.row {
			return []Event{&PlanRequestClosed{now.by.Person, r.id, PlanWithdrawn}}, nil
		}
	}
	return nil, nil
}

// PlanRequestClosed ends a request for another plan.
type PlanRequestClosed struct {
	Person  PersonID
	Request PlanRequestID
	Outcome PlanRequestOutcome
}

func (f *PlanRequestClosed) fields(c *codec) {
	text(c, "person", &f.Person)
	text(c, "request", &f.Request)
	text(c, "outcome", &f.Outcome)
}

func (f *PlanRequestClosed) apply(s *State, m Meta) {
	was := len(s.requests)
	s.dropRequests(func(r planRequest) bool { return r.id == f.Request })
	if len(s.requests) == was {
		s.broken("version %d: %s is not open", m.Version, f.Request)
	}
}

func (s *State) dropRequests(which func(planRequest) bool) {
	if slices.ContainsFunc(s.requests, which) {
		s.requests = slices.DeleteFunc(slices.Clone(s.requests), which)
	}
}

// PlanRequestsStated states the open requests, in order.
type PlanRequestsStated struct{ rows []planRequest }

func (f *PlanRequestsStated) fields(c *codec) {
	c.array("requests", len(f.rows), func() { f.rows = append(f.rows, planRequest{}) }, func(i int) {
		r := &f.rows[i]
		c.byte('{')
		text(c, "request", &r.id)
		c.giver("by", &r.by)
		text(c, "plan", &r.plan)
		number(c, "at", &r.at)
		c.byte('}')
	})
}

func (f *PlanRequestsStated) apply(s *State, _ Meta) {
	for _, r := range f.rows {
		if int(r.by) >= s.people.n || !s.people.get(r.by).in() {
			s.broken("%s is of nobody", r.id)
			return
		}
	}
	s.requests = slices.Clone(f.rows)
}
