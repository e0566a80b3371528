package route

import (
	"slices"

	"github.com/commonhold/commonhold/org"
)

// Table is every route, in the order of the documentation.
func Table() []Route {
	return slices.Concat(instance, ownKeys, outbox, organization, members, accounts, roles, teams, projects, requests, invitations, transfers, plans, access, history)
}

const inOrg = "/v1/organizations/{org}"

var operator = Gate{Operator: true}

var instance = []Route{
	{Name: "openapi", Method: "GET", Path: "/v1/openapi.json", Summary: "Describe this API as an OpenAPI 3.1 document", Gate: Gate{Open: true}, Answer: map[string]any{}},
	{Name: "whoami", Method: "GET", Path: "/v1/me", Summary: "Tell who the caller is", CLI: "whoami", Gate: Gate{Caller: true}, Answer: Me{}},
	{Name: "list_organizations", Method: "GET", Path: "/v1/organizations", Summary: "List organizations: all for the operator, their own for a person", CLI: "org list",
		Gate: Gate{Caller: true}, Answer: Organization{}, Paged: true},
	{Name: "create_organization", Method: "POST", Path: "/v1/organizations", Summary: "Create an organization", CLI: "org create",
		Command: org.CreateOrganization{}, Answer: Organization{}, Tell: tellOrganization},
	{Name: "list_events", Method: "GET", Path: "/v1/events", Summary: "Follow what happens in all organizations whose audit log the caller may read; also as server-sent events",
		Gate: Gate{Caller: true}, Answer: Events{}, Params: []Param{
			{Name: "after", Summary: "the cursor that the answer before gave as next, or latest; from the beginning if absent"},
			{Name: "limit", Summary: "how many events the answer has at most, 1 to 200; 50 if not said", Kind: "integer"},
			{Name: "wait", Summary: "how many seconds to wait for an event if there is none, up to 30", Kind: "integer"},
		}},
	{Name: "list_people", Method: "GET", Path: "/v1/people", Summary: "List the people of this instance", CLI: "person list", Gate: operator, Answer: Person{}, Paged: true},
	{Name: "add_person", Method: "POST", Path: "/v1/people", Summary: "Make a person", CLI: "person add", Gate: operator, Body: PersonRequest{}, Answer: Person{}},
	{Name: "get_person", Method: "GET", Path: "/v1/people/{person}", Summary: "Show a person", CLI: "person show", Gate: Gate{Operator: true, Self: true}, Answer: Person{}},
	{Name: "change_person", Method: "PUT", Path: "/v1/people/{person}", Summary: "Replace a person's name, address and external id", CLI: "person change",
		Gate: operator, Body: PersonRequest{}, Answer: Person{}},
	{Name: "vouch", Method: "PUT", Path: "/v1/people/{person}/vouched", Summary: "Vouch for a person's sign-in, or withdraw that", CLI: "person vouch",
		Gate: operator, Body: VouchRequest{}, Answer: Person{}},
	{Name: "disable_person", Method: "POST", Path: "/v1/people/{person}/disable", Summary: "Disable a person's account, and make every membership of theirs give nothing", CLI: "person disable",
		Gate: operator, Answer: PersonSet{}},
	{Name: "enable_person", Method: "POST", Path: "/v1/people/{person}/enable", Summary: "Enable a person's account, and make every membership of theirs give again what it gave", CLI: "person enable",
		Gate: operator, Answer: PersonSet{}},
	{Name: "erase_person", Method: "DELETE", Path: "/v1/people/{person}", Summary: "Erase a person: all that they are in organizations, and everything that is kept of them beside the logs", CLI: "person erase",
		Gate: operator, Answer: PersonErased{}},
	{Name: "list_keys", Method: "GET", Path: "/v1/keys", Summary: "List the operator's keys", CLI: "key list", Gate: operator, Answer: Key{}, Paged: true},
	{Name: "add_key", Method: "POST", Path: "/v1/keys", Summary: "Make an operator's key; its secret is shown once", CLI: "key add", Gate: operator, Body: KeyRequest{}, Answer: Key{}},
	{Name: "remove_key", Method: "DELETE", Path: "/v1/keys/{key}", Summary: "End an operator's key", CLI: "key remove", Gate: operator},
	{Name: "console_link", Method: "POST", Path: "/v1/console-links", Summary: "Make a link that opens the console once", CLI: "link", Gate: operator, Answer: Link{}},
}

