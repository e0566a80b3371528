package address

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// T-79, T-89 guarded by address.Parse
func TestOnlyOnePlainAddressIsRead(t *testing.T) {
	for _, row := range []struct{ name, text string }{
		{"nothing", ""},
		{"no at sign", "ada.example.com"},
		{"no local part", "@example.com"},
		{"no domain", "ada@"},
		{"two at signs", "a@evil.com@corp.com"},
		{"a full-width at sign", "a＠corp.com"},
		{"a quoted local part", `"ada"@example.com`},
		{"a quoted at sign", `"a@evil.com"@corp.com`},
		{"a comment", "ada(work)@example.com"},
		{"a comment in the domain", "ada@(x)example.com"},
		{"a name and angle brackets", "Ada <ada@example.com>"},
		{"angle brackets", "<ada@example.com>"},
		{"a list by commas", "ada@example.com,bob@example.com"},
		{"a list by semicolons", "ada@example.com;bob@example.com"},
		{"a group", "all:ada@example.com;"},
		{"a blank before", " ada@example.com"},
		{"a blank behind", "ada@example.com "},
		{"a blank within", "ada lovelace@example.com"},
		{"a tab", "ada\t@example.com"},
		{"a line end", "ada@example.com\r\nBcc: eve@example.com"},
		{"a NUL", "ada\x00@example.com"},
		{"an encoded word", "=?utf-8?q?ada?=@example.com"},
		{"a backslash", `ada\@example.com`},
		{"two dots", "ada..b@example.com"},
		{"a dot first", ".ada@example.com"},
		{"a dot last", "ada.@example.com"},
		{"two dots behind the domain", "ada@example.com.."},
		{"an address of a machine", "ada@[192.0.2.1]"},
		{"a bare address of a machine", "ada@192.0.2.1"},
		{"a domain with an underscore", "ada@ex_ample.com"},
		{"a label that begins with a hyphen", "ada@-example.com"},
		{"a percent sign in the domain", "ada@evil.com%00.corp.com"},
		{"a local part of 65 bytes", strings.Repeat("a", 65) + "@example.com"},
		{"255 bytes", "ada@" + strings.Repeat(strings.Repeat("d", 60)+".", 4) + "example.com"},
		{"what is not UTF-8", "ada\xff@example.com"},
		{"a zero-width joiner", "a\u200dda@example.com"},
		{"a mark that turns directions", "a\u202eda@example.com"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if a, err := Parse(row.text); err == nil {
				t.Errorf("%q was read as %q", row.text, a)
			}
		})
	}
}

// T-76, I-37 guarded by address.Address.Key
func TestFormsOfOneAddressHaveOneKey(t *testing.T) {
	for _, row := range []struct {
		name string
		key  string
		mail string // where it goes to, of the first form
		text []string
	}{
		{"case and a dot at the end", "bob@x", "Bob@x", []string{"Bob@x", "bob@x", "BOB@X", "bob@x.", "bOb@X."}},
		{"a domain in its own script", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example",
			[]string{"ada@bücher.example", "ADA@BÜCHER.example", "ada@xn--bcher-kva.example", "ada@bu\u0308cher.example", "ada@XN--BCHER-KVA.EXAMPLE."}},
		{"composed and decomposed letters", "jos\u00e9@x.example", "jos\u00e9@x.example", []string{"jose\u0301@x.example", "JOS\u00c9@x.example"}},
		{"a full-width domain", "ada@example.com", "ada@example.com", []string{"ada@ｅｘａｍｐｌｅ。com", "ada@example.com"}},
		{"both sigmas", "νίκοσ@x.example", "ΝΊΚΟΣ@x.example", []string{"ΝΊΚΟΣ@x.example", "νίκος@x.example"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for i, text := range row.text {
				a, err := Parse(text)
				if err != nil || a.Key() != row.key || i == 0 && a.String() != row.mail {
					t.Errorf("%q is %q with key %q, %v", text, a, a.Key(), err)
				}
			}
		})
	}
}

// T-77 guarded by address.resemblesASCII
func TestLookAlikesOfASCIILettersAreNoAddresses(t *testing.T) {
	for name, text := range map[string]string{
		"a dotless i":        "adm\u0131n@example.com",
		"a capital dotted i": "adm\u0130n@example.com",
		"a Kelvin sign":      "mi\u212ae@example.com",
		"a long s":           "boo\u017f@example.com",
		"full-width letters": "\uff41da@example.com",
		"a ligature":         "\ufb01nn@example.com",
		"a sharp s":          "stra\u00dfe@example.com",
		"a raised letter":    "\u00aada@example.com",
		"a digit in a ring":  "ada\u2460@example.com",
	} {
		if a, err := Parse(text); err == nil {
			t.Errorf("%s: %q was read as %q", name, text, a.Key())
		}
	}
}

// T-93 guarded by address.Address.Base
func TestVariantsAreDifferentPeopleAndOneMailbox(t *testing.T) {
	keys := map[string]bool{}
	for _, text := range []string{"ada@example.com", "a.da@example.com", "ada+trial@example.com", "A.D.A+x+y@EXAMPLE.com"} {
		a, err := Parse(text)
		if err != nil || a.Base() != "ada@example.com" {
			t.Errorf("%q: %q, %v", text, a.Base(), err)
		}
		keys[a.Key()] = true
	}
	if len(keys) != 4 {
		t.Errorf("four addresses have %d keys", len(keys))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"Ada@Example.com.", "jose\u0301@bücher.example", "a@b@c", "νίκος@x", "a+b.c@x.y", "ǰ@x.y", "ẖ@x.y", "ŉ@x.y", "ΐ@x.y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(a.String())
		if err != nil || again != a {
			t.Fatalf("%q is read as %q, and that as %q, %v", s, a, again, err)
		}
		byKey, err := Parse(a.Key())
		if err != nil || byKey.Key() != a.Key() || Key(a.Key()) != a.Key() {
			t.Fatalf("the key %q of %q is not its own key: %q, %v", a.Key(), s, byKey.Key(), err)
		}
		if !utf8.ValidString(a.Key()) || strings.Count(a.Key(), "@") != 1 || strings.ContainsAny(a.Key(), " \r\n\x00\"<>,;") {
			t.Fatalf("the key of %q is %q", s, a.Key())
		}
	})
}
