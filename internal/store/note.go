package store

import (
	"context"
	"crypto/sha256"
)

// Note is what goes with a command but not into its facts, because it can be erased: a reason, a message, where the
// request came from. The first event of the command holds its digest. Org, Command and Kind together are its key.
type Note struct {
	Org     string
	Command string
	Kind    string   // such as "reason" or "origin"
	People  []string // with each of whom it is erased: who wrote it and whom it is about
	Text    string
	Address string // where a request came from
	Agent   string // what program sent it, in its own words
	At      int64
	Salt    []byte // random, so that nobody finds out an erased text by trying digests
}

// The first bytes of every note's digest, as of an event's hash.
const noteDomain = "commonhold note 1\n"

// Digest is the SHA-256 of a note without its People, in the manner of Hash.
func (n *Note) Digest() []byte {
	b := append([]byte(nil), noteDomain...)
	b = appendText(b, n.Salt)
	for _, text := range []string{n.Org, n.Command, n.Kind, n.Text, n.Address, n.Agent} {
		b = appendText(b, text)
	}
	sum := sha256.Sum256(appendNumber(b, n.At))
	return sum[:]
}

// Notes reads and erases what appends wrote.
type Notes interface {
	// NotesOf returns the notes of those commands of an organization, in order of command and kind; those of up to 256
	// commands in one query.
	NotesOf(ctx context.Context, org string, commands []string) ([]Note, error)

	// ListNotes pages through the notes of an organization in order of command and kind, from the first behind those
	// of after; the empty command is the beginning. People are in order of their ids.
	ListNotes(ctx context.Context, org, afterCommand, afterKind string, limit int) ([]Note, error)

	// EraseNotes removes every note of a person, in all organizations. Nobody reads any of them when it has returned.
	EraseNotes(ctx context.Context, person string) error

	// ExpireNotes removes the notes of a kind that are older than before.
	ExpireNotes(ctx context.Context, kind string, before int64) error
}
