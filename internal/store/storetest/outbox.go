package storetest

import (
	"context"
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
		{"I-61 why an attempt failed is kept, and it is tried again when due", func(t *testing.T, db store.DB) {
			send(t, db, store.Message{ID: "m1", Org: "org_1", Kind: "mail"})
			want(t, "claimed", claim(t, db, "mail", 0, 100, 1), "m1 ")
			check(t, db.Outbox().Failed(t.Context(), "m1", "mailbox full ü", 40, 0))
			want(t, "claimed before", claim(t, db, "mail", 39, 100, 1), "")
			got := messages(t, db, "org_1", false)
			want(t, "waiting", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", []store.Message{
				{ID: "m1", Org: "org_1", Kind: "mail", Body: got[0].Body, Due: 40, Attempts: 1, Error: "mailbox full ü"},
			}))
			want(t, "claimed when due", claim(t, db, "mail", 40, 100, 1), "m1 ")
			check(t, db.Outbox().Failed(t.Context(), "m_gone", "x", 40, 0))
			wantError(t, "failed", db.Outbox().Failed(t.Context(), "m1", "\x00", 40, 0), store.ErrMalformed)
		}},
		{"I-61 what is given up stays, is seen, and can be tried again", func(t *testing.T, db store.DB) {
			for _, id := range []string{"m1", "m2", "m3"} {
				send(t, db, store.Message{ID: id, Org: "org_1", Kind: "mail"})
			}
			check(t, db.Outbox().Failed(t.Context(), "m2", "no such mailbox", 5, 77))
			want(t, "waiting", waiting(t, db), 2)
			want(t, "given up", fmt.Sprint(messages(t, db, "org_1", true)[0].Dead), "77")
			want(t, "claimed", claim(t, db, "mail", 1000, 2000, 9), "m1 m3 ")
			wantError(t, "retry of one that waits", db.Outbox().Retry(t.Context(), "m1", 5), store.ErrNotFound)
			wantError(t, "retry of none", db.Outbox().Retry(t.Context(), "m_gone", 5), store.ErrNotFound)
			check(t, db.Outbox().Retry(t.Context(), "m2", 5))
			want(t, "given up", len(messages(t, db, "org_1", true)), 0)
			want(t, "claimed", claim(t, db, "mail", 5, 2000, 9), "m2 ")
			want(t, "attempts", messages(t, db, "org_1", false)[1].Attempts, 1)
		}},
		{"pages of messages are complete at every size", func(t *testing.T, db store.DB) {
			var dead, waits []string
			for i := range 9 {
				id := fmt.Sprint("m", i)
				send(t, db, store.Message{ID: id, Org: "org_1", Kind: "mail"}, store.Message{ID: "x" + id, Org: "org_2", Kind: "mail"})
				if i%3 == 0 {
					check(t, db.Outbox().Failed(t.Context(), id, "no", 1, 1))
					dead = append(dead, id)
				} else {
					waits = append(waits, id)
				}
			}
			everywhere, err := db.Outbox().Messages(t.Context(), "", false, "m7", 99)
			check(t, err)
			if len(everywhere) != 10 || everywhere[0].Org != "org_1" || everywhere[1].Org != "org_2" {
				t.Errorf("of all organizations it shows %d", len(everywhere))
			}
			for given, all := range map[bool][]string{true: dead, false: waits} {
				pages(t, all, func(m store.Message) string { return m.ID },
					func(ctx context.Context, after string, limit int) ([]store.Message, error) {
						return db.Outbox().Messages(ctx, "org_1", given, after, limit)
					})
			}
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

func messages(t *testing.T, db store.DB, org string, dead bool) []store.Message {
	t.Helper()
	found, err := db.Outbox().Messages(t.Context(), org, dead, "", 1<<20)
	check(t, err)
	return found
}

func waiting(t *testing.T, db store.DB) int {
	t.Helper()
	n, err := db.Outbox().Waiting(t.Context())
	check(t, err)
	return n
}