var organization = []Route{
	{Name: "get_organization", Method: "GET", Path: inOrg, Summary: "Show an organization", CLI: "org show", Gate: Gate{Operator: true, Member: true}, Answer: Organization{}},
	{Name: "rename_organization", Method: "PATCH", Path: inOrg, Summary: "Change the organization's name, slug or both; the old slug leads on", CLI: "org rename",
		Command: org.Rename{}, Answer: Organization{}, Tell: tellOrganization},
	{Name: "get_settings", Method: "GET", Path: inOrg + "/settings", Summary: "Show the settings", CLI: "org settings",
		Gate: Gate{Operator: true, Org: "organization:edit"}, Answer: org.Settings{}},
	{Name: "set_settings", Method: "PUT", Path: inOrg + "/settings", Summary: "Replace the settings", CLI: "org set-settings",
		Command: org.SetSettings{}, Answer: org.Settings{}, Tell: func(t Told) any { return t.After.Settings() }},
	{Name: "set_organization_external_id", Method: "PUT", Path: inOrg + "/external-id", Summary: "Set the organization's external id; empty takes it away", CLI: "org set-external-id",
		Command: org.SetExternalID{}, Answer: Done{}, Tell: done},
	{Name: "adopt_catalog", Method: "PUT", Path: inOrg + "/catalog", Summary: "Adopt another catalog of permissions", CLI: "org adopt-catalog",
		Command: org.AdoptCatalog{}, Answer: Done{}, Tell: done},
	{Name: "preview_catalog", Method: "GET", Path: inOrg + "/catalog/changes", Summary: "Show who would gain and lose which permission where by another catalog, roles first", CLI: "catalog diff",
		Gate: operator, Answer: org.CatalogChange{}, Paged: true, Params: []Param{
			{Name: "catalog", Summary: "the digest of the catalog to adopt", Required: true},
			{Name: "instead", Summary: "what takes the place of permissions that custom roles hold and the catalog lacks, as old=new with commas between them; what is not named goes"}}},
	{Name: "get_catalog", Method: "GET", Path: inOrg + "/catalog", Summary: "Show the permissions and which built-in role holds them", CLI: "org permissions",
		Gate: Gate{Operator: true, Member: true}, Answer: Catalog{}},
	{Name: "transfer_ownership", Method: "POST", Path: inOrg + "/transfer-ownership", Summary: "Make another member owner and, if wished, step down, in one version", CLI: "org transfer-ownership",
		Command: org.TransferOwnership{}, Answer: Done{}, Tell: done},
	{Name: "delete_organization", Method: "POST", Path: inOrg + "/delete", Summary: "Delete the organization: it closes in 90 days, in which any owner can cancel that", CLI: "org delete",
		Command: org.DeleteOrganization{}, Answer: Organization{}, Tell: tellOrganization},
	{Name: "cancel_deletion", Method: "POST", Path: inOrg + "/cancel-deletion", Summary: "Keep an organization that was deleted and has not closed yet", CLI: "org cancel-deletion",
		Command: org.CancelDeletion{}, Answer: Organization{}, Tell: tellOrganization},
	{Name: "suspend_organization", Method: "POST", Path: inOrg + "/suspend", Summary: "Suspend the organization: every check denies until that is lifted", CLI: "org suspend",
		Command: org.SuspendOrganization{}, Answer: Organization{}, Tell: tellOrganization},
	{Name: "lift_suspension", Method: "POST", Path: inOrg + "/lift-suspension", Summary: "Lift the organization's suspension", CLI: "org lift-suspension",
		Command: org.LiftSuspension{}, Answer: Organization{}, Tell: tellOrganization},
	{Name: "start_recovery", Method: "POST", Path: inOrg + "/recovery", Summary: "Begin to make a member owner because no owner can act; every member is told, and any owner can stop it", CLI: "org start-recovery",
		Command: org.StartRecovery{}, Answer: Organization{}, Tell: tellOrganization},
	{Name: "stop_recovery", Method: "POST", Path: inOrg + "/recovery/stop", Summary: "Stop the recovery that is open", CLI: "org stop-recovery",
		Command: org.StopRecovery{}, Answer: Organization{}, Tell: tellOrganization},
	{Name: "finish_recovery", Method: "POST", Path: inOrg + "/recovery/finish", Summary: "Make the member whom the recovery names owner, once its time is over", CLI: "org finish-recovery",
		Command: org.FinishRecovery{}, Answer: Organization{}, Tell: tellOrganization},
	{Name: "leave", Method: "POST", Path: inOrg + "/leave", Summary: "Leave the organization", CLI: "org leave", Command: org.Leave{}, Answer: Done{}, Tell: done},
	{Name: "enter", Method: "POST", Path: inOrg + "/enter", Summary: "Note that a member has been in, as any reading or command of theirs does", CLI: "org enter",
		Command: org.Enter{}, Answer: Done{}, Tell: done},
}

