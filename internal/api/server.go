package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/commonhold/commonhold/internal/api/live"
	"github.com/commonhold/commonhold/internal/api/meter"
	"github.com/commonhold/commonhold/internal/api/path"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/batch"
	"github.com/commonhold/commonhold/internal/credential"
	"github.com/commonhold/commonhold/internal/invite"
	"github.com/commonhold/commonhold/internal/move"
	"github.com/commonhold/commonhold/internal/outbox"
	"github.com/commonhold/commonhold/internal/person"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// Options configure a Server. The zero values of the last group mean the defaults named there.
type Options struct {
	App       *app.App
	Log       *slog.Logger
	Version   string // of the program
	PublicURL string // how callers reach it, such as https://commonhold.example.com

	// CursorKey signs cursors. Pages go on where another server, or this one before a restart, stopped, if they share it.
	CursorKey []byte
	Mover     *move.Mover
	People    *batch.People
	Person    *person.People
	Keys      *credential.Keys
	Inviter   *invite.Inviter
	Outbox    *outbox.Box

	// ConsoleLink makes a link that opens the console once; nil if there is no console.
	ConsoleLink func(context.Context, app.Caller) (route.Link, error)

	Requests int           // how many are worked on at once, a quarter of them checks at the least; 256
	Streams  int           // how many follow events at once, beside those; 256
	Timeout  time.Duration // how long one is worked on; 15 s
}

// Server answers the API under /v1, /livez and /readyz.
type Server struct {
	app     *app.App
	mover   *move.Mover
	people  *batch.People
	person  *person.People
	keys    *credential.Keys
	inviter *invite.Inviter
	outbox  *outbox.Box
	log     *slog.Logger
	mux     *http.ServeMux
	rows    []*bound
	cursors cursors
	link    func(context.Context, app.Caller) (route.Link, error)
	openAPI []byte
	headers http.Header // of every answer
	slots   chan struct{}
	others  chan struct{} // those of the slots that are no checks
	streams chan struct{}
	timeout time.Duration
	meter   *meter.Meter
	events  *live.Feed
	stopped atomic.Bool
	end     context.Context // ends with Stop
	stop    context.CancelFunc
}

// New binds every row of the table of routes, or says which cannot be bound.
func New(o Options) (*Server, error) { return newServer(o, route.Table()) }

func newServer(o Options, table []route.Route) (*Server, error) {
	s := &Server{app: o.App, mover: o.Mover, people: o.People, person: o.Person, keys: o.Keys, inviter: o.Inviter, outbox: o.Outbox, log: o.Log, mux: http.NewServeMux(), link: o.ConsoleLink, headers: headersOf(o.PublicURL), timeout: o.Timeout}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.Requests == 0 {
		o.Requests = 256
	}
	if s.timeout == 0 {
		s.timeout = 15 * time.Second
	}
	if len(o.CursorKey) < 32 {
		return nil, errors.New("the key that signs cursors needs 32 bytes or more")
	}
	if o.Streams == 0 {
		o.Streams = 256
	}
	s.slots, s.others = make(chan struct{}, o.Requests), make(chan struct{}, o.Requests-o.Requests/4)
	s.streams = make(chan struct{}, o.Streams)
	s.end, s.stop = context.WithCancel(context.Background())
	s.cursors = cursors{key: o.CursorKey}
	s.meter = meter.New(s.app, func() int { return len(s.slots) }, func() int { return len(s.streams) })
	s.events = live.New(s.app, o.CursorKey)
	if err := s.bind(table); err != nil {
		return nil, err
	}
	var err error
	if s.openAPI, err = describe(s.rows, o); err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	s.mux.HandleFunc("GET /livez", s.live)
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { s.refuse(w.(*exchange), errNoPath) })
	return s, nil
}

// HTTP returns an HTTP server for a handler, with limits on time and on the size of headers.
func HTTP(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second,
		WriteTimeout: 40 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
}

// Stop makes the server say that it is not ready, so that nobody sends it new requests, and ends the streams of events.
// What comes is still answered.
func (s *Server) Stop() {
	s.stopped.Store(true)
	s.stop()
}

// Metrics answers Prometheus. It belongs on a listener that only the operator reaches.
func (s *Server) Metrics() http.Handler { return s.meter }

// An exchange is one request and what the log and the metrics will say of it.
type exchange struct {
	http.ResponseWriter
	whole  context.Context // of the request, without the server's time limit
	id     string          // of the request
	route  string          // the row's name; empty if none fits
	org    org.OrgID
	status int
	err    error // what went wrong here; for the log alone
	quiet  bool  // a probe that found all well, as one does every few seconds
}

func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

func (x *exchange) Write(b []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	return x.ResponseWriter.Write(b)
}

func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	id := requestID(r)
	x := &exchange{ResponseWriter: w, whole: r.Context(), id: id}
	maps.Copy(w.Header(), s.headers)
	w.Header().Set("X-Request-Id", id)
	defer func() {
		if p := recover(); p != nil {
			s.log.ErrorContext(r.Context(), "panic", "request", id, "route", x.route, "value", fmt.Sprint(p), "stack", string(debug.Stack()))
			if x.status == 0 {
				s.refuse(x, errInternal)
			}
		}
		s.note(r.Context(), x, id, time.Since(start))
	}()
	switch {
	case misplaced(r):
		s.refuse(x, errMisplaced)
		return
	case !path.Plain(r.URL.EscapedPath()):
		s.refuse(x, errNoPath)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.timeout)
	defer cancel()
	s.mux.ServeHTTP(x, r.WithContext(ctx))
}

// note writes the log's line of a request and counts it. Nothing in either was chosen by the caller but the request's
// id, which is a short word.
func (s *Server) note(ctx context.Context, x *exchange, id string, took time.Duration) {
	s.meter.Count(x.route, x.status, took)
	level := slog.LevelInfo
	if x.quiet {
		level = slog.LevelDebug
	}
	attrs := []slog.Attr{slog.String("request", id), slog.String("route", x.route), slog.Int("status", x.status), slog.Duration("took", took)}
	if x.org != "" {
		attrs = append(attrs, slog.String("organization", string(x.org)))
	}
	if x.err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.Any("error", x.err))
	}
	s.log.LogAttrs(ctx, level, "request", attrs...)
}

// headersOf are those of every answer.
func headersOf(publicURL string) http.Header {
	h := http.Header{}
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	if strings.HasPrefix(publicURL, "https://") {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	return h
}

// requestID is the caller's id of a request if it is a short word, else one of our own.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if id == "" || len(id) > 64 {
		return rand.Text()
	}
	for i := range len(id) {
		if b := id[i] | 0x20; (b < 'a' || b > 'z') && (id[i] < '0' || id[i] > '9') && strings.IndexByte("._-", id[i]) < 0 {
			return rand.Text()
		}
	}
	return id
}
