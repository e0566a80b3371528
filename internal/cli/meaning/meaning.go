// Package meaning owns the words by which help explains the flags and arguments of derived commands. It knows them by the
// names that fields and parameters have in JSON, and nothing of the commands.
package meaning

import "strings"

// Meaning is what help says of a field or parameter: how its value is written, and what it is for.
type Meaning struct{ Value, Summary string }

var meanings = map[string]Meaning{
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
	"invitation":                  {"INVITATION", "an invitation: inv_…"},
	"token":                       {"TOKEN", "the token of the link"},
	"note":                        {"TEXT", "what you write to them, on one line"},
	"rows":                        {"WHO=ROLE", "one more to invite, with an organization role of their own; repeat for more"},
	"message":                     {"MESSAGE", "a message, as commonhold outbox list shows it"},
	"error":                       {"TEXT", "why it could not be sent"},
	"give_up":                     {"", "do not try again until somebody asks for that"},
	"organization":                {"ORG", ""},
	"find":                        {"TEXT", ""},
	"status":                      {"STATUS", ""},
	"members_create_projects":     {"", "plain members may create projects"},
	"creator_role":                {"ROLE", "what whoever creates a project gets in it"},
	"everyone_role":               {"ROLE", "what everyone gets in a new project"},
}

// meaningsIn are those of names that mean something else in one route.
var meaningsIn = map[string]Meaning{
	"make_own_key.scope":         {"SCOPE", "read, or all"},
	"make_own_key.organizations": {"ORG", "the only ones that it opens; as many as the key in use if none is named; may be repeated"},
	"offer_project.to":           {"ORG", "the organization it would go to: its slug, its id, or ext: and your own id"},
	"preview_transfer.to":        {"ORG", ""},
	"transfer_project.to":        {"ORG", "the organization it goes to: its slug, its id, or ext: and your own id"},
	"hand_over.to":               {"PERSON", "who gets it"},
	"preview_catalog.instead":    {"OLD=NEW", ""},
	"accept_transfer.project":    {"PROJECT", "prj_…, as commonhold transfer incoming shows it"},
	"invite.to":                  {"WHO", "a mail address, or a person's id; repeat for more"},
	"invite.teams":               {"TEAM", "a team to be in, or TEAM=true to manage it; repeat for more"},
	"change_invitation.teams":    {"TEAM", "a team to be in, or TEAM=true to manage it; repeat for more"},
}

// In is what a name means in a route.
func In(route, name string) Meaning {
	if m, ok := meaningsIn[route+"."+name]; ok {
		return m
	}
	return Of(name)
}

// Of never comes back empty, so that a new field of a route has a flag before it has words here.
func Of(name string) Meaning {
	if m, ok := meanings[name]; ok {
		return m
	}
	return Meaning{"VALUE", strings.ReplaceAll(name, "_", " ")}
}
