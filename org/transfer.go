package org

import (
	"slices"
	"time"
)

// OfferLasts is how long an offered project can be accepted.
const OfferLasts = 14 * 24 * time.Hour

// offer is a project's standing offer to another organization.
type offer struct {
	to       OrgID
	at       Instant
	by       uint32
	approver uint32 // with approved: the owner who did
	approved bool
}

func (o *offer) fields(c *codec) {
	text(c, "to", &o.to)
	number(c, "at", &o.at)
	c.giver("by", &o.by)
	c.flag("approved", &o.approved)
	c.giver("approver", &o.approver)
}

func (s *State) plausibleOffer(p *project) bool {
	known := func(row uint32) bool { return row == operatorRow || int(row) < s.people.n }
	return p.deleted == 0 && p.offer.at > 0 && p.offer.at <= s.at && known(p.offer.by) && known(p.offer.approver)
}

func (o *offer) ends() Instant { return o.at + Instant(OfferLasts.Microseconds()) }

// Offer is a project's offer as it is shown. It stands as long as it has not ended, whoever made it may still transfer
// the project, and an owner has approved it or the settings ask for no approval.
type Offer struct {
	Project    ProjectID `json:"project"`
	To         OrgID     `json:"to"`
	By         PersonID  `json:"offered_by,omitempty"` // absent: the operator
	At         Instant   `json:"offered_at"`
	Ends       Instant   `json:"ends_at"`
	Approved   bool      `json:"approved"`
	ApprovedBy PersonID  `json:"approved_by,omitempty"`
	Stands     bool      `json:"stands"` // it can be accepted now
}

// Offer returns a project's offer, if there is one that has not ended.
func (s *State) Offer(id ProjectID, at Instant) (Offer, bool) {
	row, p, err := s.liveProject(id)
	if err != nil || p.offer == nil || at >= p.offer.ends() || s.catalog == nil {
		return Offer{}, false
	}
	o := p.offer
	return Offer{Project: id, To: o.to, By: s.actorID(o.by), At: o.at, Ends: o.ends(), Approved: s.approved(o, at),
		ApprovedBy: s.actorID(o.approver), Stands: s.stands(row, at)}, true // no approver is nobody's row
}

// stands reports whether a project's offer can be accepted: judged by what whoever made and approved it may do now.
func (s *State) stands(row uint32, at Instant) bool {
	o := s.projects.get(row).offer
	return o != nil && at < o.ends() && s.mayTransfer(o.by, row, at) && s.approved(o, at)
}

// approved reports whether an owner stands behind an offer, or none has to.
func (s *State) approved(o *offer, at Instant) bool {
	return s.settings.TransferWithoutApproval || s.ownerNow(o.by, at) || o.approved && s.ownerNow(o.approver, at)
}

// ownerNow reports whether a row is that of an owner who is active; the operator acts as one until somebody has entered.
func (s *State) ownerNow(row uint32, at Instant) bool {
	if row == operatorRow {
		return !s.entered
	}
	m := s.people.get(row)
	return m.role == RoleOwner.number() && s.active(m, at)
}

// mayTransfer reports whether somebody may transfer a project.
func (s *State) mayTransfer(by, row uint32, at Instant) bool {
	if by == operatorRow {
		return !s.entered
	}
	m := s.people.get(by)
	return s.active(m, at) && (s.orgSet(m).has(s.catalog.number["projects:manage_any"]) ||
		s.heldOn(m, row, lasting{at: at}).has(s.catalog.number["project:transfer"]))
}

func needsTransfer(p ProjectID) Need { return on(p, "project:transfer").orInOrg("projects:manage_any") }

// OfferProject offers a project to another organization, where somebody who may create projects can accept it. Whether
// there is such an organization is not looked at: nobody learns it from this.
type OfferProject struct {
	Project ProjectID `json:"project"`
	To      OrgID     `json:"to"`
}

func (c OfferProject) needs() Need { return needsTransfer(c.Project) }

func (c OfferProject) valid() error {
	if !c.To.Valid() {
		return ErrBadID
	}
	return nil
}

func (c OfferProject) decide(now Situation) ([]Event, error) {
	_, p, err := now.liveProject(c.Project)
	if err != nil {
		return nil, err
	}
	if c.To == now.id {
		return nil, ErrSameOrganization
	}
	if o := p.offer; o != nil && o.to == c.To && o.by == now.row && now.at < o.ends() {
		return nil, nil
	}
	return []Event{&ProjectOffered{c.Project, c.To}}, nil
}

// ProjectOffered offers a project to another organization, in the place of an earlier offer.
type ProjectOffered struct {
	Project ProjectID
	To      OrgID
}

func (f *ProjectOffered) fields(c *codec) {
	text(c, "project", &f.Project)
	text(c, "to", &f.To)
}

func (f *ProjectOffered) apply(s *State, m Meta) {
	if i := s.presentProject(f.Project, m); i != noRow {
		by := m.row(s)
		s.editProject(i).offer = &offer{to: f.To, at: m.At, by: by, approver: operatorRow}
	}
}

// ApproveOffer is an owner's word that a project may go to the organization it is offered to, which is named so that
// nobody approves what they have not seen.
type ApproveOffer struct {
	Project ProjectID `json:"project"`
	To      OrgID     `json:"to"`
}

func (c ApproveOffer) needs() Need {
	n := inOrg("projects:manage_any")
	n.project = c.Project
	return n
}

