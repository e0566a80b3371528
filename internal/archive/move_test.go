//go:build unix

package archive

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/postgres"
	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/internal/store/storetest"
	"github.com/commonhold/commonhold/org"
)

var shared = pgtest.Shared{Prepare: func(address string) error {
	db, err := postgres.Open(context.Background(), address)
	if err != nil {
		return err
	}
	return db.Close()
}}

func TestMain(m *testing.M) {
	code := m.Run()
	if err := shared.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// From SQLite to PostgreSQL and back, cut off on the way: the same to the byte, as a server that goes on writing to the
// source sees nothing of.
func TestTheMoveFromSQLiteToPostgreSQLAndBack_T257(t *testing.T) {
	first := export(t, sample(t), ExportOptions{Keys: true})
	folder := t.TempDir()
	source, err := sqlite.Open(t.Context(), folder)
	check(t, err)
	_, err = Import(t.Context(), source, first)
	check(t, err)
	sound(t, source)
	view, err := sqlite.View(t.Context(), folder)
	check(t, err)
	// What is written meanwhile is not part of it.
	withNotes(t, source, secondOf(t, first))
	out := filepath.Join(t.TempDir(), "out")
	_, err = Export(t.Context(), view, out, ExportOptions{Keys: true})
	check(t, err)
	check(t, view.Close())
	check(t, source.Close())
	sameFiles(t, first, out)

	address := shared.New(t)
	target, err := postgres.Open(t.Context(), address)
	check(t, err)
	for _, fault := range []storetest.Plan{
		{Write: storetest.Nth(30, storetest.Fail)},
		{Append: storetest.Nth(1, storetest.FailDone)},
	} {
		if _, err := Import(t.Context(), storetest.Inject(target, fault), out); err == nil {
			t.Fatal("nothing cut it off")
		}
		if Ready(t.Context(), target) == nil {
			t.Error("it is served from half-way")
		}
	}
	done, err := Import(t.Context(), target, out)
	check(t, err)
	if !done.Resumed || done.Facts == 0 || done.Facts == done.Manifest.Facts() {
		t.Errorf("it brought in %d of %d facts, resumed: %v", done.Facts, done.Manifest.Facts(), done.Resumed)
	}
	check(t, Ready(t.Context(), target))
	sound(t, target)
	check(t, target.Close())
	back, err := postgres.View(t.Context(), address)
	check(t, err)
	again := filepath.Join(t.TempDir(), "again")
	_, err = Export(t.Context(), back, again, ExportOptions{Keys: true})
	check(t, err)
	check(t, back.Close())
	sameFiles(t, first, again)
	home, err := sqlite.Open(t.Context(), t.TempDir())
	check(t, err)
	_, err = Import(t.Context(), home, again)
	check(t, err)
	sound(t, home)
	check(t, home.Close())
}

// A backup that is taken under load holds a moment of it, whole.
func TestABackupUnderLoad_T258(t *testing.T) {
	folder, files := t.TempDir(), t.TempDir()
	source, err := sqlite.Open(t.Context(), folder)
	check(t, err)
	first := export(t, sample(t), ExportOptions{Keys: true})
	_, err = Import(t.Context(), source, first)
	check(t, err)
	id := secondOf(t, first)
	version := func(db store.DB) uint64 {
		heads, err := db.Log().Heads(t.Context(), []string{id})
		check(t, err)
		return heads[0].Version
	}
	before := version(source)
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
				if err := rename(source, id, fmt.Sprint("load-", n)); err != nil {
					stopped <- err
					return
				}
			}
		}
	}()
	for i := range 3 {
		file := filepath.Join(files, fmt.Sprint(i))
		acknowledged := version(source)
		check(t, sqlite.Backup(t.Context(), folder, file, func(db store.DB) error { return Hold(t.Context(), db) }))
		to := t.TempDir()
		check(t, sqlite.Restore(t.Context(), file, to, func(db store.DB) error { return Hold(t.Context(), db) }))
		db, err := sqlite.Open(t.Context(), to)
		check(t, err)
		if Ready(t.Context(), db) == nil {
			t.Error("T-260: it is served from without being confirmed")
		}
		check(t, Confirm(t.Context(), db, true))
		sound(t, db)
		if version(db) < acknowledged {
			t.Errorf("it is at version %d, %d was acknowledged before it began", version(db), acknowledged)
		}
		if files := contents(t, export(t, db, ExportOptions{})); files[peopleName] != contents(t, first)[peopleName] {
			t.Error("people differ")
		}
		check(t, db.Close())
	}
	close(stop)
	check(t, <-stopped)
	if version(source) < before+10 {
		t.Error("there was no load")
	}
	check(t, source.Close())
}

// rename adds a fact to a log as a command would.
func rename(db store.DB, id, slug string) error {
	ctx := context.Background()
	heads, err := db.Log().Heads(ctx, []string{id})
	if err != nil {
		return err
	}
	head := heads[0]
	name, data := org.Encode(&org.SlugChanged{Slug: org.Slug(slug)})
	e := store.Event{Org: id, Version: head.Version + 1, At: head.At, Command: "cmd_" + slug, Actor: "operator", Name: name, Data: data, Prev: head.Hash}
	return db.Log().Append(ctx, []store.Append{{Org: id, After: head.Version, Events: []store.Event{e}, Hash: store.Hash(e),
		Set: []store.Lookup{{Kind: "slug", Key: slug, Org: id, ID: id}}}})
}
