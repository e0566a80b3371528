package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// sample is a request for a row that its best caller gets an answer to. Words in braces are ids of the world.
type sample struct {
	names string // what stands in the path beside acme, web, red and max
	query string
	body  string
}

var samples = map[string]sample{
	"list_organizations":  {},
	"create_organization": {body: `{"name":"New","slug":"new-one"}`},
	"add_person":          {body: `{"name":"Ida","address":"ida@example.com","external_id":"app-ida"}`},
	"change_person":       {body: `{"name":"Max Other","address":"max@example.com","external_id":"app-max"}`},
	"vouch":               {body: `{"vouched":true}`},
	"add_key":             {body: `{"name":"ci"}`},
	"remove_key":          {names: "key=spare"},

	"rename_organization":          {body: `{"name":"Acme Two"}`},
	"set_settings":                 {body: `{"members_create_projects":true,"teams":[{"team":"{red}","role":"consumer"}]}`},
	"set_organization_external_id": {body: `{"external_id":"crm-2"}`},
	"preview_catalog":              {query: "catalog={digest}"},
	"adopt_catalog":                {body: `{"catalog":"{digest}"}`},
	"start_recovery":               {body: `{"person":"{max}"}`},
	"set_plan":                     {body: `{"plan":"pro","subscription":"active","seats":"25","projects":"unlimited","service_accounts":"5","custom_roles":"0","entitlements":[{"key":"sso","value":"on"}]}`},
	"check_entitlement":            {query: "entitlement=seats"},
	"request_plan":                 {body: `{"plan":"pro"}`},
	"close_plan_request":           {names: "request=asked", body: `{"outcome":"declined"}`},
	"change_billing":               {body: `{"name":"Acme Ltd","tax_id":"DE123","country":"DE","invoice_address":"1 Main Street","contacts":[{"address":"bills@example.com","name":"Accounts"}]}`},
	"delete_organization":          {body: `{"slug":"acme"}`},
	"transfer_ownership":           {body: `{"to":"{ada}"}`},
	"list_members":                 {query: "find=max"},
	"add_member":                   {body: `{"person":"{yan}","role":"member"}`},
	"set_role":                     {body: `{"role":"admin"}`},
	"reschedule_member":            {body: `{"end":"2027-01-01T00:00:00Z"}`},
	"invite_table":                 {body: `{"csv":"email\nnew@example.net\n"}`},
	"change_people":                {body: `{"action":"suspend","people":["{max}"]}`},
	"reactivate_member":            {names: "person=sam"},
	"restore_member":               {names: "person=rex"},

	"redeem_key_link": {body: `{"token":"commonhold_link_spent","name":"laptop","scope":"all"}`},
	"make_own_key":    {body: `{"name":"laptop","scope":"read"}`},
	"end_own_key":     {names: "key=own"},

	"list_service_accounts":           {query: "find=bo"},
	"create_service_account":          {body: `{"name":"Deployer","grants":[{"project":"{web}","role":"analyst"}]}`},
	"rename_service_account":          {body: `{"name":"Robot"}`},
	"set_service_account_role":        {body: `{"role":"admin"}`},
	"set_service_account_external_id": {body: `{"external_id":"bot-2"}`},
	"place_service_account":           {body: `{}`},
	"let_service_account_act":         {body: `{"acting":true}`},
	"list_account_keys":               {},
	"make_account_key":                {body: `{}`},
	"rotate_account_key":              {names: "key=botkey", body: `{}`},
	"reschedule_account_key":          {names: "key=botkey", body: `{"expires_at":"2026-06-01T00:00:00Z"}`},
	"end_account_key":                 {names: "key=botkey"},
	"enable_service_account":          {names: "account=off"},
	"take_service_account":            {names: "account=placed"},
	"list_roles":                      {query: "find=gui"},
	"create_role":                     {body: `{"scope":"project","name":"Helper","permissions":["project:view"]}`},
	"get_role":                        {names: "role=guide"}, "list_role_holders": {names: "role=guide"},
	"edit_role":   {names: "role=guide", body: `{"project":"{web}","name":"Guide","permissions":["project:view","project:rename"]}`},
	"delete_role": {names: "role=guide", body: `{"project":"{web}","instead":"none"}`},

	"list_teams":           {query: "find=re"},
	"create_team":          {body: `{"name":"Green"}`},
	"rename_team":          {body: `{"name":"Rouge"}`},
	"set_team_external_id": {body: `{"external_id":"crew-rouge"}`},
	"place_in_team":        {body: `{}`},
	"take_from_team":       {names: "person=tim"},

	"list_projects":           {query: "find=w"},
	"create_project":          {body: `{"name":"Shop","timezone":"Europe/Berlin"}`},
	"rename_project":          {body: `{"name":"Net"}`},
	"set_project_timezone":    {body: `{"timezone":"Europe/Berlin"}`},
	"set_project_external_id": {body: `{"external_id":"app-net"}`},
	"restore_project":         {names: "project=old"},
	"hand_over":               {body: `{"to":"{ada}"}`},
	"copy_access":             {body: `{"from":"{cora}"}`},
	"list_access_requests":    {query: "project={web}&status=pending"},
	"request_access":          {body: `{"role":"analyst"}`},
	"approve_access_request":  {names: "request=wish", body: `{"role":"consumer","end":"2027-01-01T00:00:00Z"}`},
	"deny_access_request":     {names: "request=wish"},
	"withdraw_access_request": {names: "request=wish"},

	"list_invitations":   {query: "status=all&project={web}"},
	"invite":             {body: `{"to":["New@Example.net","ext:app-rex"],"grants":[{"project":"{web}","role":"consumer"}],"rows":[{"to":"other@example.net","role":"admin","note":"Welcome"}]}`},
	"change_invitation":  {body: `{"role":"member","grants":[{"project":"{web}","role":"consumer"}]}`},
	"show_offer":         {query: "token={token}"},
	"accept_invitation":  {body: `{"token":"{token}"}`},
	"decline_invitation": {body: `{"token":"{token}"}`},
	"list_messages":      {query: "organization={acme}"},
	"claim_messages":     {query: "kind=notice&limit=5"},
	"fail_message":       {body: `{"error":"the server was not there"}`},

	"preview_transfer": {query: "to={other}"},
	"transfer_project": {body: `{"to":"{other}"}`},
	"accept_transfer":  {body: `{"project":"{web}"}`},
	"offer_project":    {body: `{"to":"{other}"}`},
	"approve_offer":    {body: `{"to":"{other}"}`},
	"give":             {body: `{"person":"{max}","role":"consumer"}`},
	"take":             {body: `{"person":"{cora}"}`},
	"change_grant":     {body: `{"person":"{cora}","from":"consumer","to":"analyst"}`},
	"reschedule_grant": {body: `{"person":"{cora}","role":"consumer","end":"2027-01-01T00:00:00Z"}`},

	"check":                    {body: `{"person":"{max}","permission":"project:view","project":"{web}"}`},
	"check_many":               {body: `{"checks":[{"person":"{max}","permission":"project:view","project":"{web}"},{"person":"{max}","permission":"teams:manage","project":"{web}"}]}`},
	"list_accessible_projects": {query: "person={max}&permission=project:view"},
	"list_permitted_people":    {query: "permission=project:view&project={web}"},
	"list_permissions":         {query: "person={max}&project={web}"},
	"explain":                  {query: "person={max}&permission=project:view&project={web}"},
}

