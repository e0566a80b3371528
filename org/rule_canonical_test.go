package org

import (
	"bytes"
	"strings"
	"testing"
)

// A fact has one form on disk; what is not in it was not written here and is not read.
func TestAFactHasOneForm(t *testing.T) {
	mia, web := string(usr("mia")), string(prj("web"))
	added := `{"person":"` + mia + `","role":"member","source":"hand"`
	bounds := func(text string) string {
		return `{"person":"` + mia + `","role":"member",` + text + `"source":"hand"}`
	}
	founded := func(name string) string {
		return `{"organization":"` + string(id("org_", "acme")) + `","name":` + name + `,"slug":"acme"}`
	}
	settings := func(teams string) string { return `{"teams":` + teams + `}` }
	red := `{"team":"` + string(tm("red")) + `","role":"analyst"}`
	for _, row := range []struct {
		name, fact, data string
		read             bool
	}{
		{"a plain one", "member.added", added + `}`, true},
		{"one with a number", "member.added", added + `,"proofs":1}`, true},
		{"one with the largest small number", "member.added", added + `,"proofs":255}`, true},
		{"one with bounds", "member.added", bounds(`"start":1,"end":253402300799999999,`), true},
		{"one with a flag", "organization.settings_changed", `{"members_create_projects":true}`, true},
		{"one with a list", "organization.settings_changed", settings(`[` + red + `]`), true},
		{"one with a longer list", "organization.settings_changed", settings(`[` + red + `,` + red + `]`), true},
		{"one with nothing in it", "organization.settings_changed", `{}`, true},
		{"quotes and backslashes", "organization.created", founded(`"\"A\" \\ B"`), true},
		{"other scripts", "organization.created", founded(`"Söhne 東京"`), true},
		{"a control character, as it is written", "organization.created", founded(`"\u001f\u0000"`), true},
		{"other scripts behind a quote", "organization.created", founded(`"\"ö"`), true},

		{"nothing", "member.added", ``, false},
		{"an opening brace", "member.added", `{`, false},
		{"no object", "member.added", `[]`, false},
		{"no closing brace", "member.added", added, false},
		{"another closing brace", "member.added", added + `]`, false},
		{"something behind it", "member.added", added + `}}`, false},
		{"a blank behind it", "member.added", added + `} `, false},
		{"a blank within it", "member.added", added + ` }`, false},
		{"a comma at its end", "member.added", added + `,}`, false},
		{"a field that is unknown", "member.added", added + `,"x":1}`, false},
		{"a field that is missing", "member.added", `{"person":"` + mia + `","source":"hand"}`, false},
		{"a field twice", "member.added", added + `,"source":"hand"}`, false},
		{"fields in another order", "member.role_set", `{"role":"member","person":"` + mia + `"}`, false},
		{"no comma between fields", "member.role_set", `{"person":"` + mia + `""role":"member"}`, false},
		{"a semicolon between fields", "member.role_set", `{"person":"` + mia + `";"role":"member"}`, false},
		{"a comma before the first field", "member.left", `{,"person":"` + mia + `"}`, false},
		{"no colon behind a field's name", "member.left", `{"person" "` + mia + `"}`, false},
		{"no quote before a field's name", "member.left", `{'person":"` + mia + `"}`, false},
		{"no quote behind a field's name", "member.left", `{"person':"` + mia + `"}`, false},
		{"a number for a text", "member.left", `{"person":1}`, false},
		{"a text that is empty", "member.left", `{"person":""}`, false},
		{"an optional text that is empty", "organization.external_id_set", `{"external_id":""}`, false},
		{"a number that is zero", "member.added", added + `,"proofs":0}`, false},
		{"a bound that is zero", "member.added", bounds(`"end":0,`), false},
		{"a number with a nought before it", "member.added", bounds(`"end":01,`), false},
		{"a number of nineteen digits", "member.added", bounds(`"end":1000000000000000000,`), false},
		{"a small number of 256", "member.added", added + `,"proofs":256}`, false},
		{"a negative number", "member.added", bounds(`"end":-1,`), false},
		{"a number with a sign", "member.added", bounds(`"end":+1,`), false},
		{"a number with a point", "member.added", bounds(`"end":1.0,`), false},
		{"a number with an exponent", "member.added", bounds(`"end":1e3,`), false},
		{"no number", "member.added", bounds(`"end":,`), false},
		{"the end of the text for a number", "member.added", added + `,"proofs":`, false},
		{"a number as text", "member.added", bounds(`"end":"1",`), false},
		{"a flag that is false", "organization.settings_changed", `{"members_create_projects":false}`, false},
		{"a flag that is cut off", "organization.settings_changed", `{"members_create_projects":tru`, false},
		{"a flag that ends the text", "organization.settings_changed", `{"members_create_projects":true`, false},
		{"a flag that is no word", "organization.settings_changed", `{"members_create_projects":nope}`, false},
		{"a list that is empty", "organization.settings_changed", settings(`[]`), false},
		{"a list with a comma at its end", "organization.settings_changed", settings(`[` + red + `,]`), false},
		{"a list without commas", "organization.settings_changed", settings(`[` + red + red + `]`), false},
		{"a list that does not end", "organization.settings_changed", `{"teams":[` + red, false},
		{"a list that does not go on", "organization.settings_changed", `{"teams":[` + red + `,`, false},
		{"a list of nothing", "organization.settings_changed", settings(`[{}]`), false},
		{"a text without end", "member.left", `{"person":"` + mia, false},
		{"a text that ends with a backslash", "organization.created", `{"organization":"x","name":"\`, false},
		{"a text without end behind a quote", "organization.created", `{"organization":"x","name":"\"`, false},
		{"a line break in a text", "organization.created", founded("\"a\nb\""), false},
		{"a line break behind a quote", "organization.created", founded("\"\\\"a\nb\""), false},
		{"broken UTF-8", "organization.created", founded("\"a\xff\""), false},
		{"broken UTF-8 behind a quote", "organization.created", founded("\"\\\"\xff\""), false},
		{"an escape that is not needed", "organization.created", founded(`"\u0041"`), false},
		{"an escape by a letter", "organization.created", founded(`"\n"`), false},
		{"an escape of a slash", "organization.created", founded(`"\/"`), false},
		{"an escape that is cut off", "organization.created", founded(`"\u00"`), false},
		{"an escape of no digits", "organization.created", founded(`"\u00zz"`), false},
		{"an escape in capitals", "organization.created", founded(`"\u001F"`), false},
		{"an escape beyond a byte", "organization.created", founded(`"\u0100"`), false},
		{"two subjects", "grant.taken", `{"project":"` + web + `","person":"` + mia + `","everyone":true,"role":"owner","source":"hand"}`, false},
		{"no subject", "grant.taken", `{"project":"` + web + `","role":"owner","source":"hand"}`, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			e, err := Decode(row.fact, []byte(row.data))
			if (err == nil) != row.read {
				t.Fatalf("%s: %v", row.data, err)
			}
			if err != nil {
				if !strings.Contains(err.Error(), row.fact) {
					t.Errorf("the error does not name the fact: %v", err)
				}
				return
			}
			if name, again := Encode(e); name != row.fact || string(again) != row.data {
				t.Fatalf("%s is written again as %s", row.data, again)
			}
		})
	}
}

// Whatever one byte of a fact is changed to, it is not read, or it is another fact in its one form.
func TestEveryByteOfAFactCounts(t *testing.T) {
	reads := func(name string, data []byte) {
		e, err := Decode(name, data)
		if err != nil {
			return
		}
		if _, again := Encode(e); !bytes.Equal(again, data) {
			t.Fatalf("%s: %s is read and written again as %s", name, data, again)
		}
	}
	seen := map[string]int{}
	for _, f := range everySample(t) {
		if seen[f.name]++; seen[f.name] > 2 || len(f.Fact) > 600 {
			continue
		}
		for i := range f.Fact {
			reads(f.name, append(bytes.Clone(f.Fact[:i]), f.Fact[i+1:]...))
			reads(f.name, append(bytes.Clone(f.Fact[:i]), f.Fact[i:]...)[:i])
			for _, b := range []byte("\"\\{}[],:019 \x1f\xffé") {
				changed := bytes.Clone(f.Fact)
				changed[i] = b
				reads(f.name, changed)
				reads(f.name, append(append(bytes.Clone(f.Fact[:i]), b), f.Fact[i:]...))
			}
		}
	}
	if len(seen) < len(FactNames()) {
		t.Fatalf("samples of %d facts of %d", len(seen), len(FactNames()))
	}
}
