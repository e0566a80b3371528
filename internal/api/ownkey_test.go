package api

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/credential"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

const aKey = `"name":"laptop","scope":"all"`

// link makes a token for a person.
func (w *world) link(person string) string {
	w.Helper()
	return got[route.KeyLink](w.TB, w.want(200, "", "POST", "/v1/people/{"+person+"}/key-links", "")).Token
}

// makes makes a key with another one, which a secret shows.
func (w *world) makes(secret, body string) *httptest.ResponseRecorder {
	w.Helper()
	return w.ask("nobody", "POST", "/v1/me/keys", body, "Authorization", "Bearer "+secret)
}

func (w *world) vouched(person string, vouched bool) {
	w.Helper()
	if _, err := w.app.Vouch(w.Context(), app.Caller{Operator: true, Key: w.keyID}, w.people[person], vouched); err != nil {
		w.Fatal(err)
	}
}

func TestATokenIsExchangedForAKeyOnceAndInTime_T20(t *testing.T) {
	w := newWorld(t)
	token := w.link("ada")
	for name, body := range map[string]string{
		"no name": `{"token":"` + token + `","name":"","scope":"all"}`, "no such scope": `{"token":"` + token + `","name":"x","scope":"most"}`,
		"over already":            `{"token":"` + token + `",` + aKey + `,"expires_at":"2026-01-01T00:00:00Z"}`,
		"more than a year":        `{"token":"` + token + `",` + aKey + `,"expires_at":"2027-03-02T00:00:00Z"}`,
		"a foreign organization":  `{"token":"` + token + `",` + aKey + `,"organizations":["other"]}`,
		"an unknown organization": `{"token":"` + token + `",` + aKey + `,"organizations":["nowhere"]}`,
		"somebody else's":         `{"token":"` + token + `",` + aKey + `,"person":"{olga}"}`,
	} {
		if out := w.ask("nobody", "POST", "/v1/key-links/redeem", body); out.Code != 400 && out.Code != 404 {
			t.Errorf("%s: %d %s", name, out.Code, out.Body)
		}
	}
	made := got[route.OwnKey](t, w.want(200, "nobody", "POST", "/v1/key-links/redeem", `{"token":"`+token+`",`+aKey+`}`))
	if made.With != w.keyID || made.Scope != "all" || made.Organizations != nil || made.Expires.Time().Sub(made.Created.Time()) != 90*24*time.Hour {
		t.Errorf("made %+v", made)
	}
	me := got[route.Me](t, w.ask("nobody", "GET", "/v1/me", "", "Authorization", "Bearer "+made.Secret))
	if me.Operator || me.Person != w.people["ada"] || me.Key != made.Key || me.Scope != "all" || me.Expires != made.Expires {
		t.Errorf("whoami: %+v", me)
	}
	late := w.link("ada")
	w.refused(403, "key_link.spent", "nobody", "POST", "/v1/key-links/redeem", `{"token":"`+token+`",`+aKey+`}`)
	for _, other := range []string{"", "x", w.key, made.Secret, late[:len(late)-1]} {
		w.refused(403, "key_link.spent", "nobody", "POST", "/v1/key-links/redeem", `{"token":"`+other+`",`+aKey+`}`)
	}
	w.with(token, 401, errWrongKey.code, "GET", "/v1/me", "")
	w.passes(15 * time.Minute)
	w.refused(403, "key_link.spent", "nobody", "POST", "/v1/key-links/redeem", `{"token":"`+late+`",`+aKey+`}`)
}

