package storetest

import (
	"fmt"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) replay(t *testing.T) {
	s.each(t, []row{
		{"an answer is found again by scope, actor and key together", func(t *testing.T, db store.DB) {
			h := History{Org: "org_1"}
			given := store.Replay{
				Scope: "org_1", Actor: "usr_1", Key: "k ü", Request: []byte{0, 1, 2}, Command: "cmd_1",
				Answer: []byte(`{"ok":true}`), At: 77,
			}
			a := h.Next(1)
			a.Replay = &given
			write(t, db, a)
			got, err := db.Log().Replayed(t.Context(), "org_1", "usr_1", "k ü")
			check(t, err)
			want(t, "remembered", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", given))
			for _, other := range [][3]string{{"org_2", "usr_1", "k ü"}, {"org_1", "usr_2", "k ü"}, {"org_1", "usr_1", "k"}, {}} {
				_, err := db.Log().Replayed(t.Context(), other[0], other[1], other[2])
				wantError(t, fmt.Sprint("answer to ", other), err, store.ErrNotFound)
			}
			b := h.Next(0)
			b.Replay = &store.Replay{Scope: "org_1", Actor: "usr_2", Key: "k ü"}
			write(t, db, b)
		}},
		{"what is older is forgotten, what is not is kept", func(t *testing.T, db store.DB) {
			const n = 2_500
			h := History{Org: "org_1"}
			var batch []store.Append
			for i := range n {
				a := h.Next(0)
				a.Replay = &store.Replay{Scope: "org_1", Actor: "usr_1", Key: fmt.Sprint("k", i), At: int64(i)}
				batch = append(batch, a)
			}
			write(t, db, batch...)
			check(t, db.Log().Forget(t.Context(), n-2))
			for i := range n {
				_, err := db.Log().Replayed(t.Context(), "org_1", "usr_1", fmt.Sprint("k", i))
				if i < n-2 {
					wantError(t, fmt.Sprintf("answer %d", i), err, store.ErrNotFound)
				} else {
					check(t, err)
				}
			}
			write(t, db, batch[0]) // a forgotten key is free again
		}},
	})
}
