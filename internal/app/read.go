package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Freshness is how new an answer must be. The zero value asks for the default: confirmed within the staleness bound.
type Freshness struct {
	AtLeast org.Version // never from a version below
	Now     bool        // confirm with the database first
}

const (
	readBatch  = 1000             // events read at once
	poisonWait = 30 * time.Second // before a quarantined log is tried again
	confirmMax = 500              // organizations confirmed by one query
	coldAtOnce = 8                // organizations loaded from nothing at once; a cold start does not flood the database

	hardBound = 2*time.Second - 100*time.Millisecond // no answer is older than 2 s when it arrives, whatever happens
)

// View returns an organization as fresh as asked. An organization that does not exist is org.ErrUnknownOrganization.
func (a *App) View(ctx context.Context, id org.OrgID, f Freshness) (*org.State, error) {
	if !id.Valid() {
		return nil, org.ErrUnknownOrganization
	}
	if err := a.inTime(); err != nil {
		return nil, err
	}
	e := a.cache.get(id)
	asked := a.clock()
	v := e.view()
	if v.poison == nil && !f.Now && a.fresh(v) && v.state.Version() >= f.AtLeast {
		return v.state, nil
	}
	v, err := a.upToDate(ctx, e, asked)
	if err != nil {
		return nil, err
	}
	if v.state.Version() < f.AtLeast {
		return nil, ErrTooOld
	}
	return v.state, nil
}

// upToDate is refresh, and again if that took so long that the organization may have moved on: what is left to read is
// less each time.
func (a *App) upToDate(ctx context.Context, e *entry, asked time.Time) (v view, err error) {
	for range 3 {
		if v, err = a.refresh(ctx, e, asked); err != nil || a.fresh(v) {
			return v, err
		}
		asked = a.clock()
	}
	return v, ErrLate
}

func (a *App) fresh(v view) bool {
	return v.state != nil && age(a.clock(), v.confirmed) <= a.stale
}

// InTime refuses an answer from a state if it was worked on for so long, such as by a process that was frozen, that it
// may be older than any answer may be; began is when the question came in, before View was asked for the state.
func (a *App) InTime(s *org.State, began time.Time) error {
	now := a.clock()
	if e, ok := a.cache.peek(s.ID()); ok {
		if v := e.view(); v.state == s && age(now, v.confirmed) <= hardBound {
			return nil
		}
	}
	if age(now, began) <= hardBound-a.stale {
		return nil
	}
	return ErrLate
}

// refresh brings an entry up to the database's head, confirmed not before asked. All who wait share one query.
func (a *App) refresh(ctx context.Context, e *entry, asked time.Time) (view, error) {
	e.loading.Lock()
	defer e.loading.Unlock()
	v := e.view()
	if v.poison != nil && age(a.clock(), v.tried) < poisonWait {
		return v, ErrQuarantined
	}
	if v.state != nil && v.poison == nil && v.confirmed.After(asked) {
		return v, nil
	}
	if e.silent.After(asked) {
		return v, ErrUnavailable // it was asked for all who waited, and did not answer
	}
	start := a.clock()
	heads, err := a.headOf(ctx, e)
	if err != nil {
		return v, err
	}
	a.stats.Confirms.Add(1)
	if len(heads) == 0 {
		a.cache.forget(e)
		return v, org.ErrUnknownOrganization
	}
	if v.strayed(heads[0]) {
		a.log.WarnContext(ctx, "database went back behind what was read from it", "organization", e.id, "had", v.state.Version(), "has", heads[0].Version)
		e.forget()
		v = e.view()
	}
	if !v.at(heads[0]) {
		leave, late := a.cold.Enter(ctx, v.state == nil)
		if late != nil {
			return v, late
		}
		v, err = a.level(ctx, e, v, heads[0])
		if leave(); err != nil {
			return v, a.poisoned(ctx, e, err)
		}
	}
	e.hold(v.state, v.hash, start)
	a.offerSnapshot(e)
	return e.view(), nil
}

// headOf asks where a log ends, for no longer than an answer would be of use.
func (a *App) headOf(ctx context.Context, e *entry) ([]store.Head, error) {
	bound, cancel := context.WithTimeout(ctx, hardBound)
	defer cancel()
	heads, err := a.db.Log().Heads(bound, []string{string(e.id)})
	if err != nil {
		if ctx.Err() == nil { // it was not the caller who gave up
			e.silent = a.clock()
		}
		return nil, a.unavailable(ctx, "read the head of "+string(e.id), err)
	}
	return heads, nil
}