func TestOnlyTheOperatorMakesTokensAndOnlyForWhomTheyVouchFor_T24_T38(t *testing.T) {
	w := newWorld(t)
	w.refused(403, "acting.not_vouched", "", "POST", "/v1/people/{una}/key-links", "")
	w.refused(404, "person.not_found", "", "POST", "/v1/people/ext:nobody/key-links", "")
	for _, as := range []string{"olga", "ada", "mia", "olga/all"} {
		w.refused(403, "permission.missing", as, "POST", "/v1/people/{mia}/key-links", "")
	}
	w.with(w.botKey, 403, "permission.missing", "POST", "/v1/people/{mia}/key-links", "")
	w.refused(401, errNoKey.code, "nobody", "POST", "/v1/people/{mia}/key-links", "")
	// Nobody who acts for a person touches the person's keys, the operator included.
	for _, try := range []struct{ method, path, body string }{{"GET", "/v1/me/keys", ""}, {"POST", "/v1/me/keys", `{` + aKey + `}`}, {"DELETE", "/v1/me/keys/{own}", ""}} {
		w.spare()
		for _, as := range []string{"", "olga"} {
			w.refused(403, "key.not_own", as, try.method, try.path, try.body)
		}
		w.with(w.botKey, 403, "key.not_own", try.method, try.path, try.body)
	}
}

func TestTheOwnerOfAKeyComesFromTheCredentialAlone_T160(t *testing.T) {
	w := newWorld(t)
	w.refused(401, errNoKey.code, "nobody", "POST", "/v1/me/keys", `{`+aKey+`}`)
	w.refused(401, errNoKey.code, "nobody", "POST", "/v1/me/keys", `{`+aKey+`,"person":"{olga}"}`)
	w.refused(400, "body.unknown_field", "mia/all", "POST", "/v1/me/keys", `{`+aKey+`,"person":"{olga}"}`)
	made := got[route.OwnKey](t, w.want(200, "mia/all", "POST", "/v1/me/keys", `{`+aKey+`}`))
	if me := got[route.Me](t, w.ask("nobody", "GET", "/v1/me", "", "Authorization", "Bearer "+made.Secret)); me.Person != w.people["mia"] {
		t.Errorf("it is %+v", me)
	}
}

func TestAPersonWithAKeyIsThatPerson_T162_T167_I24(t *testing.T) {
	w := newWorld(t)
	w.want(200, "ada/all", "PATCH", "/v1/organizations/{acme}", `{"name":"Ours"}`)
	w.refused(403, "permission.missing", "mia/all", "PATCH", "/v1/organizations/{acme}", `{"name":"Mine"}`)
	w.refused(403, "permission.missing", "mia/all", "POST", "/v1/organizations/{acme}/service-accounts/{bot}/keys", `{}`)
	log := w.want(200, "olga", "GET", "/v1/organizations/{acme}/audit?limit=200", "").Body.String()
	me := got[route.Me](t, w.want(200, "ada/all", "GET", "/v1/me", ""))
	if !strings.Contains(log, `"actor":"`+string(w.people["ada"])+`","actor_name":"Ada Example","via":"`+me.Key+`"`) {
		t.Error("the audit log does not name the person and the key")
	}
	w.refused(403, "key.not_for_acting", "ada/all", "GET", "/v1/organizations/{acme}", "", actingFor, "{olga}")
	w.want(200, "mia/all", "POST", "/v1/organizations", `{"name":"Mine","slug":"mine"}`)
	// A right that goes, goes for the key too.
	w.do("olga", "acme", org.SetRole{Person: w.people["ada"], Role: org.RoleMember})
	w.refused(403, "permission.missing", "ada/all", "PATCH", "/v1/organizations/{acme}", `{"name":"Again"}`)
	all := got[route.Page[route.Organization]](t, w.want(200, "ada/all", "GET", "/v1/organizations", ""))
	if len(all.Items) != 1 {
		t.Errorf("ada sees %d organizations", len(all.Items))
	}
}

// T-44 guarded by api.Server.answer
func TestAKeyForReadingRunsNothing_T44_T163(t *testing.T) {
	w := newWorld(t)
	w.spare()
	before := w.version("acme")
	for _, r := range route.Table() {
		out := w.tryRow("olga/read", r)
		switch refused := codeOf(out) == "key.read_only"; {
		case r.Gate.Open:
		case r.Command != nil || r.Method != http.MethodGet && r.Name != "check" && r.Name != "check_many":
			if !refused || out.Code != 403 {
				t.Errorf("%s: %d %s", r.Name, out.Code, out.Body)
			}
		case refused:
			t.Errorf("%s is a reading, and refused", r.Name)
		}
	}
	if w.version("acme") != before {
		t.Error("something happened")
	}
}

