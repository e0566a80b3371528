package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/commonhold/commonhold/internal/api"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/batch"
	"github.com/commonhold/commonhold/internal/catalog"
	"github.com/commonhold/commonhold/internal/cli"
	"github.com/commonhold/commonhold/internal/console"
	"github.com/commonhold/commonhold/internal/credential"
	"github.com/commonhold/commonhold/internal/demo"
	"github.com/commonhold/commonhold/internal/invite"
	"github.com/commonhold/commonhold/internal/move"
	"github.com/commonhold/commonhold/internal/outbox"
	"github.com/commonhold/commonhold/internal/person"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

func serveCommand(p *cli.Program) cli.Command {
	c := defaults()
	return cli.Command{Words: "serve", Summary: "Run the server", Alone: true, Flags: c.flags(),
		Details: "The console answers on this machine only in this release, and not behind a proxy. Every flag can be given in the\nenvironment too. The log goes to stderr.",
		Run: func(ctx context.Context, _ *cli.Input) error {
			if err := c.check(); err != nil {
				return err
			}
			s := &server{config: c, out: p.Stdout, log: c.logger(p.Stderr)}
			return errors.Join(s.run(ctx), s.close())
		}}
}

func (c *config) logger(to io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		panic(err) // the flag has let nothing else through
	}
	if o := (&slog.HandlerOptions{Level: level}); c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, o))
	} else {
		return slog.New(slog.NewTextHandler(to, o))
	}
}

// server is everything that runs in this process. It is made step by step; close undoes what was made, last first.
type server struct {
	config
	out io.Writer
	log *slog.Logger

	listener, metrics net.Listener
	address           string // as callers write it
	db                store.DB
	place             string // where that is, for people
	secret            []byte
	catalog           *org.Catalog
	told              bool   // the demo was told at this start
	key               string // the operator's key, if it was made at this start
	app               *app.App
	keys              *credential.Keys
	api               *api.Server
	undo              []func() error
}

func (s *server) close() error {
	var errs []error
	for i := len(s.undo) - 1; i >= 0; i-- {
		errs = append(errs, s.undo[i]())
	}
	return errors.Join(errs...)
}

func (s *server) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.listen, s.readCatalog, s.openStore, s.openSecret, s.tellDemo, s.openApp, s.openKey, s.openDoors} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := s.greet(ctx); err != nil {
		return err
	}
	return s.serve(ctx)
}

// listen takes the addresses first: that somebody else has one is the commonest reason not to start.
func (s *server) listen(ctx context.Context) (err error) {
	if s.listener, err = s.take(ctx, "listen", s.Listen); err != nil {
		return err
	}
	if s.MetricsListen != "" {
		if s.metrics, err = s.take(ctx, "metrics-listen", s.MetricsListen); err != nil {
			return err
		}
	}
	s.address = s.PublicURL
	if s.address == "" {
		_, port, err := net.SplitHostPort(s.listener.Addr().String())
		if err != nil {
			return fmt.Errorf("read the address %s: %w", s.listener.Addr(), err)
		}
		s.address = "http://localhost:" + port
	}
	return nil
}

func (s *server) take(ctx context.Context, flag, address string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w\nIs it in use by another program, such as a server that runs already? Name another with --%s", address, err, flag)
	}
	s.undo = append(s.undo, func() error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return l, nil
}

func (s *server) readCatalog(context.Context) error {
	if s.Catalog == "" {
		s.catalog = catalog.Default()
		return nil
	}
	file, err := os.ReadFile(s.Catalog)
	if err != nil {
		return fmt.Errorf("read the catalog of --catalog: %w", err)
	}
	if s.catalog, err = catalog.Parse(file); err != nil {
		return fmt.Errorf("%s: %w", s.Catalog, err)
	}
	return nil
}

func (s *server) openSecret(ctx context.Context) (err error) {
	if s.Data == inMemory {
		s.secret = freshSecret()
		return nil
	}
	if s.secret, err = instanceSecret(s.Data); err == nil && s.Database != "" {
		err = s.sameSecret(ctx, s.secret)
	}
	return err
}

func (s *server) newApp(ctx context.Context, clock func() time.Time) (*app.App, error) {
	return app.New(ctx, app.Options{DB: s.db, Catalog: s.catalog, Log: s.log, Clock: clock, Stale: s.Stale, CacheBytes: int(s.CacheBytes)})
}

