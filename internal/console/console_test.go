package console

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/catalog"
	"github.com/commonhold/commonhold/internal/credential"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

// desk is a console with an organization in it and a browser without JavaScript.
type desk struct {
	*testing.T
	app     *app.App
	keys    *credential.Keys
	server  *httptest.Server
	browser *http.Client
	org     org.OrgID
	people  map[string]org.PersonID
	project org.ProjectID
	team    org.TeamID
}

var operator = app.Caller{Operator: true, Key: "key_test"}

func newDesk(t *testing.T) *desk {
	db := memory.Open()
	a, err := app.New(t.Context(), app.Options{DB: db, Catalog: catalog.Default()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	keys := credential.New(a, db, slog.New(slog.DiscardHandler))
	c, err := New(Options{App: a, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	c.Mount(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{T: t, app: a, keys: keys, server: server, browser: &http.Client{Jar: jar}, people: map[string]org.PersonID{}}
}

func (d *desk) person(name string) org.PersonID {
	p, err := d.app.AddPerson(d.Context(), app.PersonFields{Name: name, Address: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.com"})
	if err != nil {
		d.Fatal(err)
	}
	d.people[name] = p.ID
	return p.ID
}

func (d *desk) do(c org.Command) *org.State {
	r, err := d.app.Do(d.Context(), operator, d.org, c, app.Opts{})
	if err != nil {
		d.Fatalf("%T: %v", c, err)
	}
	return r.State
}

// furnish makes the organization, in which names carry markup where they may.
func (d *desk) furnish(crowd int) {
	d.org = d.do(org.CreateOrganization{Name: "Acme <b>& Sons</b>", Slug: "acme", Owner: d.person("Olga Owner")}).ID()
	for t := range d.do(org.CreateTeam{Name: "Red <script>alert(1)</script>"}).Teams("") {
		d.team = t.Team
	}
	for p := range d.do(org.CreateProject{Name: `Web" onload="alert(1)`}).Projects(false, "") {
		d.project = p.Project
	}
	d.do(org.Give{Project: d.project, Subject: org.Subject{Team: d.team}, Role: org.Analyst})
	for i := range crowd {
		id := d.person(fmt.Sprintf("Person Number %03d", i))
		d.do(org.AddMember{Person: id, Role: org.RoleMember})
		if i%3 == 0 {
			d.do(org.PlaceInTeam{Team: d.team, Person: id, Manager: i == 0})
		}
		if i%5 == 1 {
			d.do(org.Give{Project: d.project, Subject: org.Subject{Person: id}, Role: org.Consumer, Window: org.Window{End: d.app.Now() + 5*24*3600*1e6}})
		}
	}
	d.do(org.Suspend{Person: d.people["Person Number 001"]})
}

// extend adds what only some organizations have: custom roles of both scopes, service accounts, and two organizations
// that are not as usual.
func (d *desk) extend() {
	role := func(c org.CreateRole) string {
		for made := range d.do(c).CustomRoles("") {
			if made.Name == c.Name {
				return string(made.Role)
			}
		}
		d.Fatal("no role was made")
		return ""
	}
	reader := org.ProjectRole(role(org.CreateRole{Scope: org.InProject, Name: "Reads <i>reports</i>", RoleContent: org.RoleContent{Permissions: []org.Permission{"project:view", "reports:download"}}}))
	auditor := org.OrgRole(role(org.CreateRole{Scope: org.InOrganization, Name: "Auditor", RoleContent: org.RoleContent{
		Permissions: []org.Permission{"audit:view"}, Projects: []org.RoleProject{{Project: d.project, Role: reader}}}}))
	d.do(org.Give{Project: d.project, Subject: org.Subject{Person: d.people["Person Number 002"]}, Role: reader})
	d.do(org.Give{Project: d.project, Subject: org.Subject{Everyone: true, Accounts: true}, Role: reader, Window: org.Window{Start: d.app.Now() + 1e9, End: d.app.Now() + 5*24*3600*1e6}})
	d.do(org.SetRole{Person: d.people["Person Number 004"], Role: auditor})
	var bot org.AccountID
	for a := range d.do(org.CreateAccount{Name: "Nightly <b>export</b>", Grants: []org.AccountGrant{{Project: d.project, Role: reader, Window: org.Window{End: d.app.Now() + 6*24*3600*1e6}}}}).Accounts(d.app.Now(), "") {
		bot = a.Account
	}
	d.do(org.PlaceAccountInTeam{Team: d.team, Account: bot})
	d.do(org.CreateAccount{Name: "Old importer"})
	for a := range d.state().Accounts(d.app.Now(), "") {
		if a.Account != bot {
			d.do(org.DisableAccount{Account: a.Account})
		}
	}
	acme := d.org
	olga := d.people["Olga Owner"]
	d.org = ""
	d.org = d.do(org.CreateOrganization{Name: "Initech", Slug: "initech", Owner: olga}).ID()
	d.do(org.SuspendOrganization{})
	d.org = ""
	d.org = d.do(org.CreateOrganization{Name: "Umbrella", Slug: "umbrella", Owner: olga}).ID()
	if _, err := d.app.Do(d.Context(), app.Caller{Person: olga, Key: "key_test"}, d.org, org.DeleteOrganization{Slug: "umbrella"}, app.Opts{}); err != nil {
		d.Fatal(err)
	}
	d.org = acme
}

func (d *desk) state() *org.State {
	s, err := d.app.View(d.Context(), d.org, app.Freshness{})
	if err != nil {
		d.Fatal(err)
	}
	return s
}

func (d *desk) get(path string) (int, string) {
	d.Helper()
	res, err := d.browser.Get(d.server.URL + path)
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		d.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func (d *desk) open() {
	d.Helper()
	link, _, err := d.keys.ConsoleLink(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	res, err := d.browser.PostForm(d.server.URL+"/console/open", url.Values{"link": {link}})
	if err != nil || res.StatusCode != http.StatusOK {
		d.Fatalf("open: %v %v", res.StatusCode, err)
	}
	res.Body.Close()
}

func TestLinkOpensTheConsoleOnce(t *testing.T) {
	d := newDesk(t)
	d.furnish(2)
	if code, page := d.get("/console/acme/people"); code != 401 || strings.Contains(page, "Person Number") || !strings.Contains(page, "commonhold link") {
		t.Fatalf("without a session: %d", code)
	}
	link, _, _ := d.keys.ConsoleLink(t.Context())
	for range 2 { // T-175 looking at a link spends nothing
		if code, page := d.get("/console/open?link=" + link); code != 200 || !strings.Contains(page, `method="post"`) {
			t.Fatalf("the page with the button: %d", code)
		}
	}
	spend := func(c *http.Client) int {
		res, err := c.PostForm(d.server.URL+"/console/open", url.Values{"link": {link}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if code := spend(d.browser); code != 200 {
		t.Fatalf("first use: %d", code)
	}
	other, _ := cookiejar.New(nil)
	if code := spend(&http.Client{Jar: other}); code != 403 {
		t.Errorf("I-30 second use: %d", code)
	}
	if code, page := d.get("/console/acme/people"); code != 200 || !strings.Contains(page, "Person Number 000") {
		t.Errorf("with the session: %d", code)
	}
	res, err := d.browser.PostForm(d.server.URL+"/console/close", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if code, _ := d.get("/console/acme/people"); code != 401 {
		t.Errorf("after closing: %d", code)
	}
}

func TestOverviewTellsThatAnOrganizationIsSuspended(t *testing.T) {
	d := newDesk(t)
	d.furnish(2)
	d.open()
	d.do(org.SuspendOrganization{})
	if _, page := d.get("/console/acme/"); !strings.Contains(page, "The organization is suspended since") || strings.Contains(page, "and closes") {
		t.Errorf("suspended, and the overview says\n%s", page)
	}
}

func TestPagesTellThatAnOrganizationIsOwnerless(t *testing.T) {
	d := newDesk(t)
	d.furnish(2)
	d.open()
	d.do(org.Disable{Person: d.people["Olga Owner"], Disabled: true})
	for path, words := range map[string]string{
		"/console/":            "no owner can act",
		"/console/acme/":       "The operator can start a recovery, or enable the account",
		"/console/acme/people": "account disabled by the operator",
		"/console/acme/people/" + string(d.people["Olga Owner"]): "account disabled by the operator",
	} {
		if code, page := d.get(path); code != 200 || !strings.Contains(page, words) {
			t.Errorf("%s: %d, without %q\n%s", path, code, words, page)
		}
	}
}

// What is not built in is called by its name, never by an id, and what is not as usual is marked.
func TestPagesNameCustomRolesAndAccounts(t *testing.T) {
	d := newDesk(t)
	d.furnish(12)
	d.extend()
	d.open()
	reads := "Reads &lt;i&gt;reports&lt;/i&gt;"
	for path, want := range map[string][]string{
		"/console/":            {"Initech</a> <span class=\"mark\">suspended", "Umbrella</a> <span class=\"mark\">closes "},
		"/console/initech/":    {"The organization is suspended since"},
		"/console/umbrella/":   {"closes "},
		"/console/acme/":       {"2</b> service accounts", "Nightly &lt;b&gt;export&lt;/b&gt;: " + reads},
		"/console/acme/people": {"Auditor"},
		"/console/acme/people/" + string(d.people["Person Number 002"]): {reads},
		"/console/acme/people/" + string(d.people["Person Number 004"]): {"as organization Auditor", reads},
		"/console/acme/projects/" + string(d.project):                   {"Service account Nightly &lt;b&gt;export", "Everyone in the organization and all service accounts", reads},
		"/console/acme/teams/" + string(d.team):                         {"Nightly &lt;b&gt;export"},
		"/console/acme/accounts":                                        {"Nightly &lt;b&gt;export", "Old importer", "disabled", "analyst"},
		"/console/acme/access?person=number+002&project=web":            {"has the role", reads, "may do"},
	} {
		code, page := d.get(path)
		if code != 200 {
			t.Errorf("%s: %d", path, code)
		}
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
		if shown := regexp.MustCompile(`>[^<]*\b(role|sa)_[0-9a-z]{10}`).FindString(page); shown != "" {
			t.Errorf("%s shows an id: %s", path, shown)
		}
	}
	d.do(org.SuspendOrganization{})
	if _, page := d.get("/console/acme/access?person=number+002&project=web"); !strings.Contains(page, "the organization is suspended") || strings.Contains(page, "may do 0") {
		t.Errorf("in a suspended organization the reason is not told")
	}
}

func TestPages(t *testing.T) {
	d := newDesk(t)
	d.furnish(120)
	d.open()
	olga := string(d.people["Olga Owner"])
	paths := map[string][]string{
		"/console/":                                                        {"Acme"},
		"/console/acme/":                                                   {"one owner only", "Olga Owner", "1 member is suspended"},
		"/console/acme/people":                                             {"1–50 of 121", "Next", "Olga Owner"},
		"/console/acme/people?page=3":                                      {"101–121 of 121"},
		"/console/acme/people?find=number+007":                             {"Person Number 007", "1–1 of 1"},
		"/console/acme/people?status=suspended":                            {"Person Number 001", "1–1 of 1"},
		"/console/acme/people?role=owner":                                  {"Olga Owner", "1–1 of 1"},
		"/console/acme/people?find=nobody":                                 {"Nobody fits"},
		"/console/acme/people/" + olga:                                     {"owner", "in every project"},
		"/console/acme/people/" + string(d.people["Person Number 006"]):    {"through the team", "Why?"},
		"/console/acme/teams":                                              {"Red &lt;script&gt;"},
		"/console/acme/teams?find=zzz":                                     {"No team fits"},
		"/console/acme/teams/" + string(d.team):                            {"manager", "analyst"},
		"/console/acme/projects":                                           {"Web&#34; onload"},
		"/console/acme/projects/" + string(d.project):                      {"People with access", "through the team", "as organization owner"},
		"/console/acme/projects/" + string(d.project) + "?find=number+006": {"1–1 of 1"},
		"/console/acme/access":                                             {"Name a member and a project"},
		"/console/acme/access?person=olga&project=web":                     {"is <span", "as organization owner", "What that allows"},
		"/console/acme/access?person=number&project=web":                   {"Whom do you mean?"},
		"/console/acme/access?person=number+002&project=web":               {"has no access", "Who could give it", "Olga Owner"},
		"/console/acme/access?person=number+001&project=web":               {"suspended"},
		"/console/acme/access?person=qqq&project=web":                      {"No member"},
		"/console/acme/search?find=number+00":                              {"Person Number 009"},
		"/console/acme/search?find=red":                                    {"/teams/"},
	}
	for path, want := range paths {
		code, page := d.get(path)
		if code != 200 {
			t.Errorf("%s: %d", path, code)
		}
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
		// T-171 names are inert wherever they stand.
		if strings.Contains(page, "<script>alert") || strings.Contains(page, `" onload="`) || strings.Contains(page, "<b>& Sons") {
			t.Errorf("T-171 %s: markup in a name is alive", path)
		}
	}
	for _, path := range []string{"/console/nowhere/", "/console/acme/people/usr_01h00000000000000000000000", "/console/acme/teams/x", "/console/acme/nothing", "/console/acme/projects/prj_1"} {
		if code, page := d.get(path); code != 404 || !strings.Contains(page, "not here") {
			t.Errorf("%s: %d", path, code)
		}
	}
}

// Every link of every page leads to a page.
func TestLinksLead(t *testing.T) {
	d := newDesk(t)
	d.furnish(60)
	d.open()
	link := regexp.MustCompile(`(?:href|src)="([^"#]*)"`)
	seen := map[string]bool{}
	queue := []string{"/console/"}
	for len(queue) > 0 && len(seen) < 400 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		code, page := d.get(path)
		if code != 200 {
			t.Errorf("%s: %d", path, code)
		}
		if strings.HasPrefix(path, "/console/-/") {
			continue
		}
		base, _ := url.Parse(path)
		for _, m := range link.FindAllStringSubmatch(page, -1) {
			to, err := base.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if err != nil {
				t.Errorf("%s: link %q", path, m[1])
				continue
			}
			queue = append(queue, to.String())
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d pages were reached", len(seen))
	}
}

func TestConsoleStaysOnThisMachine(t *testing.T) {
	d := newDesk(t)
	req := httptest.NewRequest("GET", "http://localhost/console/", nil)
	for name, change := range map[string]func(*http.Request){
		"T-183 a caller from elsewhere":                  func(r *http.Request) { r.RemoteAddr = "192.0.2.7:4000" },
		"a name that leads here but is not this machine": func(r *http.Request) { r.RemoteAddr, r.Host = "127.0.0.1:4000", "evil.example" },
		"T-185 a forwarded address changes nothing": func(r *http.Request) {
			r.RemoteAddr = "192.0.2.7:4000"
			r.Header.Set("X-Forwarded-For", "127.0.0.1")
		},
	} {
		r := req.Clone(t.Context())
		change(r)
		w := httptest.NewRecorder()
		d.server.Config.Handler.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestHeadersOfPages(t *testing.T) {
	d := newDesk(t)
	for _, path := range []string{"/console/", "/console/nowhere/x", "/console/open?link=x", "/console/-/static/none"} {
		res, err := d.browser.Get(d.server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("T-176 %s: %q", path, policy)
		}
		if res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("T-180 %s: %v", path, res.Header)
		}
	}
	// T-173, T-174: another site cannot make this browser open or close the console.
	for _, headers := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}, {"Origin": "https://evil.example"}} {
		req, _ := http.NewRequest("POST", d.server.URL+"/console/close", nil)
		for k, v := range headers {
			req.Header.Set(k, v)
		}
		res, err := d.browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%v: %d", headers, res.StatusCode)
		}
	}
}