func TestAKeyOfOneOrganizationOpensNoOther_T14_T163_T168(t *testing.T) {
	w := newWorld(t)
	w.do("zed", "other", org.AddMember{Person: w.people["olga"], Role: org.RoleAdmin})
	w.spare()
	bound := w.ownKey("olga", aKey+`,"organizations":["acme"]`)
	w.own["olga/bound"] = bound.Secret
	if len(bound.Organizations) != 1 || string(bound.Organizations[0]) != w.ids["acme"] {
		t.Fatalf("it opens %v", bound.Organizations)
	}
	before := w.version("other")
	for _, r := range route.Table() {
		if !strings.HasPrefix(r.Path, organizationPath) {
			continue
		}
		path, body := w.request(r, "other", "yan", "blue", "far")
		unknown, _ := w.request(r, "acme", "yan", "blue", "far")
		unknown = strings.Replace(unknown, w.ids["acme"], "org_00000000000000000000000000", 1)
		out, none := w.ask("olga/bound", r.Method, path, body), w.ask("olga/bound", r.Method, unknown, body)
		if out.Code < 400 || out.Code != none.Code || out.Body.String() != none.Body.String() {
			t.Errorf("%s: %d %s, and of none %d %s", r.Name, out.Code, out.Body, none.Code, none.Body)
		}
	}
	if w.version("other") != before {
		t.Error("something happened")
	}
	w.want(200, "olga/bound", "PATCH", "/v1/organizations/{acme}", `{"name":"Ours"}`)
	w.refused(403, "permission.missing", "olga/bound", "POST", "/v1/organizations", `{"name":"Mine","slug":"mine"}`)
	w.refused(403, org.ErrNotThere.Code, "olga/bound", "POST", "/v1/organizations/{acme}/projects/{web}/transfer", `{"to":"{other}"}`)
	w.refused(403, org.ErrNotThere.Code, "olga/bound", "POST", "/v1/organizations/{acme}/projects/{web}/transfer", `{"to":"nowhere"}`)
	all := got[route.Page[route.Organization]](t, w.want(200, "olga/bound", "GET", "/v1/organizations", ""))
	if len(all.Items) != 1 || string(all.Items[0].Organization) != w.ids["acme"] {
		t.Errorf("it sees %+v", all.Items)
	}
	events := w.want(200, "olga/bound", "GET", "/v1/events?limit=200", "").Body.String()
	if !strings.Contains(events, w.ids["acme"]) || strings.Contains(events, w.ids["other"]) {
		t.Errorf("the feed shows %s", events)
	}
	// Keys beyond its reach are not there for it either.
	listed := w.want(200, "olga/bound", "GET", "/v1/me/keys", "").Body.String()
	if strings.Contains(listed, w.ids["own"]) || !strings.Contains(listed, bound.Key) {
		t.Errorf("it lists %s", listed)
	}
	w.refused(404, org.ErrUnknownKey.Code, "olga/bound", "DELETE", "/v1/me/keys/{own}", "")
}

func TestAKeyMakesNoneThatIsBroaderOrLonger_T164(t *testing.T) {
	w := newWorld(t)
	w.do("zed", "other", org.AddMember{Person: w.people["olga"], Role: org.RoleMember})
	short := w.ownKey("olga", aKey+`,"organizations":["{acme}"],"expires_at":"2026-03-11T00:00:00Z"`).Secret
	for _, try := range []struct{ name, body, code string }{
		{"longer", `{` + aKey + `,"expires_at":"2026-03-12T00:00:00Z"}`, "key.outlasts"},
		{"for another organization", `{` + aKey + `,"organizations":["other"]}`, "organization.not_found"},
		{"for another beside", `{` + aKey + `,"organizations":["acme","other"]}`, "organization.not_found"},
	} {
		if out := w.makes(short, w.fillIn(try.body)); codeOf(out) != try.code {
			t.Errorf("%s: %d %s", try.name, out.Code, out.Body)
		}
	}
	same := got[route.OwnKey](t, w.makes(short, `{`+aKey+`}`))
	if len(same.Organizations) != 1 || same.Expires.Time().Format(time.DateOnly) != "2026-03-11" {
		t.Errorf("without saying more it is %+v", same)
	}
	reads := got[route.OwnKey](t, w.makes(short, `{"name":"script","scope":"read","expires_at":"2026-03-10T00:00:00Z"}`))
	if out := w.makes(reads.Secret, `{"name":"more","scope":"all"}`); codeOf(out) != "key.read_only" {
		t.Errorf("a key for reading made one: %s", out.Body)
	}
	// Nor a key of a service account that lasts longer.
	w.with(short, 403, org.ErrKeyOutlasts.Code, "POST", "/v1/organizations/{acme}/service-accounts/{bot}/keys", `{}`)
	w.with(short, 200, "", "POST", "/v1/organizations/{acme}/service-accounts/{bot}/keys", `{"expires_at":"2026-03-10T00:00:00Z"}`)
}

