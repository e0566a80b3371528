package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
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
	"github.com/commonhold/commonhold/internal/store/storetest"
	"github.com/commonhold/commonhold/org"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sample is a database with the demo's organization, a smaller one, and rows of every kind beside the logs.
func sample(t testing.TB) store.DB {
	t.Helper()
	db := memory.Open()
	open := func(clock func() time.Time) (*app.App, error) {
		return app.New(t.Context(), app.Options{DB: db, Catalog: catalog.Default(), Clock: clock})
	}
	if told, err := demo.Fill(t.Context(), time.Now(), open); err != nil || !told {
		t.Fatal(told, err)
	}
	a, err := open(time.Now)
	check(t, err)
	defer a.Close()
	_, err = a.FirstKey(t.Context())
	check(t, err)
	p, err := a.AddPerson(t.Context(), app.PersonFields{Name: "<Ana> & \"Bo\" \u00e9", Address: "Ana@Example.com", ExternalID: "x<&>"})
	check(t, err)
	made, err := a.Do(t.Context(), app.Caller{Operator: true}, "", org.CreateOrganization{Name: "A <b> & c", Slug: "second", Owner: p.ID}, app.Opts{})
	check(t, err)
	id := string(made.State.ID())
	check(t, db.Tokens().Put(t.Context(), "session", []byte("secret-hash"), []byte("secret-data"), forever))
	check(t, db.Security().AddIncidents(t.Context(), []store.Incident{
		{Org: id, ID: "i2", At: 5, Kind: "refused", Actor: string(p.ID), Code: "x.y", Count: 1, Until: 5},
		{Org: id, ID: "i1", At: 5, Kind: "read", Count: 3, Until: 9},
	}, 1000))
	return withNotes(t, db, id)
}

// withNotes adds a command with notes behind the log of an organization.
func withNotes(t testing.TB, db store.DB, id string) store.DB {
	t.Helper()
	heads, err := db.Log().Heads(t.Context(), []string{id})
	check(t, err)
	n := store.Note{Org: id, Command: "cmd_01jz0000000000000000000009", Kind: "reason", People: []string{"usr_1", "usr_2"}, Text: "because <of> it", Salt: []byte("salt"), At: 3}
	slug := "other-" + id[len(id)-4:]
	name, data := org.Encode(&org.SlugChanged{Slug: org.Slug(slug)})
	e := store.Event{Org: id, Version: heads[0].Version + 1, At: heads[0].At, Command: n.Command, Actor: "operator", Name: name, Data: data,
		Prev: heads[0].Hash, Notes: n.Digest()}
	check(t, db.Log().Append(t.Context(), []store.Append{{Org: id, After: heads[0].Version, Events: []store.Event{e}, Hash: store.Hash(e), Notes: []store.Note{n},
		Set: []store.Lookup{{Kind: "slug", Key: slug, Org: id, ID: id}}}}))
	return db
}

// contents are the files of an archive.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		about, err := d.Info()
		check(t, err)
		if want := os.FileMode(0o600); !d.IsDir() && about.Mode().Perm() != want || d.IsDir() && about.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v", path, about.Mode())
		}
		if !d.IsDir() {
			b, err := os.ReadFile(path)
			check(t, err)
			name, err := filepath.Rel(dir, path)
			check(t, err)
			out[filepath.ToSlash(name)] = string(b)
		}
		return nil
	}))
	return out
}

func export(t testing.TB, db store.DB, o ExportOptions) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	_, err := Export(t.Context(), db, dir, o)
	check(t, err)
	return dir
}

func sameFiles(t *testing.T, one, two string) {
	t.Helper()
	a, b := contents(t, one), contents(t, two)
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s is\n%.400s\nand\n%.400s", name, a[name], b[name])
		}
	}
	if len(a) != len(b) {
		t.Errorf("files %v and %v", slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
	}
}

func sound(t *testing.T, db store.DB) {
	t.Helper()
	r, err := doctor.Examine(t.Context(), db)
	check(t, err)
	if !r.Sound() {
		var out strings.Builder
		check(t, r.Write(&out))
		t.Error(out.String())
	}
}

func TestOutInAndOutAgainIsTheSameToTheByte_T213(t *testing.T) {
	for _, o := range []ExportOptions{{}, {Keys: true}} {
		db := sample(t)
		first := export(t, db, o)
		to := memory.Open()
		in, err := Import(t.Context(), to, first)
		check(t, err)
		if in.Nothing || in.Resumed || in.Facts != in.Manifest.Facts() || in.Facts < 200 {
			t.Errorf("%d of %d facts", in.Facts, in.Manifest.Facts())
		}
		sound(t, to)
		sameFiles(t, first, export(t, to, o))
		again, err := Import(t.Context(), to, first)
		check(t, err)
		if !again.Nothing || again.Facts != 0 {
			t.Error("the second time changed something")
		}
		check(t, Ready(t.Context(), to))
		for _, name := range []string{peopleName, incidentsName, "organizations.jsonl", "members.jsonl", "teams.jsonl", "places.jsonl", "projects.jsonl", "grants.jsonl"} {
			if in.Manifest.Lines(name) == 0 {
				t.Errorf("%s is empty, so it shows nothing", name)
			}
		}
	}
}

