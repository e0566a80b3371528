package route

import "github.com/commonhold/commonhold/org"

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