func done(t Told) any { return Done{t.After.Version()} }

func tellOrganization(t Told) any { return ViewOrganization(t.After, t.At) }

var members = []Route{
	{Name: "list_members", Method: "GET", Path: inOrg + "/members", Summary: "List members", CLI: "member list",
		Gate: Gate{Operator: true, Org: "members:view"}, Answer: Member{}, Paged: true, Params: []Param{
			{Name: "find", Summary: "part of a name or address, of three letters or more"},
			{Name: "role", Summary: "only this organization role"},
			{Name: "status", Summary: "only active or suspended"},
		}},
	{Name: "add_member", Method: "POST", Path: inOrg + "/members", Summary: "Make a person a member", CLI: "member add",
		Command: org.AddMember{}, Answer: org.Member{}, Tell: tellMember(func(c org.Command) org.PersonID { return c.(org.AddMember).Person })},
	{Name: "get_member", Method: "GET", Path: inOrg + "/members/{person}", Summary: "Show a member", CLI: "member show",
		Gate: Gate{Operator: true, Self: true, Org: "members:view"}, Answer: Member{}},
	{Name: "set_role", Method: "PUT", Path: inOrg + "/members/{person}/role", Summary: "Change a member's organization role", CLI: "member set-role",
		Command: org.SetRole{}, Answer: org.Member{}, Tell: tellMember(func(c org.Command) org.PersonID { return c.(org.SetRole).Person })},
	{Name: "reschedule_member", Method: "PUT", Path: inOrg + "/members/{person}/dates", Summary: "Set when a membership starts and ends", CLI: "member set-dates",
		Command: org.Reschedule{}, Answer: org.Member{}, Tell: tellMember(func(c org.Command) org.PersonID { return c.(org.Reschedule).Person })},
	{Name: "suspend_member", Method: "POST", Path: inOrg + "/members/{person}/suspend", Summary: "Suspend a member", CLI: "member suspend",
		Command: org.Suspend{}, Answer: org.Member{}, Tell: tellMember(func(c org.Command) org.PersonID { return c.(org.Suspend).Person })},
	{Name: "reactivate_member", Method: "POST", Path: inOrg + "/members/{person}/reactivate", Summary: "Lift a member's suspension", CLI: "member reactivate",
		Command: org.Reactivate{}, Answer: org.Member{}, Tell: tellMember(func(c org.Command) org.PersonID { return c.(org.Reactivate).Person })},
	{Name: "remove_member", Method: "DELETE", Path: inOrg + "/members/{person}", Summary: "Remove a member with everything they hold here", CLI: "member remove",
		Command: org.Remove{}, Answer: Done{}, Tell: done},
	{Name: "hand_over", Method: "POST", Path: inOrg + "/members/{person}/hand-over", Summary: "Give what a member holds in projects to another and remove the first, in one version", CLI: "member hand-over",
		Command: org.HandOver{}, Answer: Passed{}, Tell: tellPassed(func(c org.Command) (from, to org.PersonID) { h := c.(org.HandOver); return h.Person, h.To })},
	{Name: "copy_access", Method: "POST", Path: inOrg + "/members/{person}/copy-access", Summary: "Give a member the access that another one has, as far as the caller covers it", CLI: "member copy-access",
		Command: org.CopyAccess{}, Answer: Passed{}, Tell: tellPassed(func(c org.Command) (from, to org.PersonID) { a := c.(org.CopyAccess); return a.From, a.Person })},
	{Name: "restore_member", Method: "POST", Path: inOrg + "/members/{person}/restore", Summary: "Restore a removed member within 30 days", CLI: "member restore",
		Command: org.Restore{}, Answer: Restored{}, Tell: tellRestored},
	{Name: "change_people", Method: "POST", Path: inOrg + "/change-people", Summary: "Add, suspend, reactivate, remove, restore or change the role of up to 5,000 people at once", CLI: "member change-many",
		Gate: Gate{Operator: true, Member: true}, Body: PeopleRequest{}, Answer: PeopleReport{}},
	{Name: "get_holdings", Method: "GET", Path: inOrg + "/members/{person}/holdings", Summary: "Show all that a member holds, with every source", CLI: "member holdings",
		Gate: Gate{Operator: true, Self: true, Org: "members:view"}, Answer: org.Holding{}},
}

