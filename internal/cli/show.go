package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// view prints answers for people.
type view struct {
	out   io.Writer
	names *names
}

// member is a name and value of a JSON object, in the order in which they came.
type member struct {
	name  string
	value any // nil, bool, json.Number, string, []any or []member
}

// read takes JSON apart and keeps the order of its members.
func read(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := value(d)
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return v, nil
}

func value(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	list, object := []any{}, []member{}
	for d.More() {
		name := ""
		if delim == '{' {
			t, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, _ = t.(string)
		}
		v, err := value(d)
		if err != nil {
			return nil, err
		}
		list, object = append(list, v), append(object, member{name, v})
	}
	_, err = d.Token()
	if delim == '{' {
		return object, err
	}
	return list, err
}

// at finds a value by its path, names and numbers with dots between them; the path "." is the value itself.
func at(v any, path string) any {
	if path == "." {
		return v
	}
	first, rest, deeper := strings.Cut(path, ".")
	var found any
	switch v := v.(type) {
	case []member:
		if i := slices.IndexFunc(v, func(m member) bool { return m.name == first }); i >= 0 {
			found = v[i].value
		}
	case []any:
		if i, err := strconv.Atoi(first); err == nil && i < len(v) {
			found = v[i]
		}
	}
	if deeper {
		return at(found, rest)
	}
	return found
}

// rows prints a list.
func (s *view) rows(r route.Route, rows []json.RawMessage) error {
	values := make([]any, len(rows))
	for i, row := range rows {
		v, err := read(row)
		if err != nil {
			return err
		}
		values[i] = v
	}
	if len(values) == 0 {
		_, err := fmt.Fprintln(s.out, "none")
		return err
	}
	return s.table(columnsOf(r.Name, values), values)
}

// columnsOf returns the columns of a route's list, or one for every plain field that its rows have, names first.
func columnsOf(name string, rows []any) []column {
	if known, ok := columns[name]; ok {
		return known
	}
	var out []column
	for _, row := range rows {
		object, _ := row.([]member)
		for _, m := range namesFirst(object) {
			if plain(m.value) && !slices.ContainsFunc(out, func(c column) bool { return c.path == m.name }) {
				out = append(out, column{head: heading(m.name), path: m.name})
			}
		}
	}
	return out
}

func plain(v any) bool {
	switch v := v.(type) {
	case []member:
		return false
	case []any:
		return !slices.ContainsFunc(v, func(x any) bool { return !plain(x) })
	}
	return true
}

// namesFirst brings names before all else and the thing's own id behind.
func namesFirst(object []member) []member {
	out := slices.Clone(object)
	rank := func(m member) int {
		if m.name == "name" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b member) int { return rank(a) - rank(b) })
	return out
}

func heading(name string) string { return strings.ReplaceAll(name, "_", " ") }

// table prints aligned columns and leaves out those in which nothing stands.
func (s *view) table(of []column, rows []any) error {
	cells := make([][]string, len(rows)+1)
	for _, c := range of {
		column := make([]string, len(rows))
		filled := false
		for i, row := range rows {
			column[i] = s.cell(at(row, c.path), c)
			filled = filled || column[i] != ""
		}
		if !filled {
			continue
		}
		cells[0] = append(cells[0], strings.ToUpper(c.head))
		for i := range rows {
			cells[i+1] = append(cells[i+1], column[i])
		}
	}
	return align(s.out, cells)
}

func align(out io.Writer, lines [][]string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		fmt.Fprintln(w, strings.TrimRight(strings.Join(line, "\t"), "\t"))
	}
	return w.Flush()
}

// shownTime is how tables show times, which are UTC; flags take it too.
const shownTime = "2006-01-02 15:04Z"

// cell prints one value on one line.
func (s *view) cell(v any, c column) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "yes"
		}
		return ""
	case json.Number:
		return v.String()
	case string:
		return s.text(v, c)
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = s.cell(x, c)
		}
		return strings.Join(parts, ", ")
	case []member:
		return s.phrase(v)
	}
	return fmt.Sprint(v)
}

// text prints a string: times short, ids by what they are called, control characters not at all.
func (s *view) text(v string, c column) string {
	switch {
	case c.path == "external_id":
		return "ext:" + v
	case anID.MatchString(v) && !c.asIs:
		return s.names.within(v)
	}
	if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
		return at.UTC().Format(shownTime)
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, v)
}

// phrase prints an object that stands in a cell.
func (s *view) phrase(object []member) string {
	if sentence, ok := at(object, "sentence").(string); ok {
		return s.text(sentence, column{})
	}
	if via, ok := at(object, "via").(string); ok {
		return s.source(object, org.Via(via))
	}
	var parts []string
	for _, m := range object {
		if text := s.cell(m.value, column{path: m.name}); text != "" {
			parts = append(parts, heading(m.name)+" "+text)
		}
	}
	return strings.Join(parts, " ")
}

// source prints one source of access: which role, through what, for how long.
func (s *view) source(held []member, via org.Via) string {
	text := func(path string) string { return s.cell(at(held, path), column{path: path}) }
	out := text("role")
	switch via {
	case org.ViaTeam:
		out += " through team " + text("team")
	case org.ViaEveryone:
		out += " as everyone"
	case org.ViaRole:
		out += " as " + strings.ReplaceAll(text("organization_role"), "_", " ") + " of the organization"
	}
	for _, window := range []string{"", "place."} {
		if from := text(window + "start"); from != "" {
			out += " from " + from
		}
		if until := text(window + "end"); until != "" {
			out += " until " + until
		}
	}
	return out
}
