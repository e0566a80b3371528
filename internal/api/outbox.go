package api

import (
	"context"
	"slices"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

func (s *Server) listMessages(ctx context.Context, c *call) (answer, error) {
	in := org.OrgID("")
	if ref := c.query["organization"]; ref != "" {
		var err error
		if in, err = s.app.FindOrganization(ctx, ref); err != nil {
			return answer{}, err
		}
	}
	rows, err := s.outbox.List(ctx, in, c.query["dead"] == "true", c.after, c.limit+1)
	return answer{body: page(s, c, slices.Values(rows), func(m route.Message) string { return m.Message })}, err
}

func (s *Server) claimMessages(ctx context.Context, c *call) (answer, error) {
	limit := c.limit
	if limit == 0 {
		limit = defaultLimit
	}
	items, err := s.outbox.Claim(ctx, c.query["kind"], limit)
	return answer{body: route.Claimed{Items: items}}, err
}

func (s *Server) deliverMessage(ctx context.Context, c *call) (answer, error) {
	return answer{}, s.outbox.Delivered(ctx, c.request.PathValue("message"))
}

func (s *Server) failMessage(ctx context.Context, c *call) (answer, error) {
	r := c.value.Interface().(route.FailureRequest)
	return answer{}, s.outbox.Failed(ctx, c.request.PathValue("message"), r.Error, r.GiveUp)
}

func (s *Server) retryMessage(ctx context.Context, c *call) (answer, error) {
	return answer{}, s.outbox.Retry(ctx, c.request.PathValue("message"))
}
