package yaml

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// mistakesTold bounds how many mistakes of a file are told; the rest are counted.
const mistakesTold = 100

// Mistakes are what is wrong with a file, in the order of its lines.
type Mistakes struct {
	First []Mistake
	More  int // how many were found beyond those
}

// A Mistake is one of them. Lines and columns count from 1.
type Mistake struct {
	Line, Column int
	Text         string
	source       string
}

func (m *Mistakes) add(one Mistake) {
	if len(m.First) == mistakesTold {
		m.More++
		return
	}
	m.First = append(m.First, one)
}

func (m Mistakes) sorted() *Mistakes {
	m.First = slices.Clone(m.First)
	slices.SortStableFunc(m.First, func(a, b Mistake) int { return a.Line - b.Line })
	return &m
}

// Error shows each mistake with its line and a caret below the place.
func (m *Mistakes) Error() string {
	var out strings.Builder
	for i, one := range m.First {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(one.String())
	}
	if m.More > 0 {
		fmt.Fprintf(&out, "\nand %d more", m.More)
	}
	return out.String()
}

// String shows the mistake as
//
//	line 7: there is no field "rols"
//	   7 |     rols: [owner]
//	     |     ^
func (m Mistake) String() string {
	source, caret := excerpt(m.source, m.Column)
	return fmt.Sprintf("line %d: %s\n%4d | %s\n     | %s^", m.Line, m.Text, m.Line, source, strings.Repeat(" ", caret))
}

// excerpt returns what of a line can be shown, and how far in the column stands. What would move a terminal's cursor is
// shown as a blank.
func excerpt(line string, column int) (string, int) {
	const before, width = 60, 100
	runes := []rune(strings.TrimRight(line, "\r\n\t "))
	for i, r := range runes {
		if !unicode.IsGraphic(r) {
			runes[i] = ' '
		}
	}
	caret := min(column-1, len(runes))
	if start := caret - before; start > 0 {
		runes, caret = append([]rune("…"), runes[start:]...), before+1
	}
	if len(runes) > width {
		runes = append(runes[:width:width], '…')
	}
	return string(runes), caret
}
