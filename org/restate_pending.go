package org

// InvitationsStated states rows of invitations, in order.
type InvitationsStated struct{ rows []statedInvitation }

type statedInvitation struct {
	invitation
	window        Window
	grants, teams []statedTie
}

// RequestsStated states rows of access requests, in order.
type RequestsStated struct{ rows []request }

func (*InvitationsStated) states() {}
func (*RequestsStated) states()    {}

func (s *State) statePending() []Event {
	var out []Event
	for from := 0; from < s.invites.n; from += statedRows {
		f := &InvitationsStated{}
		for i := from; i < min(from+statedRows, s.invites.n); i++ {
			x := s.invites.get(uint32(i))
			f.rows = append(f.rows, statedInvitation{*x, s.window(x.window), s.statedParts(x.grants), s.statedParts(x.teams)})
		}
		out = append(out, f)
	}
	for from := 0; from < s.asks.n; from += statedRows {
		f := &RequestsStated{}
		for i := from; i < min(from+statedRows, s.asks.n); i++ {
			f.rows = append(f.rows, *s.asks.get(uint32(i)))
		}
		out = append(out, f)
	}
	return out
}

func (s *State) statedParts(held ties) []statedTie {
	out := make([]statedTie, 0, held.len())
	for _, t := range held.all() {
		out = append(out, statedTie{t, s.window(t.window)})
	}
	return out
}

func (f *InvitationsStated) fields(c *codec) {
	c.array("invitations", len(f.rows), func() { f.rows = append(f.rows, statedInvitation{}) }, func(i int) {
		x := &f.rows[i]
		c.byte('{')
		c.id(invitationPrefix, &x.body)
		c.small("person", &x.person)
		c.enum("status", (*uint8)(&x.stage))
		c.small("role", (*uint32)(&x.role))
		c.giver("role_by", &x.roleBy)
		c.giver("by", &x.by)
		c.window(&x.window)
		number(c, "made", &x.made)
		number(c, "resent", &x.resent)
		number(c, "expires", &x.expires)
		number(c, "ended", &x.ended)
		number(c, "changed", &x.changed)
		c.array("grants", len(x.grants), func() { x.grants = append(x.grants, statedTie{}) }, func(j int) { x.grants[j].fields(c) })
		c.array("teams", len(x.teams), func() { x.teams = append(x.teams, statedTie{}) }, func(j int) { x.teams[j].fields(c) })
		c.byte('}')
	})
}

func (f *InvitationsStated) apply(s *State, _ Meta) {
	for i := range f.rows {
		r := &f.rows[i]
		x := r.invitation
		if !s.plausibleInvitation(r) {
			s.broken("invitation %s is stated twice or wrongly", x.id())
			return
		}
		x.window = s.windowRow(r.window)
		x.grants, x.teams = s.unstated(r.grants), s.unstated(r.teams)
		s.addInvitation(x)
	}
}

func (s *State) unstated(list []statedTie) ties {
	if len(list) == 0 {
		return nil
	}
	out := make(ties, tieWords*len(list))
	for i := range list {
		list[i].tie.window = s.windowRow(list[i].window)
		out.set(i, list[i].tie)
	}
	return out
}

// plausibleInvitation reports whether an invitation is one that facts can lead to.
func (s *State) plausibleInvitation(r *statedInvitation) bool {
	x := &r.invitation
	ended := x.stage == Accepted || x.stage == Declined || x.stage == Revoked || x.stage == Expired
	return s.invitationRow(x.id()) == noRow && int(x.person) < s.people.n && (ended || x.stage == Pending) && ended == (x.ended != 0) &&
		s.orgRole(x.role) != "" && s.isGiver(x.by) && s.isGiver(x.roleBy) && x.made > 0 && x.made <= s.at && x.resent >= 0 && x.resent <= s.at && x.expires > 0 &&
		x.changed > 0 && x.changed <= s.version && s.knowParts(r.grants, false) && s.knowParts(r.teams, true)
}

func (s *State) isGiver(row uint32) bool { return row == operatorRow || int(row) < s.people.n }

// knowParts reports whether the parts of an invitation are in order and lead to rows that are there. What was deleted, or may
// not be held there any more, is judged when somebody accepts.
func (s *State) knowParts(list []statedTie, places bool) bool {
	for i := range list {
		t := &list[i].tie
		known := int(t.to) < s.projects.n && !t.manage && s.projectRole(t.role) != ""
		if places {
			known = int(t.to) < s.teams.n && t.role == 0
		}
		if !known || !s.isGiver(t.by) || sourceOf(t.source) == "" || t.at <= 0 || t.at > s.at ||
			i > 0 && (list[i-1].link()&unmarked >= t.link()&unmarked || places && list[i-1].to == t.to) {
			return false
		}
	}
	return true
}

func (f *RequestsStated) fields(c *codec) {
	c.array("requests", len(f.rows), func() { f.rows = append(f.rows, request{}) }, func(i int) {
		x := &f.rows[i]
		c.byte('{')
		c.id(requestPrefix, &x.body)
		c.small("person", &x.person)
		c.small("project", &x.project)
		c.enum("status", (*uint8)(&x.stage))
		c.small("role", (*uint32)(&x.role))
		c.giver("by", &x.by)
		number(c, "made", &x.made)
		number(c, "ended", &x.ended)
		number(c, "changed", &x.changed)
		c.byte('}')
	})
}

func (f *RequestsStated) apply(s *State, _ Meta) {
	for i := range f.rows {
		x := f.rows[i]
		if !s.plausibleRequest(&x) {
			s.broken("request %s is stated twice or wrongly", x.id())
			return
		}
		s.addRequest(x)
	}
}

// plausibleRequest reports whether a request is one that facts can lead to.
func (s *State) plausibleRequest(x *request) bool {
	ended := x.stage == Approved || x.stage == Denied || x.stage == Withdrawn || x.stage == Expired
	return s.requestRow(x.id()) == noRow && int(x.person) < s.people.n && int(x.project) < s.projects.n && s.projectRole(x.role) != "" &&
		(ended || x.stage == Pending && s.people.get(x.person).in() && s.requested(x.person, x.project) == noRow) && ended == (x.ended != 0) &&
		s.isGiver(x.by) && x.made > 0 && x.made <= s.at && x.changed > 0 && x.changed <= s.version
}
