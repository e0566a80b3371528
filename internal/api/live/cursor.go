package live

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/commonhold/commonhold/internal/feed"
	"github.com/commonhold/commonhold/org"
)

// ErrBadCursor refuses a cursor that was not given to this caller.
var ErrBadCursor = &org.Refusal{Kind: org.Invalid, Code: "events.bad_cursor",
	Text: "This is no cursor of the feed for this caller: send next as it was given to the same caller, or none to begin with the first event."}

// sealer hides positions in cursors: one names an organization that its holder may know nothing of. What was not sealed
// here, and for that caller, does not open.
type sealer struct {
	aead   cipher.AEAD
	nonces []byte
}

const (
	maxCursor = 1024
	latest    = "latest" // stands for the cursor behind everything
)

var cursorText = base64.RawURLEncoding

func newSealer(key []byte) sealer {
	block, err := aes.NewCipher(derive(key, "commonhold events cursor 1"))
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return sealer{aead, derive(key, "commonhold events nonce 1")}
}

func derive(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write([]byte{byte(len(p) >> 8), byte(len(p))})
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// seal makes the cursor of a position for a person, or the operator. The nonce follows from what is sealed, so that none
// is ever used for two texts, and one position has one cursor.
func (s sealer) seal(for_ org.PersonID, p feed.Position) string {
	if p == "" {
		return ""
	}
	nonce := derive(s.nonces, string(for_), string(p))[:s.aead.NonceSize()]
	return cursorText.EncodeToString(s.aead.Seal(nonce, nonce, []byte(p), []byte(for_)))
}

func (s sealer) open(for_ org.PersonID, cursor string) (feed.Position, error) {
	if cursor == "" {
		return "", nil
	}
	b, err := cursorText.DecodeString(cursor)
	if n := s.aead.NonceSize(); err == nil && len(cursor) <= maxCursor && len(b) > n && cursorText.EncodeToString(b) == cursor {
		if p, err := s.aead.Open(nil, b[:n], b[n:], []byte(for_)); err == nil {
			return feed.Position(p), nil
		}
	}
	return "", ErrBadCursor
}

// Streams reports whether a request asks for server-sent events.
func Streams(r *http.Request) bool {
	return r.Method == http.MethodGet && accepts(r.Header["Accept"], "text/event-stream")
}
