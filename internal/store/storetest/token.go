package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) tokens(t *testing.T) {
	s.each(t, []row{
		{"a value is looked at any number of times and taken once", func(t *testing.T, db store.DB) {
			putToken(t, db, "invite", "h", "data", 100)
			for range 2 {
				data, err := db.Tokens().Peek(t.Context(), "invite", []byte("h"), 99)
				check(t, err)
				want(t, "data", string(data), "data")
			}
			data, err := db.Tokens().Take(t.Context(), "invite", []byte("h"), 99)
			check(t, err)
			want(t, "data", string(data), "data")
			noToken(t, db, "invite", "h", 99)
			putToken(t, db, "invite", "h", "again", 100)
		}},
		{"a value is known under its purpose alone", func(t *testing.T, db store.DB) {
			putToken(t, db, "invite", "h", "one", 100)
			putToken(t, db, "session", "h", "two", 100)
			noToken(t, db, "reset", "h", 1)
			noToken(t, db, "invite", "H", 1)
			noToken(t, db, "invite", "", 1)
			data, err := db.Tokens().Take(t.Context(), "session", []byte("h"), 1)
			check(t, err)
			want(t, "data", string(data), "two")
			_, err = db.Tokens().Peek(t.Context(), "invite", []byte("h"), 1)
			check(t, err)
		}},
		{"a hash in use is taken, and the value stays", func(t *testing.T, db store.DB) {
			putToken(t, db, "invite", "h", "first", 100)
			err := db.Tokens().Put(t.Context(), "invite", []byte("h"), []byte("second"), 200)
			taken, as := new(store.TakenError), store.TakenError{Kind: "token", Key: "invite"}
			if !errors.As(err, &taken) || *taken != as {
				t.Fatalf("put again: error is %+v", err)
			}
			data, err := db.Tokens().Peek(t.Context(), "invite", []byte("h"), 1)
			check(t, err)
			want(t, "data", string(data), "first")
		}},
		{"a value is good until before its end", func(t *testing.T, db store.DB) {
			putToken(t, db, "invite", "h", "data", 100)
			noToken(t, db, "invite", "h", 100)
			noToken(t, db, "invite", "h", 101)
			_, err := db.Tokens().Take(t.Context(), "invite", []byte("h"), 99)
			check(t, err)
		}},
		{"a sweep removes what is past its end and nothing else", func(t *testing.T, db store.DB) {
			const n = 1_100
			for i := range n {
				putToken(t, db, "invite", fmt.Sprint(i), "", int64(i))
			}
			check(t, db.Tokens().Sweep(t.Context(), n-10))
			for i := range n {
				_, err := db.Tokens().Peek(t.Context(), "invite", fmt.Append(nil, i), -1)
				if i <= n-10 {
					wantError(t, fmt.Sprint("value that ended at ", i), err, store.ErrNotFound)
				} else {
					check(t, err)
				}
			}
		}},
		{"of many callers one takes the value", func(t *testing.T, db store.DB) {
			putToken(t, db, "invite", "h", "data", 100)
			var won atomic.Int32
			together(t, 16, func(int) error {
				data, err := db.Tokens().Take(t.Context(), "invite", []byte("h"), 1)
				switch {
				case err == nil && string(data) == "data":
					won.Add(1)
				case !errors.Is(err, store.ErrNotFound):
					return fmt.Errorf("take: %q, %w", data, err)
				}
				return nil
			})
			want(t, "winners", won.Load(), 1)
		}},
		{"nothing is shared with the caller", func(t *testing.T, db store.DB) {
			hash, data := []byte("h"), []byte("data")
			check(t, db.Tokens().Put(t.Context(), "invite", hash, data, 100))
			clear(hash)
			clear(data)
			got, err := db.Tokens().Peek(t.Context(), "invite", []byte("h"), 1)
			check(t, err)
			clear(got)
			got, err = db.Tokens().Take(t.Context(), "invite", []byte("h"), 1)
			check(t, err)
			want(t, "data", string(got), "data")
		}},
		{"a purpose that no database may hold is refused", func(t *testing.T, db store.DB) {
			wantError(t, "put", db.Tokens().Put(t.Context(), "\xff", nil, nil, 1), store.ErrMalformed)
		}},
	})
}

func putToken(t *testing.T, db store.DB, purpose, hash, data string, expires int64) {
	t.Helper()
	check(t, db.Tokens().Put(t.Context(), purpose, []byte(hash), []byte(data), expires))
}

func noToken(t *testing.T, db store.DB, purpose, hash string, now int64) {
	t.Helper()
	_, err := db.Tokens().Peek(t.Context(), purpose, []byte(hash), now)
	wantError(t, "peek", err, store.ErrNotFound)
	_, err = db.Tokens().Take(t.Context(), purpose, []byte(hash), now)
	wantError(t, "take", err, store.ErrNotFound)
}
