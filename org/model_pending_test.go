package org

import "slices"

// What the reference knows of invitations and access requests.

type rInvitation struct {
	Invitation
	stage  Stage
	grants []rPart
	teams  []rPart
}

// rPart is a role in a project, or a place in a team, that an invitation brings.
type rPart struct {
	InvitedGrant
	place InvitedPlace
	by    PersonID
}

type rRequest struct {
	AccessRequest
	stage Stage
}

func (p *picture) invitation(id InvitationID) *rInvitation {
	for _, x := range p.invitations {
		if x.Invitation.Invitation == id {
			x.Changed = p.version
			return x
		}
	}
	return nil
}

func (p *picture) request(id RequestID) *rRequest {
	for _, x := range p.asks {
		if x.Request == id {
			return x
		}
	}
	return nil
}

func (p *picture) readPending(f Stamped) {
	end := func(id InvitationID, to Stage) {
		x := p.invitation(id)
		x.stage, x.Ended = to, f.At
	}
	decide := func(id RequestID, to Stage) {
		x := p.request(id)
		x.stage, x.Ended, x.Changed, x.DecidedBy = to, f.At, f.Version, f.Actor
	}
	switch e := f.Event.(type) {
	case *InvitationMade:
		p.named(e.Person)
		for _, x := range p.invitations {
			if x.Person == e.Person && x.stage == Pending {
				x.stage, x.Ended, x.Changed = Expired, x.Expires, f.Version
			}
		}
		p.invitations = append(p.invitations, &rInvitation{stage: Pending, Invitation: Invitation{Invitation: e.Invitation, Person: e.Person,
			Role: e.Role, Window: e.Window, RoleBy: f.Actor, InvitedBy: f.Actor, Made: f.At,
			Expires: e.Expires, Changed: f.Version}})
	case *InvitationRoleSet:
		x := p.invitation(e.Invitation)
		x.Role, x.Window, x.RoleBy = e.Role, e.Window, f.Actor
	case *InvitationGrantSet:
		x := p.invitation(e.Invitation)
		x.grants = slices.DeleteFunc(x.grants, func(g rPart) bool { return g.Project == e.Project && g.Role == e.Role })
		x.grants = append(x.grants, rPart{InvitedGrant{e.Project, e.Role, e.Window}, InvitedPlace{}, f.Actor})
	case *InvitationGrantDropped:
		x := p.invitation(e.Invitation)
		x.grants = slices.DeleteFunc(x.grants, func(g rPart) bool { return g.Project == e.Project && g.Role == e.Role })
	case *InvitationPlaceSet:
		x := p.invitation(e.Invitation)
		x.teams = slices.DeleteFunc(x.teams, func(t rPart) bool { return t.place.Team == e.Team })
		x.teams = append(x.teams, rPart{InvitedGrant{}, InvitedPlace{e.Team, e.Manager, e.Window}, f.Actor})
	case *InvitationPlaceDropped:
		x := p.invitation(e.Invitation)
		x.teams = slices.DeleteFunc(x.teams, func(t rPart) bool { return t.place.Team == e.Team })
	case *InvitationResent:
		x := p.invitation(e.Invitation)
		x.Expires, x.Resent = e.Expires, f.At
	case *InvitationAccepted:
		end(e.Invitation, Accepted)
	case *InvitationDeclined:
		end(e.Invitation, Declined)
	case *InvitationRevoked:
		end(e.Invitation, Revoked)
	case *RequestMade:
		p.endsRequests(f, func(x *rRequest) bool { return x.Person == f.Actor && x.Project == e.Project })
		p.asks = append(p.asks, &rRequest{stage: Pending, AccessRequest: AccessRequest{Request: e.Request, Person: f.Actor,
			Project: e.Project, Role: e.Role, Made: f.At, Expires: f.At + 30*day, Changed: f.Version}})
	case *RequestApproved:
		decide(e.Request, Approved)
	case *RequestDenied:
		decide(e.Request, Denied)
	case *RequestWithdrawn:
		decide(e.Request, Withdrawn)
	case *ProjectTransferred:
		for _, x := range p.invitations {
			if here := func(g rPart) bool { return g.Project == e.Project }; x.stage == Pending && slices.ContainsFunc(x.grants, here) {
				x.grants, x.Changed = slices.DeleteFunc(x.grants, here), f.Version
			}
		}
		p.endsRequests(f, func(x *rRequest) bool { return x.Project == e.Project })
	case *PersonTakenOver:
		p.takenOver(f, e)
	}
}

// endsRequests ends requests by something else than a decision.
func (p *picture) endsRequests(f Stamped, which func(*rRequest) bool) {
	for _, x := range p.asks {
		if x.stage != Pending || !which(x) {
			continue
		}
		x.stage, x.Ended, x.Changed = Withdrawn, f.At, f.Version
		if f.At >= x.Expires {
			x.stage, x.Ended = Expired, x.Expires
		}
	}
}

