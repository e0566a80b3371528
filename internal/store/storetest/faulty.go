package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"

	"github.com/commonhold/commonhold/internal/store"
)

// Fault is what happens to one call.
type Fault int

const (
	None      Fault = iota
	Fail            // it does nothing and returns ErrInjected
	FailDone        // it does what it should and returns ErrInjected all the same
	Overtaken       // another append comes first; on other calls as None
)

// ErrInjected is the error of a call that was made to fail: like any error of a write that a caller does not know, it
// leaves open whether the write happened.
var ErrInjected = errors.New("storetest: injected fault")

// Plan decides which calls fail. Each function gets the number of the call among its kind, from 1, and runs alone; nil
// means none.
type Plan struct {
	Append func(n int) Fault // on Log.Append
	Write  func(n int) Fault // on every other call that changes something
	Read   func(n int) bool  // on every call that does not; a call that is told true returns ErrInjected

	// Overtake makes the append that comes first when Append says Overtaken. It gets the log without faults and the
	// batch that is about to be written, and sees to it that the batch conflicts. Its error is the call's.
	Overtake func(ctx context.Context, log store.Log, batch []store.Append) error
}

// Seeded decides by chance: of many calls one in every gets one of the faults, each as likely as the others.
func Seeded(chance *rand.Rand, every int, faults ...Fault) func(n int) Fault {
	return func(int) Fault {
		if chance.IntN(every) > 0 {
			return None
		}
		return faults[chance.IntN(len(faults))]
	}
}

// Nth decides that the nth call, counted from 1, gets the fault.
func Nth(nth int, fault Fault) func(n int) Fault {
	return func(n int) Fault {
		if n == nth {
			return fault
		}
		return None
	}
}

// Faulty is a database whose calls fail by plan. Ping and Close never do.
type Faulty struct {
	db   store.DB
	plan Plan

	mu                     sync.Mutex
	appends, writes, reads int
}

var _ store.DB = (*Faulty)(nil)

// Inject wraps a database.
func Inject(db store.DB, plan Plan) *Faulty { return &Faulty{db: db, plan: plan} }

func (f *Faulty) Log() store.Log             { return faultyLog{f, f.db.Log()} }
func (f *Faulty) Lookups() store.Lookups     { return faultyLookups{f, f.db.Lookups()} }
func (f *Faulty) Snapshots() store.Snapshots { return faultySnapshots{f, f.db.Snapshots()} }
func (f *Faulty) People() store.People       { return faultyPeople{f, f.db.People()} }
func (f *Faulty) Keys() store.Keys           { return faultyKeys{f, f.db.Keys()} }
func (f *Faulty) Outbox() store.Outbox       { return faultyOutbox{f, f.db.Outbox()} }
func (f *Faulty) Documents() store.Documents { return faultyDocuments{f, f.db.Documents()} }
func (f *Faulty) Tokens() store.Tokens       { return faultyTokens{f, f.db.Tokens()} }
func (f *Faulty) Feed() store.Feed           { return faultyFeed{f, f.db.Feed()} }
func (f *Faulty) Notes() store.Notes         { return faultyNotes{f, f.db.Notes()} }
func (f *Faulty) Security() store.Security   { return faultySecurity{f, f.db.Security()} }
func (f *Faulty) Nodes() store.Nodes         { return faultyNodes{f, f.db.Nodes()} }
func (f *Faulty) Shared() store.Shared       { return f.db.Shared() }

func (f *Faulty) Ping(ctx context.Context) error { return f.db.Ping(ctx) }
func (f *Faulty) Close() error                   { return f.db.Close() }

// ask counts a call and returns what its plan says.
func ask[T any](f *Faulty, count *int, plan func(n int) T) (answer T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*count++
	if plan != nil {
		answer = plan(*count)
	}
	return answer
}

func (f *Faulty) append(ctx context.Context, log store.Log, batch []store.Append) error {
	fault := ask(f, &f.appends, f.plan.Append)
	if fault == Overtaken {
		if err := f.plan.Overtake(ctx, log, batch); err != nil {
			return err
		}
	}
	return suffer(fault, func() error { return log.Append(ctx, batch) })
}

func (f *Faulty) write(do func() error) error {
	return suffer(ask(f, &f.writes, f.plan.Write), do)
}

func suffer(fault Fault, do func() error) error {
	if fault == Fail {
		return ErrInjected
	}
	if err := do(); err != nil || fault != FailDone {
		return err
	}
	return ErrInjected
}

// written is write for a call that returns something, which an injected fault withholds.
func written[T any](f *Faulty, do func() (T, error)) (result T, err error) {
	err = f.write(func() (err error) {
		result, err = do()
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return result, nil
}

func read[T any](f *Faulty, do func() (T, error)) (result T, err error) {
	if ask(f, &f.reads, f.plan.Read) {
		return result, ErrInjected
	}
	return do()
}
