// Package typeid makes ids as the TypeID specification (0.3) has them: a prefix and a UUID in base 32. It does not know
// what they name.
package typeid

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

const base32 = "0123456789abcdefghjkmnpqrstvwxyz"

// Timed makes an id that sorts by the time of its making (UUIDv7).
func Timed(prefix string, now time.Time, random io.Reader) string {
	var b [16]byte
	Fill(random, b[6:])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(b[:6], ms[2:])
	b[6], b[8] = b[6]&0x0f|0x70, b[8]&0x3f|0x80
	return prefix + Encode(b)
}

// Random makes an id that tells nothing, not even when it was made (UUIDv4).
func Random(prefix string, random io.Reader) string {
	var b [16]byte
	Fill(random, b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return prefix + Encode(b)
}

// Fill fills b from a source that must not fail: nothing safe can go on without randomness.
func Fill(random io.Reader, b []byte) {
	if _, err := io.ReadFull(random, b); err != nil {
		panic(fmt.Sprintf("no randomness: %v", err))
	}
}

// Encode writes 128 bits in base 32.
func Encode(b [16]byte) string {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [26]byte
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = base32[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}