// departs ends what waits for somebody who is gone.
func (p *picture) departs(f Stamped, id PersonID) {
	p.endsRequests(f, func(x *rRequest) bool { return x.Person == id })
	for _, x := range p.invitations {
		if x.Person != id || x.stage != Pending {
			continue
		}
		x.stage, x.Ended, x.Changed = Revoked, f.At, f.Version
		if f.At >= x.Expires {
			x.stage, x.Ended = Expired, x.Expires
		}
	}
}

// named makes a row for somebody who is named for the first time.
func (p *picture) named(id PersonID) {
	if p.person(id) == nil {
		p.people = append(p.people, &rPerson{id: id})
	}
}

func (p *picture) takenOver(f Stamped, e *PersonTakenOver) {
	for _, x := range p.invitations {
		if x.Person == e.Former && x.stage == Pending {
			x.Person, x.Changed = e.Person, f.Version
		}
	}
	from := p.member(e.Former, f.At)
	if from == nil {
		p.named(e.Person)
		return
	}
	was := *from
	var grants []rGrant
	var places []rPlace
	for _, g := range p.grants {
		if g.to.Person == e.Former {
			g.to.Person = e.Person
			grants = append(grants, g)
		}
	}
	for _, l := range p.places {
		if l.person == e.Former {
			l.person = e.Person
			places = append(places, l)
		}
	}
	p.ends(e.Former)
	p.endsRequests(f, func(x *rRequest) bool { return x.Person == e.Former })
	within, uniting := func(w Window) Window { return w }, false
	if me := p.member(e.Person, f.At); me == nil {
		p.ends(e.Person)
		p.endsRequests(f, func(x *rRequest) bool { return x.Person == e.Person })
		as := was
		as.id, as.proofs, as.since = e.Person, e.Proofs, f.Version
		*p.touch(e.Person) = as
	} else {
		if me.window == was.window && p.orgPermissions(was.role).covers(p.orgPermissions(me.role)) && !p.orgPermissions(me.role).covers(p.orgPermissions(was.role)) {
			p.touch(e.Person).role = was.role
		}
		uniting = true
		within = func(w Window) Window {
			w.Start = max(w.Start, was.window.Start)
			if w.End == 0 || was.window.End != 0 && was.window.End < w.End {
				w.End = was.window.End
			}
			return w
		}
	}
	over := func(w Window) bool { return w.over(f.At) || w.End != 0 && w.Start >= w.End }
	p.touch(e.Person).changed = f.Version
	for _, g := range grants {
		if uniting && over(within(g.window)) {
			continue
		}
		g.window = within(g.window)
		p.touch(e.Person)
		i := slices.IndexFunc(p.grants, func(o rGrant) bool {
			return o.project == g.project && o.to == g.to && o.role == g.role && o.source == g.source
		})
		switch {
		case i < 0:
			p.grants = append(p.grants, g)
		case p.grants[i].window.over(f.At):
			p.grants[i] = g
		default:
			a, b := p.grants[i].window, g.window
			if (a.End == 0 || b.Start <= a.End) && (b.End == 0 || a.Start <= b.End) {
				both := Window{Start: min(a.Start, b.Start), End: max(a.End, b.End)}
				if a.End == 0 || b.End == 0 {
					both.End = 0
				}
				p.grants[i].window = both
			}
		}
	}
	for _, l := range places {
		if uniting && over(within(l.window)) {
			continue
		}
		l.window = within(l.window)
		i := slices.IndexFunc(p.places, func(o rPlace) bool { return o.team == l.team && o.person == l.person })
		switch {
		case i < 0:
			p.places = append(p.places, l)
		case p.places[i].window.over(f.At), l.manager && !p.places[i].manager && p.places[i].window == l.window:
			p.places[i] = l
		}
	}
}

// rOffer says which parts of an invitation would be given at an instant.
type rOffer struct {
	role   OrgRole
	grants []bool
	teams  []bool
}

