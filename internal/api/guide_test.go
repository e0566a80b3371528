package api

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

const guide = "../../docs/api.md"

// refusal is a row of the guide's table of codes.
type refusal struct {
	status     int
	code, text string
}

// refusals finds every refusal that the packages behind the API declare.
func refusals(t *testing.T) (all []refusal) {
	t.Helper()
	for _, dir := range []string{"../../org", "../app", "../credential", "../feed", "../note", "live", "."} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range file.Decls {
				if vars, ok := decl.(*ast.GenDecl); ok && vars.Tok == token.VAR {
					ast.Inspect(vars, func(n ast.Node) bool {
						if r, ok := refusalIn(n); ok {
							all = append(all, r)
						}
						return true
					})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b refusal) int { return cmp.Or(a.status-b.status, strings.Compare(a.code, b.code)) })
	return all
}

// refusalIn reads invalid("code", "text"), and literals with a kind or a status before two texts.
func refusalIn(n ast.Node) (refusal, bool) {
	var what string
	var parts []ast.Expr
	switch n := n.(type) {
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && len(n.Args) == 2 {
			what, parts = f.Name, n.Args
		}
	case *ast.CompositeLit:
		if len(n.Elts) != 3 {
			return refusal{}, false
		}
		for _, e := range n.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				e = pair.Value
			}
			parts = append(parts, e)
		}
		switch kind := parts[0].(type) {
		case *ast.Ident:
			what = kind.Name
		case *ast.SelectorExpr:
			what = kind.Sel.Name
		}
		parts = parts[1:]
	}
	status, known := statusOf(what)
	if !known || len(parts) != 2 {
		return refusal{}, false
	}
	var texts [2]string
	for i, p := range parts {
		lit, ok := p.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return refusal{}, false
		}
		texts[i], _ = strconv.Unquote(lit.Value)
	}
	return refusal{status, texts[0], texts[1]}, true
}

// statusOf knows the core's kinds, the functions that make refusals of them, and the constants of net/http.
func statusOf(word string) (int, bool) {
	kinds := map[string]org.Kind{"Invalid": org.Invalid, "Forbidden": org.Forbidden, "NotFound": org.NotFound, "Conflict": org.Conflict, "Unavailable": org.Unavailable,
		"invalid": org.Invalid, "forbidden": org.Forbidden, "notFound": org.NotFound, "conflict": org.Conflict}
	if k, ok := kinds[word]; ok {
		return statuses[k], true
	}
	for status := 400; status < 600; status++ {
		if text := http.StatusText(status); text != "" && word == "Status"+strings.ReplaceAll(text, " ", "") {
			return status, true
		}
	}
	return 0, false
}

func TestTheGuideHasEveryCode(t *testing.T) {
	all := refusals(t)
	seen := map[string]bool{}
	table := []string{"| Status | Code | Meaning |", "|---|---|---|"}
	for _, r := range all {
		if seen[r.code] {
			t.Errorf("the code %s is used twice", r.code)
		}
		seen[r.code] = true
		table = append(table, fmt.Sprintf("| %d | `%s` | %s |", r.status, r.code, strings.ReplaceAll(r.text, "|", "\\|")))
	}
	for _, code := range []string{org.ErrLastOwner.Code, org.ErrUnknownCatalog.Code, "idempotency.reused", "body.unknown_field", "key.missing", "internal"} {
		if !seen[code] {
			t.Errorf("%s was not found", code)
		}
	}
	b, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- codes: derived from the code; run make golden -->\n", "<!-- end of codes -->\n"
	before, rest, ok1 := strings.Cut(string(b), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatal("the guide has no place for the codes")
	}
	golden(t, guide, before+begin+"\n"+strings.Join(table, "\n")+"\n\n"+end+after)
}

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	shellWord  = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)
)

func TestTheGuidesExamplesWork(t *testing.T) {
	b, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	w := emptyWorld(t, memory.Open())
	ran := 0
	for _, block := range shellBlock.FindAllStringSubmatch(string(b), -1) {
		for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			if words := shellWord.FindAllString(line, -1); len(words) > 0 && words[0] == "curl" {
				ran++
				w.curl(words[1:])
			}
		}
	}
	if ran < 10 {
		t.Errorf("%d examples ran", ran)
	}
}

// curl makes the request of a curl command of the guide, which must succeed.
func (w *world) curl(words []string) {
	w.Helper()
	var method, url, body string
	var headers []string
	for i := 0; i < len(words); i++ {
		word := func() string {
			i++
			return strings.ReplaceAll(strings.Trim(words[i], `'"`), "$KEY", w.key)
		}
		switch words[i] {
		case "-s":
		case "-X":
			method = word()
		case "-d":
			body = word()
		case "-H":
			name, value, _ := strings.Cut(word(), ": ")
			headers = append(headers, name, value)
		default:
			url = strings.Trim(words[i], `'"`)
		}
	}
	if method == "" {
		method = map[bool]string{true: "POST", false: "GET"}[body != ""]
	}
	path, ok := strings.CutPrefix(url, "http://localhost:8080")
	if !ok {
		w.Fatalf("%q is not the default address", url)
	}
	out := w.ask("nobody", method, path, body, headers...)
	if out.Code != http.StatusOK {
		w.Errorf("%s %s: %d %s", method, path, out.Code, out.Body)
	}
	if strings.HasSuffix(path, "/check") && out.Body.String() != `{"allowed":true,"version":4}` {
		w.Errorf("the guide says otherwise: %s", out.Body)
	}
}
