package route

import "github.com/commonhold/commonhold/org"

// ListedRequest is an access request with the name of whoever made it.
type ListedRequest struct {
	org.AccessRequest
	Name string `json:"name,omitempty"` // absent: the account was erased
}

// requests are the rows about access requests.
var requests = []Route{
	{Name: "list_access_requests", Method: "GET", Path: inOrg + "/access-requests", Summary: "List access requests, oldest first: one's own and those that one decides on; all for the operator", CLI: "request list",
		Gate: Gate{Operator: true, Member: true}, Answer: ListedRequest{}, Paged: true, Params: []Param{
			{Name: "project", Summary: "only in this project"},
			{Name: "status", Summary: "only pending, approved, denied, withdrawn or expired"}}},
	{Name: "request_access", Method: "POST", Path: inOrg + "/projects/{project}/access-requests", Summary: "Ask for a role in a project; it waits for 30 days", CLI: "request make",
		Command: org.RequestAccess{}, Answer: org.AccessRequest{}, Tell: func(t Told) any {
			r, _ := t.After.Requested(t.By.Person, t.Command.(org.RequestAccess).Project, t.At)
			return r
		}},
	{Name: "approve_access_request", Method: "POST", Path: inOrg + "/projects/{project}/access-requests/{request}/approve", Summary: "Give what an access request asks for, or another role, for a time or for good", CLI: "request approve",
		Command: org.ApproveRequest{}, Answer: org.AccessRequest{}, Tell: tellRequest(func(c org.Command) org.RequestID { return c.(org.ApproveRequest).Request })},
	{Name: "deny_access_request", Method: "POST", Path: inOrg + "/projects/{project}/access-requests/{request}/deny", Summary: "Turn an access request down", CLI: "request deny",
		Command: org.DenyRequest{}, Answer: org.AccessRequest{}, Tell: tellRequest(func(c org.Command) org.RequestID { return c.(org.DenyRequest).Request })},
	{Name: "withdraw_access_request", Method: "DELETE", Path: inOrg + "/projects/{project}/access-requests/{request}", Summary: "Take back what oneself asked for", CLI: "request withdraw",
		Command: org.WithdrawRequest{}, Answer: org.AccessRequest{}, Tell: tellRequest(func(c org.Command) org.RequestID { return c.(org.WithdrawRequest).Request })},
}

func tellRequest(of func(org.Command) org.RequestID) func(Told) any {
	return func(t Told) any {
		r, _ := t.After.Request(of(t.Command), t.At)
		return r
	}
}
