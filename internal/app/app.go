package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/commonhold/commonhold/internal/app/pace"
	"github.com/commonhold/commonhold/internal/catalog"
	"github.com/commonhold/commonhold/internal/feed"
	"github.com/commonhold/commonhold/internal/node"
	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/peer"
	"github.com/commonhold/commonhold/internal/security"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Options configure an App. The zero values of the last group mean the defaults named there.
type Options struct {
	DB      store.DB
	Catalog *org.Catalog // holds in organizations that are created from now on
	Log     *slog.Logger
	Clock   func() time.Time // with a monotonic reading where it has one
	Random  io.Reader

	Stale       time.Duration // how old an answer may be without asking the database; 1 s
	CacheBytes  int           // how much of the cache's states is kept; 512 MiB
	SnapshotGap int           // how many facts after a snapshot make a new one; 2,000
	BatchSize   int           // how many commands share one append at most; 256
	Reads       []string      // the facts that this program can read; all that it knows
}

// App runs commands and answers questions.
type App struct {
	db      store.DB
	log     *slog.Logger
	clock   func() time.Time
	random  io.Reader
	library *catalog.Library
	present org.Digest
	stale   time.Duration
	gap     org.Version
	batch   int

	cache *cache
	cold  pace.Gate // of organizations that are loaded from nothing
	queue chan *job
	snap  chan *entry
	done  chan struct{}

	closing sync.RWMutex
	closed  bool
	wait    sync.WaitGroup
	stats   Stats
	keys    keyring
	listed  directories

	hints    chan *entry
	peers    *peer.Watch
	node     *node.Node
	notes    note.Book
	security *security.Log
	feed     *feed.Feed
}

// New starts the background work of an App; Close ends it.
func New(ctx context.Context, o Options) (*App, error) {
	a := &App{db: o.DB, log: o.Log, clock: o.Clock, random: o.Random, library: catalog.NewLibrary(), present: o.Catalog.Digest(),
		stale: o.Stale, gap: org.Version(o.SnapshotGap), batch: o.BatchSize}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.clock == nil {
		a.clock = time.Now
	}
	if a.random == nil {
		a.random = rand.Reader
	}
	if a.stale == 0 {
		a.stale = time.Second
	}
	if a.gap == 0 {
		a.gap = 2000
	}
	if a.batch == 0 {
		a.batch = 256
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 512 << 20
	}
	if err := a.db.Documents().Keep(ctx, string(a.present), o.Catalog.Document()); err != nil {
		return nil, err
	}
	a.library.Add(o.Catalog)
	if o.Reads == nil {
		o.Reads = org.FactNames()
	}
	var err error
	if a.node, err = node.Join(ctx, a.db, o.Reads, a.log, a.clock); err != nil {
		return nil, err
	}
	a.notes = note.NewBook(a.db.Notes())
	a.security = security.New(a.db.Security(), a.log, a.clock)
	a.feed = feed.New(a.db.Feed(), a.log, a.clock, a.stale/4)
	a.cache, a.cold = newCache(o.CacheBytes), pace.New(coldAtOnce)
	a.hints = make(chan *entry, 256)
	if a.peers, err = peer.Start(ctx, a.db.Shared(), a.hinted, a.log, a.clock); err != nil {
		a.node.Leave()
		return nil, err
	}
	a.queue = make(chan *job, 4*a.batch)
	a.snap = make(chan *entry, 64)
	a.done = make(chan struct{})
	a.wait.Add(5)
	go a.write()
	go a.followHints()
	go a.confirmAll()
	go a.snapshots()
	go a.tidy()
	return a, nil
}

// Close lets the commands that were accepted finish and stops the background work.
func (a *App) Close() {
	a.closing.Lock()
	defer a.closing.Unlock()
	if a.closed {
		return
	}
	a.closed = true
	close(a.done)
	a.peers.Stop()
	a.wait.Wait()
	a.security.Close()
	a.node.Leave()
}

// Notes returns the notes that commands left beside their facts.
func (a *App) Notes() note.Book { return a.notes }

// Feed returns the events of all organizations.
func (a *App) Feed() *feed.Feed { return a.feed }

// Security returns the security logs of organizations.
func (a *App) Security() *security.Log { return a.security }

// Now is the instant of the app's clock.
func (a *App) Now() org.Instant { return org.At(a.clock()) }

// Time is what the app's clock says, by which InTime measures.
func (a *App) Time() time.Time { return a.clock() }

// Present is the catalog that holds in organizations created from now on.
func (a *App) Present() *org.Catalog { return a.library.Catalog(a.present) }

// Ready says whether requests may be sent here: the database answers, and this machine's clock is not far off its.
func (a *App) Ready(ctx context.Context) error {
	if err := errors.Join(a.db.Ping(ctx), a.peers.Measure(ctx)); err != nil {
		return ErrUnavailable
	}
	return a.inTime()
}

// inTime refuses while this machine's clock is so far off that accesses would end at another instant here than elsewhere.
func (a *App) inTime() error {
	if a.peers.Skewed() {
		return ErrClock
	}
	return nil
}
