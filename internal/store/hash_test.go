package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func sample(version uint64, prev []byte) store.Event {
	return store.Event{
		Org: "org_01", Version: version, At: 1_700_000_000_000_000, Command: "cmd_01", Actor: "usr_01", Via: "key_01",
		Name: "member.role_set", Data: []byte(`{"user":"usr_02","role":"admin"}`), Prev: prev,
	}
}

func chain(n int) []store.Event {
	var events []store.Event
	var prev []byte
	for v := range n {
		events = append(events, sample(uint64(v+1), prev))
		prev = store.Hash(events[v])
	}
	return events
}

// Hashes lie in every log ever written: the values below never change.
func TestHashIsTheSameForEver_I46(t *testing.T) {
	for name, row := range map[string]struct {
		event store.Event
		want  string
	}{
		"an event without a predecessor": {
			sample(1, nil), "d5f9df3937db28d1439f56cb718493ef463714a97f72548b5bd0ffdfad9d3765",
		},
		"an event with one": {
			sample(2, make([]byte, 32)), "d567dec5efde4692f89fe64548272b0bb358abfe8cc1dc85e412b2ac7f5efe96",
		},
		"an event that needs more room than most": {
			store.Event{Data: []byte(strings.Repeat("x", 5000))}, "7640ea51407b2c7664a515d39d92484e592cc0aa4b9fa8a928cd1c8b4a1b009f",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := hex.EncodeToString(store.Hash(row.event)); got != row.want {
				t.Errorf("hash is %s, want %s", got, row.want)
			}
		})
	}
}

func TestHashFollowsTheWrittenRecipe_I46(t *testing.T) {
	e := sample(3, []byte{1, 2, 3})
	text := func(s string) string { return string(rune(len(s))) + s } // one byte of length suffices here
	recipe := "commonhold event 1\n" + text(e.Org) + "\x00\x00\x00\x00\x00\x00\x00\x03" +
		"\x00\x06\x0a\x24\x18\x1e\x40\x00" + text(e.Command) + text(e.Actor) + text(e.Via) + text(e.Name) +
		text(string(e.Data)) + text(string(e.Prev))
	want := sha256.Sum256([]byte(recipe))
	if got := store.Hash(e); hex.EncodeToString(got) != hex.EncodeToString(want[:]) {
		t.Errorf("hash is %x, want %x", got, want)
	}
}

// An event with notes has a recipe of its own, so that none of one recipe can pass for one of the other.
func TestHashOfAnEventWithNotesFollowsTheWrittenRecipe_I46(t *testing.T) {
	e := sample(3, []byte{1, 2, 3})
	e.Notes = []byte("digest")
	text := func(s string) string { return string(rune(len(s))) + s }
	recipe := "commonhold event 2\n" + text(e.Org) + "\x00\x00\x00\x00\x00\x00\x00\x03" +
		"\x00\x06\x0a\x24\x18\x1e\x40\x00" + text(e.Command) + text(e.Actor) + text(e.Via) + text(e.Name) +
		text(string(e.Data)) + text(string(e.Prev)) + text(string(e.Notes))
	want := sha256.Sum256([]byte(recipe))
	if got := store.Hash(e); hex.EncodeToString(got) != hex.EncodeToString(want[:]) {
		t.Errorf("hash is %x, want %x", got, want)
	}
}

// Digests lie in logs for ever, beside notes that are kept for years.
func TestTheDigestOfANoteFollowsTheWrittenRecipe_I46(t *testing.T) {
	n := store.Note{Org: "org_01", Command: "cmd_01", Kind: "reason", People: []string{"usr_01"}, Text: "so", Address: "192.0.2.7",
		Agent: "curl", At: 5, Salt: []byte("salt")}
	text := func(s string) string { return string(rune(len(s))) + s }
	recipe := "commonhold note 1\n" + text("salt") + text(n.Org) + text(n.Command) + text(n.Kind) + text(n.Text) + text(n.Address) +
		text(n.Agent) + "\x00\x00\x00\x00\x00\x00\x00\x05"
	want := sha256.Sum256([]byte(recipe))
	if got := n.Digest(); hex.EncodeToString(got) != hex.EncodeToString(want[:]) {
		t.Errorf("digest is %x, want %x", got, want)
	}
	other := n
	if other.People = nil; string(other.Digest()) != string(n.Digest()) {
		t.Error("who is erased with a note is in its digest")
	}
}

