package org

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Ids are prefixed by kind and carry 26 characters of lower-case Crockford base 32, as the TypeID specification (0.3)
// has it: usr_2x4y6z8a0b1c3d5e7f9g1h2j3k. Ids of people are random; all others may carry the time of their making.
type (
	OrgID     string
	PersonID  string
	TeamID    string
	ProjectID string
	RoleID    string
	AccountID string // of a service account
	CommandID string
	KeyID     string
)

// Texts that facts may carry. They are the only words in a log; everything else is ids, numbers and digests.
type (
	Name       string // of an organization, team, project or service account: 1 to 100 characters, one line
	Slug       string // 2 to 48 of a–z, 0–9 and single inner hyphens
	ExternalID string // the application's own key: 1 to 200 printable ASCII characters without blanks
	Timezone   string // an IANA zone name; the edge checks that it exists
	Region     string // where the project's data lives, in the application's words: 1 to 32 of a–z, 0–9 and hyphens
	Digest     string // "sha256:" and 64 hexadecimal digits
)

// Version numbers the facts of one organization: 1, 2, 3 … It is optimistic lock, cache key and consistency token.
type Version uint64

// Instant is a moment in microseconds since 1970 UTC. The zero Instant stands for none.
type Instant int64

// lastInstant is the end of the year 9999, the last that RFC 3339 can write.
const lastInstant Instant = 253_402_300_799_999_999

// At returns the instant of t.
func At(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time returns i as a time in UTC; none is the zero time.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(i)).UTC()
}

// MarshalText writes RFC 3339 in UTC.
func (i Instant) MarshalText() ([]byte, error) {
	if i == 0 {
		return nil, nil
	}
	return i.Time().AppendFormat(nil, time.RFC3339Nano), nil
}

// UnmarshalText reads RFC 3339; the empty text is none.
func (i *Instant) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = 0
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	// The first microsecond of 1970 would read as none, and an end that is none never comes.
	if err != nil || At(t) <= 0 || At(t) > lastInstant {
		return ErrBadTime
	}
	*i = At(t)
	return nil
}

// Window is when something holds: from Start on, until before End. A zero bound is none.
type Window struct {
	Start Instant `json:"start,omitzero"`
	End   Instant `json:"end,omitzero"`
}

// Holds reports whether at lies in the window.
func (w Window) Holds(at Instant) bool { return at >= w.Start && !w.Ended(at) }

// Ended reports whether the window is over at that instant.
func (w Window) Ended(at Instant) bool { return w.End != 0 && at >= w.End }

// lasts reports whether the window holds at and goes on until the given end (zero: for ever).
func (w Window) lasts(at, until Instant) bool {
	return w.Holds(at) && (w.End == 0 || until != 0 && w.End >= until)
}

// join returns the window that holds whenever one of the two does, without a gap between them.
func (w Window) join(o Window) Window {
	if o.Start < w.Start {
		w.Start = o.Start
	}
	if w.End != 0 && (o.End == 0 || o.End > w.End) {
		w.End = o.End
	}
	return w
}

func (w Window) valid() error {
	if w.Start < 0 || w.Start > lastInstant || w.End < 0 || w.End > lastInstant || w.End != 0 && w.End <= w.Start {
		return ErrBadWindow
	}
	return nil
}

const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// inIDs says which bytes are characters of ids.
var inIDs = func() (in [256]bool) {
	for i := range len(idAlphabet) {
		in[idAlphabet[i]] = true
	}
	return in
}()

// validID reports whether id is the prefix and 26 characters of the alphabet, at most 128 bits.
func validID(id, prefix string) bool {
	_, ok := bodyOf(id, prefix)
	return ok
}

const (
	orgPrefix     = "org_"
	personPrefix  = "usr_"
	teamPrefix    = "team_"
	projectPrefix = "prj_"
	rolePrefix    = "role_"
	accountPrefix = "sa_"
	keyPrefix     = "key_"
)

func (id OrgID) Valid() bool     { return validID(string(id), orgPrefix) }
func (id PersonID) Valid() bool  { return validID(string(id), personPrefix) }
func (id TeamID) Valid() bool    { return validID(string(id), teamPrefix) }
func (id ProjectID) Valid() bool { return validID(string(id), projectPrefix) }
func (id RoleID) Valid() bool    { return validID(string(id), rolePrefix) }
func (id AccountID) Valid() bool { return validID(string(id), accountPrefix) }
func (id KeyID) Valid() bool     { return validID(string(id), keyPrefix) }

// body is what stands behind the prefix of an id. Rows hold bodies instead of texts: they need no memory elsewhere, and
// looking a row up compares them where it reads the row anyway.
type body [26]byte

// bodyOf returns the body of an id; not ok if it is none.
func bodyOf(id, prefix string) (b body, ok bool) {
	rest := behind(prefix, id)
	if len(rest) != len(b) || rest[0] > '7' {
		return b, false
	}
	for i := range len(rest) {
		if !inIDs[rest[i]] {
			return b, false
		}
	}
	copy(b[:], rest)
	return b, true
}

// behind returns what stands behind the prefix of an id; nothing if it has another.
func behind(prefix, id string) string {
	if len(id) < len(prefix) || id[:len(prefix)] != prefix {
		return ""
	}
	return id[len(prefix):]
}

// Valid says what is wrong with a name, if anything.
func (n Name) Valid() error { return n.valid() }

func (n Name) valid() error {
	if n == "" || utf8.RuneCountInString(string(n)) > 100 || !utf8.ValidString(string(n)) || strings.TrimSpace(string(n)) != string(n) {
		return ErrBadName
	}
	for _, r := range n {
		// This leaves out direction marks and zero-width characters, with which one name can be made to look like another.
		if !unicode.IsGraphic(r) {
			return ErrBadName
		}
	}
	return nil
}

// fold is the form in which names are compared: two names that differ only by case or blanks are one.
func (n Name) fold() string { return strings.ToLower(strings.Join(strings.Fields(string(n)), " ")) }

var reservedSlugs = []Slug{"admin", "api", "app", "assets", "console", "help", "livez", "login", "logout", "metrics",
	"new", "organizations", "readyz", "scim", "settings", "static", "support", "well-known", "www"}

func (s Slug) valid() error {
	if len(s) < 2 || len(s) > 48 || s[0] == '-' || s[len(s)-1] == '-' || strings.Contains(string(s), "--") {
		return ErrBadSlug
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return ErrBadSlug
		}
	}
	// The prefixes of ids are kept free, so that a slug can stand wherever an organization's id can.
	for _, r := range reservedSlugs {
		if s == r {
			return ErrReservedSlug
		}
	}
	return nil
}

// Valid says what is wrong with an external id, if anything.
func (e ExternalID) Valid() error { return e.valid() }

func (e ExternalID) valid() error {
	if e == "" || len(e) > 200 {
		return ErrBadExternalID
	}
	for i := range len(e) {
		if e[i] <= ' ' || e[i] > '~' {
			return ErrBadExternalID
		}
	}
	return nil
}

func (z Timezone) valid() error {
	if z == "" || len(z) > 64 {
		return ErrBadTimezone
	}
	for i := range len(z) {
		if c := z[i]; c <= ' ' || c > '~' {
			return ErrBadTimezone
		}
	}
	return nil
}

func (r Region) valid() error {
	if len(r) > 32 {
		return ErrBadRegion
	}
	for i := range len(r) {
		if c := r[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return ErrBadRegion
		}
	}
	return nil
}
