package cli

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// meaning is what help says of a field or parameter of this name.
type meaning struct{ value, summary string }

var meanings = map[string]meaning{
	"org":                         {"ORG", "an organization: its slug, its id, or ext: and your own id"},
	"person":                      {"PERSON", "a person: usr_… or ext: and your own id"},
	"owner":                       {"PERSON", "who owns it; only the operator names somebody else"},
	"to":                          {"PERSON", "the member to become owner"},
	"step_down_to":                {"ROLE", "your own role from then on; owner if absent"},
	"account":                     {"ACCOUNT", "a service account: sa_… or ext: and your own id"},
	"old_ends_at":                 {"TIME", "until when the old key goes on; it ends at once if absent"},
	"accounts":                    {"", "with --everyone: all service accounts too"},
	"grants":                      {"PROJECT=ROLE", "a role in a project; repeat for more"},
	"acting":                      {"", "for acting for people; =false takes it back"},
	"action":                      {"ACTION", "what is done to everybody"},
	"people":                      {"PERSON", "one of the people: usr_…, ext: and your own id, or a mail address; repeat for more"},
	"csv":                         {"FILE", "a table with the column person, or - for stdin"},
	"skip_bad_lines":              {"", "do the other lines where some are refused"},
	"preview":                     {"", "tell what would happen, and do nothing"},
	"team":                        {"TEAM", "a team: team_… or ext: and your own id"},
	"teams":                       {"TEAM=ROLE", "a team and its role in every new project; may be repeated"},
	"project":                     {"PROJECT", "a project: prj_… or ext: and your own id"},
	"key":                         {"KEY", "a key: key_…"},
	"role":                        {"ROLE", "a role"},
	"from":                        {"ROLE", "the role that goes"},
	"permission":                  {"PERMISSION", "noun:verb; commonhold org permissions ORG lists them"},
	"everyone":                    {"", "everyone in the organization, now and later"},
	"manager":                     {"", "as a manager of the team"},
	"vouched":                     {"", "vouch; =false withdraws it"},
	"name":                        {"NAME", "the name people see"},
	"scope":                       {"SCOPE", "where a role is held"},
	"permissions":                 {"PERMISSION", "one that the role holds; repeat for more"},
	"everywhere":                  {"ROLE", "a project role it brings in every project"},
	"projects":                    {"PROJECT=ROLE", "a project role it brings in one project; repeat for more"},
	"holders":                     {"ID=ROLE", "what one holder gets, by a person's or a team's id or everyone; repeat for more"},
	"instead":                     {"ROLE", "what those who hold it get: a role, or none"},
	"gone":                        {"PERMISSION", "one that custom roles lose with the catalog; repeat for more"},
	"slug":                        {"SLUG", "a short name for addresses, such as acme"},
	"external_id":                 {"ID", "your own id for it, without ext:"},
	"address":                     {"MAIL", "where mail goes"},
	"timezone":                    {"ZONE", "an IANA time zone such as Europe/Berlin; UTC if absent"},
	"region":                      {"REGION", "where the data lives, in your words"},
	"source":                      {"SOURCE", "how it came about"},
	"catalog":                     {"DIGEST", "sha256:…, the catalog to adopt"},
	"plan":                        {"PLAN", "the plan's key"},
	"subscription":                {"STATE", "where the subscription stands"},
	"billing_admins_take_no_seat": {"", "billing admins take no seat"},
	"entitlements":                {"KEY=VALUE", "what the plan includes: on, off, unlimited or a number; may be repeated"},
	"entitlement":                 {"KEY", "an entitlement, or seats, projects, service_accounts or custom_roles"},
	"request":                     {"REQUEST", "a request: prq_… for another plan, arq_… for access"},
	"outcome":                     {"OUTCOME", "what becomes of it"},
	"finish_from":                 {"TIME", "from when on it can be finished; 72 hours from now if absent, 24 at least"},
	"invoice_address":             {"TEXT", "the address on invoices"},
	"country":                     {"CODE", "two capital letters, such as DE"},
	"tax_id":                      {"ID", "the tax id on invoices"},
	"contacts":                    {"MAIL=NAME", "where mail about invoices goes; may be repeated"},
	"start":                       {"TIME", "from when: RFC 3339, a day (2026-12-31), or a time from now (12h, 30d)"},
	"end":                         {"TIME", "until when: RFC 3339, a day (2026-12-31), or a time from now (12h, 30d)"},
	"expires_at":                  {"TIME", "when it ends: RFC 3339, a day (2026-12-31), or a time from now (12h, 30d)"},
	"find":                        {"TEXT", ""},
	"status":                      {"STATUS", ""},
	"members_create_projects":     {"", "plain members may create projects"},
	"creator_role":                {"ROLE", "what whoever creates a project gets in it"},
	"everyone_role":               {"ROLE", "what everyone gets in a new project"},
}

