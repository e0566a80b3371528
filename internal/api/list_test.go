package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// all reads every page of a list and returns its rows as they came.
func (w *world) all(as, path string, limit int) []string {
	w.Helper()
	var rows []string
	next := ""
	for pages := 0; ; pages++ {
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		p := got[route.Page[json.RawMessage]](w, w.want(200, as, "GET", fmt.Sprintf("%s%slimit=%d%s", path, separator, limit, next), ""))
		if len(p.Items) > limit || p.Next != "" && len(p.Items) < limit {
			w.Fatalf("%s: a page of %d with more behind it, at a limit of %d", path, len(p.Items), limit)
		}
		for _, row := range p.Items {
			rows = append(rows, string(row))
		}
		if p.Next == "" {
			return rows
		}
		next = "&cursor=" + url.QueryEscape(p.Next)
		if pages > 500 {
			w.Fatalf("%s has no end", path)
		}
	}
}

var lists = []string{
	"/v1/organizations", "/v1/people", "/v1/keys", "/v1/organizations/{acme}/members", "/v1/organizations/{acme}/members?find=example&status=active",
	"/v1/organizations/{acme}/members?role=member", "/v1/organizations/{acme}/teams", "/v1/organizations/{acme}/teams/{red}/members",
	"/v1/organizations/{acme}/teams/{red}/grants", "/v1/organizations/{acme}/projects", "/v1/organizations/{acme}/projects?deleted=true",
	"/v1/organizations/{acme}/projects/{web}/people", "/v1/organizations/{acme}/projects/{web}/grants",
	"/v1/organizations/{acme}/access/projects?person={pia}&permission=project:view", "/v1/organizations/{acme}/access/people?permission=project:view&project={web}",
	"/v1/organizations/{acme}/access/people?permission=members:view", "/v1/organizations/{acme}/audit",
}

func TestPagesOfAnySizeMakeTheSameList(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.spare()
	}
	for _, word := range []string{"kit", "den", "pod"} {
		w.do("olga", "acme", org.CreateTeam{Name: org.Name(word)}, org.CreateProject{Name: org.Name(word)})
		w.do("olga", "acme", org.Give{Project: org.ProjectID(w.ids["web"]), Subject: org.Subject{Person: w.people["mia"]}, Role: org.ProjectRoles[len(word)%3+1]})
	}
	for _, path := range lists {
		whole := w.all("", path, 200)
		if len(whole) == 0 {
			t.Errorf("%s is empty", path)
		}
		for _, limit := range []int{1, 2, 3, 7} {
			if rows := w.all("", path, limit); !slices.Equal(rows, whole) {
				t.Errorf("%s at a limit of %d has %d rows, not %d, or others", path, limit, len(rows), len(whole))
			}
		}
		unique := slices.Compact(slices.Sorted(slices.Values(whole)))
		if len(unique) != len(whole) {
			t.Errorf("%s has rows twice", path)
		}
	}
	for path, total := range map[string]int{"/v1/organizations/{acme}/members": 15, "/v1/organizations": 2, "/v1/people": 20} {
		if n := len(w.all("", path, 5)); n != total {
			t.Errorf("%s has %d rows, want %d", path, n, total)
		}
	}
}

