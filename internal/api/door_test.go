package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/api/path"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/storetest"
	"github.com/commonhold/commonhold/org"
)

// T-166 guarded by api.misplaced
func TestAKeyInAnAddressOrACookieIsRefused(t *testing.T) {
	w := newWorld(t)
	escaped := strings.ReplaceAll(w.key, "_", "%5F")
	for _, try := range []struct {
		name, path string
		headers    []string
		status     int
	}{
		{name: "in the query", path: "/v1/me?key={secret}", status: 400},
		{name: "in the query, escaped", path: "/v1/me?access_token=" + escaped, status: 400},
		{name: "as the name of a parameter", path: "/v1/me?{secret}", status: 400},
		{name: "in the path", path: "/v1/keys/{secret}", status: 400},
		{name: "in a cookie", path: "/v1/me", headers: []string{"Cookie", "session=x; key={secret}"}, status: 400},
		{name: "as basic auth", path: "/v1/me", headers: []string{"Authorization", "Basic Y29tbW9uaG9sZDp4"}, status: 401},
		{name: "without its scheme", path: "/v1/me", headers: []string{"Authorization", "{secret}"}, status: 401},
		{name: "in another header", path: "/v1/me", headers: []string{"X-Api-Key", "{secret}"}, status: 401},
	} {
		w.run(try.name, func(t *testing.T) {
			out := w.want(try.status, "nobody", "GET", try.path, "", try.headers...)
			if body := out.Body.String(); strings.Contains(body, w.key) || strings.Contains(body, escaped) {
				t.Errorf("the answer repeats it: %s", body)
			}
		})
	}
	w.refused(400, errMisplaced.code, "", "GET", "/v1/me?key={secret}", "")
	r := httptest.NewRequest("GET", "http://user:"+w.key+"@example.com/v1/me", nil)
	if out := w.send(r); codeOf(out) != errMisplaced.code {
		t.Errorf("in the user part of an address: %d %s", out.Code, out.Body)
	}
	w.refused(400, errRepeated.code, "", "GET", "/v1/me", "", "Authorization", "Bearer other")
	w.refused(400, errRepeated.code, "olga", "GET", "/v1/me", "", "Commonhold-Acting-For", "{ada}")
	if log := w.log.String(); strings.Contains(log, w.key) || strings.Contains(log, escaped) || strings.Contains(log, app.KeyPrefix) {
		t.Error("the log has it")
	}
}

// T-175
func TestReadingChangesNothing(t *testing.T) {
	w := newWorld(t)
	before := w.version("acme")
	overrides := []string{"X-HTTP-Method-Override", "DELETE", "X-Method-Override", "DELETE", "X-HTTP-Method", "DELETE"}
	for _, r := range route.Table() {
		path, body := w.request(r, "acme", "max", "red", "web")
		if strings.Contains(path, "{") {
			continue
		}
		for _, method := range []string{"GET", "HEAD"} {
			out := w.ask("olga", method, path, "", overrides...)
			if r.Method != "GET" && !hasReading(r.Path) && out.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, out.Code)
			}
			if method == "HEAD" && out.Code < 300 && out.Body.Len() > 0 {
				t.Errorf("%s answers HEAD with a body", r.Name)
			}
		}
		w.want(http.StatusMethodNotAllowed, "olga", "TRACE", path, "")
		w.want(http.StatusMethodNotAllowed, "olga", "OPTIONS", path, "")
		_ = body
	}
	// A GET that says in its body, or asks a parameter, to be something else.
	w.refused(400, errUnexpected.code, "olga", "GET", "/v1/organizations/{acme}", `{"name":"X"}`)
	w.refused(400, errUnknownParam.code, "olga", "GET", "/v1/organizations/{acme}?_method=DELETE", "")
	if w.version("acme") != before {
		t.Error("something happened")
	}
}

func hasReading(path string) bool {
	for _, r := range route.Table() {
		if r.Path == path && r.Method == "GET" {
			return true
		}
	}
	return false
}

func TestMethodsThatAPathDoesNotKnowAreToldTheOthers(t *testing.T) {
	w := newWorld(t)
	for path, allow := range map[string]string{
		"/v1/me": "GET, HEAD", "/v1/organizations": "GET, HEAD, POST", "/v1/organizations/{acme}": "GET, HEAD, PATCH",
		"/v1/organizations/{acme}/members/{max}": "DELETE, GET, HEAD", "/v1/organizations/{acme}/check": "POST", "/livez": "GET, HEAD",
	} {
		out := w.refused(405, errNoMethod.code, "", "MKCOL", path, "")
		if out.Header().Get("Allow") != allow {
			t.Errorf("%s: Allow %q, want %q", path, out.Header().Get("Allow"), allow)
		}
	}
}