// hinted takes up that an organization has moved on, if it is in memory at a lower version. It is only a hint: what is
// not taken up is found out when the organization is confirmed.
func (a *App) hinted(h store.Hint) {
	e, ok := a.cache.peek(org.OrgID(h.Org))
	if !ok {
		return
	}
	if v := e.view(); v.state == nil || v.poison != nil || uint64(v.state.Version()) >= h.Version {
		return
	}
	select {
	case a.hints <- e:
	default:
	}
}

// followHints catches up with organizations before anybody asks for them.
func (a *App) followHints() {
	defer a.wait.Done()
	for {
		select {
		case <-a.done:
			return
		case e := <-a.hints:
			ctx, cancel := context.WithTimeout(context.Background(), hardBound)
			_, _ = a.refresh(ctx, e, a.clock()) // who asks for it is told what is wrong
			cancel()
		}
	}
}

// level catches up with a head. A snapshot that leads elsewhere is dropped; then the log is judged by itself.
func (a *App) level(ctx context.Context, e *entry, v view, head store.Head) (view, error) {
	for again := false; ; again = true {
		if err := a.catchUp(ctx, e, v); err != nil {
			return v, err
		}
		if v = e.view(); uint64(v.state.Version()) > head.Version || v.at(head) {
			return v, nil
		}
		had := v.state.Version()
		e.forget()
		if v = e.view(); again {
			return v, fmt.Errorf("%w: it ends at version %d otherwise than its head at %d says", ledger.ErrDamaged, had, head.Version)
		}
		if err := a.db.Snapshots().Drop(ctx, string(e.id)); err != nil {
			return v, err
		}
	}
}

// Unavailable is unavailable for those who ask the database through what an App hands out; nil stays nil.
func (a *App) Unavailable(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	return a.unavailable(ctx, what, err)
}

// unavailable turns a database error into the refusal that callers see; its text goes to the server's log only.
func (a *App) unavailable(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.log.ErrorContext(ctx, "database does not answer", "try", what, "error", err)
	return refusalOf(err)
}

// refusalOf says what helps against an error of the database, as far as that is known.
func refusalOf(err error) *org.Refusal {
	switch {
	case errors.Is(err, store.ErrFull):
		return ErrDiskFull
	case errors.Is(err, store.ErrDisk):
		return ErrDiskFailed
	case errors.Is(err, store.ErrDamaged):
		return ErrDamaged
	}
	return ErrUnavailable
}

func (a *App) poisoned(ctx context.Context, e *entry, err error) error {
	if !errors.Is(err, ledger.ErrDamaged) {
		return a.unavailable(ctx, "read the log of "+string(e.id), err)
	}
	a.log.ErrorContext(ctx, "organization quarantined", "organization", e.id, "error", err)
	a.stats.Quarantined.Add(1)
	e.mu.Lock()
	e.poison, e.tried = err, a.clock()
	e.mu.Unlock()
	return ErrQuarantined
}

// catchUp folds what the entry does not have yet: from its state, else from a snapshot, else from the beginning.
func (a *App) catchUp(ctx context.Context, e *entry, v view) error {
	state, hash := v.state, v.hash
	if state == nil {
		a.stats.Loads.Add(1)
		state, hash = a.fromSnapshot(ctx, e)
	}
	state, hash, err := a.replay(ctx, e.id, state, hash)
	if errors.Is(err, ledger.ErrDamaged) && state.Version() > 0 {
		// Memory and snapshots are disposable: what cannot follow them may follow from the beginning.
		state, hash, err = a.replay(ctx, e.id, org.Empty(a.library), nil)
	}
	if err != nil {
		return err
	}
	if state.Catalog() == nil && state.Version() > 0 {
		return a.fetchCatalog(ctx, e, state)
	}
	a.stats.Evictions.Add(int64(a.cache.weigh(e, state.Size())))
	e.hold(state, hash, time.Time{})
	return nil
}

