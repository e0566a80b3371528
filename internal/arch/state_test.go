package arch

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

// Package-level variables are error values, tables that are complete where they are declared, and embedded files.
// Everything else that a program remembers has an owner that a test can make twice.
var nothingPackageLevelChanges = rule{
	name: "no package-level variable changes after it is declared",
	check: func(r tree) (complaints []string) {
		tables := map[string]bool{} // "org.roles" as another package writes it
		for _, files := range r.packages {
			for _, v := range packageVariables(files) {
				tables[files[0].syntax.Name.Name+"."+v.name.Name] = true
				if why := v.changes(); why != "" {
					complaints = append(complaints, r.at(v.name.Pos(), "%s %s", v.name.Name, why))
				}
			}
		}
		for dir, files := range r.packages {
			pkg, names := r.resolve(dir, files)
			for _, f := range files {
				for target := range written(f.syntax) {
					if root := rootOf(target); root != nil && isPackageLevel(pkg, names.Uses[root]) {
						complaints = append(complaints, r.at(target.Pos(), "%s is written to after it is declared", root.Name))
					}
					if foreign, ok := target.(*ast.SelectorExpr); ok && isImport(names, foreign.X) && tables[types.ExprString(foreign)] {
						complaints = append(complaints, r.at(target.Pos(), "%s belongs to another package", types.ExprString(foreign)))
					}
				}
			}
		}
		return complaints
	},
	breaks: []fixture{
		{
			name: "a variable that starts empty",
			files: `
-- org/role.go --
package org

var handlers map[string]func()
`,
			wants: []string{"org/role.go:3: handlers starts empty"},
		},
		{
			name: "a table without rows",
			files: `
-- org/role.go --
package org

var handlers = map[string]func(){}
`,
			wants: []string{"org/role.go:3: handlers starts empty"},
		},
		{
			name: "a cache, a lock, a counter and a pointer",
			files: `
-- internal/app/app.go --
package app
import "sync"
import "sync/atomic"

var (
	cache = make(map[string]int)
	guard = sync.OnceFunc(nil)
	count = atomic.Int64{}
	current = &app{}
)
`,
			wants: []string{"app.go:6: cache", "app.go:7: guard", "app.go:8: count", "app.go:9: current"},
		},
		{
			name: "a metric that a library keeps for the process",
			files: `
-- internal/api/metric.go --
package api
import "github.com/prometheus/client_golang/prometheus"

var served = prometheus.NewCounter(prometheus.CounterOpts{})
`,
			wants: []string{"metric.go:4: served is made by another module"},
		},
		{
			name: "a registry filled at run time",
			files: `
-- org/role.go --
package org

var roles = []string{"owner"}
-- org/register.go --
package org

func Register(name string) {
	roles = append(roles, name)
	roles[0] = name
	clear(roles)
}
`,
			wants: []string{"register.go:4: roles is written to", "register.go:5: roles", "register.go:6: roles"},
		},
		{
			name: "a table that another package replaces",
			files: `
-- org/role.go --
package org

var Roles = []string{"owner"}
-- internal/app/role.go --
package app

import "github.com/commonhold/commonhold/org"

func widen() { org.Roles = nil }
`,
			wants: []string{"internal/app/role.go:5: org.Roles belongs to another package"},
		},
	},
	keeps: []fixture{
		{
			name: "errors, tables, patterns, embedded files and interface checks",
			files: `
-- internal/app/app.go --
package app
import "errors"
import "regexp"
import "embed"

var (
	ErrGone = errors.New("gone")
	ErrFull = &Refusal{Code: "full"}
	rows = []string{"a"}
	name = regexp.MustCompile("^a")
)

//go:embed *.html
var pages embed.FS

var _ error = (*Refusal)(nil)
`,
		},
		{
			name: "a local variable of the same name",
			files: `
-- org/role.go --
package org

var roles = []string{"owner"}

func list() []string {
	roles := roles
	roles = append(roles, "x")
	return roles
}
`,
		},
		{
			name: "a field of the same name",
			files: `
-- org/role.go --
package org

var roles = []string{"owner"}

func (s *state) set() { s.roles = nil }
`,
		},
	},
}

type packageVariable struct {
	name     *ast.Ident
	value    ast.Expr // nil if it has none of its own
	spec     *ast.ValueSpec
	embedded bool
	file     *file
}