// T-184 guarded by path.Plain
func TestThePolicyAndTheHandlerSeeTheSamePath(t *testing.T) {
	w := newWorld(t)
	w.want(200, "olga", "GET", "/v1/organizations/{acme}/members", "")
	for _, path := range []string{
		"/", "//v1/organizations/{acme}/members", "/v1//organizations/{acme}/members", "/v1/organizations//members", "/v1/organizations/{acme}/members/",
		"/v1/organizations/{acme}//members", "/v1/organizations/{acme}/./members", "/v1/organizations/{acme}/teams/../members", "/v1/organizations/{other}/../{acme}/members",
		"/v1/organizations/{acme}/%2e/members", "/v1/organizations/{acme}/teams/%2e%2e/members", "/v1/organizations/{acme}%2Fmembers", "/v1/organizations/{acme}%2fmembers",
		"/%76%31/organizations/{acme}/members", "/v1/organizations/%6Frg_x/members", "/V1/organizations/{acme}/members", "/v1/Organizations/{acme}/members",
		"/v1/organizations/{acme}/members;x=1", "/v1/organizations/{acme};x/members", "/v1/organizations/{acme}/members%00", "/v1/organizations/{acme}/members%20",
		"/v1/organizations/{acme}/members%23x", "/v1/organizations/{acme}/members%3Fx", "/v1/organizations/%2e%2e/members", "/v1/organizations/{acme}/members/%ff",
		"/v1/organizations/{acme}/m%C3%A9mbers", "/v1/organizations\\{acme}/members", "/v1/./me", "/v1/me/", "/v1",
	} {
		out := w.want(http.StatusNotFound, "olga", "GET", path, "")
		if out.Header().Get("Location") != "" {
			t.Errorf("%s leads on to %s", path, out.Header().Get("Location"))
		}
	}
	// What has to be escaped may be, once.
	w.do("", "acme", org.SetTeamExternalID{Team: org.TeamID(w.ids["red"]), ExternalID: "a/b;c%41?#&"})
	w.want(200, "olga", "GET", "/v1/organizations/{acme}/teams/ext:a%2Fb%3Bc%2541%3F%23&", "")
	w.want(404, "olga", "GET", "/v1/organizations/{acme}/teams/ext:a%2Fb%3Bc%41%3F%23&", "")
	w.want(200, "olga", "GET", "/v1/organizations/ext:crm-acme/members/ext:app-mia", "")
	w.want(404, "olga", "GET", "/v1/organizations/ext:crm%2Dacme/members", "")
	if path.Plain("") || path.Plain("v1") || path.Plain("/%") || path.Plain("/%4") || path.Plain("/a b") || !path.Plain("/v1/a") {
		t.Error("the form of a path is judged wrongly")
	}
}

// T-203 guarded by body.Shape.Read
func TestHostileJSONIsRefusedQuickly(t *testing.T) {
	w := newWorld(t)
	before := w.version("acme")
	w.want(http.StatusBadRequest, "olga", "POST", "/v1/organizations/{acme}/teams", "{") // what is made once is made now
	huge := strings.Repeat("a", maxBody-100)
	for _, try := range []struct{ name, body string }{
		{"100,000 levels of lists", strings.Repeat("[", 100_000)},
		{"100,000 levels of objects", strings.Repeat(`{"name":`, 100_000)},
		{"levels in a field", `{"name":` + strings.Repeat("[", 100_000)},
		{"a huge number", `{"name":1e999999}`},
		{"a number of many digits", `{"name":` + strings.Repeat("9", 500_000) + `}`},
		{"a text of a megabyte", `{"name":"` + huge + `"}`},
		{"a name of a megabyte", `{"` + huge + `":"x"}`},
		{"half a million fields", `{` + strings.Repeat(`"a":1,`, 170_000) + `"name":"x"}`},
		{"what is not UTF-8", "{\"name\":\"\xff\xfe\"}"},
		{"an overlong form", "{\"name\":\"\xc0\x80\"}"},
		{"half a surrogate pair", `{"name":"\ud800"}`},
		{"trailing data", `{"name":"x"}{"name":"y"}`},
		{"two values", `{"name":"x"},{"name":"y"}`},
		{"trailing text", `{"name":"x"} x`},
		{"a duplicate", `{"name":"x","name":"y"}`},
		{"another case", `{"Name":"x"}`},
		{"a byte order mark", "\ufeff{\"name\":\"x\"}"},
		{"NaN", `{"name":NaN}`},
		{"nothing but blanks", `   `},
	} {
		w.run(try.name, func(t *testing.T) {
			var stats [2]runtime.MemStats
			runtime.ReadMemStats(&stats[0])
			start := time.Now()
			out := w.want(http.StatusBadRequest, "olga", "POST", "/v1/organizations/{acme}/teams", try.body)
			took := time.Since(start)
			runtime.ReadMemStats(&stats[1])
			if used := stats[1].TotalAlloc - stats[0].TotalAlloc; used > 8<<20 || took > 20*time.Second { // milliseconds; in time by the square, minutes
				t.Errorf("%v and %d KiB", took, used>>10)
			}
			if out.Body.Len() > 600 || strings.Contains(out.Body.String(), "aaaaaaaa") {
				t.Errorf("it repeats what came: %.200s", out.Body)
			}
		})
	}
	if w.version("acme") != before {
		t.Error("something happened")
	}
}

