package org

import (
	"iter"
	"time"
)

// RequestLasts is how long an access request waits for a decision.
const RequestLasts = 30 * 24 * time.Hour

// RequestID is the id of an access request, arq_….
type RequestID string

const requestPrefix = "arq_"

func (id RequestID) Valid() bool { return validID(string(id), requestPrefix) }

// request is the row of an access request, kept after it has ended.
type request struct {
	body    body
	stage   Stage
	role    roleNumber
	person  uint32
	project uint32
	made    Instant
	ended   Instant
	by      uint32 // who decided, once somebody has
	changed Version
}

func (x *request) id() RequestID { return RequestID(requestPrefix + string(x.body[:])) }

func (x *request) expires() Instant { return x.made + Instant(RequestLasts.Microseconds()) }

// requestStage is where a request stands at an instant: it expires by itself, and ends with the membership.
func (s *State) requestStage(x *request, at Instant) Stage {
	switch {
	case x.stage != Pending:
		return x.stage
	case s.gone(s.people.get(x.person), at):
		return Withdrawn
	case at >= x.expires():
		return Expired
	}
	return Pending
}

func (s *State) requestRow(id RequestID) uint32 {
	body := behind(requestPrefix, string(id))
	return s.requestAt.find(hashOf(body), func(row uint32) bool { return string(s.asks.get(row).body[:]) == body })
}

// requested returns the request of a person in a project that no fact has ended, or noRow.
func (s *State) requested(person, project uint32) uint32 {
	return s.requestedAt.find(hashOf(s.bodyOfPerson(person)), func(row uint32) bool {
		x := s.asks.get(row)
		return x.person == person && x.project == project
	})
}

// endRequests ends what somebody asked for in a membership that has ended.
func (s *State) endRequests(person uint32, at Instant) {
	pending := func() uint32 {
		return s.requestedAt.find(hashOf(s.bodyOfPerson(person)), func(row uint32) bool { return s.asks.get(row).person == person })
	}
	for i := pending(); i != noRow; i = pending() {
		s.endRequest(i, Withdrawn, at)
	}
}

func (s *State) endRequest(i uint32, to Stage, at Instant) {
	x := s.asks.at(s.edit, i)
	s.requestedAt.drop(s.edit, hashOf(s.bodyOfPerson(x.person)), i)
	if to == Withdrawn && at >= x.expires() {
		to, at = Expired, x.expires()
	}
	x.stage, x.ended, x.changed = to, at, s.version
}

// RequestAccess asks for a role in a project. Somebody has one open request in a project.
type RequestAccess struct {
	Request RequestID   `json:"-"`
	Project ProjectID   `json:"project"`
	Role    ProjectRole `json:"role"`
}

func (RequestAccess) needs() Need { return anyMember() }

func (c RequestAccess) valid() error {
	if !c.Request.Valid() {
		return ErrBadID
	}
	return c.Role.valid()
}

func (c RequestAccess) decide(now Situation) ([]Event, error) {
	if now.by.Account != "" {
		return nil, ErrNotAllowed
	}
	row, _, err := now.liveProject(c.Project)
	if err != nil {
		return nil, err
	}
	if i := now.requested(now.row, row); i != noRow && now.requestStage(now.asks.get(i), now.at) == Pending {
		if now.projectRole(now.asks.get(i).role) == c.Role {
			return nil, nil
		}
		return nil, ErrRequestOpen
	}
	if now.requestRow(c.Request) != noRow {
		return nil, ErrIDUsed
	}
	if now.projectNumberIn(c.Role, row) == 0 {
		return nil, ErrBadRole
	}
	asked := (&GrantGiven{Project: c.Project, Subject: Subject{Person: now.by.Person}, Role: c.Role}).gives(now.State)
	if now.heldOn(now.me, row, lasting{at: now.at}).covers(asked[0].set) {
		return nil, ErrRequestHeld
	}
	return []Event{&RequestMade{c.Request, c.Project, c.Role}}, nil
}

// RequestMade opens an access request by whoever acted.
type RequestMade struct {
	Request RequestID
	Project ProjectID
	Role    ProjectRole
}

