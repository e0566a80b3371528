package note

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

const (
	ada org.PersonID = "usr_0000000000000000000000000a"
	bob org.PersonID = "usr_0000000000000000000000000b"
	acm org.OrgID    = "org_0000000000000000000000000c"
)

// left makes an append of one command by ada that removed bob.
func left(t *testing.T, g Given) store.Append {
	t.Helper()
	a := store.Append{Org: string(acm), Events: []store.Event{{Org: string(acm), Version: 1, Command: "cmd_1", At: 5}}}
	facts := []org.Stamped{{Meta: org.Meta{Version: 1, Actor: ada}, Event: &org.MemberRemoved{Person: bob}}}
	if err := Write(rand.Reader, g, &a, facts); err != nil {
		t.Fatal(err)
	}
	a.Hash = store.Hash(a.Events[0])
	return a
}

func TestANoteIsErasedWithEverybodyItConcerns_T223(t *testing.T) {
	a := left(t, Given{Reason: "left for Initech", Origin: Origin{"192.0.2.7", "curl"}})
	if len(a.Notes) != 2 || len(a.Events[0].Notes) != 64 {
		t.Fatalf("%d notes, %d bytes of digests", len(a.Notes), len(a.Events[0].Notes))
	}
	for _, n := range a.Notes {
		want := map[string][]string{origin: {string(ada)}, reason: {string(ada), string(bob)}}[n.Kind]
		if !slices.Equal(n.People, want) {
			t.Errorf("the %s concerns %v, want %v", n.Kind, n.People, want)
		}
		if !Vouched(a.Events[0], n) {
			t.Errorf("the event does not vouch for the %s", n.Kind)
		}
		n.Text += "x"
		if Vouched(a.Events[0], n) {
			t.Errorf("the event vouches for another %s", n.Kind)
		}
	}
	db := memory.Open()
	if err := db.Append(t.Context(), []store.Append{a}); err != nil {
		t.Fatal(err)
	}
	book := NewBook(db)
	of := func() Given {
		t.Helper()
		found, err := book.Of(t.Context(), acm, []org.CommandID{"cmd_1", "cmd_2"})
		if err != nil {
			t.Fatal(err)
		}
		return found["cmd_1"]
	}
	if got := of(); got != (Given{Reason: "left for Initech", Origin: Origin{"192.0.2.7", "curl"}}) {
		t.Errorf("left: %+v", got)
	}
	if err := book.Erase(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	if got := of(); got != (Given{Origin: Origin{"192.0.2.7", "curl"}}) {
		t.Errorf("left when bob is erased: %+v", got)
	}
	if err := book.Erase(t.Context(), ada); err != nil {
		t.Fatal(err)
	}
	if got := of(); got != (Given{}) {
		t.Errorf("left when both are erased: %+v", got)
	}
}

func TestAnErasedTextCannotBeGuessedFromTheLog_T223(t *testing.T) {
	one, two := left(t, Given{Reason: "theft"}), left(t, Given{Reason: "theft"})
	if bytes.Equal(one.Events[0].Notes, two.Events[0].Notes) {
		t.Error("one text has one digest")
	}
}

func TestNothingLeftIsNothingKept(t *testing.T) {
	if a := left(t, Given{}); len(a.Notes) > 0 || len(a.Events[0].Notes) > 0 {
		t.Errorf("%+v", a)
	}
	none := store.Append{Org: string(acm)}
	if err := Write(rand.Reader, Given{Reason: "x"}, &none, nil); err != nil || len(none.Notes) > 0 {
		t.Errorf("a command that changed nothing left %+v, %v", none, err)
	}
}

func TestNotesAreKeptForTheirTime(t *testing.T) {
	db := memory.Open()
	book := NewBook(db)
	if err := db.Append(t.Context(), []store.Append{left(t, Given{Reason: "so", Origin: Origin{Address: "192.0.2.7"}})}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		after time.Duration
		want  int
	}{{originLasts, 2}, {originLasts + time.Hour, 1}, {reasonLasts, 1}, {reasonLasts + time.Hour, 0}} {
		if err := book.Expire(t.Context(), time.UnixMicro(5).Add(r.after)); err != nil {
			t.Fatal(err)
		}
		if left, err := db.ListNotes(t.Context(), string(acm), "", "", 9); err != nil || len(left) != r.want {
			t.Errorf("after %v: %d notes, %v", r.after, len(left), err)
		}
	}
}

func TestValidReason(t *testing.T) {
	for _, r := range []struct {
		name, text string
		want       error
	}{
		{"none is fine", "", nil},
		{"a sentence is fine", "Left the company (ticket #4711) – große Änderung", nil},
		{"500 characters are fine", strings.Repeat("ü", 500), nil},
		{"501 are not", strings.Repeat("ü", 501), ErrBadReason},
		{"blanks alone are not", "   ", ErrBadReason},
		{"a blank at the end is not", "so ", ErrBadReason},
		{"two lines are not", "so\nand so", ErrBadReason},
		{"a NUL is not", "so\x00", ErrBadReason},
		{"what is no UTF-8 is not", "so\xff", ErrBadReason},
		{"an escape of a terminal is not", "so\x1b[2J", ErrBadReason},
		{"what turns the direction is not", "so\u202eos", ErrBadReason},
	} {
		t.Run(r.name, func(t *testing.T) {
			if got := ValidReason(r.text); got != r.want && (got == nil) != (r.want == nil) {
				t.Errorf("%v, want %v", got, r.want)
			}
		})
	}
}

func TestAnAgentWritesNoRecordsOfItsOwn_T217(t *testing.T) {
	o := Origin{"192.0.2.7", "curl\r\nx\x1b[2J\u2028\u202e\xff\x00" + strings.Repeat("ü", 300)}.Clean()
	if strings.ContainsAny(o.Agent, "\r\n\x1b\x00\u2028\u202e") || len(o.Agent) > maxAgent || !strings.HasPrefix(o.Agent, "curlx[2J") {
		t.Errorf("%q", o.Agent)
	}
}
