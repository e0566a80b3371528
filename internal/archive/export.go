package archive

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// ExportOptions choose what goes out.
type ExportOptions struct {
	Organizations []org.OrgID // only these, with the people whom their logs name; all if empty
	Keys          bool        // the operator's keys too, by what proves them
}

// Export writes what a database holds into a new folder, whole or not at all. The database is one that stands still, such
// as a view of one instant. Equal databases give equal files.
func Export(ctx context.Context, db store.DB, dir string, o ExportOptions) (*Manifest, error) {
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return nil, refuse("%s is not empty: name a folder that is not there yet", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look at the folder: %w", err)
	}
	parent := filepath.Dir(filepath.Clean(dir))
	part, err := os.MkdirTemp(parent, ".commonhold-export-*") // made with mode 0700
	if err != nil {
		return nil, fmt.Errorf("make the folder: %w", err)
	}
	m, err := exportInto(ctx, db, part, o)
	if err == nil {
		if err = os.Remove(dir); err == nil || errors.Is(err, fs.ErrNotExist) {
			err = os.Rename(part, dir)
		}
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(part))
	}
	return m, nil
}

func exportInto(ctx context.Context, db store.DB, dir string, o ExportOptions) (*Manifest, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	x := &exporter{db: db, root: root, options: o, named: map[string]bool{}, open: map[string]*target{},
		library:  ledger.NewLibrary(ctx, db.Documents().Read),
		manifest: Manifest{Format: Format, StateFormat: org.SnapshotFormat, Whole: len(o.Organizations) == 0}}
	err = x.all(ctx)
	return &x.manifest, errors.Join(err, x.abandon(), root.Close())
}

// exporter is one export.
type exporter struct {
	db       store.DB
	root     *os.Root
	options  ExportOptions
	library  *ledger.Library
	manifest Manifest
	named    map[string]bool    // people in the logs, unless everything goes out
	open     map[string]*target // files that are being written
}

// target is a file that is being written.
type target struct {
	*printer
	file *os.File
}

