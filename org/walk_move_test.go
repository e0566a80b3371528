package org

import (
	"errors"
	"fmt"
	"slices"
)

// moving stands for a move where a walk tells what was done.
type moving struct{ MoveProject }

func (moving) needs() Need                       { return operatorOnly() }
func (moving) decide(Situation) ([]Event, error) { return nil, ErrNotOffered }

// readMove reads what happens to a project as a whole.
func (p *picture) readMove(f Stamped) {
	p.roles = nil
	switch e := f.Event.(type) {
	case *ProjectReset:
		old := p.project(e.Project)
		next := old.Project
		next.Project, next.Creator, next.Created, next.Changed = e.Successor, f.Actor, f.At, f.Version
		old.Deleted, old.RestoreBy, old.Changed, old.offer, old.ExternalID = f.At, f.At+90*24*3600*1e6, f.Version, nil, ""
		p.projects = append(p.projects, &rProject{Project: next})
		var only []ProjectRole
		for _, c := range p.custom {
			if c.gone {
				continue
			}
			if c.only == e.Project {
				c.only = e.Successor
				only = append(only, ProjectRole(c.id))
			}
			c.Projects = slices.Clone(c.Projects)
			for i := range c.Projects {
				if c.Projects[i].Project == e.Project {
					c.Projects[i].Project = e.Successor
				}
			}
		}
		for _, g := range slices.Clone(p.grants) {
			if g.project == e.Project {
				p.touchHolder(g.to)
				g.project = e.Successor
				p.grants = append(p.grants, g)
			}
		}
		p.grants = slices.DeleteFunc(p.grants, func(g rGrant) bool { return g.project == e.Project && slices.Contains(only, g.role) })
	case *ProjectOffered:
		x := p.project(e.Project)
		x.offer, x.Changed = &Offer{Project: e.Project, To: e.To, By: f.Actor, At: f.At}, f.Version
	case *OfferApproved:
		x := p.project(e.Project)
		o := *x.offer
		o.Approved, o.ApprovedBy = true, f.Actor
		x.offer, x.Changed = &o, f.Version
	case *OfferWithdrawn:
		x := p.project(e.Project)
		x.offer, x.Changed = nil, f.Version
	case *ProjectTransferred:
		x := p.project(e.Project)
		x.left, x.offer = true, nil
		for _, c := range p.custom {
			c.gone = c.gone || c.only == e.Project
			if !c.gone {
				c.Projects = slices.DeleteFunc(slices.Clone(c.Projects), func(r RoleProject) bool { return r.Project == e.Project })
			}
		}
		p.grants = slices.DeleteFunc(p.grants, func(g rGrant) bool {
			if g.project == e.Project {
				p.touchHolder(g.to)
			}
			return g.project == e.Project
		})
	case *ProjectReceived:
		v := rProject{Project: Project{Project: e.Project, Name: e.Name, ExternalID: e.ExternalID, Timezone: e.Timezone, Region: e.Region,
			Source: e.Source, Creator: e.Creator, Created: e.Created, Changed: f.Version}}
		if e.Creator != "" && p.person(e.Creator) == nil {
			p.touch(e.Creator)
		}
		if i := slices.IndexFunc(p.projects, func(x *rProject) bool { return x.Project.Project == e.Project }); i >= 0 {
			*p.projects[i] = v
		} else {
			p.projects = append(p.projects, &v)
		}
	}
}

func (p *picture) touchHolder(to Subject) {
	if to.holder() != "" {
		p.touch(to.holder())
	}
	if to.Team != "" {
		p.team(to.Team).Changed = p.version
	}
}

// offersAreTrue compares offers, and judges by the model whether they stand.
func offersAreTrue(p *passage) error {
	isOwner := func(id PersonID) bool {
		return id == "" && !p.after.entered || id != "" && p.after.active(id, p.at) && p.after.person(id).role == RoleOwner
	}
	for _, x := range p.after.projects {
		got, offered := p.new.Offer(x.Project.Project, p.at)
		if want := x.offer != nil && p.at < x.offer.At+14*day; offered != want {
			return fmt.Errorf("%s is offered: %v, by the model %v", x.Project.Project, offered, want)
		}
		if !offered {
			continue
		}
		may := p.after.held(x.offer.By, x.Project.Project, p.at)["project:transfer"] || p.after.held(x.offer.By, "", p.at)["projects:manage_any"]
		may = may && p.after.active(x.offer.By, p.at) || x.offer.By == "" && !p.after.entered
		approved := p.after.settings.TransferWithoutApproval || isOwner(x.offer.By) || x.offer.Approved && isOwner(x.offer.ApprovedBy)
		if got.To != x.offer.To || got.By != x.offer.By || got.Stands != (may && approved) || got.Approved != approved {
			return fmt.Errorf("%+v, by the model %+v, may %v, approved %v", got, *x.offer, may, approved)
		}
	}
	return nil
}

