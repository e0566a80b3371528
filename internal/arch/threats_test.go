package arch

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/threats.md")

// A threat is one line of testdata/threats.txt.
type threat struct{ group, number, title string }

// A carrier is a test that says, in a name or a comment, that it makes the attempt of a numbered threat.
type carrier struct {
	file, function string // no function: the name stands in a table of the file
	guards         []string
}

func TestThreatsPageIsDerived(t *testing.T) {
	threats := readThreats(t)
	found, complaints := carriers(readRepository(t), threats)
	for _, complaint := range complaints {
		t.Error(complaint)
	}
	page, file := threatsPage(threats, found), root(t)+"/docs/threats.md"
	if *update {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatalf("write the page: %v", err)
		}
	}
	if committed, err := os.ReadFile(file); err != nil || string(committed) != page {
		t.Error("docs/threats.md is not what the tests say: run make golden and review the difference")
	}
}

func TestThreatsAreFoundInNamesAndComments(t *testing.T) {
	for _, test := range []struct {
		name       string
		files      string
		found      []string
		complaints []string
	}{
		{
			name: "a comment above a test",
			files: `
-- org/a_test.go --
package org

// T-22, I-14
func TestCover() {}
`,
			found: []string{"I-14 org/a_test.go TestCover", "T-22 org/a_test.go TestCover"},
		},
		{
			name: "a comment that goes on and names the guard",
			files: `
-- org/a.go --
package org

type rules struct{}

func (*rules) cover() {}
-- org/a_test.go --
package org

// TestCover tries.
//
// T-22 guarded by org.rules.cover
func TestCover() {}
`,
			found: []string{"T-22 org/a_test.go TestCover org.rules.cover"},
		},
		{
			name: "the name of a subtest, with a colon or without",
			files: `
-- org/a_test.go --
package org

func TestCover() {
	run("T-22 an admin makes no owner")
	run("T-22, T-23: again")
}
`,
			found: []string{"T-22 org/a_test.go TestCover", "T-23 org/a_test.go TestCover"},
		},
		{
			name: "a row of a table outside the tests, and a suite for many back ends",
			files: `
-- store/storetest/log.go --
package storetest

import "testing"

var rows = []row{{name: "I-41 versions have no gap"}}
`,
			found: []string{"I-41 store/storetest/log.go"},
		},
		{
			name: "the end of a test's name",
			files: `
-- org/a_test.go --
package org

func TestCover_T22_I14() {}
`,
			found: []string{"I-14 org/a_test.go TestCover_T22_I14", "T-22 org/a_test.go TestCover_T22_I14"},
		},
		{
			name: "numbers elsewhere mean nothing",
			files: `
-- org/a.go --
package org

// T-22
const x = "T-22 x"
-- org/a_test.go --
package org

const y = "a T-22 tank"

// See T-22.
func TestCover() {}
`,
		},
		{
			name: "a number that no list knows",
			files: `
-- org/a_test.go --
package org

// T-2
func TestCover() {}
`,
			complaints: []string{"org/a_test.go:3: T-2 is not in"},
		},
		{
			name: "a guard that is gone",
			files: `
-- org/a_test.go --
package org

// T-22 guarded by org.gone
func TestCover() {}
`,
			found:      []string{"T-22 org/a_test.go TestCover org.gone"},
			complaints: []string{"org/a_test.go:3: T-22 is guarded by org.gone, which is not declared"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, complaints := carriers(grow(t, test.files), readThreats(t))
			var got []string
			for number, all := range found {
				for _, c := range all {
					got = append(got, strings.TrimSpace(strings.Join(append([]string{number, c.file, c.function}, c.guards...), " ")))
				}
			}
			slices.Sort(got)
			compare(t, got, test.found)
			compare(t, complaints, test.complaints)
		})
	}
}

func readThreats(t *testing.T) (threats []threat) {
	t.Helper()
	text, err := os.ReadFile("testdata/threats.txt")
	if err != nil {
		t.Fatalf("read the list of threats: %v", err)
	}
	group, seen := "", map[string]bool{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		number, title, _ := strings.Cut(line, " ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !single.MatchString(number):
			group = line
		case seen[number]:
			t.Fatalf("testdata/threats.txt has two lines %s", number)
		default:
			seen[number] = true
			threats = append(threats, threat{group, number, title})
		}
	}
	return threats
}

var (
	single  = regexp.MustCompile(`^[TI]-\d+$`)
	inName  = regexp.MustCompile(`^([TI]-\d+(?:, [TI]-\d+)*):? `)
	ending  = regexp.MustCompile(`(?:_[TI]\d+)+$`)
	spelled = strings.NewReplacer("T", "T-", "I", "I-", "_", ", ")
	comment = regexp.MustCompile(`^// ([TI]-\d+(?:, [TI]-\d+)*)(?: guarded by ([\w.]+(?:, [\w.]+)*))?$`)
)

