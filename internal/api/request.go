package api

import (
	"context"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

func (s *Server) listAccessRequests(ctx context.Context, c *call) (answer, error) {
	status := c.query["status"]
	rows := route.Where(c.state.Requests(c.at, org.RequestID(c.after)), func(r org.AccessRequest) bool {
		return (c.project == "" || r.Project == c.project) && (status == "" || r.Stage.String() == status) &&
			(r.Person == c.caller.Person || c.seesIn(r.Project, "project:decide_requests"))
	})
	p := page(s, c, rows, func(r org.AccessRequest) string { return string(r.Request) })
	people, err := s.app.People(ctx, named(p.Items, func(r org.AccessRequest) org.PersonID { return r.Person }))
	return c.shown(route.Each(p, func(r org.AccessRequest) route.ListedRequest {
		return route.ListedRequest{AccessRequest: r, Name: people[r.Person].Name}
	})), err
}
