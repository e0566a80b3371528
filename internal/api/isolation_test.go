package api

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// Ids that nobody was ever given, beside those of the other organization.
var strangers = map[string]string{
	"no-org": "org_7zzzzzzzzzzzzzzzzzzzzzzzzz", "no-person": "usr_7zzzzzzzzzzzzzzzzzzzzzzzzz",
	"no-team": "team_7zzzzzzzzzzzzzzzzzzzzzzzzz", "no-project": "prj_7zzzzzzzzzzzzzzzzzzzzzzzzz",
	"ext-yan": "ext:app-yan", "ext-nobody": "ext:app-nobody", "ext-blue": "ext:crew-blue", "ext-none": "ext:crew-none",
	"ext-far": "ext:app-far", "ext-nothing": "ext:app-nothing", "ext-other": "ext:crm-other", "ext-no-org": "ext:crm-none",
	"no-account": "sa_7zzzzzzzzzzzzzzzzzzzzzzzzz", "no-key": "key_7zzzzzzzzzzzzzzzzzzzzzzzzz", "no-role": "role_7zzzzzzzzzzzzzzzzzzzzzzzzz",
	"no-wish": "arq_7zzzzzzzzzzzzzzzzzzzzzzzzz", "no-asked": "prq_7zzzzzzzzzzzzzzzzzzzzzzzzz", "ext-droid": "ext:app-droid", "ext-no-droid": "ext:app-no-droid",
	"slug-other": "other", "slug-none": "nowhere", "junk": "junk",
}

// wordsOf are what stands in the path of a row's sample.
func wordsOf(r route.Route) map[string]string {
	words := map[string]string{"org": "acme", "person": "max", "team": "red", "project": "web", "key": "spare", "account": "bot", "role": "guide", "request": "asked"}
	for pair := range strings.FieldsSeq(samples[r.Name].names) {
		name, word, _ := strings.Cut(pair, "=")
		words[name] = word
	}
	return words
}

// elsewhere makes a row's sample with other words in the place of its own.
func (w *world) elsewhere(as string, r route.Route, swap map[string]string) *httptest.ResponseRecorder {
	s := samples[r.Name]
	text := func(s string) string {
		for from, to := range swap {
			s = strings.ReplaceAll(s, "{"+from+"}", "{"+to+"}")
		}
		return s
	}
	path := r.Path
	for name, word := range wordsOf(r) {
		path = strings.ReplaceAll(path, "{"+name+"}", "{"+word+"}")
	}
	if s.query != "" {
		path += "?" + s.query
	}
	return w.ask(as, r.Method, text(path), strings.ReplaceAll(text(s.body), "{digest}", string(w.app.Present().Digest())))
}

var ofTheRequest = regexp.MustCompile(`(?m)^X-Request-Id: .*\r\n`)

// bytesOf is all of an answer that the caller sees, but for the request's id.
func bytesOf(t *testing.T, out *httptest.ResponseRecorder) string {
	t.Helper()
	var text strings.Builder
	text.WriteString(http.StatusText(out.Code) + "\r\n")
	if err := out.Header().Write(&text); err != nil {
		t.Fatal(err)
	}
	return ofTheRequest.ReplaceAllString(text.String(), "") + out.Body.String()
}

func (w *world) version(word string) org.Version {
	w.Helper()
	s, err := w.app.View(w.Context(), org.OrgID(w.ids[word]), freshEnough)
	if err != nil {
		w.Fatal(err)
	}
	return s.Version()
}

// everyPerson swaps each person whom a sample names.
func everyPerson(to string) map[string]string {
	out := map[string]string{}
	for _, word := range strings.Fields("max sam rex tim cora ada") {
		out[word] = to
	}
	return out
}

