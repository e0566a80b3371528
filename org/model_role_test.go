package org

import (
	"errors"
	"slices"
)

// Custom roles, as the reference has them.

func (p *picture) role(id RoleID) *rRole {
	for _, c := range p.custom {
		if c.id == id {
			return c
		}
	}
	return nil
}

func (p *picture) liveRoles(scope Scope) (out []RoleID) {
	for _, c := range p.custom {
		if !c.gone && c.scope == scope {
			out = append(out, c.id)
		}
	}
	return out
}

func (p *picture) readRole(f Stamped) {
	switch e := f.Event.(type) {
	case *RoleCreated:
		p.custom = append(p.custom, &rRole{e.Role, e.Scope, e.Project, e.Name, false, e.RoleContent})
	case *RoleEdited:
		c := p.role(e.Role)
		c.name, c.RoleContent = e.Name, e.RoleContent
	case *RoleDeleted:
		p.role(e.Role).gone = true
		for _, x := range slices.Concat(p.people, p.machines) {
			if x.role == OrgRole(e.Role) && x.member {
				p.touch(x.id).role = OrgRole(e.Instead)
			}
		}
		p.replaceGrants(ProjectRole(e.Role), ProjectRole(e.Instead), f.At)
	default:
		return
	}
	p.roles = nil
}

func (p *picture) replaceGrants(gone, instead ProjectRole, at Instant) {
	var out []rGrant
	add := func(g rGrant) {
		i := slices.IndexFunc(out, func(o rGrant) bool {
			return o.project == g.project && o.to == g.to && o.role == g.role && o.source == g.source
		})
		if i < 0 {
			out = append(out, g)
			return
		}
		w, o := g.window, out[i].window
		if w.over(at) {
			return // the other goes on as it is
		}
		if o.over(at) {
			out[i] = g
			return
		}
		if w.Start > o.Start {
			w.Start = o.Start
		}
		if o.End == 0 || w.End != 0 && o.End > w.End {
			w.End = o.End
		}
		g.window = w
		out[i] = g
	}
	for _, g := range p.grants {
		if g.role != gone {
			add(g)
		}
	}
	for _, g := range p.grants {
		if g.role != gone {
			continue
		}
		p.project(g.project).Changed = p.version
		if g.to.holder() != "" {
			p.touch(g.to.holder())
		}
		if g.to.Team != "" {
			p.team(g.to.Team).Changed = p.version
		}
		if g.role = instead; instead != "" {
			add(g)
		}
	}
	p.grants = out
}

func (p *picture) adopts(e *CatalogAdopted) {
	for _, c := range p.custom {
		var kept []Permission
		for _, k := range c.Permissions {
			for _, r := range e.Instead {
				if r.From == k {
					k = r.To
				}
			}
			if !slices.Contains(e.Gone, k) {
				kept = append(kept, k)
			}
		}
		c.Permissions = kept
	}
}

// contained is what a custom role lists and there is: our own permissions of its scope, and the application's with what
// they imply.
func (p *picture) contained(c *rRole, ours string) permissions {
	out, own := permissions{}, words(ours)
	for _, k := range c.Permissions {
		if own[k] {
			out[k] = true
		}
		for _, row := range p.catalog {
			if row.Key == k && c.scope == InProject {
				out[k] = true
				for _, implied := range row.Implies {
					out[implied] = true
				}
			}
		}
	}
	return out
}

func (p *picture) bringsEverywhere(r OrgRole) ProjectRole {
	if c := p.role(RoleID(r)); c != nil {
		return c.Everywhere
	}
	return map[OrgRole]ProjectRole{RoleOwner: Owner, RoleAdmin: Admin}[r]
}

// brings are the project roles that an organization role brings in a project.
func (p *picture) brings(r OrgRole, in ProjectID) (out []ProjectRole) {
	if x := p.bringsEverywhere(r); x != "" {
		out = append(out, x)
	}
	if c := p.role(RoleID(r)); c != nil {
		for _, x := range c.Projects {
			if x.Project == in && !slices.Contains(out, x.Role) {
				out = append(out, x.Role)
			}
		}
	}
	return out
}

// ownersOwnExplicit reports whether all that an owner won by their own act is explicit: they may give themselves that.
func (p *passage) ownersOwnExplicit(is, was permissions) bool {
	me := p.before.person(p.by.Person)
	for k := range is {
		explicit := slices.ContainsFunc(p.before.catalog, func(r Row) bool { return r.Key == k && r.Explicit })
		if !was[k] && !explicit {
			return false
		}
	}
	return me != nil && me.role == RoleOwner
}

// belowHolders holds that everybody whose access changes with a role is below the actor.
func (p *passage) belowHolders(me *rPerson, id RoleID, unchanged bool) error {
	if unchanged || me.role == RoleOwner {
		return nil
	}
	var err error
	for _, x := range p.before.people {
		carried := p.before.role(RoleID(x.role))
		carries := carried != nil && (carried.Everywhere == ProjectRole(id) ||
			slices.ContainsFunc(carried.Projects, func(r RoleProject) bool { return r.Role == ProjectRole(id) }))
		if x.member && (x.role == OrgRole(id) || carries) {
			err = errors.Join(err, p.below(me, x.id, false))
		}
	}
	for _, g := range p.before.grants {
		if g.role == ProjectRole(id) {
			err = errors.Join(err, p.belowOn(g.project, g.to, g.role, g.source))
		}
	}
	return err
}
