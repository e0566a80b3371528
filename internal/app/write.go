package app

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"time"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/notice"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// job is one command on its way into a log.
type job struct {
	ctx     context.Context
	caller  Caller
	org     org.OrgID
	cmd     org.Command
	opts    Opts
	lacking error // what the command lacks, if it is accepted otherwise
	id      string
	tries   int

	// What deciding gave, valid until the append of its batch is known.
	began      *working // what the batch began with in the organization
	base, next *org.State
	facts      []org.Stamped
	hash       []byte
	refusal    error
	answer     []byte
	append     *store.Append

	done chan outcome
}

type outcome struct {
	result Result
	err    error
}

const maxTries = 64 // about a second, with the pauses between them

// write is the one writer of this process. It takes all commands that wait, decides each on the state its predecessors
// leave, and appends the facts of all in one transaction: many callers share one sync to disk. No answer, not even a
// refusal, is given before the states it rests on are durable.
func (a *App) write() {
	defer a.wait.Done()
	for {
		select {
		case j := <-a.queue:
			a.together(a.gather(j))
		case <-a.done:
			for {
				select {
				case j := <-a.queue:
					a.together(a.gather(j))
				default:
					return
				}
			}
		}
	}
}

func (a *App) gather(first *job) []*job {
	jobs := []*job{first}
	for len(jobs) < a.batch {
		select {
		case j := <-a.queue:
			jobs = append(jobs, j)
		default:
			return jobs
		}
	}
	return jobs
}

// together decides and appends until every job has its answer. Of jobs under one idempotency key, one goes first and
// the others then find its answer.
func (a *App) together(jobs []*job) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for len(jobs) > 0 {
		first, later := onePerKey(jobs)
		a.settle(ctx, first)
		jobs = a.stillOpen(ctx, later)
	}
}

// onePerKey parts the jobs so that no two of the first share an idempotency key.
func onePerKey(jobs []*job) (first, later []*job) {
	type key struct{ scope, actor, key string }
	seen := map[key]bool{}
	for _, j := range jobs {
		k := key{j.opts.scope(j.cmd, j.org), j.caller.name(), j.opts.Key}
		if k.key != "" && seen[k] {
			later = append(later, j)
			continue
		}
		seen[k] = true
		first = append(first, j)
	}
	return first, later
}

// stillOpen answers the jobs whose idempotency key has an answer by now and returns the others.
func (a *App) stillOpen(ctx context.Context, jobs []*job) []*job {
	var open []*job
	for _, j := range jobs {
		if result, found, err := a.replayed(ctx, j.caller, j.org, j.cmd, j.opts); found || err != nil {
			j.done <- outcome{result, err}
			continue
		}
		open = append(open, j)
	}
	return open
}

// settle decides and appends jobs until each has its answer.
func (a *App) settle(ctx context.Context, jobs []*job) {
	for try := 0; len(jobs) > 0; try++ {
		// Two nodes in step would be in each other's way again and again.
		time.Sleep(rand.N(1 + time.Duration(min(try, 16))*2*time.Millisecond))
		jobs = a.decideAll(ctx, jobs)
		var moved bool
		if jobs, moved = a.confirmQuiet(ctx, jobs); moved {
			continue
		}
		batch := make([]store.Append, 0, len(jobs))
		for _, j := range jobs {
			if j.append != nil {
				batch = append(batch, *j.append)
			}
		}
		var err error
		start := a.clock()
		if len(batch) > 0 {
			a.stats.Appends.Add(1)
			err = a.db.Log().Append(ctx, batch)
		}
		if err == nil {
			a.publish(ctx, jobs, start)
			return
		}
		jobs = a.afterFailure(ctx, jobs, err, start)
	}
}

// working is an organization's state inside a batch.
type working struct {
	state *org.State
	hash  []byte
}

// decideAll decides the jobs in turn and returns those that go on.
func (a *App) decideAll(ctx context.Context, jobs []*job) []*job {
	states, began := map[org.OrgID]*working{}, map[org.OrgID]*working{}
	kept := jobs[:0]
	for _, j := range jobs {
		if err := j.ctx.Err(); err != nil {
			j.done <- outcome{err: err}
			continue
		}
		w, ok := states[j.org]
		if !ok {
			var err error
			if w, err = a.start(ctx, j); err != nil {
				j.done <- outcome{err: err}
				continue
			}
			states[j.org], began[j.org] = w, &working{w.state, w.hash}
		}
		j.began = began[j.org]
		a.decide(j, w)
		kept = append(kept, j)
	}
	return kept
}

// start returns the state a batch begins with in an organization: whatever is in memory, for the append itself is what
// finds out whether it is the newest.
func (a *App) start(ctx context.Context, j *job) (*working, error) {
	if _, founding := j.cmd.(org.CreateOrganization); founding {
		return &working{state: org.Empty(a.library)}, nil
	}
	e := a.cache.get(j.org)
	v := e.view()
	if v.state == nil || v.poison != nil {
		var err error
		if v, err = a.refresh(ctx, e, a.clock()); err != nil {
			return nil, err
		}
	}
	return &working{v.state, v.hash}, nil
}

