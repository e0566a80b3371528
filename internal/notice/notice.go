// Package notice says who is told of what happened in an organization. It owns the table of that and the messages that
// wait in the outbox, written with the facts that caused them; it knows nothing of how they are delivered.
package notice

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Notice is what somebody is to be told.
type Notice struct {
	What   string         `json:"what"`
	Org    org.OrgID      `json:"organization"`
	Person org.PersonID   `json:"person,omitempty"` // whom it is about
	By     org.PersonID   `json:"by,omitempty"`     // absent: the operator
	To     []org.PersonID `json:"to"`
	// Projects are what it is about, if it is about projects.
	Projects []org.ProjectID `json:"projects,omitempty"`
}

// Kind is the outbox's kind of notices.
const Kind = "notice"

// atOnce is how many people one message names: an organization may have more members than a row should be long.
const atOnce = 500

// about finds out whether somebody is told of a fact: what, about whom, and who they are, in the state before it.
func about(s *org.State, f org.Stamped) (what string, person org.PersonID, to []org.PersonID) {
	switch e := f.Event.(type) {
	case *org.MemberSuspended:
		if e.Peer {
			return "member.suspended_by_peer", e.Person, s.Owners(f.At)
		}
	case *org.MemberRemoved:
		return withoutOwner, e.Person, s.Owners(f.At)
	case *org.MemberLeft:
		return withoutOwner, e.Person, s.Owners(f.At)
	case *org.ProjectOffered:
		return "project.offered", "", s.Owners(f.At)
	case *org.ProjectTransferred:
		return "project.transferred", "", s.Owners(f.At)
	case *org.RecoveryStarted:
		return "recovery.started", e.Person, everybody(s, f.At)
	case *org.RecoveryStopped:
		r, _ := s.Recovery()
		return "recovery.stopped", r.Person, everybody(s, f.At)
	case *org.RecoveryFinished:
		return "recovery.finished", e.Person, everybody(s, f.At)
	case *org.PlanRequested:
		return "plan.requested", e.Person, slices.Collect(s.PeopleWhere("", "plan:manage", f.At, ""))
	case *org.PlanRequestClosed:
		if e.Outcome != org.PlanWithdrawn {
			return "plan.request_" + string(e.Outcome), e.Person, []org.PersonID{e.Person}
		}
	}
	return "", "", nil
}

// withoutOwner says that projects were left without an owner of their own by somebody who went.
const withoutOwner = "project.without_owner"

// projects are those that a fact is about; after is the state behind all facts of the command.
func projects(s, after *org.State, f org.Stamped) []org.ProjectID {
	switch e := f.Event.(type) {
	case *org.MemberRemoved:
		return after.Orphaned(s.OwnedAlone(e.Person, f.At), f.At)
	case *org.MemberLeft:
		return after.Orphaned(s.OwnedAlone(e.Person, f.At), f.At)
	case *org.ProjectOffered:
		return []org.ProjectID{e.Project}
	case *org.ProjectTransferred:
		return []org.ProjectID{e.Project}
	}
	return nil
}

// everybody is every member, suspended ones and those whose start is to come among them.
func everybody(s *org.State, at org.Instant) (out []org.PersonID) {
	for m := range s.Members(at, "") {
		out = append(out, m.Person)
	}
	return out
}

// Of returns the messages that go with the facts of a command; s is the state before them.
func Of(s *org.State, facts []org.Stamped) (out []store.Message, err error) {
	for i, f := range facts {
		what, person, to := about(s, f)
		var concerned []org.ProjectID
		if what != "" {
			if concerned = projects(s, org.Evolve(s, facts...), f); what == withoutOwner && len(concerned) == 0 {
				continue
			}
		}
		part := 0
		for some := range slices.Chunk(to, atOnce) {
			body, err := json.Marshal(Notice{What: what, Org: s.ID(), Person: person, By: f.Actor, To: some, Projects: concerned})
			if err != nil {
				return nil, fmt.Errorf("notice %s: %w", what, err)
			}
			id := fmt.Sprintf("%s.%d", f.Command, i)
			if part++; part > 1 {
				id += fmt.Sprintf(".%d", part)
			}
			out = append(out, store.Message{ID: id, Org: string(s.ID()), Kind: Kind, Body: body, Due: int64(f.At)})
		}
	}
	return out, nil
}
