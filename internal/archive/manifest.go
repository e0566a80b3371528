// Package archive is the way out and the way in: it writes what a store holds into a folder of plain files that say what
// they are, and brings such a folder into an empty store of any kind, whole or not at all, however often it is cut off.
// It owns the form of those files and the marks by which a database says that it is not ready to be served from. It
// knows the core and the contracts of stores, no back end and no transport. docs/export.md describes the form.
package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"

	"github.com/commonhold/commonhold/org"
)

// Format names the form of the files. Another form has another name.
const Format = "commonhold-export-1"

const manifestName = "manifest.json"

// Manifest says what an archive holds.
type Manifest struct {
	Format        string         `json:"format"`
	StateFormat   string         `json:"state_format"`  // in which the hashes of states are made
	Whole         bool           `json:"whole"`         // all organizations and people, as opposed to some
	Organizations []Organization `json:"organizations"` // in order of id
	Files         []File         `json:"files"`         // all but this one, in order of name
}

// Organization is one that the archive holds.
type Organization struct {
	Organization org.OrgID   `json:"organization"`
	Slug         org.Slug    `json:"slug"`
	Version      org.Version `json:"version"`
	Hash         string      `json:"hash"`  // SHA-256 of the last event
	State        string      `json:"state"` // SHA-256 of what the log folds into
}

// File is one of the archive's files.
type File struct {
	Name  string `json:"name"`
	Lines int    `json:"lines"` // 0 in a catalog, which is one text
	Bytes int64  `json:"bytes"`
	Hash  string `json:"sha256"`
}

// Lines returns how many lines a file has; 0 if there is no such file.
func (m *Manifest) Lines(name string) int {
	for _, f := range m.Files {
		if f.Name == name {
			return f.Lines
		}
	}
	return 0
}

// Facts returns how many facts all organizations have.
func (m *Manifest) Facts() int {
	n := 0
	for _, o := range m.Organizations {
		n += int(o.Version)
	}
	return n
}

// Limits bound what an archive may make a reader do.
type Limits struct {
	Manifest int64 // bytes
	Files    int
	File     int64 // bytes of one
	Total    int64 // bytes of all
	Line     int   // bytes
	Catalog  int64 // bytes of one
}

// usual are the limits unless others are asked for: far beyond a hundred thousand organizations.
var usual = Limits{Manifest: 256 << 20, Files: 1_000_000, File: 256 << 30, Total: 4 << 40, Line: 16 << 20, Catalog: 64 << 20}

// Refusal is an archive, or a place for it, that is not taken: what is wrong and what helps.
type Refusal struct{ Text string }

func (r *Refusal) Error() string { return r.Text }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// Names of files. What is not one of these is not opened.
var (
	nounFile    = regexp.MustCompile(`^[a-z_]+\.jsonl$`)
	perOrgFile  = regexp.MustCompile(`^(logs|notes)/(org_[0-9a-z]{26})\.jsonl$`)
	catalogFile = regexp.MustCompile(`^catalogs/([0-9a-f]{64})\.json$`)
)

func logName(id org.OrgID) string   { return "logs/" + string(id) + ".jsonl" }
func notesName(id org.OrgID) string { return "notes/" + string(id) + ".jsonl" }
func catalogName(digest org.Digest) string {
	return "catalogs/" + string(digest[len(digestPrefix):]) + ".json"
}

const digestPrefix = "sha256:"

// folder is an archive that is being read.
type folder struct {
	Manifest
	root   *os.Root
	limits Limits
	files  map[string]File
	digest string // of the manifest
}

// open reads the manifest of an archive and looks at every file that it names, without reading one: that it is a plain
// file inside the folder, of the size that is said, and that all of them together are within the limits.
func open(dir string, limits Limits) (_ *folder, err error) {
	f := &folder{limits: limits, files: map[string]File{}}
	if f.root, err = os.OpenRoot(dir); err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	if err := errors.Join(f.readManifest(), f.look()); err != nil {
		return nil, errors.Join(err, f.root.Close())
	}
	return f, nil
}

