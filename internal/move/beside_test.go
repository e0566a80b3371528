package move

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

// Why a project went, and where that was asked from, is kept in the organization that the caller speaks to, erasable
// beside its log; the other learns nothing of it.
func TestTheReasonOfAMoveIsKeptWhereItWasGiven(t *testing.T) {
	for name, in := range map[string]int{"where it left": 0, "where it arrived": 1} {
		t.Run(name, func(t *testing.T) {
			db := memory.Open()
			n := newNode(t, db)
			olga, orgs, web := n.three()
			n.do(olga, orgs[0], org.OfferProject{Project: web, To: orgs[1]})
			given := note.Given{Reason: "sold", Origin: note.Origin{Address: "192.0.2.7", Agent: "browser"}}
			r := Request{Caller: olga, From: orgs[0], To: orgs[1], Move: org.MoveProject{Project: web, ByOffer: in == 1}, In: orgs[in], Given: given, Answer: done}
			if _, err := n.Do(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			for i := range 2 {
				events, err := db.Log().Events(t.Context(), string(orgs[i]), 0, 100)
				if err != nil {
					t.Fatal(err)
				}
				var command org.CommandID
				var prev []byte
				for _, e := range events {
					if string(e.Prev) != string(prev) {
						t.Fatalf("the chain breaks at version %d", e.Version)
					}
					prev = store.Hash(e)
					if e.Name == "project.transferred" || e.Name == "project.received" {
						command = org.CommandID(e.Command)
					}
				}
				notes, err := n.app.Notes().Of(t.Context(), orgs[i], []org.CommandID{command})
				want := note.Given{}
				if i == in {
					want = given
				}
				if err != nil || notes[command] != want {
					t.Errorf("in %d: %+v, %v", i, notes[command], err)
				}
			}
		})
	}
}

// Whoever waits for news here hears of a move at once, not at the next look.
func TestAMoveWakesWhoeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNode(t, memory.Open())
		olga, orgs, web := n.three()
		newest, err := n.app.Feed().Newest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		heard := make(chan time.Time, 1)
		go func() {
			if err := n.app.Feed().Wait(t.Context(), newest); err != nil {
				t.Error(err)
			}
			heard <- time.Now()
		}()
		synctest.Wait()
		time.Sleep(time.Millisecond)
		moved := time.Now()
		if _, err := n.Do(t.Context(), Request{Caller: olga, From: orgs[0], To: orgs[1], Move: org.MoveProject{Project: web}, In: orgs[0], Answer: done}); err != nil {
			t.Fatal(err)
		}
		if at := <-heard; at != moved {
			t.Errorf("heard %v behind the move", at.Sub(moved))
		}
	})
}
