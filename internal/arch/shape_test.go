package arch

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	fileCap    = 600
	packageCap = 2500
	coreCap    = 15000 // org is one package because its interfaces are sealed; docs/decisions/0006 says why so many
	doorCap    = 5000  // internal/api holds a handler for every row of the table; 0006 too
)

var filesStaySmall = rule{
	name: "no file has more than 600 lines",
	check: func(r tree) (complaints []string) {
		for _, f := range r.files {
			if f.syntax != nil && !f.test() && f.lines() > fileCap {
				complaints = append(complaints, fmt.Sprintf("%s:%d: %d lines, %d at most", f.path, fileCap+1, f.lines(), fileCap))
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name:  "a file of 601 lines",
			files: "-- internal/app/app.go --\npackage app\n" + strings.Repeat("\n", 600),
			wants: []string{"internal/app/app.go:601: 601 lines, 600 at most"},
		},
	},
	keeps: []fixture{
		{name: "a file of 600 lines", files: "-- internal/app/app.go --\npackage app\n" + strings.Repeat("\n", 599)},
		{name: "tests are as long as they need", files: "-- org/role_test.go --\npackage org\n" + strings.Repeat("\n", 900)},
	},
}

var packagesStaySmall = rule{
	name: "no package has more than 2,500 lines, internal/api 5,000, org 15,000",
	check: func(r tree) (complaints []string) {
		for dir, files := range r.packages {
			lines, most := 0, packageCap
			if strings.HasSuffix(dir, "test") {
				continue // a suite: tests are as long as they need
			}
			switch dir {
			case "org":
				most = coreCap
			case "internal/api":
				most = doorCap
			}
			for _, f := range files {
				lines += f.lines()
			}
			if lines > most {
				complaints = append(complaints, fmt.Sprintf("%s: %d lines without tests, %d at most", dir, lines, most))
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name:  "six files of 500 lines",
			files: several("internal/app", 6, 500),
			wants: []string{"internal/app: 3000 lines without tests, 2500 at most"},
		},
		{
			name:  "a core of 31 files of 500 lines",
			files: several("org", 31, 500),
			wants: []string{"org: 15500 lines without tests, 15000 at most"},
		},
	},
	keeps: []fixture{
		{name: "five files of 500 lines", files: several("internal/app", 5, 500)},
		{name: "a suite of tests is as long as it needs", files: several("internal/store/storetest", 6, 500)},
		{name: "a core of 30 files of 500 lines", files: several("org", 30, 500)},
	},
}

func several(dir string, count, lines int) string {
	var files strings.Builder
	for i := range count {
		fmt.Fprintf(&files, "-- %s/file%d.go --\npackage x%s", dir, i, strings.Repeat("\n", lines))
	}
	return files.String()
}

var packagesHaveOneComment = rule{
	name: "each package has exactly one comment",
	check: func(r tree) (complaints []string) {
		for dir, files := range r.packages {
			var said []*file
			for _, f := range files {
				if f.syntax.Doc != nil {
					said = append(said, f)
				}
			}
			want := "Package " + files[0].syntax.Name.Name + " "
			if files[0].syntax.Name.Name == "main" {
				want = "Command " + dir[strings.LastIndex(dir, "/")+1:] + " "
			}
			switch {
			case len(said) == 0:
				complaints = append(complaints, r.at(files[0].syntax.Package,
					"%s does not say what it owns and what it does not know", dir))
			case len(said) > 1:
				complaints = append(complaints, r.at(said[1].syntax.Package,
					"%s has a second package comment, beside %s", dir, said[0].path))
			case !strings.HasPrefix(said[0].syntax.Doc.Text(), want):
				complaints = append(complaints, r.at(said[0].syntax.Package, "the comment of %s should begin with %q", dir, want))
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "a package without a comment",
			files: `
-- org/role.go --
package org
`,
			wants: []string{"org/role.go:1: org does not say"},
		},
		{
			name: "a package with two",
			files: `
-- org/doc.go --
// Package org is the core.
package org
-- org/role.go --
// Roles.
package org
`,
			wants: []string{"org/role.go:2: org has a second package comment, beside org/doc.go"},
		},
		{
			name: "a comment that speaks of a file",
			files: `
-- cmd/commonhold/main.go --
// This is main.
package main
`,
			wants: []string{`should begin with "Command commonhold "`},
		},
	},
	keeps: []fixture{
		{
			name: "one comment each",
			files: `
-- org/doc.go --
// Package org is the core.
package org
-- org/role.go --
package org
-- cmd/commonhold/main.go --
// Command commonhold serves.
package main
`,
		},
	},
}

var packagesAreNouns = rule{
	name: "a package is a noun of the business or the name of what it adapts",
	check: func(r tree) (complaints []string) {
		empty := []string{
			"base", "common", "core", "helper", "helpers", "lib", "misc", "model", "models", "shared", "types", "util", "utils",
		}
		for dir, files := range r.packages {
			name := files[0].syntax.Name
			if slices.Contains(empty, strings.ToLower(name.Name)) {
				complaints = append(complaints, r.at(name.Pos(), "%s: %q says nothing about what is in it", dir, name.Name))
			}
		}
		return complaints
	},
	breaks: []fixture{
		{name: "a drawer for everything", files: `
-- internal/util/strings.go --
package util
`, wants: []string{`internal/util: "util"`}},
		{name: "types apart from what they do", files: `
-- internal/types/org.go --
package types
`, wants: []string{`"types"`}},
	},
	keeps: []fixture{
		{name: "a noun", files: `
-- internal/mail/mail.go --
package mail
`},
	},
}

var errorsSayWhatWasTried = rule{
	name: "an error says what was tried, and its being one says that it failed",
	check: func(r tree) (complaints []string) {
		for _, f := range r.files {
			if !f.shipped() {
				continue
			}
			for node := range ast.Preorder(f.syntax) {
				if text := errorText(node); hollow.MatchString(text) {
					complaints = append(complaints, r.at(node.Pos(), "%q: say what was tried", text))
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "an error that begins by saying so",
			files: `
-- org/role.go --
package org
import "fmt"
var err = fmt.Errorf("failed to read: %w", nil)
`,
			wants: []string{`org/role.go:3: "failed to read: %w"`},
		},
	},
	keeps: []fixture{
		{
			name: "an error that names the attempt",
			files: `
-- org/role.go --
package org
import "fmt"
var err = fmt.Errorf("read %s: %w", "x", nil)
`,
		},
	},
}

var hollow = regexp.MustCompile(`(?i)\b(failed to|error while|unable to)\b`)

// errorText is the sentence with which a node makes an error, if it makes one.
func errorText(node ast.Node) string {
	call, ok := node.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return ""
	}
	sentence, ok := call.Args[0].(*ast.BasicLit)
	if maker := types.ExprString(call.Fun); !ok || maker != "errors.New" && maker != "fmt.Errorf" {
		return ""
	}
	text, _ := strconv.Unquote(sentence.Value) // empty if it is no text
	return text
}