// T-1, T-7, I-64
func TestWhatIsForeignAnswersLikeWhatIsUnknown(t *testing.T) {
	w := newWorld(t)
	w.spare()
	w.fillOther()
	maps.Copy(w.ids, strangers)
	for _, pair := range []struct {
		name             string
		foreign, unknown map[string]string
	}{
		{"an organization by id", map[string]string{"acme": "other"}, map[string]string{"acme": "no-org"}},
		{"an organization by slug", map[string]string{"acme": "slug-other"}, map[string]string{"acme": "slug-none"}},
		{"an organization by external id", map[string]string{"acme": "ext-other"}, map[string]string{"acme": "ext-no-org"}},
		{"an organization with everything in it", map[string]string{"acme": "other", "max": "yan", "red": "blue", "web": "far"}, map[string]string{"acme": "no-org"}},
		{"a person by id", everyPerson("yan"), everyPerson("no-person")},
		{"a person by external id", everyPerson("ext-yan"), everyPerson("ext-nobody")},
		{"a team by id", map[string]string{"red": "blue"}, map[string]string{"red": "no-team"}},
		{"a team by external id", map[string]string{"red": "ext-blue"}, map[string]string{"red": "ext-none"}},
		{"a project by id", map[string]string{"web": "far", "old": "far"}, map[string]string{"web": "no-project", "old": "no-project"}},
		{"a project by external id", map[string]string{"web": "ext-far", "old": "ext-far"}, map[string]string{"web": "ext-nothing", "old": "ext-nothing"}},
		{"a service account by id", map[string]string{"bot": "droid", "off": "droid", "placed": "droid"}, map[string]string{"bot": "no-account", "off": "no-account", "placed": "no-account"}},
		{"a service account by external id", map[string]string{"bot": "ext-droid", "off": "ext-droid", "placed": "ext-droid"}, map[string]string{"bot": "ext-no-droid", "off": "ext-no-droid", "placed": "ext-no-droid"}},
		{"a key of a service account", map[string]string{"botkey": "droidkey", "spare": "droidkey"}, map[string]string{"botkey": "no-key", "spare": "no-key"}},
		{"a key and its service account", map[string]string{"bot": "droid", "botkey": "droidkey", "spare": "droidkey"}, map[string]string{"bot": "no-account", "botkey": "no-key", "spare": "no-key"}},
		{"a custom role", map[string]string{"guide": "pilot"}, map[string]string{"guide": "no-role"}},
		{"a request for access", map[string]string{"wish": "hope"}, map[string]string{"wish": "no-wish"}},
		{"a request for a plan", map[string]string{"asked": "begged"}, map[string]string{"asked": "no-asked"}},
	} {
		w.run(pair.name, func(t *testing.T) {
			inOrg := pair.foreign["acme"] != ""
			for _, r := range route.Table() {
				if !strings.HasPrefix(r.Path, organizationPath) {
					continue
				}
				for _, as := range []string{"olga", "ada", "pat", "mia", ""} {
					if inOrg && as == "" || !inOrg && !speaksOf(r, pair.foreign) || r.Name == "add_member" && pair.foreign["max"] != "" && (as == "olga" || as == "ada") {
						continue // the operator is in all of them; whom a member adds has an account and is in no list of hers
					}
					acme, other := w.version("acme"), w.version("other")
					foreign, unknown := w.elsewhere(as, r, pair.foreign), w.elsewhere(as, r, pair.unknown)
					if a, b := bytesOf(t, foreign), bytesOf(t, unknown); a != b {
						t.Errorf("%s as %q: foreign\n%s\nunknown\n%s", r.Name, as, a, b)
					}
					want := org.ErrUnknownOrganization.Code
					if w.byLink(r) {
						want = org.ErrUnknownInvitation.Code
					}
					if inOrg && (foreign.Code != 404 || codeOf(foreign) != want) {
						t.Errorf("%s as %q: %d %s", r.Name, as, foreign.Code, foreign.Body)
					}
					if r.Command != nil && foreign.Code < 400 {
						t.Errorf("%s as %q did something: %d", r.Name, as, foreign.Code)
					}
					if w.version("acme") != acme || w.version("other") != other {
						t.Errorf("%s as %q changed something", r.Name, as)
					}
				}
			}
		})
	}
}

// fillOther puts into the other organization one of all that a path can name.
func (w *world) fillOther() {
	made := w.do("zed", "other", org.CreateAccount{Name: "Droid", ExternalID: "app-droid"})
	w.ids["droid"] = string(made.Facts[0].Event.(*org.AccountCreated).Account)
	key := got[route.AccountKey](w, w.want(200, "zed", "POST", "/v1/organizations/{other}/service-accounts/{droid}/keys", `{}`))
	w.ids["droidkey"] = string(key.Key)
	pilot := w.do("zed", "other", org.CreateRole{Scope: org.InProject, Project: org.ProjectID(w.ids["far"]), Name: "Pilot",
		RoleContent: org.RoleContent{Permissions: []org.Permission{"project:view"}}})
	w.ids["pilot"] = string(pilot.Facts[0].Event.(*org.RoleCreated).Role)
	begged := w.do("yan", "other", org.RequestPlan{Plan: "team"})
	w.ids["begged"] = string(begged.Facts[0].Event.(*org.PlanRequested).Request)
	hope := w.do("yan", "other", org.RequestAccess{Project: org.ProjectID(w.ids["far"]), Role: org.Analyst})
	w.ids["hope"] = string(hope.Facts[0].Event.(*org.RequestMade).Request)
}