func (c ApproveOffer) decide(now Situation) ([]Event, error) {
	_, p, err := now.liveProject(c.Project)
	switch {
	case err != nil:
		return nil, err
	case now.me != nil && now.me.role != RoleOwner.number():
		return nil, ErrOwnerApproves
	case p.offer == nil || now.at >= p.offer.ends() || p.offer.to != c.To:
		return nil, ErrNoOffer
	case p.offer.approved && now.ownerNow(p.offer.approver, now.at):
		return nil, nil
	}
	return []Event{&OfferApproved{c.Project}}, nil
}

// OfferApproved is an owner's approval of the offer that stands.
type OfferApproved struct{ Project ProjectID }

func (f *OfferApproved) fields(c *codec) { text(c, "project", &f.Project) }

func (f *OfferApproved) apply(s *State, m Meta) {
	i := s.presentProject(f.Project, m)
	if i == noRow || s.projects.get(i).offer == nil {
		s.broken("version %d: project %s is not offered", m.Version, f.Project)
		return
	}
	by := m.row(s)
	p := s.editProject(i)
	o := *p.offer
	o.approved, o.approver = true, by
	p.offer = &o
}

// WithdrawOffer takes an offer back.
type WithdrawOffer struct {
	Project ProjectID `json:"project"`
}

func (c WithdrawOffer) needs() Need { return needsTransfer(c.Project) }

func (c WithdrawOffer) decide(now Situation) ([]Event, error) {
	_, p, err := now.liveProject(c.Project)
	if err != nil || p.offer == nil {
		return nil, err
	}
	return []Event{&OfferWithdrawn{c.Project}}, nil
}

// OfferWithdrawn ends an offer.
type OfferWithdrawn struct{ Project ProjectID }

func (f *OfferWithdrawn) fields(c *codec) { text(c, "project", &f.Project) }

func (f *OfferWithdrawn) apply(s *State, m Meta) {
	if i := s.presentProject(f.Project, m); i != noRow {
		s.editProject(i).offer = nil
	}
}

// ProjectTransferred takes a project out of the organization, with everything that anybody holds in it here.
type ProjectTransferred struct {
	Project ProjectID
	To      OrgID
}

func (f *ProjectTransferred) fields(c *codec) {
	text(c, "project", &f.Project)
	text(c, "to", &f.To)
}

func (f *ProjectTransferred) apply(s *State, m Meta) {
	i := s.presentProject(f.Project, m)
	if i == noRow {
		return
	}
	s.endGrants(i, m, func(roleNumber) bool { return true })
	s.rolesStay(i, m)
	s.endOffered(i, m)
	s.unnameProject(i)
	p := s.editProject(i)
	p.deleted, p.left, p.offer, p.external = m.At, true, nil, ""
	s.counts.Projects--
}

// endGrants ends the grants of some roles in a project, also those that removed members might get back.
func (s *State) endGrants(i uint32, m Meta, of func(roleNumber) bool) {
	without := func(held ties) ties {
		for _, t := range held.to(i) {
			if of(t.role) {
				at, _ := held.find(t)
				held = held.without(at)
			}
		}
		return held
	}
	some := func(held []tie) bool { return slices.ContainsFunc(held, func(t tie) bool { return of(t.role) }) }
	p := *s.projects.get(i)
	for _, h := range slices.Concat(p.holders, p.accounts) {
		if row := s.people.get(h); some(row.grants.to(i)) {
			s.setTies(s.subjectOf(h), i, m, without)
		}
	}
	for _, t := range slices.Clone(p.teams) {
		if row := s.teams.get(t); some(row.grants.to(i)) {
			s.setTies(Subject{Team: row.id()}, i, m, without)
		}
	}
	if some(p.everyone.to(i)) {
		s.setTies(Subject{Everyone: true}, i, m, without)
	}
	if some(p.anybody.to(i)) {
		s.setTies(Subject{Everyone: true, Accounts: true}, i, m, without)
	}
	for h := range uint32(s.people.n) {
		if s.past == 0 {
			break
		}
		if past := s.people.get(h).past; past != nil && some(past.grants.to(i)) {
			c := *past
			c.grants = without(past.grants)
			s.past -= past.grants.len() - c.grants.len()
			s.people.at(s.edit, h).past = &c
		}
	}
}

// ProjectReceived takes up a project from another organization as it was there, bare of all grants.
type ProjectReceived struct {
	Project    ProjectID
	From       OrgID
	Name       Name
	Timezone   Timezone
	Region     Region
	ExternalID ExternalID
	Creator    PersonID // empty: the operator
	Created    Instant
	Source     Source
}

func (f *ProjectReceived) fields(c *codec) {
	text(c, "project", &f.Project)
	text(c, "from", &f.From)
	text(c, "name", &f.Name)
	text(c, "timezone", &f.Timezone)
	option(c, "region", &f.Region)
	option(c, "external_id", &f.ExternalID)
	option(c, "creator", &f.Creator)
	number(c, "created", &f.Created)
	text(c, "source", &f.Source)
}

func (f *ProjectReceived) apply(s *State, m Meta) {
	b, ok := bodyOf(string(f.Project), projectPrefix)
	if !ok || s.projectRow(f.Project) != noRow || f.Source.number() == 0 || f.Created > m.At {
		s.broken("version %d: project %s is here, is no id, or its source or beginning is unknown", m.Version, f.Project)
		return
	}
	p := project{body: b, name: f.Name, timezone: f.Timezone, region: f.Region, external: f.ExternalID, created: f.Created,
		creator: Meta{Actor: f.Creator}.row(s), changed: m.Version, source: f.Source.number()}
	if i := s.projectEver(f.Project); i != noRow {
		*s.editProject(i) = p // it was here before
		s.nameProject(i)
		s.counts.Projects++
		return
	}
	s.addProject(p)
}
