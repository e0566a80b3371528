package console

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/org"
)

// request is what a page works with.
type request struct {
	*http.Request
	app   *app.App
	state *org.State // of the organization in the URL; nil on pages about the instance
	slug  string
	now   org.Instant
}

// frame is what every page shows around its own view.
type frame struct {
	Title string
	Org   *orgLink
	Nav   []navItem
	Find  string
	View  any
	Open  bool // a session is open
}

type orgLink struct{ Name, Slug, Mark string }

type navItem struct {
	Label, Href string
	Current     bool
}

// refused is a page that says what is missing and what to do.
type refused struct{ Title, Text string }

const sessionCookie = "commonhold_console"

func (c *Console) serve(p page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		open, err := c.session(r)
		if err != nil {
			c.fail(w, r, err, false)
			return
		}
		if !open && !p.public {
			c.render(w, http.StatusUnauthorized, "refused.html", frame{Title: "Open the console", View: refused{"The console is closed",
				"Open it with a link that works once: run “commonhold link” beside the server, or look at what the server printed when it started."}})
			return
		}
		req := &request{Request: r, app: c.app, now: c.app.Now()}
		f := frame{Open: open}
		if p.template == searchTemplate {
			f.Find = r.URL.Query().Get("find")
		}
		if r.PathValue("org") != "" {
			if err := c.organization(req, &f, p); err != nil {
				c.fail(w, r, err, open)
				return
			}
		}
		title, view, err := p.show(req)
		if err != nil {
			c.fail(w, r, err, open)
			return
		}
		f.Title, f.View = title, view
		c.render(w, http.StatusOK, p.template, f)
	}
}

// organization reads the one in the URL and lays out the navigation.
func (c *Console) organization(r *request, f *frame, p page) error {
	id, err := c.app.FindOrganization(r.Context(), r.PathValue("org"))
	if err != nil {
		return err
	}
	if r.state, err = c.app.View(r.Context(), id, app.Freshness{}); err != nil {
		return err
	}
	r.slug = string(r.state.Slug())
	f.Org = &orgLink{string(r.state.Name()), r.slug, markWords(r.state, r.now)}
	for _, n := range navigation {
		f.Nav = append(f.Nav, navItem{n.label, r.href(n.path), n.label == p.nav})
	}
	return nil
}

// href makes a link into the organization at hand.
func (r *request) href(path string, query ...string) string {
	u := url.URL{Path: root + r.slug + "/" + path}
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			q.Set(query[i], query[i+1])
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func (c *Console) render(w http.ResponseWriter, status int, name string, f frame) {
	var b bytes.Buffer
	if err := c.pages[name].ExecuteTemplate(&b, "layout.html", f); err != nil {
		c.log.Error("page not rendered", "page", name, "error", err)
		http.Error(w, "This page could not be shown; the reason is in the server's log.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader who went away is no error of ours
}

// fail shows a refusal in its own words, and anything else in none.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, err error, open bool) {
	var refusal *org.Refusal
	switch {
	case errors.As(err, &refusal):
		status := map[org.Kind]int{org.Invalid: 400, org.Forbidden: 403, org.NotFound: 404, org.Conflict: 409, org.Unavailable: 503}[refusal.Kind]
		title := "This cannot be shown"
		if refusal.Kind == org.NotFound {
			title = "This page is not here"
		}
		c.render(w, status, "refused.html", frame{Title: title, Open: open, View: refused{title, refusal.Text}})
	case errors.Is(err, errGone):
		c.render(w, http.StatusNotFound, "refused.html", frame{Title: "This page is not here", Open: open, View: refused{"This page is not here", "Follow the navigation, or search."}})
	default:
		c.log.ErrorContext(r.Context(), "page failed", "path", r.URL.Path, "error", err)
		c.render(w, http.StatusInternalServerError, "refused.html", frame{Title: "Something broke", Open: open,
			View: refused{"Something broke", "The reason is in the server's log. Try again in a moment."}})
	}
}

func (c *Console) session(r *http.Request) (bool, error) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return false, nil // no cookie, no session
	}
	return c.keys.InConsole(r.Context(), cookie.Value)
}

// pager is one page of a list that is in memory.
type pager struct {
	From, To, Total int
	Prev, Next      string
}

const pageRows = 50

// paged cuts the page out of a list that the query asks for.
func paged[T any](r *request, rows []T, href func(page string) string) ([]T, pager) {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	last := max(1, (len(rows)+pageRows-1)/pageRows)
	if err != nil || n < 1 {
		n = 1
	}
	n = min(n, last)
	from, to := (n-1)*pageRows, min(n*pageRows, len(rows))
	p := pager{From: from + 1, To: to, Total: len(rows)}
	if n > 1 {
		p.Prev = href(strconv.Itoa(n - 1))
	}
	if n < last {
		p.Next = href(strconv.Itoa(n + 1))
	}
	return rows[from:to], p
}