// speaksOf reports whether a row's sample names one of the words.
func speaksOf(r route.Route, words map[string]string) bool {
	s := samples[r.Name]
	path := r.Path
	for name, word := range wordsOf(r) {
		path = strings.ReplaceAll(path, "{"+name+"}", "{"+word+"}")
	}
	return slices.ContainsFunc(slices.Collect(maps.Keys(words)), func(word string) bool {
		return strings.Contains(path+s.query+s.body, "{"+word+"}")
	})
}

// T-7
func TestEveryLevelOfAPathBelongsToTheOneAbove(t *testing.T) {
	w := newWorld(t)
	for _, as := range []string{"olga", ""} {
		for _, path := range []string{
			"/v1/organizations/{acme}/projects/{far}", "/v1/organizations/{acme}/projects/{far}/people", "/v1/organizations/{acme}/teams/{blue}",
			"/v1/organizations/{acme}/teams/{blue}/members", "/v1/organizations/{acme}/members/{yan}", "/v1/organizations/{acme}/members/{yan}/holdings",
			"/v1/organizations/{acme}/members/{web}", "/v1/organizations/{acme}/teams/{web}", "/v1/organizations/{acme}/projects/{red}",
		} {
			w.want(http.StatusNotFound, as, "GET", path, "")
		}
	}
	w.refused(404, org.ErrUnknownTeam.Code, "olga", "PUT", "/v1/organizations/{acme}/teams/{blue}/members/{mia}", `{}`)
	w.refused(404, org.ErrUnknownPerson.Code, "olga", "PUT", "/v1/organizations/{acme}/teams/{red}/members/{yan}", `{}`)
	w.refused(404, org.ErrUnknownOrganization.Code, "olga", "PUT", "/v1/organizations/{other}/teams/{red}/members/{mia}", `{}`)
	w.refused(404, org.ErrUnknownTeam.Code, "olga", "POST", "/v1/organizations/{acme}/projects/{web}/grants", `{"team":"{blue}","role":"consumer"}`)
	w.refused(404, org.ErrUnknownProject.Code, "olga", "POST", "/v1/organizations/{acme}/projects/{far}/grants", `{"person":"{mia}","role":"consumer"}`)
	w.refused(404, org.ErrUnknownTeam.Code, "olga", "PUT", "/v1/organizations/{acme}/settings", `{"members_create_projects":false,"teams":[{"team":"{blue}","role":"consumer"}]}`)
}

// T-6
func TestOneQuestionOutOfReachRefusesAllOfThem(t *testing.T) {
	w := newWorld(t)
	maps.Copy(w.ids, strangers)
	question := func(project string) string {
		return `{"checks":[{"person":"{mia}","permission":"project:view","project":"{web}"},{"person":"{mia}","permission":"project:view","project":"{` + project + `}"}]}`
	}
	w.want(200, "pat", "POST", "/v1/organizations/{acme}/checks", question("web"))
	var first string
	for _, project := range []string{"lab", "old", "far", "no-project", "ext-far", "ext-nothing"} {
		out := w.refused(403, org.ErrNotAllowed.Code, "pat", "POST", "/v1/organizations/{acme}/checks", question(project))
		if text := bytesOf(t, out); first == "" {
			first = text
		} else if text != first {
			t.Errorf("%s is told apart:\n%s\n%s", project, text, first)
		}
	}
	w.refused(403, org.ErrNotAllowed.Code, "mia", "POST", "/v1/organizations/{acme}/checks", `{"checks":[]}`)
}

