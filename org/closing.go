package org

import "time"

// ClosingLasts is how long any owner can cancel the deletion of an organization. Members keep their access meanwhile.
const ClosingLasts = 90 * 24 * time.Hour

// Standing is where an organization stands. It may be suspended beside that.
type Standing string

const (
	StandsActive  Standing = "active"
	StandsClosing Standing = "closing"
	StandsClosed  Standing = "closed"
)

// Standing returns where the organization stands at that instant, whether or not its log says so yet.
func (s *State) Standing(at Instant) Standing {
	switch {
	case s.over(at):
		return StandsClosed
	case s.closing != 0:
		return StandsClosing
	}
	return StandsActive
}

// ClosesAt returns when the organization closes, or closed; zero if nobody deletes it.
func (s *State) ClosesAt() Instant { return s.closing }

// Unburied reports whether the organization has closed by itself and its log does not say so yet; Bury makes it.
func (s *State) Unburied(at Instant) bool { return s.over(at) && !s.closed }

// DeleteOrganization begins the days of closing. Whoever asks types the slug, so that nobody deletes another one.
type DeleteOrganization struct {
	Slug Slug `json:"slug"`
}

func (DeleteOrganization) needs() Need { return inOrg("organization:delete") }

func (c DeleteOrganization) decide(now Situation) ([]Event, error) {
	switch {
	case c.Slug != now.slug:
		return nil, ErrWrongSlug
	case now.closing != 0:
		return nil, nil
	}
	return []Event{&ClosingStarted{Until: now.at + Instant(ClosingLasts.Microseconds())}}, nil
}

// ClosingStarted names the instant at which the organization closes by itself.
type ClosingStarted struct{ Until Instant }

func (f *ClosingStarted) fields(c *codec) { number(c, "until", &f.Until) }

func (f *ClosingStarted) apply(s *State, m Meta) {
	if f.Until <= m.At {
		s.broken("version %d: closing ends before it starts", m.Version)
		return
	}
	s.closing = f.Until
	s.reckon()
}

// CancelDeletion keeps the organization, as long as it has not closed. A suspension does not stand against it.
type CancelDeletion struct{}

func (CancelDeletion) needs() Need { return inOrg("organization:delete").evenSuspended() }

func (CancelDeletion) decide(now Situation) ([]Event, error) {
	if now.closing == 0 {
		return nil, nil
	}
	return []Event{&ClosingCancelled{}}, nil
}

// ClosingCancelled keeps the organization.
type ClosingCancelled struct{}

func (f *ClosingCancelled) fields(*codec) {}

func (f *ClosingCancelled) apply(s *State, _ Meta) {
	s.closing = 0
	s.reckon()
}

// Bury ends the log of an organization that has closed by itself. Whoever looks first has it done; it decides nothing.
type Bury struct{}

func (Bury) needs() Need { return operatorOnly().evenClosed() }

func (Bury) decide(now Situation) ([]Event, error) {
	if !now.Unburied(now.at) {
		return nil, nil
	}
	return []Event{&OrganizationClosed{}}, nil
}

// OrganizationClosed is the tombstone: nothing follows it. Slug and ids stay taken.
type OrganizationClosed struct{}

func (f *OrganizationClosed) fields(*codec) {}

func (f *OrganizationClosed) apply(s *State, m Meta) {
	if s.closing == 0 || m.At < s.closing {
		s.broken("version %d: closed before its time", m.Version)
		return
	}
	s.closed = true
	s.reckon()
}

// follows reports whether a fact may stand where it does: once the days of closing are over, only the tombstone.
func (s *State) follows(e Event, at Instant) bool {
	_, tombstone := e.(*OrganizationClosed)
	return !s.over(at) || tombstone && !s.closed
}

// leads gives back what leads to people, keys and offers, and to teams, projects and service accounts by the
// application's own keys. The slug, old ones too, the organization's external id and the ids of projects stay taken for
// ever.
func (f *OrganizationClosed) leads(s *State) []Lead {
	var out []Lead
	for i := range uint32(s.people.n) {
		if m := s.people.get(i); m.in() {
			out = append(out, memberLead(s, m.id(), true)...)
		}
		out = append(out, pendingLeads(s, s.people.get(i).id(), "")...)
	}
	for i := range uint32(s.teams.n) {
		if t := s.teams.get(i); !t.deleted {
			out = append(out, replaced(LeadTeamExternal, s.id, t.external, "", string(t.id()))...)
		}
	}
	for i := range uint32(s.projects.n) {
		if p := s.projects.get(i); p.deleted == 0 {
			out = append(out, replaced(LeadProjectExternal, s.id, p.external, "", string(p.id()))...)
			out = append(out, offerGone(s, p.id())...)
		}
	}
	for i := range uint32(s.accounts.n) {
		a := s.accounts.get(i)
		out = append(append(out, keyLeads(a, func(accountKey) bool { return true })...), replaced(LeadAccountExternal, s.id, a.external, "", string(a.id()))...)
	}
	return out
}
