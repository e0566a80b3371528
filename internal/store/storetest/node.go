package storetest

import (
	"fmt"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) nodes(t *testing.T) {
	s.each(t, []row{
		{"those seen lately are there, in order of id", func(t *testing.T, db store.DB) {
			beat(t, db, store.Node{ID: "node_b", Seen: 10, Reads: "sha256:1"})
			beat(t, db, store.Node{ID: "node_a", Seen: 12, Reads: "sha256:2"})
			beat(t, db, store.Node{ID: "node_c", Seen: 9, Reads: "sha256:1"})
			want(t, "alive", alive(t, db, 10), "[{node_a 12 sha256:2} {node_b 10 sha256:1}]")
			want(t, "alive since later", alive(t, db, 13), "[]")
		}},
		{"a later beat replaces the row, an earlier one does not", func(t *testing.T, db store.DB) {
			beat(t, db, store.Node{ID: "node_a", Seen: 10, Reads: "sha256:1"})
			beat(t, db, store.Node{ID: "node_a", Seen: 20, Reads: "sha256:2"})
			beat(t, db, store.Node{ID: "node_a", Seen: 15, Reads: "sha256:3"})
			want(t, "alive", alive(t, db, 0), "[{node_a 20 sha256:2}]")
		}},
		{"a node leaves, and leaving again is no error", func(t *testing.T, db store.DB) {
			beat(t, db, store.Node{ID: "node_a", Seen: 10})
			beat(t, db, store.Node{ID: "node_b", Seen: 10})
			for range 2 {
				check(t, db.Nodes().Leave(t.Context(), "node_a"))
				want(t, "alive", alive(t, db, 0), "[{node_b 10 }]")
			}
		}},
		{"those not seen for long are removed", func(t *testing.T, db store.DB) {
			for i := range 5 {
				beat(t, db, store.Node{ID: fmt.Sprint("node_", i), Seen: int64(i)})
			}
			check(t, db.Nodes().Bury(t.Context(), 3))
			want(t, "alive", alive(t, db, 0), "[{node_3 3 } {node_4 4 }]")
		}},
		{"a node that no database may hold is refused", func(t *testing.T, db store.DB) {
			wantError(t, "beat", db.Nodes().Beat(t.Context(), store.Node{ID: "\x00"}), store.ErrMalformed)
			wantError(t, "beat", db.Nodes().Beat(t.Context(), store.Node{ID: "node_a", Reads: "\xff"}), store.ErrMalformed)
		}},
	})
}

func beat(t *testing.T, db store.DB, n store.Node) {
	t.Helper()
	check(t, db.Nodes().Beat(t.Context(), n))
}

func alive(t *testing.T, db store.DB, since int64) string {
	t.Helper()
	nodes, err := db.Nodes().Alive(t.Context(), since)
	check(t, err)
	return fmt.Sprint(nodes)
}
