// Package ledger reads what a store keeps of organizations: events as facts, logs as states, snapshots, and the look-up
// rows that follow from them. It owns how each is written down; it knows no command, no caller and no cache.
package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Operator is what stands in an event in the place of an actor when the operator acted.
const Operator = "operator"

// Facts reads events as facts in their places.
func Facts(events []store.Event) ([]org.Stamped, error) {
	out := make([]org.Stamped, len(events))
	for i, e := range events {
		f, err := org.Decode(e.Name, e.Data)
		if err != nil {
			return nil, fmt.Errorf("version %d: %w", e.Version, err)
		}
		out[i] = org.Stamped{Meta: meta(e), Event: f}
	}
	return out, nil
}

func meta(e store.Event) org.Meta {
	m := org.Meta{Version: org.Version(e.Version), At: org.Instant(e.At), Command: org.CommandID(e.Command), Via: org.KeyID(e.Via)}
	if e.Actor != Operator {
		m.Actor = org.PersonID(e.Actor)
	}
	return m
}

// ErrDamaged marks what is wrong with a log itself, as opposed to reaching it.
var ErrDamaged = errors.New("the log cannot be folded")

// A Part is some of a log, as Fold hands it out: what was read, and the state before it and behind.
type Part struct {
	Events        []store.Event
	Facts         []org.Stamped
	Before, After *org.State
	Hash          []byte // of the last event
}

// Fold folds events behind a state that the log of an organization has led to, and whose last event has that hash. It
// checks that they are of that log. What is wrong with the events is an ErrDamaged.
func Fold(id org.OrgID, state *org.State, hash []byte, events []store.Event) (Part, error) {
	p := Part{Events: events, Before: state, After: state, Hash: hash}
	damaged := func(err error) (Part, error) { return p, fmt.Errorf("%s: %w: %w", id, ErrDamaged, err) }
	if err := store.Chain(uint64(state.Version()), hash, events); err != nil {
		return damaged(err)
	}
	if len(events) > 0 && events[0].Org != string(id) {
		return damaged(fmt.Errorf("version %d belongs to %s", events[0].Version, events[0].Org))
	}
	var err error
	if p.Facts, err = Facts(events); err != nil {
		return damaged(err)
	}
	next := org.Evolve(state, p.Facts...)
	if next.Damage() != nil {
		return damaged(next.Damage())
	}
	if next.Version() > 0 && next.ID() != id {
		return damaged(fmt.Errorf("it is the log of %s", next.ID()))
	}
	p.After = next
	if len(events) > 0 {
		p.Hash = store.Hash(events[len(events)-1])
	}
	return p, nil
}

// partSize is how many events are read at once. Between two parts what a state shares with the one before is copied anew, so
// they are not too small.
const partSize = 10_000

// ToTheEnd is the version up to which Read reads a log that ends where it ends.
const ToTheEnd = org.Version(1<<63 - 1)

// Read folds the log of an organization from its beginning up to a version, part by part, and returns the last part;
// see gets each of them.
func Read(ctx context.Context, log store.Log, id org.OrgID, c org.Catalogs, upTo org.Version, see func(Part) error) (Part, error) {
	p := Part{After: org.Empty(c)}
	for p.After.Version() < upTo {
		limit := min(partSize, uint64(upTo-p.After.Version()))
		events, err := log.Events(ctx, string(id), uint64(p.After.Version()), int(limit))
		if err != nil {
			return p, err
		}
		switch {
		case len(events) > 0:
		case upTo == ToTheEnd:
			return p, nil
		default:
			return p, fmt.Errorf("%s: %w: it ends at version %d, %d were expected", id, ErrDamaged, p.After.Version(), upTo)
		}
		if p, err = Fold(id, p.After, p.Hash, events); err != nil {
			return p, err
		}
		if err := see(p); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Homeless reports whether there are events, or the end of a log, that belong to no organization. No program writes them.
func Homeless(ctx context.Context, log store.Log) (bool, error) {
	events, err := log.Events(ctx, "", 0, 1)
	if err != nil {
		return false, err
	}
	heads, err := log.Heads(ctx, []string{""})
	return len(events)+len(heads) > 0, err
}

// SnapshotFormat names the snapshots that this package reads: the hash of the last event, a line end, and org's format.
const SnapshotFormat = "1 " + org.SnapshotFormat

// Snapshot writes a state down whose last event has that hash.
func Snapshot(s *org.State, hash []byte) store.Snapshot {
	data := append([]byte(hex.EncodeToString(hash)+"\n"), org.Save(s)...)
	sum := sha256.Sum256(data)
	return store.Snapshot{Org: string(s.ID()), Version: uint64(s.Version()), Format: SnapshotFormat, Data: data, Hash: sum[:]}
}