// T-204 guarded by api.readBody
func TestBodiesEndAtTheirLimit(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.api)
	defer server.Close()
	post := func(t *testing.T, body io.Reader, headers ...string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+w.fillIn("/v1/organizations/{acme}/teams"), body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+w.key)
		r.Header.Set("Commonhold-Acting-For", string(w.people["olga"]))
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		p, err := server.Client().Do(r)
		if err != nil {
			return 0, err.Error()
		}
		defer p.Body.Close()
		b, _ := io.ReadAll(p.Body)
		var problem Problem
		_ = json.Unmarshal(b, &problem)
		return p.StatusCode, problem.Code
	}
	// Without an end a test of a door without a limit would fill the machine.
	endless := func() io.Reader {
		return io.MultiReader(strings.NewReader(`{"name":"`), io.LimitReader(endlessly{}, 16*maxBody))
	}
	zipped := func() io.Reader {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.CopyN(z, endlessly{}, 64<<20)
		_ = z.Close()
		return &b
	}
	multipart := "--x\r\n" + strings.Repeat("Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\n", 10_000)
	for _, try := range []struct {
		name    string
		body    io.Reader
		headers []string
		status  int
		code    string
	}{
		{"at the limit", strings.NewReader(`{"name":"Team"` + strings.Repeat(" ", maxBody-15) + `}`), nil, 200, ""},
		{"one byte over, announced", strings.NewReader(strings.Repeat(" ", maxBody+1)), nil, 413, errTooLarge.code},
		{"chunked, and far too long", endless(), nil, 413, errTooLarge.code},
		{"chunked and small", io.MultiReader(strings.NewReader(`{"name":"Other"}`)), nil, 200, ""},
		{"a bomb", zipped(), []string{"Content-Encoding", "gzip"}, 415, errNotJSON.code},
		{"said not to be encoded", strings.NewReader(`{"name":"X"}`), []string{"Content-Encoding", "identity"}, 415, errNotJSON.code},
		{"many parts", strings.NewReader(multipart), []string{"Content-Type", "multipart/form-data; boundary=x"}, 415, errNotJSON.code},
		{"a form", strings.NewReader("name=x"), []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, errNotJSON.code},
		{"plain text", strings.NewReader(`{"name":"X"}`), []string{"Content-Type", "text/plain"}, 415, errNotJSON.code},
		{"no type", strings.NewReader(`{"name":"X"}`), []string{"Content-Type", ""}, 415, errNotJSON.code},
		{"another JSON", strings.NewReader(`{"name":"X"}`), []string{"Content-Type", "application/json-patch+json"}, 415, errNotJSON.code},
		{"in UTF-16", strings.NewReader(`{"name":"X"}`), []string{"Content-Type", "application/json; charset=utf-16"}, 415, errNotJSON.code},
		{"in UTF-8, said so", strings.NewReader(`{"name":"Third"}`), []string{"Content-Type", `application/json; charset="utf-8"`}, 200, ""},
	} {
		t.Run(try.name, func(t *testing.T) {
			if status, code := post(t, try.body, try.headers...); status != try.status || code != try.code {
				t.Errorf("%d %s, want %d %s", status, code, try.status, try.code)
			}
		})
	}
}

type endlessly struct{}

func (endlessly) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

