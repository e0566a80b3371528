// Package store says what Commonhold asks of a database. It owns the contracts and the row types that cross them; it
// knows nothing of organizations, roles or facts: to it an event is a name and bytes. Back ends live in the folders
// below; storetest holds the executable meaning of every sentence here.
//
// Common to all contracts: times are microseconds since 1970 UTC; text is valid UTF-8 without NUL, and a write of any
// other is refused with ErrMalformed; empty bytes may come back as nil; a limit below 1 gives nothing; a context that
// ends makes a call return its error, and a write whose context ended may or may not have happened; methods may be
// called from many goroutines at once; a method keeps nothing of its arguments, and what it returns belongs to the
// caller; errors are recognized with errors.Is and errors.As.
package store

import (
	"context"
	"errors"
	"fmt"
)

// Errors that callers tell apart. Any other error of a write leaves open whether the write happened: the caller reads
// back before it says so to anybody.
var (
	ErrNotFound  = errors.New("store: no such row")
	ErrConflict  = errors.New("store: another write came first")
	ErrTaken     = errors.New("store: that key is taken")
	ErrMalformed = errors.New("store: no database may hold that") // the caller's mistake; nothing was written
)

// Errors that somebody has to do something about.
var (
	ErrFull    = errors.New("store: there is no room left")                      // nothing was written; what is there can be read
	ErrDisk    = errors.New("store: the disk does not do what it is told")       // a write that met it may show after a restart
	ErrDamaged = errors.New("store: what is read is not what was written there") // nothing is taken from it, nor written
)

// ConflictError says which append of a batch met a log that had moved. It is an ErrConflict.
type ConflictError struct{ Org string }

func (e *ConflictError) Error() string { return fmt.Sprintf("append to %s: %v", e.Org, ErrConflict) }
func (e *ConflictError) Unwrap() error { return ErrConflict }

// TakenError says which look-up key already leads elsewhere. It is an ErrTaken.
type TakenError struct {
	Org       string // the organization whose append asked for it; empty outside appends
	Kind, Key string
}

func (e *TakenError) Error() string { return fmt.Sprintf("look-up %s %q: %v", e.Kind, e.Key, ErrTaken) }
func (e *TakenError) Unwrap() error { return ErrTaken }

// Event is one fact as it lies in the log of its organization.
type Event struct {
	Org     string
	Version uint64 // 1, 2, 3 … without a gap
	At      int64
	Command string // facts of one command share it
	Actor   string // a person, or "operator"
	Via     string // the key that acted for the person; empty when nobody did
	Name    string // the fact's name on disk
	Data    []byte // the fact's fields, JSON
	Prev    []byte // SHA-256 of the predecessor; empty at version 1
	Notes   []byte // on the first event of a command: the digests of its notes, one behind the other; else empty
}

// Head is the end of an organization's log.
type Head struct {
	Org     string
	Version uint64
	At      int64
	Hash    []byte // SHA-256 of the event at Version
}

// Lookup leads from a key to an organization and to what the key names in it. Kind and Key together are unique over
// the whole instance; nothing else is.
type Lookup struct {
	Kind, Key string
	Org       string
	ID        string
}

// Replay remembers a command's answer under the caller's idempotency key.
type Replay struct {
	Scope   string // organization, or "instance"
	Actor   string
	Key     string
	Request []byte // SHA-256 of what was asked
	Command string
	Answer  []byte
	At      int64
}

// Message waits in the outbox until somebody delivered it or gave it up.
type Message struct {
	ID       string
	Org      string
	Kind     string
	Body     []byte
	Due      int64
	Attempts int
	Error    string // why the last attempt failed; empty if none did
	Dead     int64  // when it was given up; 0: it was not
}

// Append is all that one command leaves behind in one organization.
type Append struct {
	Org    string
	After  uint64 // the version the decision was made on
	Events []Event
	Hash   []byte // SHA-256 of the last event; empty when there are no events
	Set    []Lookup
	Unset  []Lookup // removed if they still lead to the same organization and id, else left alone
	Send   []Message
	Notes  []Note // of the commands whose events these are
	Replay *Replay
}

