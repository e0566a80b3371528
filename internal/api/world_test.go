package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"context"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/batch"
	"github.com/commonhold/commonhold/internal/credential"
	"github.com/commonhold/commonhold/internal/invite"
	"github.com/commonhold/commonhold/internal/move"
	"github.com/commonhold/commonhold/internal/outbox"
	"github.com/commonhold/commonhold/internal/person"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file that outsiders rely on.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s is not what the code says: run make golden and review the difference", file)
	}
}

// world is a server with two organizations in it. In acme, which olga has entered,
//
//	olga, otto  are owners         pia   owns the project web       tess  manages the team red
//	ada, abel   are admins         pat   is admin of web            tim   is in red, which is analyst of web
//	bill        is billing admin   ana   is analyst of web          sam   is suspended
//	mia, max    are members        cora  is consumer of web         finn  starts in a week, rex was removed
//
// and old is a deleted project, of which pia is owner. Zed owns the organization other, with the team blue, the project
// far and the member yan. Una has an account, and nobody vouches for her.
type world struct {
	testing.TB
	app    *app.App
	api    *Server
	db     store.DB
	log    bytes.Buffer
	key    string
	keyID  string
	botKey string // the secret of the key of the service account bot
	people map[string]org.PersonID
	ids    map[string]string // organizations, teams and projects by their words
	own    map[string]string // the secrets of people's own keys, by person and scope: olga/read
	now    time.Time
	mu     sync.Mutex
}