func TestHeadersHaveTheirLimits(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewUnstartedServer(nil)
	server.Config = HTTP(w.api)
	server.Start()
	defer server.Close()
	if c := server.Config; c.ReadHeaderTimeout != 5*time.Second || c.ReadTimeout == 0 || c.WriteTimeout <= c.ReadTimeout || c.IdleTimeout == 0 {
		t.Errorf("%+v", c)
	}
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n", strings.Repeat("a", 64<<10))
	p, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || p.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%v %v", p, err)
	}
}

// T-182 guarded by api.problemOf
func TestAnErrorShowsNothingOfTheInside(t *testing.T) {
	broken := false
	db := storetest.Inject(memory.Open(), storetest.Plan{Read: func(int) bool { return broken },
		Write:  func(int) storetest.Fault { return map[bool]storetest.Fault{true: storetest.Fail}[broken] },
		Append: func(int) storetest.Fault { return map[bool]storetest.Fault{true: storetest.Fail}[broken] }})
	w := newWorldOn(t, db)
	w.api.link = func(context.Context, app.Caller) (route.Link, error) {
		return route.Link{}, errors.New("dial tcp 10.0.0.7:5432: password=hunter2")
	}
	w.want(200, "", "GET", "/v1/me", "") // the key is known from here on
	secrets := []string{"storetest", "injected", "panic", "goroutine", ".go:", "hunter2", "10.0.0.7", "sql"}
	hides := func(out *httptest.ResponseRecorder) {
		t.Helper()
		for _, secret := range secrets {
			if strings.Contains(out.Body.String(), secret) {
				t.Errorf("it tells %q: %s", secret, out.Body)
			}
		}
	}
	out := w.refused(500, "internal", "", "POST", "/v1/console-links", "")
	hides(out)
	if !strings.Contains(w.log.String(), "hunter2") || !strings.Contains(w.log.String(), out.Header().Get("X-Request-Id")) {
		t.Error("the log does not say what went wrong in that request")
	}
	w.api.link = func(context.Context, app.Caller) (route.Link, error) { panic("hunter2") }
	hides(w.refused(500, "internal", "", "POST", "/v1/console-links", ""))
	if !strings.Contains(w.log.String(), `"msg":"panic"`) {
		t.Error("the log does not have the panic")
	}
	broken = true
	for _, try := range []struct{ method, path, body, code string }{
		{"GET", "/v1/people", "", app.ErrUnavailable.Code}, {"GET", "/v1/people/{mia}", "", app.ErrUnavailable.Code}, {"POST", "/v1/people", `{"name":"X"}`, app.ErrUnavailable.Code}, {"GET", "/v1/organizations/acme", "", app.ErrUnavailable.Code},
		{"GET", "/v1/organizations/{acme}?fresh=true", "", app.ErrUnavailable.Code}, {"PUT", "/v1/organizations/{acme}/external-id", `{"external_id":"x"}`, app.ErrOutcomeUnknown.Code}, {"GET", "/v1/organizations/{acme}/audit", "", app.ErrUnavailable.Code},
	} {
		out := w.refused(503, try.code, "", try.method, try.path, try.body)
		if hides(out); out.Header().Get("Retry-After") == "" {
			t.Error("it does not say when to come back")
		}
	}
}

// T-208 guarded by meter.Meter.Count
func TestNobodyMakesMetricSeries(t *testing.T) {
	w := newWorld(t)
	scrape := func() (string, int) {
		out := httptest.NewRecorder()
		w.api.Metrics().ServeHTTP(out, httptest.NewRequest("GET", "/metrics", nil))
		return out.Body.String(), strings.Count(out.Body.String(), "\n")
	}
	tryAll := func(i int) {
		word := fmt.Sprintf("word%d", i)
		w.ask("", "GET", "/"+word, "")
		w.ask("", "GET", "/v1/organizations/"+word, "", "User-Agent", word, "X-Request-Id", word)
		w.ask("", "GET", "/v1/me?"+word+"=1", "")
		w.ask(word, "GET", "/v1/me", "")
		w.ask("nobody", strings.ToUpper(word), "/v1/me", "", "Authorization", word)
	}
	tryAll(0)
	_, before := scrape()
	for i := range 200 {
		tryAll(i)
	}
	text, after := scrape()
	if after != before || strings.Contains(text, "word") {
		t.Errorf("%d lines became %d", before, after)
	}
	for _, series := range []string{`commonhold_requests_total{route="whoami",status="4xx"}`, `commonhold_requests_total{route="none",status="4xx"}`,
		"commonhold_facts_total", "commonhold_cached_bytes", "go_goroutines"} {
		if !strings.Contains(text, series) {
			t.Errorf("no %s", series)
		}
	}
}

