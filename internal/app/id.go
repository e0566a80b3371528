package app

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/commonhold/commonhold/org"
)

const base32 = "0123456789abcdefghjkmnpqrstvwxyz"

// newID makes a TypeID (specification 0.3): a prefix and a UUIDv7 in base 32.
func (a *App) newID(prefix string) string {
	var b [16]byte
	a.fill(b[6:])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(a.clock().UnixMilli()))
	copy(b[:6], ms[2:])
	b[6], b[8] = b[6]&0x0f|0x70, b[8]&0x3f|0x80
	return prefix + encode32(b)
}

// newPersonID makes an id that tells nothing, not even when it was made: a UUIDv4 in the same dress.
func (a *App) newPersonID() org.PersonID {
	var b [16]byte
	a.fill(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return org.PersonID("usr_" + encode32(b))
}

func (a *App) fill(b []byte) {
	if _, err := io.ReadFull(a.random, b); err != nil {
		panic(fmt.Sprintf("no randomness: %v", err)) // nothing safe can go on without it
	}
}

func encode32(b [16]byte) string {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [26]byte
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = base32[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// day is the first instant of the day of t, UTC.
func day(t time.Time) int64 { return t.UTC().Truncate(24 * time.Hour).UnixMicro() }
