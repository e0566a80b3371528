package route

import "github.com/commonhold/commonhold/org"

// Shapes of bodies and answers that are not the core's own.

// Organization is what an organization shows of itself.
type Organization struct {
	Organization org.OrgID      `json:"organization"`
	Name         org.Name       `json:"name,omitempty"`
	Slug         org.Slug       `json:"slug,omitempty"`
	ExternalID   org.ExternalID `json:"external_id,omitempty"`
	Created      org.Instant    `json:"created_at,omitzero"`
	Standing     org.Standing   `json:"status,omitempty"`
	ClosesAt     org.Instant    `json:"closes_at,omitzero"`    // or closed: checks deny from here on
	Suspended    org.Instant    `json:"suspended_at,omitzero"` // by the operator: checks deny
	Recovery     *org.Recovery  `json:"recovery,omitempty"`    // one that is open
	Entered      bool           `json:"entered"`               // a member has been in, so that the operator gives no role here
	Catalog      org.Digest     `json:"catalog,omitempty"`
	Version      org.Version    `json:"version,omitzero"`
	Owners       []org.PersonID `json:"owners"`
	Ownerless    bool           `json:"ownerless,omitempty"`   // the operator has disabled the last owner
	Counts       org.Counts     `json:"counts,omitzero"`       // for those who may see all members
	Unavailable  bool           `json:"unavailable,omitempty"` // its log cannot be read; nothing but the id is known
}

// ViewOrganization shows an organization.
func ViewOrganization(s *org.State, at org.Instant) Organization {
	o := Organization{Organization: s.ID(), Name: s.Name(), Slug: s.Slug(), ExternalID: s.External(), Created: s.Created(),
		Entered: s.Entered(), Catalog: s.CatalogDigest(), Version: s.Version(), Owners: append([]org.PersonID{}, s.Owners(at)...),
		Counts: s.Counts(), Standing: s.Standing(at), ClosesAt: s.ClosesAt(), Suspended: s.SuspendedSince()}
	o.Ownerless = s.Ownerless(at)
	if r, open := s.Recovery(); open {
		o.Recovery = &r
	}
	return o
}

// PlanRequest is a request for another plan with the name of whoever made it.
type PlanRequest struct {
	org.PlanRequest
	Name string `json:"name,omitempty"`
}

// BillingRequest says by whom and where an organization is billed. All of it is replaced at once; what is left out goes.
type BillingRequest struct {
	Name     string        `json:"name,omitempty"`
	Address  string        `json:"invoice_address,omitempty"` // its lines are parted by line ends
	Country  string        `json:"country,omitempty"`         // ISO 3166, two letters
	TaxID    string        `json:"tax_id,omitempty"`
	Contacts []MailContact `json:"contacts,omitempty"`
}

// MailContact is where mail about invoices goes.
type MailContact struct {
	Address string `json:"address"`
	Name    string `json:"name"`
}

// Billing is by whom and where an organization is billed, and the command that said so; empty if none did.
type Billing struct {
	BillingRequest
	Command org.CommandID `json:"command,omitempty"`
}

// Member is a member with the account's name and, for those who may see all members, the address.
type Member struct {
	org.Member
	Name       string         `json:"name,omitempty"` // absent: a former member whose account was erased
	Address    string         `json:"address,omitempty"`
	ExternalID org.ExternalID `json:"external_id,omitempty"`
}

// Place is a place in a team with the person's name.
type Place struct {
	org.Place
	Name string `json:"name,omitempty"`
}

// Access is a person of a project with every source of their access.
type Access struct {
	Person  org.PersonID    `json:"person"`
	Name    string          `json:"name,omitempty"`
	Role    org.ProjectRole `json:"role,omitempty"` // the highest built-in role held now; absent if none counts now
	Status  org.Status      `json:"status"`
	Sources []org.Held      `json:"sources"`
}

// Restored says what a restoring brought back and what it did not.
type Restored struct {
	Member  org.Member  `json:"member"`
	LeftOut []LeftOut   `json:"left_out"`
	Version org.Version `json:"version"`
}

// LeftOut is something that a restored member held and does not hold again.
type LeftOut struct {
	Project org.ProjectID   `json:"project,omitempty"`
	Role    org.ProjectRole `json:"role,omitempty"`
	Team    org.TeamID      `json:"team,omitempty"`
}