func (x *exporter) all(ctx context.Context) error {
	for _, n := range nouns {
		if _, err := x.file(n.file); err != nil {
			return err
		}
	}
	heads, err := x.heads(ctx)
	if err != nil {
		return err
	}
	for _, h := range heads {
		if err := x.organization(ctx, h); err != nil {
			return fmt.Errorf("export %s: %w", h.Org, err)
		}
	}
	for _, step := range []func(context.Context) error{x.catalogs, x.people, x.keys, x.finish} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// heads are those of the organizations that go out, in order of id.
func (x *exporter) heads(ctx context.Context) ([]store.Head, error) {
	var out []store.Head
	if wanted := x.options.Organizations; len(wanted) > 0 {
		ids := make([]string, len(wanted))
		for i, id := range wanted {
			ids[i] = string(id)
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
		found, err := x.db.Log().Heads(ctx, ids)
		if err != nil {
			return nil, err
		}
		if len(found) != len(ids) {
			return nil, refuse("%d of the %d organizations are not there", len(ids)-len(found), len(ids))
		}
		out = found
	} else {
		for after := ""; ; {
			page, err := x.db.Log().Organizations(ctx, after, pageSize)
			if err != nil {
				return nil, err
			}
			if out = append(out, page...); len(page) < pageSize {
				break
			}
			after = page[len(page)-1].Org
		}
	}
	slices.SortFunc(out, func(a, b store.Head) int { return cmp.Compare(a.Org, b.Org) })
	return out, nil
}

// organization writes the log of one organization and what it folds into.
func (x *exporter) organization(ctx context.Context, head store.Head) error {
	id := org.OrgID(head.Org)
	if !id.Valid() {
		return refuse("%q is no organization's id; run commonhold doctor", head.Org)
	}
	out, err := x.file(logName(id))
	if err != nil {
		return err
	}
	end, err := ledger.Read(ctx, x.db.Log(), id, x.library, org.Version(head.Version), func(p ledger.Part) error {
		for _, e := range p.Events {
			x.name(e)
			if err := out.line(lineOf(e)); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, ledger.ErrDamaged) {
		return fmt.Errorf("%w; run commonhold doctor", err)
	}
	if err != nil {
		return err
	}
	if !slices.Equal(end.Hash, head.Hash) {
		return refuse("its log does not end with what its head says; run commonhold doctor")
	}
	state := end.After
	for _, n := range nouns {
		for row := range n.rows(state, state.At()) {
			if err := x.open[n.file].line(row); err != nil {
				return err
			}
		}
	}
	sum := sha256.Sum256(org.Save(state))
	x.manifest.Organizations = append(x.manifest.Organizations, Organization{Organization: id, Slug: state.Slug(), Version: state.Version(),
		Hash: hex.EncodeToString(end.Hash), State: hex.EncodeToString(sum[:])})
	return errors.Join(x.close(out), x.beside(ctx, id))
}

var aPerson = regexp.MustCompile(`\busr_[0-9a-z]{26}\b`)

// name remembers the people whom an event names.
func (x *exporter) name(e store.Event) {
	if x.manifest.Whole {
		return
	}
	for _, id := range aPerson.FindAllString(e.Actor+" "+string(e.Data), -1) {
		x.named[id] = true
	}
}

// beside writes the rows that stand beside the log of an organization.
func (x *exporter) beside(ctx context.Context, id org.OrgID) error {
	err := notes(ctx, x.db, id, func(n store.Note) error {
		out, err := x.file(notesName(id))
		if err == nil {
			err = out.line(noteLine{n.Command, n.Kind, n.People, n.Text, n.Address, n.Agent, n.At, n.Salt})
		}
		return err
	})
	if out, ok := x.open[notesName(id)]; ok {
		err = errors.Join(err, x.close(out))
	}
	if err != nil {
		return err
	}
	out, err := x.file(incidentsName)
	if err != nil {
		return err
	}
	return incidents(ctx, x.db, id, func(i store.Incident) error {
		return out.line(incidentLine{i.Org, i.ID, i.At, i.Kind, i.Actor, i.Via, i.What, i.Code, i.Asked, i.Request, i.Address, i.Agent, i.Count, i.Until})
	})
}

// catalogs writes those that the logs have named.
func (x *exporter) catalogs(context.Context) error {
	for digest, doc := range x.library.Asked {
		if doc.Err != nil {
			return fmt.Errorf("catalog %s is named by a log and cannot be read (%w); run commonhold doctor", digest, doc.Err)
		}
		name := catalogName(digest)
		if !catalogFile.MatchString(name) {
			return refuse("%q is no digest; run commonhold doctor", digest)
		}
		out, err := x.file(name)
		if err == nil {
			_, err = out.out.Write(doc.Text)
		}
		if err = errors.Join(err, x.close(out)); err != nil {
			return err
		}
	}
	return nil
}

func (x *exporter) people(ctx context.Context) error {
	out, err := x.file(peopleName)
	if err != nil {
		return err
	}
	return people(ctx, x.db, func(p store.Person) error {
		if !x.manifest.Whole && !x.named[p.ID] {
			return nil
		}
		return out.line(personOf(p))
	})
}

func (x *exporter) keys(ctx context.Context) error {
	if !x.options.Keys {
		return nil
	}
	all, err := x.db.Keys().ListKeys(ctx, "")
	if err != nil {
		return err
	}
	out, err := x.file(keysName)
	for _, k := range all {
		if err == nil {
			err = out.line(keyLine{k.ID, k.Hash, k.Name, k.Created, k.Expires})
		}
	}
	return err
}

// finish closes what is open and writes the manifest, which makes the folder an archive.
func (x *exporter) finish(context.Context) error {
	for _, t := range x.open {
		if err := x.close(t); err != nil {
			return err
		}
	}
	slices.SortFunc(x.manifest.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	text, err := json.MarshalIndent(x.manifest, "", " ")
	if err != nil {
		return err
	}
	out, err := x.create(manifestName)
	if err == nil {
		_, err = out.Write(append(text, '\n'))
		err = errors.Join(err, out.Sync(), out.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", manifestName, err)
	}
	return nil
}

// file begins a file, or goes on with it.
func (x *exporter) file(name string) (*target, error) {
	if t, ok := x.open[name]; ok {
		return t, nil
	}
	f, err := x.create(name)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	t := &target{newPrinter(f, name), f}
	x.open[name] = t
	return t, nil
}

func (x *exporter) create(name string) (*os.File, error) {
	if dir := path.Dir(name); dir != "." {
		if err := x.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	return x.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// close ends a file and notes it in the manifest.
func (x *exporter) close(t *target) error {
	if t == nil {
		return nil
	}
	file, err := t.end()
	delete(x.open, file.Name)
	if err = errors.Join(err, t.file.Sync(), t.file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	x.manifest.Files = append(x.manifest.Files, file)
	return nil
}

// abandon closes what an export that failed has left open.
func (x *exporter) abandon() error {
	var errs []error
	for _, t := range x.open {
		errs = append(errs, t.file.Close())
	}
	return errors.Join(errs...)
}
