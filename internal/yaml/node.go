package yaml

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// A Node is a value in a document: text, number, flag, list or map. The methods that read it as one of these refuse,
// in the document, a node that is another, and return nothing then. A node that is absent or null is empty: nothing is
// wrong with it, and nothing in it.
type Node struct {
	of    *Document
	value ast.Node     // nil if empty
	at    *token.Token // where to point
}

// node wraps a value; near is where to point if there is none.
func (d *Document) node(value ast.Node, near *token.Token) Node {
	n := Node{of: d, value: value, at: near}
	switch v := value.(type) {
	case nil:
	case *ast.NullNode:
		n.value = nil
	case *ast.MappingNode:
		if n.at = v.Start; !v.IsFlowStyle && len(v.Values) > 0 {
			n.at = v.Values[0].Key.GetToken()
		}
	default:
		n.at = v.GetToken()
	}
	return n
}

// Line is where the node begins, or where its absence shows.
func (n Node) Line() int {
	if n.at == nil || n.at.Position == nil {
		return 1
	}
	return n.at.Position.Line
}

// Empty says that the node is absent or null.
func (n Node) Empty() bool { return n.value == nil }

// Refuse notes a mistake at the node, unless the node was refused for not being what was wanted.
func (n Node) Refuse(format string, args ...any) {
	if !n.of.other[n.at] {
		n.of.refuse(n.at, fmt.Sprintf(format, args...))
	}
}

// other refuses a node that is not what was wanted.
func (n Node) other(wanted string) {
	switch n.value.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		n.wrong("anchors and aliases are not read here; write it out")
	case *ast.TagNode, *ast.DirectiveNode:
		n.wrong("tags and directives are not read here")
	default:
		n.wrong("%s is wanted here", wanted)
	}
}

func (n Node) wrong(format string, args ...any) {
	n.Refuse(format, args...)
	n.of.other[n.at] = true
}

// Text reads a text.
func (n Node) Text() string {
	switch v := n.value.(type) {
	case nil:
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		n.wrong("a text is wanted here; put quotes around %s", v.GetToken().Value)
	default:
		n.other("a text")
	}
	return ""
}

// Number reads a whole number that is not negative.
func (n Node) Number() uint64 {
	if n.value == nil {
		return 0
	}
	if v, ok := n.value.(*ast.IntegerNode); ok {
		if number, ok := v.Value.(uint64); ok {
			return number
		}
	}
	n.other("a whole number")
	return 0
}

// Flag reads true or false.
func (n Node) Flag() bool {
	if n.value == nil {
		return false
	}
	if v, ok := n.value.(*ast.BoolNode); ok {
		return v.Value
	}
	n.other("true or false")
	return false
}

// Items reads a list.
func (n Node) Items() []Node {
	if n.value == nil {
		return nil
	}
	v, ok := n.value.(*ast.SequenceNode)
	if !ok {
		n.other("a list")
		return nil
	}
	items := make([]Node, len(v.Values))
	for i, item := range v.Values {
		near := v.Start
		if i < len(v.Entries) && v.Entries[i].Start != nil {
			near = v.Entries[i].Start
		}
		items[i] = n.of.node(item, near)
	}
	return items
}

// An Entry is a key of a map with its value. The key is a node so that a mistake can point to it.
type Entry struct {
	Name  string
	Key   Node
	Value Node
}

// Entries reads a map in the order of the file. A key that stands twice is refused and left out.
func (n Node) Entries() []Entry {
	if n.value == nil {
		return nil
	}
	v, ok := n.value.(*ast.MappingNode)
	if !ok {
		n.other("a map")
		return nil
	}
	entries, lines := make([]Entry, 0, len(v.Values)), make(map[string]int, len(v.Values))
	for _, pair := range v.Values {
		key := n.of.node(pair.Key, pair.Key.GetToken())
		name, ok := key.name()
		if !ok {
			key.other("a key of plain text")
			continue
		}
		if line, twice := lines[name]; twice {
			key.Refuse("%q stands in line %d already", name, line)
			continue
		}
		lines[name] = key.Line()
		entries = append(entries, Entry{name, key, n.of.node(pair.Value, key.at)})
	}
	return entries
}

// name is a key's text. A key that YAML takes for a number, a flag or null is meant as it is written.
func (n Node) name() (string, bool) {
	switch v := n.value.(type) {
	case nil:
		return n.at.Value, true
	case *ast.StringNode:
		return v.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return v.GetToken().Value, true
	}
	return "", false
}

// Fields reads a map whose keys are known; others are refused. A field that is absent reads as an empty node that
// points to where the map begins.
func (n Node) Fields(names ...string) map[string]Node {
	fields := make(map[string]Node, len(names))
	for _, name := range names {
		fields[name] = Node{of: n.of, at: n.at}
	}
	for _, e := range n.Entries() {
		if _, known := fields[e.Name]; !known {
			e.Key.Refuse("there is no field %q here; known are %s", e.Name, strings.Join(names, ", "))
			continue
		}
		fields[e.Name] = e.Value
	}
	return fields
}
