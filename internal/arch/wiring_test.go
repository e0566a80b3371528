package arch

import (
	"go/ast"
	"slices"
)

var coreIsDeaf = rule{
	name: "the core is told the time and never asks",
	check: func(r tree) (complaints []string) {
		asking := []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}
		for _, f := range r.files {
			if !f.shipped() || f.dir() != "org" {
				continue
			}
			for at, where := range f.selections {
				if where == "time" && slices.Contains(asking, at.Sel.Name) {
					complaints = append(complaints, r.at(at.Pos(), "time.%s: the instant is an argument", at.Sel.Name))
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "a rule looks at the clock",
			files: `
-- org/window.go --
package org
import "time"
func open(end time.Time) bool {
	return time.Now().Before(end)
}
`,
			wants: []string{"org/window.go:4: time.Now"},
		},
		{
			name: "the clock under another name",
			files: `
-- org/window.go --
package org
import clock "time"
var age = clock.Since
`,
			wants: []string{"org/window.go:3: time.Since"},
		},
	},
	keeps: []fixture{
		{
			name: "a rule compares two instants it was given",
			files: `
-- org/window.go --
package org
import "time"
func open(now, end time.Time) bool { return now.Before(end) }
`,
		},
	},
}

var clocksAreHandedIn = rule{
	name: "use cases and back ends are handed their clock",
	check: func(r tree) (complaints []string) {
		for _, f := range r.files {
			if !f.shipped() || !anyCovers([]string{"internal/app/…", "internal/route/…", "internal/store/…"}, f.dir()) {
				continue
			}
			called := map[ast.Expr]bool{}
			for node := range ast.Preorder(f.syntax) {
				if call, ok := node.(*ast.CallExpr); ok {
					called[call.Fun] = true
				}
			}
			for at, where := range f.selections {
				if called[at] && where == "time" && slices.Contains([]string{"Now", "Since", "Until"}, at.Sel.Name) {
					complaints = append(complaints, r.at(at.Pos(),
						"time.%s: ask a clock that a test can set; time.Now as its default is fine", at.Sel.Name))
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "a use case looks at the machine's clock",
			files: `
-- internal/app/run.go --
package app

import "time"

func (a *App) run() { at := time.Now() }
`,
			wants: []string{"internal/app/run.go:5: time.Now"},
		},
	},
	keeps: []fixture{
		{
			name: "the machine's clock is the default of a field",
			files: `
-- internal/app/run.go --
package app

import "time"

func New() *App { return &App{clock: time.Now} }
`,
		},
	},
}

var onlyCommandsTouchTheProcess = rule{
	name: "only commands read the environment and only main ends the process",
	check: func(r tree) (complaints []string) {
		ending := []string{"os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"}
		reading := []string{"os.Environ", "os.ExpandEnv", "os.Getenv", "os.LookupEnv"}
		for _, f := range r.files {
			if !f.shipped() || covers("cmd/…", f.dir()) {
				continue
			}
			for at, where := range f.selections {
				switch name := where + "." + at.Sel.Name; {
				case slices.Contains(ending, name):
					complaints = append(complaints, r.at(at.Pos(), "%s: return an error, so that what is open is closed", name))
				case slices.Contains(reading, name) && f.dir() != "internal/cli":
					complaints = append(complaints, r.at(at.Pos(), "%s: settings come in as arguments", name))
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "a back end has a setting of its own and gives up for everybody",
			files: `
-- internal/store/sqlite/open.go --
package sqlite

import "os"

func open() {
	if os.Getenv("FAST") != "" {
		os.Exit(1)
	}
}
`,
			wants: []string{"open.go:6: os.Getenv", "open.go:7: os.Exit"},
		},
	},
	keeps: []fixture{
		{
			name: "a command does both",
			files: `
-- cmd/commonhold/main.go --
package main

import "os"

func main() { os.Exit(run(os.Environ())) }
`,
		},
	},
}

var serversAndClientsAreOwn = rule{
	name: "no server or client is shared by the whole process",
	check: func(r tree) (complaints []string) {
		shared := []string{
			"DefaultClient", "DefaultServeMux", "Get", "Handle", "HandleFunc", "Head", "ListenAndServe", "ListenAndServeTLS",
			"Post", "PostForm",
		}
		for _, f := range r.files {
			if !f.shipped() {
				continue
			}
			for at, where := range f.selections {
				if where == "net/http" && slices.Contains(shared, at.Sel.Name) {
					complaints = append(complaints, r.at(at.Pos(),
						"http.%s has no time limit or is everybody's: make a mux, a server, a client", at.Sel.Name))
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "a door mounts itself on the process",
			files: `
-- internal/api/mount.go --
package api
import "net/http"
func mount() { http.HandleFunc("/", nil) }
`,
			wants: []string{"internal/api/mount.go:3: http.HandleFunc"},
		},
		{
			name: "a request without a time limit",
			files: `
-- client/client.go --
package client
import "net/http"
var ask = http.Get
`,
			wants: []string{"client/client.go:3: http.Get"},
		},
	},
	keeps: []fixture{
		{
			name: "a door mounts itself where it is told to",
			files: `
-- internal/api/mount.go --
package api
import "net/http"
func mount(to *http.ServeMux) { to.HandleFunc("/", nil) }
`,
		},
	},
}

var nothingRunsBeforeMain = rule{
	name: "nothing runs before main",
	check: func(r tree) (complaints []string) {
		for _, f := range r.files {
			if !f.shipped() {
				continue
			}
			for _, decl := range f.syntax.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					complaints = append(complaints, r.at(fn.Pos(), "init: wire it in cmd/commonhold, where a reader looks for it"))
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "a back end registers itself",
			files: `
-- internal/store/sqlite/open.go --
package sqlite
func init() {}
`,
			wants: []string{"internal/store/sqlite/open.go:2: init"},
		},
	},
	keeps: []fixture{
		{
			name: "a method may be called init",
			files: `
-- internal/app/app.go --
package app
type cache struct{}
func (cache) init() {}
`,
		},
	},
}
