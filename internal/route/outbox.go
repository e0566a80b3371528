package route

import "github.com/commonhold/commonhold/org"

// Claimed are messages handed out to be sent.
type Claimed struct {
	Items []Handed `json:"items"`
}

// Handed is a message that somebody is to send. It comes again unless it is reported delivered before it is due.
type Handed struct {
	Message      string      `json:"message"`
	Kind         string      `json:"kind"`
	Organization org.OrgID   `json:"organization,omitempty"`
	Attempts     int         `json:"attempts"`
	Due          org.Instant `json:"due_at"`
	Notice       *Notice     `json:"notice,omitempty"`
	Mail         *Mail       `json:"mail,omitempty"`
}

// Mail is a mail to be sent to one address, as plain text. Its link is for whoever reads that mailbox and nobody else.
type Mail struct {
	What             string           `json:"what"`
	To               string           `json:"to"`
	Subject          string           `json:"subject"`
	Text             string           `json:"text"`
	Organization     org.OrgID        `json:"organization"`
	Invitation       org.InvitationID `json:"invitation"`
	OrganizationName string           `json:"organization_name"`
	InvitedBy        string           `json:"invited_by,omitempty"` // the name
	Note             string           `json:"note,omitempty"`
	Expires          org.Instant      `json:"expires_at"`
	InvitationLink
}

// Notice tells people of what happened in an organization, or of what is about to end.
type Notice struct {
	What     string          `json:"what"`
	Person   org.PersonID    `json:"person,omitempty"` // whom it is about
	Account  org.AccountID   `json:"service_account,omitempty"`
	Team     org.TeamID      `json:"team,omitempty"`
	Everyone bool            `json:"everyone,omitempty"`
	By       org.PersonID    `json:"by,omitempty"` // absent: the operator
	Role     org.OrgRole     `json:"role,omitempty"`
	InRole   org.ProjectRole `json:"project_role,omitempty"`
	Request  org.RequestID   `json:"request,omitempty"`
	Key      org.KeyID       `json:"key,omitempty"`
	Ends     org.Instant     `json:"ends_at,omitzero"`
	Projects []org.ProjectID `json:"projects,omitempty"`
	To       []Recipient     `json:"to"`
}

// Recipient is somebody to be told.
type Recipient struct {
	Person  org.PersonID `json:"person"`
	Name    string       `json:"name,omitempty"`
	Address string       `json:"address,omitempty"` // absent: nothing can be mailed to them
}

// Message is what waits in the outbox, or was given up there.
type Message struct {
	Message      string      `json:"message"`
	Kind         string      `json:"kind"`
	What         string      `json:"what,omitempty"`
	Organization org.OrgID   `json:"organization,omitempty"`
	Due          org.Instant `json:"due_at"`
	Attempts     int         `json:"attempts"`
	Error        string      `json:"error,omitempty"` // why the last attempt failed, or why it waits
	GivenUp      org.Instant `json:"given_up_at,omitzero"`
}

// FailureRequest says why a message could not be sent.
type FailureRequest struct {
	Error  string `json:"error"`
	GiveUp bool   `json:"give_up,omitempty"` // it is not tried again until somebody asks for that
}

// outbox are the rows about messages that somebody else sends.
var outbox = []Route{
	{Name: "list_messages", Method: "GET", Path: "/v1/outbox", Summary: "List the messages that wait to be sent, or those that were given up", CLI: "outbox list",
		Gate: operator, Answer: Message{}, Paged: true, Params: []Param{
			{Name: "dead", Summary: "those that were given up instead", Kind: "boolean"},
			{Name: "organization", Summary: "only of this organization"}}},
	{Name: "claim_messages", Method: "POST", Path: "/v1/outbox/claim", Summary: "Take messages that are due in order to send them; what is not reported delivered comes again", CLI: "outbox claim",
		Gate: operator, Answer: Claimed{}, Params: []Param{
			{Name: "kind", Summary: "mail or notice", Required: true},
			{Name: "limit", Summary: "how many at most, 1 to 200; 50 if not said", Kind: "integer"}}},
	{Name: "deliver_message", Method: "POST", Path: "/v1/outbox/{message}/delivered", Summary: "Report that a message was sent", CLI: "outbox delivered", Gate: operator},
	{Name: "fail_message", Method: "POST", Path: "/v1/outbox/{message}/failed", Summary: "Report that a message could not be sent; it is due again in 15 minutes", CLI: "outbox failed",
		Gate: operator, Body: FailureRequest{}},
	{Name: "retry_message", Method: "POST", Path: "/v1/outbox/{message}/retry", Summary: "Have a message that was given up sent after all", CLI: "outbox retry", Gate: operator},
}
