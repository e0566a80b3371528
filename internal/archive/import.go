package archive

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/notice"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Imported is what an import came to.
type Imported struct {
	Manifest Manifest
	Facts    int  // that this import brought in; those that an earlier one brought are not counted
	Resumed  bool // it went on with an import that was cut off
	Nothing  bool // all of it was there
}

// Import brings an archive into an empty database, or goes on with an import of the same archive that was cut off. All
// of the archive is looked through before anything is written, and the database is looked through at the end. Nobody
// else may write to the database meanwhile.
func Import(ctx context.Context, db store.DB, dir string) (*Imported, error) {
	return importWithin(ctx, db, dir, usual)
}

func importWithin(ctx context.Context, db store.DB, dir string, limits Limits) (*Imported, error) {
	f, err := open(dir, limits)
	if err != nil {
		return nil, err
	}
	i := &importer{folder: f, db: db, heads: map[org.OrgID]store.Head{}, there: map[string]bool{}}
	out, err := i.all(ctx)
	return out, errors.Join(err, f.root.Close())
}

// importer is one import.
type importer struct {
	*folder
	db    store.DB
	heads map[org.OrgID]store.Head // of the database, before
	there map[string]bool          // people in the database, before
	begun bool                     // the database bears the mark of this import
}

func (i *importer) all(ctx context.Context) (*Imported, error) {
	if err := i.lookAround(ctx); err != nil {
		return nil, err
	}
	rows, err := i.verify(ctx)
	if err != nil {
		return nil, err
	}
	out := &Imported{Manifest: i.Manifest, Resumed: i.begun}
	if out.Nothing = i.complete(); out.Nothing {
		return out, nil
	}
	if err := i.mark(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{i.addCatalogs, i.addPeople, i.addKeys} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	for _, o := range i.Organizations {
		n, err := i.addLog(ctx, o, rows[o.Organization])
		if err != nil {
			return nil, fmt.Errorf("import %s: %w", o.Organization, err)
		}
		out.Facts += n
	}
	if err := i.addIncidents(ctx); err != nil {
		return nil, err
	}
	if err := i.compare(ctx); err != nil {
		return nil, err
	}
	return out, i.unmark(ctx)
}

// lookAround refuses a database that holds what the archive does not, as far as that can be told without reading either.
func (i *importer) lookAround(ctx context.Context) (err error) {
	if i.begun, err = i.marked(ctx); err != nil {
		return err
	}
	for after := ""; ; {
		page, err := i.db.Log().Organizations(ctx, after, pageSize)
		if err != nil {
			return err
		}
		for _, h := range page {
			o, ok := find(i.Organizations, org.OrgID(h.Org))
			if !ok {
				return foreign("it holds the organization %s, which the archive does not", h.Org)
			}
			if h.Version > uint64(o.Version) {
				return foreign("%s has gone on here: it is at version %d, in the archive at %d", h.Org, h.Version, o.Version)
			}
			i.heads[o.Organization] = h
		}
		if len(page) < pageSize {
			break
		}
		after = page[len(page)-1].Org
	}
	return people(ctx, i.db, func(p store.Person) error { i.there[p.ID] = true; return nil })
}

func foreign(format string, args ...any) error {
	return refuse("this database is not empty and not from this archive: "+format+". Import into an empty one", args...)
}

// verify reads the whole archive and returns the look-up rows that each organization leads to.
func (i *importer) verify(ctx context.Context) (map[org.OrgID]ledger.Rows, error) {
	if len(i.Organizations) == 0 && i.Lines(peopleName) == 0 {
		return nil, refuse("there is nothing in the archive")
	}
	claimed := ledger.Rows{}
	claim := func(row store.Lookup) error {
		key := ledger.LookupKey{Kind: row.Kind, Key: row.Key}
		if other, ok := claimed[key]; ok && other != row {
			return refuse("%s %q is claimed twice in the archive", row.Kind, row.Key)
		}
		claimed[key] = row
		return nil
	}
	if err := i.verifyPeople(ctx, claim); err != nil {
		return nil, err
	}
	library := ledger.NewLibrary(ctx, i.document)
	all := make(map[org.OrgID]ledger.Rows, len(i.Organizations))
	for _, o := range i.Organizations {
		rows, err := i.verifyLog(ctx, o, library)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if err := claim(row); err != nil {
				return nil, err
			}
		}
		all[o.Organization] = rows
	}
	for digest, doc := range library.Asked {
		if doc.Err != nil {
			return nil, refuse("catalog %s is named by a log and cannot be had from the archive: %v", digest, doc.Err)
		}
	}
	return all, i.verifyRest(ctx)
}

