package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

const module = "github.com/commonhold/commonhold"

// A tree is what the rules read: the files of a repository in order of path, those of Go parsed.
type tree struct {
	fset  *token.FileSet
	files []*file
}

type file struct {
	path   string
	text   string
	nested bool      // below a go.mod that is not the root's: another module
	syntax *ast.File // nil unless Go
}

func (f *file) dir() string  { return path.Dir(f.path) }
func (f *file) test() bool   { return strings.HasSuffix(f.path, "_test.go") }
func (f *file) lines() int   { return strings.Count(f.text, "\n") }
func (f *file) sample() bool { return strings.Contains(f.path, "testdata/") }

func (f *file) lineAt(offset int) int { return 1 + strings.Count(f.text[:offset], "\n") }

// shipped says whether a file is Go that users of the main module compile.
func (f *file) shipped() bool { return f.syntax != nil && !f.nested && !f.test() }

func readRepository(t *testing.T) tree {
	t.Helper()
	return read(t, os.DirFS(root(t)))
}

func root(t *testing.T) string {
	t.Helper()
	const up = "../.."
	if _, err := os.Stat(up + "/go.mod"); err != nil {
		t.Fatalf("find the root of the repository two folders up: %v", err)
	}
	return up
}

func grow(t *testing.T, files string) tree {
	t.Helper()
	small, heads := fstest.MapFS{}, header.FindAllStringSubmatchIndex(files, -1)
	for i, head := range heads {
		end := len(files)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		small[files[head[2]:head[3]]] = &fstest.MapFile{Data: []byte(files[head[1]:end])}
	}
	return read(t, small)
}

var header = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

func read(t *testing.T, from fs.FS) tree {
	t.Helper()
	got := tree{fset: token.NewFileSet()}
	var modules []string
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == ".git" || name == "bin" || name == "commonhold-data"):
			return fs.SkipDir // what git ignores, and git itself
		case !entry.Type().IsRegular():
			return nil
		case entry.Name() == "go.mod" && name != "go.mod":
			modules = append(modules, path.Dir(name)+"/")
		}
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		f := &file{path: name}
		if utf8.Valid(data) { // else a picture or a database, whose name is all we read
			f.text = string(data)
		}
		if path.Ext(name) == ".go" && !f.sample() {
			if f.syntax, err = parser.ParseFile(got.fset, name, data, parser.ParseComments); err != nil {
				return err
			}
		}
		got.files = append(got.files, f)
		return nil
	})
	if err != nil {
		t.Fatalf("read the tree: %v", err)
	}
	for _, f := range got.files {
		f.nested = slices.ContainsFunc(modules, func(folder string) bool { return strings.HasPrefix(f.path, folder) })
	}
	return got
}

func (r tree) at(pos token.Pos, format string, args ...any) string {
	where := r.fset.Position(pos)
	return fmt.Sprintf("%s:%d: %s", where.Filename, where.Line, fmt.Sprintf(format, args...))
}

// packages groups the shipped files by folder and yields them in order of folder.
func (r tree) packages(yield func(dir string, files []*file) bool) {
	folders := map[string][]*file{}
	for _, f := range r.files {
		if f.shipped() {
			folders[f.dir()] = append(folders[f.dir()], f)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		if !yield(dir, folders[dir]) {
			return
		}
	}
}

// imports yields each import of a file with its path.
func (f *file) imports(yield func(spec *ast.ImportSpec, path string) bool) {
	for _, spec := range f.syntax.Imports {
		where, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has refused it before
		}
		if !yield(spec, where) {
			return
		}
	}
}

// selections yields each use of a name of an imported package, as in time.Now.
func (f *file) selections(yield func(at *ast.SelectorExpr, importPath string) bool) {
	names := map[string]string{}
	for spec, where := range f.imports {
		name := path.Base(where)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = where
	}
	for node := range ast.Preorder(f.syntax) {
		at, ok := node.(*ast.SelectorExpr)
		if !ok {
			continue
		}
		name, ok := at.X.(*ast.Ident)
		if !ok || names[name.Name] == "" {
			continue
		}
		if !yield(at, names[name.Name]) {
			return
		}
	}
}

// resolve finds out what each name in the files of one package means. Imports stay unread: the names of other packages
// have no type here, which is enough for rules about a package's own declarations and takes milliseconds.
func (r tree) resolve(dir string, files []*file) (*types.Package, *types.Info) {
	var syntax []*ast.File
	for _, f := range files {
		syntax = append(syntax, f.syntax)
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: unread{}, FakeImportC: true, Error: func(error) {}}
	pkg, _ := config.Check(module+"/"+dir, r.fset, syntax, info) // each name of an unread import is an error
	return pkg, info
}

type unread struct{}

func (unread) Import(where string) (*types.Package, error) {
	pkg := types.NewPackage(where, path.Base(where))
	pkg.MarkComplete()
	return pkg, nil
}
