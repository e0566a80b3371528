package yaml

import "github.com/goccy/go-yaml/token"

// What a file may cost. The parser takes time that grows with the square of three things: how deep a file nests, how
// many keys stand side by side, and how many values are missing in how long a file. All three can be read off the
// tokens, and are bounded before it runs.
const (
	deepest   = 64
	keysWork  = 200_000_000 // the sum of the squares of the widths of all maps: one map of 14,000 keys
	emptyWork = 2_000_000_000
)

// tooMuch says where and why a file would take too long to parse, or nothing.
func tooMuch(tokens token.Tokens) (at *token.Token, why string) {
	b := bounds{total: len(tokens)}
	for i, t := range tokens {
		if t.Type == token.CommentType {
			continue
		}
		var next *token.Token
		for j := i + 1; j < len(tokens) && next == nil; j++ {
			if tokens[j].Type != token.CommentType {
				next = tokens[j]
			}
		}
		if why := b.see(t, next); why != "" {
			return t, why
		}
	}
	return nil, ""
}

type bounds struct {
	total   int // tokens of the file
	open    []level
	headers int
	content bool
	keys    int // work spent on maps
	empty   int // values that are missing
}

// level is a block that is open, by its column, or a flow collection, whose column is 0.
type level struct {
	column int
	keys   int

	pairs bool // in a flow collection: it is a map
	keyed bool // the colon of the present entry was seen
	value bool // the present entry has something behind its colon; in a list, something at all
}

func (b *bounds) see(t, next *token.Token) string {
	switch t.Type {
	case token.DocumentHeaderType, token.DocumentEndType:
		if b.headers++; b.headers > 1 || b.content {
			return "one file holds one document; take out this separator"
		}
		return ""
	case token.DirectiveType:
		return "tags and directives are not read here"
	}
	b.content = true
	if n := len(b.open); n > 0 && b.open[n-1].column == 0 {
		b.flow(t)
	} else {
		b.block(t, next)
	}
	switch {
	case len(b.open) > deepest:
		return "this nests too deep"
	case b.keys > keysWork:
		return "too many keys stand side by side"
	case b.empty > emptyWork/max(b.total, 1):
		return "too many values are missing"
	}
	return ""
}

func (b *bounds) block(t, next *token.Token) {
	column := t.Position.Column
	for n := len(b.open); n > 0 && b.open[n-1].column > column; n-- {
		b.open = b.open[:n-1]
	}
	n := len(b.open)
	switch t.Type {
	case token.MappingStartType, token.SequenceStartType:
		b.open = append(b.open, level{pairs: t.Type == token.MappingStartType})
		return
	case token.MappingValueType:
		if n > 0 {
			b.keys += 2*b.open[n-1].keys + 1 // so that they add up to the square
			b.open[n-1].keys++
			column = b.open[n-1].column
		}
	default:
		if n == 0 || b.open[n-1].column < column {
			b.open = append(b.open, level{column: column})
		}
	}
	if t.Type == token.MappingValueType || t.Type == token.SequenceEntryType {
		list := t.Type == token.MappingValueType && next != nil && next.Type == token.SequenceEntryType
		outdented := next == nil || next.Position.Line > t.Position.Line && next.Position.Column <= column
		if outdented && !(list && next.Position.Column == column) {
			b.empty++
		}
	}
}

func (b *bounds) flow(t *token.Token) {
	top := &b.open[len(b.open)-1]
	switch t.Type {
	case token.MappingStartType, token.SequenceStartType:
		top.value = true
		b.open = append(b.open, level{pairs: t.Type == token.MappingStartType})
	case token.CollectEntryType:
		b.entryEnds(top)
	case token.MappingEndType, token.SequenceEndType:
		b.entryEnds(top)
		b.open = b.open[:len(b.open)-1]
	case token.MappingValueType:
		top.keyed, top.value = true, false
	default:
		top.value = true
	}
}

func (b *bounds) entryEnds(in *level) {
	if !in.value || in.pairs && !in.keyed {
		b.empty++
	}
	in.keyed, in.value = false, false
}
