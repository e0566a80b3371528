package cli

import (
	"strings"
)

// column is one of a table: its heading, and where in the JSON of a row its value stands. A value that is an id shows
// as the name it stands for unless asked for as it is.
type column struct {
	head string
	path string
	asIs bool
}

// cols reads columns from words: heading=path with an ! behind it for ids as they are; the path alone is heading too.
func cols(words ...string) []column {
	out := make([]column, len(words))
	for i, word := range words {
		head, path, ok := strings.Cut(word, "=")
		if !ok {
			path = head
		}
		path, asIs := strings.CutSuffix(path, "!")
		out[i] = column{strings.TrimSuffix(head, "!"), path, asIs}
	}
	return out
}

// columns are those of the lists, by the name of their route. A column in which no row has anything is left out; a list
// without a row here shows every plain field.
var columns = map[string][]column{
	"list_organizations": cols("name", "slug", "status", "suspended=suspended_at", "ownerless", "people=counts.active", "teams=counts.teams", "projects=counts.projects", "external id=external_id!", "id=organization!"),
	"list_people":        cols("name", "address", "vouched", "disabled", "external id=external_id!", "id=person!"),
	"list_keys":          cols("name", "made=created_at", "ends=expires_at", "last used=last_used_on", "id=key!"),
	"list_own_keys":      cols("name", "scope", "only=organizations", "made=created_at", "ends=expires_at", "last used=last_used_on", "id=key!"),
	"list_members": cols("name", "address", "role", "status", "disabled", "from=start", "until=end", "teams", "grants",
		"external id=external_id!", "id=person!"),
	"list_service_accounts": cols("name", "role", "enabled", "project", "teams", "grants", "keys", "acting", "external id=external_id!",
		"id=account!"),
	"list_account_keys": cols("id=key!", "made=made_at", "by=made_by", "ends=expires_at", "last used=last_used_on", "opens", "acting"),
	"list_roles":        cols("name", "scope", "project", "permissions", "everywhere", "projects", "id=role!"),
	"list_role_holders": cols("person", "team", "everyone", "project", "proposed"),
	"list_teams":        cols("name", "people", "projects", "external id=external_id!", "id=team!"),
	"list_roster":       cols("name", "manager", "from=start", "until=end", "by=source", "id=person!"),
	"list_team_grants":  cols("project", "role", "from=start", "until=end", "now", "by=source", "given by=given_by", "given=given_at"),
	"list_projects": cols("name", "timezone", "region", "people", "teams", "everyone", "deleted=deleted_at", "restore by=restore_by",
		"external id=external_id!", "id=project!"),
	"preview_transfer":    cols("name", "has=holds", "keeps", "id=person!"),
	"list_incoming":       cols("name", "from=from_name", "offered=offered_at", "ends=ends_at", "approved", "stands", "id=project!"),
	"list_plan_requests":  cols("name", "plan", "asked=asked_at", "id=request!"),
	"list_project_people": cols("name", "role", "status", "through=sources", "id=person!"),
	"list_grants": cols("person", "team", "everyone", "role", "from=start", "until=end", "now", "by=source", "given by=given_by",
		"given=given_at"),
	"list_access_requests":     cols("name", "project", "role", "status", "asked=requested_at", "until=expires_at", "ended=ended_at", "decided by=decided_by", "id=request!"),
	"list_invitations":         cols("address", "role", "status", "grants", "teams", "by=invited_by", "made=invited_at", "until=expires_at", "ended=ended_at", "id=invitation!"),
	"list_messages":            cols("kind", "what", "organization", "due=due_at", "attempts", "error", "given up=given_up_at", "id=message!"),
	"list_accessible_projects": cols("name=.", "id=.!"),
	"list_permitted_people":    cols("name=.", "id=.!"),
	"list_audit":               cols("version=facts.0.version", "at", "who=actor", "did=facts", "why=stated_reason"),
	"list_security_log":        cols("at", "what=kind", "who=actor", "tried", "code", "lacking=permission", "from=came_from", "count"),
}
