package api

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// I-50
func TestOneKeyHasOneEffectAndOneAnswer(t *testing.T) {
	w := newWorld(t)
	create := func(as, body, key string) *httptest.ResponseRecorder {
		return w.ask(as, "POST", "/v1/organizations/{acme}/teams", body, "Idempotency-Key", key)
	}
	first := create("olga", `{"name":"Green"}`, "k1")
	version := w.version("acme")
	again := create("olga", `{"name":"Green"}`, "k1")
	if first.Code != 200 || again.Code != 200 || first.Body.String() != again.Body.String() || w.version("acme") != version {
		t.Fatalf("%s\n%s", first.Body, again.Body)
	}
	if first.Header().Get("Idempotency-Replayed") != "" || again.Header().Get("Idempotency-Replayed") != "true" {
		t.Error("only the second is a replay")
	}
	if again.Header().Get("Commonhold-Version") != fmt.Sprint(version) {
		t.Errorf("the replay is of version %s", again.Header().Get("Commonhold-Version"))
	}
	w.refused(409, app.ErrKeyReused.Code, "olga", "POST", "/v1/organizations/{acme}/teams", `{"name":"Blue"}`, "Idempotency-Key", "k1")
	w.refused(409, app.ErrKeyReused.Code, "olga", "POST", "/v1/organizations/{acme}/projects", `{"name":"Green"}`, "Idempotency-Key", "k1")
	w.refused(409, app.ErrKeyReused.Code, "olga", "POST", "/v1/organizations/acme/teams", `{"name":"Green"}`, "Idempotency-Key", "k1")
	// Another caller, and another organization, have keys of their own: they get no answer of hers.
	w.refused(409, org.ErrTeamName.Code, "ada", "POST", "/v1/organizations/{acme}/teams", `{"name":"Green"}`, "Idempotency-Key", "k1")
	w.refused(404, org.ErrUnknownOrganization.Code, "zed", "POST", "/v1/organizations/{acme}/teams", `{"name":"Green"}`, "Idempotency-Key", "k1")
	other := w.want(200, "zed", "POST", "/v1/organizations/{other}/teams", `{"name":"Green"}`, "Idempotency-Key", "k1")
	if got[org.Team](t, other).Team == got[org.Team](t, first).Team {
		t.Error("one team in two organizations")
	}
	// Without a key a repetition is a request of its own.
	w.refused(409, org.ErrTeamName.Code, "olga", "POST", "/v1/organizations/{acme}/teams", `{"name":"Green"}`)
}

// I-50
func TestManyAtOnceUnderOneKeyHaveOneEffect(t *testing.T) {
	w := newWorld(t)
	answers := make([]*httptest.ResponseRecorder, 12)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() {
			answers[i] = w.ask("", "POST", "/v1/organizations", `{"name":"New","slug":"new-one","owner":"{mia}"}`, "Idempotency-Key", "once")
		})
	}
	wait.Wait()
	for _, out := range answers {
		if out.Code != 200 || out.Body.String() != answers[0].Body.String() {
			t.Errorf("%d %s", out.Code, out.Body)
		}
	}
}

// I-50
func TestPeopleAndKeysAreMadeOnceUnderAKey(t *testing.T) {
	w := newWorld(t)
	person := `{"name":"Ida","address":"ida@example.com"}`
	first := w.want(200, "", "POST", "/v1/people", person, "Idempotency-Key", "p1")
	again := w.want(200, "", "POST", "/v1/people", person, "Idempotency-Key", "p1")
	if first.Body.String() != again.Body.String() || again.Header().Get("Idempotency-Replayed") != "true" || first.Header().Get("Idempotency-Replayed") != "" {
		t.Errorf("%s\n%s", first.Body, again.Body)
	}
	w.refused(409, app.ErrKeyReused.Code, "", "POST", "/v1/people", `{"name":"Ida"}`, "Idempotency-Key", "p1")
	w.refused(409, app.ErrAddressTaken.Code, "", "POST", "/v1/people", person)
	made := got[route.Key](t, w.want(200, "", "POST", "/v1/keys", `{"name":"ci"}`, "Idempotency-Key", "p1"))
	repeated := got[route.Key](t, w.want(200, "", "POST", "/v1/keys", `{"name":"ci"}`, "Idempotency-Key", "p1"))
	if made.Secret == "" || repeated.Secret != "" || made.Key != repeated.Key {
		t.Errorf("%+v\n%+v", made, repeated)
	}
	if n := len(w.all("", "/v1/keys", 200)); n != 2 {
		t.Errorf("%d keys", n)
	}
}