// T-41, I-21
func TestListsAreWhatSingleChecksAllow(t *testing.T) {
	w := newWorld(t)
	check := func(person, permission, project string) bool {
		body := `{"person":"` + person + `","permission":"` + permission + `","project":"` + project + `"}`
		if project == "" {
			body = `{"person":"` + person + `","permission":"` + permission + `"}`
		}
		return got[route.CheckAnswer](t, w.ask("", "POST", "/v1/organizations/{acme}/check", body)).Allowed
	}
	projects := []string{w.ids["web"], w.ids["lab"], w.ids["old"], w.ids["far"]}
	people := slices.Sorted(maps.Values(w.people))
	for _, permission := range []string{"project:view", "project:view_people", "reports:edit"} {
		for _, person := range people {
			var want []string
			for _, project := range projects {
				if check(string(person), permission, project) {
					want = append(want, `"`+project+`"`)
				}
			}
			got := w.all("", "/v1/organizations/{acme}/access/projects?person="+string(person)+"&permission="+permission, 1)
			if slices.Sort(got); !slices.Equal(got, sorted(want)) {
				t.Errorf("%s of %s: %v, single checks say %v", permission, person, got, want)
			}
		}
		for _, project := range projects[:2] {
			var want []string
			for _, person := range people {
				if check(string(person), permission, project) {
					want = append(want, `"`+string(person)+`"`)
				}
			}
			got := w.all("", "/v1/organizations/{acme}/access/people?project="+project+"&permission="+permission, 2)
			if slices.Sort(got); !slices.Equal(got, sorted(want)) {
				t.Errorf("%s in %s: %v, single checks say %v", permission, project, got, want)
			}
		}
	}
	for _, as := range []string{"olga", "ada", "pia", "cora", "tim", "mia", "bill"} {
		var want []string
		for _, project := range projects {
			if check(string(w.people[as]), "project:view", project) {
				want = append(want, project)
			}
		}
		var got []string
		for _, row := range w.all(as, "/v1/organizations/{acme}/projects", 1) {
			var p org.Project
			_ = json.Unmarshal([]byte(row), &p)
			got = append(got, string(p.Project))
		}
		if slices.Sort(got); !slices.Equal(got, sorted(want)) {
			t.Errorf("%s sees %v, checks say %v", as, got, want)
		}
	}
	w.refused(404, errNoPermission.code, "", "GET", "/v1/organizations/{acme}/access/projects?person={mia}&permission=project:fly", "")
	w.refused(404, errNoPermission.code, "", "GET", "/v1/organizations/{acme}/access/people?permission=project:view", "")
}

func sorted(s []string) []string { slices.Sort(s); return s }

// T-42 guarded by api.Server.askMany
func TestAThousandQuestionsAndNotOneMore(t *testing.T) {
	w := newWorld(t)
	ask := func(n int) string {
		one := `{"person":"{pia}","permission":"project:view","project":"{web}"}`
		return `{"checks":[` + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + `]}`
	}
	answer := got[route.ChecksAnswer](t, w.want(200, "", "POST", "/v1/organizations/{acme}/checks", ask(1000)))
	if len(answer.Allowed) != 1000 || slices.Contains(answer.Allowed, false) || answer.Version != w.version("acme") {
		t.Errorf("%d answers at version %d", len(answer.Allowed), answer.Version)
	}
	out := w.refused(413, errTooMany.code, "", "POST", "/v1/organizations/{acme}/checks", ask(1001))
	if strings.Contains(out.Body.String(), "allowed") {
		t.Errorf("something was answered: %s", out.Body)
	}
	w.want(200, "", "POST", "/v1/organizations/{acme}/checks", `{"checks":[]}`)
	bad := w.refused(400, org.ErrBadID.Code, "", "POST", "/v1/organizations/{acme}/checks", `{"checks":[{"person":"{pia}","permission":"a:b"},{"person":"pia","permission":"a:b"}]}`)
	if got[Problem](t, bad).Field != "checks[1].person" {
		t.Errorf("%s", bad.Body)
	}
}

func TestWhatIsUnknownIsANo_I20(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{
		`{"person":"{zed}","permission":"project:view","project":"{web}"}`, `{"person":"ext:nobody","permission":"project:view","project":"{web}"}`,
		`{"person":"usr_7zzzzzzzzzzzzzzzzzzzzzzzzz","permission":"project:view","project":"{web}"}`, `{"person":"{olga}","permission":"project:view","project":"ext:nothing"}`,
		`{"person":"{olga}","permission":"project:view","project":"{far}"}`, `{"person":"{olga}","permission":"project:fly","project":"{web}"}`,
		`{"person":"{olga}","permission":"","project":"{web}"}`, `{"person":"{olga}","permission":"project:view"}`, `{"person":"{olga}","permission":"members:view","project":"{web}"}`,
	} {
		if got[route.CheckAnswer](t, w.want(200, "", "POST", "/v1/organizations/{acme}/check", body)).Allowed {
			t.Errorf("%s is allowed", body)
		}
	}
	if !got[route.CheckAnswer](t, w.want(200, "", "POST", "/v1/organizations/ext:crm-acme/check", `{"person":"ext:app-pia","permission":"project:view","project":"ext:app-web"}`)).Allowed {
		t.Error("external ids lead nowhere")
	}
}

