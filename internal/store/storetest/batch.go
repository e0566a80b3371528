package storetest

import (
	"errors"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) batch(t *testing.T) {
	s.each(t, []row{
		{"appends follow each other in one organization", func(t *testing.T, db store.DB) {
			h, other := History{Org: "org_1"}, History{Org: "org_2"}
			write(t, db, h.Next(1), other.Next(2), h.Next(2), h.Next(0), h.Next(1))
			events := readEvents(t, db, "org_1")
			want(t, "events", len(events), 4)
			check(t, store.Chain(0, nil, events))
			last, _ := head(t, db, "org_1")
			want(t, "head", last.Version, 4)
			want(t, "events of the other organization", len(readEvents(t, db, "org_2")), 2)
		}},
		{"I-42, I-49: a batch is all or nothing", allOrNothing},
		{"a look-up moves to another organization", func(t *testing.T, db store.DB) {
			from, to := History{Org: "org_2"}, History{Org: "org_1"}
			there := store.Lookup{Kind: "slug", Key: "prj", Org: "org_2", ID: "prj"}
			here := store.Lookup{Kind: "slug", Key: "prj", Org: "org_1", ID: "prj"}
			a := from.Next(1)
			a.Set = []store.Lookup{there}
			write(t, db, a, to.Next(1))
			out, in := from.Next(1), to.Next(1)
			out.Unset, in.Set = []store.Lookup{there}, []store.Lookup{here}
			refused(t, db, store.ErrTaken, in, out)
			write(t, db, out, in)
			want(t, "look-up", find(t, db, "slug", "prj"), "org_1/prj")
		}},
		{"a look-up set earlier in the batch is taken", func(t *testing.T, db store.DB) {
			h, other := History{Org: "org_1"}, History{Org: "org_2"}
			a, b := h.Next(1), other.Next(1)
			a.Set = []store.Lookup{{Kind: "slug", Key: "s", Org: "org_1", ID: "x"}}
			b.Set = []store.Lookup{{Kind: "slug", Key: "s", Org: "org_2", ID: "x"}}
			refused(t, db, store.ErrTaken, a, b)
		}},
		{"an organization started earlier in the batch is there", func(t *testing.T, db store.DB) {
			h, again := History{Org: "org_1"}, History{Org: "org_1"}
			refused(t, db, store.ErrConflict, h.Next(1), again.Next(1))
			again = History{Org: "org_1"}
			h = History{Org: "org_1"}
			refused(t, db, store.ErrConflict, h.Next(1), again.Next(0))
		}},
	})
}

// allOrNothing lets the last of three appends fail in every way there is.
func allOrNothing(t *testing.T, db store.DB) {
	taken := History{Org: "org_9"}
	first := taken.Next(1)
	first.Set = []store.Lookup{{Kind: "slug", Key: "taken", Org: "org_9", ID: "x"}}
	first.Send = []store.Message{{ID: "msg_taken", Org: "org_9", Kind: "other", Due: 1}}
	first.Replay = &store.Replay{Scope: "org_9", Actor: "usr_1", Key: "k", At: 1}
	write(t, db, first)

	for _, r := range []struct {
		name string
		bend func(*store.Append)
		want error
		as   store.TakenError
	}{
		{
			name: "the last one's head moved", want: store.ErrConflict,
			bend: func(a *store.Append) { *a = (&History{Org: "org_9"}).Next(1) },
		},
		{
			name: "the last one follows another event than the log's last", want: store.ErrConflict,
			bend: func(a *store.Append) {
				other := History{Org: "org_9", Version: 1, Hash: make([]byte, 32)}
				*a = other.Next(1)
			},
		},
		{
			name: "the last one's look-up is taken", want: store.ErrTaken,
			bend: func(a *store.Append) {
				a.Set = []store.Lookup{{Kind: "other", Key: "free", Org: "org_9"}, {Kind: "slug", Key: "taken", Org: "org_9", ID: "y"}}
			},
			as: store.TakenError{Org: "org_9", Kind: "slug", Key: "taken"},
		},
		{
			name: "the last one's look-up leads to another organization", want: store.ErrTaken,
			bend: func(a *store.Append) {
				a.Set = []store.Lookup{{Kind: "slug", Key: "taken", Org: "org_8", ID: "x"}}
			},
			as: store.TakenError{Org: "org_9", Kind: "slug", Key: "taken"},
		},
		{
			name: "the last one's replay is taken", want: store.ErrTaken,
			bend: func(a *store.Append) { a.Replay = &store.Replay{Scope: "org_9", Actor: "usr_1", Key: "k"} },
			as:   store.TakenError{Org: "org_9", Kind: "replay", Key: "k"},
		},
		{
			name: "the last one's message waits already", want: store.ErrTaken,
			bend: func(a *store.Append) { a.Send = []store.Message{{ID: "msg_taken", Org: "org_9", Kind: "other"}} },
			as:   store.TakenError{Org: "org_9", Kind: "message", Key: "msg_taken"},
		},
		{
			name: "the last one is malformed", want: store.ErrMalformed,
			bend: func(a *store.Append) { a.Hash = nil },
		},
	} {
		t.Run(r.name, func(t *testing.T) {
			h, end := History{Org: "org_1"}, taken
			a, b, c := h.Next(2), h.Next(1), end.Next(1)
			a.Set = []store.Lookup{{Kind: "slug", Key: "mine", Org: "org_1", ID: "x"}}
			a.Unset = first.Set[:0:0]
			a.Send = []store.Message{{ID: "msg_1", Org: "org_1", Kind: "other"}}
			a.Replay = &store.Replay{Scope: "org_1", Key: "k"}
			b.Unset, b.Set = a.Set, []store.Lookup{{Kind: "slug", Key: "next", Org: "org_1", ID: "x"}}
			r.bend(&c)
			err := refused(t, db, r.want, a, b, c)
			if got := new(store.TakenError); errors.As(err, &got) && *got != r.as {
				t.Errorf("error is %+v, want %+v", *got, r.as)
			}
			_, err = db.Log().Replayed(t.Context(), "org_1", "", "k")
			wantError(t, "replay of the first append", err, store.ErrNotFound)
		})
	}
}
