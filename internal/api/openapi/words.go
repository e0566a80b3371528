package openapi

import "strings"

const introduction = `Everything that belongs to an organization lies under its path. Where an id stands, ` + "`ext:`" + ` and the application's own key may stand, and for an organization its slug. Unknown fields and parameters are refused. What is not the caller's to know is answered like what does not exist.`

// areas are the parts of the API, by the word of the path that begins them.
var areas = []struct{ word, name, about string }{
	{"", "Instance", "The server itself, and who calls it."},
	{"people", "People", "Accounts of people, each for all of their organizations."},
	{"keys", "Keys", "The operator's keys."},
	{"organizations", "Organizations", "Organizations as a whole."},
	{"roles", "Roles", "Custom roles: what they hold, and who holds them."},
	{"members", "Members", "Who is in an organization, in which role."},
	{"service-accounts", "Service accounts", "Programs of an organization, in which role."},
	{"teams", "Teams", "Teams, who is in them, and what they give."},
	{"projects", "Projects", "Projects, and who has which role in them."},
	{"plan", "Plan", "The plan, what it limits and includes, and requests for another one."},
	{"billing", "Plan", ""},
	{"access", "Access", "Who may do what, and why."},
	{"check", "Access", ""},
	{"checks", "Access", ""},
	{"audit", "Audit", "What happened."},
	{"events", "Audit", ""},
	{"security-log", "Audit", ""},
}

func tags() (out []any) {
	for _, a := range areas {
		if a.about != "" {
			out = append(out, object{{"name", a.name}, {"description", a.about}})
		}
	}
	return out
}

// tagOf is the area of a path: the last that one of its words begins.
func tagOf(path string) string {
	tag := areas[0].name
	for part := range strings.SplitSeq(strings.TrimPrefix(strings.Replace(path, "/organizations/{org}", "", 1), "/v1"), "/") {
		for _, a := range areas {
			if part != "" && part == a.word {
				return a.name
			}
		}
	}
	if strings.HasPrefix(path, "/v1/organizations") {
		tag = "Organizations"
	}
	return tag
}

var pathWords = map[string]string{
	"org":     "The organization's id, its slug, or ext: and its external id.",
	"person":  "The person's id, or ext: and their external id.",
	"team":    "The team's id, or ext: and its external id.",
	"project": "The project's id, or ext: and its external id.",
	"request": "The id of the request for another plan.",
	"key":     "The key's id.",
	"role":    "The custom role's id.",
	"account": "The service account's id, or ext: and its external id.",
}

var parameters = object{
	{"ActingFor", object{{"name", "Commonhold-Acting-For"}, {"in", "header"}, {"schema", object{{"type", "string"}}},
		{"description", "The person for whom the key acts, by id or ext: and external id. Only people for whose sign-in the operator vouches. The request is judged by that person's rights, and the audit log names both."}}},
	{"IdempotencyKey", object{{"name", "Idempotency-Key"}, {"in", "header"}, {"schema", object{{"type", "string"}, {"pattern", "^[!-~]{1,255}$"}}},
		{"description", "Makes a repetition of this request, with the same body and by the same caller, have no second effect. Kept for two days."}}},
	{"Reason", object{{"name", "Commonhold-Reason"}, {"in", "header"}, {"schema", object{{"type", "string"}, {"maxLength", 500}}},
		{"description", "Why the command is given, on one line, for those who read the audit log. Kept beside the facts and erased with the people whom it is about."}}},
	{"IfMatch", object{{"name", "If-Match"}, {"in", "header"}, {"schema", object{{"type", "string"}}},
		{"description", "The ETag of the object as the caller has seen it. If it changed meanwhile, nothing happens and the answer is 412."}}},
	{"IfNoneMatch", object{{"name", "If-None-Match"}, {"in", "header"}, {"schema", object{{"type", "string"}}},
		{"description", "The ETag of what the caller has. If it is still so, the answer is 304 without a body."}}},
}

var headers = object{
	{"RequestId", object{{"schema", object{{"type", "string"}}}, {"description", "The id of the request in the server's log: the caller's own if it is a short word."}}},
	{"Version", object{{"schema", ref("schemas", "Version")}, {"description", "The version of the organization that was read, or that the command led to. Handed back as at_least it makes sure that no older one is read."}}},
	{"ETag", object{{"schema", object{{"type", "string"}}}, {"description", "Names the state of the object."}}},
	{"Replayed", object{{"schema", object{{"type", "string"}, {"enum", []string{"true"}}}}, {"description", "There if the answer is that of an earlier request with the same Idempotency-Key."}}},
}