// T-10
func TestNumbersCountWhatTheCallerMaySee(t *testing.T) {
	w := newWorld(t)
	type count struct{ Items, Total int }
	list := func(as, path string) count {
		p := got[route.Page[any]](t, w.want(200, as, "GET", path, ""))
		c := count{Items: len(p.Items), Total: -1}
		if p.Total != nil {
			c.Total = *p.Total
		}
		return c
	}
	for _, row := range []struct {
		as, path string
		want     count
	}{
		{"olga", "/v1/organizations/{acme}/projects", count{2, 2}},
		{"", "/v1/organizations/{acme}/projects", count{2, 2}},
		{"cora", "/v1/organizations/{acme}/projects", count{1, -1}},
		{"tim", "/v1/organizations/{acme}/projects", count{1, -1}},
		{"mia", "/v1/organizations/{acme}/projects", count{0, -1}},
		{"olga", "/v1/organizations/{acme}/projects?deleted=true", count{1, 1}},
		{"pia", "/v1/organizations/{acme}/projects?deleted=true", count{0, -1}},
		{"ada", "/v1/organizations/{acme}/teams", count{1, 1}},
		{"tim", "/v1/organizations/{acme}/teams", count{1, -1}},
		{"mia", "/v1/organizations/{acme}/teams", count{0, -1}},
		{"bill", "/v1/organizations/{acme}/teams", count{0, -1}},
	} {
		if got := list(row.as, row.path); got != row.want {
			t.Errorf("%s as %q: %+v, want %+v", row.path, row.as, got, row.want)
		}
	}
	for as, counts := range map[string]bool{"": true, "olga": true, "ada": true, "bill": false, "mia": false, "pia": false} {
		for _, path := range []string{"/v1/organizations/{acme}", "/v1/organizations"} {
			if out := w.want(200, as, "GET", path, ""); strings.Contains(out.Body.String(), `"counts"`) != counts {
				t.Errorf("%s as %q: %s", path, as, out.Body)
			}
		}
	}
	for as, people := range map[string]bool{"": true, "ada": true, "pat": true, "ana": false, "cora": false, "tim": false} {
		if out := w.want(200, as, "GET", "/v1/organizations/{acme}/projects/{web}", ""); strings.Contains(out.Body.String(), `"people"`) != people {
			t.Errorf("as %q: %s", as, out.Body)
		}
	}
}

// byLink reports whether a row is for those who have a link, and need not know of the organization.
func (w *world) byLink(r route.Route) bool { return w.api.handlers()[r.Name].unseen }

// T-12
func TestASearchFindsNobodyElsewhere(t *testing.T) {
	w := newWorld(t)
	for _, find := range []string{"yan", "yan@example.com", "app-yan", "Yan%20Example", "{yan}"} {
		if p := got[route.Page[any]](t, w.want(200, "olga", "GET", "/v1/organizations/{acme}/members?find="+find, "")); len(p.Items) != 0 || *p.Total != 0 {
			t.Errorf("%s: %v", find, p)
		}
	}
	if p := got[route.Page[route.Member]](t, w.want(200, "olga", "GET", "/v1/organizations/{acme}/members?find=MIA%20exam", "")); len(p.Items) != 1 || p.Items[0].Address != "mia@example.com" {
		t.Errorf("%v", p)
	}
	w.refused(400, errBadParam.code, "olga", "GET", "/v1/organizations/{acme}/members?find=mi", "")
	w.refused(403, org.ErrNotAllowed.Code, "mia", "GET", "/v1/organizations/{acme}/members?find=olga", "")
}

// T-15
func TestAskingWhatIsTakenTellsNoMoreThanASlug(t *testing.T) {
	w := newWorld(t)
	w.refused(409, org.ErrSlugTaken.Code, "mia", "POST", "/v1/organizations", `{"name":"Mine","slug":"other"}`)
	w.refused(403, org.ErrOperatorOnly.Code, "mia", "POST", "/v1/organizations", `{"name":"Mine","slug":"mine","external_id":"crm-other"}`)
	w.refused(403, org.ErrOperatorOnly.Code, "mia", "POST", "/v1/organizations", `{"name":"Mine","slug":"mine","external_id":"crm-free"}`)
	for _, body := range []string{`{"name":"X","address":"yan@example.com"}`, `{"name":"X","address":"free@example.com"}`} {
		w.refused(403, org.ErrNotAllowed.Code, "olga", "POST", "/v1/people", body)
	}
	// What names something in one organization is taken there only.
	w.want(200, "olga", "PUT", "/v1/organizations/{acme}/teams/{red}/external-id", `{"external_id":"crew-blue"}`)
	w.want(200, "olga", "PUT", "/v1/organizations/{acme}/projects/{web}/external-id", `{"external_id":"app-far"}`)
}

