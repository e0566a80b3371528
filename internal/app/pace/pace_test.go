package pace

import (
	"context"
	"testing"
	"testing/synctest"
)

func TestThoseWhoFindNoPlaceWaitForOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(2)
		inside, most, all := 0, 0, 0
		leaving := make(chan struct{})
		for range 5 {
			go func() {
				leave, err := g.Enter(t.Context(), true)
				if err != nil {
					t.Error(err)
				}
				inside, all = inside+1, all+1
				most = max(most, inside)
				<-leaving
				inside--
				leave()
			}()
			synctest.Wait()
		}
		if leave, err := g.Enter(t.Context(), false); err != nil {
			t.Error("who needs no place waits for one")
		} else {
			leave()
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := g.Enter(ctx, true); err == nil {
			t.Error("who gave up got a place")
		}
		for range 5 {
			leaving <- struct{}{}
			synctest.Wait()
		}
		if most != 2 || all != 5 || inside != 0 {
			t.Errorf("%d were inside at once, %d in all, %d are still", most, all, inside)
		}
	})
}