// decide judges one job on a working state and moves that state on.
func (a *App) decide(j *job, w *working) {
	j.base, j.next, j.facts, j.refusal, j.append, j.answer = w.state, w.state, nil, nil, nil, nil
	// The writer serves everybody: what nobody foresaw in one command must end that command alone.
	defer func() {
		if r := recover(); r != nil {
			a.log.ErrorContext(j.ctx, "command panicked", "organization", j.org, "command", fmt.Sprintf("%T", j.cmd), "panic", r, "stack", string(debug.Stack()))
			j.next, j.facts, j.append, j.refusal = j.base, nil, nil, fmt.Errorf("decide %T in %s: %v", j.cmd, j.org, r)
		}
	}()
	at := a.Now()
	facts, err := org.Decide(w.state, j.caller.Actor(), at, j.cmd)
	if err == nil {
		err = j.lacking
	}
	if err == nil && j.opts.Expect != nil {
		err = j.opts.Expect(w.state)
	}
	if err != nil {
		j.refusal = err
		return
	}
	if a.unreadable(facts) {
		j.refusal = ErrUpgrading
		return
	}
	j.facts = org.Stamp(w.state, org.Meta{At: at, Command: org.CommandID(j.id), Actor: j.caller.ID(), Via: j.caller.via()}, facts)
	j.next = org.Evolve(w.state, j.facts...)
	if j.next.Damage() != nil {
		j.refusal = j.next.Damage()
		return
	}
	if j.opts.Answer != nil {
		if j.answer, err = json.Marshal(j.opts.Answer(j.base, j.next, j.cmd)); err != nil {
			j.refusal = err
			return
		}
	}
	ap, err := a.appendOf(j, w)
	if err != nil {
		j.next, j.facts, j.refusal = j.base, nil, err
		return
	}
	if err := store.Check([]store.Append{*ap}); err != nil {
		// What no database may hold is this command's failure, not that of those who share its append.
		j.next, j.facts, j.refusal = j.base, nil, err
		return
	}
	if len(ap.Events) > 0 || ap.Replay != nil {
		j.append = ap
	}
	if len(ap.Events) > 0 {
		w.state, w.hash = j.next, ap.Hash
	}
	j.hash = w.hash
}

// Readable and CommandID serve those who write to several organizations at once.
func (a *App) Readable(facts []org.Event) bool { return !a.unreadable(facts) }
func (a *App) CommandID() org.CommandID        { return org.CommandID(a.newID("cmd_")) }

// unreadable reports whether a program that serves from the same database could not read one of the facts.
func (a *App) unreadable(facts []org.Event) bool {
	if a.node.Alike() {
		return false
	}
	return slices.ContainsFunc(facts, func(e org.Event) bool {
		name, _ := org.Encode(e)
		return !a.node.Readable(name)
	})
}

// appendOf turns a decided job into what the log gets.
func (a *App) appendOf(j *job, w *working) (*store.Append, error) {
	ap := &store.Append{Org: string(j.org), After: uint64(j.base.Version()), Events: make([]store.Event, len(j.facts))}
	for i, f := range j.facts {
		name, data := org.Encode(f.Event)
		actor := string(f.Actor)
		if actor == "" {
			actor = operator
		}
		ap.Events[i] = store.Event{Org: ap.Org, Version: uint64(f.Version), At: int64(f.At), Command: j.id, Actor: actor, Via: string(f.Via),
			Name: name, Data: data}
	}
	if err := note.Write(a.random, j.opts.Given, ap, j.facts); err != nil {
		return nil, err
	}
	prev := w.hash
	for i := range ap.Events {
		ap.Events[i].Prev = prev
		prev = store.Hash(ap.Events[i])
	}
	if len(ap.Events) > 0 {
		ap.Hash = prev
	}
	for _, l := range org.Leads(j.base, j.facts) {
		if row := ledger.OfLead(j.org, l); l.Gone {
			ap.Unset = append(ap.Unset, row)
		} else {
			ap.Set = append(ap.Set, row)
		}
	}
	var err error
	if ap.Send, err = notice.Of(j.base, j.facts); err != nil {
		return nil, err
	}
	if j.opts.Key != "" {
		ap.Replay = &store.Replay{Scope: j.opts.scope(j.cmd, j.org), Actor: j.caller.name(), Key: j.opts.Key, Request: j.opts.Request,
			Command: j.id, Answer: j.answer, At: int64(a.Now())}
	}
	return ap, nil
}

// publish makes durable states visible and answers.
func (a *App) publish(ctx context.Context, jobs []*job, confirmed time.Time) {
	if slices.ContainsFunc(jobs, func(j *job) bool { return len(j.facts) > 0 && j.append != nil }) {
		defer a.feed.Wake()
	}
	for _, j := range jobs {
		if len(j.facts) > 0 && j.append != nil {
			e := a.cache.get(j.org)
			e.hold(j.next, j.hash, confirmed)
			a.stats.Evictions.Add(int64(a.cache.weigh(e, j.next.Size())))
			a.stats.Commands.Add(1)
			a.stats.Facts.Add(int64(len(j.facts)))
			a.offerSnapshot(e)
		}
		if j.refusal != nil {
			a.refuse(ctx, j)
			continue
		}
		j.done <- outcome{result: Result{Before: j.base, State: j.next, Facts: j.facts, Answer: j.answer}}
	}
}

// refuse answers a job that was refused; unless it is the repetition of one that happened since it looked.
func (a *App) refuse(ctx context.Context, j *job) {
	if j.opts.Key != "" {
		if result, found, err := a.replayed(ctx, j.caller, j.org, j.cmd, j.opts); found || err != nil {
			j.done <- outcome{result, err}
			return
		}
	}
	a.stats.Refusals.Add(1)
	j.done <- outcome{err: j.refusal}
}
