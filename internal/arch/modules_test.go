package arch

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const newest = "go1.26" // the release that everybody who builds this is asked to have

var goLine = regexp.MustCompile(`(?m)^go (\S+)$`)

var modulesStayOnGo126 = rule{
	name: "every module of the repository builds with Go 1.26",
	check: func(r tree) (complaints []string) {
		for _, f := range r.files {
			if path.Base(f.path) != "go.mod" {
				continue
			}
			if line := goLine.FindStringSubmatch(f.text); line == nil || version.Lang("go"+line[1]) != newest {
				complaints = append(complaints, fmt.Sprintf("%s: its go line is %q, not 1.26 or 1.26.x", f.path, line))
			}
			if strings.Contains(f.text, "\ntoolchain ") {
				complaints = append(complaints, fmt.Sprintf("%s: a toolchain line makes builders download another Go", f.path))
			}
		}
		return complaints
	},
	breaks: []fixture{
		{name: "a newer Go", files: `
-- go.mod --
module x

go 1.27.0
`, wants: []string{`go.mod: its go line is ["go 1.27.0" "1.27.0"]`}},
		{name: "an older Go", files: `
-- bench/go.mod --
module x

go 1.25
`, wants: []string{"bench/go.mod"}},
		{name: "another toolchain", files: `
-- go.mod --
module x

go 1.26.0

toolchain go1.27.1
`, wants: []string{"toolchain line"}},
	},
	keeps: []fixture{
		{name: "1.26", files: `
-- go.mod --
module x

go 1.26
-- bench/go.mod --
module y

go 1.26.3
`},
	},
}

func TestNoDependencyAsksForANewerGo(t *testing.T) {
	type listed struct{ Path, Version, GoVersion string }
	decoder := json.NewDecoder(strings.NewReader(goTool(t, root(t), nil, "list", "-m", "-json", "all")))
	for {
		var m listed
		if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("read the list of modules: %v", err)
		}
		if m.GoVersion != "" && version.Compare(version.Lang("go"+m.GoVersion), newest) > 0 {
			t.Errorf("%s %s asks for Go %s; take a release that builds with %s", m.Path, m.Version, m.GoVersion, newest)
		}
	}
}

// A program that embeds checks should not have to trust, update or download what the server is made of. So this
// one is built with an empty module cache and no way to fill it.
func TestAProgramOfClientAndCoreDownloadsNothing(t *testing.T) {
	var imports []string
	for _, pkg := range []string{"client", "org"} {
		if found, _ := filepath.Glob(root(t) + "/" + pkg + "/*.go"); len(found) > 0 {
			imports = append(imports, fmt.Sprintf("import _ %q\n", module+"/"+pkg))
		}
	}
	here, err := filepath.Abs(root(t))
	if err != nil {
		t.Fatalf("find the repository: %v", err)
	}
	program := t.TempDir()
	write(t, program+"/main.go", "package main\n"+strings.Join(imports, "")+"func main() {}\n")
	write(t, program+"/go.mod", "module example.com/program\ngo 1.26\nrequire "+module+" v0.0.0\nreplace "+module+" => "+here+"\n")
	alone := []string{"GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GOMODCACHE=" + t.TempDir()}

	const each = `{{if not .Standard}}{{with .Module}}{{.Path}}{{end}}{{end}}`
	for used := range strings.FieldsSeq(goTool(t, program, alone, "list", "-deps", "-f", each, ".")) {
		if used != module && used != "example.com/program" {
			t.Errorf("a program that imports client and org compiles %s", used)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatalf("write the program: %v", err)
	}
}

func goTool(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), env...)
	var complaint strings.Builder
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, &complaint)
	}
	return string(out)
}
