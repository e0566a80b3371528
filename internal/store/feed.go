package store

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Position says how far somebody has read the feed. Only back ends look into one. The empty Position is the beginning.
type Position string

// ErrPosition refuses a position that this database did not give out, or gave out before it was restored to an older
// state: behind it nothing can be read without passing over what was written since. Whoever follows begins anew.
var ErrPosition = errors.New("store: no such position in the feed of this database")

// Feed reads the events of all organizations as they come in. There is no order of organizations among each other;
// those of one organization come by version, without a gap. An event that was read may be read again after a failure
// of the reader, but none is ever passed over: an event whose transaction is still open, or one whose version others
// may still precede, is held back, however long that lasts, and everything that may have to come behind it.
type Feed interface {
	// Follow returns up to limit events behind a position, and the position behind the last of them, from which the
	// next call goes on. None is no error; the position may move all the same. What an acknowledged append wrote is
	// there at once, unless an older transaction holds it back. A position that is not one of this database, or whose
	// event this database has lost or holds in another form, is ErrPosition.
	Follow(ctx context.Context, after Position, limit int) ([]Event, Position, error)

	// Newest returns the position behind all events that Follow gives now.
	Newest(ctx context.Context) (Position, error)

	// Renew makes all positions that were ever given out foreign, so that whoever follows begins anew. A database that
	// was restored or copied is renewed before it serves.
	Renew(ctx context.Context) error
}

// Mark is what back ends put into a position: which event was read last, and all by which they find out whether what is
// in the database still leads up to it.
type Mark struct {
	Epoch   string // of the feed, see NewEpoch
	Round   uint64 // where the event's transaction stands among all, as the back end counts them
	Org     string
	Version uint64
	Hash    []byte // of the event
}

var markText = base64.RawURLEncoding

// Position writes a mark down.
func (m Mark) Position() Position {
	return Position(fmt.Sprintf("%s %d %d %s %s", m.Epoch, m.Round, m.Version, markText.EncodeToString(m.Hash), m.Org))
}

// Mark reads what Mark.Position wrote; anything else is ErrPosition.
func (p Position) Mark() (m Mark, err error) {
	var hash string
	head, org, found := cutAfter(string(p), 4)
	if _, err := fmt.Sscanf(head, "%s %d %d %s", &m.Epoch, &m.Round, &m.Version, &hash); err != nil || !found {
		return Mark{}, ErrPosition
	}
	m.Org = org
	if m.Hash, err = markText.DecodeString(hash); err != nil || m.Position() != p {
		return Mark{}, ErrPosition
	}
	return m, nil
}

// cutAfter cuts behind the nth space.
func cutAfter(s string, n int) (before, after string, found bool) {
	at := 0
	for range n {
		next := strings.IndexByte(s[at:], ' ')
		if next < 0 {
			return s, "", false
		}
		at += next + 1
	}
	return s[:at], s[at:], true
}

// NewEpoch makes the name of an epoch of a feed: the time from its beginning, or from Renew, to the next Renew.
func NewEpoch() string { return rand.Text() }
