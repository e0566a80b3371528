package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"path"
	"strings"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/credential"
)

//go:embed html/*.html
var htmlFiles embed.FS

//go:embed static
var staticFiles embed.FS

// Options configure a Console.
type Options struct {
	App  *app.App
	Keys *credential.Keys
	Log  *slog.Logger
}

// Console serves the pages under /console/.
type Console struct {
	app    *app.App
	keys   *credential.Keys
	log    *slog.Logger
	pages  map[string]*template.Template
	assets map[string]asset
	mux    *http.ServeMux
	guard  *http.CrossOriginProtection
}

// asset is a static file, named by its content so that it can be cached for ever.
type asset struct {
	name, kind string
	body       []byte
}

// New reads all templates and binds the pages; a page whose template is missing or broken is an error.
func New(o Options) (*Console, error) {
	c := &Console{app: o.App, keys: o.Keys, log: o.Log, pages: map[string]*template.Template{}, assets: map[string]asset{}, mux: http.NewServeMux(), guard: http.NewCrossOriginProtection()}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if err := c.readAssets(); err != nil {
		return nil, err
	}
	layout, err := template.New("layout.html").Funcs(c.funcs()).ParseFS(htmlFiles, "html/layout.html", "html/parts.html")
	if err != nil {
		return nil, fmt.Errorf("read the layout: %w", err)
	}
	for _, p := range pages {
		t, err := template.Must(layout.Clone()).ParseFS(htmlFiles, "html/"+p.template)
		if err != nil {
			return nil, fmt.Errorf("read page %s: %w", p.template, err)
		}
		c.pages[p.template] = t
		c.mux.HandleFunc("GET "+p.path, c.serve(p))
	}
	c.mux.HandleFunc("GET "+root+"-/static/{name}", c.static)
	c.mux.HandleFunc("POST "+root+"open", c.redeem)
	c.mux.HandleFunc("POST "+root+"close", c.signOut)
	return c, nil
}

const root = "/console/"

// Mount serves the console on a mux.
func (c *Console) Mount(mux *http.ServeMux) { mux.Handle(root, c) }

func (c *Console) readAssets() error {
	return fs.WalkDir(staticFiles, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := staticFiles.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		base := strings.TrimSuffix(path.Base(name), ext)
		kind := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}[ext]
		if kind == "" {
			return fmt.Errorf("static file %s is of no known kind", name)
		}
		c.assets[base+ext] = asset{base + "." + hex.EncodeToString(sum[:6]) + ext, kind, body}
		return nil
	})
}

func (c *Console) static(w http.ResponseWriter, r *http.Request) {
	for _, a := range c.assets {
		if a.name == r.PathValue("name") {
			w.Header().Set("Content-Type", a.kind)
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			_, _ = w.Write(a.body) // a reader who went away is no error of ours
			return
		}
	}
	http.NotFound(w, r)
}

// ServeHTTP lets in only callers on this machine who name it as such: a page of another site cannot reach the console
// under a name of its own.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !local(r) {
		http.Error(w, "The console answers on this machine only, at its http://localhost address.", http.StatusForbidden)
		return
	}
	c.guard.Handler(c.mux).ServeHTTP(w, r)
}

func local(r *http.Request) bool {
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !net.ParseIP(peer).IsLoopback() {
		return false
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return host == "localhost" || net.ParseIP(strings.Trim(host, "[]")).IsLoopback()
}

// errGone stands for a page that is not there.
var errGone = errors.New("no such page")
