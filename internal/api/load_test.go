package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Twice as many requests come in as a server works on at once: the rest is told to come back, checks are answered all the
// same, and afterwards everybody is.
//
// T-270 guarded by api.Server.serve
func TestUnderTwiceTheLoadChecksGoFirst(t *testing.T) {
	const capacity, others = 16, 12
	release, started := make(chan struct{}), make(chan struct{}, 4*capacity)
	w := newWorld(t, func(o *Options) {
		o.Requests = capacity
		o.ConsoleLink = func(context.Context, app.Caller) (route.Link, error) {
			started <- struct{}{}
			<-release
			return route.Link{URL: "x", Expires: 1}, nil
		}
	})
	codes := make(chan *httptest.ResponseRecorder, 4*capacity)
	for range others {
		go func() { codes <- w.ask("", "POST", "/v1/console-links", "") }()
		<-started
	}
	for _, row := range []struct{ as, method, path, body string }{
		{"", "POST", "/v1/console-links", ""}, {"olga", "GET", "/v1/organizations/{acme}/members", ""}, {"", "GET", "/v1/me", ""},
		{"olga", "POST", "/v1/organizations/{acme}/teams", `{"name":"Late"}`}, {"nobody", "GET", "/v1/openapi.json", ""},
	} {
		for range capacity {
			if out := w.refused(503, errBusy.code, row.as, row.method, row.path, row.body); out.Header().Get("Retry-After") == "" {
				t.Errorf("%s %s: it does not say when to come back", row.method, row.path)
			}
		}
	}
	for range capacity {
		if !w.may("pat", "project:view", "web", "") || w.may("mia", "project:view", "web", "") {
			t.Error("a check is answered wrongly")
		}
		w.want(200, "", "POST", "/v1/organizations/{acme}/checks", `{"checks":[{"person":"{mia}","permission":"members:view"}]}`)
	}
	w.want(200, "nobody", "GET", "/livez", "")
	close(release)
	for range others {
		if out := <-codes; out.Code != 200 {
			t.Errorf("one that was taken on is answered %d", out.Code)
		}
	}
	for range capacity {
		w.want(200, "olga", "GET", "/v1/organizations/{acme}/members", "")
	}
	if held, rest := len(w.api.slots), len(w.api.others); held+rest > 0 {
		t.Errorf("%d and %d places are still taken", held, rest)
	}
}

// counted is a database that counts how logs are read, and holds the readers up.
type counted struct {
	store.DB
	mu                        sync.Mutex
	heads, reads, going, most int
	release                   chan struct{}
}

func (d *counted) Log() store.Log { return countedLog{d.DB.Log(), d} }

type countedLog struct {
	store.Log
	d *counted
}

func (l countedLog) Heads(ctx context.Context, orgs []string) ([]store.Head, error) {
	if len(orgs) == 1 {
		l.d.add(&l.d.heads, 1)
	}
	return l.Log.Heads(ctx, orgs)
}

func (l countedLog) Events(ctx context.Context, org string, after uint64, limit int) ([]store.Event, error) {
	l.d.add(&l.d.reads, 1)
	l.d.add(&l.d.going, 1)
	<-l.d.release
	defer l.d.add(&l.d.going, -1)
	return l.Log.Events(ctx, org, after, limit)
}

func (d *counted) add(to *int, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	*to += n
	d.most = max(d.most, d.going)
}

func (d *counted) now() (heads, reads, going, most int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.heads, d.reads, d.going, d.most
}

// A server starts with nothing in memory, and two hundred callers ask for twenty organizations at once. Each log is read
// once whoever waits for it, and few at a time.
//
// T-211 guarded by app.App.refresh
func TestAColdStartReadsEachLogOnceAndFewAtATime(t *testing.T) {
	const organizations, callers, atOnce = 20, 200, 8
	w := newWorld(t)
	for k := range organizations {
		w.found(fmt.Sprint("cold-", k), "zed")
	}
	db := &counted{DB: w.db, release: make(chan struct{})}
	two := w.beside(func(o *app.Options) { o.DB, o.Clock = db, time.Now })
	var all sync.WaitGroup
	for k := range callers {
		all.Go(func() {
			two.want(200, "", "POST", fmt.Sprintf("/v1/organizations/{cold-%d}/check", k%organizations), `{"person":"{zed}","permission":"organization:delete"}`)
		})
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if heads, _, going, _ := db.now(); going >= atOnce && heads >= organizations {
			break
		}
	}
	time.Sleep(50 * time.Millisecond) // in which more would come
	close(db.release)
	all.Wait()
	heads, reads, _, most := db.now()
	if reads != organizations || most != atOnce || heads > 3*organizations {
		t.Errorf("%d logs were read %d times, %d at once; %d times it was asked where one ends", organizations, reads, most, heads)
	}
}