func TestIdempotencyKeysHaveAForm(t *testing.T) {
	w := newWorld(t)
	for _, key := range []string{"", " ", "a b", "ä", "a\x7f", strings.Repeat("k", 256)} {
		w.refused(400, errBadOnce.code, "olga", "POST", "/v1/organizations/{acme}/teams", `{"name":"Green"}`, "Idempotency-Key", key)
	}
	w.refused(400, errRepeated.code, "olga", "POST", "/v1/organizations/{acme}/teams", `{"name":"Green"}`, "Idempotency-Key", "a", "Idempotency-Key", "b")
	w.want(200, "olga", "POST", "/v1/organizations/{acme}/teams", `{"name":"Green"}`, "Idempotency-Key", strings.Repeat("~", 255))
	w.want(200, "", "POST", "/v1/organizations/{acme}/check", `{"person":"{mia}","permission":"a:b"}`, "Idempotency-Key", "on-a-reading-it-means-nothing")
}

func TestWhoLeftIsToldSoAgain(t *testing.T) {
	w := newWorld(t)
	first := w.want(200, "max", "POST", "/v1/organizations/{acme}/leave", "", "Idempotency-Key", "bye")
	again := w.want(200, "max", "POST", "/v1/organizations/{acme}/leave", "", "Idempotency-Key", "bye")
	if first.Body.String() != again.Body.String() {
		t.Errorf("%s, then %s", first.Body, again.Body)
	}
	w.refused(404, org.ErrUnknownOrganization.Code, "max", "POST", "/v1/organizations/{acme}/leave", "", "Idempotency-Key", "again")
}

func TestObjectsHaveTags(t *testing.T) {
	w := newWorld(t)
	for _, try := range []struct{ name, read, method, path, body, other string }{
		{"a member", "/members/{mia}", "PUT", "/members/{mia}/role", `{"role":"admin"}`, `{"role":"member"}`},
		{"a team", "/teams/{red}", "PUT", "/teams/{red}/name", `{"name":"Rouge"}`, `{"name":"Red"}`},
		{"a project", "/projects/{web}", "PUT", "/projects/{web}/timezone", `{"timezone":"Europe/Berlin"}`, `{"timezone":"UTC"}`},
		{"the settings", "/settings", "PUT", "/settings", `{"members_create_projects":true}`, `{"members_create_projects":false}`},
		{"the organization", "", "PATCH", "", `{"name":"Two"}`, `{"name":"One"}`},
	} {
		w.run(try.name, func(t *testing.T) {
			read, write := "/v1/organizations/{acme}"+try.read, "/v1/organizations/{acme}"+try.path
			seen := w.want(200, "olga", "GET", read, "").Header().Get("ETag")
			if len(seen) < 4 || seen[0] != '"' {
				t.Fatalf("ETag %s", seen)
			}
			if out := w.want(304, "olga", "GET", read, "", "If-None-Match", seen); out.Body.Len() > 0 || out.Header().Get("ETag") != seen {
				t.Errorf("304 with %q and %s", out.Body, out.Header().Get("ETag"))
			}
			w.want(304, "olga", "GET", read, "", "If-None-Match", `"x", W/`+seen)
			w.want(200, "olga", "GET", read, "", "If-None-Match", `"x"`)
			w.refused(412, errChanged.code, "olga", try.method, write, try.body, "If-Match", `"v1"`)
			before := w.version("acme")
			changed := w.want(200, "olga", try.method, write, try.body, "If-Match", `"other", `+seen)
			if w.version("acme") == before {
				t.Error("nothing happened")
			}
			w.refused(412, errChanged.code, "olga", try.method, write, try.other, "If-Match", seen)
			w.want(200, "olga", "GET", read, "", "If-None-Match", seen)
			w.want(200, "olga", try.method, write, try.other, "If-Match", changed.Header().Get("ETag"))
			w.want(200, "olga", try.method, write, try.body, "If-Match", "*")
			w.refused(403, org.ErrNotAllowed.Code, "bill", try.method, write, try.other, "If-Match", `"v1"`)
		})
	}
}