func TestACursorGoesOnWithItsOwnListAlone(t *testing.T) {
	w := newWorld(t)
	first := got[route.Page[any]](t, w.want(200, "ada", "GET", "/v1/organizations/{acme}/members?limit=2", ""))
	cursor := "cursor=" + url.QueryEscape(first.Next)
	w.want(200, "ada", "GET", "/v1/organizations/{acme}/members?limit=5&"+cursor, "")
	w.want(200, "ada", "GET", "/v1/organizations/acme/members?fresh=true&"+cursor, "")
	for _, try := range []struct{ name, as, path string }{
		{"another caller", "olga", "/v1/organizations/{acme}/members?"},
		{"the operator", "", "/v1/organizations/{acme}/members?"},
		{"another list", "ada", "/v1/organizations/{acme}/teams?"},
		{"another parameter", "ada", "/v1/organizations/{acme}/members?role=member&"},
		{"an empty parameter", "ada", "/v1/organizations/{acme}/members?find=&"},
	} {
		w.refused(400, errBadCursor.code, try.as, "GET", try.path+cursor, "")
	}
	w.do("zed", "other", org.AddMember{Person: w.people["ada"], Role: org.RoleAdmin})
	w.refused(400, errBadCursor.code, "ada", "GET", "/v1/organizations/{other}/members?"+cursor, "")
	for _, bad := range []string{"", "x", "!!!", strings.Repeat("A", 2000), first.Next[1:], first.Next + "A", strings.ToLower(first.Next), first.Next + "="} {
		w.refused(400, errBadCursor.code, "ada", "GET", "/v1/organizations/{acme}/members?cursor="+url.QueryEscape(bad), "")
	}
	// Another server that has the key goes on; one that has another does not.
	again, err := New(Options{App: w.app, Keys: w.api.keys, CursorKey: cursorKey})
	if err != nil {
		t.Fatal(err)
	}
	other, err := New(Options{App: w.app, Keys: w.api.keys, CursorKey: []byte(strings.Repeat("o", 32))})
	if err != nil {
		t.Fatal(err)
	}
	w.api = again
	w.want(200, "ada", "GET", "/v1/organizations/{acme}/members?"+cursor, "")
	w.api = other
	w.refused(400, errBadCursor.code, "ada", "GET", "/v1/organizations/{acme}/members?"+cursor, "")
}

func TestPagesGoOnWhenTheirLastRowIsGone(t *testing.T) {
	w := newWorld(t)
	list := "/v1/organizations/{acme}/members?limit=3"
	first := got[route.Page[route.Member]](t, w.want(200, "olga", "GET", list, ""))
	rest := w.all("olga", "/v1/organizations/{acme}/members", 200)[4:]
	w.do("olga", "acme", org.Remove{Person: first.Items[2].Person})
	p := got[route.Page[json.RawMessage]](t, w.want(200, "olga", "GET", "/v1/organizations/{acme}/members?limit=200&cursor="+url.QueryEscape(first.Next), ""))
	if len(p.Items) != len(rest)+1 {
		t.Errorf("%d rows follow, want %d", len(p.Items), len(rest)+1)
	}
}