func (f *RequestMade) fields(c *codec) {
	text(c, "request", &f.Request)
	text(c, "project", &f.Project)
	text(c, "role", &f.Role)
}

func (f *RequestMade) apply(s *State, m Meta) {
	b, ok := bodyOf(string(f.Request), requestPrefix)
	person, project := s.present(m.Actor, m), s.presentProject(f.Project, m)
	if person == noRow || project == noRow {
		return
	}
	if old := s.requested(person, project); old != noRow {
		if s.requestStage(s.asks.get(old), m.At) == Pending {
			s.broken("version %d: %s has two requests open in %s", m.Version, m.Actor, f.Project)
			return
		}
		s.endRequest(old, Withdrawn, m.At)
	}
	if !ok || s.requestRow(f.Request) != noRow || s.projectNumberIn(f.Role, project) == 0 {
		s.broken("version %d: %s is no new request", m.Version, f.Request)
		return
	}
	s.addRequest(request{body: b, stage: Pending, role: s.projectNumber(f.Role), person: person, project: project, made: m.At, by: operatorRow, changed: m.Version})
}

func (s *State) addRequest(x request) {
	i := s.asks.add(s.edit, x)
	s.requestAt.put(s.edit, hashOf(string(x.body[:])), i)
	if x.stage == Pending {
		s.requestedAt.put(s.edit, hashOf(s.bodyOfPerson(x.person)), i)
	}
}

// ApproveRequest gives what was asked for, or another role, for a time or for good.
type ApproveRequest struct {
	Project ProjectID   `json:"project"`
	Request RequestID   `json:"request"`
	Role    ProjectRole `json:"role,omitempty"` // the one asked for if empty
	Window
}

func (c ApproveRequest) needs() Need { return on(c.Project, "project:decide_requests") }

func (c ApproveRequest) valid() error {
	if c.Role != "" {
		if err := c.Role.valid(); err != nil {
			return err
		}
	}
	return c.Window.valid()
}

func (c ApproveRequest) decide(now Situation) ([]Event, error) {
	x, err := now.asked(c.Project, c.Request)
	if err != nil {
		return nil, err
	}
	give := Give{Project: c.Project, Subject: Subject{Person: now.people.get(x.person).id()}, Role: c.Role, Window: c.Window}
	if give.Role == "" {
		give.Role = now.projectRole(x.role)
	}
	if now.projectNumberIn(give.Role, x.project) == 0 {
		return nil, ErrBadRole
	}
	facts, err := give.decide(now)
	if err != nil {
		return nil, err
	}
	return append(facts, &RequestApproved{c.Request}), nil
}

// asked returns an open request in a project.
func (now Situation) asked(project ProjectID, id RequestID) (*request, error) {
	i := now.requestRow(id)
	if i == noRow || now.projects.get(now.asks.get(i).project).id() != project {
		return nil, ErrUnknownRequest
	}
	x := now.asks.get(i)
	switch now.requestStage(x, now.at) {
	case Pending:
		return x, nil
	case Expired:
		return nil, ErrRequestExpired
	}
	return nil, ErrRequestEnded
}

// DenyRequest turns an access request down.
type DenyRequest struct {
	Project ProjectID `json:"project"`
	Request RequestID `json:"request"`
}

func (c DenyRequest) needs() Need { return on(c.Project, "project:decide_requests") }

func (c DenyRequest) decide(now Situation) ([]Event, error) {
	if _, err := now.asked(c.Project, c.Request); err != nil {
		return nil, err
	}
	return []Event{&RequestDenied{c.Request}}, nil
}

// WithdrawRequest takes back what oneself asked for.
type WithdrawRequest struct {
	Project ProjectID `json:"project"`
	Request RequestID `json:"request"`
}

func (WithdrawRequest) needs() Need { return anyMember() }

func (c WithdrawRequest) decide(now Situation) ([]Event, error) {
	if i := now.requestRow(c.Request); i == noRow || now.asks.get(i).person != now.row {
		return nil, ErrUnknownRequest
	}
	if _, err := now.asked(c.Project, c.Request); err != nil {
		return nil, err
	}
	return []Event{&RequestWithdrawn{c.Request}}, nil
}