func TestOwnKeysThatEndedOpenNothingAtOnce_T51_T158_T169_I54(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(w *world)
		me   int // what whoami answers then: the account is not the organization's
		in   string
	}{
		{"the person was removed", func(w *world) { w.do("olga", "acme", org.Remove{Person: w.people["ada"]}) }, 200, "organization.not_found"},
		{"the person was suspended", func(w *world) { w.do("olga", "acme", org.Suspend{Person: w.people["ada"]}) }, 200, "member.actor_suspended"},
		{"the membership ended", func(w *world) {
			w.do("olga", "acme", org.Reschedule{Person: w.people["ada"], Window: org.Window{End: w.app.Now() + 1}})
			w.passes(2000)
		}, 200, "organization.not_found"},
		{"the organization alone does not believe in the sign-in", func(w *world) {
			w.do("", "acme", org.Vouch{Person: w.people["ada"]})
		}, 200, "member.not_ready"},
		{"the vouching was withdrawn", func(w *world) { w.vouched("ada", false) }, 401, errWrongKey.code},
		{"the vouching was withdrawn and given again", func(w *world) { w.vouched("ada", false); w.vouched("ada", true) }, 401, errWrongKey.code},
		{"the key was ended", func(w *world) {
			me := got[route.Me](t, w.want(200, "ada/all", "GET", "/v1/me", ""))
			w.want(204, "ada/all", "DELETE", "/v1/me/keys/"+me.Key, "")
		}, 401, errWrongKey.code},
		{"its time was over", func(w *world) { w.passes(90 * 24 * time.Hour) }, 401, errWrongKey.code},
		{"what its row says cannot be read", func(w *world) {
			me := got[route.Me](t, w.want(200, "ada/all", "GET", "/v1/me", ""))
			rows, err := w.db.Keys().ListKeys(w.Context(), string(w.people["ada"]))
			if err != nil || len(rows) != 1 || rows[0].ID != me.Key {
				w.Fatal(rows, err)
			}
			rows[0].Terms = `{"scope":"everything"}`
			if err := w.db.Keys().RemoveKey(w.Context(), me.Key); err != nil {
				w.Fatal(err)
			}
			if err := w.db.Keys().AddKey(w.Context(), rows[0]); err != nil {
				w.Fatal(err)
			}
			w.app.ForgetKeys()
		}, 401, errWrongKey.code},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.want(200, "ada/all", "PATCH", "/v1/organizations/{acme}", `{"name":"Ours"}`)
			c.end(w)
			status := map[string]int{errWrongKey.code: 401, "organization.not_found": 404}[c.in]
			if status == 0 {
				status = 403
			}
			w.refused(status, c.in, "ada/all", "GET", "/v1/organizations/{acme}", "")
			w.refused(status, c.in, "ada/all", "PATCH", "/v1/organizations/{acme}", `{"name":"Mine"}`)
			w.want(c.me, "ada/all", "GET", "/v1/me", "")
			if c.me != 200 {
				return
			}
			if all := got[route.Page[route.Organization]](t, w.want(200, "ada/all", "GET", "/v1/organizations", "")); len(all.Items) != 0 {
				t.Errorf("it lists %+v", all.Items)
			}
			if events := w.want(200, "ada/all", "GET", "/v1/events?limit=200", "").Body.String(); strings.Contains(events, w.ids["acme"]) {
				t.Errorf("the feed shows %s", events)
			}
		})
	}
}

