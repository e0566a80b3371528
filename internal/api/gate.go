package api

import (
	"github.com/commonhold/commonhold/internal/credential"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// pass lets a call in that the row's gate names; a gate that names nobody lets in nobody. It is the one place where
// rows without a command are judged; commands say themselves what right they need.
func (c *call) pass() error {
	g, me := c.Gate, c.caller.ID()
	switch {
	case g.Open:
		return nil
	case c.caller.Key == "":
		return org.ErrNotAllowed
	case g.Caller, g.Own && c.caller.Own:
		return nil
	case g.Own:
		return credential.ErrNotOwn
	case !c.caller.Acting():
		if g.Operator && c.caller.Operator {
			return nil
		}
		return org.ErrNotAllowed
	case c.state != nil && c.state.SuspendedSince() != 0:
		return c.passSuspended()
	case c.state != nil && (g.Member || g.Org != "" && c.state.Check(me, g.Org, "", c.at)):
		return nil
	}
	for _, q := range c.asked {
		if !c.about(g, q) {
			return c.kept()
		}
	}
	if len(c.asked) == 0 {
		return org.ErrNotAllowed
	}
	return nil
}

// passSuspended lets a person into what a row shows even of a suspended organization: plan and billing.
func (c *call) passSuspended() error {
	switch {
	case !c.Gate.Suspended:
		return org.ErrOrganizationSuspended
	case !c.state.StillHolds(c.caller.ID(), c.Gate.Org, c.at):
		return org.ErrNotAllowed
	}
	return nil
}

// kept is why a person is not let in: whoever may list all teams and projects is told if there is none of that name.
func (c *call) kept() error {
	if c.state != nil && c.project != "" && c.sees("members:view") {
		if _, known := c.state.Project(c.project); !known {
			return org.ErrUnknownProject
		}
	}
	return org.ErrNotAllowed
}

// about reports whether the gate lets in the caller for what one question is about.
func (c *call) about(g route.Gate, q org.Question) bool {
	me := c.caller.ID()
	if g.Self && q.Person == me && me != noPerson {
		return true
	}
	return c.state != nil && (g.Project != "" && q.Project != "" && c.state.Check(me, g.Project, q.Project, c.at) ||
		g.Manager && c.state.Manages(me, c.team, c.at) ||
		g.InTeam && c.state.InTeam(me, c.team, c.at))
}

// sees reports whether the caller has a permission in the organization, or is the operator, who sees all.
func (c *call) sees(p org.Permission) bool {
	return !c.caller.Acting() || c.state.Check(c.caller.ID(), p, "", c.at)
}

// seesIn is the same for a project.
func (c *call) seesIn(project org.ProjectID, p org.Permission) bool {
	return !c.caller.Acting() || c.state.Check(c.caller.ID(), p, project, c.at)
}
