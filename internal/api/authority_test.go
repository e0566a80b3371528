package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// T-22
func TestAnAdminMakesNoOwner(t *testing.T) {
	w := newWorld(t)
	before := w.version("acme")
	for _, as := range []string{"ada", "bill", "mia", "pia"} {
		for _, try := range []struct{ method, path, body string }{
			{"PUT", "/members/{mia}/role", `{"role":"owner"}`},
			{"PUT", "/members/{" + as + "}/role", `{"role":"owner"}`},
			{"POST", "/members", `{"person":"{yan}","role":"owner"}`},
			{"POST", "/transfer-ownership", `{"to":"{` + as + `}"}`},
			{"POST", "/transfer-ownership", `{"to":"{mia}"}`},
		} {
			out := w.want(http.StatusForbidden, as, try.method, "/v1/organizations/{acme}"+try.path, try.body)
			if code := codeOf(out); !slices.Contains([]string{org.ErrNotCovered.Code, org.ErrNotBelow.Code, org.ErrNotAllowed.Code}, code) {
				t.Errorf("%s %s as %s: %s", try.method, try.path, as, code)
			}
		}
	}
	// Who was an owner comes back as a plain member if an admin restores them.
	w.do("olga", "acme", org.Remove{Person: w.people["otto"]})
	restored := got[route.Restored](t, w.want(200, "ada", "POST", "/v1/organizations/{acme}/members/{otto}/restore", ""))
	if restored.Member.Role != org.RoleMember {
		t.Errorf("an admin restored an %s", restored.Member.Role)
	}
	if s := got[route.Organization](t, w.want(200, "", "GET", "/v1/organizations/{acme}", "")); len(s.Owners) != 1 || s.Owners[0] != w.people["olga"] || before == s.Version {
		t.Errorf("owners %v", s.Owners)
	}
}

// T-23
func TestAnAdminDoesNothingToAnOwner(t *testing.T) {
	w := newWorld(t)
	before := w.version("acme")
	for _, try := range []struct{ method, path, body string }{
		{"PUT", "/members/{otto}/role", `{"role":"member"}`},
		{"PUT", "/members/{otto}/dates", `{"end":"2026-04-01T00:00:00Z"}`},
		{"POST", "/members/{otto}/suspend", ``},
		{"DELETE", "/members/{otto}", ``},
	} {
		for _, as := range []string{"ada", "bill", "mia", "pia", "tess"} {
			w.want(http.StatusForbidden, as, try.method, "/v1/organizations/{acme}"+try.path, try.body)
		}
	}
	if w.version("acme") != before {
		t.Error("something happened")
	}
	w.want(200, "olga", "POST", "/v1/organizations/{acme}/members/{otto}/suspend", "")
	w.refused(403, org.ErrNotBelow.Code, "ada", "POST", "/v1/organizations/{acme}/members/{otto}/reactivate", "")
}

// T-27
func TestFieldsOfTheServerAreNotTaken(t *testing.T) {
	w := newWorld(t)
	before := w.version("acme")
	for _, try := range []struct{ as, method, path, body, field string }{
		{"olga", "POST", "/members", `{"person":"{yan}","role":"member","proofs":2}`, "proofs"},
		{"olga", "POST", "/members", `{"person":"{yan}","role":"member","Proofs":2}`, "Proofs"},
		{"olga", "POST", "/members", `{"person":"{yan}","role":"member","status":"active"}`, "status"},
		{"olga", "POST", "/members", `{"person":"{yan}","role":"member","organization":"{other}"}`, "organization"},
		{"max", "PUT", "/members/{max}/dates", `{"role":"owner"}`, "role"},
		{"max", "PUT", "/members/{max}/dates", `{"person":"{olga}"}`, "person"},
		{"max", "PUT", "/members/{max}/role", `{"role":"member","ready":true}`, "ready"},
		{"olga", "POST", "/teams", `{"name":"X","team":"{blue}"}`, "team"},
		{"olga", "POST", "/projects", `{"name":"X","project":"{far}"}`, "project"},
		{"olga", "POST", "/projects", `{"name":"X","creator":"{mia}"}`, "creator"},
		{"olga", "PUT", "/projects/{web}/name", `{"name":"X","project":"{lab}"}`, "project"},
		{"olga", "POST", "/projects/{web}/grants", `{"person":"{mia}","role":"consumer","given_by":"{otto}"}`, "given_by"},
		{"", "POST", "", `{"name":"X","slug":"xx","owner":"{mia}","catalog":"sha256:0"}`, "catalog"},
	} {
		path := "/v1/organizations/{acme}" + try.path
		if try.path == "" {
			path = "/v1/organizations"
		}
		out := w.refused(400, "body.unknown_field", try.as, try.method, path, try.body)
		if p := got[Problem](t, out); p.Field != try.field {
			t.Errorf("%s: it names %q", try.body, p.Field)
		}
	}
	for _, body := range []string{`{"name":"X","vouched":true}`, `{"name":"X","person":"{mia}"}`, `{"name":"X","version":9}`} {
		w.refused(400, "body.unknown_field", "", "PUT", "/v1/people/{mia}", body)
	}
	w.refused(400, org.ErrBadSource.Code, "olga", "POST", "/v1/organizations/{acme}/members", `{"person":"{yan}","role":"member","source":"setting"}`)
	if w.version("acme") != before {
		t.Error("something happened")
	}
}