func packageVariables(files []*file) (all []packageVariable) {
	for _, f := range files {
		for _, decl := range f.syntax.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.VAR {
				continue
			}
			for _, spec := range group.Specs {
				spec := spec.(*ast.ValueSpec)
				for i, name := range spec.Names {
					v := packageVariable{name: name, spec: spec, file: f, embedded: embeds(group.Doc) || embeds(spec.Doc)}
					if len(spec.Values) == len(spec.Names) {
						v.value = spec.Values[i]
					}
					if name.Name != "_" {
						all = append(all, v)
					}
				}
			}
		}
	}
	return all
}

func embeds(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, line := range doc.List {
		if strings.HasPrefix(line.Text, "//go:embed ") {
			return true
		}
	}
	return false
}

var errorName = regexp.MustCompile(`^[eE]rr([A-Z]|$)`)

// changes says why a variable looks as if it were made to change, or nothing.
func (v packageVariable) changes() (why string) {
	switch value := v.value.(type) {
	case nil:
		if v.embedded || len(v.spec.Values) > 0 { // several names from one call
			return ""
		}
		return "starts empty, so something fills it later"
	case *ast.CompositeLit:
		_, list := value.Type.(*ast.ArrayType)
		_, index := value.Type.(*ast.MapType)
		if (list || index) && len(value.Elts) == 0 {
			return "starts empty, so something fills it later"
		}
	case *ast.UnaryExpr:
		if value.Op == token.AND && !errorName.MatchString(v.name.Name) {
			return "is a pointer, so anybody may change what it points to"
		}
	case *ast.CallExpr:
		if made, ok := value.Fun.(*ast.Ident); ok && (made.Name == "make" || made.Name == "new") {
			return "is made to be filled later"
		}
	}
	for at, where := range v.file.selections {
		switch inside := v.spec.Pos() <= at.Pos() && at.End() <= v.spec.End() && !inFunction(v.value, at); {
		case inside && (where == "sync" || where == "sync/atomic"):
			return "is made to be shared and changed"
		case inside && strings.Contains(where, ".") && !strings.HasPrefix(where, module) && calls(v.value, at):
			return "is made by another module, which may keep it for the whole process"
		}
	}
	return ""
}

// inFunction says whether a node lies in a function that a table holds: it runs later and remembers nothing by itself.
func inFunction(value ast.Expr, at ast.Node) bool {
	if value == nil {
		return false
	}
	for node := range ast.Preorder(value) {
		if fn, ok := node.(*ast.FuncLit); ok && fn.Pos() <= at.Pos() && at.End() <= fn.End() {
			return true
		}
	}
	return false
}

func calls(value ast.Expr, fn ast.Expr) bool {
	if value == nil {
		return false
	}
	for node := range ast.Preorder(value) {
		if call, ok := node.(*ast.CallExpr); ok && call.Fun == fn {
			return true
		}
	}
	return false
}

// written yields what a file assigns to, counts up, empties or lends out by address.
func written(syntax *ast.File) func(yield func(ast.Expr) bool) {
	return func(yield func(ast.Expr) bool) {
		for node := range ast.Preorder(syntax) {
			var targets []ast.Expr
			switch node := node.(type) {
			case *ast.AssignStmt:
				if node.Tok != token.DEFINE {
					targets = node.Lhs
				}
			case *ast.IncDecStmt:
				targets = []ast.Expr{node.X}
			case *ast.RangeStmt:
				if node.Tok == token.ASSIGN {
					targets = []ast.Expr{node.Key, node.Value}
				}
			case *ast.UnaryExpr:
				if node.Op == token.AND {
					targets = []ast.Expr{node.X}
				}
			case *ast.CallExpr:
				if fn, ok := node.Fun.(*ast.Ident); ok && (fn.Name == "clear" || fn.Name == "delete") && len(node.Args) > 0 {
					targets = node.Args[:1]
				}
			}
			for _, target := range targets {
				if target != nil && !yield(target) {
					return
				}
			}
		}
	}
}

// rootOf is the variable that a write to x, x.field, x[i] or *x changes.
func rootOf(target ast.Expr) *ast.Ident {
	for {
		switch at := target.(type) {
		case *ast.Ident:
			return at
		case *ast.SelectorExpr:
			target = at.X
		case *ast.IndexExpr:
			target = at.X
		case *ast.ParenExpr:
			target = at.X
		case *ast.StarExpr:
			target = at.X
		default:
			return nil
		}
	}
}

func isPackageLevel(pkg *types.Package, used types.Object) bool {
	v, ok := used.(*types.Var)
	return ok && pkg != nil && v.Parent() == pkg.Scope()
}

func isImport(names *types.Info, x ast.Expr) bool {
	name, ok := x.(*ast.Ident)
	if !ok {
		return false
	}
	_, ok = names.Uses[name].(*types.PkgName)
	return ok
}