func TestATagFollowsTheObjectAndNotTheOrganization(t *testing.T) {
	w := newWorld(t)
	tags := map[string]string{}
	for _, path := range []string{"/members/{mia}", "/teams/{red}", "/projects/{web}", "/settings"} {
		tags[path] = w.want(200, "olga", "GET", "/v1/organizations/{acme}"+path, "").Header().Get("ETag")
	}
	w.do("olga", "acme", org.CreateTeam{Name: "Other"}, org.CreateProject{Name: "Other"}, org.SetRole{Person: w.people["max"], Role: org.RoleAdmin})
	for path, tag := range tags {
		w.want(304, "olga", "GET", "/v1/organizations/{acme}"+path, "", "If-None-Match", tag)
	}
	organization := w.want(200, "olga", "GET", "/v1/organizations/{acme}", "").Header().Get("ETag")
	w.do("olga", "acme", org.CreateTeam{Name: "Third"})
	w.want(200, "olga", "GET", "/v1/organizations/{acme}", "", "If-None-Match", organization)
	w.want(200, "olga", "PATCH", "/v1/organizations/{acme}", `{"name":"Two"}`, "If-Match", organization)
	member := tags["/members/{mia}"]
	w.want(200, "", "PUT", "/v1/people/{mia}", `{"name":"Mia New"}`)
	w.want(200, "olga", "GET", "/v1/organizations/{acme}/members/{mia}", "", "If-None-Match", member)
	w.want(200, "olga", "PUT", "/v1/organizations/{acme}/members/{mia}/role", `{"role":"admin"}`, "If-Match", member)
}

func TestAPersonHasATag(t *testing.T) {
	w := newWorld(t)
	seen := w.want(200, "", "GET", "/v1/people/{mia}", "").Header().Get("ETag")
	w.want(304, "", "GET", "/v1/people/{mia}", "", "If-None-Match", seen)
	changed := w.want(200, "", "PUT", "/v1/people/{mia}", `{"name":"Mia"}`, "If-Match", seen).Header().Get("ETag")
	w.refused(412, errChanged.code, "", "PUT", "/v1/people/{mia}", `{"name":"Else"}`, "If-Match", seen)
	w.want(200, "", "PUT", "/v1/people/{mia}", `{"name":"Else"}`, "If-Match", changed)
	w.refused(404, app.ErrUnknownPerson.Code, "", "PUT", "/v1/people/usr_7zzzzzzzzzzzzzzzzzzzzzzzzz", `{"name":"Else"}`, "If-Match", "*")
}

func TestConditionsThatWouldNotBeKeptAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, try := range []struct{ method, path, body, header, value, code string }{
		{"GET", "/members/{mia}", "", "If-Match", `"v1"`, errNoMatch.code},
		{"POST", "/teams", `{"name":"X"}`, "If-Match", `"v1"`, errNoMatch.code},
		{"PUT", "/teams/{red}/members/{mia}", `{}`, "If-Match", `"v1"`, errNoMatch.code},
		{"POST", "/check", `{"person":"{mia}","permission":"a:b"}`, "If-Match", `"v1"`, errNoMatch.code},
		{"PUT", "/teams/{red}/name", `{"name":"X"}`, "If-None-Match", `*`, errNoMatch.code},
		{"PUT", "/teams/{red}/name", `{"name":"X"}`, "If-Match", `v1`, errBadMatch.code},
		{"PUT", "/teams/{red}/name", `{"name":"X"}`, "If-Match", ``, errBadMatch.code},
		{"PUT", "/teams/{red}/name", `{"name":"X"}`, "If-Match", `*, "v1"`, errBadMatch.code},
		{"GET", "/teams/{red}", "", "If-None-Match", `v1`, errBadMatch.code},
	} {
		w.refused(400, try.code, "olga", try.method, "/v1/organizations/{acme}"+try.path, try.body, try.header, try.value)
	}
	w.refused(404, org.ErrUnknownTeam.Code, "olga", "PUT", "/v1/organizations/{acme}/teams/team_7zzzzzzzzzzzzzzzzzzzzzzzzz/name", `{"name":"X"}`, "If-Match", `"v1"`)
}

