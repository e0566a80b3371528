package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestChanges(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       []string
	}{
		{
			name: "a comparison moves its boundary and turns round",
			body: "func f(a, b int) bool { return a < b }",
			want: []string{"< became <=", "< became >="},
		},
		{
			name: "a guard is taken out and turned round",
			body: "func f(a *int) int {\n\tif a == nil {\n\t\treturn 0\n\t}\n\treturn 1\n}",
			want: []string{"the condition never holds", "== became !="},
		},
		{
			name: "cases of a switch without a tag are guards",
			body: "func f(a, b bool) int {\n\tswitch {\n\tcase a, !b:\n\t\treturn 0\n\t}\n\treturn 1\n}",
			want: []string{"the condition never holds", "the condition never holds", "! is gone"},
		},
		{
			name: "text is not subtracted",
			body: `func f(a, b string) string { return a + b }`,
		},
		{
			name: "an address stays one",
			body: `type t struct{}; func f() *t { return &t{} }`,
		},
		{
			name: "a set of bits",
			body: `func f(a, b uint8) uint8 { a |= b; return a &^ b }`,
			want: []string{"|= became &=", "|= became =", "&^ became &"},
		},
		{
			name: "calls and assignments are left out where the rest compiles",
			body: "func f(a int) int {\n\tprintln(a)\n\ta = 2\n\tb := 3\n\tb = a\n\treturn b\n}",
			want: []string{"the call is gone", "the assignment is gone", "the assignment is gone"},
		},
		{
			name: "loops end early or go on",
			body: "func f(a []int) {\n\tfor range a {\n\t\tcontinue\n\t}\n}",
			want: []string{"continue became break"},
		},
		{
			name: "true and false",
			body: "func f() (bool, bool) { return true, false }",
			want: []string{"true became false", "false became true"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir+"/p.go", "package p\n\n"+test.body+"\n")
			code, err := load(dir, ".")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, ch := range code.viable(code.changes()) {
				got = append(got, ch.what)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("changes %q, want %q", got, test.want)
			}
		})
	}
}

func TestRunTellsWhatTestsNotice(t *testing.T) {
	dir := t.TempDir()
	put(t, dir+"/go.mod", "module p\n\ngo 1.26\n")
	put(t, dir+"/p.go", `package p

func Tested(a int) bool { return a < 3 }

func Untested(a int) bool { return a == 3 }

func Half(a int) int { return a / 2 }
`)
	put(t, dir+"/p_test.go", `package p

import "testing"

func Test(t *testing.T) {
	if !Tested(2) || Tested(3) {
		t.Error("3 is the limit")
	}
	Half(4)
}
`)
	var out strings.Builder
	noticed, err := run(t.Context(), &out, dir, ".", regexp.MustCompile(""), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"p.go:5:38: not reached: == became !=\n\tfunc Untested(a int) bool { return a == 3 }\n",
		"p.go:7:33: lived: / became *",
		"all                                4        2            0      1            1     50.0 %\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, &out)
		}
	}
	if noticed != 50 {
		t.Errorf("%v %% noticed, want 50", noticed)
	}
}

func TestRunTriesChangesWhereverTheyAre(t *testing.T) {
	for _, test := range []struct {
		name, code, check string
		want              string // the last line of the report, without its spaces
	}{
		{
			name:  "in what a variable of the package starts from",
			code:  "var table = fill()\n\nfunc fill() int { return 2 + 3 }",
			check: "table != 5",
			want:  "all 1 1 0 0 0 100.0 %",
		},
		{
			name:  "in a function that a variable holds",
			code:  "var add = func(a, b int) int { return a + b }",
			check: "add(2, 3) != 5",
			want:  "all 1 1 0 0 0 100.0 %",
		},
		{
			name:  "outside functions",
			code:  "const limit = 2 * 3",
			check: "limit != 6",
			want:  "all 1 1 0 0 0 100.0 %",
		},
		{
			name:  "in a function with a label, which may stand in it only once",
			code:  "func f(a int) int {\nagain:\n\tif a > 3 {\n\t\ta--\n\t\tgoto again\n\t}\n\treturn a\n}",
			check: "f(3) != 3 || f(5) != 3",
			want:  "all 4 4 2 0 0 100.0 %",
		},
		{
			name:  "in a function that returns nothing",
			code:  "func f(a *int) { *a = 3 }",
			check: "func() int { a := 0; f(&a); return a }() != 3",
			want:  "all 1 1 0 0 0 100.0 %",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir+"/go.mod", "module p\n\ngo 1.26\n")
			put(t, dir+"/p.go", "package p\n\n"+test.code+"\n")
			put(t, dir+"/p_test.go", "package p\n\nimport \"testing\"\n\nfunc Test(t *testing.T) {\n\tif "+
				test.check+" {\n\t\tt.Fail()\n\t}\n}\n")
			var out strings.Builder
			if _, err := run(t.Context(), &out, dir, ".", regexp.MustCompile(""), 1, 1); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if got := strings.Join(strings.Fields(lines[len(lines)-1]), " "); got != test.want {
				t.Errorf("the report ends %q, want %q:\n%s", got, test.want, &out)
			}
		})
	}
}

func TestSlowTestsRunLast(t *testing.T) {
	got := slowTests("--- PASS: TestFast (0.00s)\n    --- PASS: TestFast/part (9.00s)\n--- PASS: TestSlow (2.10s)\n--- PASS: TestSome (0.02s)\n")
	if want := []string{"TestSlow"}; !slices.Equal(got, want) {
		t.Errorf("slow tests are %q, want %q", got, want)
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Clean(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
