package api

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/commonhold/commonhold/internal/address"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

func (s *Server) getPlan(_ context.Context, c *call) (answer, error) {
	return c.shown(c.state.Plan(c.at)), nil
}

func (s *Server) checkEntitlement(_ context.Context, c *call) (answer, error) {
	return c.shown(c.state.Entitled(org.EntitlementKey(c.query["entitlement"]), c.at)), nil
}

func (s *Server) listPlanRequests(ctx context.Context, c *call) (answer, error) {
	p := page(s, c, c.state.PlanRequests(c.at, org.PlanRequestID(c.after)), func(r org.PlanRequest) string { return string(r.Request) })
	people, err := s.app.People(ctx, named(p.Items, func(r org.PlanRequest) org.PersonID { return r.Person }))
	return c.shown(route.Each(p, func(r org.PlanRequest) route.PlanRequest {
		return route.PlanRequest{PlanRequest: r, Name: people[r.Person].Name}
	})), err
}

func (s *Server) getBilling(ctx context.Context, c *call) (answer, error) {
	b, err := s.billing(ctx, c.state)
	return c.shown(b), err
}

// billing reads the note that went with the last change of the billing details.
func (s *Server) billing(ctx context.Context, state *org.State) (route.Billing, error) {
	b := route.Billing{Command: state.Billing()}
	if b.Command == "" {
		return b, nil
	}
	notes, err := s.app.Notes().Of(ctx, state.ID(), []org.CommandID{b.Command})
	if err != nil || notes[b.Command].Billing == "" {
		return b, err
	}
	return b, json.Unmarshal([]byte(notes[b.Command].Billing), &b.BillingRequest)
}

// changeBilling replaces the billing details. What is so already is not written again.
func (s *Server) changeBilling(ctx context.Context, c *call) (answer, error) {
	want := c.value.Interface().(route.BillingRequest)
	if err := validBilling(want); err != nil {
		return answer{}, err
	}
	was, err := s.billing(ctx, c.state)
	if err != nil {
		return answer{}, err
	}
	if was.Command != "" && reflect.DeepEqual(was.BillingRequest, want) {
		return c.shown(was), nil
	}
	text, err := json.Marshal(want)
	if err != nil {
		return answer{}, err
	}
	given := c.given
	given.Billing = string(text)
	r, err := s.app.Do(ctx, c.caller, c.org, org.ChangeBilling{}, app.Opts{Given: given})
	if err != nil {
		return answer{}, err
	}
	c.state = r.State
	return c.shown(route.Billing{BillingRequest: want, Command: r.State.Billing()}), nil
}

// errBadBilling refuses details that no invoice could show.
var errBadBilling = &org.Refusal{Kind: org.Invalid, Code: "billing.malformed",
	Text: "A name and tax id have up to 200 visible characters, the address 500, a country is two capital letters, and up to 10 contacts are mail addresses with names."}

func validBilling(b route.BillingRequest) error {
	ok := visible(b.Name, 200, false) && visible(b.TaxID, 200, false) && visible(b.Address, 500, true) && len(b.Contacts) <= 10 &&
		(b.Country == "" || len(b.Country) == 2 && strings.Trim(b.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "")
	for _, c := range b.Contacts {
		_, err := address.Parse(c.Address)
		ok = ok && err == nil && visible(c.Name, 200, false)
	}
	if !ok {
		return errBadBilling
	}
	return nil
}

// visible reports whether a text has no more characters than that and only such as are seen, or line ends if it may
// have lines.
func visible(text string, most int, lines bool) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && text == strings.TrimSpace(text) &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) && !(lines && r == '\n') })
}
