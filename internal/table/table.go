// Package table reads tables that people upload: comma-separated values with a header, as spreadsheets save them. It
// owns what such a file may look like and which line is wrong for what reason; it knows nothing of what the cells mean.
package table

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/commonhold/commonhold/org"
)

// Refusals of whole tables.
var (
	ErrNotText       = &org.Refusal{Kind: org.Invalid, Code: "table.not_utf8", Text: "The table is no text in UTF-8; save it as CSV in UTF-8."}
	ErrNoHeader      = &org.Refusal{Kind: org.Invalid, Code: "table.no_header", Text: "The first line of a table names its columns, parted by commas; put them above the others."}
	ErrUnknownColumn = &org.Refusal{Kind: org.Invalid, Code: "table.unknown_column", Text: "The header names a column that is none here, or in another case; columns are parted by commas."}
	ErrColumnTwice   = &org.Refusal{Kind: org.Invalid, Code: "table.column_twice", Text: "The header names a column twice; name each once."}
	ErrNoColumn      = &org.Refusal{Kind: org.Invalid, Code: "table.column_missing", Text: "The header lacks a column that has to be there."}
)

// Refusals of single lines.
var (
	ErrCells  = &org.Refusal{Kind: org.Invalid, Code: "table.cells", Text: "This line has more or fewer cells than the header; put a cell that contains a comma between double quotes."}
	ErrQuotes = &org.Refusal{Kind: org.Invalid, Code: "table.quotes", Text: "A double quote stands where none may; double it inside a cell, and close the cell with one."}
)

// Row is a line of a table.
type Row struct {
	Line  int // in the file, the header being the first
	Wrong *org.Refusal
	cells map[string]string
}

// Cell is what the line says in a column, without blanks around it; nothing if there is no such column.
func (r Row) Cell(column string) string { return r.cells[column] }

// List is a cell that holds several things with semicolons between them.
func (r Row) List(column string) []string {
	var out []string
	for part := range strings.SplitSeq(r.Cell(column), ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// Read reads a table of the required columns and any of the others, in whatever order, of up to most lines below the
// header. Lines without anything on them are passed over. One that cannot be read says why.
func Read(text string, most int, required, others []string) ([]Row, error) {
	text = strings.TrimPrefix(text, "\ufeff") // which some spreadsheets begin a file with
	if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
		return nil, ErrNotText
	}
	lines := csv.NewReader(strings.NewReader(text))
	lines.FieldsPerRecord = -1
	header, err := lines.Read()
	if err != nil {
		return nil, ErrNoHeader
	}
	if err := validHeader(header, required, others); err != nil {
		return nil, err
	}
	var rows []Row
	for {
		cells, err := lines.Read()
		if err == io.EOF {
			return rows, nil
		}
		if len(rows) == most {
			return nil, org.ErrTooManyLines
		}
		rows = append(rows, rowOf(lines, header, cells, err))
	}
}

func validHeader(header, required, others []string) error {
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
		switch {
		case !slices.Contains(required, header[i]) && !slices.Contains(others, header[i]):
			return ErrUnknownColumn
		case slices.Contains(header[:i], header[i]):
			return ErrColumnTwice
		}
	}
	if slices.ContainsFunc(required, func(name string) bool { return !slices.Contains(header, name) }) {
		return ErrNoColumn
	}
	return nil
}

func rowOf(lines *csv.Reader, header, cells []string, err error) Row {
	if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
		return Row{Line: wrong.StartLine, Wrong: ErrQuotes}
	}
	row := Row{cells: make(map[string]string, len(header))}
	row.Line, _ = lines.FieldPos(0)
	if len(cells) != len(header) {
		row.Wrong = ErrCells
		return row
	}
	for i, name := range header {
		row.cells[name] = strings.TrimSpace(cells[i])
	}
	return row
}
