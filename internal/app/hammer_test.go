package app

import (
	"fmt"
	"sync"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/org"
)

// However hard two nodes write to one organization, neither keeps the other from it: every command gets its turn.
func TestNoNodeIsCrowdedOut(t *testing.T) {
	for name, open := range map[string]func(*testing.T) store.DB{
		"memory": func(*testing.T) store.DB { return memory.Open() },
		"sqlite": func(t *testing.T) store.DB {
			db, err := sqlite.Open(t.Context(), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			return db
		},
	} {
		t.Run(name, func(t *testing.T) {
			const callers, each = 4, 50
			r := newRig(t, open(t))
			nodes := []*rig{r, newRig(t, r.db)}
			owner := r.person("olga")
			acme := r.found("acme", owner)
			r.do(as(owner), acme, org.Enter{})
			before := len(r.events(acme))
			var all sync.WaitGroup
			for n, node := range nodes {
				for c := range callers {
					all.Go(func() {
						for i := range each {
							cmd := org.CreateTeam{Name: org.Name(fmt.Sprint("Team ", n, c, " ", i))}
							if _, err := node.Do(t.Context(), as(owner), acme, cmd, Opts{}); err != nil {
								t.Errorf("node %d, write %d: %v", n, i, err)
							}
						}
					})
				}
			}
			all.Wait()
			if wrote := len(r.events(acme)) - before; wrote != len(nodes)*callers*each {
				t.Errorf("%d facts of %d commands", wrote, len(nodes)*callers*each)
			}
			t.Logf("in each other's way %d and %d times", nodes[0].stats.Conflicts.Load(), nodes[1].stats.Conflicts.Load())
		})
	}
}