// T-205 guarded by api.HTTP, api.readBody
func TestSmallInputsCannotCostMuch(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewUnstartedServer(nil)
	server.Config = HTTP(w.api)
	server.Start()
	defer server.Close()
	before := w.version("acme")
	const teams = "/v1/organizations/{acme}/teams"
	comment := "ida(" + strings.Repeat("(", 200_000) + strings.Repeat(")", 200_000) + ")@example.com"
	for _, try := range []struct {
		name, method, path, body string
		headers                  []string
		times                    int // how often the first header is sent
		status                   int
	}{
		{"64 KiB of Accept-Language", "GET", "/v1/me", "", []string{"Accept-Language", strings.Repeat("en-", 21_845)}, 1, 431},
		{"10,000 cookies in one header", "GET", "/v1/me", "", []string{"Cookie", strings.Repeat("a=b; ", 10_000)}, 1, 431},
		{"10,000 headers of one cookie", "GET", "/v1/me", "", []string{"Cookie", "a=b"}, 10_000, 431},
		{"16 KiB of cookies", "GET", "/v1/me", "", []string{"Cookie", strings.Repeat("a=b; ", 3_000)}, 1, 200},
		{"16 KiB of languages", "GET", "/v1/me", "", []string{"Accept-Language", strings.Repeat("en-", 5_000)}, 1, 200},
		{"16 KiB of entity tags", "GET", "/v1/organizations/{acme}", "", []string{"If-None-Match", strings.Repeat(`"a",`, 3_900) + `"a"`}, 1, 200},
		{"16 KiB of parameters of a type", "POST", teams, `{"name":"X"}`, []string{"Content-Type", "application/json" + strings.Repeat("; a=b; a=c", 1_500)}, 1, 415},
		{"3,000 parameters", "GET", "/v1/me?" + strings.Repeat("a&", 3_000), "", nil, 0, 400},
		{"3,000 blanks in a search", "GET", "/v1/organizations/{acme}/members?find=" + strings.Repeat("a+", 3_000), "", nil, 0, 200},
		{"200,000 form keys", "POST", teams, strings.Repeat("a&", 200_000), []string{"Content-Type", "application/x-www-form-urlencoded"}, 1, 415},
		{"a million form keys", "POST", teams, strings.Repeat("a&", 1_000_000), []string{"Content-Type", "application/x-www-form-urlencoded"}, 1, 413},
		{"an address with a long comment", "POST", "/v1/people", `{"name":"Ida","address":"` + comment + `"}`, nil, 0, 400},
		{"an address with a long domain literal", "POST", "/v1/people", `{"name":"Ida","address":"a@[` + strings.Repeat("1.", 200_000) + `]"}`, nil, 0, 400},
		{"an address of many labels", "POST", "/v1/people", `{"name":"Ida","address":"a@` + strings.Repeat("x.", 200_000) + `com"}`, nil, 0, 400},
		{"a name of combining marks", "POST", teams, `{"name":"a` + strings.Repeat("\u0301\u0323", 100_000) + `"}`, nil, 0, 400},
	} {
		t.Run(try.name, func(t *testing.T) {
			as := map[bool]string{true: "olga"}[strings.HasPrefix(try.path, "/v1/organizations")]
			r, err := http.NewRequestWithContext(t.Context(), try.method, server.URL+w.fillIn(try.path), strings.NewReader(try.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+w.key)
			r.Header.Set("Content-Type", "application/json")
			if as != "" {
				r.Header.Set(actingFor, string(w.people[as]))
			}
			if len(try.headers) > 0 {
				r.Header.Del(try.headers[0])
			}
			for range try.times {
				r.Header.Add(try.headers[0], try.headers[1])
			}
			var stats [2]runtime.MemStats
			runtime.ReadMemStats(&stats[0])
			p, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Body.Close()
			body, err := io.ReadAll(p.Body)
			if err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&stats[1])
			used, made := stats[1].TotalAlloc-stats[0].TotalAlloc, stats[1].Mallocs-stats[0].Mallocs
			if p.StatusCode != try.status || len(body) > 32<<10 {
				t.Errorf("%d, want %d: %.200s", p.StatusCode, try.status, body)
			}
			if used > 12<<20 || made > 60_000 {
				t.Errorf("it takes %d KiB in %d pieces", used>>10, made)
			}
		})
	}
	if w.version("acme") != before {
		t.Error("something happened")
	}
}

