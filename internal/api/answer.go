package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/commonhold/commonhold/internal/api/etag"
	"github.com/commonhold/commonhold/org"
)

// answer is what a handler has to say; the zero answer says that it is done.
type answer struct {
	body     any    // written as JSON
	raw      []byte // or JSON already
	version  org.Version
	tag      string
	whole    bool // the tag of a reader covers the whole answer, not the object alone
	replayed bool
	streamed bool // it was written already, as it came
}

// write writes an answer.
func (s *Server) write(x *exchange, c *call, a answer) {
	if a.raw == nil && a.body != nil {
		var err error
		if a.raw, err = json.Marshal(a.body); err != nil {
			s.refuse(x, err)
			return
		}
	}
	h := x.Header()
	if a.version > 0 {
		h.Set("Commonhold-Version", strconv.FormatUint(uint64(a.version), 10))
	}
	if a.replayed {
		h.Set("Idempotency-Replayed", "true")
	}
	if a.whole {
		a.tag += "." + digest(a.raw)
	}
	if a.tag != "" {
		h.Set("ETag", `"`+a.tag+`"`)
		if seen := c.request.Header["If-None-Match"]; len(seen) > 0 {
			known, ok := etag.Read(seen)
			if !ok {
				s.refuse(x, errBadMatch)
				return
			}
			if known.Names(a.tag) {
				x.WriteHeader(http.StatusNotModified)
				return
			}
		}
	}
	if len(a.raw) == 0 {
		x.WriteHeader(http.StatusNoContent)
		return
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(a.raw)))
	x.WriteHeader(http.StatusOK)
	if c.request.Method != http.MethodHead {
		_, _ = x.Write(a.raw) // a caller who went away is no error of ours
	}
}

// shown answers a reading of the state that the call saw.
func (c *call) shown(body any) answer { return answer{body: body, version: c.state.Version()} }

// tagged answers the reading of an object.
func (c *call) tagged(body any, whole bool) answer {
	a := c.shown(body)
	a.tag, _ = c.tagOf(c.state)
	a.whole = whole
	return a
}
