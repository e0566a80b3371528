package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) outbox(t *testing.T) {
	s.each(t, []row{
		{"what is due is claimed as it was sent, longest due first", func(t *testing.T, db store.DB) {
			send(t, db,
				store.Message{ID: "m_late", Org: "org_1", Kind: "mail", Body: []byte("\x00late"), Due: 30, Attempts: 2},
				store.Message{ID: "m_b", Org: "org_1", Kind: "mail", Due: 20},
				store.Message{ID: "m_first", Org: "org_1", Kind: "mail", Due: 10},
				store.Message{ID: "m_a", Org: "org_1", Kind: "mail", Due: 20},
				store.Message{ID: "m_next", Org: "org_1", Kind: "mail", Due: 31},
				store.Message{ID: "m_hook", Org: "org_1", Kind: "webhook", Due: 1},
			)
			want(t, "claimed", claim(t, db, "mail", 30, 100, 10), "m_first m_a m_b m_late ")
			want(t, "claimed again", claim(t, db, "mail", 30, 100, 10), "")
			messages, err := db.Outbox().Claim(t.Context(), "mail", 100, 200, 9)
			check(t, err)
			want(t, "claimed when due again", len(messages), 5)
			for _, m := range messages {
				if m.ID == "m_late" {
					want(t, "message", fmt.Sprintf("%+v", m), fmt.Sprintf("%+v", store.Message{
						ID: "m_late", Org: "org_1", Kind: "mail", Body: []byte("\x00late"), Due: 200, Attempts: 4,
					}))
				}
			}
			want(t, "claimed of another kind", claim(t, db, "webhook", 1, 2, 10), "m_hook ")
		}},
		{"a claim takes no more than its limit", func(t *testing.T, db store.DB) {
			for i := range 7 {
				send(t, db, store.Message{ID: fmt.Sprint("m", i), Kind: "mail", Due: int64(i)})
			}
			want(t, "none", claim(t, db, "mail", 10, 100, 0)+claim(t, db, "mail", 10, 100, -1), "")
			want(t, "first", claim(t, db, "mail", 10, 100, 3), "m0 m1 m2 ")
			want(t, "second", claim(t, db, "mail", 10, 100, 3), "m3 m4 m5 ")
			want(t, "third", claim(t, db, "mail", 10, 100, 3), "m6 ")
		}},
		{"a delivered message is gone, and delivering again is no error", func(t *testing.T, db store.DB) {
			send(t, db, store.Message{ID: "m1", Kind: "mail"}, store.Message{ID: "m2", Kind: "mail"})
			want(t, "claimed", claim(t, db, "mail", 0, 5, 1), "m1 ")
			want(t, "waiting", waiting(t, db), 2)
			for range 2 {
				check(t, db.Outbox().Delivered(t.Context(), "m1"))
				want(t, "waiting", waiting(t, db), 1)
			}
			want(t, "claimed later", claim(t, db, "mail", 9, 10, 5), "m2 ")
			send(t, db, store.Message{ID: "m1", Kind: "mail"}) // its id is free again
		}},
		{"of many workers each message goes to one", func(t *testing.T, db store.DB) {
			const n = 60
			var batch []store.Message
			for i := range n {
				batch = append(batch, store.Message{ID: fmt.Sprint("m", i), Kind: "mail"})
			}
			send(t, db, batch...)
			var mu sync.Mutex
			seen := map[string]int{}
			together(t, 8, func(int) error {
				for range 2 * n {
					messages, err := db.Outbox().Claim(t.Context(), "mail", 5, 100, 3)
					if err != nil {
						return err
					}
					mu.Lock()
					for _, m := range messages {
						seen[m.ID]++
					}
					left := len(seen) < n
					mu.Unlock()
					if !left {
						break
					}
				}
				return nil
			})
			want(t, "messages claimed", len(seen), n)
			for id, times := range seen {
				want(t, "claims of "+id, times, 1)
			}
		}},
	})
}

func send(t *testing.T, db store.DB, messages ...store.Message) {
	t.Helper()
	h := History{Org: "org_1"}
	h.Version, h.Hash = endOf(t, db, h.Org)
	a := h.Next(1)
	a.Send = messages
	write(t, db, a)
}

// claim returns the ids of what was claimed, each with a space behind it.
func claim(t *testing.T, db store.DB, kind string, now, until int64, limit int) (ids string) {
	t.Helper()
	messages, err := db.Outbox().Claim(t.Context(), kind, now, until, limit)
	check(t, err)
	for _, m := range messages {
		ids += m.ID + " "
	}
	return ids
}

func waiting(t *testing.T, db store.DB) int {
	t.Helper()
	n, err := db.Outbox().Waiting(t.Context())
	check(t, err)
	return n
}