// request returns a row's sample in an organization, with things there by the words given.
func (w *world) request(r route.Route, in, person, team, project string) (path, body string) {
	s := samples[r.Name]
	words := map[string]string{"org": in, "person": person, "team": team, "project": project, "key": "spare", "role": "guide", "request": "asked", "account": "bot", "invitation": "guest", "message": "mail"}
	for pair := range strings.FieldsSeq(s.names) {
		name, word, _ := strings.Cut(pair, "=")
		if words[name] != "" {
			words[name] = word
		}
	}
	path = r.Path
	for name, word := range words {
		path = strings.ReplaceAll(path, "{"+name+"}", "{"+word+"}")
	}
	if s.query != "" {
		path += "?" + s.query
	}
	digest := func(text string) string {
		return strings.ReplaceAll(text, "{digest}", string(w.app.Present().Digest()))
	}
	return digest(w.fillIn(path)), digest(w.fillIn(s.body))
}

// spare makes the keys that rows remove.
func (w *world) spare() {
	k, _, err := w.app.AddKey(w.Context(), "spare", 0)
	if err != nil {
		w.Fatal(err)
	}
	w.ids["spare"] = k.ID
	w.ids["own"] = w.ownKey("olga", `"name":"spare","scope":"all"`).Key
}

// tryRow asks for a row's sample in acme.
func (w *world) tryRow(as string, r route.Route) *httptest.ResponseRecorder {
	path, body := w.request(r, "acme", "max", "red", "web")
	if as == "wrong key" {
		return w.ask("nobody", r.Method, path, body, "Authorization", "Bearer commonhold_operator_wrong")
	}
	return w.ask(as, r.Method, path, body)
}