func tellMember(of func(org.Command) org.PersonID) func(Told) any {
	return func(t Told) any {
		m, _ := t.After.Member(of(t.Command), t.At)
		return m
	}
}

func tellRestored(t Told) any {
	person := t.Command.(org.Restore).Person
	out := Restored{LeftOut: NotRestored(t.Before, t.After, person, t.At), Version: t.After.Version()}
	out.Member, _ = t.After.Member(person, t.At)
	return out
}

// NotRestored compares what somebody held when they were removed with what they hold again.
func NotRestored(before, after *org.State, person org.PersonID, at org.Instant) []LeftOut {
	out := []LeftOut{}
	member, _ := after.Member(person, at)
	grants, places, _ := before.Former(person, at)
	holding, _ := after.Holds(person, at)
	for _, g := range grants {
		if !slices.ContainsFunc(holding.Projects, func(h org.Held) bool {
			return h.Via == org.ViaPerson && h.Project == g.Project && h.Role == g.Role && h.Source == g.Source
		}) {
			out = append(out, LeftOut{Project: g.Project, Role: g.Role})
		}
	}
	for _, p := range places {
		if !slices.Contains(member.Teams, p.Team) {
			out = append(out, LeftOut{Team: p.Team})
		}
	}
	return out
}

var teams = []Route{
	{Name: "list_teams", Method: "GET", Path: inOrg + "/teams", Summary: "List teams: all for those who see all members, one's own for others", CLI: "team list",
		Gate: Gate{Operator: true, Member: true}, Answer: org.Team{}, Paged: true, Params: []Param{{Name: "find", Summary: "part of the name"}}},
	{Name: "create_team", Method: "POST", Path: inOrg + "/teams", Summary: "Create a team", CLI: "team create",
		Command: org.CreateTeam{}, Answer: org.Team{}, Tell: tellTeam(func(c org.Command) org.TeamID { return c.(org.CreateTeam).Team })},
	{Name: "get_team", Method: "GET", Path: inOrg + "/teams/{team}", Summary: "Show a team", CLI: "team show",
		Gate: Gate{Operator: true, Org: "members:view", InTeam: true}, Answer: org.Team{}},
	{Name: "rename_team", Method: "PUT", Path: inOrg + "/teams/{team}/name", Summary: "Rename a team", CLI: "team rename",
		Command: org.RenameTeam{}, Answer: org.Team{}, Tell: tellTeam(func(c org.Command) org.TeamID { return c.(org.RenameTeam).Team })},
	{Name: "set_team_external_id", Method: "PUT", Path: inOrg + "/teams/{team}/external-id", Summary: "Set a team's external id; empty takes it away", CLI: "team set-external-id",
		Command: org.SetTeamExternalID{}, Answer: org.Team{}, Tell: tellTeam(func(c org.Command) org.TeamID { return c.(org.SetTeamExternalID).Team })},
	{Name: "delete_team", Method: "DELETE", Path: inOrg + "/teams/{team}", Summary: "Delete a team and what it gives", CLI: "team delete",
		Command: org.DeleteTeam{}, Answer: Done{}, Tell: done},
	{Name: "list_roster", Method: "GET", Path: inOrg + "/teams/{team}/members", Summary: "List the people of a team", CLI: "team members",
		Gate: Gate{Operator: true, Org: "members:view", InTeam: true}, Answer: Place{}, Paged: true},
	{Name: "place_in_team", Method: "PUT", Path: inOrg + "/teams/{team}/members/{person}", Summary: "Put a member into a team, or change their place", CLI: "team add",
		Command: org.PlaceInTeam{}, Answer: Done{}, Tell: done},
	{Name: "take_from_team", Method: "DELETE", Path: inOrg + "/teams/{team}/members/{person}", Summary: "Take a person out of a team", CLI: "team remove",
		Command: org.TakeFromTeam{}, Answer: Done{}, Tell: done},
	{Name: "list_team_grants", Method: "GET", Path: inOrg + "/teams/{team}/grants", Summary: "List the team's role in each project", CLI: "team grants",
		Gate: Gate{Operator: true, Org: "members:view", InTeam: true}, Answer: org.Grant{}, Paged: true},
}

