package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/org"
)

func TestTables(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       []string // line, person and teams, or the code of what is wrong
		err        error
	}{
		{"lines end as the system has it", "person,teams\r\nusr_1,a;b\r\nusr_2,\r\n", []string{"2 usr_1 [a b]", "3 usr_2 []"}, nil},
		{"a spreadsheet's mark stands in front", "\ufeffperson\nusr_1\n", []string{"2 usr_1 []"}, nil},
		{"columns stand in another order", "teams,person\na,usr_1", []string{"2 usr_1 [a]"}, nil},
		{"blanks stand around cells and names", "person , teams\n usr_1 , a ; ; b \n", []string{"2 usr_1 [a b]"}, nil},
		{"lines are empty", "\nperson\n\nusr_1\n\n\nusr_2\n", []string{"4 usr_1 []", "7 usr_2 []"}, nil},
		{"a cell holds lines", "person,teams\nusr_1,\"a;\nb\"\nusr_2,c\n", []string{"2 usr_1 [a b]", "4 usr_2 [c]"}, nil},
		{"a line has more cells than the header", "person\nusr_1,a\nusr_2\n", []string{"2 table.cells", "3 usr_2 []"}, nil},
		{"a line has fewer", "person,teams\nusr_1\nusr_2,a\n", []string{"2 table.cells", "3 usr_2 [a]"}, nil},
		{"a quote stands inside a cell", "person\nusr\"1\nusr_2\n", []string{"2 table.quotes", "3 usr_2 []"}, nil},
		{"a quote is not closed", "person\nusr_1\n\"usr_2\nusr_3\n", []string{"2 usr_1 []", "3 table.quotes"}, nil},
		{"there is a header alone", "person", nil, nil},
		{"there is nothing", "", nil, ErrNoHeader},
		{"a column is none", "person,role\n", nil, ErrUnknownColumn},
		{"a column is written in another case", "Person\n", nil, ErrUnknownColumn},
		{"semicolons part the columns", "person;teams\n", nil, ErrUnknownColumn},
		{"a column comes twice", "person,teams,person\n", nil, ErrColumnTwice},
		{"a column is missing", "teams\n", nil, ErrNoColumn},
		{"it is no UTF-8", "person\n\xff\n", nil, ErrNotText},
		{"it holds a NUL", "person\n\x00\n", nil, ErrNotText},
		{"it has as many lines as may be", "person\n" + strings.Repeat("usr_1\n", 9), slices.Repeat([]string{"usr_1"}, 9), nil},
		{"it has one more", "person\n" + strings.Repeat("usr_1\n", 10), nil, org.ErrTooManyLines},
	} {
		t.Run(row.name, func(t *testing.T) {
			rows, err := Read(row.text, 9, []string{"person"}, []string{"teams"})
			if !errors.Is(err, row.err) || len(rows) != len(row.want) {
				t.Fatalf("%+v, %v", rows, err)
			}
			for i, r := range rows {
				got := fmt.Sprint(r.Line, " ", r.Cell("person"), " ", r.List("teams"))
				if r.Wrong != nil {
					got = fmt.Sprint(r.Line, " ", r.Wrong.Code)
				}
				if !strings.Contains(got, row.want[i]) {
					t.Errorf("line %d: %s, want %s", i, got, row.want[i])
				}
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add("person,teams\nusr_1,a;b\n\"usr\"2,\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := Read(text, 9, []string{"person"}, []string{"teams"})
		if err != nil && rows != nil {
			t.Fatal("it was refused and read")
		}
		last := 0
		for _, r := range rows {
			if r.Line <= last {
				t.Fatalf("line %d behind line %d", r.Line, last)
			}
			last = r.Line
		}
	})
}
