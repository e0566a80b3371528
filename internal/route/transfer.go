package route

import (
	"slices"

	"github.com/commonhold/commonhold/org"
)

var transfersHere = Gate{Operator: true, Org: "projects:manage_any", Project: "project:transfer"}

// transfers are the rows about projects that go from one organization to another.
var transfers = []Route{
	{Name: "preview_transfer", Method: "GET", Path: inOrg + "/projects/{project}/transfer", Summary: "Show everybody who has access to a project with what they would keep after a transfer", CLI: "project preview-transfer",
		Gate: transfersHere, Answer: Loss{}, Paged: true, Params: []Param{
			{Name: "to", Summary: "the organization it would go to", Required: true},
			{Name: "keep_grants", Summary: "as if roles of members there were kept", Kind: "boolean"}}},
	{Name: "transfer_project", Method: "POST", Path: inOrg + "/projects/{project}/transfer", Summary: "Transfer a project to another organization in which the caller may create projects", CLI: "project transfer",
		Gate: transfersHere, Body: TransferRequest{}, Answer: Transferred{}},
	{Name: "list_outgoing", Method: "GET", Path: inOrg + "/transfers/outgoing", Summary: "List the projects offered to other organizations", CLI: "transfer outgoing",
		Gate: Gate{Operator: true, Org: "projects:manage_any"}, Answer: org.Offer{}, Paged: true},
	{Name: "list_incoming", Method: "GET", Path: inOrg + "/transfers/incoming", Summary: "List the projects that other organizations offer and that can be accepted", CLI: "transfer incoming",
		Gate: Gate{Operator: true, Org: "projects:create"}, Answer: Incoming{}, Paged: true},
	{Name: "accept_transfer", Method: "POST", Path: inOrg + "/transfers/accept", Summary: "Accept a project that another organization offers", CLI: "transfer accept",
		Gate: Gate{Operator: true, Org: "projects:create"}, Body: AcceptRequest{}, Answer: Transferred{}},
}

// Passed says what somebody got of what another held, and what they did not.
type Passed struct {
	Member  org.Member  `json:"member"` // who got it
	LeftOut []LeftOut   `json:"left_out"`
	Version org.Version `json:"version"`
}

// tellPassed compares what one held before with what the other holds after.
func tellPassed(of func(org.Command) (from, to org.PersonID)) func(Told) any {
	return func(t Told) any {
		from, to := of(t.Command)
		out := Passed{LeftOut: []LeftOut{}, Version: t.After.Version()}
		out.Member, _ = t.After.Member(to, t.At)
		had, _ := t.Before.Holds(from, t.At)
		has, _ := t.After.Holds(to, t.At)
		for _, h := range had.Projects {
			if h.Via == org.ViaPerson && !slices.ContainsFunc(has.Projects, func(x org.Held) bool {
				return x.Via == org.ViaPerson && x.Project == h.Project && x.Role == h.Role
			}) {
				out.LeftOut = append(out.LeftOut, LeftOut{Project: h.Project, Role: h.Role})
			}
		}
		for _, p := range had.Places {
			if !slices.Contains(out.Member.Teams, p.Team) {
				out.LeftOut = append(out.LeftOut, LeftOut{Team: p.Team})
			}
		}
		return out
	}
}