func TestAStreamEndsWithTheKeyThatOpenedIt_T51(t *testing.T) {
	w := newWorld(t)
	secret := w.secretOf("ada/all")
	server := httptest.NewServer(w.api)
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Accept", "text/event-stream")
	out, err := server.Client().Do(r)
	if err != nil || out.StatusCode != 200 {
		t.Fatal(out, err)
	}
	defer out.Body.Close()
	w.vouched("ada", false)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(out.Body); lines.Scan(); {
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("it goes on")
	}
}

// midway does something when a key has been written, before anybody hears of it.
type midway struct {
	store.DB
	then func()
}

type midwayKeys struct {
	store.Keys
	db *midway
}

func (d *midway) Keys() store.Keys { return midwayKeys{d.DB.Keys(), d} }

func (k midwayKeys) AddKey(ctx context.Context, row store.Key) error {
	err := k.Keys.AddKey(ctx, row)
	if then := k.db.then; then != nil {
		k.db.then = nil
		then()
	}
	return err
}

func TestAKeyMadeWhileWhatItRestsOnGoesIsRefused_T162(t *testing.T) {
	for _, c := range []struct {
		name string
		gone func(w *world)
	}{
		{"the vouching is withdrawn", func(w *world) { w.vouched("ada", false) }},
		{"the vouching is withdrawn and given again", func(w *world) { w.vouched("ada", false); w.vouched("ada", true) }},
		{"the key in use is ended", func(w *world) {
			me := got[route.Me](w.TB, w.want(200, "ada/all", "GET", "/v1/me", ""))
			w.want(204, "ada/all", "DELETE", "/v1/me/keys/"+me.Key, "")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			db := &midway{DB: w.db}
			w.api.keys = credential.New(w.app, db, w.api.log)
			w.secretOf("ada/all")
			token := w.link("ada")
			db.then = func() { c.gone(w) }
			if out := w.ask("ada/all", "POST", "/v1/me/keys", `{`+aKey+`}`); out.Code != 401 {
				t.Errorf("%d %s", out.Code, out.Body)
			}
			rows, err := w.db.Keys().ListKeys(t.Context(), string(w.people["ada"]))
			if err != nil || slices.ContainsFunc(rows, func(k store.Key) bool { return strings.Contains(k.Terms, k.ID) }) || len(rows) > 1 {
				t.Errorf("%d rows are left, %v", len(rows), err)
			}
			if strings.HasPrefix(c.name, "the vouching") {
				w.refused(403, "key_link.spent", "nobody", "POST", "/v1/key-links/redeem", `{"token":"`+token+`",`+aKey+`}`)
				w.vouched("ada", true)
				token, db.then = w.link("ada"), func() { c.gone(w) }
				w.refused(403, "key_link.spent", "nobody", "POST", "/v1/key-links/redeem", `{"token":"`+token+`",`+aKey+`}`)
			}
		})
	}
}

