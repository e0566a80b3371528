package yaml

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

const limit = 4 << 20

// read walks a small format that uses all there is: a name, a number, a flag, a list and a map.
func read(file string) (string, error) {
	d, err := Parse([]byte(file), limit)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	f := d.Root().Fields("name", "age", "tall", "likes", "knows")
	fmt.Fprintf(&out, "%q %d %t", f["name"].Text(), f["age"].Number(), f["tall"].Flag())
	for _, like := range f["likes"].Items() {
		fmt.Fprintf(&out, " %q@%d", like.Text(), like.Line())
	}
	for _, e := range f["knows"].Entries() {
		fmt.Fprintf(&out, " %s=%q@%d", e.Name, e.Value.Text(), e.Key.Line())
	}
	return out.String(), d.Err()
}

func TestReading(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"every kind of value", "name: Ada\nage: 36\ntall: true\nlikes: [tea, sums]\nknows:\n  charles: well\n  mary: 'by name'\n",
			`"Ada" 36 true "tea"@4 "sums"@4 charles="well"@6 mary="by name"@7`},
		{"blocks, comments and a first separator", "# who\n---\nname: |\n  Ada\nlikes: # much\n- tea\n# more\n- sums\n",
			`"Ada\n" 0 false "tea"@6 "sums"@8`},
		{"an empty file", "", `"" 0 false`},
		{"a file of comments", "# nothing\n", `"" 0 false`},
		{"values that are null", "name:\nage: null\ntall: ~\nlikes:\nknows:\n", `"" 0 false`},
		{"an item and an entry that are null", "likes:\n-\n- sums\nknows:\n  mary:\n", `"" 0 false ""@2 "sums"@3 mary=""@5`},
		{"keys that look like other things", "knows:\n  1: a\n  true: b\n  null: c\n  1.5: d\n  \"2\": e\n",
			`"" 0 false 1="a"@2 true="b"@3 null="c"@4 1.5="d"@5 2="e"@6`},
		{"lines that end as on Windows", "name: Ada\r\nlikes:\r\n- tea\r\nage: 36\r\n", `"Ada" 36 false "tea"@3`},
		{"a byte order mark", "\ufeffname: Ada\n", `"Ada" 0 false`},
		{"a flow that spans lines", "{name: Ada,\n  knows: {mary: well,\n  charles: ''}}", `"Ada" 0 false mary="well"@2 charles=""@3`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := read(c.file); err != nil || got != c.want {
				t.Errorf("got  %s\nwant %s\nerror %v", got, c.want, err)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       []string // line and text of each
	}{
		{"fields that are not known", "name: Ada\nnmae: Bob\nknows: {a: b}\nknow: {}\n",
			[]string{`2: there is no field "nmae" here; known are name, age, tall, likes, knows`, `4: there is no field "know" here`}},
		{"keys that stand twice", "name: Ada\nknows:\n  a: b\n  c: d\n  a: e\nname: Bob\n",
			[]string{`5: "a" stands in line 3 already`, `6: "name" stands in line 1 already`}},
		{"a number for a text", "name: 12\nlikes: [tea, 1.5, true]\n",
			[]string{"1: a text is wanted here; put quotes around 12", "2: a text is wanted here; put quotes around 1.5", "2: a text is wanted here; put quotes around true"}},
		{"a text for everything else", "age: a\ntall: b\nlikes: c\nknows: d\n",
			[]string{"1: a whole number is wanted here", "2: true or false is wanted here", "3: a list is wanted here", "4: a map is wanted here"}},
		{"numbers that are not whole or negative", "age: 1.5\nknows: {}\n", []string{"1: a whole number is wanted here"}},
		{"a negative number", "age: -1\n", []string{"1: a whole number is wanted here"}},
		{"a list for a text", "name: [a]\nknows: [a]\n", []string{"1: a text is wanted here", "2: a map is wanted here"}},
		{"a list for the whole", "- a\n", []string{"1: a map is wanted here"}},
		{"an anchor and an alias", "name: &n Ada\nlikes: [*n]\n",
			[]string{"1: anchors and aliases are not read here; write it out", "2: anchors and aliases are not read here"}},
		{"a merge key", "knows:\n  <<: {a: b}\n", []string{"2: anchors and aliases are not read here"}},
		{"a tag", "name: !!str 12\n", []string{"1: tags and directives are not read here"}},
		{"a directive", "%YAML 1.2\n---\nname: Ada\n", []string{"1: tags and directives are not read here"}},
		{"two documents", "name: Ada\n---\nname: Bob\n", []string{"2: one file holds one document"}},
		{"a list left open", "name: Ada\nlikes: [tea\n", []string{"2: "}},
		{"a quote left open", "name: 'Ada\n", []string{"1: "}},
		{"a line too far out", "knows:\n  a: b\n c: d\n", []string{"3: "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.file)
			var m *Mistakes
			if !errors.As(err, &m) {
				t.Fatalf("got %v, want mistakes", err)
			}
			if len(m.First) != len(c.want) {
				t.Errorf("%d mistakes, want %d:\n%v", len(m.First), len(c.want), err)
			}
			for i, one := range m.First {
				if got := fmt.Sprintf("%d: %s", one.Line, one.Text); i < len(c.want) && !strings.HasPrefix(got, c.want[i]) {
					t.Errorf("got  %s\nwant %s", got, c.want[i])
				}
			}
		})
	}
}