// carriers finds, for each number, the tests that name it: a comment line that holds nothing but numbers (and the
// guards, after "guarded by"), a text that begins with them, as the name of a subtest or of a row does, or a function
// whose name ends with them.
func carriers(r tree, threats []threat) (found map[string][]carrier, complaints []string) {
	known, declared := map[string]bool{}, declarations(r)
	for _, threat := range threats {
		known[threat.number] = true
	}
	found = map[string][]carrier{}
	for _, f := range r.files {
		if !f.tests() {
			continue
		}
		note := func(node ast.Node, numbers, guards string) {
			c := carrier{file: f.path, function: f.functionAround(node)}
			if guards != "" {
				c.guards = strings.Split(guards, ", ")
			}
			for number := range strings.SplitSeq(numbers, ", ") {
				if !known[number] {
					complaints = append(complaints, r.at(node.Pos(), "%s is not in internal/arch/testdata/threats.txt", number))
					continue
				}
				found[number] = merge(found[number], c)
				for _, guard := range c.guards {
					if !declared[guard] {
						complaints = append(complaints, r.at(node.Pos(), "%s is guarded by %s, which is not declared", number, guard))
					}
				}
			}
		}
		for _, group := range f.syntax.Comments {
			for _, line := range group.List {
				if said := comment.FindStringSubmatch(line.Text); said != nil {
					note(line, said[1], said[2])
				}
			}
		}
		for node := range ast.Preorder(f.syntax) {
			switch node := node.(type) {
			case *ast.BasicLit:
				text, _ := strconv.Unquote(node.Value) // numbers are no text and name nothing
				if said := inName.FindStringSubmatch(text); said != nil {
					note(node, said[1], "")
				}
			case *ast.FuncDecl:
				if said := ending.FindString(node.Name.Name); said != "" {
					note(node, spelled.Replace(said[1:]), "")
				}
			}
		}
	}
	return found, complaints
}

func merge(all []carrier, c carrier) []carrier {
	for i, before := range all {
		if before.file == c.file && before.function == c.function {
			all[i].guards = slices.Compact(slices.Sorted(slices.Values(slices.Concat(before.guards, c.guards))))
			return all
		}
	}
	return append(all, c)
}

// tests says whether a file holds tests: its own package's, or a suite that others run.
func (f *file) tests() bool {
	if f.syntax == nil || f.dir() == "internal/arch" { // which speaks of numbers all the time
		return false
	}
	for _, where := range f.imports {
		if where == "testing" {
			return true
		}
	}
	return f.test()
}

func (f *file) functionAround(node ast.Node) string {
	for _, decl := range f.syntax.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			from := fn.Pos()
			if fn.Doc != nil {
				from = fn.Doc.Pos()
			}
			if from <= node.Pos() && node.End() <= fn.End() {
				return fn.Name.Name
			}
		}
	}
	return ""
}

// declarations are the names that a guard may have: org.Decide, org.State.apply.
func declarations(r tree) map[string]bool {
	all := map[string]bool{}
	for dir, files := range r.packages {
		pkg, names := r.resolve(dir, files)
		for _, name := range pkg.Scope().Names() {
			all[pkg.Name()+"."+name] = true
		}
		for _, f := range files {
			for _, decl := range f.syntax.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv != nil {
					if receiver := rootOf(fn.Recv.List[0].Type); receiver != nil && names.Uses[receiver] != nil {
						all[pkg.Name()+"."+receiver.Name+"."+fn.Name.Name] = true
					}
				}
			}
		}
	}
	return all
}

func threatsPage(threats []threat, found map[string][]carrier) string {
	var page strings.Builder
	fmt.Fprintf(&page, `# Threats

What Commonhold is built to withstand, and which test shows it. A test that carries a number makes that attempt and
fails when its guard is taken out. **%d of %d** lines have a test so far.

This page is derived from the names of the tests: do not edit it, run `+"`make golden`"+`. How a test takes a number
is in [CONTRIBUTING.md](../CONTRIBUTING.md#threats).
`, len(found), len(threats))
	group := ""
	for _, threat := range threats {
		if threat.group != group {
			group = threat.group
			fmt.Fprintf(&page, "\n## %s\n\n| Number | What must hold | Test | Guard |\n|---|---|---|---|\n", group)
		}
		tests, guards := cells(found[threat.number])
		fmt.Fprintf(&page, "| %s | %s | %s | %s |\n", threat.number, threat.title, cmp.Or(tests, "*not built yet*"), guards)
	}
	return page.String()
}

func cells(all []carrier) (tests, guards string) {
	var links, names []string
	for _, c := range all {
		links = append(links, fmt.Sprintf("[%s](../%s)", cmp.Or(c.function, path.Base(c.file)), c.file))
		for _, guard := range c.guards {
			names = append(names, "`"+guard+"`")
		}
	}
	slices.Sort(names)
	return strings.Join(links, ", "), strings.Join(slices.Compact(names), ", ")
}
