// Package secret dresses random bits as keys that callers show: a prefix by which scanners of code and logs find one
// that leaked, 256 bits, and a checksum by which a mistyped one is told without asking. It knows nobody whom keys open to.
package secret

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"

	"github.com/commonhold/commonhold/internal/typeid"
)

const sum = 6 // characters of a checksum

// New makes a secret and returns the hash by which it is found again.
func New(prefix string, random io.Reader) (secret string, hash []byte) {
	var b [32]byte
	typeid.Fill(random, b[:])
	body := prefix + base64.RawURLEncoding.EncodeToString(b[:])
	secret = body + checksum(body)
	h := Hash(secret)
	return secret, h[:]
}

// Hash is what is kept of a secret.
func Hash(secret string) [sha256.Size]byte { return sha256.Sum256([]byte(secret)) }

// Plausible reports whether a secret has the prefix and its checksum is right.
func Plausible(prefix, secret string) bool {
	return strings.HasPrefix(secret, prefix) && len(secret) >= len(prefix)+sum && checksum(secret[:len(secret)-sum]) == secret[len(secret)-sum:]
}

func checksum(body string) string {
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(body))))
}
