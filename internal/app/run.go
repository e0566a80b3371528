package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Caller is who asks, as the door found out: the operator, a service account or a person by a key of theirs, or a person
// for whom a key acts. The zero Caller is nobody.
type Caller struct {
	Operator bool         // the key is an operator's
	Key      string       // its id
	Person   org.PersonID // whose own key it is, or the person it acts for, if any
	Own      bool         // it is the person's own
	Account  org.AccountID
	Only     []org.OrgID // what the key opens; none: any organization
	Reads    bool        // it runs no command
	Until    org.Instant // when the key ends, if it does
}

// Actor is whose authority a request has.
func (c Caller) Actor() org.Actor {
	switch {
	case c.Person != "":
		return org.Actor{Person: c.Person, Own: c.Own, Until: c.Until}
	case c.Account != "":
		return org.Actor{Account: c.Account, Until: c.Until}
	}
	return org.Actor{Operator: c.Operator}
}

// ID is the person or service account with whose authority the caller acts; empty for the operator.
func (c Caller) ID() org.PersonID { return c.Actor().ID() }

// Acting reports whether the caller acts with somebody's authority, not the operator's.
func (c Caller) Acting() bool { return c.ID() != "" }

// Opens reports whether the key opens an organization, whatever its caller may do there.
func (c Caller) Opens(id org.OrgID) bool { return len(c.Only) == 0 || slices.Contains(c.Only, id) }

func (c Caller) nobody() bool { return !c.Operator && !c.Acting() }

func (c Caller) via() org.KeyID { return org.KeyID(c.Key) }

func (c Caller) name() string { return cmp.Or(string(c.ID()), operator) }

// Opts go with one command.
type Opts struct {
	Key        string // the caller's idempotency key; empty for none
	Request    []byte // SHA-256 of what was asked, to tell a repetition from another request under the same key
	note.Given        // what is kept beside the facts
	// Answer makes what the caller is told, and told again on repetition, from the states before and after and the
	// command as it was run, fresh ids filled in.
	Answer  func(before, after *org.State, ran org.Command) any
	Invited bool // the caller was shown the organization for an invitation whose address was proved
	// Expect may refuse on the very state that the command, which would be accepted, was decided on.
	Expect func(before *org.State) error
}

// scope is where an idempotency key is unique: an organization, or the instance for what founds one.
func (o Opts) scope(cmd org.Command, id org.OrgID) string {
	if _, founding := cmd.(org.CreateOrganization); founding {
		return "instance"
	}
	return string(id)
}

// Result is what a command came to.
type Result struct {
	Before, State *org.State // nil if Replayed
	Facts         []org.Stamped
	Answer        []byte
	Replayed      bool // the answer is that of an earlier request with the same idempotency key
}

// Do runs a command. When it returns without an error, the facts are durable and visible to every later View here.
func (a *App) Do(ctx context.Context, c Caller, id org.OrgID, cmd org.Command, o Opts) (Result, error) {
	if c.nobody() {
		return Result{}, org.ErrNotAllowed
	}
	if err := a.inTime(); err != nil {
		return Result{}, err
	}
	if _, founding := cmd.(org.CreateOrganization); founding && len(c.Only) > 0 {
		return Result{}, org.ErrNotAllowed
	}
	if o.Key != "" {
		if r, found, err := a.replayed(ctx, c, id, cmd, o); found || err != nil {
			return r, err
		}
	}
	if _, founding := cmd.(org.CreateOrganization); !founding && !o.Invited {
		// Loading happens here, in the caller's time, so that the writer finds the state in memory. Who may not know of
		// the organization learns nothing of the people that a command names either.
		if _, err := a.Seen(ctx, c, id, Freshness{}); err != nil {
			return Result{}, err
		}
	}
	cmd, lacking, err := a.complete(ctx, c, cmd)
	if err != nil {
		return Result{}, err
	}
	if founding, ok := cmd.(org.CreateOrganization); ok {
		id = founding.Organization
	}
	return a.queued(ctx, c, id, cmd, o, lacking)
}

