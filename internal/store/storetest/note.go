package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) notes(t *testing.T) {
	full := store.Note{
		Kind: "reason", People: []string{"usr_1", "usr_2"}, Text: "left the company \"for good\"\n", Address: "192.0.2.7",
		Agent: "commonhold/1 ü", At: -7, Salt: []byte{0, 1, 0xff},
	}
	s.each(t, []row{
		{"a note is read back as it was written, and its event holds the digest", func(t *testing.T, db store.DB) {
			h := History{Org: "org_1"}
			bent := full
			bent.People = []string{"usr_2", "usr_1", "usr_2"}
			a := noted(&h, bent)
			write(t, db, a)
			got := notesOf(t, db, "org_1", a.Events[0].Command)
			want(t, "notes", len(got), 1)
			expected := full
			expected.Org, expected.Command = "org_1", a.Events[0].Command
			want(t, "note", fmt.Sprintf("%+v", got[0]), fmt.Sprintf("%+v", expected))
			event := readEvents(t, db, "org_1")[0]
			want(t, "digest in the event", string(event.Notes), string(got[0].Digest()))
			check(t, store.Chain(0, nil, readEvents(t, db, "org_1")))
		}},
		{"the notes of commands come in order, those of others do not", func(t *testing.T, db store.DB) {
			h, other := History{Org: "org_1"}, History{Org: "org_2"}
			var commands, all []string
			for i := range 300 {
				h.Command = fmt.Sprintf("cmd_%03d", i)
				write(t, db, noted(&h, store.Note{Kind: "reason"}, store.Note{Kind: "origin"}))
				commands = append(commands, h.Command)
				all = append(all, h.Command+" origin", h.Command+" reason")
			}
			other.Command = "cmd_000"
			write(t, db, noted(&other, store.Note{Kind: "reason", Text: "of another"}))
			slices.Reverse(commands)
			want(t, "notes", noteKeys(notesOf(t, db, "org_1", commands...)), strings.Join(all, "\n"))
			want(t, "notes of two", noteKeys(notesOf(t, db, "org_1", commands[0], "cmd_none")), strings.Join(all[598:], "\n"))
			want(t, "notes of none", len(notesOf(t, db, "org_1")), 0)
			want(t, "notes of nobody", len(notesOf(t, db, "org_3", commands...)), 0)
		}},
		{"pages of notes are complete at every size", func(t *testing.T, db store.DB) {
			h, other := History{Org: "org_1"}, History{Org: "org_10"}
			var all []string
			for _, command := range []string{"cmd_1", "cmd_10", "cmd_2", "cmd_é"} {
				h.Command, other.Command = command, command
				write(t, db, noted(&h, store.Note{Kind: "a"}, store.Note{Kind: "b"}), noted(&other, store.Note{Kind: "a"}))
				all = append(all, command+" a", command+" b")
			}
			pages(t, all, func(n store.Note) string { return n.Command + " " + n.Kind },
				func(ctx context.Context, after string, limit int) ([]store.Note, error) {
					command, kind, _ := strings.Cut(after, " ")
					return db.Notes().ListNotes(ctx, "org_1", command, kind, limit)
				})
		}},
		{"T-223 a person's notes are erased everywhere, and the logs stay as they are", func(t *testing.T, db store.DB) {
			h, other := History{Org: "org_1"}, History{Org: "org_2"}
			write(t, db, noted(&h, full, store.Note{Kind: "origin", People: []string{"usr_2"}}), noted(&other, full))
			write(t, db, noted(&h, store.Note{Kind: "reason", People: []string{"usr_3"}}))
			check(t, db.Notes().EraseNotes(t.Context(), "usr_1"))
			want(t, "notes left", noteKeys(append(listNotes(t, db, "org_1"), listNotes(t, db, "org_2")...)),
				"cmd_org_1_0 origin\ncmd_org_1_1 reason")
			check(t, db.Notes().EraseNotes(t.Context(), "usr_1"))
			check(t, db.Notes().EraseNotes(t.Context(), "usr_2"))
			want(t, "notes left", noteKeys(listNotes(t, db, "org_1")), "cmd_org_1_1 reason")
			check(t, store.Chain(0, nil, readEvents(t, db, "org_1")))
		}},
		{"notes that are older expire, each kind by itself", func(t *testing.T, db store.DB) {
			const n = 1_100
			h := History{Org: "org_1"}
			var batch []store.Append
			for i := range n {
				batch = append(batch, noted(&h, store.Note{Kind: "origin", At: int64(i), People: []string{"usr_1"}}))
			}
			write(t, db, batch...)
			write(t, db, noted(&h, store.Note{Kind: "reason", At: 1, People: []string{"usr_1"}}))
			check(t, db.Notes().ExpireNotes(t.Context(), "origin", n-2))
			want(t, "notes left", len(listNotes(t, db, "org_1")), 3)
			check(t, db.Notes().EraseNotes(t.Context(), "usr_1"))
			want(t, "notes left", len(listNotes(t, db, "org_1")), 0)
		}},
		{"a note whose key is there is taken, and nothing is written", func(t *testing.T, db store.DB) {
			h := History{Org: "org_1", Command: "cmd_1"}
			write(t, db, noted(&h, full))
			err := refused(t, db, store.ErrTaken, noted(&h, full))
			if taken := new(store.TakenError); !errors.As(err, &taken) || taken.Org != "org_1" || taken.Kind != "note" {
				t.Errorf("error is %v", err)
			}
		}},
		{"a note that belongs to no event of its append is refused", malformedNotes},
		{"nothing is shared with the caller", func(t *testing.T, db store.DB) {
			h := History{Org: "org_1"}
			a := noted(&h, store.Note{Kind: "reason", People: []string{"usr_1"}, Salt: []byte("salt")})
			write(t, db, a)
			clear(a.Notes[0].Salt)
			clear(a.Events[0].Notes)
			a.Notes[0].People[0] = "usr_2"
			for range 2 {
				got := notesOf(t, db, "org_1", a.Events[0].Command)[0]
				want(t, "note", strings.Join(got.People, " ")+" "+string(got.Salt), "usr_1 salt")
				clear(got.Salt)
				got.People[0] = "usr_3"
			}
			want(t, "digests", len(strings.Trim(string(readEvents(t, db, "org_1")[0].Notes), "\x00")) > 0, true)
		}},
	})
}