// verifyPeople reads the rows of people, and holds those that are in the database already against them.
func (i *importer) verifyPeople(ctx context.Context, claim func(store.Lookup) error) error {
	seen, left := map[string]bool{}, len(i.there)
	var same []personLine
	check := func() error {
		ids := make([]string, len(same))
		for n, l := range same {
			ids[n] = l.Person
		}
		found, err := i.db.People().Get(ctx, ids)
		if err != nil {
			return err
		}
		for _, p := range found {
			if !slices.Contains(same, personOf(p)) {
				return foreign("%s is another in the archive than here", p.ID)
			}
		}
		same = same[:0]
		return nil
	}
	err := each(ctx, i.folder, peopleName, func(l personLine) error {
		switch p := l.row(); {
		case !org.PersonID(l.Person).Valid() || seen[l.Person]:
			return refuse("%q is no person's id, or stands there twice", l.Person)
		case store.CheckPerson(p, nil, nil) != nil:
			return refuse("what is said of %s is no text", l.Person)
		default:
			seen[l.Person] = true
			for _, row := range ledger.OfPerson(p) {
				if err := claim(row); err != nil {
					return err
				}
			}
		}
		if !i.there[l.Person] {
			return nil
		}
		left--
		if same = append(same, l); len(same) < 200 {
			return nil
		}
		return check()
	})
	if err == nil {
		err = check()
	}
	if err == nil && left > 0 {
		err = foreign("it holds %d people whom the archive does not", left)
	}
	return err
}