// What would let anybody in is in no file; what proves the operator's keys only if it was asked for.
func TestNoSecretGoesOut_I53(t *testing.T) {
	db := memory.Open()
	a, err := app.New(t.Context(), app.Options{DB: db, Catalog: catalog.Default()})
	check(t, err)
	defer a.Close()
	secret, err := a.FirstKey(t.Context())
	check(t, err)
	_, err = a.AddPerson(t.Context(), app.PersonFields{Name: "Ana"})
	check(t, err)
	check(t, db.Tokens().Put(t.Context(), "session", []byte("secret-hash"), []byte("secret-data"), forever))
	sum := sha256.Sum256([]byte(secret))
	for _, keys := range []bool{false, true} {
		all := ""
		for _, text := range contents(t, export(t, db, ExportOptions{Keys: keys})) {
			all += text
		}
		for _, not := range []string{secret, "secret-data", "secret-hash", hex.EncodeToString([]byte("secret-hash"))} {
			if strings.Contains(all, not) {
				t.Errorf("%q goes out", not)
			}
		}
		if strings.Contains(all, hex.EncodeToString(sum[:])) != keys {
			t.Errorf("what proves the key is in it, or not, with Keys %v", keys)
		}
	}
}

func TestOneOrganizationGoesOutWithItsPeople(t *testing.T) {
	db := sample(t)
	var small org.OrgID
	heads, err := db.Log().Organizations(t.Context(), "", 10)
	check(t, err)
	for _, h := range heads {
		if h.Version < 10 {
			small = org.OrgID(h.Org)
		}
	}
	dir := export(t, db, ExportOptions{Organizations: []org.OrgID{small, small}})
	to := memory.Open()
	in, err := Import(t.Context(), to, dir)
	check(t, err)
	if in.Manifest.Whole || len(in.Manifest.Organizations) != 1 || in.Manifest.Lines(peopleName) != 1 {
		t.Errorf("%+v", in.Manifest)
	}
	sound(t, to)
	if _, err := Export(t.Context(), db, filepath.Join(t.TempDir(), "x"), ExportOptions{Organizations: []org.OrgID{"org_01jz0000000000000000000000"}}); err == nil {
		t.Error("an organization that is not there goes out")
	}
}

func TestExportIsWholeOrNotThere(t *testing.T) {
	db := sample(t)
	for n := 1; ; n++ {
		parent := t.TempDir()
		faulty := storetest.Inject(db, storetest.Plan{Read: func(call int) bool { return call == n }})
		_, err := Export(t.Context(), faulty, filepath.Join(parent, "out"), ExportOptions{Keys: true})
		if err == nil {
			if n < 10 {
				t.Errorf("it was over after %d readings", n)
			}
			break
		}
		left, err := os.ReadDir(parent)
		check(t, err)
		if len(left) > 0 {
			t.Fatalf("%v is left after reading %d failed", left, n)
		}
	}
	full := t.TempDir()
	check(t, os.WriteFile(filepath.Join(full, "x"), nil, 0o600))
	if _, err := Export(t.Context(), db, full, ExportOptions{}); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Error(err)
	}
	if _, err := Export(t.Context(), db, t.TempDir(), ExportOptions{}); err != nil {
		t.Errorf("into a folder that is there and empty: %v", err)
	}
}

// An import is cut off at every write it makes, in each of the ways in which a write can go wrong, and run again.
func TestImportGoesOnWhereItWasCutOff_T257(t *testing.T) {
	dir := export(t, sample(t), ExportOptions{Keys: true})
	for _, fault := range []storetest.Fault{storetest.Fail, storetest.FailDone} {
		for n := 1; ; n += step(n) {
			to := memory.Open()
			calls := 0
			decide := func(int) storetest.Fault {
				if calls++; calls == n {
					return fault
				}
				return storetest.None
			}
			_, err := Import(t.Context(), storetest.Inject(to, storetest.Plan{Append: decide, Write: decide}), dir)
			if err == nil {
				if calls < 60 {
					t.Errorf("it was over after %d writes", calls)
				}
				break
			}
			if _, err := Import(t.Context(), to, dir); err != nil {
				t.Fatalf("again, after write %d: %v", n, err)
			}
			check(t, Ready(t.Context(), to))
			sameFiles(t, dir, export(t, to, ExportOptions{Keys: true}))
			if n%10 == 1 {
				sound(t, to)
			}
		}
	}
}