// replay reads the log behind a state, checks its chain and folds it.
func (a *App) replay(ctx context.Context, id org.OrgID, state *org.State, hash []byte) (*org.State, []byte, error) {
	for {
		events, err := a.db.Log().Events(ctx, string(id), uint64(state.Version()), readBatch)
		if err != nil {
			return state, hash, err
		}
		part, err := ledger.Fold(id, state, hash, events)
		if err != nil {
			return state, hash, err
		}
		state, hash = part.After, part.Hash
		if len(events) < readBatch {
			return state, hash, nil
		}
	}
}

const operator = ledger.Operator

// fetchCatalog takes up a catalog that another node brought, and folds again with it.
func (a *App) fetchCatalog(ctx context.Context, e *entry, state *org.State) error {
	missing := state.CatalogDigest()
	document, err := a.db.Documents().Read(ctx, string(missing))
	if err != nil {
		return fmt.Errorf("read catalog %s: %w", missing, err)
	}
	c, err := org.ReadCatalog(document)
	if err != nil || c.Digest() != missing {
		return fmt.Errorf("catalog %s is damaged: %w", missing, errors.Join(err, ledger.ErrDamaged))
	}
	a.library.Add(c)
	return a.catchUp(ctx, e, view{})
}

func (a *App) fromSnapshot(ctx context.Context, e *entry) (*org.State, []byte) {
	s, err := a.db.Snapshots().Load(ctx, string(e.id), ledger.SnapshotFormat)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			a.log.WarnContext(ctx, "snapshot not read", "organization", e.id, "error", err)
		}
		return org.Empty(a.library), nil
	}
	line, rest, _ := bytes.Cut(s.Data, []byte{'\n'})
	hash, err := hex.DecodeString(string(line))
	if err == nil {
		var state *org.State
		if state, err = org.Load(a.library, rest); err == nil && state.ID() == e.id && uint64(state.Version()) == s.Version {
			e.mu.Lock()
			e.saved = state.Version()
			e.mu.Unlock()
			return state, hash
		}
	}
	a.log.WarnContext(ctx, "snapshot discarded", "organization", e.id, "error", err)
	return org.Empty(a.library), nil
}

// offerSnapshot asks for a snapshot if the log has grown enough since the last one.
func (a *App) offerSnapshot(e *entry) {
	e.mu.Lock()
	due := e.state != nil && e.state.Version() >= e.saved+a.gap
	e.mu.Unlock()
	if due {
		select {
		case a.snap <- e:
		default: // the next command asks again
		}
	}
}

// snapshots writes snapshots beside the work, one at a time.
func (a *App) snapshots() {
	defer a.wait.Done()
	for {
		select {
		case <-a.done:
			return
		case e := <-a.snap:
			a.saveSnapshot(e)
		}
	}
}

func (a *App) saveSnapshot(e *entry) {
	e.mu.Lock()
	state, hash, due := e.state, e.hash, e.state != nil && e.state.Version() >= e.saved+a.gap
	if due {
		e.saved = state.Version()
	}
	e.mu.Unlock()
	if !due {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := a.db.Snapshots().Save(ctx, ledger.Snapshot(state, hash))
	if err != nil {
		a.log.Warn("snapshot not saved", "organization", e.id, "error", err)
		return
	}
	a.stats.Snapshots.Add(1)
}

// confirmAll keeps the organizations used last confirmed by one query, so that callers seldom wait for one.
func (a *App) confirmAll() {
	defer a.wait.Done()
	tick := time.NewTicker(a.stale / 3)
	defer tick.Stop()
	for {
		select {
		case <-a.done:
			return
		case <-tick.C:
			a.confirm(a.cache.used(confirmMax))
		}
	}
}

func (a *App) confirm(entries []*entry) {
	byID := make(map[string]*entry, len(entries))
	ids := make([]string, 0, len(entries))
	for _, e := range entries {
		if v := e.view(); v.state != nil && v.poison == nil {
			byID[string(e.id)] = e
			ids = append(ids, string(e.id))
		}
	}
	if len(ids) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.stale)
	defer cancel()
	start := a.clock()
	heads, err := a.db.Log().Heads(ctx, ids)
	if err != nil {
		return // callers find out themselves, and are told
	}
	for _, h := range heads {
		e := byID[h.Org]
		if v := e.view(); v.at(h) {
			e.hold(v.state, v.hash, start)
		}
	}
}
