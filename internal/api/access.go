package api

import (
	"context"
	"fmt"
	"strconv"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

const maxChecks = 1000

// askOne takes the question out of a body.
func (s *Server) askOne(ctx context.Context, c *call) error {
	q, err := s.questionOf(ctx, c, c.value.Addr().Interface().(*route.CheckRequest))
	c.one[0] = q
	return err
}

// askMany takes all questions out of a body. The caller has to be let in for every one of them, else none is answered.
func (s *Server) askMany(ctx context.Context, c *call) error {
	r := c.value.Addr().Interface().(*route.ChecksRequest)
	if len(r.Checks) > maxChecks {
		return errTooMany
	}
	c.asked = make([]org.Question, len(r.Checks))
	for i := range r.Checks {
		var err error
		if c.asked[i], err = s.questionOf(ctx, c, &r.Checks[i]); err != nil {
			return inCheck(i, err)
		}
	}
	return nil
}

func inCheck(i int, err error) error {
	if e, ok := err.(*inField); ok {
		e.field = fmt.Sprintf("checks[%d].%s", i, e.field)
	}
	return err
}

// questionOf resolves a question. Ids that lead nowhere make a question like any other: the answer is no.
func (s *Server) questionOf(ctx context.Context, c *call, r *route.CheckRequest) (q org.Question, err error) {
	q.Permission = r.Permission
	if q.Person, err = s.personRef(ctx, r.Person); err != nil {
		return q, in("person", err)
	}
	if r.Project != "" {
		if q.Project, err = s.projectRef(ctx, c, r.Project); err != nil {
			return q, in("project", err)
		}
	}
	return q, nil
}

func (s *Server) check(_ context.Context, c *call) (answer, error) {
	q := c.asked[0]
	out := append(make([]byte, 0, 48), `{"allowed":`...)
	out = strconv.AppendBool(out, c.state.Check(q.Person, q.Permission, q.Project, c.at))
	return c.decided(out), nil
}

func (s *Server) checkMany(_ context.Context, c *call) (answer, error) {
	out := append(make([]byte, 0, 48+6*len(c.asked)), `{"allowed":[`...)
	for i, q := range c.asked {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendBool(out, c.state.Check(q.Person, q.Permission, q.Project, c.at))
	}
	return c.decided(append(out, ']')), nil
}

// decided ends the JSON of decisions with the version that they were made on.
func (c *call) decided(out []byte) answer {
	out = append(out, `,"version":`...)
	out = strconv.AppendUint(out, uint64(c.state.Version()), 10)
	return answer{raw: append(out, '}'), version: c.state.Version()}
}

// permission returns the permission that the query names, if the catalog has it for that scope.
func (c *call) permission(in org.Scope) (org.Permission, error) {
	p := org.Permission(c.query["permission"])
	if row, ok := c.state.Catalog().Row(p); !ok || row.Scope != in {
		return p, errNoPermission
	}
	return p, nil
}

func (s *Server) listAccessibleProjects(_ context.Context, c *call) (answer, error) {
	p, err := c.permission(org.InProject)
	if err != nil {
		return answer{}, err
	}
	rows := c.state.ProjectsWhere(c.person, p, c.at, org.ProjectID(c.after))
	return c.shown(page(s, c, rows, func(id org.ProjectID) string { return string(id) })), nil
}

func (s *Server) listPermittedPeople(_ context.Context, c *call) (answer, error) {
	scope := org.InOrganization
	if c.project != "" {
		scope = org.InProject
		if _, ok := c.state.Project(c.project); !ok {
			return answer{}, org.ErrUnknownProject
		}
	}
	p, err := c.permission(scope)
	if err != nil {
		return answer{}, err
	}
	rows := c.state.PeopleWhere(c.project, p, c.at, org.PersonID(c.after))
	return c.shown(page(s, c, rows, func(id org.PersonID) string { return string(id) })), nil
}

func (s *Server) listPermissions(_ context.Context, c *call) (answer, error) {
	held := c.state.Permissions(c.person, c.project, c.at)
	return c.shown(route.Permissions{Permissions: append([]org.Permission{}, held...), Version: c.state.Version()}), nil
}

func (s *Server) explain(_ context.Context, c *call) (answer, error) {
	return c.shown(c.state.Explain(c.person, org.Permission(c.query["permission"]), c.project, c.at)), nil
}