// step leaves out ever more of what is alike, unless there is time.
func step(n int) int {
	if os.Getenv("COMMONHOLD_LONG") != "" {
		return 1
	}
	return 1 + n/4
}

func TestAnImportThatWasCutOffIsNotServed(t *testing.T) {
	dir := export(t, sample(t), ExportOptions{})
	to := memory.Open()
	_, err := Import(t.Context(), storetest.Inject(to, storetest.Plan{Append: storetest.Nth(2, storetest.Fail)}), dir)
	if !errors.Is(err, storetest.ErrInjected) {
		t.Fatal(err)
	}
	if err := Ready(t.Context(), to); err == nil || !strings.Contains(err.Error(), "run it again") {
		t.Error(err)
	}
	other := export(t, withNotes(t, memoryWith(t, dir), secondOf(t, dir)), ExportOptions{})
	if _, err := Import(t.Context(), to, other); err == nil || !strings.Contains(err.Error(), "another archive") {
		t.Error(err)
	}
}

func memoryWith(t *testing.T, dir string) store.DB {
	t.Helper()
	db := memory.Open()
	_, err := Import(t.Context(), db, dir)
	check(t, err)
	return db
}

// secondOf is an organization of the archive that has no notes.
func secondOf(t *testing.T, dir string) string {
	t.Helper()
	m := manifestOf(t, dir)
	for _, o := range m.Organizations {
		if o.Slug == demo.Slug {
			return string(o.Organization)
		}
	}
	t.Fatal("the archive lacks the demo")
	return ""
}

func manifestOf(t *testing.T, dir string) Manifest {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	check(t, err)
	var m Manifest
	check(t, json.Unmarshal(text, &m))
	return m
}

func TestADatabaseThatIsNotEmptyIsRefused(t *testing.T) {
	dir := export(t, sample(t), ExportOptions{})
	m := manifestOf(t, dir)
	ctx := context.Background()
	for _, row := range []struct {
		name string
		fill func(db store.DB) error
		want string
	}{
		{"a person whom the archive lacks", func(db store.DB) error {
			return db.People().Add(ctx, store.Person{ID: "usr_x", Name: "X"}, nil)
		}, "1 people whom the archive does not"},
		{"an organization that the archive lacks", func(db store.DB) error {
			h := storetest.History{Org: "org_x"}
			return db.Log().Append(ctx, []store.Append{h.Next(2)})
		}, "the organization org_x"},
		{"an organization of the same id with another history", func(db store.DB) error {
			h := storetest.History{Org: string(m.Organizations[0].Organization)}
			return db.Log().Append(ctx, []store.Append{h.Next(2)})
		}, "version 2 of " + string(m.Organizations[0].Organization) + " is another here"},
		{"a copy from a backup", func(db store.DB) error { return Hold(ctx, db) }, "copy from a backup"},
	} {
		t.Run(row.name, func(t *testing.T) {
			db := memory.Open()
			check(t, row.fill(db))
			if _, err := Import(ctx, db, dir); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Error(err)
			}
			if people, err := db.People().List(ctx, "", 10); err != nil || len(people) > 1 {
				t.Errorf("something was written: %v, %v", people, err)
			}
		})
	}
	t.Run("one that went on after the import", func(t *testing.T) {
		db := withNotes(t, memoryWith(t, dir), secondOf(t, dir))
		if _, err := Import(ctx, db, dir); err == nil || !strings.Contains(err.Error(), "has gone on here") {
			t.Error(err)
		}
	})
	t.Run("one where a person has changed", func(t *testing.T) {
		db := memoryWith(t, dir)
		one, err := db.People().List(ctx, "", 1)
		check(t, err)
		one[0].Name = "Somebody else"
		check(t, db.People().Change(ctx, one[0], nil, nil))
		if _, err := Import(ctx, db, dir); err == nil || !strings.Contains(err.Error(), "is another in the archive") {
			t.Error(err)
		}
	})
}

