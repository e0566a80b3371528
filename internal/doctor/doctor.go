// Package doctor looks a database over: whether it is sound, whether every log is whole and folds, and whether all that
// follows from the logs and from the rows of people is there as it follows. It owns what is wrong, in words, and what
// helps; it mends what can be derived and never touches an event. It knows no caller and no transport.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Fault is something that is not as it should be.
type Fault struct {
	Text   string
	Remedy string
	mend   func(context.Context) error // nil: nothing here can
}

// Derived reports whether what is wrong follows from what is right, so that Mend helps.
func (f Fault) Derived() bool { return f.mend != nil }

// Result is what one check came to.
type Result struct {
	Check    string
	Examined int
	Summary  string
	Faults   []Fault
	More     int // faults beyond those listed
}

// Report is the results of all checks, in their order.
type Report []Result

// maxFaults is how many faults of a check are listed and mended at a time.
const maxFaults = 10_000

// checks are what is looked at. Later ones use what earlier ones have found out.
var checks = []struct {
	name string
	run  func(*visit, context.Context) error
}{
	{"database", (*visit).database},
	{"logs", (*visit).logs},
	{"catalogs", (*visit).catalogs},
	{"people", (*visit).people},
	{"look-ups", (*visit).lookups},
	{"contents", (*visit).contents},
}

// visit is one examination.
type visit struct {
	db      store.DB
	mender  store.Mender // nil if the back end has none
	library *ledger.Library
	rows    ledger.Rows // that there should be
	ends    []store.Head
	persons int
	partial bool // something could not be read, so that what it asks for is not known
	result  *Result
}

// Examine looks everything over. An error says that the examination could not come to its end.
func Examine(ctx context.Context, db store.DB) (Report, error) {
	v := &visit{db: db, library: ledger.NewLibrary(ctx, db.Documents().Read), rows: ledger.Rows{}}
	v.mender, _ = db.(store.Mender)
	var out Report
	for _, c := range checks {
		v.result = &Result{Check: c.name}
		err := c.run(v, ctx)
		switch {
		case errors.Is(err, store.ErrDamaged):
			v.partial = true
			v.result.Summary = "cannot be read to the end"
			v.fault(restoreIt, nil, "%v", err)
		case err != nil:
			return out, fmt.Errorf("examine the %s: %w", c.name, err)
		}
		out = append(out, *v.result)
	}
	return out, nil
}

// Sound reports whether no check has a fault.
func (r Report) Sound() bool {
	for _, x := range r {
		if len(x.Faults) > 0 {
			return false
		}
	}
	return true
}

// Mend rebuilds what the report says is wrong and follows from what is right, and returns how much it was. Examine says
// what is left.
func (r Report) Mend(ctx context.Context) (int, error) {
	n := 0
	for _, x := range r {
		for _, f := range x.Faults {
			if f.mend == nil {
				continue
			}
			if err := f.mend(ctx); err != nil {
				return n, fmt.Errorf("mend %q: %w", f.Text, err)
			}
			n++
		}
	}
	return n, nil
}