func TestTheLogHasALineForEveryRequestAndNothingOfItsBody(t *testing.T) {
	w := newWorld(t)
	w.log.Reset()
	out := w.want(200, "olga", "POST", "/v1/organizations/acme/teams", `{"name":"Very Secret Team"}`, "X-Request-Id", "abc-1")
	if out.Header().Get("X-Request-Id") != "abc-1" {
		t.Error("the id is not handed back")
	}
	var line struct {
		Msg, Request, Route, Organization string
		Status                            int
		Took                              float64
	}
	if err := json.Unmarshal(w.log.Bytes(), &line); err != nil {
		t.Fatalf("%v: %s", err, w.log.String())
	}
	if line.Msg != "request" || line.Request != "abc-1" || line.Route != "create_team" || line.Status != 200 || line.Organization != w.ids["acme"] || line.Took == 0 {
		t.Errorf("%+v", line)
	}
	if strings.Contains(w.log.String(), "Secret") {
		t.Error("the body is in it")
	}
	for _, id := range []string{"", "has blank", "a\"b", strings.Repeat("a", 65), "é", "{}", "a;b"} {
		got := w.ask("", "GET", "/v1/me", "", "X-Request-Id", id).Header().Get("X-Request-Id")
		if got == id || len(got) < 20 {
			t.Errorf("%q became %q", id, got)
		}
	}
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.PublicURL = "https://commonhold.example.com" })
	for _, out := range []*httptest.ResponseRecorder{
		w.ask("", "GET", "/v1/me", ""), w.ask("nobody", "GET", "/v1/me", ""), w.ask("", "GET", "/nothing", ""), w.ask("", "GET", "/livez", ""), w.ask("", "GET", "//", ""),
	} {
		for name, value := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Strict-Transport-Security": "max-age=31536000; includeSubDomains"} {
			if out.Header().Get(name) != value {
				t.Errorf("%d: %s: %q", out.Code, name, out.Header().Get(name))
			}
		}
		if out.Code == 401 && !strings.HasPrefix(out.Header().Get("WWW-Authenticate"), "Bearer") {
			t.Error("401 does not say how")
		}
	}
}

func TestOnlySoManyRequestsAreWorkedOnAtOnce(t *testing.T) {
	release := make(chan struct{})
	started := make(chan struct{})
	w := newWorld(t, func(o *Options) {
		o.Requests = 1
		o.ConsoleLink = func(context.Context, app.Caller) (route.Link, error) {
			close(started)
			<-release
			return route.Link{URL: "x", Expires: 1}, nil
		}
	})
	done := make(chan int)
	go func() { done <- w.ask("", "POST", "/v1/console-links", "").Code }()
	<-started
	out := w.refused(503, errBusy.code, "", "GET", "/v1/me", "")
	if out.Header().Get("Retry-After") != "1" {
		t.Error("it does not say when to come back")
	}
	w.want(200, "nobody", "GET", "/livez", "")
	close(release)
	if code := <-done; code != 200 {
		t.Errorf("the first: %d", code)
	}
	w.want(200, "", "GET", "/v1/me", "")
}

func TestARequestThatTakesTooLongIsGivenUp(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Timeout = time.Millisecond
		o.ConsoleLink = func(ctx context.Context, _ app.Caller) (route.Link, error) {
			<-ctx.Done()
			return route.Link{}, ctx.Err()
		}
	})
	w.refused(503, errTooSlow.code, "", "POST", "/v1/console-links", "")
}

func TestReadinessFollowsTheDatabaseAndTheEnd(t *testing.T) {
	var db store.DB = memory.Open()
	w := newWorldOn(t, db)
	w.want(200, "nobody", "GET", "/livez", "")
	w.want(200, "nobody", "GET", "/readyz", "")
	w.api.Stop()
	w.refused(503, app.ErrClosing.Code, "nobody", "GET", "/readyz", "")
	w.want(200, "nobody", "GET", "/livez", "")
	w.want(200, "", "GET", "/v1/me", "")
	other := newWorld(t)
	if err := other.db.Close(); err != nil {
		t.Fatal(err)
	}
	other.refused(503, app.ErrUnavailable.Code, "nobody", "GET", "/readyz", "")
}

func TestWithoutAConsoleThereAreNoLinks(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.ConsoleLink = nil })
	w.refused(404, errNoConsole.code, "", "POST", "/v1/console-links", "")
}