func TestConfirm_T260(t *testing.T) {
	ctx := context.Background()
	held := func(t *testing.T) store.DB {
		db := sample(t)
		heads, err := db.Log().Organizations(ctx, "", 10)
		check(t, err)
		for i, h := range heads {
			check(t, db.Log().Append(ctx, []store.Append{{Org: h.Org, After: h.Version, Send: []store.Message{{ID: fmt.Sprint("m", i), Org: h.Org, Kind: "mail", Body: []byte("b")}}}}))
		}
		check(t, Hold(ctx, db))
		check(t, Hold(ctx, db))
		if err := Ready(ctx, db); err == nil || !strings.Contains(err.Error(), "confirm-restore") {
			t.Fatal(err)
		}
		return db
	}
	rest := func(db store.DB) (keys, waiting int, session bool) {
		all, err := db.Keys().AllKeys(ctx, "", 99)
		check(t, err)
		waiting, err = db.Outbox().Waiting(ctx)
		check(t, err)
		_, err = db.Tokens().Peek(ctx, "session", []byte("secret-hash"), 0)
		return len(all), waiting, err == nil
	}
	t.Run("T-260 of a copy beside the original, all ends that acts for it", func(t *testing.T) {
		db := held(t)
		check(t, db.Keys().AddKey(ctx, store.Key{ID: "key_9", Hash: []byte("account"), Org: "org_1", Holder: "sa_1"}))
		check(t, Confirm(ctx, db, false))
		if keys, waiting, session := rest(db); keys+waiting > 0 || session {
			t.Errorf("%d keys, %d messages, a session: %v", keys, waiting, session)
		}
		check(t, Ready(ctx, db))
		sound(t, db)
		if err := Confirm(ctx, db, false); !errors.Is(err, ErrNotHeld) {
			t.Error(err)
		}
	})
	t.Run("T-260 a replacement goes on as the original was", func(t *testing.T) {
		db := held(t)
		check(t, Confirm(ctx, db, true))
		if keys, waiting, session := rest(db); keys == 0 || waiting == 0 || !session {
			t.Errorf("%d keys, %d messages, a session: %v", keys, waiting, session)
		}
		check(t, Ready(ctx, db))
	})
	t.Run("T-260 what was cut off is held until it is done", func(t *testing.T) {
		for n := 1; ; n++ {
			db := held(t)
			calls := 0
			decide := func(int) storetest.Fault {
				if calls++; calls == n {
					return storetest.Fail
				}
				return storetest.None
			}
			if err := Confirm(ctx, storetest.Inject(db, storetest.Plan{Append: decide, Write: decide}), false); err == nil {
				break
			}
			if Ready(ctx, db) == nil {
				t.Fatalf("ready after write %d failed", n)
			}
			check(t, Confirm(ctx, db, false))
			if keys, waiting, session := rest(db); keys+waiting > 0 || session {
				t.Errorf("%d keys, %d messages, a session: %v", keys, waiting, session)
			}
		}
	})
}

func TestLinesAreWholeAndStrict(t *testing.T) {
	for text, ok := range map[string]bool{`{"person":"a"}`: true, `{"person":"a","x":1}`: false, `{"person":"a"} {}`: false, `[]`: false, ``: false} {
		var l personLine
		if err := strictly([]byte(text), &l); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, _, err := wholeLines([]byte("half"), true); err == nil {
		t.Error("half a line is one")
	}
	var out bytes.Buffer
	p := newPrinter(&out, "x")
	check(t, p.line(eventLine{Version: 1, Data: json.RawMessage("{\"name\":\"<&>\u2028\"}")}))
	if _, err := p.end(); err != nil || !strings.Contains(out.String(), "{\"name\":\"<&>\u2028\"}") {
		t.Errorf("%s, %v", out.String(), err)
	}
}

// Warnings of what ends by itself wait in the database that a log is brought into, as they waited where it came from.
func TestWarningsComeAlong(t *testing.T) {
	from := memory.Open()
	a, err := app.New(t.Context(), app.Options{DB: from, Catalog: catalog.Default()})
	check(t, err)
	p, err := a.AddPerson(t.Context(), app.PersonFields{Name: "Ana"})
	check(t, err)
	q, err := a.AddPerson(t.Context(), app.PersonFields{Name: "Bo"})
	check(t, err)
	operator := app.Caller{Operator: true}
	made, err := a.Do(t.Context(), operator, "", org.CreateOrganization{Name: "Acme", Slug: "acme", Owner: p.ID}, app.Opts{})
	check(t, err)
	id := made.State.ID()
	end := org.Instant(time.Now().Add(30 * 24 * time.Hour).UnixMicro())
	_, err = a.Do(t.Context(), operator, id, org.AddMember{Person: q.ID, Role: org.RoleMember, Window: org.Window{End: end}}, app.Opts{})
	check(t, err)
	a.Close()
	waiting := func(db store.DB) []store.Message {
		m, err := db.Outbox().Messages(t.Context(), string(id), false, "", 10)
		check(t, err)
		return m
	}
	to := memory.Open()
	_, err = Import(t.Context(), to, export(t, from, ExportOptions{}))
	check(t, err)
	if was, is := waiting(from), waiting(to); len(was) != 1 || !reflect.DeepEqual(was, is) {
		t.Errorf("%+v waits after the import, want %+v", is, was)
	}
}
