package client

import "github.com/commonhold/commonhold/org"

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
	Entered      bool           `json:"entered"`               // a member has been in, so that the operator gives no role here
	Catalog      org.Digest     `json:"catalog,omitempty"`
	Version      org.Version    `json:"version,omitzero"`
	Owners       []org.PersonID `json:"owners"`
	Counts       org.Counts     `json:"counts,omitzero"`       // for those who may see all members
	Unavailable  bool           `json:"unavailable,omitempty"` // its log cannot be read; nothing but the id is known
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

// Restored says what restoring a member brought back and what it did not.
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

// Done is the answer to a command that has no object to show.
type Done struct {
	Version org.Version `json:"version"`
}

// Entry is one line of the audit log: all facts of one command.
type Entry struct {
	Command org.CommandID `json:"command"`
	At      org.Instant   `json:"at"`
	Actor   string        `json:"actor"` // a person's id, or "operator"
	Name    string        `json:"actor_name,omitempty"`
	Via     org.KeyID     `json:"via,omitempty"` // the key that acted for the person
	Facts   []Fact        `json:"facts"`
}

// Fact is one thing that happened, in words and as it lies in the log.
type Fact struct {
	Version  org.Version `json:"version"`
	Name     string      `json:"fact"`
	Sentence string      `json:"sentence"`
	Data     any         `json:"data"`
}

// Person is somebody with an account.
type Person struct {
	Person     org.PersonID   `json:"person"`
	Name       string         `json:"name"`
	Address    string         `json:"address,omitempty"`
	ExternalID org.ExternalID `json:"external_id,omitempty"`
	Vouched    bool           `json:"vouched"`
	Created    org.Instant    `json:"created_at"`
	Version    int64          `json:"version"`
}

// PersonFields are what the operator says of a person.
type PersonFields struct {
	Name       string         `json:"name"`
	Address    string         `json:"address,omitempty"`
	ExternalID org.ExternalID `json:"external_id,omitempty"`
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
	Person   org.PersonID `json:"person,omitempty"` // acting for
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