// offered judges the parts of an invitation by those who gave them.
func (p *picture) offered(x *rInvitation, person PersonID, at Instant) rOffer {
	o := rOffer{grants: make([]bool, len(x.grants)), teams: make([]bool, len(x.teams))}
	filling := func(by PersonID) bool { return by == "" && !p.entered }
	parted := func(id PersonID) bool {
		y := p.person(id)
		return y != nil && (y.removed || y.member && (y.paused || y.window.over(at)))
	}
	orgWide := func(by PersonID) bool { return filling(by) || p.effective(by, "", at)["members:manage"] }
	everywhere := func(r OrgRole) permissions {
		if r := p.bringsEverywhere(r); r != "" {
			return p.projectPermissions(r)
		}
		return permissions{}
	}
	gone := func(r RoleID, in ProjectID) bool {
		c := p.role(r)
		return c != nil && (c.gone || c.only != "" && c.only != in)
	}
	// Who takes up what they gave themselves has to hold it for as long.
	lasts := func(by PersonID, until Instant) bool {
		return by != person || filling(by) || p.person(by).window.contains(lastBefore(until))
	}
	covers := func(by PersonID, in ProjectID, r ProjectRole, until Instant) bool {
		switch {
		case filling(by):
			return true
		case by == person:
			return lasts(by, until) && p.coverThroughout(by, in, at, lastBefore(until)).covers(p.projectPermissions(r))
		}
		return p.cover(by, in, at).covers(p.projectPermissions(r))
	}
	inviter := false
	for i, g := range x.grants {
		live := p.project(g.Project) != nil && p.project(g.Project).Deleted == 0
		o.grants[i] = live && !gone(RoleID(g.Role), g.Project) && !g.Window.over(at) && (filling(g.by) || p.effective(g.by, g.Project, at)["project:manage_grants"]) && covers(g.by, g.Project, g.Role, g.Window.End)
		inviter = inviter || o.grants[i] && (orgWide(g.by) || !p.settings.NoProjectInvitations && !parted(person) && !parted(x.Person))
	}
	for i, t := range x.teams {
		may := filling(t.by) || p.effective(t.by, "", at)["teams:manage"]
		manages := !t.place.Manager && p.manages(t.by, t.place.Team, at)
		o.teams[i] = !p.team(t.place.Team).gone && !t.place.over(at) && (may || manages)
		if !filling(t.by) && !manages {
			for _, g := range p.grants {
				if g.to.Team == t.place.Team && !g.window.over(at) && !covers(t.by, g.project, g.role, sooner(g.window.End, t.place.Window.End)) {
					o.teams[i] = false
				}
			}
			for _, d := range p.settings.Teams {
				if d.Team == t.place.Team && p.person(t.by) != nil && !(lasts(t.by, t.place.Window.End) && p.coversEverywhere(t.by).covers(p.projectPermissions(d.Role))) {
					o.teams[i] = false
				}
			}
		}
		inviter = inviter || o.teams[i] && (orgWide(t.by) || !p.settings.NoProjectInvitations && !parted(person) && !parted(x.Person))
	}
	if x.Window.over(at) {
		return o
	}
	role := orgWide(x.RoleBy) && !gone(RoleID(x.Role), "")
	if role && !filling(x.RoleBy) {
		role = p.cover(x.RoleBy, "", at).covers(p.orgPermissions(x.Role)) && lasts(x.RoleBy, x.Window.End)
		role = role && p.coversEverywhere(x.RoleBy).covers(everywhere(x.Role))
		if c := p.role(RoleID(x.Role)); c != nil {
			for _, b := range c.Projects {
				role = role && covers(x.RoleBy, b.Project, b.Role, x.Window.End)
			}
		}
	}
	switch {
	case role:
		o.role = x.Role
	case inviter:
		o.role = RoleMember
	}
	return o
}

// lastBefore is the last instant before an end, or one that is later than all.
func lastBefore(end Instant) Instant {
	if end == 0 {
		return lastInstant
	}
	return end - 1
}

// coverThroughout is cover from sources that hold from one instant to another.
func (p *picture) coverThroughout(id PersonID, in ProjectID, at, last Instant) permissions {
	out := permissions{}
	for _, h := range p.sources(id, in, at) {
		if h.Now && h.Window.contains(last) && (h.Place == nil || h.Place.contains(last)) {
			out.add(p.projectPermissions(h.Role))
		}
	}
	if p.person(id).role == RoleOwner {
		for _, row := range p.catalog {
			out[row.Key] = out[row.Key] || row.Explicit
		}
	}
	return out
}

func (p *picture) allInvitations(at Instant) (out []Invitation) {
	for _, x := range p.invitations {
		v := x.Invitation
		v.Stage, v.Grants, v.Teams = x.stage, []OfferedGrant{}, []OfferedPlace{}
		o := rOffer{grants: make([]bool, len(x.grants)), teams: make([]bool, len(x.teams))}
		switch {
		case x.stage != Pending:
		case at >= x.Expires:
			v.Stage = Expired
		default:
			o = p.offered(x, x.Person, at)
		}
		v.RoleCounts = o.role != "" && o.role == v.Role
		for _, project := range p.projects {
			roles := slices.Clone(ProjectRoles[:])
			for _, c := range p.custom {
				roles = append(roles, ProjectRole(c.id))
			}
			for _, r := range roles {
				for i, g := range x.grants {
					if g.Project == project.Project.Project && g.Role == r {
						v.Grants = append(v.Grants, OfferedGrant{g.InvitedGrant, g.by, o.grants[i]})
					}
				}
			}
		}
		for _, team := range p.teams {
			for i, t := range x.teams {
				if t.place.Team == team.Team.Team {
					v.Teams = append(v.Teams, OfferedPlace{t.place, t.by, o.teams[i]})
				}
			}
		}
		out = append(out, v)
	}
	return out
}

func (p *picture) allRequests(at Instant) (out []AccessRequest) {
	for _, x := range p.asks {
		v := x.AccessRequest
		switch v.Stage = x.stage; {
		case x.stage != Pending:
		case p.member(x.Person, at) == nil:
			v.Stage = Withdrawn
		case at >= x.Expires:
			v.Stage = Expired
		}
		out = append(out, v)
	}
	return out
}
