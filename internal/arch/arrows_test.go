package arch

import (
	"path"
	"slices"
	"strings"
)

// An arrow says what a package may import. A name that ends in /… stands for itself and everything below.
type arrow struct {
	from  string
	to    []string // of this module
	plain bool     // of other modules: nothing
	never []string // of the standard library
}

// leaves are small packages that know nothing of stores and doors, so that every layer above may use them.
var leaves = []string{
	"internal/catalog", // reads an application's permissions from YAML
	"internal/address", // reads mail addresses and tells which are the same
	"internal/typeid",  // makes ids
	"internal/secret",  // makes secrets
}

// beside keep rows beside the logs for the use cases; doors read them through these.
var beside = []string{"internal/feed", "internal/node", "internal/note", "internal/notice", "internal/peer", "internal/security"}

// outside is what a pure decision has no business with.
var outside = []string{
	"context", "crypto/rand", "database/…", "log/…", "math/rand/…", "net/…", "os/…", "plugin", "syscall/…",
}

// arrows has a row for every package. The first row that fits counts; a package without a row is refused.
var arrows = []arrow{
	{from: "org", plain: true, never: outside},
	{from: "client", to: []string{"org"}, plain: true},
	{from: "cmd/…", to: []string{"org", "client", "internal/…"}},

	{from: "internal/yaml", never: outside},
	{from: "internal/typeid", never: outside},
	{from: "internal/address", never: outside},
	{from: "internal/catalog", to: []string{"org", "internal/yaml"}, never: outside},
	{from: "internal/peribolos", to: []string{"org", "internal/yaml"}, never: outside},
	{from: "internal/arch"},

	{from: "internal/store", plain: true},
	{from: "internal/store/sqlite", to: []string{"internal/store", "internal/store/sqlite/vfs"}},
	{from: "internal/store/sqlite/vfs"},
	{from: "internal/store/postgres", to: []string{"internal/store"}},
	{from: "internal/store/postgres/pgtest"}, // starts servers
	{from: "internal/store/memory", to: []string{"internal/store"}},
	{from: "internal/store/storetest", to: []string{"internal/store"}},

	{from: "internal/ledger", to: []string{"org", "internal/store", "internal/address"}},
	{from: "internal/doctor", to: []string{"org", "internal/store", "internal/ledger"}},
	{from: "internal/archive", to: []string{"org", "internal/store", "internal/ledger", "internal/notice"}},
	{from: "internal/note", to: []string{"org", "internal/store"}},
	{from: "internal/notice", to: []string{"org", "internal/store"}},
	{from: "internal/node", to: []string{"internal/store"}},
	{from: "internal/peer", to: []string{"internal/store"}},
	{from: "internal/security", to: []string{"org", "internal/store", "internal/note"}},
	{from: "internal/feed", to: []string{"org", "internal/store"}},
	{from: "internal/app/pace"},
	{from: "internal/app", to: slices.Concat([]string{"org", "internal/store", "internal/ledger", "internal/app/pace"}, beside, leaves)},
	{from: "internal/person", to: []string{"org", "internal/store", "internal/ledger", "internal/app"}},
	{from: "internal/move", to: []string{"org", "internal/store", "internal/ledger", "internal/note", "internal/notice", "internal/app", "internal/route"}},
	{from: "internal/table", to: []string{"org"}, never: outside},
	{from: "internal/batch", to: []string{"org", "internal/store", "internal/ledger", "internal/address", "internal/note", "internal/table", "internal/app", "internal/route"}},
	{from: "internal/secret", to: []string{"internal/typeid"}},
	{from: "internal/credential", to: []string{"org", "internal/store", "internal/app", "internal/route", "internal/secret", "internal/typeid"}},
	{from: "internal/invite", to: []string{"org", "internal/table", "internal/store", "internal/ledger", "internal/note", "internal/notice", "internal/app", "internal/route", "internal/address", "internal/secret", "internal/typeid"}},
	{from: "internal/outbox", to: []string{"org", "internal/store", "internal/notice", "internal/app", "internal/invite", "internal/route"}},
	{from: "internal/route", to: []string{"org"}},
	{from: "internal/demo", to: []string{"org", "internal/app"}},

	{from: "internal/api", to: slices.Concat([]string{"internal/api/…"}, door)},
	{from: "internal/api/body"},
	{from: "internal/api/seal"},
	{from: "internal/api/etag", never: outside},
	{from: "internal/api/live", to: slices.Concat([]string{"internal/api/told"}, door)},
	{from: "internal/api/told", to: door},
	{from: "internal/api/path", never: outside},
	{from: "internal/api/meter", to: []string{"internal/app"}},
	{from: "internal/api/openapi", to: []string{"org", "internal/route", "internal/api/body"}},
	{from: "internal/authzen", to: door},
	{from: "internal/scim", to: door},
	{from: "internal/sso", to: door},
	{from: "internal/console", to: door},
	{from: "internal/cli/meaning", never: outside},
	{from: "internal/cli", to: slices.Concat([]string{"internal/cli/meaning", "org", "client", "internal/route", "internal/peribolos", "internal/githuborg"}, leaves)},
	{from: "internal/login", to: []string{"client", "internal/cli"}},
	{from: "internal/githuborg", to: []string{"org", "client", "internal/peribolos"}},
}

