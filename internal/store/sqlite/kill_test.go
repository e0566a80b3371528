package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

var background = context.Background()

// A process appends to several organizations at once and says so after each acknowledgement; it is killed at some
// moment, the start included, and what it left is compared with what it said.
func TestKill_T239_I41_I42_I46_I49(t *testing.T) {
	cycles := 25
	if os.Getenv("COMMONHOLD_LONG") != "" {
		cycles = 1000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	var w witness
	for cycle := range cycles {
		if cycle == 0 || chance.IntN(10) == 0 { // from nothing, so that first starts are killed too
			w = witness{
				dir: t.TempDir(), known: map[string]storetest.History{}, acknowledged: map[string]uint64{}, appends: w.appends,
			}
		}
		w.letAppendAndKill(t, chance, cycle)
		w.compare(t)
		if t.Failed() {
			t.Fatalf("cycle %d", cycle)
		}
	}
	t.Logf("%d acknowledged appends lived through %d kills", w.appends, cycles)
}

// witness remembers what the killed processes said, and up to where it has compared that with the file.
type witness struct {
	dir          string
	known        map[string]storetest.History
	acknowledged map[string]uint64
	commands     int // that the file holds up to known
	appends      int
}

func (w *witness) letAppendAndKill(t *testing.T, chance *rand.Rand, cycle int) {
	cmd, out := play(t, "append until killed", w.dir, "COMMONHOLD_TEST_SEED="+strconv.Itoa(cycle))
	if chance.IntN(4) == 0 {
		time.Sleep(time.Duration(chance.IntN(80_000)) * time.Microsecond)
	} else {
		for range 1 + chance.IntN(60) {
			w.hear(t, out)
		}
		time.Sleep(time.Duration(chance.IntN(1000)) * time.Microsecond)
	}
	check(t, cmd.Process.Kill())
	for w.hear(t, out) {
	}
	cmd.Wait()
}

// hear takes one line, and none at the end: half a line was not said.
func (w *witness) hear(t *testing.T, out *bufio.Reader) bool {
	line, err := out.ReadString('\n')
	if err == io.EOF {
		return false
	}
	check(t, err)
	words := strings.Fields(line)
	if len(words) != 3 || words[0] != "acknowledged" {
		t.Fatalf("the process says %q", line)
	}
	version, err := strconv.ParseUint(words[2], 10, 64)
	check(t, err)
	w.acknowledged[words[1]] = version
	w.appends++
	return true
}

// compare holds the file against what was said, beginning where the last comparison ended.
func (w *witness) compare(t *testing.T) {
	db := openIn(t, w.dir)
	heads, err := db.Organizations(background, "", 1000)
	check(t, err)
	ends := map[string]store.Head{}
	for _, head := range heads {
		ends[head.Org] = head
		w.compareLog(t, db, head)
	}
	for org, version := range w.acknowledged {
		if ends[org].Version < version {
			t.Errorf("%s was acknowledged up to %d and is at %d", org, version, ends[org].Version)
		}
	}
	for _, table := range []string{"replays", "outbox"} {
		var n int
		check(t, db.reader.QueryRow(`SELECT count(*) FROM `+table).Scan(&n))
		if n != w.commands {
			t.Errorf("%s has %d rows for %d commands", table, n, w.commands)
		}
	}
	var beyond int
	check(t, db.reader.QueryRow(`SELECT count(*) FROM events e LEFT JOIN heads h ON h.org = e.org
		WHERE e.version > coalesce(h.version, 0)`).Scan(&beyond))
	if beyond > 0 {
		t.Errorf("%d events lie beyond the heads", beyond)
	}
	check(t, db.Close())
}

func (w *witness) compareLog(t *testing.T, db *DB, head store.Head) {
	known := w.known[head.Org]
	events, err := db.Events(background, head.Org, known.Version, 1<<20)
	check(t, err)
	check(t, store.Chain(known.Version, known.Hash, events))
	if uint64(len(events)) != head.Version-known.Version {
		t.Errorf("the head of %s is at %d, its log at %d", head.Org, head.Version, known.Version+uint64(len(events)))
	}
	for len(events) > 0 { // command by command; each names how many events it has
		e := events[0]
		_, size, _ := strings.Cut(e.Command, "#")
		n, err := strconv.Atoi(size)
		check(t, err)
		if n > len(events) || events[n-1].Command != e.Command || n < len(events) && events[n].Command == e.Command {
			t.Fatalf("%s has not all events of %s", head.Org, e.Command)
		}
		r, err := db.Replayed(background, head.Org, "usr_1", e.Command)
		check(t, err)
		if string(r.Answer) != size {
			t.Errorf("the answer to %s is %q", e.Command, r.Answer)
		}
		if next := string(r.Request); next != "" {
			org, _, _ := strings.Cut(next, "@")
			if _, err := db.Replayed(background, org, "usr_1", next); err != nil {
				t.Errorf("%s is there without %s of the same batch: %v", e.Command, next, err)
			}
		}
		w.commands++
		known.Version, known.Hash = events[n-1].Version, store.Hash(events[n-1])
		events = events[n:]
	}
	if string(known.Hash) != string(head.Hash) {
		t.Errorf("the head of %s has another hash than its last event", head.Org)
	}
	found, err := db.Scan(background, "end", head.Org+"/", "", 10)
	check(t, err)
	if len(found) != 1 || found[0].Key != endKey(head.Org, head.Version) {
		t.Errorf("the look-ups of %s at %d are %+v", head.Org, head.Version, found)
	}
	w.known[head.Org] = known
}

func endKey(org string, version uint64) string { return fmt.Sprintf("%s/%d", org, version) }

// appendUntilKilled is the process: three writers, each with two organizations of its own.
func appendUntilKilled(dir string) error {
	db, err := Open(background, dir)
	if err != nil {
		return err
	}
	seed, err := strconv.ParseUint(os.Getenv("COMMONHOLD_TEST_SEED"), 10, 64)
	if err != nil {
		return err
	}
	if seed%2 == 0 { // so that some are killed while the log of the database is written back
		if _, err := db.writer.Exec(`PRAGMA wal_autocheckpoint = 20`); err != nil {
			return err
		}
	}
	failed := make(chan error)
	var mu sync.Mutex
	for i := range uint64(3) {
		go func() { failed <- appendForEver(db, rand.New(rand.NewPCG(seed, i)), &mu, i) }()
	}
	return <-failed
}

func appendForEver(db *DB, chance *rand.Rand, mu *sync.Mutex, i uint64) error {
	a, b := storetest.History{Org: fmt.Sprintf("org_%d_a", i)}, storetest.History{Org: fmt.Sprintf("org_%d_b", i)}
	heads, err := db.Heads(background, []string{a.Org, b.Org})
	if err != nil {
		return err
	}
	for _, head := range heads {
		for _, h := range []*storetest.History{&a, &b} {
			if h.Org == head.Org {
				h.Version, h.Hash = head.Version, head.Hash
			}
		}
	}
	for {
		batch := []store.Append{marked(&a, chance)}
		if chance.IntN(2) == 0 {
			batch = append(batch, marked(&b, chance), marked(&a, chance))
			for j := range batch { // a ring, in which a missing one is missed
				batch[j].Replay.Request = []byte(batch[(j+1)%3].Replay.Command)
			}
		}
		if err := db.Append(background, batch); err != nil {
			return err
		}
		mu.Lock()
		for _, done := range batch {
			fmt.Printf("acknowledged %s %d\n", done.Org, done.After+uint64(len(done.Events)))
		}
		mu.Unlock()
	}
}

// marked is an append of one to five events that leaves a row of every kind.
func marked(h *storetest.History, chance *rand.Rand) store.Append {
	n := 1 + chance.IntN(5)
	h.Command = fmt.Sprintf("%s@%d#%d", h.Org, h.Version, n)
	a := h.Next(n)
	a.Unset = []store.Lookup{{Kind: "end", Key: endKey(h.Org, a.After), Org: h.Org, ID: "end"}}
	a.Set = []store.Lookup{{Kind: "end", Key: endKey(h.Org, h.Version), Org: h.Org, ID: "end"}}
	a.Send = []store.Message{{ID: h.Command, Org: h.Org, Kind: "mail", Body: make([]byte, chance.IntN(3000))}}
	a.Replay = &store.Replay{
		Scope: h.Org, Actor: "usr_1", Key: h.Command, Command: h.Command, Answer: []byte(strconv.Itoa(n)), At: 1,
	}
	return a
}
