// Package address owns what a mail address is here: which texts are one, and when two are the same. There is one strict
// parser and one equality, that of keys; neither depends on what a database takes for equal. It knows nobody who has an
// address.
package address

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// ErrMalformed refuses what is not one plain mail address.
var ErrMalformed = errors.New("address: not one plain mail address")

// The bounds of RFC 5321, in bytes.
const (
	maxLocal = 64
	maxWhole = 254
)

// Address is a mail address. The zero Address is none.
type Address struct {
	local  string // as written, in normalization form C
	domain string // in lower-case ASCII, as it is asked for in the DNS
}

// Parse reads one address: an unquoted local part, one @, and a domain, which may be written in any script and with a dot
// at its end. Quoted forms, comments, lists, addresses of machines, and characters that are look-alikes of ASCII ones are
// refused, so that there is no second way to read what was read here.
func Parse(text string) (Address, error) {
	if len(text) > 4*maxWhole || !utf8.ValidString(text) {
		return Address{}, ErrMalformed
	}
	local, domain, found := strings.Cut(text, "@")
	if !found || !validLocal(local) || strings.Contains(domain, "@") {
		return Address{}, ErrMalformed
	}
	a := Address{local: norm.NFC.String(local)}
	var err error
	if a.domain, err = canonicalDomain(domain); err != nil || len(a.local) > maxLocal || len(a.String()) > maxWhole {
		return Address{}, ErrMalformed
	}
	return a, nil
}

// String is where mail goes to.
func (a Address) String() string { return a.local + "@" + a.domain }

// Domain is the domain that mail goes to, in lower-case ASCII.
func (a Address) Domain() string { return a.domain }

// Key is the canonical form: two addresses are the same if and only if their keys are equal.
func (a Address) Key() string { return fold(a.local) + "@" + a.domain }

// Base is the key of the mailbox that variants with +tags and dots have in common with many providers. It serves to count
// against abuse and for nothing else: variants are different addresses of different people.
func (a Address) Base() string {
	local, _, _ := strings.Cut(fold(a.local), "+")
	return strings.ReplaceAll(local, ".", "") + "@" + a.domain
}

// Key is the key of a text that was taken for an address before it was read this strictly.
func Key(text string) string {
	if a, err := Parse(text); err == nil {
		return a.Key()
	}
	return strings.ToLower(strings.TrimSuffix(text, "."))
}

// fold makes what differs only by case alike.
func fold(local string) string { return norm.NFC.String(cases.Fold().String(local)) }

// special are the ASCII characters that a local part may hold besides letters, digits and dots. A quote or a backslash
// begins another syntax.
const special = "!#$%&'*+-/=?^_`{|}~."

func validLocal(local string) bool {
	if local == "" || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") ||
		strings.Contains(local, "=?") { // an encoded word, which some mailers would decode into another address
		return false
	}
	for _, r := range local {
		switch {
		case r < utf8.RuneSelf:
			if (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9') && strings.IndexByte(special, byte(r)) < 0 {
				return false
			}
		case !unicode.In(r, unicode.L, unicode.M, unicode.N) || resemblesASCII(r):
			return false
		}
	}
	return true
}

// resemblesASCII reports whether folding turns a character into ASCII, as it does with the Kelvin sign, the long s and
// full-width letters; or whether it is the dotless i, which systems that fold by upper case take for an i.
func resemblesASCII(r rune) bool {
	return r == 'ı' || strings.ContainsFunc(fold(norm.NFKC.String(string(r))), func(r rune) bool { return r < utf8.RuneSelf })
}

// canonicalDomain reads a domain as browsers and mailers do (UTS 46), and holds it to letters, digits and hyphens.
func canonicalDomain(domain string) (string, error) {
	like := []idna.Option{idna.MapForLookup(), idna.Transitional(false)}
	mapped, err := idna.New(like...).ToUnicode(domain) // of which no dot has another form any more
	if err != nil {
		return "", err
	}
	strict := append(like, idna.BidiRule(), idna.VerifyDNSLength(true), idna.StrictDomainName(true))
	ascii, err := idna.New(strict...).ToASCII(strings.TrimSuffix(mapped, "."))
	if err != nil {
		return "", err
	}
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	if last == "" || strings.Trim(last, "0123456789") == "" { // the address of a machine
		return "", ErrMalformed
	}
	return ascii, nil
}
