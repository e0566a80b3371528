package app

import (
	"context"
	"time"
)

// replayLasts is how long an idempotency key is remembered.
const replayLasts = 48 * time.Hour

// tidy removes what is past its time, now and then.
func (a *App) tidy() {
	defer a.wait.Done()
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-a.done:
			return
		case <-tick.C:
			a.tidyOnce()
		}
	}
}

func (a *App) tidyOnce() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	now := a.clock()
	if err := a.db.Log().Forget(ctx, now.Add(-replayLasts).UnixMicro()); err != nil {
		a.log.Warn("old idempotency keys not removed", "error", err)
	}
	if err := a.notes.Expire(ctx, now); err != nil {
		a.log.Warn("old notes not removed", "error", err)
	}
	if err := a.security.Expire(ctx); err != nil {
		a.log.Warn("old rows of security logs not removed", "error", err)
	}
	if err := a.db.Tokens().Sweep(ctx, now.UnixMicro()); err != nil {
		a.log.Warn("old tokens not removed", "error", err)
	}
}