func TestHashCoversEveryField_I46(t *testing.T) {
	base := sample(7, []byte("before"))
	was := string(store.Hash(base))
	for i := range reflect.TypeFor[store.Event]().NumField() {
		changed := base
		field := reflect.ValueOf(&changed).Elem().Field(i)
		switch field.Kind() {
		case reflect.String:
			field.SetString(field.String() + "x")
		case reflect.Uint64:
			field.SetUint(field.Uint() + 1)
		case reflect.Int64:
			field.SetInt(field.Int() + 1)
		case reflect.Slice:
			field.SetBytes(append([]byte("x"), field.Bytes()...))
		default:
			t.Fatalf("field %d of Event is of a kind that this test does not change", i)
		}
		if string(store.Hash(changed)) == was {
			t.Errorf("changing %s leaves the hash as it was", reflect.TypeFor[store.Event]().Field(i).Name)
		}
	}
}

func TestHashKeepsNeighbouringFieldsApart_I46(t *testing.T) {
	seen := map[string]string{}
	for _, e := range []store.Event{
		{Org: "ab", Command: "c"}, {Org: "a", Command: "bc"}, {Org: "abc"}, {Command: "abc"}, {Actor: "abc"},
		{Via: "abc"}, {Name: "abc"}, {Data: []byte("abc")}, {Prev: []byte("abc")}, {Version: 5}, {At: 5},
		{Data: []byte("a"), Prev: []byte("bc")}, {Notes: []byte("abc")}, {Prev: []byte("a"), Notes: []byte("bc")},
	} {
		sum, name := string(store.Hash(e)), fmt.Sprintf("%+v", e)
		if other, ok := seen[sum]; ok {
			t.Errorf("%s and %s share a hash", other, name)
		}
		seen[sum] = name
	}
}

func TestHashAllocatesTheDigestAlone(t *testing.T) {
	e := sample(2, make([]byte, 32))
	var sink []byte
	if n := testing.AllocsPerRun(100, func() { sink = store.Hash(e) }); n > 1 {
		t.Errorf("%v allocations, want 1 (digest %x)", n, sink)
	}
}

func TestChain_I41_I46(t *testing.T) {
	whole := chain(5)
	third := store.Hash(whole[2])
	for _, row := range []struct {
		name   string
		after  uint64
		prev   []byte
		events []store.Event
		bend   func([]store.Event)
		want   string // part of the error; empty: it holds
	}{
		{name: "a whole log holds", events: whole},
		{name: "no events hold"},
		{name: "the rest of a log holds", after: 3, prev: third, events: whole[3:]},
		{name: "a gap is named", events: append(whole[:2:2], whole[3]), want: "version 4 stands where 3 belongs"},
		{name: "a version that comes twice is named", events: append(whole[:2:2], whole[1]), want: "version 2 stands where 3"},
		{name: "a log that starts late is named", events: whole[1:], want: "version 2 stands where 1 belongs"},
		{
			name: "another predecessor is named", after: 3, prev: store.Hash(whole[1]), events: whole[3:],
			want: "version 4 does not",
		},
		{
			name: "a first event with a predecessor is named", events: []store.Event{sample(1, third)},
			want: "version 1 does not",
		},
		{
			name: "a changed event is named by its successor", events: whole,
			bend: func(e []store.Event) { e[2].Data = []byte("{}") }, want: "version 4 does not",
		},
		{
			name: "an event of another organization is named", events: whole,
			bend: func(e []store.Event) { e[4].Org = "org_02" }, want: "version 5 belongs to org_02",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			events := append([]store.Event(nil), row.events...)
			if row.bend != nil {
				row.bend(events)
			}
			err := store.Chain(row.after, row.prev, events)
			switch {
			case row.want == "" && err != nil:
				t.Error(err)
			case row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)):
				t.Errorf("error is %v, want one with %q", err, row.want)
			}
		})
	}
}

func BenchmarkHash(b *testing.B) {
	e := sample(2, make([]byte, 32))
	b.ReportAllocs()
	for b.Loop() {
		store.Hash(e)
	}
}

func BenchmarkChain(b *testing.B) {
	events := chain(1000)
	b.ReportAllocs()
	for b.Loop() {
		if err := store.Chain(0, nil, events); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}
