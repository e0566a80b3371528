// Package move runs the one command that is about two organizations: a project goes from one to the other. It owns how
// both logs are written in one append, decided on the versions that both have in the database; who may move what is the
// core's to say, and who is asking the door's.
package move

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/notice"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Mover moves projects.
type Mover struct {
	app *app.App
	db  store.DB
	log *slog.Logger
}

// New returns a mover beside an app, on the same database.
func New(a *app.App, db store.DB, log *slog.Logger) *Mover { return &Mover{a, db, log} }

// Request asks for a move.
type Request struct {
	Caller   app.Caller
	From, To org.OrgID
	Move     org.MoveProject

	In   org.OrgID // which of the two the caller speaks to: the idempotency key is unique there
	Key  string    // the caller's idempotency key; empty for none
	Sent []byte    // SHA-256 of what was asked

	note.Given // what is kept beside the facts of the organization that the caller speaks to; the other learns nothing of it

	// Answer makes what the caller is told from the states after the move.
	Answer func(from, to *org.State) any
}

// Result is what a move came to.
type Result struct {
	From, To *org.State // nil if Replayed
	Answer   []byte
	Replayed bool
}

const maxTries = 20

// Do moves a project. When it returns without an error, both logs hold the move and every later View here shows it. If
// one of the two organizations moved on meanwhile, both sides are decided again.
func (m *Mover) Do(ctx context.Context, r Request) (Result, error) {
	if !r.Caller.Opens(r.From) || !r.Caller.Opens(r.To) { // a key of one organization moves nothing between two
		return Result{}, org.ErrNotAllowed
	}
	if r.Key != "" {
		if out, found, err := m.replayed(ctx, r); found || err != nil {
			return out, err
		}
	}
	for range maxTries {
		out, err := m.try(ctx, r)
		var moved *store.ConflictError
		var taken *store.TakenError
		switch {
		case errors.As(err, &moved):
			continue
		case errors.As(err, &taken) && taken.Kind == "replay":
			out, found, err := m.replayed(ctx, r)
			if err == nil && !found {
				err = app.ErrBusy
			}
			return out, err
		case errors.As(err, &taken):
			continue // what leads elsewhere by now is told by deciding again
		}
		return out, err
	}
	return Result{}, app.ErrBusy
}

// standing is an organization as it is in the database; without a state if there is none.
type standing struct {
	id    org.OrgID
	state *org.State
	head  store.Head
}

// stand reads where both organizations are.
func (m *Mover) stand(ctx context.Context, ids ...org.OrgID) ([]standing, error) {
	out, refs := make([]standing, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		out[i].id, refs[i] = id, string(id)
	}
	heads, err := m.db.Log().Heads(ctx, refs)
	if err != nil {
		return nil, m.unavailable(ctx, "read two heads", err)
	}
	for i := range out {
		for _, h := range heads {
			if h.Org != refs[i] {
				continue
			}
			out[i].head = h
			if out[i].state, err = m.app.View(ctx, out[i].id, app.Freshness{AtLeast: org.Version(h.Version)}); err != nil {
				return nil, err
			}
			if uint64(out[i].state.Version()) != h.Version {
				return nil, &store.ConflictError{Org: h.Org}
			}
		}
	}
	return out, nil
}

func (m *Mover) try(ctx context.Context, r Request) (Result, error) {
	both, err := m.stand(ctx, r.From, r.To)
	if err != nil {
		return Result{}, err
	}
	from, to := both[0], both[1]
	at := m.app.Now()
	facts, err := org.DecideMove(from.state, to.state, r.Caller.Actor(), at, r.Move)
	if err != nil {
		return Result{}, err
	}
	if !m.app.Readable(append(append([]org.Event(nil), facts.Left...), facts.Arrived...)) {
		return Result{}, app.ErrUpgrading
	}
	meta := org.Meta{At: max(from.state.Next(at), to.state.Next(at)), Command: m.app.CommandID(), Actor: r.Caller.ID(), Via: org.KeyID(r.Caller.Key)}
	var beside [2]note.Given
	if r.In == r.To {
		beside[1] = r.Given
	} else {
		beside[0] = r.Given
	}
	left, errLeft := from.side(meta, facts.Left, beside[0])
	arrived, errArrived := to.side(meta, facts.Arrived, beside[1])
	if err := errors.Join(errLeft, errArrived, left.next.Damage(), arrived.next.Damage()); err != nil {
		return Result{}, err
	}
	out := Result{From: left.next, To: arrived.next}
	if out.Answer, err = json.Marshal(r.Answer(left.next, arrived.next)); err != nil {
		return Result{}, err
	}
	if left.Send, err = notice.Of(from.state, org.Stamp(from.state, meta, facts.Left)); err != nil {
		return Result{}, err
	}
	if r.Key != "" {
		here := &left
		if r.In == r.To {
			here = &arrived
		}
		here.Replay = &store.Replay{Scope: string(r.In), Actor: actorName(r.Caller), Key: r.Key, Request: r.Sent, Command: string(meta.Command),
			Answer: out.Answer, At: int64(at)}
	}
	if err := m.append(ctx, left, arrived); err != nil {
		return Result{}, err
	}
	m.app.Feed().Wake()
	for _, s := range []side{left, arrived} {
		if _, err := m.app.View(ctx, org.OrgID(s.Org), app.Freshness{AtLeast: s.next.Version()}); err != nil {
			return Result{}, err
		}
	}
	return out, nil
}