// queued has the writer run a command and waits for what comes of it.
func (a *App) queued(ctx context.Context, c Caller, id org.OrgID, cmd org.Command, o Opts, lacking error) (Result, error) {
	j := &job{ctx: ctx, caller: c, org: id, cmd: cmd, opts: o, lacking: lacking, id: a.newID("cmd_"), done: make(chan outcome, 1)}
	if err := a.enqueue(ctx, j); err != nil {
		return Result{}, err
	}
	select {
	case out := <-j.done:
		return out.result, out.err
	case <-ctx.Done():
		return Result{}, ErrOutcomeUnknown
	}
}

// enqueue hands a job to the writer, unless the app is closing: what is accepted is answered.
func (a *App) enqueue(ctx context.Context, j *job) error {
	a.closing.RLock()
	defer a.closing.RUnlock()
	if a.closed {
		return ErrClosing
	}
	select {
	case a.queue <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// replayed finds what an idempotency key remembers.
func (a *App) replayed(ctx context.Context, c Caller, id org.OrgID, cmd org.Command, o Opts) (Result, bool, error) {
	r, err := a.db.Log().Replayed(ctx, o.scope(cmd, id), c.name(), o.Key)
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

// complete gives a command what callers do not say: fresh ids, the present catalog, what is known of people. What it
// lacks is told only to those whose command would be accepted: nobody else learns who has an account.
func (a *App) complete(ctx context.Context, by Caller, cmd org.Command) (completed org.Command, lacking, err error) {
	switch c := cmd.(type) {
	case org.CreateOrganization:
		c.Organization, c.Catalog = org.OrgID(a.newID("org_")), a.present
		owner := by.Person
		if owner == "" {
			owner = c.Owner
		}
		c.Proofs, lacking, err = a.proofs(ctx, owner)
		return c, lacking, err
	case org.CreateAccount:
		c.Account = org.AccountID(a.newID("sa_"))
		return c, nil, nil
	case org.CreateTeam:
		c.Team = org.TeamID(a.newID("team_"))
		return c, nil, nil
	case org.RequestPlan:
		c.Request = org.PlanRequestID(a.newID("prq_"))
		return c, nil, nil
	case org.RequestAccess:
		c.Request = org.RequestID(a.newID("arq_"))
		return c, nil, nil
	case org.CreateRole:
		c.Role = org.RoleID(a.newID("role_"))
		return c, nil, nil
	case org.AddMember:
		c.Proofs, lacking, err = a.proofs(ctx, c.Person)
		return c, lacking, err
	case org.Restore:
		c.Proofs, lacking, err = a.proofs(ctx, c.Person)
		return c, lacking, err
	case org.CreateProject:
		c.Project = org.ProjectID(a.newID("prj_"))
		return c, nil, zone(c.Timezone)
	case org.ResetProject:
		c.Successor = org.ProjectID(a.newID("prj_"))
		return c, nil, nil
	case org.SetProjectTimezone:
		return c, nil, zone(c.Timezone)
	}
	return cmd, nil, nil
}

func zone(z org.Timezone) error {
	if z == "" {
		return nil
	}
	if _, err := time.LoadLocation(string(z)); err != nil || z == "Local" {
		return org.ErrBadTimezone
	}
	return nil
}

// Seen returns an organization as a caller may know it: for a person it acts for who is no member, or not yet, there is
// none.
func (a *App) Seen(ctx context.Context, c Caller, id org.OrgID, f Freshness) (*org.State, error) {
	if c.nobody() || !c.Opens(id) {
		return nil, org.ErrUnknownOrganization
	}
	s, err := a.View(ctx, id, f)
	if err == nil && s.Unburied(a.Now()) {
		s, err = a.bury(ctx, id)
	}
	if err != nil || !c.Acting() {
		return s, err
	}
	if err := s.Admits(c.Actor(), a.Now()); err != nil {
		return nil, err
	}
	return s, nil
}

// bury ends the log of an organization that has closed by itself, now that somebody looks.
func (a *App) bury(ctx context.Context, id org.OrgID) (*org.State, error) {
	r, err := a.queued(ctx, Caller{Operator: true}, id, org.Bury{}, Opts{}, nil)
	return r.State, err
}

// As is Seen for a caller who goes on to read: the person it acts for has entered by that.
func (a *App) As(ctx context.Context, c Caller, id org.OrgID, f Freshness) (*org.State, error) {
	s, err := a.Seen(ctx, c, id, f)
	if err != nil || c.Person == "" || s.Entered() {
		return s, err
	}
	r, err := a.Do(ctx, c, id, org.Enter{}, Opts{})
	return r.State, err
}