// Log keeps the facts of every organization.
type Log interface {
	// Append writes the whole batch in one transaction, or nothing. Every append needs the head of its organization to
	// be at After (0: the organization has no log yet), also one without events, which leaves the head as it is; the
	// first event's Prev must be the head's hash, so that a writer who missed that a log was replaced adds nothing. The
	// appends of a batch take effect one after another, so they may follow each other in one organization; of one
	// append Unset comes before Set. A head that moved is a *ConflictError; a look-up that leads elsewhere, a replay
	// row whose (scope, actor, key) exists, a message whose id waits already, or a note whose key exists, is a *TakenError
	// (kind "replay", "message" and "note" for the latter three). A look-up set again to the same target is no error.
	// When Append returns nil the batch survives a power cut. A batch that Check refuses is ErrMalformed; the other Prevs, and Hash, are
	// the caller's word.
	Append(ctx context.Context, batch []Append) error

	// Events returns up to limit events of an organization with versions above after, in order. None is no error.
	Events(ctx context.Context, org string, after uint64, limit int) ([]Event, error)

	// Heads returns the heads of those of the organizations that have a log, each once, in no particular order; those
	// of up to 256 in one query.
	Heads(ctx context.Context, orgs []string) ([]Head, error)

	// Organizations pages through the heads of all organizations in order of id, from the first id above after.
	Organizations(ctx context.Context, after string, limit int) ([]Head, error)

	// Replayed finds the remembered answer, or ErrNotFound.
	Replayed(ctx context.Context, scope, actor, key string) (Replay, error)

	// Forget removes replay rows older than before.
	Forget(ctx context.Context, before int64) error
}

// Lookups reads what appends wrote.
type Lookups interface {
	// Find returns the row of a kind and key, or ErrNotFound.
	Find(ctx context.Context, kind, key string) (Lookup, error)

	// Scan pages through the rows of a kind whose key has the prefix, in byte order of the key, from the first key
	// above after.
	Scan(ctx context.Context, kind, prefix, after string, limit int) ([]Lookup, error)
}

// Snapshot is the fold of a log up to a version, in a form that loads faster. It is disposable.
type Snapshot struct {
	Org     string
	Version uint64
	Format  string // who may read it
	Data    []byte
	Hash    []byte // SHA-256 of Data, checked by Load
}

// Snapshots keeps the newest snapshot of an organization.
type Snapshots interface {
	// Save replaces an older snapshot of the organization; an attempt to save one that is not newer does nothing.
	Save(ctx context.Context, s Snapshot) error

	// Load returns the snapshot in that format, or ErrNotFound if there is none, or if its bytes do not match its hash.
	Load(ctx context.Context, org, format string) (Snapshot, error)

	// Drop removes the organization's snapshot, if any.
	Drop(ctx context.Context, org string) error
}

// Person is the row of a person, made before the first sign-in and kept apart from every log.
type Person struct {
	ID         string
	Name       string
	Address    string // as written; empty if unknown
	ExternalID string // the application's own key; empty if none
	Vouched    bool   // the operator vouches for this person's sign-in
	Vouching   int64  // how often that has changed: what was made under one vouching is nothing under the next
	Disabled   bool   // the operator has disabled the account
	Created    int64
	Version    int64 // of the row: 1 when added, one more at each change
}

// People keeps the rows of people. Addresses (folded by the caller) and external ids are unique through look-up rows.
type People interface {
	// Add writes the row, at version 1 whatever p says, and its look-ups in one transaction; a look-up that leads
	// elsewhere, or an id in use, is a *TakenError (kind "person" for the id).
	Add(ctx context.Context, p Person, set []Lookup) error

	// Change replaces the row that is at p.Version and moves it one on, with its look-ups in the same transaction, as
	// in an append; a row at another version is ErrConflict, none is ErrNotFound, and a look-up that leads elsewhere
	// is a *TakenError.
	Change(ctx context.Context, p Person, set, unset []Lookup) error

	// Remove removes the row of that id that is at version, with its look-ups in the same transaction, as in an append;
	// a row at another version is ErrConflict, none is ErrNotFound.
	Remove(ctx context.Context, id string, version int64, unset []Lookup) error

	// Get returns the rows of those ids that exist, each once, in no particular order; those of up to 256 in one
	// query.
	Get(ctx context.Context, ids []string) ([]Person, error)

	// List pages through all people in order of id, from the first id above after.
	List(ctx context.Context, after string, limit int) ([]Person, error)
}

// Key is a secret that callers of the API show. Only its hash is kept.
type Key struct {
	ID      string
	Hash    []byte // SHA-256 of the secret
	Name    string
	Created int64
	Expires int64  // 0: never
	Used    int64  // the day of the last use, as its first instant; 0: never
	Org     string // the organization of the service account whose key it is; empty for others
	Holder  string // that service account, or the person whose key it is; empty: the operator's
	Terms   string // what a person's key opens, in the words of those who make it; empty for others
}

