package api

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"reflect"
	"strings"

	"github.com/commonhold/commonhold/internal/api/body"
	"github.com/commonhold/commonhold/internal/api/etag"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/credential"
	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/org"
)

// A call is a request on its way through the door, each field there once the step that finds it out is done.
type call struct {
	*bound
	exchange *exchange
	request  *http.Request
	caller   app.Caller
	at       org.Instant
	query    params
	once     string // the Idempotency-Key
	given    note.Given
	match    etag.Condition // of If-Match
	raw      []byte         // the body as it came
	value    reflect.Value

	org       org.OrgID
	freshness app.Freshness
	state     *org.State // of the organization; nil outside of one, and for a command that needs no look at it
	person    org.PersonID
	team      org.TeamID
	project   org.ProjectID
	asked     []org.Question // what the gate judges: whom and which project the request is about
	one       [1]org.Question

	limit int
	after string // where the page begins
}

// asking finds out what a body asks about.
type asking func(context.Context, *call) error

// serve answers a request for a row.
func (s *Server) serve(x *exchange, r *http.Request, b *bound) {
	x.route = b.Name
	ctx, slots := r.Context(), []chan struct{}{s.others, s.slots}
	switch {
	case b.extra.long:
		ctx, slots = x.whole, []chan struct{}{s.streams}
	case b.extra.first:
		slots = slots[1:]
	}
	for _, free := range slots {
		select {
		case free <- struct{}{}:
			defer func() { <-free }()
		default:
			s.refuse(x, errBusy)
			return
		}
	}
	began := s.app.Time()
	c := &call{bound: b, exchange: x, request: r, at: org.At(began)}
	a, err := s.answer(ctx, x, c)
	if err == nil && c.command == nil && c.state != nil {
		err = s.app.InTime(c.state, began)
	}
	switch {
	case a.streamed:
		x.err = err
	case err != nil:
		s.noteRefusal(c, err)
		s.refuse(x, err)
	default:
		s.write(x, c, a)
	}
}

// answer takes a call through every step. What is wrong with the request by itself is found first, for that tells
// nothing of what there is; then whether there is the organization for this caller; then what it names; then the right.
func (s *Server) answer(ctx context.Context, x *exchange, c *call) (answer, error) {
	var err error
	if !c.Gate.Open { // behind which nobody asks who calls
		if c.caller, err = s.callerOf(ctx, c.request, c.inOrg); err != nil {
			return answer{}, err
		}
		if c.caller.Reads && c.Writes() { // the one place where it is held against a key that it is for reading
			return answer{}, credential.ErrReadOnly
		}
	}
	if err := s.read(x, c); err != nil {
		return answer{}, err
	}
	if c.inOrg {
		if c.org, err = s.app.FindOrganization(ctx, c.request.PathValue("org")); err != nil {
			if c.extra.unseen {
				err = alike(err)
			}
			return answer{}, err
		}
		x.org = c.org
	}
	if c.command == nil {
		if err := s.question(ctx, c); err != nil {
			return answer{}, err
		}
	} else if err := s.resolve(ctx, c); err != nil {
		return answer{}, err
	}
	return c.handle(ctx, c)
}

// read takes what the request says by itself: its query, headers and body.
func (s *Server) read(x *exchange, c *call) error {
	if err := c.readQuery(); err != nil {
		return err
	}
	if err := c.readHeaders(); err != nil {
		return err
	}
	var err error
	if c.raw, err = readBody(x, c.request); err != nil {
		return err
	}
	if c.shape == nil {
		if len(c.raw) > 0 {
			return errUnexpected
		}
		return nil
	}
	typ := c.command
	if typ == nil {
		typ = reflect.TypeOf(c.Body)
	}
	c.value = reflect.New(typ).Elem()
	text := c.raw
	if len(text) == 0 {
		text = []byte("{}")
	}
	return c.shape.Read(text, c.value)
}

const maxBody = 1 << 20

// readBody returns a request's body, refusing what is no JSON by its own account and what is too long.
func readBody(x *exchange, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, errTooLarge
	}
	if r.ContentLength == 0 || r.Body == nil {
		return nil, nil
	}
	var buf bytes.Buffer
	if r.ContentLength > 0 {
		buf.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := buf.ReadFrom(http.MaxBytesReader(x.ResponseWriter, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errTooLarge
	case err != nil:
		return nil, bodyFaults[body.Malformed] // it broke off, or its chunks are no chunks
	case buf.Len() == 0:
		return nil, nil
	case len(r.Header["Content-Encoding"]) > 0 || !isJSON(r.Header.Get("Content-Type")):
		return nil, errNotJSON
	}
	return buf.Bytes(), nil
}

func isJSON(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	kind, parameters, err := mime.ParseMediaType(contentType)
	charset, named := parameters["charset"]
	return err == nil && kind == "application/json" && (!named || strings.EqualFold(charset, "utf-8"))
}

// question resolves what a call without a command names, and judges it by the row's gate. Nothing that the gate does
// not let in learns whether there is what it named.
func (s *Server) question(ctx context.Context, c *call) error {
	if c.inOrg && !c.extra.unseen {
		if err := s.see(ctx, c); err != nil {
			return err
		}
		if c.state.Catalog() == nil {
			return org.ErrUnknownCatalog
		}
	}
	if err := s.name(ctx, c); err != nil {
		return err
	}
	c.one[0] = org.Question{Person: c.person, Project: c.project}
	c.asked = c.one[:]
	if c.extra.asks != nil {
		if err := c.extra.asks(ctx, c); err != nil {
			return err
		}
	}
	if err := c.pass(); err != nil {
		return err
	}
	if c.Paged {
		var err error
		if c.after, err = s.cursors.open(c, c.query["cursor"]); err != nil {
			return err
		}
	}
	if c.state != nil && c.caller.Person != "" && !c.state.Entered() {
		var err error
		c.state, err = s.app.As(ctx, c.caller, c.org, c.freshness)
		return err
	}
	return nil
}

// name resolves the ids in the path and the query.
func (s *Server) name(ctx context.Context, c *call) error {
	for _, name := range c.in {
		if err := s.namePart(ctx, c, name, c.request.PathValue(name)); err != nil && !errors.Is(err, org.ErrBadID) {
			return err
		}
	}
	for _, p := range c.Params {
		value, given := c.query[p.Name]
		if !given {
			continue
		}
		if err := s.namePart(ctx, c, p.Name, value); err != nil {
			return in(p.Name, err)
		}
	}
	return nil
}

func (s *Server) namePart(ctx context.Context, c *call, name, ref string) (err error) {
	switch name {
	case "person":
		c.person, err = s.personRef(ctx, ref)
	case "team":
		c.team, err = s.teamRef(ctx, c, ref)
	case "project":
		c.project, err = s.projectRef(ctx, c, ref)
	}
	return err
}
