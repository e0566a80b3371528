package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// code is a package as it is on disk, without its tests.
type code struct {
	root  string
	fset  *token.FileSet
	names []string // of files, with the root
	text  map[string][]byte
	files map[string]*ast.File
	check types.Config
}

// A change replaces one stretch of one file.
type change struct {
	file     string
	from, to int // offsets in it
	with     string
	what     string // for people
}

func load(root, pkg string) (*code, error) {
	c := &code{root: root, fset: token.NewFileSet(), text: map[string][]byte{}, files: map[string]*ast.File{}}
	c.check = types.Config{Importer: remembering{importer.ForCompiler(c.fset, "source", nil), map[string]*types.Package{}}}
	found, err := filepath.Glob(filepath.Join(root, pkg, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("look for %s: %w", pkg, err)
	}
	for _, name := range found {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the package: %w", err)
		}
		if c.files[name], err = parser.ParseFile(c.fset, name, text, parser.SkipObjectResolution); err != nil {
			return nil, fmt.Errorf("parse the package: %w", err)
		}
		c.names, c.text[name] = append(c.names, name), text
	}
	if len(c.names) == 0 {
		return nil, fmt.Errorf("find code in %s: there is no Go file", filepath.Join(root, pkg))
	}
	if err := c.compiles(nil); err != nil {
		return nil, fmt.Errorf("compile the unchanged package: %w", err)
	}
	return c, nil
}

// compiles type-checks the package with some files replaced.
func (c *code) compiles(instead map[string]*ast.File) error {
	var files []*ast.File
	for _, name := range c.names {
		files = append(files, cmp.Or(instead[name], c.files[name]))
	}
	_, err := c.check.Check("changed", c.fset, files, nil)
	return err
}

// remembering asks for each package once: the importer looks for it on disk every time.
type remembering struct {
	types.Importer
	seen map[string]*types.Package
}

func (r remembering) Import(path string) (pkg *types.Package, err error) {
	if r.seen[path] == nil {
		r.seen[path], err = r.Importer.Import(path)
	}
	return r.seen[path], err
}

// viable keeps the changes that compile.
func (c *code) viable(all []change) []change {
	return slices.DeleteFunc(all, func(ch change) bool {
		changed, err := parser.ParseFile(c.fset, ch.file, c.apply(ch), parser.SkipObjectResolution)
		return err != nil || c.compiles(map[string]*ast.File{ch.file: changed}) != nil
	})
}

func (c *code) apply(ch change) []byte {
	text := c.text[ch.file]
	return slices.Concat(text[:ch.from], []byte(ch.with), text[ch.to:])
}

func (c *code) position(ch change) position {
	before := c.text[ch.file][:ch.from]
	return position{1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')}
}

func (c *code) place(ch change) string {
	at := c.position(ch)
	return fmt.Sprintf("%s:%d:%d", c.short(ch.file), at.line, at.column)
}

// short is the name of a file for people.
func (c *code) short(name string) string {
	short, err := filepath.Rel(c.root, name)
	if err != nil {
		return name
	}
	return short
}

func (c *code) line(ch change) string {
	text := c.text[ch.file]
	start := bytes.LastIndexByte(text[:ch.from], '\n') + 1
	line, _, _ := bytes.Cut(text[start:], []byte("\n"))
	return strings.TrimSpace(string(line))
}

// becomes says what each operator is changed into.
var becomes = map[token.Token][]token.Token{
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.ADD: {token.SUB}, token.SUB: {token.ADD},
	token.MUL: {token.QUO}, token.QUO: {token.MUL}, token.REM: {token.MUL},
	token.AND: {token.OR}, token.OR: {token.AND}, token.XOR: {token.AND}, token.AND_NOT: {token.AND},
	token.SHL: {token.SHR}, token.SHR: {token.SHL},
	token.INC: {token.DEC}, token.DEC: {token.INC},
	token.ADD_ASSIGN: {token.SUB_ASSIGN, token.ASSIGN}, token.SUB_ASSIGN: {token.ADD_ASSIGN, token.ASSIGN},
	token.OR_ASSIGN: {token.AND_ASSIGN, token.ASSIGN}, token.AND_ASSIGN: {token.OR_ASSIGN, token.ASSIGN},
	token.AND_NOT_ASSIGN: {token.OR_ASSIGN, token.AND_ASSIGN},
	token.BREAK:          {token.CONTINUE}, token.CONTINUE: {token.BREAK},
}

// changes lists every change that the syntax offers, in order of place; some of them do not compile.
func (c *code) changes() (all []change) {
	for _, name := range c.names {
		add := func(from, to token.Pos, with, what string, args ...any) {
			at := c.fset.File(from)
			all = append(all, change{name, at.Offset(from), at.Offset(to), with, fmt.Sprintf(what, args...)})
		}
		operator := func(at token.Pos, old token.Token) {
			for _, now := range becomes[old] {
				add(at, at+token.Pos(len(old.String())), now.String(), "%s became %s", old, now)
			}
		}
		never := func(condition ast.Expr) {
			from, to := condition.Pos(), condition.End()
			at := c.fset.File(from)
			add(from, to, "false && ("+string(c.text[name][at.Offset(from):at.Offset(to)])+")", "the condition never holds")
		}
		for node := range ast.Preorder(c.files[name]) {
			switch node := node.(type) {
			case *ast.BinaryExpr:
				operator(node.OpPos, node.Op)
			case *ast.UnaryExpr:
				if node.Op == token.NOT || node.Op == token.SUB {
					add(node.OpPos, node.X.Pos(), "", "%s is gone", node.Op)
				}
			case *ast.IncDecStmt:
				operator(node.TokPos, node.Tok)
			case *ast.AssignStmt:
				operator(node.TokPos, node.Tok)
				if node.Tok == token.ASSIGN {
					add(node.Pos(), node.End(), "", "the assignment is gone")
				}
			case *ast.ExprStmt:
				add(node.Pos(), node.End(), "", "the call is gone")
			case *ast.BranchStmt:
				if node.Label == nil {
					operator(node.TokPos, node.Tok)
				}
			case *ast.IfStmt:
				never(node.Cond)
			case *ast.SwitchStmt:
				if node.Tag != nil {
					continue
				}
				for _, clause := range node.Body.List {
					for _, condition := range clause.(*ast.CaseClause).List {
						never(condition)
					}
				}
			case *ast.Ident:
				switch node.Name {
				case "true":
					add(node.Pos(), node.End(), "false", "true became false")
				case "false":
					add(node.Pos(), node.End(), "true", "false became true")
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b change) int {
		return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.from, b.from))
	})
	return all
}