// verifyLog folds a log and holds it against what the manifest says of it, and its beginning against the database.
func (i *importer) verifyLog(ctx context.Context, o Organization, library org.Catalogs) (ledger.Rows, error) {
	id, rows := o.Organization, ledger.Rows{}
	part := ledger.Part{After: org.Empty(library)}
	at := i.heads[id]
	err := i.parts(ctx, id, func(events []store.Event) (err error) {
		if part, err = ledger.Fold(id, part.After, part.Hash, events); err != nil {
			return refuse("%v", err)
		}
		if n := uint64(part.Before.Version()); n < at.Version && at.Version <= uint64(part.After.Version()) {
			if !bytes.Equal(store.Hash(events[at.Version-n-1]), at.Hash) {
				return foreign("version %d of %s is another here", at.Version, id)
			}
		}
		rows.Take(part.Before, part.Facts, id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rows, i.same(o, part)
}

// same holds what a log led to against the manifest. A state that another release has hashed in another form is not
// compared; the log is all the same, event for event.
func (i *importer) same(o Organization, end ledger.Part) error {
	switch {
	case end.After.Version() != o.Version || hex.EncodeToString(end.Hash) != o.Hash:
		return refuse("the log of %s does not end as the manifest says", o.Organization)
	case i.StateFormat == org.SnapshotFormat && stateHash(end.After) != o.State:
		return refuse("the log of %s does not lead to the state that the manifest says", o.Organization)
	}
	return nil
}

// verifyRest reads the files that the steps of the import would read later, and those that it never reads.
func (i *importer) verifyRest(ctx context.Context) error {
	anything := func([]byte) error { return nil }
	checks := map[string]func() error{
		peopleName: func() error { return nil }, // is verified already
		incidentsName: func() error {
			return each(ctx, i.folder, incidentsName, func(l incidentLine) error {
				if !i.names(org.OrgID(l.Organization)) {
					return refuse("%q is no organization of the archive", l.Organization)
				}
				return nil
			})
		},
		keysName: func() error { return each(ctx, i.folder, keysName, func(keyLine) error { return nil }) },
	}
	for _, file := range i.Files {
		check, ok := checks[file.Name]
		switch m := perOrgFile.FindStringSubmatch(file.Name); {
		case ok:
		case m != nil && m[1] == "notes":
			check = func() error { _, err := i.notes(ctx, org.OrgID(m[2])); return err }
		case m != nil || catalogFile.MatchString(file.Name):
			continue // is verified already, or nobody names it
		default:
			check = func() error { return i.read(ctx, file.Name, anything) }
		}
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// complete reports whether all logs and people are there, so that nothing is left to do.
func (i *importer) complete() bool {
	if i.begun || len(i.there) != i.Lines(peopleName) {
		return false
	}
	for _, o := range i.Organizations {
		if i.heads[o.Organization].Version != uint64(o.Version) {
			return false
		}
	}
	return true
}

func (i *importer) addCatalogs(ctx context.Context) error {
	for _, file := range i.Files {
		m := catalogFile.FindStringSubmatch(file.Name)
		if m == nil {
			continue
		}
		text, err := i.document(ctx, digestPrefix+m[1])
		if err == nil {
			_, err = org.ReadCatalog(text)
		}
		if err != nil {
			return err
		}
		if err := i.db.Documents().Keep(ctx, digestPrefix+m[1], text); err != nil {
			return err
		}
	}
	return nil
}

// batchSize is how many events one append brings in at least, and about at most.
const batchSize = 500

// parts gives the events of a log to see, command by command whole.
func (i *importer) parts(ctx context.Context, id org.OrgID, see func([]store.Event) error) error {
	var events []store.Event
	err := each(ctx, i.folder, logName(id), func(l eventLine) error {
		if n := len(events); n >= batchSize && (events[n-1].Command != l.Command || n >= 20*batchSize) {
			if err := see(events); err != nil {
				return err
			}
			events = nil
		}
		events = append(events, l.event(id))
		return nil
	})
	if err != nil || len(events) == 0 {
		return err
	}
	return see(events)
}

// addLog brings in what the database lacks of a log, its notes with it, and the look-up rows with its last facts: until
// then nothing leads to the organization.
func (i *importer) addLog(ctx context.Context, o Organization, rows ledger.Rows) (added int, err error) {
	id := o.Organization
	head := i.heads[id]
	if head.Version == uint64(o.Version) {
		return 0, nil
	}
	noted, err := i.notes(ctx, id)
	if err != nil {
		return 0, err
	}
	err = i.parts(ctx, id, func(events []store.Event) error {
		for len(events) > 0 && events[0].Version <= head.Version {
			delete(noted, events[0].Command) // came with it
			events = events[1:]
		}
		if len(events) == 0 {
			return nil
		}
		last := events[len(events)-1]
		a := store.Append{Org: string(id), After: events[0].Version - 1, Events: events, Hash: store.Hash(last)}
		for _, e := range events {
			a.Notes = append(a.Notes, noted[e.Command]...)
			delete(noted, e.Command)
		}
		if last.Version == uint64(o.Version) {
			for _, row := range rows {
				a.Set = append(a.Set, row)
			}
		}
		if a.Send, err = warnings(id, events); err != nil {
			return err
		}
		if err := i.db.Log().Append(ctx, []store.Append{a}); err != nil {
			return err
		}
		added += len(events)
		return nil
	})
	return added, err
}

// warnings are the messages that the events had left in the outbox to warn of what ends, and that are still to come.
func warnings(id org.OrgID, events []store.Event) ([]store.Message, error) {
	facts, err := ledger.Facts(events)
	if err != nil {
		return nil, err
	}
	return notice.Again(id, facts, org.Instant(time.Now().UnixMicro()))
}

// notes reads the notes of an organization, by command.
func (i *importer) notes(ctx context.Context, id org.OrgID) (map[string][]store.Note, error) {
	out := map[string][]store.Note{}
	err := each(ctx, i.folder, notesName(id), func(l noteLine) error {
		out[l.Command] = append(out[l.Command], l.note(id))
		return nil
	})
	return out, err
}

// compare folds every log as the database has it now and holds it against the manifest.
func (i *importer) compare(ctx context.Context) error {
	library := ledger.NewLibrary(ctx, i.db.Documents().Read)
	for _, o := range i.Organizations {
		end, err := ledger.Read(ctx, i.db.Log(), o.Organization, library, o.Version, func(ledger.Part) error { return nil })
		if err == nil {
			err = i.same(o, end)
		}
		if err != nil {
			return fmt.Errorf("compare what was imported: %w", err)
		}
	}
	return nil
}
