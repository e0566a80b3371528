package api

import (
	"iter"

	"github.com/commonhold/commonhold/internal/api/seal"
	"github.com/commonhold/commonhold/internal/route"
)

// cursors seal where a page ended. A cursor goes on with the list it was given for, and with no other: the seal covers
// the route, the caller, the organization, what the path names and all parameters but the size of the page.
type cursors struct{ key seal.Key }

// seal makes the cursor behind a row.
func (k cursors) seal(c *call, after string) string { return k.key.Seal(after, c.list()) }

// open returns the row behind which a page begins; empty for the first page.
func (k cursors) open(c *call, cursor string) (string, error) {
	if _, given := c.query["cursor"]; !given {
		return "", nil
	}
	after, ok := k.key.Open(cursor, c.list())
	if !ok {
		return "", in("cursor", errBadCursor)
	}
	return after, nil
}

// list is all that tells the list that a call reads from every other.
func (c *call) list() []string {
	out := []string{"commonhold cursor 1", c.Name, string(c.caller.ID()), string(c.org), string(c.person), string(c.team), string(c.project)}
	for _, p := range c.Params {
		if value, given := c.query[p.Name]; given {
			out = append(out, p.Name, value)
		}
	}
	return out
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
