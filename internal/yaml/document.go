// Package yaml reads the YAML files that people write for Commonhold: one document, of bounded size, depth and width,
// without anchors, aliases and tags. Whoever reads a file walks it node by node; mistakes are gathered and told all at
// once, each with its line. The package does not know what the files mean.
package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A Document is a file that was parsed. It gathers the mistakes that are found while it is walked.
type Document struct {
	lines    [][]byte
	root     ast.Node
	mistakes Mistakes
	other    map[*token.Token]bool // nodes that are not what was wanted; nothing more is said of them
}

// Parse reads a file of at most limit bytes. Its error is a *Mistakes if the file is at fault at a certain line.
func Parse(file []byte, limit int) (*Document, error) {
	if len(file) > limit {
		return nil, fmt.Errorf("the file has %d bytes, %d at most", len(file), limit)
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if i := invalid(file); i >= 0 {
		return nil, fmt.Errorf("line %d: the file is not UTF-8 text", 1+bytes.Count(file[:i], []byte("\n")))
	}
	d := &Document{lines: bytes.Split(file, []byte("\n")), other: map[*token.Token]bool{}}
	tokens := lexer.Tokenize(string(file))
	if at, why := tooMuch(tokens); why != "" {
		d.refuse(at, why)
		return nil, d.Err()
	}
	parsed, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // Entries refuses duplicates, all of them
	if err != nil {
		return nil, d.syntax(err)
	}
	for _, document := range parsed.Docs {
		if document.Body != nil {
			d.root = document.Body
		}
	}
	return d, nil
}

// invalid returns where text stops being UTF-8, or holds a byte that no text holds.
func invalid(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || r == 0 {
			return i
		}
		i += size
	}
	return -1
}

func (d *Document) syntax(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) {
		return fmt.Errorf("parse the file: %w", err)
	}
	d.refuse(at.GetToken(), at.GetMessage())
	return d.Err()
}

// Root is the document's outermost node; it is empty if the file is.
func (d *Document) Root() Node { return d.node(d.root, nil) }

// Count is how many mistakes were found so far.
func (d *Document) Count() int { return len(d.mistakes.First) + d.mistakes.More }

// Err returns the *Mistakes found so far, or nil.
func (d *Document) Err() error {
	if d.Count() == 0 {
		return nil
	}
	return d.mistakes.sorted()
}

func (d *Document) refuse(at *token.Token, text string) {
	m := Mistake{Line: 1, Column: 1, Text: text}
	if at != nil && at.Position != nil {
		m.Line = min(max(at.Position.Line, 1), len(d.lines))
		m.Column = max(at.Position.Column, 1)
	}
	m.source = string(d.lines[m.Line-1])
	d.mistakes.add(m)
}
