package api

import (
	"context"
	"net/http"
	"time"

	"github.com/commonhold/commonhold/internal/app"
)

// live says that the process runs.
func (s *Server) live(w http.ResponseWriter, _ *http.Request) { s.say(w, "livez", nil) }

// ready says that requests may be sent here: the database answers, the clock is right, and the server is not
// stopping.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	s.say(w, "readyz", s.isReady(ctx))
}

func (s *Server) isReady(ctx context.Context) error {
	if s.stopped.Load() {
		return app.ErrClosing
	}
	return s.app.Ready(ctx)
}

func (s *Server) say(w http.ResponseWriter, route string, err error) {
	x := w.(*exchange)
	x.route = route
	if err != nil {
		s.refuse(x, err)
		return
	}
	x.quiet = true
	x.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = x.Write([]byte("ok\n")) // a caller who went away is no error of ours
}