func TestMistakesAreShownInPlace(t *testing.T) {
	_, err := read("name: Ada\nage: old\nlikes:\n  - tea\n  - 12\n")
	want := `line 2: a whole number is wanted here
   2 | age: old
     |      ^
line 5: a text is wanted here; put quotes around 12
   5 |   - 12
     |     ^`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestLongAndUnprintableLinesAreShownInPart(t *testing.T) {
	for _, m := range []Mistake{
		{Line: 1, Column: 200, source: strings.Repeat("x", 190) + "\x1b[2J\u202e   ?" + strings.Repeat("y", 500)},
		{Line: 1, Column: 9000, source: "short\r"},
		{Line: 1, Column: 1},
	} {
		shown := strings.Split(m.String(), "\n")
		if len(shown) != 3 || strings.ContainsAny(m.String(), "\x1b\r\u202e") || len([]rune(shown[1])) > 120 {
			t.Errorf("%q", m.String())
		}
	}
}

func TestOnlyTheFirstMistakesAreTold(t *testing.T) {
	_, err := read(strings.Repeat("a: 1\n", 1) + "likes:\n" + strings.Repeat("- 1\n", 500))
	var m *Mistakes
	if !errors.As(err, &m) || len(m.First) != mistakesTold || m.More != 501-mistakesTold {
		t.Fatalf("%v", err)
	}
	if text := err.Error(); !strings.HasSuffix(text, "\nand 401 more") {
		t.Errorf("ends in %q", text[len(text)-30:])
	}
}

func TestFilesThatAreNoText(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"bytes that are not UTF-8", "name: Ada\nlikes: [\xff]\n", "line 2: the file is not UTF-8 text"},
		{"a null byte", "name: A\x00da\n", "line 1: the file is not UTF-8 text"},
		{"too many bytes", "name: " + strings.Repeat("x", limit), fmt.Sprintf("the file has %d bytes, %d at most", limit+6, limit)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := read(c.file); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// hostile are files whose cost grows faster than they do, with what they are refused for; some are merely large. Each
// has about size bytes.
func hostile(size int) map[string][2]string {
	fill := func(part string) string { return strings.Repeat(part, size/len(part)) }
	const deep, wide, missing, one = "nests too deep", "keys stand side by side", "values are missing", "one document"
	return map[string][2]string{
		"lists in lists":                    {fill("[") + fill("]"), deep},
		"lists in lists, left open":         {fill("["), deep},
		"lists in lists by dashes":          {fill("- ") + "a", deep},
		"keys in keys by question marks":    {fill("? ") + "a", deep},
		"maps in maps":                      {fill("{a: "), deep},
		"tags on tags":                      {"- " + fill("!a "), deep},
		"a wide map":                        {numbered("k%d: v\n", size/11), wide},
		"a wide map of one key":             {fill("a: v\n"), wide},
		"several wide maps":                 {strings.Repeat("-"+numbered("\n  k%d: v", 9_000)[3:]+"\n", 4), wide},
		"values missing from maps":          {fill("- a:\n"), missing},
		"values missing from lists":         {fill("-\n"), missing},
		"values missing from inner maps":    {"[" + fill("{a: },") + "]", missing},
		"colons missing from inner maps":    {"[" + fill("{a},") + "]", missing},
		"values missing from one inner map": {"{" + fill("a,") + "}", missing},
		"values missing from inner lists":   {"[" + fill("a: ,") + "]", missing},
		"commas":                            {"[" + fill(",") + "]", missing},
		"documents":                         {fill("---\na: b\n"), one},
		"ends of documents":                 {fill("...\n"), one},
		"directives":                        {fill("%YAML 1.2\n"), "directives are not read"},
		"comments":                          {fill("# x\n"), ""},
		"comments between keys":             {fill("- a: b # x\n# y\n"), ""},
		"anchors":                           {fill("- &a b\n"), ""},
		"a long word":                       {"name: " + fill("x"), ""},
		"a text of many lines":              {"name: x\n" + fill("  x\n"), ""},
		"a text of many blank lines":        {"name: |\n" + fill("  x\n\n"), ""},
		"escapes":                           {`name: "` + fill(`\x41`) + `"`, ""},
		"a quote left open":                 {"name: \"" + fill("x y\n"), ""},
		"colons":                            {fill(": "), ""},
		"tabs and blanks":                   {"name:" + fill("\t ") + "x", ""},
	}
}

func numbered(format string, n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, format, i)
	}
	return out.String()
}