// T-32
func TestARoleThatIsNoneIsRefused(t *testing.T) {
	w := newWorld(t)
	before := w.version("acme")
	for _, role := range []string{`""`, `null`, `0`, `1`, `true`, `["member","owner"]`, `[]`, `{}`, `"Owner"`, `"OWNER"`, `"owner "`, `"superuser"`, `"owner,member"`,
		`"` + strings.Repeat("owner ", 10_000) + `"`} {
		for _, try := range []struct{ method, path, body string }{
			{"POST", "/members", `{"person":"{yan}","role":` + role + `}`},
			{"PUT", "/members/{mia}/role", `{"role":` + role + `}`},
			{"POST", "/projects/{web}/grants", `{"person":"{mia}","role":` + role + `}`},
			{"POST", "/projects/{web}/grants/change", `{"person":"{cora}","from":"consumer","to":` + role + `}`},
			{"POST", "/projects/{web}/grants/dates", `{"person":"{cora}","role":` + role + `}`},
		} {
			out := w.want(http.StatusBadRequest, "olga", try.method, "/v1/organizations/{acme}"+try.path, try.body)
			if code := codeOf(out); code != org.ErrBadRole.Code && code != "body.wrong_type" {
				t.Errorf("%s: %s", try.body, code)
			}
		}
	}
	w.refused(400, "body.missing_field", "olga", "POST", "/v1/organizations/{acme}/members", `{"person":"{yan}"}`)
	w.refused(400, "body.missing_field", "olga", "PUT", "/v1/organizations/{acme}/members/{mia}/role", `{}`)
	w.refused(400, "body.missing_field", "olga", "PUT", "/v1/organizations/{acme}/members/{mia}/role", ``)
	if w.version("acme") != before {
		t.Error("something happened")
	}
}

// T-36
func TestAProjectTakesInNobodyFromOutside(t *testing.T) {
	w := newWorld(t)
	before := w.version("acme")
	for _, who := range []string{"{yan}", "{zed}", "ext:app-yan", "{rex}"} {
		w.refused(404, org.ErrUnknownPerson.Code, "pia", "POST", "/v1/organizations/{acme}/projects/{web}/grants", `{"person":"`+who+`","role":"consumer"}`)
	}
	w.refused(404, org.ErrUnknownTeam.Code, "olga", "POST", "/v1/organizations/{acme}/projects/{web}/grants", `{"team":"{blue}","role":"consumer"}`)
	w.refused(409, org.ErrMemberSuspended.Code, "pia", "POST", "/v1/organizations/{acme}/projects/{web}/grants", `{"person":"{sam}","role":"consumer"}`)
	w.refused(403, org.ErrNotAllowed.Code, "pia", "POST", "/v1/organizations/{acme}/members", `{"person":"{yan}","role":"member"}`)
	if w.version("acme") != before {
		t.Error("something happened")
	}
}

// T-37
func TestWhoSharesOneProjectSharesNoOther(t *testing.T) {
	w := newWorld(t)
	for i, as := range []string{"pia", "pat"} {
		w.want(200, as, "POST", "/v1/organizations/{acme}/projects/{web}/grants", fmt.Sprintf(`{"person":"{%s}","role":"consumer"}`, []string{"mia", "max"}[i]))
		for _, try := range []string{"", "/take", "/change", "/dates"} {
			body := map[string]string{"": `{"person":"{mia}","role":"consumer"}`, "/take": `{"person":"{mia}"}`, "/change": `{"person":"{mia}","from":"consumer","to":"analyst"}`,
				"/dates": `{"person":"{mia}","role":"consumer"}`}[try]
			w.refused(403, org.ErrNotAllowed.Code, as, "POST", "/v1/organizations/{acme}/projects/{lab}/grants"+try, body)
		}
		w.refused(403, org.ErrNotAllowed.Code, as, "POST", "/v1/organizations/{acme}/projects/{web}/grants", `{"team":"{red}","role":"consumer"}`)
	}
	w.refused(403, org.ErrNotCovered.Code, "pat", "POST", "/v1/organizations/{acme}/projects/{web}/grants", `{"person":"{mia}","role":"owner"}`)
}