func tellTeam(of func(org.Command) org.TeamID) func(Told) any {
	return func(t Told) any {
		v, _ := t.After.Team(of(t.Command))
		return v
	}
}

var projects = []Route{
	{Name: "list_projects", Method: "GET", Path: inOrg + "/projects", Summary: "List projects: all for those who see all members, those they may see for others", CLI: "project list",
		Gate: Gate{Operator: true, Member: true}, Answer: org.Project{}, Paged: true, Params: []Param{
			{Name: "find", Summary: "part of the name"},
			{Name: "deleted", Summary: "the deleted ones instead", Kind: "boolean"},
		}},
	{Name: "create_project", Method: "POST", Path: inOrg + "/projects", Summary: "Create a project", CLI: "project create",
		Command: org.CreateProject{}, Answer: org.Project{}, Tell: tellProject(func(c org.Command) org.ProjectID { return c.(org.CreateProject).Project })},
	{Name: "get_project", Method: "GET", Path: inOrg + "/projects/{project}", Summary: "Show a project", CLI: "project show",
		Gate: Gate{Operator: true, Org: "members:view", Project: "project:view"}, Answer: org.Project{}},
	{Name: "rename_project", Method: "PUT", Path: inOrg + "/projects/{project}/name", Summary: "Rename a project", CLI: "project rename",
		Command: org.RenameProject{}, Answer: org.Project{}, Tell: tellProject(func(c org.Command) org.ProjectID { return c.(org.RenameProject).Project })},
	{Name: "set_project_timezone", Method: "PUT", Path: inOrg + "/projects/{project}/timezone", Summary: "Set a project's time zone", CLI: "project set-timezone",
		Command: org.SetProjectTimezone{}, Answer: org.Project{}, Tell: tellProject(func(c org.Command) org.ProjectID { return c.(org.SetProjectTimezone).Project })},
	{Name: "set_project_external_id", Method: "PUT", Path: inOrg + "/projects/{project}/external-id", Summary: "Set a project's external id; empty takes it away", CLI: "project set-external-id",
		Command: org.SetProjectExternalID{}, Answer: org.Project{}, Tell: tellProject(func(c org.Command) org.ProjectID { return c.(org.SetProjectExternalID).Project })},
	{Name: "delete_project", Method: "DELETE", Path: inOrg + "/projects/{project}", Summary: "Delete a project; it can be restored for 90 days", CLI: "project delete",
		Command: org.DeleteProject{}, Answer: org.Project{}, Tell: tellProject(func(c org.Command) org.ProjectID { return c.(org.DeleteProject).Project })},
	{Name: "restore_project", Method: "POST", Path: inOrg + "/projects/{project}/restore", Summary: "Restore a deleted project", CLI: "project restore",
		Command: org.RestoreProject{}, Answer: org.Project{}, Tell: tellProject(func(c org.Command) org.ProjectID { return c.(org.RestoreProject).Project })},
	{Name: "reset_project", Method: "POST", Path: inOrg + "/projects/{project}/reset", Summary: "Put an empty project of the same name and grants in the place of one, which can be restored for 90 days", CLI: "project reset",
		Command: org.ResetProject{}, Answer: org.Project{}, Tell: tellProject(func(c org.Command) org.ProjectID { return c.(org.ResetProject).Successor })},
	{Name: "offer_project", Method: "PUT", Path: inOrg + "/projects/{project}/offer", Summary: "Offer a project to another organization for 14 days", CLI: "project offer",
		Command: org.OfferProject{}, Answer: org.Offer{}, Tell: tellOffer(func(c org.Command) org.ProjectID { return c.(org.OfferProject).Project })},
	{Name: "approve_offer", Method: "POST", Path: inOrg + "/projects/{project}/offer/approve", Summary: "Approve, as an owner, that a project goes to the organization it is offered to", CLI: "project approve-offer",
		Command: org.ApproveOffer{}, Answer: org.Offer{}, Tell: tellOffer(func(c org.Command) org.ProjectID { return c.(org.ApproveOffer).Project })},
	{Name: "withdraw_offer", Method: "DELETE", Path: inOrg + "/projects/{project}/offer", Summary: "Take the offer of a project back", CLI: "project withdraw-offer",
		Command: org.WithdrawOffer{}, Answer: Done{}, Tell: done},
	{Name: "list_project_people", Method: "GET", Path: inOrg + "/projects/{project}/people", Summary: "List the people of a project with every source of their access", CLI: "project people",
		Gate: Gate{Operator: true, Project: "project:view_people"}, Answer: Access{}, Paged: true},
	{Name: "list_grants", Method: "GET", Path: inOrg + "/projects/{project}/grants", Summary: "List the roles given in a project", CLI: "grant list",
		Gate: Gate{Operator: true, Project: "project:view_people"}, Answer: org.Grant{}, Paged: true},
	{Name: "give", Method: "POST", Path: inOrg + "/projects/{project}/grants", Summary: "Give a person, a team or everyone a role in a project", CLI: "grant give",
		Command: org.Give{}, Answer: Done{}, Tell: done},
	{Name: "take", Method: "POST", Path: inOrg + "/projects/{project}/grants/take", Summary: "Take a role in a project away", CLI: "grant take",
		Command: org.Take{}, Answer: Done{}, Tell: done},
	{Name: "change_grant", Method: "POST", Path: inOrg + "/projects/{project}/grants/change", Summary: "Put one role in the place of another, in one version", CLI: "grant change",
		Command: org.Change{}, Answer: Done{}, Tell: done},
	{Name: "reschedule_grant", Method: "POST", Path: inOrg + "/projects/{project}/grants/dates", Summary: "Set when a role in a project starts and ends", CLI: "grant set-dates",
		Command: org.RescheduleGrant{}, Answer: Done{}, Tell: done},
}