// meaningsIn are those of names that mean something else in one route.
var meaningsIn = map[string]meaning{
	"make_own_key.scope":         {"SCOPE", "read, or all"},
	"make_own_key.organizations": {"ORG", "the only ones that it opens; as many as the key in use if none is named; may be repeated"},
	"offer_project.to":           {"ORG", "the organization it would go to: its slug, its id, or ext: and your own id"},
	"preview_transfer.to":        {"ORG", ""},
	"transfer_project.to":        {"ORG", "the organization it goes to: its slug, its id, or ext: and your own id"},
	"hand_over.to":               {"PERSON", "who gets it"},
	"accept_transfer.project":    {"PROJECT", "prj_…, as commonhold transfer incoming shows it"},
}

// meaningIn is what a name means in a route.
func meaningIn(route, name string) meaning {
	if m, ok := meaningsIn[route+"."+name]; ok {
		return m
	}
	return meaningOf(name)
}

// meaningOf never comes back empty, so that a new field of a route has a flag before it has words here.
func meaningOf(name string) meaning {
	if m, ok := meanings[name]; ok {
		return m
	}
	return meaning{"VALUE", strings.ReplaceAll(name, "_", " ")}
}

// choices are the values that a type has, if they can be told.
func choices(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[org.OrgRole]():
		return texts(org.OrgRoles[:])
	case reflect.TypeFor[org.ProjectRole]():
		return texts(org.ProjectRoles[:])
	case reflect.TypeFor[org.Scope]():
		return []string{"organization", "project"}
	case reflect.TypeFor[org.Subscription]():
		return texts(org.Subscriptions[:])
	case reflect.TypeFor[org.PlanRequestOutcome]():
		return texts([]org.PlanRequestOutcome{org.PlanGranted, org.PlanDeclined})
	case reflect.TypeFor[org.PeopleAct]():
		return texts(org.PeopleActs[:])
	case reflect.TypeFor[org.Source]():
		return texts([]org.Source{org.ByHand, org.ByImport})
	}
	return nil
}

func texts[T ~string](of []T) []string {
	out := make([]string, len(of))
	for i, v := range of {
		out[i] = string(v)
	}
	return out
}

// jsonOf turns what was typed into the JSON of a field; of a list's field into that of one element.
func (p *Program) jsonOf(t reflect.Type, text string) (json.RawMessage, error) {
	if t == reflect.TypeFor[org.Instant]() {
		at, err := p.Instant(text)
		if err != nil {
			return nil, err
		}
		return json.Marshal(at)
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return json.Marshal(text)
	}
	switch t.Kind() {
	case reflect.String:
		if t == reflect.TypeFor[route.Upload]() {
			b, err := p.readFile(text)
			text = string(b)
			if err != nil {
				return nil, err
			}
		}
		return json.Marshal(text)
	case reflect.Bool:
		return json.RawMessage(text), nil // the flag is a switch, which takes true and false
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return p.pairOf(t.Elem(), text)
		}
		return p.jsonOf(t.Elem(), text)
	}
	return nil, fmt.Errorf("a %v cannot be typed here", t) // a test keeps routes from having one
}

// pairOf reads A=B as the first two fields of a struct; others are for those who write JSON.
func (p *Program) pairOf(t reflect.Type, text string) (json.RawMessage, error) {
	fields := fieldsOf(t)
	first, second, ok := strings.Cut(text, "=")
	if !ok || len(fields) < 2 {
		return nil, fmt.Errorf("write %s=%s, not %q", strings.ToUpper(fields[0].name), strings.ToUpper(fields[min(1, len(fields)-1)].name), text)
	}
	pair := map[string]json.RawMessage{}
	for i, part := range []string{first, second} {
		value, err := p.jsonOf(fields[i].typ, part)
		if err != nil {
			return nil, err
		}
		pair[fields[i].name] = value
	}
	return json.Marshal(pair)
}

var errTime = errors.New("write a time as 2026-12-31T18:00:00Z, a day as 2026-12-31, or a time from now as 12h or 30d")

// Instant reads a time in one of the forms that help names. Days begin at midnight UTC.
func (p *Program) Instant(text string) (org.Instant, error) {
	for _, form := range []string{time.RFC3339Nano, time.DateOnly, shownTime} {
		if at, err := time.Parse(form, text); err == nil {
			return org.At(at), nil
		}
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 100_000 {
			return org.At(p.Now().AddDate(0, 0, n)), nil
		}
		return 0, errTime
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, errTime
	}
	return org.At(p.Now().Add(d)), nil
}

func number(text string, least int, to *int) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return fmt.Errorf("%q is no number from %d on", text, least)
	}
	*to = n
	return nil
}