func TestParametersAreTakenStrictly(t *testing.T) {
	w := newWorld(t)
	for _, try := range []struct{ query, code, field string }{
		{"limit=0", "parameter.malformed", "limit"}, {"limit=201", "parameter.malformed", "limit"}, {"limit=-1", "parameter.malformed", "limit"},
		{"limit=1e2", "parameter.malformed", "limit"}, {"limit=01", "parameter.malformed", "limit"}, {"limit=", "parameter.malformed", "limit"},
		{"limit=99999999999999999999", "parameter.malformed", "limit"}, {"limit=1&limit=2", "parameter.repeated", "limit"}, {"Limit=1", "parameter.unknown", ""},
		{"colour=red", "parameter.unknown", ""}, {"fresh=yes", "parameter.malformed", "fresh"}, {"fresh=1", "parameter.malformed", "fresh"},
		{"at_least=-1", "parameter.malformed", "at_least"}, {"role=boss", "role.unknown", "role"}, {"role=", "", ""}, {"status=gone", "parameter.malformed", "status"},
		{"find=%ff%fe", "parameter.malformed", "find"}, {"find=a%00b", "parameter.malformed", "find"}, {"find=%zz", "parameter.malformed", ""}, {"a;b=1", "parameter.malformed", ""},
		{"limit", "parameter.malformed", "limit"},
	} {
		out := w.ask("", "GET", "/v1/organizations/{acme}/members?"+try.query, "")
		if try.code == "" {
			continue
		}
		if p := got[Problem](t, out); out.Code != 400 || p.Code != try.code || p.Field != try.field {
			t.Errorf("%s: %d %s", try.query, out.Code, out.Body)
		}
	}
	for _, try := range []struct{ query, code, field string }{
		{"", "parameter.missing", "person"}, {"person={mia}", "parameter.missing", "permission"}, {"person=mia&permission=x", org.ErrBadID.Code, "person"},
		{"person=&permission=x", org.ErrBadID.Code, "person"}, {"person={mia}&permission=project:view&project=web", org.ErrBadID.Code, "project"},
		{"person={mia}&permission=project:view&deleted=true", "parameter.unknown", ""},
	} {
		out := w.refused(400, try.code, "", "GET", "/v1/organizations/{acme}/access/explain?"+try.query, "")
		if p := got[Problem](t, out); p.Field != try.field {
			t.Errorf("%s: %s", try.query, out.Body)
		}
	}
	w.refused(400, errUnknownParam.code, "olga", "PUT", "/v1/organizations/{acme}/members/{mia}/role?role=admin", `{"role":"admin"}`)
}

func TestAnswersAreAsFreshAsAsked(t *testing.T) {
	w := newWorld(t)
	version := w.want(200, "olga", "PATCH", "/v1/organizations/{acme}", `{"name":"Newer"}`).Header().Get("Commonhold-Version")
	out := w.want(200, "olga", "GET", "/v1/organizations/{acme}?at_least="+version, "")
	if o := got[route.Organization](t, out); o.Name != "Newer" || out.Header().Get("Commonhold-Version") != version {
		t.Errorf("%+v", o)
	}
	w.refused(503, app.ErrTooOld.Code, "olga", "GET", "/v1/organizations/{acme}?at_least=1"+version, "")
	w.want(200, "", "POST", "/v1/organizations/{acme}/check?fresh=true", `{"person":"{mia}","permission":"a:b"}`)
}

