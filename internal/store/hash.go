package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// The first bytes of every hashed event. A change of the encoding below takes another line, so that no hash of one
// encoding can be a hash of the other. Events with notes have the second, and Notes at the end of the encoding.
const (
	hashDomain      = "commonhold event 1\n"
	hashDomainNotes = "commonhold event 2\n"
)

// Hash is the SHA-256 of an event: of its domain and then, in the order of Event's fields, of each text and each run of
// bytes behind its length (unsigned varint) and each number as eight bytes, big end first. No two events share an
// encoding, and Prev is part of it, so the hash of an event vouches for all before it.
func Hash(e Event) []byte {
	var room [1024]byte // most events fit, so hashing allocates the digest alone
	b := room[:0]
	if n := encodedSize(&e); n > len(room) {
		b = make([]byte, 0, n)
	}
	sum := sha256.Sum256(encode(b, &e))
	return sum[:]
}

// Chain says whether events continue the log of an organization that ends at version after with hash prev: versions
// without a gap, one organization, and each Prev the hash of the event before. The error names the first version that
// does not.
func Chain(after uint64, prev []byte, events []Event) error {
	var buf []byte
	var sum [sha256.Size]byte
	for i := range events {
		e, want := &events[i], after+1+uint64(i)
		switch {
		case e.Org != events[0].Org:
			return fmt.Errorf("chain of %s: version %d belongs to %s", events[0].Org, want, e.Org)
		case e.Version != want:
			return fmt.Errorf("chain of %s: version %d stands where %d belongs", e.Org, e.Version, want)
		case !bytes.Equal(e.Prev, prev):
			return fmt.Errorf("chain of %s: version %d does not name the hash of its predecessor", e.Org, want)
		}
		buf = encode(buf[:0], e)
		sum = sha256.Sum256(buf)
		prev = sum[:]
	}
	return nil
}

func encode(b []byte, e *Event) []byte {
	if len(e.Notes) > 0 {
		b = append(b, hashDomainNotes...)
	} else {
		b = append(b, hashDomain...)
	}
	b = appendText(b, e.Org)
	b = appendNumber(b, int64(e.Version))
	b = appendNumber(b, e.At)
	b = appendText(b, e.Command)
	b = appendText(b, e.Actor)
	b = appendText(b, e.Via)
	b = appendText(b, e.Name)
	b = appendText(b, e.Data)
	b = appendText(b, e.Prev)
	if len(e.Notes) > 0 {
		b = appendText(b, e.Notes)
	}
	return b
}

func appendNumber(b []byte, n int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(n)) }

func appendText[T string | []byte](b []byte, text T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// encodedSize is an upper bound of what encode appends.
func encodedSize(e *Event) int {
	return len(hashDomain) + 2*8 + 8*binary.MaxVarintLen64 +
		len(e.Org) + len(e.Command) + len(e.Actor) + len(e.Via) + len(e.Name) + len(e.Data) + len(e.Prev) + len(e.Notes)
}
