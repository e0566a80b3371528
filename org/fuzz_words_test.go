package org

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzName(f *testing.F) {
	for _, n := range []string{"Acme", "a", "", " a", "a ", "a\nb", "\x00", "Söhne & <Co>", "a\u202eb", "a\u200bb", "\u2028", strings.Repeat("ä", 100),
		strings.Repeat("ä", 101), "\xff", "İstanbul", "数据", "a  b", "A\u00a0b", "\ufeff"} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := Name(text)
		err := n.valid()
		if err != nil && !errors.Is(err, ErrBadName) {
			t.Fatalf("%q: %v", text, err)
		}
		if folded := n.fold(); Name(folded).fold() != folded {
			t.Fatalf("%q folds to %q and that to %q", text, folded, Name(folded).fold()) // I-37
		}
		if err != nil {
			return
		}
		if !utf8.ValidString(text) || text != strings.TrimSpace(text) || utf8.RuneCountInString(text) > 100 || text == "" || n.fold() == "" {
			t.Fatalf("%q is a name", text)
		}
		for _, r := range text {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u200b' {
				t.Fatalf("%q is a name", text)
			}
		}
		name, data := Encode(&OrganizationRenamed{n})
		if e, err := Decode(name, data); err != nil || e.(*OrganizationRenamed).Name != n {
			t.Fatalf("%q reads back as %v, %v", text, e, err)
		}
	})
}

func FuzzWords(f *testing.F) {
	for _, w := range []string{"acme", "a", "-a", "a-", "a--b", "admin", "A", "eu-1", "Europe/Berlin", "a b", "", "é", strings.Repeat("a", 48), strings.Repeat("a", 49),
		strings.Repeat("x", 200), strings.Repeat("x", 201), "usr_", string(usr("ann")), string(tm("red")), "usr_8" + strings.Repeat("0", 25), "usr_0i" + strings.Repeat("0", 24)} {
		f.Add(w)
	}
	matches := func(pattern string) func(string) bool { return regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString }
	const rest = `[0-7][0-9a-hjkmnp-tv-z]{25}`
	rows := []struct {
		name  string
		is    func(string) bool
		valid func(string) bool
	}{
		{"slug", func(w string) bool {
			return len(w) >= 2 && len(w) <= 48 && matches(`[a-z0-9]+(-[a-z0-9]+)*`)(w) && !reservedWords[w]
		}, func(w string) bool { return Slug(w).valid() == nil }},
		{"external id", matches(`[!-~]{1,200}`), func(w string) bool { return ExternalID(w).valid() == nil }},
		{"region", matches(`[a-z0-9-]{0,32}`), func(w string) bool { return Region(w).valid() == nil }},
		{"time zone", matches(`[!-~]{1,64}`), func(w string) bool { return Timezone(w).valid() == nil }},
		{"organization", matches("org_" + rest), func(w string) bool { return OrgID(w).Valid() }},
		{"person", matches("usr_" + rest), func(w string) bool { return PersonID(w).Valid() }},
		{"team", matches("team_" + rest), func(w string) bool { return TeamID(w).Valid() }},
		{"project", matches("prj_" + rest), func(w string) bool { return ProjectID(w).Valid() }},
	}
	f.Fuzz(func(t *testing.T, word string) {
		for _, r := range rows {
			if got, want := r.valid(word), r.is(word); got != want {
				t.Fatalf("%q as %s: valid is %v", word, r.name, got)
			}
		}
	})
}

// reservedWords are paths of the service and of consoles, which no slug may hide.
var reservedWords = map[string]bool{"admin": true, "api": true, "app": true, "assets": true, "console": true, "help": true, "livez": true,
	"login": true, "logout": true, "metrics": true, "new": true, "organizations": true, "readyz": true, "scim": true, "settings": true,
	"static": true, "support": true, "well-known": true, "www": true}

func FuzzInstant(f *testing.F) {
	for _, text := range []string{"2026-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000001Z", "1970-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z",
		"9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "", "now", "2026-12-31T23:59:59.1234567Z", "2026-12-31 23:59:59Z", "0000-01-01T00:00:00Z"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var i Instant
		if err := i.UnmarshalText([]byte(text)); err != nil {
			if !errors.Is(err, ErrBadTime) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if (i == 0) != (text == "") {
			t.Fatalf("%q reads as %d", text, i)
		}
		if err := (Window{End: i}).valid(); err != nil {
			t.Fatalf("%q cannot be an end: %v", text, err)
		}
		out, err := i.MarshalText()
		var again Instant
		if err != nil || again.UnmarshalText(out) != nil || again != i {
			t.Fatalf("%q is written as %s, %v, and reads back as %d", text, out, err, again)
		}
		name, data := Encode(&MemberRescheduled{usr("ann"), Window{End: i}})
		if e, err := Decode(name, data); err != nil || e.(*MemberRescheduled).Window.End != i {
			t.Fatalf("%q as an end is %s: %v", text, data, err)
		}
	})
}
