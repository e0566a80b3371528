package route

import "github.com/commonhold/commonhold/org"

// What a person's key may open, its scope: to read, without any command, or all that the person may do.
const (
	ScopeRead = "read"
	ScopeAll  = "all"
)

// own lets in a person by a key of their own, and nobody for them.
var own = Gate{Own: true}

// ownKeys are the rows about people's own keys.
var ownKeys = []Route{
	{Name: "make_key_link", Method: "POST", Path: "/v1/people/{person}/key-links", Summary: "Make a token that a person exchanges once, within 15 minutes, for a key of their own", CLI: "person key-link",
		Gate: operator, Answer: KeyLink{}},
	{Name: "redeem_key_link", Method: "POST", Path: "/v1/key-links/redeem", Summary: "Exchange a token for a key of one's own; its secret is shown this once", Gate: Gate{Open: true},
		Body: RedeemRequest{}, Answer: OwnKey{}},
	{Name: "list_own_keys", Method: "GET", Path: "/v1/me/keys", Summary: "List one's own keys, as far as the one in use reaches", CLI: "my-key list", Gate: own, Answer: OwnKey{}, Paged: true},
	{Name: "make_own_key", Method: "POST", Path: "/v1/me/keys", Summary: "Make a key of one's own, no broader and no longer than the one in use; its secret is shown this once", CLI: "my-key make",
		Gate: own, Body: OwnKeyRequest{}, Answer: OwnKey{}},
	{Name: "end_own_key", Method: "DELETE", Path: "/v1/me/keys/{key}", Summary: "End a key of one's own at once", CLI: "my-key end", Gate: own},
}

// KeyLink is a token that a person exchanges once for a key of their own.
type KeyLink struct {
	Token   string       `json:"token"`
	Person  org.PersonID `json:"person"`
	Expires org.Instant  `json:"expires_at"`
}

// OwnKeyRequest asks for a key of one's own.
type OwnKeyRequest struct {
	Name  string `json:"name"`
	Scope string `json:"scope"`
	// Organizations are the only ones that it opens; as many as the key in use if absent.
	Organizations []string    `json:"organizations,omitempty"`
	Expires       org.Instant `json:"expires_at,omitzero"` // in 90 days if absent, or with the key in use; within a year
}

// RedeemRequest exchanges a token for a key.
type RedeemRequest struct {
	Token string `json:"token"`
	OwnKeyRequest
}

// OwnKey is a key of a person; the secret is in the answer to its making only.
type OwnKey struct {
	Key           string      `json:"key"`
	Name          string      `json:"name"`
	Scope         string      `json:"scope"`
	Organizations []org.OrgID `json:"organizations,omitempty"` // absent: all that the person is in
	Created       org.Instant `json:"created_at"`
	Expires       org.Instant `json:"expires_at"`
	Used          org.Instant `json:"last_used_on,omitzero"`
	With          string      `json:"made_with"` // the key with which it was made; of the first one, the operator's
	Secret        string      `json:"secret,omitempty"`
}
