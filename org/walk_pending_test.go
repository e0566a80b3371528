package org

import (
	"fmt"
	"slices"
)

// oneInvitationEach holds that nobody has two open invitations but by taking over a row that had one.
func oneInvitationEach(p *passage) error {
	open := map[PersonID]int{}
	for v := range p.new.Invitations(p.at, "") {
		if v.Stage == Pending {
			open[v.Person]++
		}
	}
	before := map[PersonID]int{}
	for v := range p.old.Invitations(p.at, "") {
		if v.Stage == Pending {
			before[v.Person]++
		}
	}
	for person, n := range open {
		if n > 1 && n > before[person] && !p.is(TakeOver{}) {
			return fmt.Errorf("%s has %d open invitations", person, n)
		}
	}
	return nil
}

// acceptanceIsWhole holds that an acceptance gives what those who gave the parts could give then, and nothing else.
func acceptanceIsWhole(p *passage) error {
	c, ok := p.cmd.(AcceptInvitation)
	if !ok {
		return nil
	}
	var x *rInvitation
	for _, y := range p.before.invitations {
		if y.Invitation.Invitation == c.Invitation {
			x = y
		}
	}
	if x == nil || x.stage != Pending || p.at >= x.Expires || !c.Proved {
		return fmt.Errorf("%s was accepted", c.Invitation)
	}
	o := p.before.offered(x, p.by.Person, p.at)
	was, is := p.before.member(p.by.Person, p.at), p.after.member(p.by.Person, p.at)
	if was == nil && (is == nil || is.role != o.role || is.window != x.Window) {
		return fmt.Errorf("accepted %+v, offered %q", is, o.role)
	}
	for i, g := range x.grants {
		held := slices.ContainsFunc(p.after.grants, func(r rGrant) bool {
			return r.project == g.Project && r.to.Person == p.by.Person && r.role == g.Role && r.source == ByHand && r.window.join(g.Window) == r.window
		})
		had := slices.ContainsFunc(p.before.grants, func(r rGrant) bool {
			return r.project == g.Project && r.to.Person == p.by.Person && r.role == g.Role
		})
		if o.grants[i] && !held || !o.grants[i] && held && (was == nil || !had) {
			return fmt.Errorf("%+v counts: %t, held: %t", g, o.grants[i], held)
		}
	}
	for i, t := range x.teams {
		in := slices.ContainsFunc(p.after.places, func(l rPlace) bool { return l.person == p.by.Person && l.team == t.place.Team })
		if o.teams[i] && !in || !o.teams[i] && in && was == nil {
			return fmt.Errorf("%+v counts: %t, in: %t", t, o.teams[i], in)
		}
	}
	return nil
}

// lenders hand out, together, what an acceptance may give.
func (p *passage) lenders(in ProjectID) permissions {
	out := permissions{}
	c, ok := p.cmd.(AcceptInvitation)
	if !ok {
		return out
	}
	for _, x := range p.before.invitations {
		if x.Invitation.Invitation != c.Invitation {
			continue
		}
		givers := []PersonID{x.RoleBy}
		for _, g := range append(slices.Clone(x.grants), x.teams...) {
			givers = append(givers, g.by)
		}
		for _, by := range givers {
			out.add(p.before.cover(by, in, p.at))
			if by == "" && !p.before.entered {
				for _, r := range ProjectRoles {
					out.add(p.before.projectPermissions(r))
				}
				for _, r := range OrgRoles {
					out.add(p.before.orgPermissions(r))
				}
			}
			for _, t := range x.teams {
				if p.before.manages(by, t.place.Team, p.at) {
					for _, g := range p.before.grants {
						if g.to.Team == t.place.Team && g.project == in {
							out.add(p.before.projectPermissions(g.role))
						}
					}
				}
			}
		}
	}
	return out
}

// takingOverGivesNothing holds that who takes over a row may do what either might have done, and nothing more.
func takingOverGivesNothing(p *passage) error {
	c, ok := p.cmd.(TakeOver)
	taken := slices.ContainsFunc(p.facts, func(f Stamped) bool { _, is := f.Event.(*PersonTakenOver); return is })
	if !ok || !taken {
		return nil
	}
	for _, at := range p.instants() {
		for _, in := range p.before.everywhere() {
			may := p.before.effective(c.From, in, at)
			may.add(p.before.effective(p.by.Person, in, at))
			if is := p.after.effective(p.by.Person, in, at); !may.covers(is) {
				return fmt.Errorf("%s took over %s and won something in %q at %v", p.by.Person, c.From, in, at)
			}
			for _, x := range p.after.people {
				if x.id != p.by.Person && x.id != c.From && !p.before.effective(x.id, in, at).covers(p.after.effective(x.id, in, at)) {
					return fmt.Errorf("%s won something by another's taking over", x.id)
				}
			}
		}
	}
	if p.after.member(c.From, p.at) != nil {
		return fmt.Errorf("%s is a member still", c.From)
	}
	return nil
}

// acceptedPart reports whether an acceptance brings somebody a grant or a place.
func (p *passage) acceptedPart(grant *rGrant, place *rPlace) bool {
	c, ok := p.cmd.(AcceptInvitation)
	if !ok {
		return false
	}
	for _, x := range p.before.invitations {
		if x.Invitation.Invitation != c.Invitation {
			continue
		}
		for _, g := range x.grants {
			if grant != nil && g.Project == grant.project && g.Role == grant.role && g.Window == grant.window && g.by == grant.by {
				return true
			}
		}
		for _, t := range x.teams {
			if place != nil && t.place == (InvitedPlace{place.team, place.manager, place.window}) && t.by == place.by {
				return true
			}
		}
	}
	return false
}
