package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/credential"
	"github.com/commonhold/commonhold/org"
)

// actingFor is the header that names the person for whom a key acts.
const actingFor = "Commonhold-Acting-For"

// Ids that were never given to anybody. What a caller names and cannot be found is replaced by them, so that from there
// on it takes the way of every unknown id, and no answer can tell one from the other.
const (
	noPerson  org.PersonID  = "usr_00000000000000000000000000"
	noAccount org.AccountID = "sa_00000000000000000000000000"
	noTeam    org.TeamID    = "team_00000000000000000000000000"
	noProject org.ProjectID = "prj_00000000000000000000000000"
)

// callerOf finds out who calls.
func (s *Server) callerOf(ctx context.Context, r *http.Request, inOrg bool) (app.Caller, error) {
	header, err := single(r, "Authorization")
	if err != nil {
		return app.Caller{}, err
	}
	scheme, key, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return app.Caller{}, errNoKey
	}
	caller, acting, err := s.keys.Authenticate(ctx, key)
	if err != nil {
		if _, refused := errors.AsType[*org.Refusal](err); refused || ctx.Err() != nil {
			return app.Caller{}, err
		}
		return app.Caller{}, errWrongKey
	}
	person, err := single(r, actingFor)
	if err != nil {
		return app.Caller{}, err
	}
	switch named := len(r.Header[actingFor]) > 0; {
	case !named && acting && !caller.Operator:
		return caller, credential.ErrActsForNobody
	case !named:
		return caller, nil
	case !acting:
		return caller, credential.ErrNotForActing
	}
	caller.Person, err = s.personActedFor(ctx, person)
	if err == nil && caller.Person == noPerson && !inOrg {
		err = org.ErrNotAllowed
	}
	return caller, err
}

// personActedFor finds the person of the header. An unknown one is nobody, who is in no organization.
func (s *Server) personActedFor(ctx context.Context, ref string) (org.PersonID, error) {
	id, err := s.app.FindPerson(ctx, ref)
	if err == nil {
		var p app.Person
		switch p, err = s.app.Person(ctx, id); {
		case err == nil && !p.Vouched:
			return "", app.ErrNotVouched
		case err == nil && p.Disabled:
			return "", org.ErrPersonDisabled
		}
	}
	if errors.Is(err, app.ErrUnknownPerson) {
		return noPerson, nil
	}
	return id, err
}

// single returns a header that may come once.
func single(r *http.Request, name string) (string, error) {
	switch values := r.Header[name]; len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	}
	return "", errRepeated
}

// misplaced reports whether a key stands where logs and other programs see it.
func misplaced(r *http.Request) bool {
	if r.URL.User != nil || hasKey(r.URL.Path) {
		return true
	}
	for _, cookies := range r.Header["Cookie"] {
		if hasKey(cookies) {
			return true
		}
	}
	if r.URL.RawQuery == "" {
		return false
	}
	query, err := url.QueryUnescape(r.URL.RawQuery)
	return err == nil && hasKey(query)
}

func hasKey(text string) bool {
	for _, prefix := range [...]string{app.KeyPrefix, credential.Prefix, credential.OwnPrefix, credential.LinkPrefix} {
		if strings.Contains(text, prefix) {
			return true
		}
	}
	return false
}

// personRef, teamRef and projectRef resolve what a request calls a person, a team or a project. Written wrongly it is
// org.ErrBadID; what leads nowhere is nobody, or nothing.

func (s *Server) personRef(ctx context.Context, ref string) (org.PersonID, error) {
	if org.PersonID(ref).Valid() {
		return org.PersonID(ref), nil
	}
	if !external(ref) {
		return noPerson, org.ErrBadID
	}
	id, err := s.app.FindPerson(ctx, ref)
	if errors.Is(err, app.ErrUnknownPerson) {
		return noPerson, nil
	}
	return id, err
}

func (s *Server) teamRef(ctx context.Context, c *call, ref string) (org.TeamID, error) {
	if org.TeamID(ref).Valid() {
		return org.TeamID(ref), nil
	}
	if !external(ref) {
		return noTeam, org.ErrBadID
	}
	if err := s.see(ctx, c); err != nil {
		return noTeam, err
	}
	id, err := app.FindTeam(c.state, ref)
	if err != nil {
		return noTeam, nil
	}
	return id, nil
}

func (s *Server) projectRef(ctx context.Context, c *call, ref string) (org.ProjectID, error) {
	if org.ProjectID(ref).Valid() {
		return org.ProjectID(ref), nil
	}
	if !external(ref) {
		return noProject, org.ErrBadID
	}
	if err := s.see(ctx, c); err != nil {
		return noProject, err
	}
	id, err := app.FindProject(c.state, ref)
	if err != nil {
		return noProject, nil
	}
	return id, nil
}

func external(ref string) bool {
	x, ok := strings.CutPrefix(ref, "ext:")
	return ok && org.ExternalID(x).Valid() == nil
}

// see takes up the organization as the caller may know it. Who is in it has not entered by that.
func (s *Server) see(ctx context.Context, c *call) (err error) {
	if c.state == nil {
		c.state, err = s.app.Seen(ctx, c.caller, c.org, c.freshness)
	}
	return err
}
