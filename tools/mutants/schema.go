package main

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"strings"
)

// chooser is the environment variable that says which change of a schema holds.
const chooser = "MUTANT"

// numberFile declares the number that every changed function asks for. It is a variable of the package, so the
// language sets it before any variable whose value a changed function computes.
const numberFile = `package %s

import (
	"os"
	"strconv"
)

var mutantNumber, _ = strconv.Atoi(os.Getenv("` + chooser + `"))
`

// A schema is the package with all changes in it at once, so that it is compiled once: in front of its own body, each
// function has its changed bodies, and runs the one whose number is chosen.
type schema struct {
	files map[string][]byte
	alone []bool // by the change's place in the list: it is outside functions, or cannot stand beside others
}

// schema numbers the changes from 1.
func (c *code) schema(all []change) schema {
	s := schema{map[string][]byte{}, make([]bool, len(all))}
	for i := range s.alone {
		s.alone[i] = true
	}
	for _, name := range c.names {
		text, done := c.text[name], 0
		var b strings.Builder
		for _, f := range c.functions(name) {
			b.Write(text[done : f.from+1])
			done = f.from + 1
			cases := &strings.Builder{}
			for i, ch := range all {
				if ch.file == name && f.from <= ch.from && ch.to <= f.to {
					s.alone[i] = false
					fmt.Fprintf(cases, "\ncase %d: %s%s%s%s", i+1, text[f.from:ch.from], ch.with, text[ch.to:f.to], f.end)
				}
			}
			if cases.Len() > 0 {
				fmt.Fprintf(&b, "switch mutantNumber {%s\n}\n", cases)
			}
		}
		b.Write(text[done:])
		s.files[name] = []byte(b.String())
	}
	first := c.names[0]
	number := fmt.Sprintf(numberFile, c.files[first].Name.Name)
	s.files[filepath.Join(filepath.Dir(first), "mutant_number.go")] = []byte(number)
	return s
}

// A function is where a body lies in its file, braces included, and what ends a copy of it.
type function struct {
	from, to int
	end      string
}

// functions lists the bodies of a file that lie in no other, in order. It leaves out those with labels, of which a
// function may have each only once.
func (c *code) functions(name string) (all []function) {
	add := func(kind *ast.FuncType, body *ast.BlockStmt) {
		labelled := false
		ast.Inspect(body, func(node ast.Node) bool {
			_, is := node.(*ast.LabeledStmt)
			labelled = labelled || is
			return true
		})
		if labelled {
			return
		}
		at := c.fset.File(body.Pos())
		f := function{from: at.Offset(body.Pos()), to: at.Offset(body.End())}
		if kind.Results == nil {
			f.end = "; return"
		}
		all = append(all, f)
	}
	ast.Inspect(c.files[name], func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			if node.Body != nil {
				add(node.Type, node.Body)
			}
			return false
		case *ast.FuncLit:
			add(node.Type, node.Body)
			return false
		}
		return true
	})
	return all
}
