// Package note keeps what goes with a command beside its facts: the reason somebody gave, and where the request came
// from. It owns the kinds of notes, their salts and how long they are kept; it knows nothing of how a command is run.
package note

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Kinds of notes.
const (
	reason = "reason"
	origin = "origin"
	billed = "billing"
	invite = "invitation"
)

// How long notes are kept. Who gave a reason may be asked for it as long as anybody remembers the act; where a request
// came from serves to look into an abuse, and no longer.
const (
	reasonLasts = 3 * 365 * 24 * time.Hour
	originLasts = 180 * 24 * time.Hour
	inviteLasts = 180 * 24 * time.Hour // longer than an invitation can be open
)

// MaxReason is how many characters a reason has at most.
const MaxReason = 500

// ErrBadReason refuses a reason that cannot be kept.
var ErrBadReason = &org.Refusal{
	Kind: org.Invalid, Code: "reason.malformed", Text: "A reason has 1 to 500 visible characters on one line, without blanks at its ends.",
}

// ValidReason says whether a reason can be kept; the empty one means that none was given.
func ValidReason(text string) error {
	bad := func(r rune) bool { return !unicode.IsGraphic(r) || r == utf8.RuneError || bidi(r) }
	switch {
	case text == "":
		return nil
	case !utf8.ValidString(text), utf8.RuneCountInString(text) > MaxReason, text != strings.TrimSpace(text),
		strings.ContainsFunc(text, bad):
		return ErrBadReason
	}
	return nil
}

// bidi reports whether a character turns the direction of those behind it, so that a line reads other than it is.
func bidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// Origin is where a request came from, as the door saw it.
type Origin struct {
	Address string // of the other end of the connection
	Agent   string // what its program calls itself
}

// maxAgent is how much of an agent's words are kept.
const maxAgent = 200

// Clean returns an origin that any database may hold: an agent writes what it likes.
func (o Origin) Clean() Origin {
	o.Agent = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) || bidi(r) {
			return -1
		}
		return r
	}, o.Agent)
	for len(o.Agent) > maxAgent {
		_, size := utf8.DecodeLastRuneInString(o.Agent)
		o.Agent = o.Agent[:len(o.Agent)-size]
	}
	return o
}

// Given is what a caller left with a command.
type Given struct {
	Reason  string
	Origin  Origin
	Billing string // how the organization is billed, as its caller wrote it; kept for as long as invoices may be asked for
	Invited string // what an inviter writes to those who are invited, by person, as its caller wrote it
}

// Write makes the notes of a command and puts their digests into its first event. Facts are those of the command: a
// reason is erased with everybody whom they name, an origin with the actor. Random gives the salts.
func Write(random io.Reader, g Given, a *store.Append, facts []org.Stamped) error {
	if len(a.Events) == 0 {
		return nil
	}
	first := &a.Events[0]
	actor := facts[0].Actor
	var notes []store.Note
	if o := g.Origin.Clean(); o != (Origin{}) {
		notes = append(notes, store.Note{Kind: origin, People: ids(actor), Address: o.Address, Agent: o.Agent})
	}
	if g.Reason != "" {
		notes = append(notes, store.Note{Kind: reason, People: ids(append(named(facts), actor)...), Text: g.Reason})
	}
	if g.Billing != "" {
		notes = append(notes, store.Note{Kind: billed, Text: g.Billing})
	}
	if g.Invited != "" {
		notes = append(notes, store.Note{Kind: invite, People: ids(append(named(facts), actor)...), Text: g.Invited})
	}
	for i := range notes {
		n := &notes[i]
		n.Org, n.Command, n.At, n.Salt = first.Org, first.Command, first.At, make([]byte, 16)
		if _, err := io.ReadFull(random, n.Salt); err != nil {
			return fmt.Errorf("salt a note: %w", err)
		}
		first.Notes = append(first.Notes, n.Digest()...)
	}
	a.Notes = notes
	return nil
}

// named returns the people whom facts name.
func named(facts []org.Stamped) (people []org.PersonID) {
	for _, f := range facts {
		org.Sentence(f.Event, func(id string) string {
			if p := org.PersonID(id); p.Valid() {
				people = append(people, p)
			}
			return id
		})
	}
	return people
}

func ids(people ...org.PersonID) (out []string) {
	for _, p := range people {
		if p != "" {
			out = append(out, string(p))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Book reads, erases and expires notes.
type Book struct{ notes store.Notes }

// NewBook returns the book of a store.
func NewBook(notes store.Notes) Book { return Book{notes} }

// Of returns what was left with those commands of an organization and is still there.
func (b Book) Of(ctx context.Context, id org.OrgID, commands []org.CommandID) (map[org.CommandID]Given, error) {
	keys := make([]string, len(commands))
	for i, c := range commands {
		keys[i] = string(c)
	}
	rows, err := b.notes.NotesOf(ctx, string(id), keys)
	if err != nil {
		return nil, err
	}
	out := make(map[org.CommandID]Given, len(rows))
	for _, n := range rows {
		g := out[org.CommandID(n.Command)]
		switch n.Kind {
		case reason:
			g.Reason = n.Text
		case billed:
			g.Billing = n.Text
		case invite:
			g.Invited = n.Text
		case origin:
			g.Origin = Origin{Address: n.Address, Agent: n.Agent}
		}
		out[org.CommandID(n.Command)] = g
	}
	return out, nil
}

// Erase removes every note that a person wrote or that is about them, in all organizations.
func (b Book) Erase(ctx context.Context, id org.PersonID) error {
	return b.notes.EraseNotes(ctx, string(id))
}

// Expire removes the notes that were kept for their time.
func (b Book) Expire(ctx context.Context, now time.Time) error {
	for kind, lasts := range map[string]time.Duration{reason: reasonLasts, origin: originLasts, invite: inviteLasts} {
		if err := b.notes.ExpireNotes(ctx, kind, now.Add(-lasts).UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

// Vouched says whether an event holds the digest of a note, so that the note is the one that was left with it.
func Vouched(e store.Event, n store.Note) bool {
	sum := n.Digest()
	for digests := range slices.Chunk(e.Notes, len(sum)) {
		if bytes.Equal(digests, sum) {
			return true
		}
	}
	return false
}