func TestHostileFilesCostLittle(t *testing.T) {
	size := 1 << 18
	if os.Getenv("COMMONHOLD_LONG") != "" {
		size = 1 << 20
	}
	for name, c := range hostile(size) {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := read(c[0])
			if took := time.Since(start); took > 20*time.Second { // a second or two; without the bounds, minutes
				t.Errorf("took %v", took)
			}
			if c[1] != "" && (err == nil || !strings.Contains(err.Error(), c[1])) {
				t.Errorf("got %.100v, want %q", err, c[1])
			}
		})
	}
}

func TestLargeHonestFilesAreRead(t *testing.T) {
	for _, c := range []struct{ name, file string }{
		{"14,000 keys side by side", "knows:\n" + numbered("  k%d: v\n", 14_000)},
		{"100,000 items", "likes:\n" + numbered("- k%d\n", 100_000)},
		{"5,000 values left out", "knows:\n" + numbered("  k%d:\n", 5_000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := read(c.file); err != nil {
				t.Error(err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range hostile(200) {
		f.Add([]byte(c[0]))
	}
	f.Add([]byte("name: Ada\nage: 36\ntall: true\nlikes: [tea, 'sums']\nknows:\n  charles: |\n    well\n  ? mary\n  : &a \"by\\nname\"\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<16 {
			return
		}
		got, err := read(string(file))
		var m *Mistakes
		if errors.As(err, &m) {
			for _, one := range m.First {
				if one.Line < 1 || one.Line > 1+strings.Count(string(file), "\n") || one.Column < 1 {
					t.Errorf("%+v lies outside the file", one)
				}
			}
			_ = err.Error()
		}
		if again, _ := read(string(file)); again != got {
			t.Errorf("reads as %s, then as %s", got, again)
		}
	})
}