// Keys keeps what proves the operator's keys, and those of service accounts and people.
type Keys interface {
	// AddKey writes a key; an id or hash in use is a *TakenError (kind "key").
	AddKey(ctx context.Context, k Key) error

	// AddFirstKey is AddKey if the holder has no key yet, expired ones included; else it writes nothing and says
	// ErrConflict. Of many at once for one holder one writes.
	AddFirstKey(ctx context.Context, k Key) error

	// FindKey returns the key with that hash, or ErrNotFound.
	FindKey(ctx context.Context, hash []byte) (Key, error)

	// ListKeys returns all keys of a holder in order of creation, those of one instant in order of id.
	ListKeys(ctx context.Context, holder string) ([]Key, error)

	// AllKeys pages through the keys of all holders in order of id, from the first id above after.
	AllKeys(ctx context.Context, after string, limit int) ([]Key, error)

	// RemoveKey removes a key, or says ErrNotFound.
	RemoveKey(ctx context.Context, id string) error

	// RemoveSpareKey is RemoveKey if its holder has another key that has not ended at now; else it writes nothing and
	// says ErrConflict. However many are removed at once in this way, one stays.
	RemoveSpareKey(ctx context.Context, id string, now int64) error

	// UsedKey notes the day of the last use; an unknown key is no error.
	UsedKey(ctx context.Context, id string, day int64) error
}

// Outbox hands out messages written by appends, each at least once, until it is delivered or given up. What is given
// up stays and can be seen.
type Outbox interface {
	// Claim takes up to limit messages of a kind that are due at now or before and not given up, longest due first, and
	// makes them due again at until, so that one whose worker died comes back. Attempts counts the claims, this one
	// included.
	Claim(ctx context.Context, kind string, now, until int64, limit int) ([]Message, error)

	// Delivered removes a message; one that is gone is no error.
	Delivered(ctx context.Context, id string) error

	// Failed notes why an attempt failed and when to try again; dead other than 0 gives the message up at that instant.
	// A message that is gone is no error.
	Failed(ctx context.Context, id, reason string, due, dead int64) error

	// Retry makes a message that was given up due again, with no attempts counted; ErrNotFound if there is no such
	// message or it was not given up.
	Retry(ctx context.Context, id string, due int64) error

	// Messages pages through the messages of an organization, of all if it is empty, in order of id, from the first id above after: those
	// given up, or those that wait, claimed ones included.
	Messages(ctx context.Context, org string, dead bool, after string, limit int) ([]Message, error)

	// Waiting counts the messages in the outbox, claimed ones included; those given up are not counted.
	Waiting(ctx context.Context) (int, error)
}

// Documents keeps texts that facts name by their digest (catalogs) for ever.
type Documents interface {
	// Keep stores the text under its digest; storing it again changes nothing.
	Keep(ctx context.Context, digest string, text []byte) error

	// Read returns the text, or ErrNotFound.
	Read(ctx context.Context, digest string) ([]byte, error)
}

// Tokens keeps one-time values and sessions by purpose. Only hashes are kept.
type Tokens interface {
	// Put stores a value; a hash in use under that purpose is a *TakenError (kind "token").
	Put(ctx context.Context, purpose string, hash, data []byte, expires int64) error

	// Take removes the value and returns its data, so that of many callers exactly one succeeds; ErrNotFound if it is
	// unknown, taken or past its end at now. A value ends at the instant expires: from then on it is past its end.
	Take(ctx context.Context, purpose string, hash []byte, now int64) ([]byte, error)

	// Peek returns the data without removing it; ErrNotFound as in Take.
	Peek(ctx context.Context, purpose string, hash []byte, now int64) ([]byte, error)

	// Sweep removes what is past its end.
	Sweep(ctx context.Context, now int64) error
}

// DB is everything a back end offers.
type DB interface {
	Log() Log
	Lookups() Lookups
	Snapshots() Snapshots
	People() People
	Keys() Keys
	Outbox() Outbox
	Documents() Documents
	Tokens() Tokens
	Feed() Feed
	Notes() Notes
	Security() Security
	Nodes() Nodes
	Shared() Shared // nil where no other process can use the database meanwhile

	// Ping confirms that the database answers.
	Ping(ctx context.Context) error

	// Close ends what runs and makes every later call fail; closing again is no error.
	Close() error
}
