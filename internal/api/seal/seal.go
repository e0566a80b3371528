// Package seal makes texts that callers hand back as they got them, such as where a page ended. It owns the seal; what a
// text means, and what it is sealed to, is for those who make it.
package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// Key seals and opens.
type Key []byte

const (
	size    = 16
	maxText = 1024
)

var words = base64.RawURLEncoding

// Seal seals a text to some others, with which alone it opens.
func (k Key) Seal(text string, to []string) string {
	return words.EncodeToString(append(k.sum(text, to), text...))
}

// Open returns a text that was sealed to the same others; not ok if it was not.
func (k Key) Open(sealed string, to []string) (text string, ok bool) {
	b, err := words.DecodeString(sealed)
	if err != nil || len(sealed) > maxText || len(b) <= size || words.EncodeToString(b) != sealed {
		return "", false
	}
	text = string(b[size:])
	return text, hmac.Equal(b[:size], k.sum(text, to))
}

func (k Key) sum(text string, to []string) []byte {
	h := hmac.New(sha256.New, k)
	// Every part goes in behind its length, so that nothing can be shifted from one to the next.
	part := func(s string) {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(s))))
		h.Write([]byte(s))
	}
	for _, s := range to {
		part(s)
	}
	part(text)
	return h.Sum(nil)[:size]
}
