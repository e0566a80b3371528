package node

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

// watch is a clock that a test moves.
type watch struct{ now time.Time }

func (w *watch) read() time.Time { return w.now }

func join(t *testing.T, db store.DB, w *watch, names ...string) *Node {
	t.Helper()
	n, err := Join(t.Context(), db, names, slog.New(slog.DiscardHandler), w.read)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func beat(t *testing.T, n *Node) {
	t.Helper()
	if err := n.Beat(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func readable(t *testing.T, n *Node, name string, want bool) {
	t.Helper()
	if got := n.Readable(name); got != want {
		t.Errorf("%s readable by all: %v, want %v", name, got, want)
	}
}

func TestAFactIsReadableWhenAllWhoAreThereCanReadIt_T261(t *testing.T) {
	db, w := memory.Open(), &watch{time.Unix(1_700_000_000, 0)}
	older := join(t, db, w, "a", "b")
	newer := join(t, db, w, "a", "b", "c")
	defer newer.Leave()
	readable(t, newer, "a", true)
	readable(t, newer, "c", false)
	readable(t, newer, "d", false)
	readable(t, older, "a", true)
	if newer.Alike() {
		t.Error("programs that read other facts count as alike")
	}

	older.Leave()
	beat(t, newer)
	readable(t, newer, "c", true)
}

func TestANodeThatWentSilentCountsForAWhileAndNoLonger_T261(t *testing.T) {
	db, w := memory.Open(), &watch{time.Unix(1_700_000_000, 0)}
	older := join(t, db, w, "a")
	newer := join(t, db, w, "a", "c")
	defer older.Leave()
	defer newer.Leave()
	w.now = w.now.Add(aliveFor)
	beat(t, newer)
	readable(t, newer, "c", false)
	w.now = w.now.Add(time.Microsecond)
	beat(t, newer)
	readable(t, newer, "c", true)
	beat(t, older)
	beat(t, newer)
	readable(t, newer, "c", false)
}

func TestANodeThatDoesNotSayWhatItReadsIsTrustedWithNothing(t *testing.T) {
	db, w := memory.Open(), &watch{time.Unix(1_700_000_000, 0)}
	n := join(t, db, w, "a")
	defer n.Leave()
	if err := db.Beat(t.Context(), store.Node{ID: "node_x", Seen: w.now.UnixMicro(), Reads: "sha256:unknown"}); err != nil {
		t.Fatal(err)
	}
	beat(t, n)
	readable(t, n, "a", false)
}

func TestWhatWasHeardLastCountsWhileTheDatabaseIsSilent(t *testing.T) {
	broken := false
	plain, w := memory.Open(), &watch{time.Unix(1_700_000_000, 0)}
	db := storetest.Inject(plain, storetest.Plan{Read: func(int) bool { return broken }})
	older := join(t, db, w, "a")
	newer := join(t, db, w, "a", "c")
	defer older.Leave()
	defer newer.Leave()
	broken = true
	w.now = w.now.Add(time.Hour)
	if err := newer.Beat(context.Background()); err == nil {
		t.Error("the fault did not show")
	}
	readable(t, newer, "c", false)
}