func (f *folder) readManifest() error {
	in, err := f.plain(manifestName, -1)
	if errors.Is(err, os.ErrNotExist) {
		return refuse("there is no %s in the folder: it is no export, or one that was not finished", manifestName)
	}
	if err != nil {
		return err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, f.limits.Manifest+1))
	if err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	if int64(len(text)) > f.limits.Manifest {
		return refuse("%s is larger than %d bytes", manifestName, f.limits.Manifest)
	}
	var form struct{ Format string }
	if err := json.Unmarshal(text, &form); err != nil {
		return refuse("%s cannot be read: %v", manifestName, err)
	}
	if form.Format != Format {
		return refuse("the archive has the form %q, this program reads %q: use the release that wrote it", form.Format, Format)
	}
	if err := strictly(text, &f.Manifest); err != nil {
		return refuse("%s cannot be read: %v", manifestName, err)
	}
	sum := sha256.Sum256(text)
	f.digest = hex.EncodeToString(sum[:])
	return nil
}

// look checks names, numbers and sizes.
func (f *folder) look() error {
	if len(f.Files) > f.limits.Files {
		return refuse("the archive names %d files, more than %d", len(f.Files), f.limits.Files)
	}
	total := int64(0)
	for _, file := range f.Files {
		if !nounFile.MatchString(file.Name) && !perOrgFile.MatchString(file.Name) && !catalogFile.MatchString(file.Name) {
			return refuse("the archive names a file %q, which is none of an export", file.Name)
		}
		if _, twice := f.files[file.Name]; twice {
			return refuse("the archive names %s twice", file.Name)
		}
		f.files[file.Name] = file
		if total += file.Bytes; file.Bytes < 0 || file.Bytes > f.limits.File || total > f.limits.Total {
			return refuse("%s makes the archive larger than is taken: %d bytes in a file, %d in all", file.Name, f.limits.File, f.limits.Total)
		}
		in, err := f.plain(file.Name, file.Bytes)
		if errors.Is(err, os.ErrNotExist) {
			return refuse("%s is missing from the archive", file.Name)
		}
		if err != nil {
			return err
		}
		if err := in.Close(); err != nil {
			return err
		}
	}
	return f.lookAtOrganizations()
}

func (f *folder) lookAtOrganizations() error {
	last := org.OrgID("")
	for _, o := range f.Organizations {
		if !o.Organization.Valid() || o.Organization <= last {
			return refuse("the manifest does not name its organizations once each and in order")
		}
		if last = o.Organization; o.Version < 1 || f.files[logName(last)].Lines != int(o.Version) {
			return refuse("%s does not hold the %d facts of %s", logName(last), o.Version, last)
		}
	}
	for name := range f.files {
		if m := perOrgFile.FindStringSubmatch(name); m != nil && !f.names(org.OrgID(m[2])) {
			return refuse("%s is of an organization that the manifest does not name", name)
		}
	}
	if _, ok := f.files[peopleName]; !ok {
		return refuse("%s is missing from the archive", peopleName)
	}
	return nil
}

func (f *folder) names(id org.OrgID) bool {
	_, ok := find(f.Organizations, id)
	return ok
}

// plain opens a file that is one: no link, no folder, nothing that waits for somebody. Size -1 stands for any.
func (f *folder) plain(name string, size int64) (*os.File, error) {
	for at := name; at != "."; at = path.Dir(at) {
		about, err := f.root.Lstat(at)
		if err != nil {
			return nil, fmt.Errorf("look at %s: %w", at, err)
		}
		switch mode := about.Mode(); {
		case at != name && mode.IsDir():
		case at != name || !mode.IsRegular():
			return nil, refuse("%s is no plain file of the archive: links and the like are not followed", at)
		case size >= 0 && about.Size() != size:
			return nil, refuse("%s has %d bytes, the manifest says %d", name, about.Size(), size)
		}
	}
	return f.root.Open(name)
}

// strictly reads JSON that holds what v has, and nothing else.
func strictly(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something stands behind its end")
	}
	return nil
}