// Whoever calls itself a probe, or dresses a request up as one, gets what everybody gets.
//
// T-269 guarded by path.Plain
func TestNobodyPassesForAProbe(t *testing.T) {
	w := newWorld(t)
	disguises := [][]string{
		{"User-Agent", "kube-probe/1.31"}, {"User-Agent", "GoogleHC/1.0"}, {"User-Agent", "ELB-HealthChecker/2.0"}, {"User-Agent", ""},
		{"X-Original-Url", "/livez"}, {"X-Rewrite-Url", "/livez"}, {"X-Forwarded-Uri", "/livez"}, {"X-Forwarded-Prefix", "/livez"},
		{"X-Forwarded-For", "127.0.0.1"}, {"Forwarded", "for=127.0.0.1"}, {"X-Real-Ip", "127.0.0.1"}, {"Host", "localhost"},
		{"X-Forwarded-User", "operator"}, {"X-Http-Method-Override", "GET"},
	}
	for _, r := range route.Table() {
		path, body := w.request(r, "acme", "max", "red", "web")
		for _, as := range []string{"nobody", "mia"} {
			if as == "mia" && (r.Command != nil || r.Method != "GET") {
				continue
			}
			plain := bytesOf(t, w.ask(as, r.Method, path, body))
			for _, d := range disguises {
				if dressed := bytesOf(t, w.ask(as, r.Method, path, body, d...)); dressed != plain {
					t.Errorf("%s as %s with %s: %s is another answer:\n%s\n%s", r.Name, as, d[0], d[1], dressed, plain)
				}
			}
		}
	}
	for _, path := range []string{"/livez/../v1/me", "/v1/me/../../livez", "/livez/v1/me", "/livez;/v1/me", "/livez%2f..%2fv1%2fme", "//livez", "/livez/", "/readyz/v1/me", "/LIVEZ"} {
		for _, agent := range []string{"kube-probe/1.31", "curl"} {
			w.refused(404, errNoPath.code, "nobody", "GET", path, "", "User-Agent", agent)
		}
	}
	for _, path := range []string{"/livez", "/readyz"} {
		for _, d := range disguises {
			if out := w.want(200, "nobody", "GET", path, "", d...); out.Body.String() != "ok\n" {
				t.Errorf("%s tells %q", path, out.Body)
			}
		}
		w.refused(405, errNoMethod.code, "nobody", "POST", path, "", "User-Agent", "kube-probe/1.31")
	}
}

// T-253, I-52 guarded by app.App.Seen
func TestALookUpRowThatNoLogKnowsGrantsNothing(t *testing.T) {
	w := newWorld(t)
	acme, yan := w.ids["acme"], string(w.people["yan"])
	heads, err := w.db.Log().Heads(t.Context(), []string{acme})
	if err != nil {
		t.Fatal(err)
	}
	rows := []store.Lookup{
		{Kind: string(org.LeadMember), Key: yan + " " + acme, Org: acme, ID: yan},
		{Kind: string(org.LeadSlug), Key: "side-door", Org: acme, ID: acme},
		{Kind: string(org.LeadProject), Key: "prj_7zzzzzzzzzzzzzzzzzzzzzzzzz", Org: acme, ID: "prj_7zzzzzzzzzzzzzzzzzzzzzzzzz"},
		{Kind: string(org.LeadProjectExternal), Key: acme + " app-side", Org: acme, ID: w.ids["web"]},
		{Kind: string(org.LeadTeamExternal), Key: acme + " crew-side", Org: acme, ID: w.ids["red"]},
		{Kind: string(org.LeadKey), Key: "key_7zzzzzzzzzzzzzzzzzzzzzzzzz", Org: acme, ID: w.ids["bot"]},
	}
	if err := w.db.Log().Append(t.Context(), []store.Append{{Org: acme, After: heads[0].Version, Set: rows}}); err != nil {
		t.Fatal(err)
	}
	for _, node := range []*world{w, w.beside()} {
		w.ids["side-door"], w.ids["no-project"] = "side-door", "prj_7zzzzzzzzzzzzzzzzzzzzzzzzz"
		for _, in := range []string{"acme", "side-door"} {
			for _, path := range []string{"", "/members", "/projects", "/projects/{web}", "/projects/{no-project}", "/projects/ext:app-side", "/teams/ext:crew-side", "/audit"} {
				node.refused(404, org.ErrUnknownOrganization.Code, "yan", "GET", "/v1/organizations/{"+in+"}"+path, "")
			}
			node.refused(404, org.ErrUnknownOrganization.Code, "yan", "POST", "/v1/organizations/{"+in+"}/teams", `{"name":"Mine"}`)
			node.refused(404, org.ErrUnknownOrganization.Code, "yan", "POST", "/v1/organizations/{"+in+"}/leave", "")
		}
		list := got[route.Page[route.Organization]](t, node.want(200, "yan", "GET", "/v1/organizations", ""))
		if len(list.Items) != 1 || string(list.Items[0].Organization) != w.ids["other"] {
			t.Errorf("the list shows %+v", list.Items)
		}
		if node.may("yan", "project:view", "web", "") || node.may("yan", "project:view", "no-project", "") || node.may("olga", "project:view", "no-project", "") {
			t.Error("a check says yes")
		}
		if events, _ := node.everything("yan", "", 200); len(events) > 0 {
			t.Errorf("%d events are shown", len(events))
		}
		node.want(404, "olga", "GET", "/v1/organizations/{acme}/projects/ext:app-side", "")
		node.want(404, "olga", "GET", "/v1/organizations/{acme}/teams/ext:crew-side", "")
	}
}