// moves takes a stride from one organization to the other.
func (w *walker) moves(s stride) error {
	from, to := w.orgs[s.org], w.orgs[1-s.org]
	at := max(w.now, from.s.At(), to.s.At())
	m, err := DecideMove(from.s, to.s, s.by, w.now, *s.move)
	again, errAgain := DecideMove(from.s, to.s, s.by, w.now, *s.move)
	if !sameFacts(m.Left, again.Left) || !sameFacts(m.Arrived, again.Arrived) || !errors.Is(errAgain, err) {
		return fmt.Errorf("I-15: decided twice on one version, it came out as %v %v and %v %v", m, err, again, errAgain)
	}
	if err != nil {
		var r *Refusal
		if !errors.As(err, &r) || len(m.Left)+len(m.Arrived) > 0 {
			return fmt.Errorf("refused with something else than a refusal: %v, and facts %v", err, m)
		}
		return nil
	}
	w.accepted++
	s.cmd = moving{*s.move}
	left := &passage{stride: s, at: at, old: from.s, before: from.at, walked: from}
	arrived := &passage{stride: s, at: at, old: to.s, before: to.at, walked: to}
	if err := errors.Join(from.follow(left, m.Left), to.follow(arrived, m.Arrived)); err != nil {
		return err
	}
	if err := errors.Join(w.hold(left), w.hold(arrived)); err != nil {
		return err
	}
	if w.strolls {
		return nil
	}
	return movesAreWhole(left, arrived, *s.move)
}

// movesAreWhole: a project is in one of the two before and in the other after, is what it was, belongs to nobody who
// was not in it or moved it, and went with the right of both sides.
func movesAreWhole(left, arrived *passage, c MoveProject) error {
	was, is := left.before.project(c.Project), arrived.after.project(c.Project)
	if was == nil || is == nil || arrived.before.project(c.Project) != nil || left.after.project(c.Project) != nil {
		return fmt.Errorf("I-10: %s was here %v, there %v; is here %v, there %v", c.Project, was != nil,
			arrived.before.project(c.Project) != nil, left.after.project(c.Project) != nil, is != nil)
	}
	creator := was.Creator
	if x := left.before.person(creator); x != nil && x.machine {
		creator = "" // an account belongs to one organization, and the other knows nothing of it
	}
	if was.Deleted != 0 || is.Timezone != was.Timezone || is.Region != was.Region || is.ExternalID != was.ExternalID ||
		is.Creator != creator || is.Created != was.Created {
		return fmt.Errorf("%+v became %+v", was, is)
	}
	by := left.by.ID()
	creates := arrived.before.active(by, arrived.at) && arrived.before.orgPermissions(arrived.before.person(by).role)["projects:create"]
	transfers := left.before.effective(by, c.Project, left.at)["project:transfer"] || left.before.effective(by, "", left.at)["projects:manage_any"]
	switch {
	case left.by.Operator && (left.before.entered || arrived.before.entered):
		return errors.New("the operator moved it")
	case left.by.Operator:
	case !creates:
		return fmt.Errorf("T-58: %s may create nothing there", by)
	case !c.ByOffer && !transfers:
		return fmt.Errorf("T-58: %s may not transfer it here", by)
	case c.ByOffer && (was.offer == nil || was.offer.To != arrived.new.ID()):
		return fmt.Errorf("%s accepted what was not offered", by)
	}
	role := arrived.before.settings.CreatorRole
	if role == "" {
		role = Owner
	}
	may := arrived.before.projectPermissions(role)
	for k := range arrived.after.cover(by, c.Project, arrived.at) {
		may[k] = true
	}
	for _, g := range arrived.after.grants {
		if g.project != c.Project || g.to == left.by.subject() && g.source == BySetting && g.role == role {
			continue
		}
		held := slices.ContainsFunc(left.before.grants, func(o rGrant) bool { return o.project == c.Project && o.to == g.to && o.role == g.role })
		if !c.KeepGrants || !held || !left.by.Operator && !may.covers(arrived.before.projectPermissions(g.role)) {
			return fmt.Errorf("%v holds %s there, kept %v, held here %v", g.to, g.role, c.KeepGrants, held)
		}
	}
	return nil
}

func (c *chance) elsewhere() OrgID {
	if c.rarely() {
		return pick(c, []OrgID{"", "org_", OrgID(id("org_", "nowhere")), c.w.orgs[c.org].s.ID()})
	}
	return c.w.orgs[1-c.org].s.ID()
}

// offered picks a project that is offered, or any.
func (c *chance) offered() ProjectID {
	var all []ProjectID
	for _, x := range c.p.projects {
		if x.offer != nil {
			all = append(all, x.Project.Project)
		}
	}
	if c.often() && len(all) > 0 {
		return pick(c, all)
	}
	return c.project()
}

// move picks a project to go to the other organization, and mostly somebody who might do that.
func (c *chance) move() *MoveProject {
	m := &MoveProject{Project: c.project(), KeepGrants: c.IntN(2) == 0}
	if c.IntN(2) == 0 {
		m.Project, m.ByOffer = c.offered(), c.often()
	}
	if c.IntN(4) == 0 {
		m.Name = c.name()
	}
	return m
}
