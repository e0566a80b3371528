package org

import (
	"iter"
	"time"
)

// InvitationLasts is how long an invitation can be accepted unless it says otherwise; InvitationLastsAtMost is the
// longest that it can say.
const (
	InvitationLasts       = 14 * 24 * time.Hour
	InvitationLastsAtMost = 90 * 24 * time.Hour
)

// MaxInvited is how many people one command invites at most.
const MaxInvited = 5000

// InvitationID is the id of an invitation, inv_….
type InvitationID string

const invitationPrefix = "inv_"

func (id InvitationID) Valid() bool { return validID(string(id), invitationPrefix) }

// Stage is where an invitation or a request stands.
type Stage uint8

const (
	Pending Stage = iota + 1
	Accepted
	Declined
	Revoked
	Approved
	Denied
	Withdrawn
	Expired
)

var stages = [...]string{Pending: "pending", Accepted: "accepted", Declined: "declined", Revoked: "revoked",
	Approved: "approved", Denied: "denied", Withdrawn: "withdrawn", Expired: "expired"}

func (s Stage) String() string { return stages[s] }

// MarshalText writes the stage as its word.
func (s Stage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word, for clients.
func (s *Stage) UnmarshalText(b []byte) error {
	for i, word := range stages {
		if word == string(b) && word != "" {
			*s = Stage(i)
			return nil
		}
	}
	return ErrBadStage
}

// invitation is the row of one, kept after it has ended. Its parts are the organization role, grants and team places,
// each with whoever gave it. It is for a person, who may be a row that stands for an address and nothing else.
type invitation struct {
	body    body
	stage   Stage
	role    roleNumber
	person  uint32
	window  uint32 // of the membership
	by      uint32 // who invited first
	roleBy  uint32 // who gave the organization role
	grants  ties   // to projects
	teams   ties
	made    Instant
	resent  Instant // when its mail was asked for last after that; 0: never
	expires Instant
	ended   Instant // when it was accepted, declined or revoked
	changed Version
}

func (x *invitation) id() InvitationID { return InvitationID(invitationPrefix + string(x.body[:])) }

// open reports whether the invitation can be accepted at that instant. No job has to run for it to expire.
func (x *invitation) open(at Instant) bool { return x.stage == Pending && at < x.expires }

func (x *invitation) stageAt(at Instant) Stage {
	if x.stage == Pending && at >= x.expires {
		return Expired
	}
	return x.stage
}

func (s *State) invitationRow(id InvitationID) uint32 {
	body := behind(invitationPrefix, string(id))
	return s.inviteAt.find(hashOf(body), func(row uint32) bool { return string(s.invites.get(row).body[:]) == body })
}

// invited returns the open invitation of a person, or noRow.
func (s *State) invited(person uint32, at Instant) uint32 {
	if person == noRow {
		return noRow
	}
	return s.invitedAt.find(hashOf(s.bodyOfPerson(person)), func(row uint32) bool {
		x := s.invites.get(row)
		return x.person == person && x.open(at)
	})
}

func (s *State) bodyOfPerson(row uint32) string { return string(s.people.get(row).body[:]) }

func (s *State) editInvitation(i uint32) *invitation {
	x := s.invites.at(s.edit, i)
	x.changed = s.version
	return x
}

// endInvitation moves an invitation that is pending to its end.
func (s *State) endInvitation(i uint32, to Stage, at Instant) {
	x := s.editInvitation(i)
	s.invitedAt.drop(s.edit, hashOf(s.bodyOfPerson(x.person)), i)
	x.stage, x.ended = to, at
}

// endPending ends what still waits for somebody whose membership has ended.
func (s *State) endPending(person uint32, at Instant) {
	for i := s.pendingInvitation(person); i != noRow; i = s.pendingInvitation(person) {
		if x := s.invites.get(i); x.open(at) {
			s.endInvitation(i, Revoked, at)
		} else {
			s.endInvitation(i, Expired, x.expires)
		}
	}
	s.endRequests(person, at)
}

// pendingInvitation returns one that has not ended by a fact, expired or not.
func (s *State) pendingInvitation(person uint32) uint32 {
	return s.invitedAt.find(hashOf(s.bodyOfPerson(person)), func(row uint32) bool { return s.invites.get(row).person == person })
}

// pendingOf yields a person's invitations that no fact has ended.
func (s *State) pendingOf(person uint32) iter.Seq[*invitation] {
	return func(yield func(*invitation) bool) {
		if person == noRow {
			return
		}
		s.invitedAt.find(hashOf(s.bodyOfPerson(person)), func(row uint32) bool {
			x := s.invites.get(row)
			return x.person == person && !yield(x)
		})
	}
}

// Invitation is an invitation with its parts.
type Invitation struct {
	Invitation InvitationID   `json:"invitation"`
	Person     PersonID       `json:"person"`
	Stage      Stage          `json:"status"`
	Role       OrgRole        `json:"role"`
	Window                    // of the membership
	RoleBy     PersonID       `json:"role_given_by,omitempty"` // absent: the operator
	RoleCounts bool           `json:"role_counts"`             // it would be given if the invitation were accepted now
	Grants     []OfferedGrant `json:"grants"`
	Teams      []OfferedPlace `json:"teams"`
	InvitedBy  PersonID       `json:"invited_by,omitempty"` // absent: the operator
	Made       Instant        `json:"invited_at"`
	Resent     Instant        `json:"resent_at,omitzero"` // when its mail was asked for again
	Expires    Instant        `json:"expires_at"`
	Ended      Instant        `json:"ended_at,omitzero"` // accepted, declined or revoked
	Changed    Version        `json:"changed"`
}

// OfferedGrant is a part of an invitation: a role in a project.
type OfferedGrant struct {
	InvitedGrant
	GivenBy PersonID `json:"given_by,omitempty"` // absent: the operator
	Counts  bool     `json:"counts"`             // it would be given if the invitation were accepted now
}

// OfferedPlace is a part of an invitation: a place in a team.
type OfferedPlace struct {
	InvitedPlace
	GivenBy PersonID `json:"given_by,omitempty"` // absent: the operator
	Counts  bool     `json:"counts"`             // it would be given if the invitation were accepted now
}

// Invitation returns one, whatever became of it.
func (s *State) Invitation(id InvitationID, at Instant) (Invitation, bool) {
	if i := s.invitationRow(id); i != noRow {
		return s.viewInvitation(s.invites.get(i), at), true
	}
	return Invitation{}, false
}

// Invited returns the invitation of a person that can be accepted at that instant.
func (s *State) Invited(id PersonID, at Instant) (Invitation, bool) {
	if i := s.invited(s.person(id), at); i != noRow {
		return s.viewInvitation(s.invites.get(i), at), true
	}
	return Invitation{}, false
}

func (s *State) viewInvitation(x *invitation, at Instant) Invitation {
	v := Invitation{Invitation: x.id(), Person: s.actorID(x.person), Stage: x.stageAt(at), Role: s.orgRole(x.role), Window: s.window(x.window),
		RoleBy: s.actorID(x.roleBy), Grants: []OfferedGrant{}, Teams: []OfferedPlace{}, InvitedBy: s.actorID(x.by), Made: x.made, Resent: x.resent,
		Expires: x.expires, Ended: x.ended, Changed: x.changed}
	var o offering
	if x.open(at) && s.catalog != nil {
		o = s.offered(x, x.person, at)
	}
	v.RoleCounts = o.role != "" && o.role == v.Role
	for i, t := range x.grants.all() {
		v.Grants = append(v.Grants, OfferedGrant{s.invitedGrant(t), s.actorID(t.by), i < len(o.grants) && o.grants[i]})
	}
	for i, t := range x.teams.all() {
		v.Teams = append(v.Teams, OfferedPlace{s.invitedPlace(t), s.actorID(t.by), i < len(o.teams) && o.teams[i]})
	}
	return v
}

func (s *State) invitedGrant(t tie) InvitedGrant {
	return InvitedGrant{s.projects.get(t.to).id(), s.projectRole(t.role), s.window(t.window)}
}

func (s *State) invitedPlace(t tie) InvitedPlace {
	return InvitedPlace{s.teams.get(t.to).id(), t.manage, s.window(t.window)}
}

// Invitations yields all invitations, newest last, from the first behind after on.
func (s *State) Invitations(at Instant, after InvitationID) iter.Seq[Invitation] {
	return func(yield func(Invitation) bool) {
		from := uint32(0)
		if after != "" {
			if from = s.invitationRow(after) + 1; from == 0 {
				return
			}
		}
		for i := from; i < uint32(s.invites.n); i++ {
			if !yield(s.viewInvitation(s.invites.get(i), at)) {
				return
			}
		}
	}
}