func TestCommandsTakeExternalIDsWhereverTheyStand(t *testing.T) {
	w := newWorld(t)
	in := "/v1/organizations/ext:crm-acme"
	w.want(200, "ext:app-olga", "PUT", in+"/members/ext:app-mia/role", `{"role":"admin"}`)
	w.want(200, "olga", "PUT", in+"/teams/ext:crew-red/members/ext:app-max", `{"manager":true}`)
	w.want(200, "olga", "POST", in+"/projects/ext:app-web/grants", `{"person":"ext:app-max","role":"analyst"}`)
	w.want(200, "olga", "POST", in+"/projects/ext:app-web/grants", `{"team":"ext:crew-red","role":"consumer"}`)
	w.want(200, "olga", "PUT", in+"/settings", `{"members_create_projects":false,"teams":[{"team":"ext:crew-red","role":"analyst"}]}`)
	w.want(200, "", "POST", "/v1/organizations", `{"name":"New","slug":"new-one","owner":"ext:app-mia","external_id":"crm-new"}`)
	settings := got[org.Settings](t, w.want(200, "olga", "GET", in+"/settings", ""))
	if len(settings.Teams) != 1 || string(settings.Teams[0].Team) != w.ids["red"] {
		t.Errorf("%+v", settings)
	}
	for body, field := range map[string]string{`{"person":"mia","role":"analyst"}`: "person", `{"team":"ext:","role":"analyst"}`: "team", `{"person":"ext:a b","role":"analyst"}`: "person"} {
		out := w.refused(400, org.ErrBadID.Code, "olga", "POST", in+"/projects/{web}/grants", body)
		if got[Problem](t, out).Field != field {
			t.Errorf("%s: %s", body, out.Body)
		}
	}
	out := w.refused(400, org.ErrBadID.Code, "olga", "PUT", in+"/settings", `{"members_create_projects":false,"teams":[{"team":"{red}","role":"analyst"},{"team":"x","role":"owner"}]}`)
	if got[Problem](t, out).Field != "teams[1].team" {
		t.Errorf("%s", out.Body)
	}
	w.refused(400, org.ErrBadTime.Code, "olga", "PUT", in+"/members/{max}/dates", `{"end":"next week"}`)
	team := got[org.Team](t, w.want(200, "olga", "POST", in+"/teams", "{\"name\":\"Cafe\u0301\"}"))
	if team.Name != "Café" {
		t.Errorf("%+q", team.Name)
	}
}

func FuzzCursor(f *testing.F) {
	w := newWorld(f)
	given := got[route.Page[any]](f, w.want(200, "ada", "GET", "/v1/organizations/{acme}/members?limit=2", "")).Next
	for _, seed := range []string{"", given, given + "A", given + "\n", "AAAAAAAAAAAAAAAAAAAAAA", "=", "../.."} {
		f.Add(seed)
	}
	c := &call{bound: &bound{Route: route.Route{Name: "list_members"}}, caller: app.Caller{Person: w.people["ada"]}, org: org.OrgID(w.ids["acme"])}
	f.Fuzz(func(t *testing.T, cursor string) {
		c.query = params{"cursor": cursor}
		if _, err := w.api.cursors.open(c, cursor); (err == nil) != (cursor == given) {
			t.Errorf("%q, where %q was given: %v", cursor, given, err)
		}
	})
}

// FuzzRequest sends any body to any row that takes one.
func FuzzRequest(f *testing.F) {
	w := newWorld(f)
	var rows []route.Route
	for _, r := range route.Table() {
		if r.Command == nil && r.Body == nil {
			continue
		}
		_, body := w.request(r, "acme", "max", "red", "web")
		f.Add(len(rows), []byte(body))
		f.Add(len(rows), []byte(`{"person":null,"role":["owner"],"name":"\ud800"}`))
		rows = append(rows, r)
	}
	f.Fuzz(func(t *testing.T, n int, body []byte) {
		if n < 0 || n >= len(rows) {
			return
		}
		w.TB = t
		path, _ := w.request(rows[n], "acme", "max", "red", "web")
		for _, as := range []string{"", "olga", "mia"} {
			out := w.ask(as, rows[n].Method, path, string(body))
			if out.Code >= 500 || out.Code >= 300 && codeOf(out) == "" {
				t.Errorf("%s as %q: %d %s", rows[n].Name, as, out.Code, out.Body)
			}
		}
	})
}
