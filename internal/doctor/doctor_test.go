package doctor_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/catalog"
	"github.com/commonhold/commonhold/internal/demo"
	"github.com/commonhold/commonhold/internal/doctor"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/internal/store/sqlite/vfs"
	"github.com/commonhold/commonhold/org"
)

// fill puts the demo's organization into a database, with a snapshot.
func fill(t *testing.T, db store.DB) {
	t.Helper()
	open := func(clock func() time.Time) (*app.App, error) {
		return app.New(t.Context(), app.Options{DB: db, Catalog: catalog.Default(), Clock: clock, SnapshotGap: 100})
	}
	if told, err := demo.Fill(t.Context(), time.Now(), open); err != nil || !told {
		t.Fatal(told, err)
	}
}

func examine(t *testing.T, db store.DB) doctor.Report {
	t.Helper()
	r, err := doctor.Examine(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func said(t *testing.T, r doctor.Report) string {
	t.Helper()
	var out strings.Builder
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestAHealthyDatabaseIsSound(t *testing.T) {
	db := memory.Open()
	fill(t, db)
	r := examine(t, db)
	if !r.Sound() {
		t.Error(said(t, r))
	}
	for _, x := range r {
		if x.Examined == 0 || x.Summary == "" {
			t.Errorf("%s examined nothing: %q", x.Check, x.Summary)
		}
	}
}

func TestNothingAtAllIsNoSuccess_T224(t *testing.T) {
	db := memory.Open()
	r := examine(t, db)
	if r.Sound() || !strings.Contains(said(t, r), "nothing in this database") {
		t.Error(said(t, r))
	}
	if err := db.Keys().AddKey(t.Context(), store.Key{ID: "key_1", Hash: []byte("h"), Name: "first"}); err != nil {
		t.Fatal(err)
	}
	if r := examine(t, db); !r.Sound() {
		t.Errorf("an instance that was just started: %s", said(t, r))
	}
}

// facts are all events of a database, as text.
func facts(t *testing.T, db store.DB) string {
	t.Helper()
	heads, err := db.(store.Mender).Logs(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	var all []store.Event
	for _, id := range heads {
		events, err := db.Log().Events(t.Context(), id, 0, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, events...)
	}
	return fmt.Sprint(all)
}

// T-219, T-253, I-52
func TestWhatIsWrongIsFoundAndWhatIsDerivedIsMended(t *testing.T) {
	template := t.TempDir()
	full, err := sqlite.Open(t.Context(), template)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, full)
	if err := full.Close(); err != nil {
		t.Fatal(err)
	}
	const late = `(SELECT max(version) FROM events)`
	for _, row := range []struct {
		name, spoil string
		want        []string // in the report
		derived     bool     // so that it can be mended
	}{
		{"nothing", `SELECT 1`, nil, true},
		{"an event that was changed", `UPDATE events SET at = at + 1 WHERE version = 7`, []string{"version 8 does not", "Restore a backup"}, false},
		{"the last event changed", `UPDATE events SET command = 'x' WHERE version = ` + late, []string{"is not the event that its head vouches for"}, false},
		{"an event in the middle gone", `DELETE FROM events WHERE version = 7`, []string{"version 8 stands where 7 belongs"}, false},
		{"the last event gone", `DELETE FROM events WHERE version = ` + late, []string{"its last facts are lost"}, false},
		{"a fact nobody knows", `UPDATE events SET name = 'x.y' WHERE version = ` + late, []string{`unknown fact "x.y"`}, false},
		{"a fact that cannot follow", `UPDATE events SET data = x'7b7d' WHERE version = ` + late, []string{"is not the event that its head vouches for"}, false},
		{"all events gone", `DELETE FROM events`, []string{"its last facts are lost"}, false},
		{
			"the head behind", `UPDATE heads SET version = version - 1, hash = (SELECT prev FROM events WHERE version = ` + late + `)`,
			[]string{"its log ends at"}, true,
		},
		{"the head's instant", `UPDATE heads SET at = at + 1`, []string{"its log ends at"}, true},
		{"the head behind, with another hash", `UPDATE heads SET version = version - 1`, []string{"vouches for"}, false},
		{"the head's hash", `UPDATE heads SET hash = x'00'`, []string{"vouches for"}, false},
		{"T-4 events of no organization", `INSERT INTO events SELECT '', version, at, command, actor, via, name, data, prev, notes FROM events`, []string{"belong to no organization"}, false},
		{"T-4 a head of no organization", `INSERT INTO heads SELECT '', version, at, hash FROM heads`, []string{"belong to no organization"}, false},
		{"the head gone", `DELETE FROM heads`, []string{"at version 0, its log ends at"}, true},
		{"a head without a log", `INSERT INTO heads VALUES ('org_x', 3, 3, x'00')`, []string{"org_x is at version 3, its log ends at 0"}, false},
		{"a snapshot of something else", `UPDATE snapshots SET version = version - 1`, []string{"the snapshot of"}, true},
		{"a snapshot from the future", `UPDATE snapshots SET version = version + 1000`, []string{"the snapshot of"}, true},
		{"a slug that leads nowhere", `DELETE FROM lookups WHERE kind = 'slug'`, []string{`slug "northwind" should lead to org_`}, true},
		{"a slug that leads elsewhere", `UPDATE lookups SET id = 'org_x', org = 'org_x' WHERE kind = 'slug'`, []string{`slug "northwind" leads to org_x, it should lead to org_`}, true},
		{
			"a member whom no log knows", `INSERT INTO lookups SELECT 'member', 'usr_x ' || org, org, 'usr_x' FROM heads`,
			[]string{`"usr_x org_`, "nothing asks for that"}, true,
		},
		{"an address that leads nowhere", `DELETE FROM lookups WHERE kind = 'address' AND key LIKE 'a%'`, []string{`address "a`, "is not there"}, true},
		{"an address that leads to somebody else", `UPDATE lookups SET id = 'usr_x' WHERE kind = 'address' AND key LIKE 'a%'`, []string{"leads to usr_x, it should lead to usr_"}, true},
		{"an external id too many", `INSERT INTO lookups VALUES ('person.external', 'x', '', 'usr_x')`, []string{`person.external "x" leads to usr_x, and nothing asks`}, true},
		{"a catalog gone", `DELETE FROM documents`, []string{"is named by a log and is not there", "--catalog"}, false},
		{"a catalog changed", `UPDATE documents SET text = x'7b7d'`, []string{"is damaged"}, false},
		{
			"a note changed", `INSERT INTO notes SELECT org, command, 'reason', '[]', 'because', '', '', 1, x'00' FROM events WHERE version = 3`,
			[]string{`the note "reason" of command`}, false,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := t.TempDir()
			spoil(t, template, dir, row.spoil)
			db, err := sqlite.Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			before := facts(t, db)
			r := examine(t, db)
			report := said(t, r)
			if r.Sound() != (row.want == nil) {
				t.Fatal(report)
			}
			for _, want := range row.want {
				if !strings.Contains(report, want) {
					t.Errorf("%q is not in\n%s", want, report)
				}
			}
			if _, err := r.Mend(t.Context()); err != nil {
				t.Fatal(err)
			}
			if r = examine(t, db); r.Sound() != row.derived {
				t.Errorf("after it was mended:\n%s", said(t, r))
			}
			if facts(t, db) != before {
				t.Error("events were touched")
			}
		})
	}
}

func spoil(t *testing.T, template, dir, statement string) {
	t.Helper()
	const name = "commonhold.db"
	b, err := os.ReadFile(filepath.Join(template, name))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	disk, err := vfs.Checked("") // what is wrong is not that pages were changed from outside
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, name)+"?vfs="+disk.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// People are there before any organization is; their rows are mended all the same.
func TestPeopleWithoutAnOrganization(t *testing.T) {
	db := memory.Open()
	ctx := context.Background()
	row := store.Lookup{Kind: "address", Key: "ana@example.com", ID: "usr_1"}
	if err := db.People().Add(ctx, store.Person{ID: "usr_1", Name: "Ana", Address: "Ana@example.com"}, nil); err != nil {
		t.Fatal(err)
	}
	r := examine(t, db)
	if r.Sound() {
		t.Fatal("the address leads nowhere")
	}
	if n, err := r.Mend(ctx); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if found, err := db.Lookups().Find(ctx, row.Kind, row.Key); err != nil || found != row {
		t.Error(found, err)
	}
	if r := examine(t, db); !r.Sound() {
		t.Error(said(t, r))
	}
}

// Two organizations that claim one key: neither is right by itself, so nothing is guessed.
func TestTwoClaimsOfOneKeyAreNotMended(t *testing.T) {
	one, two := memory.Open(), memory.Open()
	var all []store.Append
	for i, db := range []store.DB{one, two} {
		a, err := app.New(t.Context(), app.Options{DB: db, Catalog: catalog.Default()})
		if err != nil {
			t.Fatal(err)
		}
		p, err := a.AddPerson(t.Context(), app.PersonFields{Name: "Ana"})
		if err != nil {
			t.Fatal(err)
		}
		made, err := a.Do(t.Context(), app.Caller{Operator: true}, "", org.CreateOrganization{Name: "Acme", Slug: "acme", Owner: p.ID}, app.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		a.Close()
		id := string(made.State.ID())
		events, err := db.Log().Events(t.Context(), id, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			all = append(all, store.Append{Org: id, Events: events, Hash: store.Hash(events[len(events)-1])})
		}
	}
	if err := one.Log().Append(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	r := examine(t, one)
	claimed := func(f doctor.Fault) bool {
		return strings.Contains(f.Text, `slug "acme" is claimed by`) && !f.Derived()
	}
	if !slices.ContainsFunc(r, func(x doctor.Result) bool { return slices.ContainsFunc(x.Faults, claimed) }) {
		t.Error(said(t, r))
	}
}

// A byte that flipped on the disk is told, wherever it lies, and nothing is called superfluous for want of what it hides.
func TestAFlippedByteIsToldAndNothingIsLostOverIt(t *testing.T) {
	template := t.TempDir()
	full, err := sqlite.Open(t.Context(), template)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, full)
	if err := full.Close(); err != nil {
		t.Fatal(err)
	}
	dense := filepath.Join(template, "dense") // a backup has no pages that nothing uses
	if err := sqlite.Backup(t.Context(), template, dense, func(store.DB) error { return nil }); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(dense)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for at := 10*page + 2000; at < len(file); at += page * (1 + len(file)/page/20) {
		dir := t.TempDir()
		bent := slices.Clone(file)
		bent[at] ^= 4
		if err := os.WriteFile(filepath.Join(dir, "commonhold.db"), bent, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := sqlite.Open(t.Context(), dir)
		if err != nil {
			continue // it says so by itself
		}
		r := examine(t, db)
		if r.Sound() {
			t.Errorf("byte %d: %s", at, said(t, r))
		}
		for _, x := range r {
			for _, f := range x.Faults {
				if f.Derived() && x.Check == "look-ups" {
					t.Errorf("byte %d: %s", at, f.Text)
				}
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
