package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
)

// Every route refuses a request in the name of somebody whose account is disabled, with the remedy; and takes it again
// once that is over.
func TestADisabledPersonIsRefusedAtEveryRoute_T158_T140(t *testing.T) {
	w := newWorld(t)
	w.spare()
	max, operator := w.people["max"], app.Caller{Operator: true, Key: w.keyID}
	if _, err := w.api.person.Disable(t.Context(), operator, max, true); err != nil {
		t.Fatal(err)
	}
	for _, r := range route.Table() {
		if r.Gate.Open {
			continue
		}
		answer := w.tryRow("max", r)
		if answer.Code != http.StatusForbidden || !strings.Contains(answer.Body.String(), `"person.disabled"`) {
			t.Errorf("%s: %d %s", r.Name, answer.Code, answer.Body)
		}
	}
	if _, err := w.api.person.Disable(t.Context(), operator, max, false); err != nil {
		t.Fatal(err)
	}
	for _, r := range route.Table() {
		if r.Name == "get_organization" {
			if answer := w.tryRow("max", r); answer.Code != http.StatusOK {
				t.Errorf("enabled: %d %s", answer.Code, answer.Body)
			}
		}
	}
}

// A key of one's own opens nothing while the account is disabled, on any path, nor is another one made; enabled, it opens
// what it did.
func TestOwnKeysOpenNothingWhileTheAccountIsDisabled_T158_T140(t *testing.T) {
	w := newWorld(t)
	w.want(200, "mia/all", "GET", "/v1/me", "")
	token := w.link("mia")
	w.want(200, "", "POST", "/v1/people/{mia}/disable", "")
	for _, try := range []struct{ method, path, body string }{
		{"GET", "/v1/me", ""}, {"GET", "/v1/me/keys", ""}, {"POST", "/v1/me/keys", `{` + aKey + `}`}, {"GET", "/v1/organizations", ""},
		{"GET", "/v1/organizations/{acme}", ""}, {"POST", "/v1/organizations", `{"name":"Mine","slug":"mine"}`},
	} {
		w.refused(403, "person.disabled", "mia/all", try.method, try.path, try.body)
	}
	w.refused(403, "person.disabled", "", "POST", "/v1/people/{mia}/key-links", "")
	w.refused(403, "person.disabled", "nobody", "POST", "/v1/key-links/redeem", `{"token":"`+token+`",`+aKey+`}`)
	w.want(200, "", "POST", "/v1/people/{mia}/enable", "")
	w.want(200, "mia/all", "GET", "/v1/organizations/{acme}", "")
	w.want(200, "", "DELETE", "/v1/people/{mia}", "")
	w.refused(401, "key.unknown", "mia/all", "GET", "/v1/me", "")
}
