package org

// OrgRole is a role in the organization: a built-in one by its word, or a custom one by its id. Every membership has
// exactly one.
type OrgRole string

const (
	RoleOwner        OrgRole = "owner"
	RoleAdmin        OrgRole = "admin"
	RoleBillingAdmin OrgRole = "billing_admin"
	RoleMember       OrgRole = "member"
)

// OrgRoles are the built-in organization roles in the order of the matrix.
var OrgRoles = [...]OrgRole{RoleOwner, RoleAdmin, RoleBillingAdmin, RoleMember}

// ProjectRole is a role in one project: a built-in one by its word, or a custom one by its id.
type ProjectRole string

const (
	Owner    ProjectRole = "owner"
	Admin    ProjectRole = "admin"
	Analyst  ProjectRole = "analyst"
	Consumer ProjectRole = "consumer"
)

// ProjectRoles are the built-in project roles, from the most to the least.
var ProjectRoles = [...]ProjectRole{Owner, Admin, Analyst, Consumer}

// implied is the project role that a built-in organization role brings in every project; none for the others.
func implied(r roleNumber) roleNumber {
	switch r {
	case RoleOwner.number():
		return Owner.number()
	case RoleAdmin.number():
		return Admin.number()
	}
	return 0
}

// Roles have numbers in the tables of a State: small ones the built-in roles, those from customRole on the custom ones.
// Zero is no role, so that a missing one gives nothing.
type roleNumber uint32

func (r OrgRole) number() roleNumber {
	for i, x := range OrgRoles {
		if r == x {
			return roleNumber(i + 1)
		}
	}
	return 0
}

func (r ProjectRole) number() roleNumber {
	for i, x := range ProjectRoles {
		if r == x {
			return roleNumber(i + 1)
		}
	}
	return 0
}

// roles is a set of role numbers.
type roles uint8

func (r roles) has(n roleNumber) bool { return r>>n&1 != 0 }

func (r *roles) add(n roleNumber, in bool) {
	if in {
		*r |= 1 << n
	}
}

func (r OrgRole) valid() error {
	if r.number() == 0 && !RoleID(r).Valid() {
		return ErrBadRole
	}
	return nil
}

func (r ProjectRole) valid() error {
	if r.number() == 0 && !RoleID(r).Valid() {
		return ErrBadRole
	}
	return nil
}

// Source is how something came to be given.
type Source string

const (
	ByHand   Source = "hand"
	ByImport Source = "import"
	// BySetting marks what a new project received because the organization's settings say so.
	BySetting Source = "setting"
)

var sources = [...]Source{ByHand, ByImport, BySetting}

func (s Source) number() uint8 {
	for i, x := range sources {
		if s == x {
			return uint8(i + 1)
		}
	}
	return 0
}

func sourceOf(n uint8) Source {
	if n == 0 || int(n) > len(sources) {
		return ""
	}
	return sources[n-1]
}

// Proofs are what a membership knows of its person's ability to sign in.
type Proofs uint8

const (
	ProvedAddress Proofs = 1 << iota // an address was proved
	Vouched                          // the operator vouches for the sign-in
	SecondFactor                     // a second factor is set up
	Disabled                         // the operator has disabled the account, which no proof makes up for
)

// Status is where a membership stands.
type Status uint8

const (
	NoMember Status = iota
	Active
	Suspended
	Removed
	Left
)

var statuses = [...]string{NoMember: "none", Active: "active", Suspended: "suspended", Removed: "removed", Left: "left"}

func (s Status) String() string { return statuses[s] }

// MarshalText writes the status as its word.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word, for clients.
func (s *Status) UnmarshalText(b []byte) error {
	for i, word := range statuses {
		if word == string(b) {
			*s = Status(i)
			return nil
		}
	}
	return ErrBadStatus
}