func TestActingForAPersonLeavesBothNamesAndTouchesNoAccount(t *testing.T) {
	w := newWorld(t)
	w.want(200, "ada", "PUT", "/v1/organizations/{acme}/members/{mia}/role", `{"role":"admin"}`)
	var last route.Entry
	path := "/v1/organizations/{acme}/audit?limit=200"
	for _, e := range got[route.Page[route.Entry]](t, w.want(200, "olga", "GET", path, "")).Items {
		last = e
	}
	if last.Actor != string(w.people["ada"]) || last.Name != "Ada Example" || string(last.Via) != w.keyID || last.Facts[0].Sentence != "made Mia Example admin" {
		t.Errorf("%+v", last)
	}
	for _, try := range []struct{ method, path, body string }{
		{"PUT", "/v1/people/{ada}", `{"name":"Other"}`}, {"PUT", "/v1/people/{ada}/vouched", `{"vouched":false}`}, {"POST", "/v1/keys", `{"name":"x"}`},
		{"GET", "/v1/keys", ""}, {"POST", "/v1/console-links", ""}, {"POST", "/v1/people", `{"name":"x"}`},
	} {
		w.refused(403, org.ErrNotAllowed.Code, "ada", try.method, try.path, try.body)
	}
	w.refused(403, "acting.not_vouched", "una", "GET", "/v1/me", "")
	me := got[route.Me](t, w.want(200, "ext:app-ada", "GET", "/v1/me", ""))
	if me.Person != w.people["ada"] || me.Key != w.keyID || !me.Operator {
		t.Errorf("%+v", me)
	}
	// A header that names nobody is not the operator.
	for _, nobody := range []string{"", " ", "usr_", "{olga},{ada}"} {
		w.refused(404, org.ErrUnknownOrganization.Code, "", "GET", "/v1/organizations/{acme}/members", "", "Commonhold-Acting-For", nobody)
		w.refused(403, org.ErrNotAllowed.Code, "", "GET", "/v1/keys", "", "Commonhold-Acting-For", nobody)
	}
}

func TestReadingEntersAndBeingKeptOutDoesNot(t *testing.T) {
	w := newWorld(t)
	w.found("third", "mia")
	w.do("", "third", org.AddMember{Person: w.people["max"], Role: org.RoleMember})
	entered := func() bool {
		return got[route.Organization](t, w.want(200, "", "GET", "/v1/organizations/{third}", "")).Entered
	}
	w.want(403, "max", "GET", "/v1/organizations/{third}/members", "")
	w.want(404, "olga", "GET", "/v1/organizations/{third}/members", "")
	w.want(200, "max", "GET", "/v1/organizations", "")
	w.want(200, "", "POST", "/v1/organizations/{third}/check", `{"person":"{max}","permission":"projects:create"}`)
	if entered() {
		t.Fatal("entered by being listed, asked about or kept out")
	}
	w.want(200, "max", "GET", "/v1/organizations/{third}", "")
	if !entered() {
		t.Error("reading is entering")
	}
}

func TestTimeAloneOpensAndCloses(t *testing.T) {
	w := newWorld(t)
	w.refused(404, org.ErrUnknownOrganization.Code, "finn", "GET", "/v1/organizations/{acme}", "")
	w.want(200, "pia", "POST", "/v1/organizations/{acme}/projects/{web}/grants", `{"person":"{mia}","role":"analyst","end":"2026-03-05T00:00:00Z"}`)
	w.want(200, "mia", "GET", "/v1/organizations/{acme}/projects/{web}", "")
	key := got[route.Key](t, w.want(200, "", "POST", "/v1/keys", `{"name":"short","expires_at":"2026-03-05T00:00:00Z"}`))
	w.want(200, "nobody", "GET", "/v1/me", "", "Authorization", "Bearer "+key.Secret)
	w.passes(8 * 24 * time.Hour)
	w.want(200, "finn", "GET", "/v1/organizations/{acme}", "")
	w.refused(403, org.ErrNotAllowed.Code, "mia", "GET", "/v1/organizations/{acme}/projects/{web}", "")
	w.refused(401, errWrongKey.code, "nobody", "GET", "/v1/me", "", "Authorization", "Bearer "+key.Secret)
	w.refused(400, org.ErrPastEnd.Code, "", "POST", "/v1/keys", `{"name":"past","expires_at":"2026-03-05T00:00:00Z"}`)
}

func TestAKeyEndsAtOnceAndTheLastOneStays(t *testing.T) {
	w := newWorld(t)
	key := got[route.Key](t, w.want(200, "", "POST", "/v1/keys", `{"name":"second"}`))
	second := "Bearer " + key.Secret
	w.want(200, "nobody", "GET", "/v1/me", "", "Authorization", second)
	w.want(204, "", "DELETE", "/v1/keys/"+key.Key, "")
	w.refused(401, errWrongKey.code, "nobody", "GET", "/v1/me", "", "Authorization", second)
	w.refused(404, "key.not_found", "", "DELETE", "/v1/keys/"+key.Key, "")
	w.refused(409, "key.last", "", "DELETE", "/v1/keys/{key}", "")
	if out := w.want(200, "", "GET", "/v1/keys", ""); strings.Contains(out.Body.String(), "secret") {
		t.Errorf("a list of keys has a secret: %s", out.Body)
	}
}