func TestTheAuditLogIsReadByCommands(t *testing.T) {
	w := newWorld(t)
	w.want(200, "olga", "POST", "/v1/organizations/{acme}/members/{rex}/restore", "")
	w.want(200, "olga", "DELETE", "/v1/organizations/{acme}/teams/{red}", "")
	var entries []route.Entry
	for _, row := range w.all("ada", "/v1/organizations/{acme}/audit", 3) {
		var e route.Entry
		if err := json.Unmarshal([]byte(row), &e); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	version := org.Version(0)
	for i, e := range entries {
		for _, f := range e.Facts {
			if version++; f.Version != version || f.Name == "" || f.Sentence == "" {
				t.Errorf("fact %d is %+v", version, f)
			}
		}
		if i > 0 && entries[i-1].Command == e.Command {
			t.Errorf("command %s is two entries", e.Command)
		}
	}
	if version != w.version("acme") {
		t.Errorf("it ends at %d of %d", version, w.version("acme"))
	}
	first, last := entries[0], entries[len(entries)-1]
	if first.Actor != "operator" || first.Name != "" || len(first.Facts) != 3 || first.Facts[2].Sentence != "added Olga Example as owner" {
		t.Errorf("%+v", first)
	}
	if last.Name != "Olga Example" || last.Facts[0].Sentence != "deleted the team red" {
		t.Errorf("%+v", last)
	}
}

func TestTheAuditLogNamesWhatIsGone(t *testing.T) {
	w := newWorld(t)
	made := got[org.CustomRole](t, w.want(200, "olga", "POST", "/v1/organizations/{acme}/roles", `{"scope":"project","name":"Reader","permissions":["project:view"]}`))
	w.want(200, "olga", "POST", "/v1/organizations/{acme}/projects/{web}/grants", `{"person":"{mia}","role":"`+string(made.Role)+`"}`)
	w.want(200, "olga", "POST", "/v1/organizations/{acme}/roles/"+string(made.Role)+"/delete", `{"instead":"none"}`)
	w.want(200, "olga", "DELETE", "/v1/organizations/{acme}/teams/{red}", "")
	bot := got[org.Account](t, w.want(200, "olga", "POST", "/v1/organizations/{acme}/service-accounts", `{"name":"Robot","role":"member"}`))
	w.want(200, "olga", "DELETE", "/v1/organizations/{acme}/service-accounts/"+string(bot.Account), "")
	w.want(200, "olga", "PUT", "/v1/organizations/{acme}/projects/{web}/offer", `{"to":"{other}"}`)
	w.want(200, w.owner("other"), "POST", "/v1/organizations/{other}/transfers/accept", `{"project":"{web}","name":"Elsewhere"}`)
	told := map[string]string{}
	for _, row := range w.all("ada", "/v1/organizations/{acme}/audit", 50) {
		var e route.Entry
		if err := json.Unmarshal([]byte(row), &e); err != nil {
			t.Fatal(err)
		}
		for _, f := range e.Facts {
			told[f.Name] = f.Sentence
			if strings.Contains(f.Sentence, "role_") || strings.Contains(f.Sentence, "team_") || strings.Contains(f.Sentence, "prj_") || strings.Contains(f.Sentence, "sa_") {
				t.Errorf("%s is told as %q", f.Name, f.Sentence)
			}
		}
	}
	for fact, name := range map[string]string{"role.deleted": "Reader", "team.deleted": "red", "service_account.deleted": "Robot", "project.transferred": "web"} {
		if !strings.Contains(told[fact], name) {
			t.Errorf("%s is told as %q, without the name %s", fact, told[fact], name)
		}
	}
}

// damage writes a fact that no release knows into an organization's log.
func (w *world) damage(word string) {
	w.Helper()
	heads, err := w.db.Log().Heads(w.Context(), []string{w.ids[word]})
	if err != nil || len(heads) != 1 {
		w.Fatalf("%v %v", heads, err)
	}
	alien := store.Event{Org: w.ids[word], Version: heads[0].Version + 1, At: heads[0].At, Command: "cmd_x", Actor: "operator", Name: "member.crowned", Data: []byte(`{}`), Prev: heads[0].Hash}
	if err := w.db.Log().Append(w.Context(), []store.Append{{Org: w.ids[word], After: heads[0].Version, Events: []store.Event{alien}, Hash: store.Hash(alien)}}); err != nil {
		w.Fatal(err)
	}
}

func TestAnOrganizationThatCannotBeReadHidesNoOther_I63(t *testing.T) {
	w := newWorld(t)
	w.do("zed", "other", org.AddMember{Person: w.people["olga"], Role: org.RoleMember})
	w.damage("other")
	w.refused(503, app.ErrQuarantined.Code, "olga", "GET", "/v1/organizations/{other}?fresh=true", "")
	p := got[route.Page[route.Organization]](t, w.want(200, "", "GET", "/v1/organizations", ""))
	if len(p.Items) != 2 || p.Items[0].Unavailable == p.Items[1].Unavailable {
		t.Errorf("%+v", p.Items)
	}
	if p := got[route.Page[route.Organization]](t, w.want(200, "olga", "GET", "/v1/organizations", "")); len(p.Items) != 1 || p.Items[0].Organization != org.OrgID(w.ids["acme"]) {
		t.Errorf("%+v", p.Items)
	}
	w.want(200, "olga", "GET", "/v1/organizations/{acme}?fresh=true", "")
}