// T-16
func TestASuspendedMemberIsShutOutOnEveryRoute(t *testing.T) {
	w := newWorld(t)
	w.spare()
	for _, r := range route.Table() {
		if !strings.HasPrefix(r.Path, organizationPath) || r.Gate.Open {
			continue
		}
		for _, about := range []string{"max", "sam"} {
			path, body := w.request(r, "acme", about, "red", "web")
			w.refused(403, org.ErrSuspendedActor.Code, "sam", r.Method, path, body)
		}
	}
	if p := got[route.Page[any]](t, w.want(200, "sam", "GET", "/v1/organizations", "")); len(p.Items) != 0 {
		t.Errorf("the organization is still listed: %v", p)
	}
	check := got[route.CheckAnswer](t, w.want(200, "", "POST", "/v1/organizations/{acme}/check", `{"person":"{sam}","permission":"project:view","project":"{web}"}`))
	if check.Allowed {
		t.Error("a suspended member may see a project")
	}
}

// T-16
func TestADeletedProjectIsShut(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"", "/people", "/grants"} {
		w.refused(403, org.ErrNotAllowed.Code, "pia", "GET", "/v1/organizations/{acme}/projects/{old}"+path, "")
	}
	for _, as := range []string{"pia", "olga"} {
		w.refused(409, org.ErrProjectDeleted.Code, as, "PUT", "/v1/organizations/{acme}/projects/{old}/name", `{"name":"X"}`)
		w.refused(409, org.ErrProjectDeleted.Code, as, "POST", "/v1/organizations/{acme}/projects/{old}/grants", `{"person":"{mia}","role":"consumer"}`)
	}
	if got[route.CheckAnswer](t, w.want(200, "", "POST", "/v1/organizations/{acme}/check", `{"person":"{pia}","permission":"project:view","project":"{old}"}`)).Allowed {
		t.Error("its owner may see it")
	}
}

// T-21
func TestAnOrganizationSeesItsOwnMembershipOnly(t *testing.T) {
	w := newWorld(t)
	w.do("zed", "other", org.AddMember{Person: w.people["mia"], Role: org.RoleAdmin})
	for _, path := range []string{"/v1/organizations/{acme}/members/{mia}", "/v1/organizations/{acme}/members/{mia}/holdings", "/v1/organizations/{acme}/members?find=mia",
		"/v1/organizations/{acme}/access/permissions?person={mia}", "/v1/organizations/{acme}/audit?limit=200"} {
		out := w.want(200, "olga", "GET", path, "")
		for _, secret := range []string{w.ids["other"], w.ids["blue"], w.ids["far"]} {
			if strings.Contains(out.Body.String(), secret) {
				t.Errorf("%s tells of another organization: %s", path, out.Body)
			}
		}
	}
	w.refused(403, org.ErrNotAllowed.Code, "olga", "GET", "/v1/people/{mia}", "")
	if p := got[route.Page[route.Organization]](t, w.want(200, "mia", "GET", "/v1/organizations", "")); len(p.Items) != 2 {
		t.Errorf("mia herself sees %v", p)
	}
	if p := got[route.Page[route.Organization]](t, w.want(200, "olga", "GET", "/v1/organizations", "")); len(p.Items) != 1 {
		t.Errorf("olga sees %v", p)
	}
}

// T-13
func TestWhatHappensInAnOrganizationTouchesNoAccount(t *testing.T) {
	w := newWorld(t)
	before := w.want(200, "", "GET", "/v1/people/{mia}", "").Body.String()
	for _, try := range []struct{ method, path, body string }{
		{"PUT", "/role", `{"role":"admin"}`}, {"PUT", "/dates", `{"end":"2027-01-01T00:00:00Z"}`}, {"POST", "/suspend", ""}, {"POST", "/reactivate", ""}, {"DELETE", "", ""}, {"POST", "/restore", ""},
	} {
		w.want(200, "olga", try.method, "/v1/organizations/{acme}/members/{mia}"+try.path, try.body)
	}
	for _, path := range []string{"/v1/people/{mia}", "/v1/people/{mia}/vouched"} {
		w.refused(403, org.ErrNotAllowed.Code, "olga", "PUT", path, map[bool]string{true: `{"vouched":false}`, false: `{"name":"X"}`}[strings.HasSuffix(path, "vouched")])
	}
	if after := w.want(200, "", "GET", "/v1/people/{mia}", "").Body.String(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}
