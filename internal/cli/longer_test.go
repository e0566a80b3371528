package cli

import (
	"context"
	"strings"
	"testing"
)

// A command may begin with the words of another.
func TestTheLongerCommandIsMeantIfItsNextWordFollows(t *testing.T) {
	for line, want := range map[string]string{
		"import out":                   "import out 1",
		"import --fast out":            "import out 1 fast",
		"import out --fast":            "import out 1 fast",
		"import ./github-org":          "import ./github-org 1",
		"import -- github-org":         "import github-org 1",
		"import --fast github-org":     "import github-org 1 fast",
		"import out github-org":        "",
		"import":                       "",
		"import github-org":            "",
		"import github-org --help":     "",
		"__complete import ''":         "github-org",
		"__complete import github-org": "github-org",
	} {
		t.Run(line, func(t *testing.T) {
			s := newStub(t)
			said := ""
			fast := false
			s.Commands = []Command{{
				Words: "import", Summary: "Import", Alone: true, Args: []Arg{{"DIR", "a folder"}},
				Flags: []Flag{{Name: "fast", Summary: "fast", Set: func(string) error { fast = true; return nil }}},
				Run: func(_ context.Context, in *Input) error {
					said = "import " + in.Args[0] + " 1"
					if fast {
						said += " fast"
					}
					return nil
				},
			}}
			words := strings.Fields(line)
			if words[len(words)-1] == "''" {
				words[len(words)-1] = ""
			}
			s.Run(t.Context(), words)
			if strings.HasPrefix(line, "__complete") {
				said, _, _ = strings.Cut(s.out.String(), "\t")
			}
			if said != want {
				t.Errorf("%q, want %q\n%s%s", said, want, s.out.String(), s.err.String())
			}
		})
	}
}