var callers = []struct{ column, as string }{
	{"operator", ""}, {"owner", "olga"}, {"admin", "ada"}, {"billing", "bill"}, {"member", "mia"}, {"himself", "max"},
	{"prj-owner", "pia"}, {"prj-admin", "pat"}, {"analyst", "ana"}, {"consumer", "cora"}, {"manager", "tess"}, {"in-team", "tim"},
	{"suspended", "sam"}, {"not-yet", "finn"}, {"removed", "rex"}, {"stranger", "zed"}, {"unvouched", "una"}, {"unknown", "ext:nobody"},
	{"own-all", "olga/all"}, {"own-read", "olga/read"}, {"no-key", "nobody"}, {"wrong-key", "wrong key"},
}

// T-31, I-28 guarded by api.call.pass
func TestWhoGetsWhichAnswerAtEveryRoute(t *testing.T) {
	line := fmt.Sprintf("%-29s", "# acme, web, red and max")
	for _, c := range callers {
		line += fmt.Sprintf(" %-9s", c.column)
	}
	lines := []string{line}
	var w *world
	for _, r := range route.Table() {
		line := fmt.Sprintf("%-29s", r.Name)
		for _, c := range callers {
			if w == nil {
				w = newWorld(t)
				w.spare()
			}
			answer := w.tryRow(c.as, r)
			line += fmt.Sprintf(" %-9d", answer.Code)
			if answer.Code < 300 && r.Method != http.MethodGet {
				w = nil // it is another world now
			}
			if answer.Code >= 500 {
				t.Errorf("%s as %s: %s", r.Name, c.column, answer.Body)
			}
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	golden(t, "testdata/routes.golden", strings.Join(lines, "\n")+"\n")
}

// T-214
func TestEveryRouteAnswersItsBestCaller(t *testing.T) {
	best := map[string]string{"create_organization": "zed", "leave": "max", "enter": "max", "get_person": "max", "add_person": "", "change_person": "", "vouch": "", "disable_person": "", "enable_person": "", "erase_person": "", "add_key": "",
		"remove_key": "", "console_link": "", "list_people": "", "list_keys": "", "set_organization_external_id": "", "adopt_catalog": "", "preview_catalog": "", "openapi": "nobody",
		"start_recovery": "", "stop_recovery": "", "finish_recovery": "", "set_plan": "",
		"make_key_link": "", "list_own_keys": "olga/all", "make_own_key": "olga/all", "end_own_key": "olga/all",
		"let_service_account_act": "", "show_offer": "nobody", "accept_invitation": "yan", "decline_invitation": "yan",
		"list_messages": "", "claim_messages": "", "deliver_message": "", "fail_message": "", "retry_message": "", "request_access": "max", "withdraw_access_request": "mia", "suspend_organization": "", "lift_suspension": ""}
	before := map[string]string{"approve_offer": "offer_project"} // what has to be done first
	for _, r := range route.Table() {
		if r.Name == "transfer_project" || r.Name == "accept_transfer" || r.Name == "redeem_key_link" {
			continue // about two organizations, or with a token: by a test of their own
		}
		t.Run(r.Name, func(t *testing.T) {
			w := newWorld(t)
			w.spare()
			if r.Name == "finish_recovery" {
				w.do("", "acme", org.StartRecovery{Person: w.people["max"]})
				w.passes(org.RecoveryLasts)
			}
			as, special := best[r.Name]
			if !special {
				as = "olga"
			}
			if row, ok := before[r.Name]; ok {
				first := slices.IndexFunc(route.Table(), func(r route.Route) bool { return r.Name == row })
				w.tryRow(as, route.Table()[first])
			}
			entries, version := w.entries("acme"), w.version("acme")
			out := w.tryRow(as, r)
			want := http.StatusOK
			if r.Answer == nil {
				want = http.StatusNoContent
			}
			if out.Code != want {
				t.Fatalf("%d %s", out.Code, out.Body)
			}
			if in := strings.HasPrefix(r.Path, organizationPath); in && (out.Header().Get("Commonhold-Version") == "") {
				t.Error("the answer does not tell the version")
			}
			audited, commands := w.entries("acme"), 1
			if r.Name == "erase_person" {
				commands = 2 // the account is disabled first
			}
			if moved := w.version("acme") > version; moved != (len(audited) == len(entries)+commands) || !moved && len(audited) != len(entries) {
				t.Errorf("%d entries of the audit log became %d", len(entries), len(audited))
			}
		})
	}
}

// entries are the commands of which the audit log of an organization has entries, in its order.
func (w *world) entries(in string) (all []org.CommandID) {
	w.Helper()
	for _, row := range w.all("", "/v1/organizations/{"+in+"}/audit", 200) {
		var e route.Entry
		if err := json.Unmarshal([]byte(row), &e); err != nil {
			w.Fatal(err)
		}
		all = append(all, e.Command)
	}
	return all
}

// T-34 guarded by api.call.pass
func TestNobodyPassesAGateThatNamesNobody_I28(t *testing.T) {
	w := newWorld(t)
	state, err := w.app.View(t.Context(), org.OrgID(w.ids["acme"]), freshEnough)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range callers {
		c := &call{bound: &bound{}, state: state, at: w.app.Now(), person: w.people["max"], team: org.TeamID(w.ids["red"]), project: org.ProjectID(w.ids["web"])}
		c.caller.Operator, c.caller.Key, c.caller.Person = true, w.keyID, w.people[who.as]
		c.asked = []org.Question{{Person: c.person, Project: c.project}}
		if err := c.pass(); err != org.ErrNotAllowed {
			t.Errorf("%s: %v", who.column, err)
		}
		c.asked = nil
		c.Gate = route.Gate{Self: true}
		if err := c.pass(); err != org.ErrNotAllowed {
			t.Errorf("%s, who asks about nobody: %v", who.column, err)
		}
	}
}

// T-34, I-28 guarded by api.Server.bindRow
func TestTablesThatDoNotFitDoNotStart(t *testing.T) {
	tell := func(route.Told) any { return nil }
	for _, row := range []struct {
		name   string
		change func([]route.Route) []route.Route
		says   string
	}{
		{name: "a row without a handler", says: "neither a command nor a handler",
			change: func(all []route.Route) []route.Route {
				return append(all, route.Route{Name: "fly", Method: "GET", Path: "/v1/fly", Gate: route.Gate{Operator: true}})
			}},
		{name: "a handler without a row", says: "handler whoami has no route",
			change: func(all []route.Route) []route.Route {
				for i, r := range all {
					if r.Name == "whoami" {
						return append(append([]route.Route{}, all[:i]...), all[i+1:]...)
					}
				}
				return all
			}},
		{name: "a reading row without a gate", says: "nobody would ever come in",
			change: func(all []route.Route) []route.Route {
				return changed(all, "whoami", func(r *route.Route) { r.Gate = route.Gate{} })
			}},
		{name: "a command with a gate", says: "says itself what right it needs",
			change: func(all []route.Route) []route.Route {
				return changed(all, "leave", func(r *route.Route) { r.Gate = route.Gate{Caller: true} })
			}},
		{name: "a command with a handler", says: "a command and a handler",
			change: func(all []route.Route) []route.Route {
				return changed(all, "whoami", func(r *route.Route) { r.Command = org.Leave{} })
			}},
		{name: "a command that tells nothing", says: "no answer",
			change: func(all []route.Route) []route.Route {
				return changed(all, "leave", func(r *route.Route) { r.Tell = nil })
			}},
		{name: "a path whose name is no field of the command", says: "no text field team",
			change: func(all []route.Route) []route.Route {
				return changed(all, "leave", func(r *route.Route) { r.Path += "/{team}" })
			}},
		{name: "two rows of one method and path", says: "twice",
			change: func(all []route.Route) []route.Route {
				return append(all, route.Route{Name: "quit", Method: "POST", Path: organizationPath + "/leave", Command: org.Leave{}, Tell: tell, Answer: route.Done{}})
			}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			_, err := newServer(Options{App: w.app, CursorKey: cursorKey}, row.change(route.Table()))
			if err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%v, want %q", err, row.says)
			}
		})
	}
	if _, err := New(Options{App: newWorld(t).app, CursorKey: []byte("short")}); err == nil {
		t.Error("a short key for cursors was taken")
	}
}

func changed(all []route.Route, name string, change func(*route.Route)) []route.Route {
	out := append([]route.Route{}, all...)
	for i := range out {
		if out[i].Name == name {
			change(&out[i])
		}
	}
	return out
}
