// Package node lets the programs that serve from one database know of each other: each says every few seconds that it
// is there and which facts it can read. It owns the beat and the list of who is there; it knows nothing of facts but
// their names.
package node

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/commonhold/commonhold/internal/store"
)

const (
	beatEvery = 3 * time.Second
	// aliveFor is how long a node counts as there behind its last word: a few beats that did not come through, and as
	// much as the clocks of two machines may differ.
	aliveFor  = 15 * time.Second
	buryAfter = time.Hour
)

// Node is this program among the others.
type Node struct {
	db    store.Nodes
	docs  store.Documents
	log   *slog.Logger
	clock func() time.Time

	id    string
	reads string // the digest of what this program reads
	names map[string]bool
	known map[string]map[string]bool // lists of other programs, by digest

	others atomic.Pointer[[]map[string]bool] // what those who are there can read, where it differs from names
	done   chan struct{}
	wait   sync.WaitGroup
}

// Join makes this program known and learns who else is there; names are the facts that it can read.
func Join(ctx context.Context, db store.DB, names []string, log *slog.Logger, clock func() time.Time) (*Node, error) {
	list := strings.Join(slices.Sorted(slices.Values(names)), "\n")
	sum := sha256.Sum256([]byte(list))
	n := &Node{
		db: db.Nodes(), docs: db.Documents(), log: log, clock: clock, id: "node_" + strings.ToLower(rand.Text()),
		reads: "sha256:" + hex.EncodeToString(sum[:]), names: setOf(list), known: map[string]map[string]bool{},
		done: make(chan struct{}),
	}
	n.others.Store(new([]map[string]bool))
	if err := n.docs.Keep(ctx, n.reads, []byte(list)); err != nil {
		return nil, fmt.Errorf("keep the list of facts: %w", err)
	}
	if err := errors.Join(n.Beat(ctx), n.db.Bury(ctx, clock().Add(-buryAfter).UnixMicro())); err != nil {
		return nil, err
	}
	n.wait.Go(n.run)
	return n, nil
}

func setOf(list string) map[string]bool {
	out := map[string]bool{}
	for name := range strings.SplitSeq(list, "\n") {
		out[name] = true
	}
	return out
}

// Leave takes this program off the list.
func (n *Node) Leave() {
	close(n.done)
	n.wait.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := n.db.Leave(ctx, n.id); err != nil {
		n.log.Warn("node not taken off the list", "error", err)
	}
}

func (n *Node) run() {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-n.done:
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(context.Background(), beatEvery)
			if err := n.Beat(ctx); err != nil {
				n.log.Warn("node not heard", "error", err)
			}
			cancel()
		}
	}
}

// Beat says that this program is there and looks who else is.
func (n *Node) Beat(ctx context.Context) error {
	now := n.clock()
	if err := n.db.Beat(ctx, store.Node{ID: n.id, Seen: now.UnixMicro(), Reads: n.reads}); err != nil {
		return err
	}
	alive, err := n.db.Alive(ctx, now.Add(-aliveFor).UnixMicro())
	if err != nil {
		return err
	}
	var others []map[string]bool
	asked := map[string]bool{n.reads: true}
	for _, other := range alive {
		if asked[other.Reads] {
			continue
		}
		asked[other.Reads] = true
		can, err := n.listOf(ctx, other.Reads)
		if err != nil {
			return err
		}
		others = append(others, can)
	}
	n.others.Store(&others)
	return nil
}

// listOf returns what a program can read; one whose list is not there is trusted to read nothing.
func (n *Node) listOf(ctx context.Context, digest string) (map[string]bool, error) {
	if known, ok := n.known[digest]; ok {
		return known, nil
	}
	list, err := n.docs.Read(ctx, digest)
	if errors.Is(err, store.ErrNotFound) {
		n.log.WarnContext(ctx, "a node does not say what it can read", "list", digest)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n.known[digest] = setOf(string(list))
	return n.known[digest], nil
}

// Alike reports whether all programs that are there read the same facts.
func (n *Node) Alike() bool { return len(*n.others.Load()) == 0 }

// Readable reports whether every program that is there can read a fact of this name.
func (n *Node) Readable(name string) bool {
	for _, can := range *n.others.Load() {
		if !can[name] {
			return false
		}
	}
	return true
}
