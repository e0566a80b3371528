package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"iter"

	"github.com/commonhold/commonhold/internal/route"
)

// cursors seal where a page ended. A cursor goes on with the list it was given for, and with no other: the seal covers
// the route, the caller, the organization, what the path names and all parameters but the size of the page.
type cursors struct{ key []byte }

const (
	sealSize  = 16
	maxCursor = 1024
)

var cursorText = base64.RawURLEncoding

// seal makes the cursor behind a row.
func (k cursors) seal(c *call, after string) string {
	return cursorText.EncodeToString(append(k.sum(c, after), after...))
}

// open returns the row behind which a page begins; empty for the first page.
func (k cursors) open(c *call, cursor string) (after string, err error) {
	if _, given := c.query["cursor"]; !given {
		return "", nil
	}
	b, err := cursorText.DecodeString(cursor)
	if err != nil || len(cursor) > maxCursor || len(b) <= sealSize || cursorText.EncodeToString(b) != cursor {
		return "", in("cursor", errBadCursor)
	}
	after = string(b[sealSize:])
	if !hmac.Equal(b[:sealSize], k.sum(c, after)) {
		return "", in("cursor", errBadCursor)
	}
	return after, nil
}

func (k cursors) sum(c *call, after string) []byte {
	h := hmac.New(sha256.New, k.key)
	// Every part goes in behind its length, so that nothing can be shifted from one to the next.
	part := func(s string) {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(s))))
		h.Write([]byte(s))
	}
	for _, s := range []string{"commonhold cursor 1", c.Name, string(c.caller.Person), string(c.org), string(c.person), string(c.team), string(c.project)} {
		part(s)
	}
	for _, p := range c.Params {
		value, given := c.query[p.Name]
		if given {
			part(p.Name)
			part(value)
		}
	}
	part(after)
	return h.Sum(nil)[:sealSize]
}

// page takes one page of a list that begins behind c.after, and the cursor behind it if more follows.
func page[T any](s *Server, c *call, rows iter.Seq[T], place func(T) string) route.Page[T] {
	out := route.Page[T]{Items: []T{}}
	for row := range rows {
		if len(out.Items) == c.limit {
			out.Next = s.cursors.seal(c, place(out.Items[c.limit-1]))
			break
		}
		out.Items = append(out.Items, row)
	}
	return out
}

// each makes a page of other rows in the same places.
func each[T, U any](p route.Page[T], change func(T) U) route.Page[U] {
	out := route.Page[U]{Items: make([]U, len(p.Items)), Next: p.Next, Total: p.Total}
	for i, row := range p.Items {
		out.Items[i] = change(row)
	}
	return out
}

// where leaves out the rows for which keep says no.
func where[T any](rows iter.Seq[T], keep func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for row := range rows {
			if keep(row) && !yield(row) {
				return
			}
		}
	}
}
