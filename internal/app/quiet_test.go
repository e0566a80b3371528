package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

// common is a database that says that others may write to it, and tells nobody when they did.
type common struct{ store.DB }

func (c common) Shared() store.Shared { return c }

func (c common) Clock(context.Context) (int64, error) {
	return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).UnixMicro(), nil // as the clocks of rigs
}
func (c common) Listen(ctx context.Context, _ func(store.Hint)) error {
	<-ctx.Done()
	return ctx.Err()
}

// T-227, I-15
func TestWhatChangesNothingOrIsRefusedRestsOnTheNewestState_T227_I15(t *testing.T) {
	db := common{memory.Open()}
	here, there := newRig(t, db), newRig(t, db)
	owner, bo := here.person("ana"), here.person("bo")
	id := here.found("acme", owner)
	here.do(theOperator, id, org.AddMember{Person: bo, Role: org.RoleMember})
	if _, err := there.View(t.Context(), id, Freshness{}); err != nil {
		t.Fatal(err)
	}

	// What there is in memory over there is within the bound, and older than this.
	here.do(theOperator, id, org.Remove{Person: bo})
	if r, err := there.Do(t.Context(), theOperator, id, org.AddMember{Person: bo, Role: org.RoleMember}, Opts{}); err != nil || len(r.Facts) == 0 {
		t.Errorf("adding again somebody who was removed elsewhere: %d facts, %v", len(r.Facts), err)
	}
	if _, err := here.Do(t.Context(), theOperator, id, org.Remove{Person: bo}, Opts{}); err != nil {
		t.Errorf("removing somebody who was added elsewhere: %v", err)
	}
	if _, err := there.Do(t.Context(), theOperator, id, org.SetRole{Person: bo, Role: org.RoleMember}, Opts{}); !errors.Is(err, org.ErrUnknownPerson) {
		t.Errorf("the role of somebody who was removed elsewhere: %v", err)
	}
}
