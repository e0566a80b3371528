package notice

import (
	"slices"

	"github.com/commonhold/commonhold/org"
)

// Row is a row of the table "who is told".
type Row struct {
	What   string // the notice's name
	When   string
	Told   string
	Safety bool // nobody may switch it off for themselves
}

// The notices' names.
const (
	requestMade      = "request.made"
	requestApproved  = "request.approved"
	requestDenied    = "request.denied"
	roleChanged      = "member.role_changed"
	accessChanged    = "access.changed"
	memberRemoved    = "member.removed"
	oneOwnerLeft     = "organization.one_owner_left"
	suspendedByPeer  = "member.suspended_by_peer"
	withoutOwner     = "project.without_owner"
	projectOffered   = "project.offered"
	projectMoved     = "project.transferred"
	recoveryStarted  = "recovery.started"
	recoveryStopped  = "recovery.stopped"
	recoveryFinished = "recovery.finished"
	planRequested    = "plan.requested"
	planGranted      = "plan.request_granted"
	planDeclined     = "plan.request_declined"
	accessEnding     = "access.ending"
	keyExpiring      = "key.expiring"
)

// Table is who is told of what. Invitations are told by the mail that invites.
func Table() []Row {
	return []Row{
		{requestMade, "a member asks for access to a project", "who decides on requests there", false},
		{requestApproved, "an access request is approved", "who made it", false},
		{requestDenied, "an access request is denied", "who made it", false},
		{roleChanged, "somebody else changes a member's organization role", "the member; the other owners too if it was or becomes that of an owner", true},
		{accessChanged, "somebody else gives, changes or takes a member's own access to projects", "the member, once for all projects", false},
		{memberRemoved, "a member is removed", "whoever was removed", true},
		{oneOwnerLeft, "one owner is left who can act", "that owner", true},
		{suspendedByPeer, "an admin suspends another admin", "the owners", true},
		{withoutOwner, "a project has no owner of its own any more because its last one went", "the owners", false},
		{projectOffered, "a project is offered to another organization", "the owners", true},
		{projectMoved, "a project is transferred to another organization", "the owners", true},
		{recoveryStarted, "the operator starts a recovery", "every member", true},
		{recoveryStopped, "a recovery is stopped", "every member", true},
		{recoveryFinished, "a recovery is finished", "every member", true},
		{planRequested, "a member asks for another plan", "who manages the plan", false},
		{planGranted, "a request for another plan is granted", "who made it", false},
		{planDeclined, "a request for another plan is declined", "who made it", false},
		{accessEnding, "a membership, a place in a team or access to a project ends in 7 days", "the person, or the people of the team, and who can make it last longer", false},
		{keyExpiring, "a key of a service account expires in 7 days", "who manages the service account", true},
	}
}

// about are the notices about one fact; of each one that is to nobody, nobody is told.
func (c command) about(i int) []Notice {
	f := c.facts[i]
	switch e := f.Event.(type) {
	case *org.RequestMade:
		return []Notice{{What: requestMade, Person: f.Actor, Request: e.Request, Role: e.Role, Projects: []org.ProjectID{e.Project},
			To: slices.Collect(c.base.PeopleWhere(e.Project, "project:decide_requests", f.At, ""))}}
	case *org.RequestApproved:
		return c.decided(requestApproved, e.Request, f.At)
	case *org.RequestDenied:
		return c.decided(requestDenied, e.Request, f.At)
	case *org.MemberSuspended:
		if e.Peer {
			return []Notice{{What: suspendedByPeer, Person: e.Person, To: c.base.Owners(f.At)}}
		}
	case *org.RoleSet:
		return c.newRole(f, e)
	case *org.MemberRemoved:
		return append(c.orphans(e.Person, f.At), c.toOneself(f, Notice{What: memberRemoved, Person: e.Person})...)
	case *org.MemberLeft:
		return c.orphans(e.Person, f.At)
	case *org.GrantGiven:
		return c.access(i, e.Subject.Person)
	case *org.GrantRescheduled:
		return c.access(i, e.Subject.Person)
	case *org.GrantTaken:
		return c.access(i, e.Subject.Person)
	case *org.ProjectOffered:
		return []Notice{{What: projectOffered, To: c.base.Owners(f.At), Projects: []org.ProjectID{e.Project}}}
	case *org.ProjectTransferred:
		return []Notice{{What: projectMoved, To: c.base.Owners(f.At), Projects: []org.ProjectID{e.Project}}}
	case *org.RecoveryStarted:
		return []Notice{{What: recoveryStarted, Person: e.Person, To: c.everybody(f.At)}}
	case *org.RecoveryStopped:
		r, _ := c.base.Recovery()
		return []Notice{{What: recoveryStopped, Person: r.Person, To: c.everybody(f.At)}}
	case *org.RecoveryFinished:
		return []Notice{{What: recoveryFinished, Person: e.Person, To: c.everybody(f.At)}}
	case *org.PlanRequested:
		return []Notice{{What: planRequested, Person: e.Person, To: slices.Collect(c.base.PeopleWhere("", "plan:manage", f.At, ""))}}
	case *org.PlanRequestClosed:
		if what, told := map[org.PlanRequestOutcome]string{org.PlanGranted: planGranted, org.PlanDeclined: planDeclined}[e.Outcome]; told {
			return []Notice{{What: what, Person: e.Person, To: []org.PersonID{e.Person}}}
		}
	}
	return nil
}
