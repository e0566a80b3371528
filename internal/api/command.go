package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"reflect"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// resolve fills a command from the path and puts ids in the place of external ones, wherever they stand. What the path
// calls by no id at all is unknown; what the body calls so is written wrongly.
func (s *Server) resolve(ctx context.Context, c *call) error {
	if err := s.name(ctx, c); err != nil {
		return err
	}
	for _, name := range c.in {
		switch name {
		case "person":
			c.shape.Fill(c.value, name, string(c.person))
		case "team":
			c.shape.Fill(c.value, name, string(c.team))
		case "project":
			c.shape.Fill(c.value, name, string(c.project))
		case "account":
			ref := c.request.PathValue(name)
			if !org.AccountID(ref).Valid() && !external(ref) {
				ref = string(noAccount)
			}
			c.shape.Fill(c.value, name, ref)
		case "role", "request", "key", "invitation":
			c.shape.Fill(c.value, name, c.request.PathValue(name))
		}
	}
	return c.shape.Texts(c.value, s.resolving(ctx, c))
}

// resolving puts an id in the place of a text.
func (s *Server) resolving(ctx context.Context, c *call) func(reflect.Value) error {
	return func(v reflect.Value) error {
		id, err := s.idOf(ctx, c, v)
		if err == nil {
			v.SetString(id)
		}
		return err
	}
}

// idOf resolves a text of a command if its type is that of an id.
func (s *Server) idOf(ctx context.Context, c *call, v reflect.Value) (string, error) {
	ref := v.String()
	if ref == "" {
		return "", nil
	}
	switch v.Interface().(type) {
	case org.PersonID:
		id, err := s.personRef(ctx, ref)
		return string(id), err
	case org.OrgID:
		id, err := s.app.FindOrganization(ctx, ref)
		return string(id), err
	case org.TeamID:
		id, err := s.teamRef(ctx, c, ref)
		return string(id), err
	case org.AccountID:
		if org.AccountID(ref).Valid() {
			return ref, nil
		}
		if !external(ref) {
			return "", org.ErrBadID
		}
		if err := s.see(ctx, c); err != nil {
			return "", err
		}
		return string(accountOf(c.state, ref)), nil
	case org.ProjectID:
		id, err := s.projectRef(ctx, c, ref)
		return string(id), err
	}
	return ref, nil
}

// run runs the command of a row.
func (s *Server) run(ctx context.Context, c *call) (answer, error) {
	cmd := c.value.Interface().(org.Command)
	o := app.Opts{Key: c.once, Given: c.given, Answer: func(before, after *org.State, ran org.Command) any {
		return c.Tell(route.Told{Before: before, After: after, Command: ran, By: c.caller.Actor(), At: c.at})
	}}
	if c.once != "" {
		o.Request = c.fingerprint()
	}
	if c.match != nil {
		o.Expect = c.expect
		if _, err := s.app.View(ctx, c.org, freshEnough); err != nil && !errors.Is(err, org.ErrUnknownOrganization) {
			return answer{}, err
		}
	}
	r, err := s.keys.Do(ctx, c.caller, c.org, cmd, o)
	if err != nil {
		return answer{}, err
	}
	a := answer{raw: r.Answer, replayed: r.Replayed}
	switch {
	case !r.Replayed:
		a.version = r.State.Version()
		if tag, ok := c.tagOf(r.State); ok {
			a.tag = tag
		}
	case c.org != "":
		now, err := s.app.View(ctx, c.org, freshEnough)
		if err != nil {
			return answer{}, err
		}
		a.version = now.Version()
	}
	return a, nil
}

// tagOf names the state of the object that the call is about.
func (c *call) tagOf(s *org.State) (string, bool) {
	if c.tag == nil {
		return "", false
	}
	return c.tag(s, c)
}

// expect refuses a change to an object that is not as the caller has seen it. One that is gone is the command's matter.
func (c *call) expect(before *org.State) error {
	if tag, ok := c.tagOf(before); ok && !c.match.Holds(tag) {
		return errChanged
	}
	return nil
}

// fingerprint tells a repetition from another request under the same idempotency key.
func (c *call) fingerprint() []byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(c.request.Method), []byte(c.request.URL.EscapedPath()), []byte(c.caller.ID()), c.raw} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return h.Sum(nil)
}