func catalog(t testing.TB) *org.Catalog {
	c, err := org.NewCatalog(
		org.Row{Key: "reports:view", Scope: org.InProject, Sentence: "see reports", Category: "Reports", Project: org.ProjectRoles[:]},
		org.Row{Key: "reports:edit", Scope: org.InProject, Sentence: "change reports", Category: "Reports", Project: org.ProjectRoles[:3]})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var cursorKey = bytes.Repeat([]byte("k"), 32)

func newWorld(t testing.TB, change ...func(*Options)) *world {
	return newWorldOn(t, memory.Open(), change...)
}

func newWorldOn(t testing.TB, db store.DB, change ...func(*Options)) *world {
	w := emptyWorld(t, db, change...)
	w.fill()
	return w
}

func emptyWorld(t testing.TB, db store.DB, change ...func(*Options)) *world {
	w := &world{TB: t, db: db, people: map[string]org.PersonID{}, ids: map[string]string{}, own: map[string]string{}, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }
	var err error
	if w.app, err = app.New(t.Context(), app.Options{DB: db, Catalog: catalog(t), Clock: clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.app.Close)
	link := func(context.Context, app.Caller) (route.Link, error) {
		return route.Link{URL: "http://localhost/console/open?link=x", Expires: w.app.Now()}, nil
	}
	inviter := invite.New(w.app, db, slog.New(slog.DiscardHandler), "https://hold.example.com")
	o := Options{App: w.app, Inviter: inviter, Outbox: outbox.New(w.app, db, inviter, slog.New(slog.DiscardHandler)), Mover: move.New(w.app, db, slog.New(slog.DiscardHandler)), People: batch.New(w.app, db, slog.New(slog.DiscardHandler)), Person: person.New(w.app, db, slog.New(slog.DiscardHandler)), Keys: credential.New(w.app, db, slog.New(slog.DiscardHandler)), Log: slog.New(slog.NewJSONHandler(&w.log, nil)), Version: "0.0.0", PublicURL: "http://localhost:8080", CursorKey: cursorKey, ConsoleLink: link}
	for _, f := range change {
		f(&o)
	}
	if w.api, err = New(o); err != nil {
		t.Fatal(err)
	}
	key, secret, err := w.app.AddKey(t.Context(), "tests", 0)
	if err != nil {
		t.Fatal(err)
	}
	w.key, w.keyID = secret, key.ID
	return w
}

// passes moves the clock.
func (w *world) passes(d time.Duration) { w.mu.Lock(); defer w.mu.Unlock(); w.now = w.now.Add(d) }

func (w *world) person(word string, vouched bool) {
	w.Helper()
	p, err := w.app.AddPerson(w.Context(), app.PersonFields{Name: strings.ToUpper(word[:1]) + word[1:] + " Example",
		Address: word + "@example.com", ExternalID: org.ExternalID("app-" + word)})
	if err == nil && vouched {
		_, err = w.app.Vouch(w.Context(), app.Caller{Operator: true, Key: w.keyID}, p.ID, true)
	}
	if err != nil {
		w.Fatal(err)
	}
	w.people[word] = p.ID
}

// run runs a subtest on this world.
func (w *world) run(name string, f func(t *testing.T)) {
	outer := w.TB
	defer func() { w.TB = outer }()
	outer.(*testing.T).Run(name, func(t *testing.T) {
		w.TB = t
		f(t)
	})
}

// do runs commands that must succeed, as the operator or as a person.
func (w *world) do(as, in string, commands ...org.Command) app.Result {
	w.Helper()
	var r app.Result
	for _, c := range commands {
		var err error
		if r, err = w.app.Do(w.Context(), app.Caller{Operator: true, Key: w.keyID, Person: w.people[as]}, org.OrgID(w.ids[in]), c, app.Opts{}); err != nil {
			w.Fatalf("%T by %q: %v", c, as, err)
		}
	}
	return r
}

func (w *world) team(in, word, external string) org.TeamID {
	r := w.do("", in, org.CreateTeam{Name: org.Name(word), ExternalID: org.ExternalID(external)})
	id := r.Facts[0].Event.(*org.TeamCreated).Team
	w.ids[word] = string(id)
	return id
}

func (w *world) project(in, word, external string) org.ProjectID {
	r := w.do("", in, org.CreateProject{Name: org.Name(word), ExternalID: org.ExternalID(external)})
	id := r.Facts[0].Event.(*org.ProjectCreated).Project
	w.ids[word] = string(id)
	return id
}

// role makes a custom role for a project, or for all.
func (w *world) role(in, word string, project org.ProjectID, may ...org.Permission) org.RoleID {
	r := w.do("", in, org.CreateRole{Scope: org.InProject, Project: project, Name: org.Name(word), RoleContent: org.RoleContent{Permissions: may}})
	id := r.Facts[0].Event.(*org.RoleCreated).Role
	w.ids[word] = string(id)
	return id
}

func (w *world) found(word, owner string) {
	r := w.do("", "", org.CreateOrganization{Name: org.Name(word), Slug: org.Slug(word), ExternalID: org.ExternalID("crm-" + word), Owner: w.people[owner]})
	w.ids[word] = string(r.State.ID())
}

func (w *world) fill() {
	for _, word := range strings.Fields("olga otto ada abel bill mia max pia pat ana cora tess tim sam finn rex zed yan") {
		w.person(word, true)
	}
	w.person("una", false)
	w.found("acme", "olga")
	roles := map[string]org.OrgRole{"otto": org.RoleOwner, "ada": org.RoleAdmin, "abel": org.RoleAdmin, "bill": org.RoleBillingAdmin}
	for _, word := range strings.Fields("otto ada abel bill mia max pia pat ana cora tess tim sam finn rex") {
		add := org.AddMember{Person: w.people[word], Role: org.RoleMember}
		if r, ok := roles[word]; ok {
			add.Role = r
		}
		if word == "finn" {
			add.Start = w.app.Now() + org.Instant((7 * 24 * time.Hour).Microseconds())
		}
		w.do("", "acme", add)
	}
	web, old := w.project("acme", "web", "app-web"), w.project("acme", "old", "app-old")
	w.project("acme", "lab", "")
	red := w.team("acme", "red", "crew-red")
	guide := w.role("acme", "guide", web, "project:view")
	w.do("", "acme", org.Give{Project: web, Subject: org.Subject{Person: w.people["max"]}, Role: org.ProjectRole(guide)})
	for i, word := range []string{"pia", "pat", "ana", "cora"} {
		w.do("", "acme", org.Give{Project: web, Subject: org.Subject{Person: w.people[word]}, Role: org.ProjectRoles[i]})
	}
	w.do("", "acme", org.Give{Project: old, Subject: org.Subject{Person: w.people["pia"]}, Role: org.Owner}, org.DeleteProject{Project: old},
		org.PlaceInTeam{Team: red, Person: w.people["tess"], Manager: true}, org.PlaceInTeam{Team: red, Person: w.people["tim"]},
		org.Give{Project: web, Subject: org.Subject{Team: red}, Role: org.Analyst},
		org.Suspend{Person: w.people["sam"]}, org.Remove{Person: w.people["rex"]})
	w.do("olga", "acme", org.Enter{})
	for _, word := range []string{"bot", "off", "placed"} {
		made := w.do("olga", "acme", org.CreateAccount{Name: org.Name("The " + word)})
		w.ids[word] = string(made.Facts[0].Event.(*org.AccountCreated).Account)
	}
	w.do("olga", "acme", org.DisableAccount{Account: org.AccountID(w.ids["off"])})
	w.do("olga", "acme", org.PlaceAccountInTeam{Team: red, Account: org.AccountID(w.ids["placed"])})
	made, err := w.api.keys.Do(w.Context(), app.Caller{Operator: true, Key: w.keyID, Person: w.people["olga"]}, org.OrgID(w.ids["acme"]),
		org.MakeKey{Account: org.AccountID(w.ids["bot"])}, app.Opts{Answer: func(_, _ *org.State, ran org.Command) any {
			return route.AccountKey{AccountKey: org.AccountKey{Key: ran.(org.MakeKey).Key}}
		}})
	if err != nil {
		w.Fatal(err)
	}
	var bot route.AccountKey
	if err := json.Unmarshal(made.Answer, &bot); err != nil {
		w.Fatal(err)
	}
	w.ids["botkey"], w.botKey = string(bot.Key), bot.Secret
	asked := w.do("mia", "acme", org.RequestPlan{Plan: "team"})
	w.ids["asked"] = string(asked.Facts[0].Event.(*org.PlanRequested).Request)
	wish := w.do("mia", "acme", org.RequestAccess{Project: web, Role: org.Analyst})
	w.ids["wish"] = string(wish.Facts[0].Event.(*org.RequestMade).Request)
	w.guest()
	w.found("other", "zed")
	w.do("", "other", org.AddMember{Person: w.people["yan"], Role: org.RoleMember})
	w.team("other", "blue", "crew-blue")
	w.project("other", "far", "app-far")
	w.do("zed", "other", org.Enter{})
}

// guest invites somebody into acme and its project web, by an address that nobody has. The mail is out; then it is given up.
func (w *world) guest() {
	rows := []invite.Row{{To: "guest@example.net", Invitee: org.Invitee{Grants: []org.InvitedGrant{{Project: org.ProjectID(w.ids["web"]), Role: org.Analyst}}}}}
	made, err := w.api.inviter.Do(w.Context(), app.Caller{Operator: true, Key: w.keyID, Person: w.people["olga"]}, org.OrgID(w.ids["acme"]), rows, app.Opts{})
	if err != nil {
		w.Fatal(err)
	}
	w.ids["guest"] = string(made.Facts[0].Event.(*org.InvitationMade).Invitation)
	out, err := w.api.outbox.Claim(w.Context(), "mail", 10)
	if err != nil || len(out) != 1 {
		w.Fatalf("%d mails, %v", len(out), err)
	}
	w.ids["mail"], w.ids["token"] = out[0].Message, out[0].Mail.Token
	if err := w.api.outbox.Failed(w.Context(), w.ids["mail"], "for tests", true); err != nil {
		w.Fatal(err)
	}
}

// fillIn puts ids in the place of words in braces: {acme}, {web}, {mia}.
func (w *world) fillIn(text string) string {
	var pairs []string
	for word, id := range w.people {
		pairs = append(pairs, "{"+word+"}", string(id))
	}
	for word, id := range w.ids {
		pairs = append(pairs, "{"+word+"}", id)
	}
	return strings.NewReplacer(append(pairs, "{key}", w.keyID, "{secret}", w.key)...).Replace(text)
}

// ownKey makes a key of a person's own from a token of the operator's.
func (w *world) ownKey(person, body string) route.OwnKey {
	w.Helper()
	link := got[route.KeyLink](w.TB, w.want(200, "", "POST", "/v1/people/{"+person+"}/key-links", ""))
	return got[route.OwnKey](w.TB, w.want(200, "nobody", "POST", "/v1/key-links/redeem", `{"token":"`+link.Token+`",`+body+`}`))
}

// secretOf is that of a key of a person's own, made when it is asked for first.
func (w *world) secretOf(as string) string {
	if w.own[as] == "" {
		person, scope, _ := strings.Cut(as, "/")
		w.own[as] = w.ownKey(person, `"name":"laptop","scope":"`+scope+`"`).Secret
	}
	return w.own[as]
}

// ask makes a request as the operator (""), for a person, as a person with a key of their own ("olga/all"), or with no
// key ("nobody"). Headers are name and value in turn. What comes back is held against the OpenAPI document.
func (w *world) ask(as, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	w.Helper()
	var r *http.Request
	path, body = w.fillIn(path), w.fillIn(body)
	if body == "" {
		r = httptest.NewRequest(method, path, nil)
	} else {
		r = httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
	}
	switch {
	case strings.Contains(as, "/"):
		r.Header.Set("Authorization", "Bearer "+w.secretOf(as))
	case as != "nobody":
		r.Header.Set("Authorization", "Bearer "+w.key)
	}
	if as != "" && as != "nobody" && !strings.Contains(as, "/") {
		ref := string(w.people[as])
		if ref == "" {
			ref = as
		}
		r.Header.Set("Commonhold-Acting-For", ref)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], w.fillIn(headers[i+1]))
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) *httptest.ResponseRecorder {
	w.Helper()
	out := httptest.NewRecorder()
	w.api.ServeHTTP(out, r)
	if err := w.described(r, out); err != nil {
		w.Errorf("%s %s → %d is not as the document says: %v\n%s", r.Method, r.URL, out.Code, err, out.Body)
	}
	return out
}

// want makes a request and checks its status.
func (w *world) want(status int, as, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	w.Helper()
	out := w.ask(as, method, path, body, headers...)
	if out.Code != status {
		w.Errorf("%s %s as %q → %d, want %d\n%s", method, path, as, out.Code, status, out.Body)
	}
	return out
}

// refused makes a request that must be answered with that problem.
func (w *world) refused(status int, code, as, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	w.Helper()
	out := w.want(status, as, method, path, body, headers...)
	if got := codeOf(out); got != code {
		w.Errorf("%s %s as %q → %s, want %s\n%s", method, path, as, got, code, out.Body)
	}
	return out
}

func codeOf(out *httptest.ResponseRecorder) string {
	var p Problem
	if out.Header().Get("Content-Type") != "application/problem+json" || json.Unmarshal(out.Body.Bytes(), &p) != nil {
		return ""
	}
	return p.Code
}

// got reads an answer.
func got[T any](t testing.TB, out *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if err := json.Unmarshal(out.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v\n%s", err, out.Body)
	}
	return v
}

// document is the OpenAPI document as a well-kept library reads it.
var document = sync.OnceValues(func() (*openapi3.T, error) {
	b, err := os.ReadFile("../../docs/openapi.json")
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err == nil {
		err = doc.Validate(context.Background())
	}
	return doc, err
})

// described holds an answer against the document.
func (w *world) described(r *http.Request, out *httptest.ResponseRecorder) error {
	doc, err := document()
	if err != nil {
		return err
	}
	_, pattern := w.api.mux.Handler(r)
	method, path, ok := strings.Cut(pattern, " ")
	if !ok || !strings.HasPrefix(path, "/v1") || out.Code == http.StatusNotModified {
		return nil // no row of the table, or a problem before one was found
	}
	operation := doc.Paths.Find(path).GetOperation(method)
	response := operation.Responses.Status(out.Code)
	if response == nil {
		response = operation.Responses.Default()
	}
	kind := out.Header().Get("Content-Type")
	content := response.Value.Content[kind]
	if len(response.Value.Content) == 0 && out.Body.Len() == 0 || r.Method == http.MethodHead {
		return nil
	}
	if content == nil {
		return fmt.Errorf("no content %q for %d", kind, out.Code)
	}
	var value any
	if err := json.Unmarshal(out.Body.Bytes(), &value); err != nil {
		return err
	}
	return doc.ValidateSchemaJSON(content.Schema.Value, value)
}