// Write writes the report for people: a line for each check, below it what is wrong and what helps.
func (r Report) Write(w io.Writer) error {
	var out strings.Builder
	for _, x := range r {
		fmt.Fprintf(&out, "%-9s  %s\n", x.Check, x.Summary)
		for _, f := range x.Faults {
			fmt.Fprintf(&out, "  FAULT    %s\n           %s\n", f.Text, f.Remedy)
		}
		if x.More > 0 {
			fmt.Fprintf(&out, "  FAULT    and %d more\n", x.More)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

const (
	restoreIt = "Restore a backup, or import an export, from before the damage: events are never repaired."
	repairIt  = "Stop the server and run commonhold doctor --repair, which derives it anew."
)

func (v *visit) fault(remedy string, mend func(context.Context) error, format string, args ...any) {
	if len(v.result.Faults) >= maxFaults {
		v.result.More++
		return
	}
	v.result.Faults = append(v.result.Faults, Fault{Text: fmt.Sprintf(format, args...), Remedy: remedy, mend: mend})
}

// database lets the back end check itself.
func (v *visit) database(ctx context.Context) error {
	if err := v.db.Ping(ctx); err != nil {
		return err
	}
	v.result.Examined, v.result.Summary = 1, "answers"
	if v.mender == nil {
		return nil
	}
	found, err := v.mender.Examine(ctx)
	if err != nil {
		return err
	}
	for _, what := range found {
		v.fault(restoreIt, nil, "the database says: %s", what)
	}
	if len(found) == 0 {
		v.result.Summary = "opens, and is sound by its own check"
	}
	return nil
}

// catalogs are those that facts named while the logs were folded.
func (v *visit) catalogs(context.Context) error {
	for digest, doc := range v.library.Asked {
		v.result.Examined++
		switch {
		case doc.Missing():
			v.fault("Start commonhold serve once with the file of that catalog as --catalog, which keeps it again.", nil,
				"catalog %s is named by a log and is not there", digest)
		case doc.Err != nil:
			v.fault(restoreIt, nil, "%v", doc.Err)
		}
	}
	v.result.Summary = fmt.Sprintf("%d named by logs", v.result.Examined)
	return nil
}

// people are read for the look-up rows that follow from theirs.
func (v *visit) people(ctx context.Context) error {
	for after := ""; ; {
		page, err := v.db.People().List(ctx, after, pageSize)
		if err != nil {
			return err
		}
		for _, p := range page {
			v.persons++
			for _, row := range ledger.OfPerson(p) {
				v.expect(row)
			}
		}
		if len(page) < pageSize {
			break
		}
		after = page[len(page)-1].ID
	}
	v.result.Examined, v.result.Summary = v.persons, fmt.Sprintf("%d rows", v.persons)
	return nil
}

const pageSize = 1000

// expect notes a row that there should be. That two claim one key cannot be mended from here.
func (v *visit) expect(row store.Lookup) {
	key := ledger.LookupKey{Kind: row.Kind, Key: row.Key}
	if other, ok := v.rows[key]; ok && other != row {
		v.fault(restoreIt, nil, "%s %q is claimed by %s and by %s", row.Kind, row.Key, target(other), target(row))
		return
	}
	v.rows[key] = row
}

func target(l store.Lookup) string {
	if l.Org == "" || l.ID == l.Org {
		return l.ID
	}
	return l.ID + " in " + l.Org
}

// contents refuses to call nothing at all sound.
func (v *visit) contents(ctx context.Context) error {
	keys, err := v.db.Keys().ListKeys(ctx, "")
	if err != nil {
		return err
	}
	v.result.Examined = len(v.ends) + v.persons + len(keys)
	v.result.Summary = fmt.Sprintf("%d organizations, %d people, %d keys of the operator", len(v.ends), v.persons, len(keys))
	if v.result.Examined == 0 {
		v.fault("If there should be something, it is in another folder or database: name that one.", nil, "there is nothing in this database")
	}
	return nil
}

// digests are of the notes that events speak of.
type digests map[string]bool

// notes holds the notes of an organization against what its events say of them.
func (v *visit) notes(ctx context.Context, id org.OrgID, said digests) error {
	for command, kind := "", ""; ; {
		page, err := v.db.Notes().ListNotes(ctx, string(id), command, kind, pageSize)
		if err != nil {
			return err
		}
		for _, n := range page {
			if !said[string(n.Digest())] {
				v.fault("Somebody changed it from outside. It decides nothing; a backup from before has what was written.", nil,
					"the note %q of command %s in %s is not the one that was written", n.Kind, n.Command, id)
			}
		}
		if len(page) < pageSize {
			return nil
		}
		command, kind = page[len(page)-1].Command, page[len(page)-1].Kind
	}
}