// fieldWords explain fields by their names, which mean the same wherever they stand.
var fieldWords = map[string]string{
	"keys":                        "How many of its keys open.",
	"enabled":                     "Whether the service account is let in.",
	"keep_keys":                   "Keys of service accounts that the person made and that go on; whoever keeps them answers for them. The others end.",
	"acting":                      "Whether it is for acting for people: of a service account, whether the operator lets it; of a key, that it is good for nothing else.",
	"accounts":                    "With everyone: all service accounts too.",
	"account":                     "The service account.",
	"active":                      "How many members are active.",
	"actor":                       "Who did it: a person's id, or operator.",
	"actor_name":                  "The name of that person; absent if the account is gone.",
	"added_by":                    "Who made the person a member; absent if the operator did.",
	"address":                     "The mail address.",
	"agent":                       "What program sent the request, in its own words.",
	"allowed":                     "The decision, or the decisions in the order of the questions.",
	"at":                          "When it happened.",
	"came_from":                   "The address from which the request came, as the server saw it.",
	"catalog":                     "The digest of the table of permissions.",
	"category":                    "Where role pages show the permission.",
	"changed":                     "The version at which this last changed.",
	"checks":                      "The questions; at most 1,000.",
	"closes_at":                   "When the organization closes, or closed: from then on it answers nobody.",
	"code":                        "A stable word for the reason, for programs.",
	"command":                     "The command; all facts of one share it.",
	"count":                       "How many there were that day; 1 unless the line stands for many.",
	"counts":                      "Sizes, for those who may see all members.",
	"created_at":                  "When it was made.",
	"created_by":                  "Who made it; absent if the operator did.",
	"creator":                     "Who made the project; absent if the operator did.",
	"creator_role":                "The role that whoever creates a project gets in it; owner if absent.",
	"data":                        "The fact as it lies in the log.",
	"deciders":                    "People who could give it, at most 20.",
	"deleted_at":                  "When it was deleted; absent while it lives.",
	"deleted_projects":            "How many projects are deleted and can be restored.",
	"detail":                      "A sentence that says what is wrong and what to do, for people.",
	"end":                         "Until before when it holds; for ever if absent.",
	"entered":                     "Whether a member has been in, so that the operator gives no role here.",
	"everyone":                    "Everyone in the organization, now and later; of a project, whether it has a role for them.",
	"everyone_role":               "The role that everyone gets in a new project; none if absent.",
	"everywhere":                  "The project role that an organization role brings in every project.",
	"expires_at":                  "When it ends; never if absent.",
	"explicit":                    "Whether it is in no built-in role; owners may give it without holding it.",
	"external_id":                 "The application's own key; empty takes it away.",
	"fact":                        "The name of the fact in the log.",
	"facts":                       "What happened, in order.",
	"field":                       "The field or parameter that the problem is about, if it is one.",
	"from":                        "What is replaced.",
	"gone":                        "Permissions that custom roles hold and the catalog lacks, and that they lose.",
	"given_at":                    "When it was given.",
	"given_by":                    "Who gave it; absent if the operator did.",
	"grants":                      "How many roles in projects: of a member, those given to them alone.",
	"holder":                      "Who holds the role: a person's or a team's id, or everyone.",
	"holders":                     "Those who get something else than the rest.",
	"implies":                     "Permissions that come with it.",
	"instead":                     "What takes the place of what goes: a role for those who hold the deleted one, or none; or a new permission for each.",
	"items":                       "The rows.",
	"joined_at":                   "When the membership began.",
	"key":                         "The key: of a permission, its name; of the operator, its id.",
	"kind":                        "What sort of thing happened: refused, or read.",
	"last_used_on":                "The day of the last use; absent if there was none.",
	"left_out":                    "What the member held before and does not hold again.",
	"manager":                     "Whether the person manages the team.",
	"member":                      "The membership.",
	"members_create_projects":     "Whether plain members may create projects.",
	"more":                        "Whether there may be more at once, also behind no items.",
	"name":                        "The name.",
	"next":                        "The cursor behind the items; absent if nothing has ever happened here.",
	"now":                         "Whether it counts at this instant.",
	"operator":                    "Whether the key is an operator's.",
	"organization":                "The organization's id.",
	"organization_role":           "The organization role that gives it.",
	"organization_roles":          "Organization roles that hold it or would give it.",
	"owner":                       "The person who is to own the organization; named by the operator only.",
	"owners":                      "The owners who are active.",
	"people":                      "How many people: of a team, those in it; of a project, those with a role of their own. Absent if it is not the caller's to see.",
	"permission":                  "The permission's key.",
	"permissions":                 "The permissions.",
	"person":                      "The person.",
	"place":                       "The person's own place in the team, when it has bounds.",
	"places":                      "The places in teams.",
	"project":                     "The project; for a question, the organization if absent.",
	"project_roles":               "Project roles that hold it.",
	"projects":                    "Projects: how many, or every source of access to one.",
	"proposed":                    "The highest built-in role that gives nothing which this one does not, or none.",
	"ready":                       "Whether the person could sign in, as far as the organization knows.",
	"reason":                      "A word for the outcome: given, given_by_setting, not_given, not_a_member, suspended, organization_suspended, organization_closed, not_started, project_deleted, only_by_custom_role, unknown or unavailable; of an entitlement also included, not_included, no_plan and used_up.",
	"region":                      "Where the project's data lives, in the application's words.",
	"request":                     "The id under which the server's log has the request.",
	"reserved":                    "Whether no custom role may hold it.",
	"restore_by":                  "Until when it can be restored.",
	"role":                        "The role.",
	"roles":                       "Project roles that would give it, from the least to the most.",
	"scope":                       "Where it is held: in the organization, or in each project.",
	"secret":                      "The secret, shown this once.",
	"sentence":                    "In words.",
	"since":                       "The version with which the membership began.",
	"slug":                        "The short name in addresses.",
	"source":                      "How it came to be given.",
	"sources":                     "Every source of access.",
	"start":                       "From when on it holds; at once if absent.",
	"stated_reason":               "Why the command was given, in the words of whoever gave it; absent if none was stated, or if it was erased.",
	"asked_at":                    "When it was asked for.",
	"billing_admins_take_no_seat": "Whether billing admins take no seat.",
	"contacts":                    "Where mail about invoices goes.",
	"country":                     "The country, by its two letters in ISO 3166.",
	"custom_roles":                "How many custom roles there may be: a whole number as text, or unlimited.",
	"entitlements":                "What the plan includes, by key: on, off, unlimited or a whole number.",
	"finish_from":                 "From when on the recovery can be finished: 72 hours from now if absent, 24 at least.",
	"invoice_address":             "The address on invoices, its lines parted by line ends.",
	"left":                        "How much is left of it.",
	"limited":                     "Whether there is a number of it.",
	"limits":                      "What plans limit, how much of it there may be and how much is used.",
	"measure":                     "What is counted: seats, projects, service_accounts or custom_roles.",
	"most":                        "How much of it there may be, if it is limited.",
	"outcome":                     "What becomes of the request: granted or declined.",
	"over":                        "How much is used beyond the plan, or of what. Nobody is removed for that, and nothing is added.",
	"plan":                        "The plan's key.",
	"recovery":                    "A recovery that is open: the operator may make the person an owner from the instant on that it shows.",
	"seats":                       "How many seats there are: a whole number from 1 on as text, or unlimited.",
	"service_accounts":            "How many service accounts: of an organization, that there are; of a team or project, in it by themselves; of a plan, that there may be, as text.",
	"set_at":                      "When the plan was set.",
	"started_at":                  "When it was started.",
	"subscription":                "Where the subscription stands: trialing, active, past_due or canceled.",
	"tax_id":                      "The tax id on invoices.",
	"used":                        "How much of it is used.",
	"value":                       "on, off, unlimited or a whole number.",
	"status":                      "The status.",
	"step_down_to":                "The role that the caller keeps; as it is if absent.",
	"suspended":                   "How many members are suspended.",
	"suspended_at":                "Since when the operator has the organization suspended; absent if it is not.",
	"team":                        "The team.",
	"teams":                       "Teams: which, how many, or which roles they get in a new project.",
	"timezone":                    "The time zone, by its IANA name.",
	"title":                       "The status in words.",
	"to":                          "Who becomes owner, which role takes the place, or the organization that a project goes to.",
	"tried":                       "The operation of this API that was tried.",
	"type":                        "A name for the kind of problem, made of its code.",
	"unavailable":                 "Whether the log cannot be read, so that nothing but the id is known.",
	"until":                       "When the last of them was.",
	"url":                         "The address; it works once.",
	"version":                     "The version: of the organization, or of the person's row.",
	"via":                         "By which path it is held; in the audit log, the key that acted for the person.",
	"vouched":                     "Whether the operator vouches for the person's sign-in.",

	"approved":                  "Whether an owner stands behind the offer, or the settings ask for no approval.",
	"approved_by":               "The owner who approved it; absent if none has.",
	"ends_at":                   "When it ends.",
	"offered_at":                "When it was offered.",
	"offered_by":                "Who offered it; absent if the operator did.",
	"stands":                    "Whether it can be accepted now.",
	"no_project_invitations":    "Whether owners and admins of projects may not invite outsiders.",
	"transfer_without_approval": "Whether projects may be transferred without an owner's approval.",
	"from_name":                 "The name of the organization that the project is in.",
	"holds":                     "Every source of access there is before.",
	"keep_grants":               "Whether roles of people who are members there are given again, as far as the caller covers them there.",
	"keeps":                     "The roles they would have there; none if they would lose the project.",
	"kept":                      "Who has a role of their own in it there.",
	"owns_alone":                "The projects that nobody else owns by a role of their own, through a team or as part of everyone.",
	"created":                   "The projects that the person created.",
}
