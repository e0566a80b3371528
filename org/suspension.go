package org

// life is where the organization itself stands. It may be suspended, deleted, or both.
type life struct {
	until     Instant // from here on every check denies: at once if suspended or closed, never if neither
	suspended Instant // since when the operator has it suspended; zero: it is not
	closing   Instant // the end of its days of closing; zero: nobody deletes it
	closed    bool    // its log has ended
}

// forever is an instant that never comes.
const forever Instant = 1<<63 - 1

// reckon finds out until when checks may allow. They compare with that one instant, and so need not know why.
func (l *life) reckon() {
	switch {
	case l.suspended != 0 || l.closed:
		l.until = 0
	case l.closing != 0:
		l.until = l.closing
	default:
		l.until = forever
	}
}

// over reports whether the days of closing have ended: by themselves, whether or not the log says so yet.
func (l *life) over(at Instant) bool { return l.closed || l.closing != 0 && at >= l.closing }

// SuspendedSince returns since when the organization is suspended; zero if it is not.
func (s *State) SuspendedSince() Instant { return s.suspended }

// StillHolds answers as Check does in the organization, but as if it were not suspended: for plan and billing, which
// those who manage them see all the same.
func (s *State) StillHolds(person PersonID, p Permission, at Instant) bool {
	if s == nil || s.damage != nil || s.catalog == nil || s.suspended == 0 {
		return s.Check(person, p, "", at)
	}
	_, m, err := s.admits(person, at)
	bit, known := s.catalog.number[p]
	return err == nil && known && s.roleSet(m.role).has(bit)
}

// SuspendOrganization makes every check deny until the operator lifts it. Nobody loses anything: roles, access and the
// days of closing go on, and owners and billing admins still see plan and billing.
type SuspendOrganization struct{}

func (SuspendOrganization) needs() Need { return operatorOnly() }

func (SuspendOrganization) decide(now Situation) ([]Event, error) {
	if now.suspended != 0 {
		return nil, nil
	}
	return []Event{&OrganizationSuspended{}}, nil
}

// OrganizationSuspended makes every check deny.
type OrganizationSuspended struct{}

func (f *OrganizationSuspended) fields(*codec) {}

func (f *OrganizationSuspended) apply(s *State, m Meta) {
	s.suspended = m.At
	s.reckon()
}

// LiftSuspension ends a suspension of the organization.
type LiftSuspension struct{}

func (LiftSuspension) needs() Need { return operatorOnly() }

func (LiftSuspension) decide(now Situation) ([]Event, error) {
	if now.suspended == 0 {
		return nil, nil
	}
	return []Event{&SuspensionLifted{}}, nil
}

// SuspensionLifted lets checks answer again by what everybody holds.
type SuspensionLifted struct{}

func (f *SuspensionLifted) fields(*codec) {}

func (f *SuspensionLifted) apply(s *State, _ Meta) {
	s.suspended = 0
	s.reckon()
}