func (s *server) tellDemo(ctx context.Context) (err error) {
	if !s.Demo {
		return nil
	}
	s.told, err = demo.Fill(ctx, time.Now(), func(clock func() time.Time) (*app.App, error) { return s.newApp(ctx, clock) })
	return err
}

func (s *server) openApp(ctx context.Context) (err error) {
	if s.app, err = s.newApp(ctx, time.Now); err != nil {
		return err
	}
	s.undo = append(s.undo, func() error { s.app.Close(); return nil })
	return nil
}

// openKey makes the operator's key at the first start, and another one when asked.
func (s *server) openKey(ctx context.Context) (err error) {
	if s.key, err = s.app.FirstKey(ctx); err == nil && s.key == "" && s.NewKey {
		_, s.key, err = s.app.AddKey(ctx, "made at a start with --new-key", 0)
	}
	if err != nil || s.key == "" || s.Data == inMemory {
		return err
	}
	return writeSecret(s.keyFile(), s.key)
}

func (s *server) keyFile() string { return filepath.Join(s.Data, cli.KeyFile) }

// openDoors makes the API and, where it is safe, the console.
func (s *server) openDoors(context.Context) (err error) {
	s.keys = credential.New(s.app, s.db, s.log)
	inviter := invite.New(s.app, s.db, s.log, s.address)
	o := api.Options{App: s.app, Inviter: inviter, Outbox: outbox.New(s.app, s.db, inviter, s.log), Mover: move.New(s.app, s.db, s.log), People: batch.New(s.app, s.db, s.log), Person: person.New(s.app, s.db, s.log), Keys: s.keys, Log: s.log, Version: version(), PublicURL: s.address, CursorKey: s.secret}
	if s.hasConsole() {
		o.ConsoleLink = func(ctx context.Context, _ app.Caller) (route.Link, error) { return s.link(ctx) }
	}
	s.api, err = api.New(o)
	return err
}

// hasConsole reports whether there is a console: this release has one for the operator on this machine alone.
func (s *server) hasConsole() bool { return loopback(s.Listen) && s.PublicURL == "" }

// link makes a link that opens the console once.
func (s *server) link(ctx context.Context) (route.Link, error) {
	secret, expires, err := s.keys.ConsoleLink(ctx)
	if err != nil {
		return route.Link{}, err
	}
	return route.Link{URL: s.address + "/console/open?" + url.Values{"link": {secret}}.Encode(), Expires: expires}, nil
}

// doors is what answers at the address.
func (s *server) doors() (http.Handler, error) {
	if !s.hasConsole() {
		return s.api, nil
	}
	pages, err := console.New(console.Options{App: s.app, Keys: s.keys, Log: s.log})
	if err != nil {
		return nil, err
	}
	home := http.RedirectHandler("/console/", http.StatusSeeOther)
	// Not a ServeMux: it would tidy the paths of the API's requests before the API sees them.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/" && r.Method == http.MethodGet:
			home.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/console/"):
			pages.ServeHTTP(w, r)
		default:
			s.api.ServeHTTP(w, r)
		}
	}), nil
}

// serve answers until the context ends, then stops in order: it says that it is not ready, lets what was begun finish,
// and leaves the rest to close.
func (s *server) serve(ctx context.Context) error {
	doors, err := s.doors()
	if err != nil {
		return err
	}
	servers := []*http.Server{api.HTTP(doors)}
	failed := make(chan error, 2)
	go func() { failed <- servers[0].Serve(s.listener) }()
	if s.metrics != nil {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", s.api.Metrics())
		servers = append(servers, api.HTTP(mux))
		go func() { failed <- servers[1].Serve(s.metrics) }()
	}
	s.log.Info("started", "version", version(), "listen", s.listener.Addr().String(), "data", s.place)
	select {
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
		s.log.Info("stopping")
		s.api.Stop()
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin-time.Second)
	defer cancel()
	if err == nil && s.Drain > 0 {
		time.Sleep(s.Drain)
	}
	for _, server := range servers {
		if stop := server.Shutdown(late); stop != nil {
			err = errors.Join(err, fmt.Errorf("requests were not finished within %v: %w", stopWithin, stop), server.Close())
		}
	}
	if err == nil {
		s.log.Info("stopped")
	}
	return err
}
