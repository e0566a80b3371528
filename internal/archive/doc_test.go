package archive

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the tables of docs/export.md")

const guide = "../../docs/export.md"

// The tables of the guide are made from the lines that are written.
func TestTheGuideSaysWhatIsWritten(t *testing.T) {
	b, err := os.ReadFile(guide)
	check(t, err)
	page := string(b)
	var all strings.Builder
	all.WriteString("| File | A line is | Fields |\n|---|---|---|\n")
	for _, n := range nouns {
		fmt.Fprintf(&all, "| `%s` | %s | %s |\n", n.file, n.sentence, fields(n.sample))
	}
	page = between(t, page, "nouns", all.String())
	all.Reset()
	all.WriteString("| File | A line is | Fields |\n|---|---|---|\n")
	for _, row := range []struct {
		file, sentence string
		sample         any
	}{
		{"logs/ORG.jsonl", "an event of the log, as it is stored", eventLine{}},
		{"notes/ORG.jsonl", "a reason or an origin beside a command, erasable; the event holds its digest", noteLine{}},
		{peopleName, "a person's row", personLine{}},
		{incidentsName, "a row of an organization's security log", incidentLine{}},
		{keysName, "what proves a key of the operator, with `--with-keys` only", keyLine{}},
	} {
		fmt.Fprintf(&all, "| `%s` | %s | %s |\n", row.file, row.sentence, fields(row.sample))
	}
	page = between(t, page, "rows", all.String())
	if *update {
		check(t, os.WriteFile(guide, []byte(page), 0o644))
	}
	if page != string(b) {
		t.Error("docs/export.md does not say what is written: run make golden and review the difference")
	}
	if !strings.Contains(page, Format) {
		t.Errorf("the guide does not name the form %s", Format)
	}
}

// between puts a table between its marks.
func between(t *testing.T, page, name, table string) string {
	t.Helper()
	head, rest, ok := strings.Cut(page, "<!-- "+name+" -->\n")
	_, tail, end := strings.Cut(rest, "<!-- end -->\n")
	if !ok || !end {
		t.Fatalf("the guide has no place for %s", name)
	}
	return head + "<!-- " + name + " -->\n" + table + "<!-- end -->\n" + tail
}

// fields lists the JSON fields of a line, those of embedded structs in their place.
func fields(line any) string {
	var out []string
	var list func(reflect.Type)
	list = func(t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous && name == "" {
				list(f.Type)
			} else {
				out = append(out, "`"+name+"`")
			}
		}
	}
	list(reflect.TypeOf(line))
	return strings.Join(out, ", ")
}
