package app

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Caller is who asks, as the door found out: the operator by a key, or a person for whom that key acts. The zero
// Caller is nobody.
type Caller struct {
	Operator bool         // the key is an operator's
	Key      string       // its id
	Person   org.PersonID // the person it acts for, if any
}

func (c Caller) actor() org.Actor {
	if c.Person != "" {
		return org.Actor{Person: c.Person}
	}
	return org.Actor{Operator: c.Operator}
}

// Acting reports whether the caller acts for a person.
func (c Caller) Acting() bool { return c.Person != "" }

func (c Caller) via() org.KeyID { return org.KeyID(c.Key) }

func (c Caller) name() string {
	if c.Person != "" {
		return string(c.Person)
	}
	return operator
}

// Opts go with one command.
type Opts struct {
	Key     string // the caller's idempotency key; empty for none
	Request []byte // SHA-256 of what was asked, to tell a repetition from another request under the same key
	// Answer makes what the caller is told, and told again on repetition, from the states before and after.
	Answer func(before, after *org.State) any
}

func (o Opts) scope(id org.OrgID) string { return string(id) }

// Result is what a command came to.
type Result struct {
	Before, State *org.State // nil if Replayed
	Facts         []org.Stamped
	Answer        []byte
	Replayed      bool // the answer is that of an earlier request with the same idempotency key
}

// Do runs a command. When it returns without an error, the facts are durable and visible to every later View here.
func (a *App) Do(ctx context.Context, c Caller, id org.OrgID, cmd org.Command, o Opts) (Result, error) {
	if o.Key != "" {
		if r, found, err := a.replayed(ctx, c, id, o); found || err != nil {
			return r, err
		}
	}
	cmd, err := a.complete(ctx, cmd)
	if err != nil {
		return Result{}, err
	}
	if _, founding := cmd.(org.CreateOrganization); !founding {
		// Loading happens here, in the caller's time, so that the writer finds the state in memory.
		if _, err := a.View(ctx, id, Freshness{}); err != nil {
			return Result{}, err
		}
	}
	j := &job{ctx: ctx, caller: c, org: id, cmd: cmd, opts: o, id: a.newID("cmd_"), done: make(chan outcome, 1)}
	select {
	case <-a.done:
		return Result{}, ErrClosing
	case a.queue <- j:
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	select {
	case out := <-j.done:
		return out.result, out.err
	case <-ctx.Done():
		return Result{}, ErrOutcomeUnknown
	}
}

// replayed finds what an idempotency key remembers.
func (a *App) replayed(ctx context.Context, c Caller, id org.OrgID, o Opts) (Result, bool, error) {
	r, err := a.db.Log().Replayed(ctx, o.scope(id), c.name(), o.Key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Result{}, false, nil
	case err != nil:
		return Result{}, false, a.unavailable(ctx, "look for an idempotency key", err)
	case !bytes.Equal(r.Request, o.Request):
		return Result{}, true, ErrKeyReused
	}
	a.stats.Replays.Add(1)
	return Result{Answer: r.Answer, Replayed: true}, true, nil
}

// complete gives a command what callers do not say: fresh ids, the present catalog, what is known of people.
func (a *App) complete(ctx context.Context, cmd org.Command) (org.Command, error) {
	switch c := cmd.(type) {
	case org.CreateOrganization:
		c.Catalog = a.present
		var err error
		if c.Owner != "" {
			c.Proofs, err = a.proofs(ctx, c.Owner)
		}
		return c, err
	case org.AddMember:
		var err error
		c.Proofs, err = a.proofs(ctx, c.Person)
		return c, err
	case org.Restore:
		var err error
		c.Proofs, err = a.proofs(ctx, c.Person)
		return c, err
	case org.CreateProject:
		return c, zone(c.Timezone)
	case org.SetProjectTimezone:
		return c, zone(c.Timezone)
	}
	return cmd, nil
}

func zone(z org.Timezone) error {
	if z == "" {
		return nil
	}
	if _, err := time.LoadLocation(string(z)); err != nil || z == "Local" {
		return ErrUnknownTimezone
	}
	return nil
}

// As returns an organization as a caller may read it: a person it acts for must be an active member and has entered
// by reading.
func (a *App) As(ctx context.Context, c Caller, id org.OrgID, f Freshness) (*org.State, error) {
	s, err := a.View(ctx, id, f)
	if err != nil || !c.Acting() {
		return s, err
	}
	m, ok := s.Member(c.Person, a.Now())
	switch {
	case !ok:
		return nil, org.ErrUnknownOrganization
	case m.Status == org.Suspended:
		return nil, org.ErrSuspendedActor
	case s.Entered():
		return s, nil
	}
	r, err := a.Do(ctx, c, id, org.Enter{}, Opts{})
	return r.State, err
}
