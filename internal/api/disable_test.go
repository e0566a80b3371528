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