var door = slices.Concat([]string{"org", "internal/app", "internal/batch", "internal/move", "internal/person", "internal/credential", "internal/invite", "internal/outbox", "internal/route"}, beside, leaves)

var importsFollowTheArrows = rule{
	name: "imports follow the arrows",
	check: func(r tree) (complaints []string) {
		for dir, files := range r.packages {
			row := slices.IndexFunc(arrows, func(a arrow) bool { return covers(a.from, dir) })
			if row < 0 {
				complaints = append(complaints, r.at(files[0].syntax.Package,
					"no arrow starts at %s: give it a row in internal/arch/arrows_test.go", dir))
				continue
			}
			for _, f := range files {
				for spec, where := range f.imports {
					if why := arrows[row].refuses(where); why != "" {
						complaints = append(complaints, r.at(spec.Pos(), "%s imports %s: %s", dir, where, why))
					}
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "the core opens a file, a socket and a database and passes a context",
			files: `
-- org/role.go --
package org
import "os"
import "net/http"
import "database/sql"
import "context"
`,
			wants: []string{"org/role.go:2: org imports os", "org/role.go:3", "org/role.go:4", "org/role.go:5"},
		},
		{
			name: "the core and the client use a module of somebody else",
			files: `
-- org/role.go --
package org
import "example.com/sets"
-- client/client.go --
package client
import "example.com/retry"
`,
			wants: []string{"client imports example.com/retry", "org imports example.com/sets"},
		},
		{
			name: "one back end leans on another and on the core",
			files: `
-- internal/store/sqlite/log.go --
package sqlite
import "github.com/commonhold/commonhold/internal/store/memory"
import "github.com/commonhold/commonhold/org"
`,
			wants: []string{"log.go:2: internal/store/sqlite imports", "log.go:3"},
		},
		{
			name: "a front door reaches round the use cases to a store",
			files: `
-- internal/api/serve.go --
package api
import "github.com/commonhold/commonhold/internal/store"
`,
			wants: []string{"internal/api imports " + module + "/internal/store"},
		},
		{
			name: "a contract speaks of organizations",
			files: `
-- internal/store/log.go --
package store
import "github.com/commonhold/commonhold/org"
`,
			wants: []string{"internal/store imports " + module + "/org"},
		},
		{
			name: "a new package has no row",
			files: `
-- internal/astrology/sign.go --
package astrology
`,
			wants: []string{"no arrow starts at internal/astrology"},
		},
	},
	keeps: []fixture{
		{
			name: "each layer imports the one below",
			files: `
-- cmd/commonhold/main.go --
package main
import _ "github.com/commonhold/commonhold/internal/store/sqlite"
-- internal/api/serve.go --
package api
import "net/http"
import "github.com/commonhold/commonhold/internal/app"
-- internal/app/app.go --
package app
import "github.com/commonhold/commonhold/internal/store"
import "github.com/commonhold/commonhold/org"
-- internal/store/sqlite/open.go --
package sqlite
import "modernc.org/sqlite"
import "github.com/commonhold/commonhold/internal/store"
-- org/role.go --
package org
import "slices"
`,
		},
		{
			name: "tests import what they need",
			files: `
-- org/role_test.go --
package org
import "os"
import "pgregory.net/rapid"
`,
		},
		{
			name: "another module in the same repository has its own ways",
			files: `
-- bench/go.mod --
module bench

go 1.26.0
-- bench/peers/peer.go --
package peers
import "example.com/peer"
`,
		},
	},
}

func (a arrow) refuses(where string) (why string) {
	inside, ours := strings.CutPrefix(where, module+"/")
	host, _, _ := strings.Cut(where, "/")
	switch standard := !strings.Contains(host, "."); {
	case ours && !anyCovers(a.to, inside):
		return "that arrow is not drawn in internal/arch/arrows_test.go"
	case !ours && !standard && a.plain:
		return "it lives on the standard library alone"
	case standard && anyCovers(a.never, where):
		return "it decides from its arguments and nothing else"
	}
	return ""
}

func anyCovers(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return covers(pattern, name) })
}

func covers(pattern, name string) bool {
	above, deep := strings.CutSuffix(pattern, "/…")
	return name == above || deep && strings.HasPrefix(name, above+"/")
}

var onlySuitesImportTesting = rule{
	name: "only suites of tests import testing",
	check: func(r tree) (complaints []string) {
		for _, f := range r.files {
			if !f.shipped() || strings.HasSuffix(path.Base(f.dir()), "test") {
				continue
			}
			for spec, where := range f.imports {
				if covers("testing/…", where) {
					complaints = append(complaints, r.at(spec.Pos(), "%s is for tests and for packages named like storetest", where))
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "a use case carries a helper for its tests",
			files: `
-- internal/app/fake.go --
package app
import "testing"
`,
			wants: []string{"internal/app/fake.go:2: testing is for tests"},
		},
	},
	keeps: []fixture{
		{
			name: "a suite is made of tests",
			files: `
-- internal/store/storetest/log.go --
package storetest
import "testing"
`,
		},
	},
}
