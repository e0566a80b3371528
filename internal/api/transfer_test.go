package api

import (
	"encoding/json"
	"testing"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

func transferred(t *testing.T, body []byte) route.Transferred {
	t.Helper()
	var out route.Transferred
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// owner is the word for somebody who owns an organization.
func (w *world) owner(of string) string {
	w.Helper()
	s, err := w.app.View(w.Context(), org.OrgID(w.ids[of]), freshEnough)
	if err != nil {
		w.Fatal(err)
	}
	for word, id := range w.people {
		if m, ok := s.Member(id, w.app.Now()); ok && m.Role == org.RoleOwner {
			return word
		}
	}
	w.Fatalf("nobody owns %s", of)
	return ""
}

// A project goes to and fro between two organizations, once by somebody who may in both, once by an offer.
func TestProjectsAreTransferredBothWays_T57_T58(t *testing.T) {
	w := newWorld(t)
	w.want(403, "pia", "POST", "/v1/organizations/{acme}/projects/{web}/transfer", `{"to":"{other}"}`)
	w.want(403, "olga", "POST", "/v1/organizations/{acme}/projects/{web}/transfer", `{"to":"{other}"}`)
	w.want(200, "olga", "PUT", "/v1/organizations/{acme}/projects/{web}/offer", `{"to":"{other}"}`)
	owner := w.owner("other")
	var incoming route.Page[route.Incoming]
	if err := json.Unmarshal(w.want(200, owner, "GET", "/v1/organizations/{other}/transfers/incoming", "").Body.Bytes(), &incoming); err != nil || len(incoming.Items) != 1 {
		t.Fatalf("%+v, %v", incoming, err)
	}
	body := `{"project":"{web}","keep_grants":true,"name":"From Acme"}`
	first := w.want(200, owner, "POST", "/v1/organizations/{other}/transfers/accept", body, "Idempotency-Key", "once")
	if got := transferred(t, first.Body.Bytes()); got.Project.Name != "From Acme" || string(got.From) != w.ids["acme"] || string(got.To) != w.ids["other"] {
		t.Errorf("%+v", got)
	}
	again := w.want(200, owner, "POST", "/v1/organizations/{other}/transfers/accept", body, "Idempotency-Key", "once")
	if again.Body.String() != first.Body.String() || again.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("asked again it says %s", again.Body)
	}
	w.want(404, "olga", "GET", "/v1/organizations/{acme}/projects/{web}", "")
	w.want(200, owner, "GET", "/v1/organizations/{other}/projects/{web}", "")
	w.want(404, owner, "POST", "/v1/organizations/{other}/transfers/accept", `{"project":"{web}"}`)
}

func TestWhoLosesWhatIsShownBeforeATransfer(t *testing.T) {
	w := newWorld(t)
	var losses route.Page[route.Loss]
	out := w.want(200, "olga", "GET", "/v1/organizations/{acme}/projects/{web}/transfer?to={other}&keep_grants=true&limit=200", "")
	if err := json.Unmarshal(out.Body.Bytes(), &losses); err != nil {
		t.Fatal(err)
	}
	if len(losses.Items) < 3 {
		t.Fatalf("%d people are shown", len(losses.Items))
	}
	for _, l := range losses.Items {
		if len(l.Holds) == 0 || len(l.Keeps) != 0 || l.Name == "" {
			t.Errorf("%+v", l)
		}
	}
}
