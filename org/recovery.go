package org

import "time"

// A recovery can be finished RecoveryLasts after it was started if the operator says nothing else, and not before
// RecoveryAtLeast whatever the operator says: that is the time in which every member is told and any owner can stop it.
const (
	RecoveryLasts   = 72 * time.Hour
	RecoveryAtLeast = 24 * time.Hour
)

// Recovery is one that is open: the operator may make the person an owner from FinishFrom on.
type Recovery struct {
	Person     PersonID `json:"person"`
	Started    Instant  `json:"started_at"`
	FinishFrom Instant  `json:"finish_from"`
}

func (r *Recovery) fields(c *codec) {
	text(c, "person", &r.Person)
	number(c, "started", &r.Started)
	number(c, "finish_from", &r.FinishFrom)
}

// Recovery returns the one that is open, if any.
func (s *State) Recovery() (Recovery, bool) { return s.recovery, s.recovery.Person != "" }

// StartRecovery names a member who is to become owner because no owner can act.
type StartRecovery struct {
	Person     PersonID `json:"person"`
	FinishFrom Instant  `json:"finish_from,omitzero"`
}

func (StartRecovery) needs() Need { return operatorOnly() }

func (c StartRecovery) decide(now Situation) ([]Event, error) {
	from := c.FinishFrom
	if from == 0 {
		from = now.at + Instant(RecoveryLasts.Microseconds())
	}
	_, m := now.member(c.Person, now.at)
	switch {
	case now.recovery.Person == c.Person && (c.FinishFrom == 0 || c.FinishFrom == now.recovery.FinishFrom) && m != nil:
		return nil, nil
	case now.recovery.Person != "":
		return nil, ErrRecoveryOpen
	case m == nil:
		return nil, ErrUnknownPerson
	case m.status == Suspended:
		return nil, ErrMemberSuspended
	case m.disabled():
		return nil, ErrRecoveryPerson
	case now.window(m.window).End != 0:
		return nil, ErrOwnerHasEnd
	case from < now.at+Instant(RecoveryAtLeast.Microseconds()):
		return nil, ErrRecoveryTooSoon
	case from > lastInstant:
		return nil, ErrBadTime
	}
	return []Event{&RecoveryStarted{c.Person, from}}, nil
}

// RecoveryStarted opens a recovery. Nothing follows from it by itself.
type RecoveryStarted struct {
	Person     PersonID
	FinishFrom Instant
}

func (f *RecoveryStarted) fields(c *codec) {
	text(c, "person", &f.Person)
	number(c, "finish_from", &f.FinishFrom)
}

func (f *RecoveryStarted) apply(s *State, m Meta) {
	if s.present(f.Person, m) == noRow {
		return
	}
	if s.recovery.Person != "" || f.FinishFrom < m.At+Instant(RecoveryAtLeast.Microseconds()) {
		s.broken("version %d: a recovery is open, or this one waits for less than a day", m.Version)
		return
	}
	s.recovery = Recovery{f.Person, m.At, f.FinishFrom}
}

// StopRecovery ends a recovery without effect. Any owner does, and the operator; a suspension does not stand against it.
type StopRecovery struct{}

func (StopRecovery) needs() Need { return inOrg("owners:make").orOperator().evenSuspended() }

func (StopRecovery) decide(now Situation) ([]Event, error) {
	if now.recovery.Person == "" {
		return nil, nil
	}
	return []Event{&RecoveryStopped{}}, nil
}

// RecoveryStopped ends a recovery without effect.
type RecoveryStopped struct{}

func (f *RecoveryStopped) fields(*codec)          {}
func (f *RecoveryStopped) apply(s *State, _ Meta) { s.recovery = Recovery{} }

// FinishRecovery makes the person named an owner. Who could not act as one then becomes none.
type FinishRecovery struct{}

func (FinishRecovery) needs() Need { return operatorOnly() }

func (FinishRecovery) decide(now Situation) ([]Event, error) {
	r := now.recovery
	switch {
	case r.Person == "":
		return nil, ErrNoRecovery
	case now.at < r.FinishFrom:
		return nil, ErrRecoveryWaits
	}
	_, m := now.member(r.Person, now.at)
	if m == nil || !now.started(m, now.at) || now.window(m.window).End != 0 || !m.ready() {
		return nil, ErrRecoveryPerson
	}
	return []Event{&RecoveryFinished{r.Person}}, nil
}

// RecoveryFinished makes a member owner, on the operator's word alone.
type RecoveryFinished struct{ Person PersonID }

func (f *RecoveryFinished) fields(c *codec) { text(c, "person", &f.Person) }

func (f *RecoveryFinished) apply(s *State, m Meta) {
	i := s.present(f.Person, m)
	if i == noRow {
		return
	}
	if s.recovery.Person != f.Person {
		s.broken("version %d: no recovery names %s", m.Version, f.Person)
		return
	}
	s.recovery = Recovery{}
	s.rank(i, RoleOwner.number())
}

func (f *RecoveryFinished) gives(s *State) []Power {
	return s.rolePowers(RoleOwner, 0, s.person(f.Person))
}

// byRecovery reports whether a fact gives what its 72 hours gave everybody the time to stop.
func byRecovery(f Event) bool { _, ok := f.(*RecoveryFinished); return ok }
