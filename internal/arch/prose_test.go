package arch

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// Put together here, so that this file keeps its own rule.
var leftOver = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)

var nothingIsLeftForLater = rule{
	name: "nothing is left for later",
	check: func(r tree) (complaints []string) {
		written := regexp.MustCompile(`(^|/)Makefile$|\.(go|mod|html|css|js|sql|sh|yaml|yml|md)$|^\.ci/`)
		ours := func(f *file) bool { return written.MatchString(f.path) && !f.sample() }
		return r.grep(leftOver, ours, "do it now or open an issue")
	},
	breaks: []fixture{
		{
			name: "a mark in a comment",
			files: `
-- org/role.go --
package org

// TO` + `DO: think
-- internal/console/html/page.html --
<p>
<!-- FIX` + `ME -->
`,
			wants: []string{"internal/console/html/page.html:2: FIX" + "ME: do it now", "org/role.go:3: TO" + "DO"},
		},
	},
	keeps: []fixture{
		{
			name: "a word that only contains one, and other people's data",
			files: `
-- org/role.go --
package org

// XX` + `XL
-- internal/app/testdata/org.yaml --
name: TO` + `DO list
`,
		},
	},
}

var nothingNamesOneMachine = rule{
	name: "nothing names a folder that exists on one machine only",
	check: func(r tree) (complaints []string) {
		homes := []string{"home", "root", "Users", "work", "workspace", "builds", "mnt", "tmp/[a-z_]+[0-9.]"}
		path := regexp.MustCompile("(^|[\\s\"'`(=:])/(" + strings.Join(homes, "|") + `)/[\w.~-]+`)
		return r.grep(path, func(f *file) bool { return !f.sample() }, "the repository stands on its own")
	},
	breaks: []fixture{
		{
			name: "a page that points to a home folder",
			files: `
-- docs/start.md --
Start

    cd /ho` + `me/ann/commonhold
`,
			wants: []string{"docs/start.md:3: /ho" + "me/ann: the repository stands on its own"},
		},
	},
	keeps: []fixture{
		{
			name: "system folders, addresses and routes",
			files: `
-- docs/start.md --
/etc/commonhold.yaml, https://example.com/ho` + `me/ann, /v1/work/items, /tmp/commonhold
`,
		},
	},
}

var pagesNameWhatExists = rule{
	name: "pages name files that exist",
	check: func(r tree) (complaints []string) {
		exists, folders := map[string]bool{}, map[string]bool{}
		for _, f := range r.files {
			exists[f.path] = true
			for dir := f.dir(); dir != "."; dir = path.Dir(dir) {
				exists[dir], folders[dir] = true, true
			}
		}
		for _, f := range r.files {
			if path.Ext(f.path) != ".md" || f.sample() {
				continue
			}
			missing := func(at int, name string) {
				complaints = append(complaints, fmt.Sprintf("%s:%d: there is no %s", f.path, f.lineAt(at), name))
			}
			for _, match := range pageLink.FindAllStringSubmatchIndex(f.text, -1) {
				name := f.text[match[2]:match[3]]
				if target := path.Join(f.dir(), name); !strings.Contains(name, ":") && name != "" && !exists[target] {
					missing(match[2], target)
				}
			}
			for _, match := range fileName.FindAllStringSubmatchIndex(f.text, -1) {
				if name := f.text[match[2]:match[3]]; !exists[name] && folders[path.Dir(name)] {
					missing(match[2], name)
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "a link and a name that lead nowhere",
			files: `
-- docs/a.md --
See [b](b.md#part),
[c](../c.md).

It is in ` + "`org/gone.go`" + `.
-- docs/b.md --
b
-- org/role.go --
package org
`,
			wants: []string{"docs/a.md:2: there is no c.md", "docs/a.md:4: there is no org/gone.go"},
		},
	},
	keeps: []fixture{
		{
			name: "links to pages, folders, parts and other sites, and names of files",
			files: `
-- docs/a.md --
[b](b.md) [here](#part) [docs](../docs) [x](https://example.com/y.md) ` + "`org/role.go` `./bin/x.go` `SetRole`" + `
-- docs/b.md --
b
-- org/role.go --
package org
`,
		},
		{
			name: "a folder that is not there yet",
			files: `
-- CONTRIBUTING.md --
A page: a row in ` + "`internal/console/pages.go`" + `.
`,
		},
	},
}

var (
	pageLink = regexp.MustCompile(`\]\(([^)#\s]*)`)
	fileName = regexp.MustCompile("`([a-z][\\w-]*(?:/[\\w.-]+)+\\.\\w+)`")
)

// grep complains of each match in the files chosen.
func (r tree) grep(pattern *regexp.Regexp, chosen func(*file) bool, why string) (complaints []string) {
	for _, f := range r.files {
		if !chosen(f) {
			continue
		}
		for _, match := range pattern.FindAllStringIndex(f.text, -1) {
			said := strings.Trim(f.text[match[0]:match[1]], " \t\n\"'`(=:")
			complaints = append(complaints, fmt.Sprintf("%s:%d: %s: %s", f.path, f.lineAt(match[1]), said, why))
		}
	}
	return complaints
}
