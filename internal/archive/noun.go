package archive

import (
	"iter"
	"slices"

	"github.com/commonhold/commonhold/org"
)

// A noun is what an organization's log has led to, as lines that other programs can read. An import does not: it reads
// the logs, and all of this follows from them.
type noun struct {
	file     string
	sentence string // what a line is
	sample   any    // the shape of a line
	rows     func(s *org.State, at org.Instant) iter.Seq[any]
}

// Lines of nouns. Each begins with the organization; the rest is as the API shows it.
type (
	organizationLine struct {
		Organization org.OrgID      `json:"organization"`
		Name         org.Name       `json:"name"`
		Slug         org.Slug       `json:"slug"`
		ExternalID   org.ExternalID `json:"external_id,omitempty"`
		Created      org.Instant    `json:"created_at"`
		Version      org.Version    `json:"version"`
		At           org.Instant    `json:"at"` // of the last fact, which is the instant of all lines
		Catalog      org.Digest     `json:"catalog"`
		Standing     org.Standing   `json:"status"`
		Closes       org.Instant    `json:"closes_at,omitzero"`
		Suspended    org.Instant    `json:"suspended_since,omitzero"`
		Plan         org.PlanKey    `json:"plan,omitempty"`
		Entered      bool           `json:"entered"`
		Settings     org.Settings   `json:"settings"`
	}
	memberLine struct {
		Organization org.OrgID `json:"organization"`
		org.Member
	}
	teamLine struct {
		Organization org.OrgID `json:"organization"`
		org.Team
	}
	placeLine struct {
		Organization org.OrgID `json:"organization"`
		org.Place
	}
	projectLine struct {
		Organization org.OrgID `json:"organization"`
		org.Project
	}
	grantLine struct {
		Organization org.OrgID `json:"organization"`
		org.Grant
	}
	roleLine struct {
		Organization org.OrgID `json:"organization"`
		org.CustomRole
	}
	accountLine struct {
		Organization org.OrgID `json:"organization"`
		org.Account
	}
	accountKeyLine struct {
		Organization org.OrgID     `json:"organization"`
		Account      org.AccountID `json:"account"`
		org.AccountKey
	}
	invitationLine struct {
		Organization org.OrgID `json:"organization"`
		org.Invitation
	}
	accessRequestLine struct {
		Organization org.OrgID `json:"organization"`
		org.AccessRequest
	}
	planRequestLine struct {
		Organization org.OrgID `json:"organization"`
		org.PlanRequest
	}
)

// nouns are the files, in the order of the documentation. One more is one more row.
var nouns = []noun{
	{"organizations.jsonl", "an organization", organizationLine{}, func(s *org.State, at org.Instant) iter.Seq[any] {
		return only(organizationLine{s.ID(), s.Name(), s.Slug(), s.External(), s.Created(), s.Version(), s.At(), s.CatalogDigest(),
			s.Standing(at), s.ClosesAt(), s.SuspendedSince(), s.Plan(at).Plan, s.Entered(), s.Settings()})
	}},
	{"members.jsonl", "a membership: active, waiting for its start, or suspended", memberLine{}, func(s *org.State, at org.Instant) iter.Seq[any] {
		return lines(s.Members(at, ""), func(m org.Member) any { return memberLine{s.ID(), m} })
	}},
	{"teams.jsonl", "a team", teamLine{}, func(s *org.State, _ org.Instant) iter.Seq[any] {
		return lines(s.Teams(""), func(t org.Team) any { return teamLine{s.ID(), t} })
	}},
	{"places.jsonl", "a member's place in a team", placeLine{}, func(s *org.State, at org.Instant) iter.Seq[any] {
		return under(s.Teams(""), func(t org.Team) iter.Seq[any] {
			return lines(s.Roster(t.Team, at, ""), func(p org.Place) any { return placeLine{s.ID(), p} })
		})
	}},
	{"projects.jsonl", "a project, deleted ones included until they are purged", projectLine{}, func(s *org.State, _ org.Instant) iter.Seq[any] {
		return lines(projects(s), func(p org.Project) any { return projectLine{s.ID(), p} })
	}},
	{"grants.jsonl", "a role that a person, a team or everyone holds in a project", grantLine{}, func(s *org.State, at org.Instant) iter.Seq[any] {
		return under(projects(s), func(p org.Project) iter.Seq[any] {
			return func(yield func(any) bool) {
				for _, g := range s.GrantsOn(p.Project, at) {
					if !yield(grantLine{s.ID(), g}) {
						return
					}
				}
			}
		})
	}},
	{"roles.jsonl", "a custom role, of the organization or of projects", roleLine{}, func(s *org.State, _ org.Instant) iter.Seq[any] {
		return lines(s.CustomRoles(""), func(r org.CustomRole) any { return roleLine{s.ID(), r} })
	}},
	{"service_accounts.jsonl", "a service account", accountLine{}, func(s *org.State, at org.Instant) iter.Seq[any] {
		return lines(s.Accounts(at, ""), func(a org.Account) any { return accountLine{s.ID(), a} })
	}},
	{"service_account_keys.jsonl", "a key of a service account, without what proves it", accountKeyLine{}, func(s *org.State, at org.Instant) iter.Seq[any] {
		return under(s.Accounts(at, ""), func(a org.Account) iter.Seq[any] {
			return lines(slices.Values(s.AccountKeys(a.Account, at)), func(k org.AccountKey) any { return accountKeyLine{s.ID(), a.Account, k} })
		})
	}},
	{"invitations.jsonl", "an invitation, whatever became of it", invitationLine{}, func(s *org.State, at org.Instant) iter.Seq[any] {
		return lines(s.Invitations(at, ""), func(v org.Invitation) any { return invitationLine{s.ID(), v} })
	}},
	{"access_requests.jsonl", "an access request, whatever became of it", accessRequestLine{}, func(s *org.State, at org.Instant) iter.Seq[any] {
		return lines(s.Requests(at, ""), func(r org.AccessRequest) any { return accessRequestLine{s.ID(), r} })
	}},
	{"plan_requests.jsonl", "an open request for another plan", planRequestLine{}, func(s *org.State, at org.Instant) iter.Seq[any] {
		return lines(s.PlanRequests(at, ""), func(r org.PlanRequest) any { return planRequestLine{s.ID(), r} })
	}},
}

// projects yields the projects that live, then those that are deleted.
func projects(s *org.State) iter.Seq[org.Project] {
	return func(yield func(org.Project) bool) {
		for _, deleted := range []bool{false, true} {
			for p := range s.Projects(deleted, "") {
				if !yield(p) {
					return
				}
			}
		}
	}
}

func only(v any) iter.Seq[any] { return func(yield func(any) bool) { yield(v) } }

func lines[T any](all iter.Seq[T], line func(T) any) iter.Seq[any] {
	return func(yield func(any) bool) {
		for v := range all {
			if !yield(line(v)) {
				return
			}
		}
	}
}

func under[T any](all iter.Seq[T], rows func(T) iter.Seq[any]) iter.Seq[any] {
	return func(yield func(any) bool) {
		for v := range all {
			for row := range rows(v) {
				if !yield(row) {
					return
				}
			}
		}
	}
}
