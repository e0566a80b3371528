package storetest

import (
	"bytes"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) documents(t *testing.T) {
	s.each(t, []row{
		{"a text is read back, whatever its size", func(t *testing.T, db store.DB) {
			for digest, text := range map[string][]byte{
				"sha256:1": []byte("a text\x00\xff"), "sha256:2": {}, "sha256:3": bytes.Repeat([]byte("long "), 1<<18),
			} {
				check(t, db.Documents().Keep(t.Context(), digest, text))
				reads(t, db, digest, string(text))
			}
			_, err := db.Documents().Read(t.Context(), "sha256:4")
			wantError(t, "read", err, store.ErrNotFound)
		}},
		{"storing again changes nothing", func(t *testing.T, db store.DB) {
			check(t, db.Documents().Keep(t.Context(), "sha256:1", []byte("first")))
			check(t, db.Documents().Keep(t.Context(), "sha256:1", []byte("first")))
			check(t, db.Documents().Keep(t.Context(), "sha256:1", []byte("second")))
			reads(t, db, "sha256:1", "first")
		}},
		{"nothing is shared with the caller", func(t *testing.T, db store.DB) {
			text := []byte("first")
			check(t, db.Documents().Keep(t.Context(), "sha256:1", text))
			clear(text)
			got, err := db.Documents().Read(t.Context(), "sha256:1")
			check(t, err)
			clear(got)
			reads(t, db, "sha256:1", "first")
		}},
		{"a digest that no database may hold is refused", func(t *testing.T, db store.DB) {
			wantError(t, "keep", db.Documents().Keep(t.Context(), "\x00", nil), store.ErrMalformed)
		}},
	})
}

func reads(t *testing.T, db store.DB, digest, text string) {
	t.Helper()
	got, err := db.Documents().Read(t.Context(), digest)
	check(t, err)
	if string(got) != text {
		t.Fatalf("document %s is %d bytes, want %d", digest, len(got), len(text))
	}
}