// Done answers a command that has no object to show.
type Done struct {
	Version org.Version `json:"version"`
}

// CheckRequest asks whether a person may do something: in a project, or in the organization if none is named.
type CheckRequest struct {
	Person     string         `json:"person"`
	Permission org.Permission `json:"permission"`
	Project    string         `json:"project,omitempty"`
}

// CheckAnswer is one decision.
type CheckAnswer struct {
	Allowed bool        `json:"allowed"`
	Version org.Version `json:"version"`
}

// ChecksRequest asks up to 1,000 questions, answered from one version.
type ChecksRequest struct {
	Checks []CheckRequest `json:"checks"`
}

// ChecksAnswer holds the decisions in the order of the questions.
type ChecksAnswer struct {
	Allowed []bool      `json:"allowed"`
	Version org.Version `json:"version"`
}

// Permissions lists what a person may do somewhere.
type Permissions struct {
	Permissions []org.Permission `json:"permissions"`
	Version     org.Version      `json:"version"`
}

// Entry is one line of the audit log: all facts of one command.
type Entry struct {
	Command org.CommandID `json:"command"`
	At      org.Instant   `json:"at"`
	Actor   string        `json:"actor"` // a person's id, or "operator"
	Name    string        `json:"actor_name,omitempty"`
	Via     org.KeyID     `json:"via,omitempty"` // the key that acted for the person
	Reason  string        `json:"stated_reason,omitempty"`
	From    string        `json:"came_from,omitempty"` // the address from which the request came
	Agent   string        `json:"agent,omitempty"`     // what program sent it, in its own words
	Facts   []Fact        `json:"facts"`
}

// Fact is one thing that happened, in words and as it lies in the log.
type Fact struct {
	Version  org.Version `json:"version"`
	Name     string      `json:"fact"`
	Sentence string      `json:"sentence"`
	Data     any         `json:"data"`
}

// Events is a part of the feed and the cursor behind it, from which the next request goes on.
type Events struct {
	Items []Event `json:"items"`
	Next  string  `json:"next,omitempty"` // absent: nothing has ever happened here
	More  bool    `json:"more,omitempty"` // there may be more at once, also behind no items
}

// Event is one fact in the feed.
type Event struct {
	Organization org.OrgID     `json:"organization"`
	Version      org.Version   `json:"version"`
	At           org.Instant   `json:"at"`
	Command      org.CommandID `json:"command,omitempty"`
	Actor        string        `json:"actor,omitempty"` // a person's id, or "operator"
	Via          org.KeyID     `json:"via,omitempty"`   // the key that acted for the person
	Fact         string        `json:"fact,omitempty"`
	Sentence     string        `json:"sentence,omitempty"` // absent if this server cannot read the fact
	Data         any           `json:"data,omitempty"`
	// Unavailable says that this organization cannot be read at the moment: what happens in it from this version on is
	// left out for the person, who finds it in its audit log when it can be read again.
	Unavailable bool `json:"unavailable,omitempty"`
}

// Incident is one line of the security log.
type Incident struct {
	At         org.Instant    `json:"at"`
	Kind       string         `json:"kind"`            // refused, read, or credential: about the actor's own keys
	Actor      string         `json:"actor,omitempty"` // a person's id, or "operator"; absent in a line that stands for many
	Name       string         `json:"actor_name,omitempty"`
	Via        org.KeyID      `json:"via,omitempty"`
	Tried      string         `json:"tried,omitempty"` // the operation of this API
	Code       string         `json:"code,omitempty"`  // of the refusal
	Permission org.Permission `json:"permission,omitempty"`
	Request    string         `json:"request,omitempty"`
	From       string         `json:"came_from,omitempty"`
	Agent      string         `json:"agent,omitempty"`
	Count      int            `json:"count"` // how many there were that day; 1 unless the line stands for many
	Until      org.Instant    `json:"until"`
}