func malformedNotes(t *testing.T, db store.DB) {
	for _, r := range []struct {
		name string
		bend func(*store.Append)
	}{
		{"of another organization", func(a *store.Append) { a.Notes[0].Org = "org_2" }},
		{"of another command", func(a *store.Append) { a.Notes[0].Command = "cmd_2" }},
		{"of no kind", func(a *store.Append) { a.Notes[0].Kind = "" }},
		{"of nobody", func(a *store.Append) { a.Notes[0].People = []string{""} }},
		{"NUL in the text", func(a *store.Append) { a.Notes[0].Text = "\x00" }},
		{"an agent that is not UTF-8", func(a *store.Append) { a.Notes[0].Agent = "\xff" }},
		{"half a digest", func(a *store.Append) { a.Events[0].Notes = a.Events[0].Notes[:31] }},
		{"without events", func(a *store.Append) { a.Events, a.Hash = nil, nil }},
	} {
		t.Run(r.name, func(t *testing.T) {
			h := History{Org: "org_1"}
			a := noted(&h, store.Note{Kind: "reason"})
			r.bend(&a)
			refused(t, db, store.ErrMalformed, a)
		})
	}
}

// noted makes an append of one event with notes.
func noted(h *History, notes ...store.Note) store.Append {
	before := *h
	a := h.Next(1)
	e := &a.Events[0]
	for i := range notes {
		n := notes[i]
		n.Org, n.Command = a.Org, e.Command
		a.Notes = append(a.Notes, n)
		e.Notes = append(e.Notes, n.Digest()...)
	}
	e.Prev = before.Hash
	h.Hash = store.Hash(*e)
	a.Hash = h.Hash
	return a
}

func notesOf(t *testing.T, db store.DB, org string, commands ...string) []store.Note {
	t.Helper()
	notes, err := db.Notes().NotesOf(t.Context(), org, commands)
	check(t, err)
	return notes
}

func listNotes(t *testing.T, db store.DB, org string) []store.Note {
	t.Helper()
	notes, err := db.Notes().ListNotes(t.Context(), org, "", "", 1<<20)
	check(t, err)
	return notes
}

func noteKeys(notes []store.Note) string {
	var keys []string
	for _, n := range notes {
		keys = append(keys, n.Command+" "+n.Kind)
	}
	return strings.Join(keys, "\n")
}
