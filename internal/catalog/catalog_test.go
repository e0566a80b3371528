package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/yaml"
	"github.com/commonhold/commonhold/org"
)

const good = `version: 1
permissions:
  - key: reports:view
    sentence: see reports
    category: Reports
    roles: [owner, admin, analyst, consumer]
  - key: reports:edit
    sentence: 'change reports: all of them'
    category: Reports
    roles: [admin, owner]
    implies: [reports:view]
  - key: secrets:view
    sentence: see secrets
    category: Secrets
    explicit: true
`

func TestParse(t *testing.T) {
	c, err := Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	want := []org.Row{
		{Key: "reports:view", Scope: org.InProject, Sentence: "see reports", Category: "Reports",
			Project: []org.ProjectRole{org.Owner, org.Admin, org.Analyst, org.Consumer}},
		{Key: "reports:edit", Scope: org.InProject, Sentence: "change reports: all of them", Category: "Reports",
			Project: []org.ProjectRole{org.Owner, org.Admin}, Implies: []org.Permission{"reports:view"}},
		{Key: "secrets:view", Scope: org.InProject, Sentence: "see secrets", Category: "Secrets", Explicit: true},
	}
	if got := c.Application(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDigestIsOfTheContentAndNotOfTheFile(t *testing.T) {
	parse := func(file string) org.Digest {
		c, err := Parse([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		return c.Digest()
	}
	digest := parse(good)
	for _, c := range []struct {
		name, from, to string
		same           bool
	}{
		{"a comment", "permissions:", "permissions: # ours", true},
		{"roles in another order", "[admin, owner]", "[owner, admin]", true},
		{"another way to write a list", `implies: [reports:view]`, "implies:\n    - reports:view", true},
		{"another sentence", "see secrets", "see all secrets", false},
		{"another role", "[admin, owner]", "[admin, owner, analyst]", false},
		{"no implication", `implies: [reports:view]`, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := parse(strings.Replace(good, c.from, c.to, 1)); (got == digest) != c.same {
				t.Errorf("the digest is the same: %t", got == digest)
			}
		})
	}
}

func TestBadFiles(t *testing.T) {
	row := func(fields string) string {
		return "version: 1\npermissions:\n- {" + fields + "}\n"
	}
	for _, c := range []struct {
		name, file string
		want       []string // line and beginning of each mistake
	}{
		{"an empty file", "", []string{"1: the file has to say which format it is in", "1: the file needs a list of permissions"}},
		{"a later format", "version: 2\npermissions: []\n", []string{"1: this release reads version 1"}},
		{"no permissions", "version: 1\n", []string{"1: the file needs a list of permissions"}},
		{"permissions that are a map", "version: 1\npermissions:\n  reports:view: see\n", []string{"3: a list is wanted here"}},
		{"a field nobody knows", row("key: 'a:b', sentence: s, category: c, role: [owner]"), []string{`3: there is no field "role" here`}},
		{"a field twice", row("key: 'a:b', sentence: s, category: c, sentence: t"), []string{`3: "sentence" stands in line 3 already`}},
		{"a key twice", row("key: 'a:b', sentence: s, category: c") + "- {key: 'a:b', sentence: t, category: c}\n",
			[]string{"4: a:b stands in line 3 already"}},
		{"no key", row("sentence: s, category: c"), []string{"3: permission \"\": a key is noun:verb"}},
		{"a key without a verb", row("key: a, sentence: s, category: c"), []string{"3: permission \"a\": a key is noun:verb"}},
		{"a key of Commonhold's own", row("key: 'project:rename', sentence: s, category: c"), []string{"3: permission project:rename stands twice"}},
		{"no sentence and no category", row("key: 'a:b', category: c") + "- {key: 'a:c', sentence: s}\n",
			[]string{"3: permission a:b: needs a sentence", "4: permission a:c: needs a sentence"}},
		{"a sentence of two lines", "version: 1\npermissions:\n- key: a:b\n  category: c\n  sentence: |\n    s\n    t\n",
			[]string{"5: this has to be one line"}},
		{"a sentence that turns the direction of writing", row("key: 'a:b', category: c, sentence: \"s\\u202et\""), []string{"3: this has to be one line"}},
		{"a role that is none", row("key: 'a:b', sentence: s, category: c, roles: [owner, boss]"), []string{`3: there is no role "boss"`}},
		{"a role twice", row("key: 'a:b', sentence: s, category: c, roles: [owner, owner]"), []string{"3: owner stands here twice"}},
		{"a role without those above it", row("key: 'a:b', sentence: s, category: c, roles: [owner, consumer]"),
			[]string{"3: name admin too", "3: name analyst too"}},
		{"an explicit permission in a role", row("key: 'a:b', sentence: s, category: c, roles: [owner], explicit: true"),
			[]string{"3: permission a:b: an explicit permission is in no built-in role"}},
		{"an implied key that is not there", row("key: 'a:b', sentence: s, category: c, implies: ['a:c']"), []string{"3: a:c is not in this file"}},
		{"an implied key of Commonhold's own", row("key: 'a:b', sentence: s, category: c, implies: ['project:delete']"),
			[]string{"3: project:delete is not in this file"}},
		{"an implied key that is explicit", row("key: 'a:b', sentence: s, category: c, implies: ['a:c']") + "- {key: 'a:c', sentence: s, category: c, explicit: true}\n",
			[]string{"3: a:c is explicit"}},
		{"an implied key twice", row("key: 'a:b', sentence: s, category: c, implies: ['a:c', 'a:c']") + "- {key: 'a:c', sentence: s, category: c}\n",
			[]string{"3: a:c stands here twice"}},
		{"mistakes of many kinds, all told", "version: 3\nnotes: none\n" + row("key: 7, sentence: s, category: c")[11:] +
			"- {key: 'a:b', category: c}\n- {key: 'a:c', sentence: s, category: c, roles: owner}\n- reports\n",
			[]string{"1: this release", `2: there is no field "notes"`, "4: a text is wanted", "5: permission a:b: needs", "6: a list is wanted", "7: a map is wanted"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.file))
			var m *yaml.Mistakes
			if !errors.As(err, &m) {
				t.Fatalf("got %v, want mistakes", err)
			}
			ok := len(m.First) == len(c.want)
			for i, one := range m.First {
				ok = ok && strings.HasPrefix(fmt.Sprintf("%d: %s", one.Line, one.Text), c.want[i])
			}
			if !ok {
				t.Errorf("got\n%v\nwant\n%s", err, strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestMistakeIsShownInItsLine(t *testing.T) {
	_, err := Parse([]byte(strings.Replace(good, "[admin, owner]", "[admin, ownr]", 1)))
	const want = `line 10: there is no role "ownr"; roles are owner, admin, analyst and consumer
  10 |     roles: [admin, ownr]
     |                    ^`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestLimits(t *testing.T) {
	const plain, linked = "- {key: 'a:%d', sentence: s, category: c}\n", "- {key: 'a:%d', sentence: s, category: c, implies: ['a:%d']}\n"
	rows := func(n int) string {
		var out strings.Builder
		out.WriteString("version: 1\npermissions:\n")
		for i := range n {
			fmt.Fprintf(&out, plain, i)
		}
		return out.String()
	}
	chain := func(n int) string {
		var out strings.Builder
		out.WriteString(rows(1))
		for i := 1; i < n; i++ {
			fmt.Fprintf(&out, linked, i, i-1)
		}
		return out.String()
	}
	for _, c := range []struct{ name, file, want string }{
		{"as many permissions as there may be", rows(MaxPermissions), ""},
		{"one permission too many", rows(MaxPermissions + 1), "a catalog has 10000 permissions at most"},
		{"a file too large", good + strings.Repeat("#", MaxBytes), "1048576 at most"},
		{"a chain in which each implies the next", chain(1_000), ""},
		{"a chain too long", chain(MaxPermissions), "imply one another too widely"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			_, err := Parse([]byte(c.file))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %.300v, want %q", err, c.want)
			}
			if took := time.Since(start); took > 20*time.Second { // a second or two
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestLibraryIsFilledFromStoredDocuments(t *testing.T) {
	c := Default()
	stored, err := org.ReadCatalog(c.Document())
	if err != nil {
		t.Fatal(err)
	}
	l := NewLibrary()
	if l.Catalog(c.Digest()) != nil {
		t.Error("an empty library knows a catalog")
	}
	l.Add(stored)
	if l.Catalog(c.Digest()) != stored || l.Catalog("sha256:") != nil {
		t.Error("the library does not know what it was given, or knows more")
	}
	if !bytes.Equal(stored.Document(), c.Document()) {
		t.Error("the document does not read back as itself")
	}
}

func TestLibraryIsSharedByManyGoroutines(t *testing.T) {
	l, c := NewLibrary(), Default()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			l.Add(c)
			if l.Catalog(c.Digest()) != c {
				t.Error("what was added is not there")
			}
		})
	}
	all.Wait()
}

var example = regexp.MustCompile("(?s)```yaml\n(.*?)```")

func TestExamplesOfTheGuideAreRead(t *testing.T) {
	page, err := os.ReadFile("../../docs/catalog.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := example.FindAllSubmatch(page, -1)
	if len(blocks) == 0 {
		t.Error("the guide has no example")
	}
	for _, block := range blocks {
		if _, err := Parse(block[1]); err != nil {
			t.Error(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("version: 1\npermissions: [{key: 'a:b', implies: ['a:b', 'a:c']}, {key: 'a:b'}, {roles: [consumer]}, 7]\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := Parse(file)
		if err != nil {
			if c != nil || err.Error() == "" {
				t.Error("a refused file gives a catalog")
			}
			return
		}
		again, err := org.ReadCatalog(c.Document())
		if err != nil || again.Digest() != c.Digest() {
			t.Errorf("the catalog does not survive being stored: %v", err)
		}
		for _, r := range c.Application() {
			if !slices.IsSortedFunc(r.Project, func(a, b org.ProjectRole) int {
				return slices.Index(org.ProjectRoles[:], a) - slices.Index(org.ProjectRoles[:], b)
			}) {
				t.Errorf("%s: roles %v", r.Key, r.Project)
			}
		}
	})
}
