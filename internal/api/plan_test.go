package api

import (
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

const acmePath = "/v1/organizations/{acme}"

// The two sentences of the product at once, at the door: a billing admin edits payment details and invites nobody; an
// admin adds members and buys nothing.
func TestBuyingAndInvitingAreApart_T31_I26(t *testing.T) {
	w := newWorld(t)
	const details = `{"name":"Acme Ltd","tax_id":"DE123","invoice_address":"1 Main Street\nSpringfield","country":"US","contacts":[{"address":"bills@example.com","name":"Accounts"}]}`
	member := `{"person":"{zed}","role":"member"}`
	w.refused(403, org.ErrNotAllowed.Code, "ada", "PUT", acmePath+"/billing", details)
	w.refused(403, org.ErrNotAllowed.Code, "ada", "GET", acmePath+"/billing", "")
	w.refused(403, org.ErrNotAllowed.Code, "ada", "GET", acmePath+"/plan", "")
	w.refused(403, org.ErrNotAllowed.Code, "bill", "POST", acmePath+"/members", member)
	w.want(200, "ada", "POST", acmePath+"/members", member)
	changed := got[route.Billing](t, w.want(200, "bill", "PUT", acmePath+"/billing", details))
	version := w.version("acme")
	again := got[route.Billing](t, w.want(200, "olga", "PUT", acmePath+"/billing", details))
	if again.Command != changed.Command || w.version("acme") != version {
		t.Error("the same details were written twice")
	}
	read := got[route.Billing](t, w.want(200, "bill", "GET", acmePath+"/billing", ""))
	if read.TaxID != "DE123" || len(read.Contacts) != 1 || read.Contacts[0].Address != "bills@example.com" || read.Command != changed.Command {
		t.Errorf("%+v", read)
	}
	if audit := w.want(200, "olga", "GET", acmePath+"/audit?limit=200", "").Body.String(); !strings.Contains(audit, "changed the billing details") ||
		strings.Contains(audit, "DE123") || strings.Contains(audit, "bills@example.com") {
		t.Error("the audit log lacks the change, or holds the details")
	}
	for _, bad := range []string{`{"name":" x"}`, `{"tax_id":"a\nb"}`, `{"country":"Germany"}`, `{"country":"de"}`, `{"contacts":[{"address":"nobody","name":"X"}]}`,
		`{"contacts":[{"address":"X <x@example.com>","name":"X"}]}`, `{"name":"` + strings.Repeat("x", 201) + `"}`, `{"name":"a\u202eb"}`} {
		w.refused(400, errBadBilling.Code, "bill", "PUT", acmePath+"/billing", bad)
	}
}

// A limit that is a number, missing or of another type is refused at the door, and the plan stays as it was.
func TestALimitThatIsNoneIsRefused_T63(t *testing.T) {
	w := newWorld(t)
	body := func(seats string) string {
		return `{"plan":"pro","subscription":"active",` + seats + `"projects":"unlimited","service_accounts":"5","custom_roles":"0"}`
	}
	w.want(200, "", "PUT", acmePath+"/plan", body(`"seats":"40",`))
	for _, seats := range []string{``, `"seats":40,`, `"seats":-1,`, `"seats":null,`, `"seats":true,`, `"seats":1e2,`, `"seats":{},`, `"seats":["40"],`, `"seats":"",`, `"seats":"0",`,
		`"seats":"-1",`, `"seats":"NaN",`, `"seats":"Unlimited",`, `"Seats":"unlimited",`, `"seats":"40","seats":"unlimited",`} {
		w.want(400, "", "PUT", acmePath+"/plan", body(seats))
	}
	p := got[org.Plan](t, w.want(200, "bill", "GET", acmePath+"/plan", ""))
	if p.Limits[0].Most != 40 || !p.Limits[0].Limited {
		t.Errorf("%+v", p.Limits[0])
	}
}

// While an organization is suspended, owners and billing admins see plan and billing, and nobody sees anything else.
func TestASuspendedOrganizationShowsItsPlan(t *testing.T) {
	w := newWorld(t)
	w.want(200, "", "POST", acmePath+"/suspend", "")
	for _, as := range []string{"olga", "bill"} {
		for _, path := range []string{"/plan", "/billing", "/plan/check?entitlement=seats"} {
			w.want(200, as, "GET", acmePath+path, "")
		}
	}
	if e := got[org.Entitled](t, w.want(200, "", "GET", acmePath+"/plan/check?entitlement=seats", "")); e.Allowed || e.Reason != org.ReasonOrgSuspended {
		t.Errorf("%+v", e)
	}
	w.refused(403, org.ErrNotAllowed.Code, "ada", "GET", acmePath+"/plan", "")
	w.refused(404, org.ErrUnknownOrganization.Code, "zed", "GET", acmePath+"/plan", "")
	for _, as := range []string{"olga", "bill", "ada", "mia"} {
		for _, path := range []string{"", "/settings", "/members", "/teams", "/projects", "/audit", "/plan/requests"} {
			w.refused(403, org.ErrOrganizationSuspended.Code, as, "GET", acmePath+path, "")
		}
	}
	w.refused(403, org.ErrOrganizationSuspended.Code, "bill", "PUT", acmePath+"/billing", `{}`)
}

// An organization past its days of closing answers as closed by itself; whoever looks first has its log ended.
func TestAClosedOrganization_T59_I11(t *testing.T) {
	w := newWorld(t)
	w.want(200, "olga", "POST", acmePath+"/delete", `{"slug":"acme"}`)
	w.passes(org.ClosingLasts)
	before := w.version("acme")
	w.refused(404, org.ErrClosed.Code, "mia", "GET", acmePath+"/projects", "")
	if w.version("acme") != before+1 {
		t.Errorf("version %d, it was %d", w.version("acme"), before)
	}
	for _, as := range []string{"olga", "ada"} {
		w.refused(404, org.ErrClosed.Code, as, "POST", acmePath+"/cancel-deletion", "")
		w.refused(404, org.ErrClosed.Code, as, "GET", acmePath, "")
		if p := got[route.Page[route.Organization]](t, w.want(200, as, "GET", "/v1/organizations", "")); len(p.Items) > 0 {
			t.Errorf("%s is in %+v", as, p.Items)
		}
	}
	w.refused(404, org.ErrUnknownOrganization.Code, "zed", "GET", acmePath, "")
	w.refused(404, org.ErrClosed.Code, "", "POST", acmePath+"/suspend", "")
	if o := got[route.Organization](t, w.want(200, "", "GET", acmePath, "")); o.Standing != org.StandsClosed {
		t.Errorf("%+v", o)
	}
	w.refused(409, org.ErrSlugTaken.Code, "zed", "POST", "/v1/organizations", `{"name":"Acme","slug":"acme"}`)
	if w.version("acme") != before+1 {
		t.Error("something follows the tombstone")
	}
}
