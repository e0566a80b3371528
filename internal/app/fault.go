package app

import (
	"context"
	"errors"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// afterFailure finds out what became of an append that returned an error and returns the jobs to decide again.
func (a *App) afterFailure(ctx context.Context, jobs []*job, err error, start time.Time) []*job {
	if taken, is := errors.AsType[*store.TakenError](err); is {
		return a.dropTaken(ctx, jobs, taken)
	}
	if moved, is := errors.AsType[*store.ConflictError](err); is {
		a.stats.Conflicts.Add(1)
		return a.again(ctx, jobs, org.OrgID(moved.Org))
	}
	a.log.ErrorContext(ctx, "append failed", "error", err)
	if errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrDamaged) {
		a.answerAll(jobs, refusalOf(err)) // nothing was written
		return nil
	}
	happened, known := a.happened(jobs)
	switch {
	case !known && !errors.Is(err, store.ErrDisk): // of which callers are told that it may have happened
		a.answerAll(jobs, ErrOutcomeUnknown)
	case happened:
		a.publish(ctx, jobs, start)
	default:
		a.answerAll(jobs, refusalOf(err))
	}
	return nil
}

func (a *App) answerAll(jobs []*job, err error) {
	for _, j := range jobs {
		j.done <- outcome{err: err}
	}
}

// again decides anew after somebody else wrote to an organization. Refused founding means that the id is in use.
func (a *App) again(ctx context.Context, jobs []*job, moved org.OrgID) []*job {
	e := a.cache.get(moved)
	_, err := a.refresh(ctx, e, a.clock())
	kept := jobs[:0]
	for _, j := range jobs {
		j.tries++
		switch {
		case j.org == moved && err != nil:
			j.done <- outcome{err: err}
		case j.tries >= maxTries:
			j.done <- outcome{err: ErrBusy}
		default:
			kept = append(kept, j)
		}
	}
	return kept
}

// dropTaken refuses the job whose unique key is in use, or answers it with what its idempotency key remembers.
func (a *App) dropTaken(ctx context.Context, jobs []*job, taken *store.TakenError) []*job {
	kept := jobs[:0]
	dropped := false
	for _, j := range jobs {
		if !dropped && j.append != nil && j.asksFor(taken) {
			dropped = true
			if taken.Kind == "replay" {
				result, found, err := a.replayed(ctx, j.caller, j.org, j.cmd, j.opts)
				if err == nil && !found {
					err = ErrBusy
				}
				j.done <- outcome{result, err}
				continue
			}
			j.refusal = takenRefusal(taken.Kind)
			a.refuse(ctx, j)
			continue
		}
		kept = append(kept, j)
	}
	if !dropped {
		a.log.ErrorContext(ctx, "append refused for a key nobody asked for", "kind", taken.Kind)
		a.answerAll(kept, ErrBusy)
		return nil
	}
	return kept
}

func (j *job) asksFor(taken *store.TakenError) bool {
	if taken.Org != j.append.Org {
		return false // it may ask for the same key, which leads to its own organization
	}
	if taken.Kind == "replay" {
		return j.append.Replay != nil && j.append.Replay.Key == taken.Key
	}
	for _, row := range j.append.Set {
		if row.Kind == taken.Kind && row.Key == taken.Key {
			return true
		}
	}
	return false
}

func takenRefusal(kind string) error {
	switch org.LeadKind(kind) {
	case org.LeadSlug:
		return org.ErrSlugTaken
	case org.LeadProject:
		return org.ErrIDUsed
	}
	return org.ErrExternalIDTaken
}

// happened finds out whether the batch is in the log. It was one transaction, so one job tells for all. The server may
// still be at it, although nobody hears of it any more: so an append without events asks, which waits for the end of
// every other to that log.
func (a *App) happened(jobs []*job) (happened, known bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, j := range jobs {
		if j.append == nil {
			continue
		}
		err := a.db.Log().Append(ctx, []store.Append{{Org: j.append.Org, After: j.append.After}})
		if err != nil && !errors.Is(err, store.ErrConflict) {
			return false, false
		}
		if len(j.append.Events) > 0 {
			events, err := a.db.Log().Events(ctx, j.append.Org, j.append.After, 1)
			return err == nil && len(events) == 1 && events[0].Command == j.id, err == nil
		}
		r, err := a.db.Log().Replayed(ctx, j.append.Replay.Scope, j.append.Replay.Actor, j.append.Replay.Key)
		return err == nil && r.Command == j.id, err == nil || errors.Is(err, store.ErrNotFound)
	}
	return false, true
}
