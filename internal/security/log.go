// Package security keeps the security logs of organizations: what was refused for want of authority, and who looked at
// what not everybody may see. It owns how rows are gathered, capped and kept; it decides nothing.
package security

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Kind is what sort of thing happened.
type Kind string

const (
	Refused Kind = "refused" // somebody tried what they have no right to
	Read    Kind = "read"    // somebody read or exported the audit log or this one

	Credential Kind = "credential" // something was done about the own keys of a person who is in the organization
)

const (
	dayCap    = 1000                 // rows of one organization and day
	lasts     = 180 * 24 * time.Hour // how long a row is kept
	gather    = 200 * time.Millisecond
	batch     = 256
	pending   = 4096      // rows that wait to be written
	readAgain = time.Hour // how soon the same reader makes another row
	readers   = 10000     // how many are remembered for that
)

// Row is one line of the log.
type Row struct {
	Organization org.OrgID
	ID           string
	At           org.Instant
	Kind         Kind
	Operator     bool           // the operator did it, by themselves
	Person       org.PersonID   // who did it; empty for the operator, and in a row that stands for many
	Via          org.KeyID      // the key that was used
	What         string         // the name of the route that was tried
	Code         string         // of the refusal
	Asked        org.Permission // what was lacking, where one permission is asked for
	Request      string
	Origin       note.Origin
	Count        int         // how many there were; above 1 in a row that stands for many
	Until        org.Instant // when the last of them was
}

const operator = "operator"

func (r *Row) incident() store.Incident {
	i := store.Incident{
		Org: string(r.Organization), ID: r.ID, At: int64(r.At), Kind: string(r.Kind), Actor: string(r.Person), Via: string(r.Via),
		What: r.What, Code: r.Code, Asked: string(r.Asked), Request: r.Request, Address: r.Origin.Address, Agent: r.Origin.Agent,
		Count: r.Count, Until: int64(r.Until),
	}
	if r.Operator {
		i.Actor = operator
	}
	return i
}

func rowOf(i store.Incident) Row {
	r := Row{
		Organization: org.OrgID(i.Org), ID: i.ID, At: org.Instant(i.At), Kind: Kind(i.Kind), Via: org.KeyID(i.Via), What: i.What,
		Code: i.Code, Asked: org.Permission(i.Asked), Request: i.Request, Origin: note.Origin{Address: i.Address, Agent: i.Agent},
		Count: i.Count, Until: org.Instant(i.Until),
	}
	if r.Operator = i.Actor == operator; !r.Operator {
		r.Person = org.PersonID(i.Actor)
	}
	return r
}

// Log gathers rows and writes them beside the work that causes them. What it cannot write in time it counts.
type Log struct {
	db    store.Security
	log   *slog.Logger
	clock func() time.Time

	mu     sync.Mutex
	rows   []store.Incident
	beyond map[beyondKey]store.Incident // what found no room among rows
	seen   map[reader]org.Instant

	writing sync.Mutex // one flush at a time
	wake    chan struct{}
	done    chan struct{}
	wait    sync.WaitGroup
}

type (
	beyondKey struct{ org, kind, code string }
	reader    struct {
		org    org.OrgID
		person org.PersonID
		via    org.KeyID
		what   string
	}
)

// New starts a log; Close writes what waits and ends it.
func New(db store.Security, log *slog.Logger, clock func() time.Time) *Log {
	l := &Log{
		db: db, log: log, clock: clock, beyond: map[beyondKey]store.Incident{}, seen: map[reader]org.Instant{},
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	l.wait.Go(l.write)
	return l
}

// Close writes what waits. Rows that come later are lost.
func (l *Log) Close() {
	close(l.done)
	l.wait.Wait()
}

// Add takes a row in and returns at once. Its ID, At, Count and Until are made here. A Read that the same caller has
// made within the hour is no further row.
func (l *Log) Add(r Row) {
	r.ID, r.At, r.Count, r.Origin = rand.Text(), org.At(l.clock()), 1, r.Origin.Clean()
	r.Until = r.At
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Kind == Read && l.readBefore(r) {
		return
	}
	i := r.incident()
	if len(l.rows) < pending {
		l.rows = append(l.rows, i)
	} else {
		l.count(i)
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *Log) readBefore(r Row) bool {
	who := reader{r.Organization, r.Person, r.Via, r.What}
	if at, ok := l.seen[who]; ok && r.At.Time().Sub(at.Time()) < readAgain {
		return true
	}
	if len(l.seen) >= readers {
		clear(l.seen) // a row too many is no harm
	}
	l.seen[who] = r.At
	return false
}

// count keeps what finds no room as the row that will stand for many.
func (l *Log) count(i store.Incident) {
	key := beyondKey{i.Org, i.Kind, i.Code}
	all, ok := l.beyond[key]
	if !ok {
		if len(l.beyond) >= pending {
			return // more organizations at once than anybody could look at
		}
		all = i.RollUp()
		all.ID, all.Count = rand.Text(), 0
	}
	all.Count++
	all.Until = max(all.Until, i.At)
	l.beyond[key] = all
}

func (l *Log) write() {
	for {
		select {
		case <-l.done:
			l.flushLogged()
			return
		case <-l.wake:
			select {
			case <-l.done:
			case <-time.After(gather):
			}
			l.flushLogged()
		}
	}
}

func (l *Log) flushLogged() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := l.Flush(ctx); err != nil {
		l.log.Warn("security log not written", "error", err)
	}
}

// Flush writes what waits. What cannot be written is lost: nothing rests on it, and keeping it could fill the memory.
func (l *Log) Flush(ctx context.Context) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	rows, beyond := l.rows, l.beyond
	l.rows, l.beyond = nil, map[beyondKey]store.Incident{}
	l.mu.Unlock()
	for len(rows) > 0 {
		n := min(batch, len(rows))
		if err := l.db.AddIncidents(ctx, rows[:n], dayCap); err != nil {
			return err
		}
		rows = rows[n:]
	}
	for _, all := range beyond {
		if err := l.db.AddIncidents(ctx, []store.Incident{all}, 0); err != nil {
			return err
		}
	}
	return nil
}

// Before says where a page begins: behind this row. The zero value is the newest.
type Before struct {
	At org.Instant
	ID string
}

// List returns rows of an organization, newest first, those of this node's last moments among them.
func (l *Log) List(ctx context.Context, id org.OrgID, b Before, limit int) ([]Row, error) {
	if err := l.Flush(ctx); err != nil {
		return nil, err
	}
	at := cmp.Or(int64(b.At), math.MaxInt64)
	found, err := l.db.Incidents(ctx, string(id), at, b.ID, limit)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(found))
	for i := range found {
		rows[i] = rowOf(found[i])
	}
	return rows, nil
}

// Erase empties where the rows of a person came from. That they happened stays.
func (l *Log) Erase(ctx context.Context, id org.PersonID) error {
	if err := l.Flush(ctx); err != nil {
		return err
	}
	return l.db.EraseIncidents(ctx, string(id))
}

// Expire removes the rows that were kept for their time.
func (l *Log) Expire(ctx context.Context) error {
	return l.db.ExpireIncidents(ctx, l.clock().Add(-lasts).UnixMicro())
}