func tellProject(of func(org.Command) org.ProjectID) func(Told) any {
	return func(t Told) any {
		v, _ := t.After.Project(of(t.Command))
		return v
	}
}

func tellOffer(of func(org.Command) org.ProjectID) func(Told) any {
	return func(t Told) any {
		o, _ := t.After.Offer(of(t.Command), t.At)
		return o
	}
}

// billing lets in who sees the plan, also while the organization is suspended.
var billing = Gate{Operator: true, Org: "plan:view", Suspended: true}

var plans = []Route{
	{Name: "get_plan", Method: "GET", Path: inOrg + "/plan", Summary: "Show the plan, what it limits, how much of that is used, and what is over", CLI: "plan show",
		Gate: billing, Answer: org.Plan{}},
	{Name: "set_plan", Method: "PUT", Path: inOrg + "/plan", Summary: "Set the plan with all of its limits and entitlements", CLI: "plan set",
		Command: org.SetPlan{}, Answer: org.Plan{}, Tell: func(t Told) any { return t.After.Plan(t.At) }},
	{Name: "check_entitlement", Method: "GET", Path: inOrg + "/plan/check", Summary: "Answer whether the organization may use something that plans speak of, and how much is left", CLI: "plan check",
		Gate: billing, Answer: org.Entitled{}, Params: []Param{{Name: "entitlement", Summary: "an entitlement's key, or seats, projects, service_accounts or custom_roles", Required: true}}},
	{Name: "list_plan_requests", Method: "GET", Path: inOrg + "/plan/requests", Summary: "List the open requests for another plan", CLI: "plan requests",
		Gate: Gate{Operator: true, Org: "plan:manage"}, Answer: PlanRequest{}, Paged: true},
	{Name: "request_plan", Method: "POST", Path: inOrg + "/plan/requests", Summary: "Ask those who manage the plan for another one", CLI: "plan request",
		Command: org.RequestPlan{}, Answer: Done{}, Tell: done},
	{Name: "withdraw_plan_request", Method: "DELETE", Path: inOrg + "/plan/requests", Summary: "Take one's own request for another plan back", CLI: "plan withdraw-request",
		Command: org.WithdrawPlanRequest{}, Answer: Done{}, Tell: done},
	{Name: "close_plan_request", Method: "POST", Path: inOrg + "/plan/requests/{request}/close", Summary: "Answer a request for another plan; the plan itself is changed by whoever sells it", CLI: "plan close-request",
		Command: org.ClosePlanRequest{}, Answer: Done{}, Tell: done},
	{Name: "get_billing", Method: "GET", Path: inOrg + "/billing", Summary: "Show by whom and where the organization is billed", CLI: "billing show",
		Gate: billing, Answer: Billing{}},
	{Name: "change_billing", Method: "PUT", Path: inOrg + "/billing", Summary: "Replace billing contacts, tax id and invoice address", CLI: "billing change",
		Gate: Gate{Org: "plan:manage"}, Body: BillingRequest{}, Answer: Billing{}},
}