func TestOwnKeysAreListedMadeOnceAndEnded(t *testing.T) {
	w := newWorld(t)
	first := got[route.Me](t, w.want(200, "ada/all", "GET", "/v1/me", "")).Key
	once := []string{"Idempotency-Key", "make-one"}
	w.passes(time.Second) // keys of one instant are listed in order of id
	made := got[route.OwnKey](t, w.want(200, "ada/all", "POST", "/v1/me/keys", `{"name":"script","scope":"read"}`, once...))
	w.passes(time.Minute)
	again := w.want(200, "ada/all", "POST", "/v1/me/keys", `{"name":"script","scope":"read"}`, once...)
	if k := got[route.OwnKey](t, again); k.Key != made.Key || k.Secret != "" || made.Secret == "" || again.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("made %s, repeated %+v", made.Key, k)
	}
	w.refused(409, "idempotency.reused", "ada/all", "POST", "/v1/me/keys", `{"name":"script","scope":"all"}`, once...)
	for range 4 {
		w.want(200, "ada/all", "POST", "/v1/me/keys", `{`+aKey+`}`)
	}
	w.with(made.Secret, 200, "", "GET", "/v1/me", "")
	var all []route.OwnKey
	for cursor := ""; ; {
		p := got[route.Page[route.OwnKey]](t, w.want(200, "ada/all", "GET", "/v1/me/keys?limit=4"+cursor, ""))
		if *p.Total != 6 {
			t.Errorf("in all %d", *p.Total)
		}
		if all = append(all, p.Items...); p.Next == "" {
			break
		}
		cursor = "&cursor=" + p.Next
	}
	if len(all) != 6 || all[0].Key != first || all[0].With != w.keyID || all[1].With != first || all[1].Scope != "read" || all[1].Used == 0 || all[1].Secret != "" {
		t.Errorf("listed: %+v", all)
	}
	w.refused(404, org.ErrUnknownKey.Code, "mia/all", "DELETE", "/v1/me/keys/"+first, "")
	w.refused(404, org.ErrUnknownKey.Code, "ada/all", "DELETE", "/v1/me/keys/{botkey}", "")
	w.want(204, "ada/all", "DELETE", "/v1/me/keys/"+made.Key, "")
	w.with(made.Secret, 401, errWrongKey.code, "GET", "/v1/me", "")
	w.refused(404, org.ErrUnknownKey.Code, "ada/all", "DELETE", "/v1/me/keys/"+made.Key, "")
}

func TestAPersonHasFiftyKeysAtMostAndEndedOnesMakeRoom(t *testing.T) {
	w := newWorld(t)
	w.secretOf("ada/all")
	for range 49 {
		w.want(200, "ada/all", "POST", "/v1/me/keys", `{`+aKey+`,"expires_at":"2026-03-02T00:00:00Z"}`)
	}
	w.refused(409, "key.too_many_own", "ada/all", "POST", "/v1/me/keys", `{`+aKey+`}`)
	w.passes(24 * time.Hour)
	w.want(200, "ada/all", "POST", "/v1/me/keys", `{`+aKey+`}`)
	if rows, err := w.db.Keys().ListKeys(t.Context(), string(w.people["ada"])); err != nil || len(rows) != 2 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestSecretsOfOwnKeysAreKeptNowhereAndWhatIsDoneIsRecorded_T161_T166_I53(t *testing.T) {
	w := newWorld(t)
	token := w.link("ada")
	made := got[route.OwnKey](t, w.want(200, "nobody", "POST", "/v1/key-links/redeem", `{"token":"`+token+`",`+aKey+`}`))
	next := got[route.OwnKey](t, w.makes(made.Secret, `{"name":"script","scope":"read"}`))
	for _, secret := range []string{token, made.Secret, next.Secret} {
		w.with(w.key, 400, errMisplaced.code, "GET", "/v1/me?key="+secret, "")
		if strings.Contains(w.log.String(), secret) {
			t.Error("the log has it")
		}
		rows, err := w.db.Keys().AllKeys(t.Context(), "", 1000)
		for _, row := range rows {
			if err != nil || strings.Contains(row.Terms+row.Name+string(row.Hash), secret) {
				t.Error("a row has it", err)
			}
		}
	}
	if listed := w.ask("nobody", "GET", "/v1/me/keys", "", "Authorization", "Bearer "+made.Secret).Body.String(); strings.Contains(listed, "commonhold_") {
		t.Errorf("the list shows %s", listed)
	}
	var tried []string
	for _, i := range got[route.Page[route.Incident]](t, w.want(200, "olga", "GET", "/v1/organizations/{acme}/security-log", "")).Items {
		if i.Kind == "credential" && i.Actor == string(w.people["ada"]) {
			tried = append(tried, i.Tried+" "+string(i.Via))
		}
	}
	want := []string{"make_own_key " + made.Key, "redeem_key_link " + made.Key, "make_key_link " + w.keyID}
	if slices.Sort(tried); len(tried) != 3 {
		t.Errorf("the security log has %v", tried)
	}
	for _, line := range want {
		if !slices.Contains(tried, line) {
			t.Errorf("the security log has %v, not %s", tried, line)
		}
	}
	if w.want(200, "zed", "GET", "/v1/organizations/{other}/security-log", ""); strings.Contains(w.log.String(), token) {
		t.Error("the log has it")
	}
}
