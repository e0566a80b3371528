package api

import (
	"context"
	"strconv"
	"time"

	"github.com/commonhold/commonhold/internal/api/live"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/org"
)

// listEvents answers with what comes behind a cursor, or goes on answering.
func (s *Server) listEvents(ctx context.Context, c *call) (answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.end, cancel)()
	wait, _ := strconv.Atoi(c.query["wait"])
	if wait > int(live.MaxWait/time.Second) {
		return answer{}, in("wait", errBadParam)
	}
	r := live.Request{
		Caller: c.caller, After: c.query["after"], Limit: c.limit, Wait: time.Duration(wait) * time.Second,
		Again: func(ctx context.Context) (app.Caller, error) { return s.callerOf(ctx, c.request, false) },
		Shown: func(id org.OrgID) { s.noteReading(c, id) },
	}
	if r.Limit == 0 {
		r.Limit = defaultLimit
	}
	if !live.Streams(c.request) {
		events, err := s.events.Page(ctx, r)
		if s.end.Err() != nil {
			err = app.ErrClosing
		}
		return answer{body: events}, err
	}
	if last, err := single(c.request, "Last-Event-Id"); err != nil {
		return answer{}, err
	} else if last != "" {
		r.After = last
	}
	begun, err := s.events.Stream(ctx, c.exchange, r)
	return answer{streamed: begun}, err
}