// asked lets in those who may be told what a person may do: the operator, the person, who sees all members, and who sees
// the people of the project in question.
var asked = Gate{Operator: true, Self: true, Org: "members:view", Project: "project:view_people"}

var access = []Route{
	{Name: "check", Method: "POST", Path: inOrg + "/check", Summary: "Answer whether a person may do something", CLI: "check",
		Gate: asked, Reads: true, Body: CheckRequest{}, Answer: CheckAnswer{}},
	{Name: "check_many", Method: "POST", Path: inOrg + "/checks", Summary: "Answer up to 1,000 such questions from one version",
		Gate: asked, Reads: true, Body: ChecksRequest{}, Answer: ChecksAnswer{}},
	{Name: "list_accessible_projects", Method: "GET", Path: inOrg + "/access/projects", Summary: "List the projects in which a person may do something", CLI: "access projects",
		Gate: Gate{Operator: true, Self: true, Org: "members:view"}, Answer: org.ProjectID(""), Paged: true, Params: []Param{
			{Name: "person", Summary: "whose", Required: true}, {Name: "permission", Summary: "what", Required: true}}},
	{Name: "list_permitted_people", Method: "GET", Path: inOrg + "/access/people", Summary: "List the people who may do something in a project, or in the organization", CLI: "access people",
		Gate: Gate{Operator: true, Org: "members:view", Project: "project:view_people"}, Answer: org.PersonID(""), Paged: true, Params: []Param{
			{Name: "permission", Summary: "what", Required: true}, {Name: "project", Summary: "where; in the organization if absent"}}},
	{Name: "list_permissions", Method: "GET", Path: inOrg + "/access/permissions", Summary: "List all that a person may do in a project, or in the organization", CLI: "access permissions",
		Gate: asked, Answer: Permissions{}, Params: []Param{
			{Name: "person", Summary: "whose", Required: true}, {Name: "project", Summary: "where; in the organization if absent"}}},
	{Name: "explain", Method: "GET", Path: inOrg + "/access/explain", Summary: "Tell why a person may do something, or who could give it", CLI: "explain",
		Gate: asked, Answer: org.Explanation{}, Params: []Param{
			{Name: "person", Summary: "whose", Required: true}, {Name: "permission", Summary: "what", Required: true},
			{Name: "project", Summary: "where; in the organization if absent"}}},
}

var history = []Route{
	{Name: "list_audit", Method: "GET", Path: inOrg + "/audit", Summary: "Read the audit log, oldest first", CLI: "audit",
		Gate: Gate{Operator: true, Org: "audit:view"}, Answer: Entry{}, Paged: true},
	{Name: "list_security_log", Method: "GET", Path: inOrg + "/security-log", Summary: "Read the security log, newest first: refusals, and who read the audit log", CLI: "security-log",
		Gate: Gate{Operator: true, Org: "audit:view"}, Answer: Incident{}, Paged: true},
}