// Person is somebody with an account.
type Person struct {
	Person     org.PersonID   `json:"person"`
	Name       string         `json:"name"`
	Address    string         `json:"address,omitempty"`
	ExternalID org.ExternalID `json:"external_id,omitempty"`
	Vouched    bool           `json:"vouched"`
	Disabled   bool           `json:"disabled,omitempty"`
	Created    org.Instant    `json:"created_at"`
	Version    int64          `json:"version"`
}

// PersonSet is a person whose account was disabled or enabled, and in how many organizations that changed what they may.
type PersonSet struct {
	Person
	Memberships int `json:"memberships"`
	Ownerless   int `json:"ownerless_organizations"` // of them, in which no owner can act now
}

// PersonErased is what erasing a person ended.
type PersonErased struct {
	Person      org.PersonID `json:"person"`
	Memberships int          `json:"memberships"` // with the invitations
	Keys        int          `json:"ended_keys"`
}

// PersonRequest is what the operator says of a person.
type PersonRequest struct {
	Name       string         `json:"name"`
	Address    string         `json:"address,omitempty"`
	ExternalID org.ExternalID `json:"external_id,omitempty"`
}

// VouchRequest says whether the operator vouches for a person's sign-in.
type VouchRequest struct {
	Vouched bool `json:"vouched"`
}

// KeyRequest asks for an operator's key.
type KeyRequest struct {
	Name    string      `json:"name"`
	Expires org.Instant `json:"expires_at,omitzero"`
}

// Key is an operator's key; the secret is in the answer to its making only.
type Key struct {
	Key     string      `json:"key"`
	Name    string      `json:"name"`
	Created org.Instant `json:"created_at"`
	Expires org.Instant `json:"expires_at,omitzero"`
	Used    org.Instant `json:"last_used_on,omitzero"`
	Secret  string      `json:"secret,omitempty"`
}

// Me is who the caller is.
type Me struct {
	Operator bool         `json:"operator"`
	Key      string       `json:"key"`
	Person   org.PersonID `json:"person,omitempty"` // whose own key it is if it has a scope, else whom it acts for
	// Account is the service account whose key it is, and Organization the one that the key opens.
	Account      org.AccountID `json:"account,omitempty"`
	Organization org.OrgID     `json:"organization,omitempty"`
	// Scope and Organizations are what a person's own key opens; all that the person is in if none is named.
	Scope         string      `json:"scope,omitempty"`
	Organizations []org.OrgID `json:"organizations,omitempty"`
	Expires       org.Instant `json:"expires_at,omitzero"`
}

// Link opens the console once.
type Link struct {
	URL     string      `json:"url"`
	Expires org.Instant `json:"expires_at"`
}

// Catalog is a permission table.
type Catalog struct {
	Catalog org.Digest `json:"catalog"`
	Rows    []org.Row  `json:"permissions"`
}

// TransferRequest asks that a project goes to another organization.
type TransferRequest struct {
	To org.OrgID `json:"to"`
	Arrival
}

// AcceptRequest accepts a project that is offered.
type AcceptRequest struct {
	Project org.ProjectID `json:"project"`
	Arrival
}

// Arrival is how a project is to arrive.
type Arrival struct {
	// Name is what it is called there; as it is if empty.
	Name org.Name `json:"name,omitempty"`
	// KeepGrants gives the roles of people who are members there again, as far as the caller covers them there.
	KeepGrants bool `json:"keep_grants,omitempty"`
	// Instead names roles there that take the place of custom roles.
	Instead []org.RoleInstead `json:"instead,omitempty"`
}

// Transferred is where a project went, and who has a role of their own in it there.
type Transferred struct {
	Project org.Project `json:"project"`
	From    org.OrgID   `json:"from"`
	To      org.OrgID   `json:"to"`
	Kept    []org.Grant `json:"kept"`
	Version org.Version `json:"version"` // of the organization in the path
}

// Loss is somebody who has access to a project, with what of it they would keep after a transfer.
type Loss struct {
	Person org.PersonID      `json:"person"`
	Name   string            `json:"name,omitempty"`
	Holds  []org.Held        `json:"holds"`
	Keeps  []org.ProjectRole `json:"keeps"`
}

// Incoming is a project that is offered to an organization.
type Incoming struct {
	org.Offer
	From     org.OrgID `json:"from"`
	FromName org.Name  `json:"from_name"`
	Name     org.Name  `json:"name"`
}