// side is what a move leaves behind in one of the two organizations.
type side struct {
	store.Append
	next *org.State
}

// side stamps facts and writes them down, with what is kept beside them.
func (s standing) side(m org.Meta, facts []org.Event, given note.Given) (side, error) {
	stamped := org.Stamp(s.state, m, facts)
	ap := store.Append{Org: string(s.id), After: s.head.Version, Events: make([]store.Event, len(stamped))}
	for i, f := range stamped {
		name, data := org.Encode(f.Event)
		actor := string(f.Actor)
		if actor == "" {
			actor = ledger.Operator
		}
		ap.Events[i] = store.Event{Org: ap.Org, Version: uint64(f.Version), At: int64(f.At), Command: string(f.Command), Actor: actor,
			Via: string(f.Via), Name: name, Data: data}
	}
	err := note.Write(rand.Reader, given, &ap, stamped)
	prev := s.head.Hash
	for i := range ap.Events {
		ap.Events[i].Prev = prev
		prev = store.Hash(ap.Events[i])
	}
	ap.Hash = prev
	for _, l := range org.Leads(s.state, stamped) {
		if row := ledger.OfLead(s.id, l); l.Gone {
			ap.Unset = append(ap.Unset, row)
		} else {
			ap.Set = append(ap.Set, row)
		}
	}
	return side{ap, org.Evolve(s.state, stamped...)}, err
}

// append writes both sides in order of id, so that two moves the other way round wait for each other instead of standing
// in each other's way. The look-up rows of both go with the first: what leads to one organization cannot lead to the
// other before it is given back.
func (m *Mover) append(ctx context.Context, left, arrived side) error {
	first, second := left.Append, arrived.Append
	if second.Org < first.Org {
		first, second = second, first
	}
	first.Unset = append(append([]store.Lookup(nil), first.Unset...), second.Unset...)
	first.Set = append(append([]store.Lookup(nil), first.Set...), second.Set...)
	second.Unset, second.Set = nil, nil
	err := m.db.Log().Append(ctx, []store.Append{first, second})
	if err == nil || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrTaken) {
		return err
	}
	if ctx.Err() != nil {
		return app.ErrOutcomeUnknown
	}
	m.log.ErrorContext(ctx, "append failed", "error", err)
	// An append without events waits for the end of every other to that log.
	if err := m.db.Log().Append(ctx, []store.Append{{Org: first.Org, After: first.After}}); err == nil {
		return app.ErrUnavailable
	} else if !errors.Is(err, store.ErrConflict) {
		return app.ErrOutcomeUnknown
	}
	events, err := m.db.Log().Events(ctx, first.Org, first.After, 1)
	switch {
	case err != nil:
		return app.ErrOutcomeUnknown
	case len(events) == 1 && events[0].Command == first.Events[0].Command:
		return nil
	}
	return app.ErrUnavailable
}

func (m *Mover) replayed(ctx context.Context, r Request) (Result, bool, error) {
	was, err := m.db.Log().Replayed(ctx, string(r.In), actorName(r.Caller), r.Key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Result{}, false, nil
	case err != nil:
		return Result{}, false, m.unavailable(ctx, "look for an idempotency key", err)
	case string(was.Request) != string(r.Sent):
		return Result{}, true, app.ErrKeyReused
	}
	return Result{Answer: was.Answer, Replayed: true}, true, nil
}

func (m *Mover) unavailable(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	m.log.ErrorContext(ctx, "database does not answer", "try", what, "error", err)
	return app.ErrUnavailable
}

func actorName(c app.Caller) string {
	return cmp.Or(string(c.ID()), ledger.Operator)
}

// Incoming returns the offers to an organization that stand, in order of the project's id from the first behind after.
func (m *Mover) Incoming(ctx context.Context, to org.OrgID, after org.ProjectID, limit int) ([]route.Incoming, error) {
	prefix := string(to) + " "
	behind := ""
	if after != "" {
		behind = prefix + string(after)
	}
	var out []route.Incoming
	for {
		rows, err := m.db.Lookups().Scan(ctx, string(org.LeadOffer), prefix, behind, limit)
		if err != nil {
			return nil, m.unavailable(ctx, "list what is offered", err)
		}
		for _, row := range rows {
			behind = row.Key
			in, err := m.app.View(ctx, org.OrgID(row.Org), app.Freshness{})
			if err != nil {
				return nil, err
			}
			o, ok := in.Offer(org.ProjectID(row.ID), m.app.Now())
			if !ok || !o.Stands || o.To != to {
				continue
			}
			p, _ := in.Project(o.Project)
			if out = append(out, route.Incoming{Offer: o, From: in.ID(), FromName: in.Name(), Name: p.Name}); len(out) == limit {
				return out, nil
			}
		}
		if len(rows) < limit {
			return out, nil
		}
	}
}

// Where finds the organization that a project is in; none if there is no such project.
func (m *Mover) Where(ctx context.Context, id org.ProjectID) (org.OrgID, error) {
	row, err := m.db.Lookups().Find(ctx, string(org.LeadProject), string(id))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", nil
	case err != nil:
		return "", m.unavailable(ctx, "look up a project", err)
	}
	return org.OrgID(row.Org), nil
}
