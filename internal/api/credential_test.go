package api

import (
	"context"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// with asks with the secret of a service account's key.
func (w *world) with(secret string, status int, code, method, path, body string, headers ...string) {
	w.Helper()
	out := w.ask("nobody", method, path, body, append(headers, "Authorization", "Bearer "+secret)...)
	if out.Code != status || code != "" && codeOf(out) != code {
		w.Errorf("%s %s → %d %s, want %d %s\n%s", method, path, out.Code, codeOf(out), status, code, out.Body)
	}
}

// key makes a key by a request and returns its secret.
func (w *world) accountKey(as, account, body string) route.AccountKey {
	w.Helper()
	return got[route.AccountKey](w.TB, w.want(200, as, "POST", "/v1/organizations/{acme}/service-accounts/{"+account+"}/keys", body))
}

func TestAKeyOfAServiceAccountIsTheAccountInItsOrganizationAlone_T14_T168(t *testing.T) {
	w := newWorld(t)
	me := got[route.Me](t, w.ask("nobody", "GET", "/v1/me", "", "Authorization", "Bearer "+w.botKey))
	if me.Operator || me.Person != "" || string(me.Account) != w.ids["bot"] || string(me.Organization) != w.ids["acme"] || me.Key != w.ids["botkey"] {
		t.Errorf("whoami: %+v", me)
	}
	w.with(w.botKey, 200, "", "GET", "/v1/organizations/{acme}", "")
	w.with(w.botKey, 403, "permission.missing", "GET", "/v1/organizations/{acme}/service-accounts", "")
	w.with(w.botKey, 403, "permission.missing", "PATCH", "/v1/organizations/{acme}", `{"name":"Mine"}`)
	for _, path := range []string{"/v1/organizations/{other}", "/v1/organizations/org_00000000000000000000000000", "/v1/organizations/{other}/members"} {
		w.with(w.botKey, 404, "organization.not_found", "GET", path, "")
	}
	w.with(w.botKey, 404, "organization.not_found", "PATCH", "/v1/organizations/{other}", `{"name":"Mine"}`)
	w.with(w.botKey, 403, "permission.missing", "GET", "/v1/people", "")
	w.with(w.botKey, 403, "permission.missing", "POST", "/v1/organizations", `{"name":"Mine","slug":"mine","owner":"{max}"}`)
	all := got[route.Page[route.Organization]](t, w.ask("nobody", "GET", "/v1/organizations", "", "Authorization", "Bearer "+w.botKey))
	if len(all.Items) != 1 || string(all.Items[0].Organization) != w.ids["acme"] {
		t.Errorf("it sees %+v", all.Items)
	}
	w.do("olga", "acme", org.SetAccountRole{Account: org.AccountID(w.ids["bot"]), Role: org.RoleAdmin})
	w.with(w.botKey, 200, "", "PATCH", "/v1/organizations/{acme}", `{"name":"Ours"}`)
	log := w.want(200, "olga", "GET", "/v1/organizations/{acme}/audit?limit=200", "").Body.String()
	if !strings.Contains(log, `"actor":"`+w.ids["bot"]+`","actor_name":"The bot","via":"`+w.ids["botkey"]+`"`) {
		t.Error("the audit log does not name the account and its key")
	}
}

func TestKeysThatEndedOpenNothingAtOnce_T51_T165_T169(t *testing.T) {
	account := org.AccountID("")
	for _, c := range []struct {
		name string
		end  func(w *world)
	}{
		{"the key was ended", func(w *world) {
			w.want(200, "olga", "DELETE", "/v1/organizations/{acme}/service-accounts/{bot}/keys/{botkey}", "")
		}},
		{"a key took its place at once", func(w *world) {
			w.want(200, "olga", "POST", "/v1/organizations/{acme}/service-accounts/{bot}/keys/{botkey}/rotate", `{}`)
		}},
		{"its account was disabled", func(w *world) { w.do("olga", "acme", org.DisableAccount{Account: account}) }},
		{"its account was deleted", func(w *world) {
			w.want(200, "olga", "DELETE", "/v1/organizations/{acme}/service-accounts/{bot}", "")
		}},
		{"who made it was removed", func(w *world) { w.do("otto", "acme", org.Remove{Person: w.people["olga"]}) }},
		{"its time was over", func(w *world) {
			w.do("olga", "acme", org.RescheduleKey{Account: account, Key: org.KeyID(w.ids["botkey"]), Expires: w.app.Now() + 1})
			w.passes(2000)
		}},
		{"the row of what proves it is gone", func(w *world) {
			if err := w.db.Keys().RemoveKey(w.Context(), w.ids["botkey"]); err != nil {
				w.Fatal(err)
			}
			w.app.ForgetKeys()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			account = org.AccountID(w.ids["bot"])
			w.with(w.botKey, 200, "", "GET", "/v1/organizations/{acme}", "")
			c.end(w)
			w.with(w.botKey, 401, errWrongKey.code, "GET", "/v1/organizations/{acme}", "")
			w.with(w.botKey, 401, errWrongKey.code, "GET", "/v1/me", "")
		})
	}
}

func TestARotatedKeyGoesOnForItsOverlapAndNoLonger_T169(t *testing.T) {
	w := newWorld(t)
	end := w.app.Now() + 60_000_000
	body := `{"old_ends_at":"` + end.Time().Format("2006-01-02T15:04:05Z07:00") + `"}`
	next := got[route.AccountKey](t, w.want(200, "olga", "POST", "/v1/organizations/{acme}/service-accounts/{bot}/keys/{botkey}/rotate", body))
	w.with(w.botKey, 200, "", "GET", "/v1/me", "")
	w.with(next.Secret, 200, "", "GET", "/v1/me", "")
	w.passes(61_000_000_000)
	w.with(w.botKey, 401, errWrongKey.code, "GET", "/v1/me", "")
	w.with(next.Secret, 200, "", "GET", "/v1/me", "")
}

func TestAKeysSecretIsShownOnceAndKeptNowhere_T161_T166_T216(t *testing.T) {
	w := newWorld(t)
	path, once := "/v1/organizations/{acme}/service-accounts/{bot}/keys", []string{"Idempotency-Key", "make-one"}
	first := got[route.AccountKey](t, w.want(200, "olga", "POST", path, `{}`, once...))
	again := got[route.AccountKey](t, w.want(200, "olga", "POST", path, `{}`, once...))
	if first.Secret == "" || again.Secret != "" || again.Key != first.Key {
		t.Errorf("made %s, repeated: %+v", first.Key, again)
	}
	w.with(first.Secret, 200, "", "GET", "/v1/me", "")
	w.with(w.key, 400, errMisplaced.code, "GET", "/v1/me?key="+first.Secret, "")
	for _, read := range []string{path, "/v1/organizations/{acme}/audit?limit=200", "/v1/organizations/{acme}/security-log"} {
		if strings.Contains(w.want(200, "olga", "GET", read, "").Body.String(), first.Secret) {
			t.Errorf("GET %s shows it", read)
		}
	}
	if strings.Contains(w.log.String(), first.Secret) {
		t.Error("the log has it")
	}
	keys, err := w.db.Keys().ListKeys(t.Context(), w.ids["bot"])
	if err != nil || len(keys) != 2 {
		t.Errorf("%d rows, %v: a repetition leaves none", len(keys), err)
	}
	w.refused(403, "permission.missing", "mia", "POST", path, `{}`)
	if keys, err := w.db.Keys().ListKeys(t.Context(), w.ids["bot"]); err != nil || len(keys) != 2 {
		t.Errorf("%d rows, %v: a refusal leaves none", len(keys), err)
	}
}

func TestARowWithoutItsFactOpensNothing_I52(t *testing.T) {
	w := newWorld(t)
	first := w.accountKey("olga", "bot", `{}`)
	rows, err := w.db.Keys().ListKeys(t.Context(), w.ids["bot"])
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.ID == string(first.Key) {
			if err := w.db.Keys().RemoveKey(t.Context(), row.ID); err != nil {
				t.Fatal(err)
			}
			row.ID = "key_01jq0000000000000000000000"
			if err := w.db.Keys().AddKey(t.Context(), row); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.with(first.Secret, 401, errWrongKey.code, "GET", "/v1/me", "")
}

func TestAKeyActsForPeopleIfTheOperatorMadeItForThat_T160(t *testing.T) {
	w := newWorld(t)
	acting := []string{actingFor, "{ada}"}
	w.with(w.botKey, 403, "key.not_for_acting", "GET", "/v1/me", "", acting...)
	w.refused(400, "body.unknown_field", "olga", "POST", "/v1/organizations/{acme}/service-accounts/{bot}/keys", `{"made_by":"{ada}"}`)
	w.refused(401, errNoKey.code, "nobody", "POST", "/v1/organizations/{acme}/service-accounts/{bot}/keys", `{"made_by":"{ada}"}`)
	w.refused(403, "operator.only", "olga", "POST", "/v1/organizations/{acme}/service-accounts/{bot}/keys", `{"acting":true}`)
	w.refused(409, "service_account.may_not_act", "", "POST", "/v1/organizations/{acme}/service-accounts/{bot}/keys", `{"acting":true}`)
	w.want(200, "", "PUT", "/v1/organizations/{acme}/service-accounts/{bot}/acting", `{"acting":true}`)
	k := w.accountKey("", "bot", `{"acting":true}`)
	w.with(k.Secret, 403, "key.for_acting", "GET", "/v1/organizations/{acme}", "")
	w.with(k.Secret, 200, "", "PATCH", "/v1/organizations/{acme}", `{"name":"Ours"}`, acting...)
	w.with(k.Secret, 403, "permission.missing", "PATCH", "/v1/organizations/{acme}", `{"name":"Mine"}`, actingFor, "{mia}")
	w.with(k.Secret, 403, "acting.not_vouched", "GET", "/v1/organizations/{acme}", "", actingFor, "{una}")
	w.with(k.Secret, 404, "organization.not_found", "GET", "/v1/organizations/{other}", "", actingFor, "{zed}")
	w.with(k.Secret, 403, "permission.missing", "POST", "/v1/organizations", `{"name":"Mine","slug":"mine"}`, acting...)
	log := w.want(200, "olga", "GET", "/v1/organizations/{acme}/audit?limit=200", "").Body.String()
	if !strings.Contains(log, `"actor":"`+string(w.people["ada"])+`","actor_name":"Ada Example","via":"`+string(k.Key)+`"`) {
		t.Error("the audit log does not name the person and the key")
	}
	w.want(200, "", "PUT", "/v1/organizations/{acme}/service-accounts/{bot}/acting", `{"acting":false}`)
	w.with(k.Secret, 401, errWrongKey.code, "GET", "/v1/organizations/{acme}", "", acting...)
}

func TestAKeyMakesNoneThatOutlastsIt_T164(t *testing.T) {
	w := newWorld(t)
	w.do("olga", "acme", org.SetAccountRole{Account: org.AccountID(w.ids["bot"]), Role: org.RoleAdmin},
		org.RescheduleKey{Account: org.AccountID(w.ids["bot"]), Key: org.KeyID(w.ids["botkey"]), Expires: w.app.Now() + 86_400_000_000})
	w.with(w.botKey, 403, "key.outlasts", "POST", "/v1/organizations/{acme}/service-accounts/{placed}/keys", `{}`)
	w.with(w.botKey, 403, org.ErrOwnAccount.Code, "POST", "/v1/organizations/{acme}/service-accounts/{bot}/keys", `{}`)
	_, err := w.app.Do(context.Background(), app.Caller{Account: org.AccountID(w.ids["bot"]), Only: []org.OrgID{org.OrgID(w.ids["acme"])}},
		org.OrgID(w.ids["other"]), org.Rename{Name: "Mine"}, app.Opts{})
	if err != org.ErrUnknownOrganization {
		t.Error(err)
	}
}