// RequestApproved ends a request; what was given stands in a fact beside it.
type RequestApproved struct{ Request RequestID }

func (f *RequestApproved) fields(c *codec)        { text(c, "request", &f.Request) }
func (f *RequestApproved) apply(s *State, m Meta) { s.decided(f.Request, Approved, m) }

// RequestDenied ends a request.
type RequestDenied struct{ Request RequestID }

func (f *RequestDenied) fields(c *codec)        { text(c, "request", &f.Request) }
func (f *RequestDenied) apply(s *State, m Meta) { s.decided(f.Request, Denied, m) }

// RequestWithdrawn ends a request by whoever made it.
type RequestWithdrawn struct{ Request RequestID }

func (f *RequestWithdrawn) fields(c *codec)        { text(c, "request", &f.Request) }
func (f *RequestWithdrawn) apply(s *State, m Meta) { s.decided(f.Request, Withdrawn, m) }

func (s *State) decided(id RequestID, to Stage, m Meta) {
	i := s.requestRow(id)
	if i == noRow || s.requestStage(s.asks.get(i), m.At) != Pending {
		s.broken("version %d: %s is no open request", m.Version, id)
		return
	}
	by := m.row(s)
	s.endRequest(i, to, m.At)
	s.asks.at(s.edit, i).by = by
}

// AccessRequest is what somebody asked for in a project.
type AccessRequest struct {
	Request   RequestID   `json:"request"`
	Person    PersonID    `json:"person"`
	Project   ProjectID   `json:"project"`
	Role      ProjectRole `json:"role"`
	Stage     Stage       `json:"status"`
	Made      Instant     `json:"requested_at"`
	Expires   Instant     `json:"expires_at"`
	Ended     Instant     `json:"ended_at,omitzero"`
	DecidedBy PersonID    `json:"decided_by,omitempty"`
	Changed   Version     `json:"changed"`
}

// Request returns an access request, whatever became of it.
func (s *State) Request(id RequestID, at Instant) (AccessRequest, bool) {
	if i := s.requestRow(id); i != noRow {
		return s.viewRequest(s.asks.get(i), at), true
	}
	return AccessRequest{}, false
}

// Requested returns the request of a person in a project that waits for a decision at that instant.
func (s *State) Requested(id PersonID, in ProjectID, at Instant) (AccessRequest, bool) {
	person, project := s.person(id), s.projectRow(in)
	if person == noRow || project == noRow {
		return AccessRequest{}, false
	}
	if i := s.requested(person, project); i != noRow && s.requestStage(s.asks.get(i), at) == Pending {
		return s.viewRequest(s.asks.get(i), at), true
	}
	return AccessRequest{}, false
}

func (s *State) viewRequest(x *request, at Instant) AccessRequest {
	return AccessRequest{Request: x.id(), Person: s.actorID(x.person), Project: s.projects.get(x.project).id(), Role: s.projectRole(x.role),
		Stage: s.requestStage(x, at), Made: x.made, Expires: x.expires(), Ended: x.ended, DecidedBy: s.actorID(x.by), Changed: x.changed}
}

// Requests yields all access requests, newest last, from the first behind after on.
func (s *State) Requests(at Instant, after RequestID) iter.Seq[AccessRequest] {
	return func(yield func(AccessRequest) bool) {
		from := uint32(0)
		if after != "" {
			if from = s.requestRow(after) + 1; from == 0 {
				return
			}
		}
		for i := from; i < uint32(s.asks.n); i++ {
			if !yield(s.viewRequest(s.asks.get(i), at)) {
				return
			}
		}
	}
}

// RequestDeciders returns the people who decide on access requests in a project, the first of them.
func (s *State) RequestDeciders(in ProjectID, at Instant) []PersonID {
	var out []PersonID
	for p := range s.PeopleWhere(in, "project:decide_requests", at, "") {
		if out = append(out, p); len(out) == MaxDeciders {
			break
		}
	}
	return out
}
