package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"github.com/commonhold/commonhold/org"
)

// endpoint is a row of the server's table of routes.
type endpoint struct{ method, path string }

const inOrg = "/v1/organizations/{org}"

// endpoints are the rows by name. A test holds them against the server's own table.
var endpoints = map[string]endpoint{
	"openapi":             {"GET", "/v1/openapi.json"},
	"whoami":              {"GET", "/v1/me"},
	"list_organizations":  {"GET", "/v1/organizations"},
	"create_organization": {"POST", "/v1/organizations"},
	"list_events":         {"GET", "/v1/events"},
	"list_people":         {"GET", "/v1/people"},
	"add_person":          {"POST", "/v1/people"},
	"get_person":          {"GET", "/v1/people/{person}"},
	"change_person":       {"PUT", "/v1/people/{person}"},
	"vouch":               {"PUT", "/v1/people/{person}/vouched"},
	"disable_person":      {"POST", "/v1/people/{person}/disable"},
	"enable_person":       {"POST", "/v1/people/{person}/enable"},
	"erase_person":        {"DELETE", "/v1/people/{person}"},
	"list_keys":           {"GET", "/v1/keys"},
	"add_key":             {"POST", "/v1/keys"},
	"remove_key":          {"DELETE", "/v1/keys/{key}"},
	"console_link":        {"POST", "/v1/console-links"},
	"make_key_link":       {"POST", "/v1/people/{person}/key-links"},
	"redeem_key_link":     {"POST", "/v1/key-links/redeem"},
	"list_own_keys":       {"GET", "/v1/me/keys"},
	"make_own_key":        {"POST", "/v1/me/keys"},
	"end_own_key":         {"DELETE", "/v1/me/keys/{key}"},

	"get_organization":             {"GET", inOrg},
	"rename_organization":          {"PATCH", inOrg},
	"get_settings":                 {"GET", inOrg + "/settings"},
	"set_settings":                 {"PUT", inOrg + "/settings"},
	"set_organization_external_id": {"PUT", inOrg + "/external-id"},
	"adopt_catalog":                {"PUT", inOrg + "/catalog"},
	"preview_catalog":              {"GET", inOrg + "/catalog/changes"},
	"get_catalog":                  {"GET", inOrg + "/catalog"},
	"transfer_ownership":           {"POST", inOrg + "/transfer-ownership"},
	"start_recovery":               {"POST", inOrg + "/recovery"},
	"stop_recovery":                {"POST", inOrg + "/recovery/stop"},
	"finish_recovery":              {"POST", inOrg + "/recovery/finish"},
	"delete_organization":          {"POST", inOrg + "/delete"},
	"cancel_deletion":              {"POST", inOrg + "/cancel-deletion"},
	"suspend_organization":         {"POST", inOrg + "/suspend"},
	"lift_suspension":              {"POST", inOrg + "/lift-suspension"},
	"leave":                        {"POST", inOrg + "/leave"},
	"enter":                        {"POST", inOrg + "/enter"},

	"get_plan":              {"GET", inOrg + "/plan"},
	"set_plan":              {"PUT", inOrg + "/plan"},
	"check_entitlement":     {"GET", inOrg + "/plan/check"},
	"list_plan_requests":    {"GET", inOrg + "/plan/requests"},
	"request_plan":          {"POST", inOrg + "/plan/requests"},
	"withdraw_plan_request": {"DELETE", inOrg + "/plan/requests"},
	"close_plan_request":    {"POST", inOrg + "/plan/requests/{request}/close"},
	"get_billing":           {"GET", inOrg + "/billing"},
	"change_billing":        {"PUT", inOrg + "/billing"},

	"list_members":        {"GET", inOrg + "/members"},
	"add_member":          {"POST", inOrg + "/members"},
	"get_member":          {"GET", inOrg + "/members/{person}"},
	"set_role":            {"PUT", inOrg + "/members/{person}/role"},
	"reschedule_member":   {"PUT", inOrg + "/members/{person}/dates"},
	"suspend_member":      {"POST", inOrg + "/members/{person}/suspend"},
	"reactivate_member":   {"POST", inOrg + "/members/{person}/reactivate"},
	"remove_member":       {"DELETE", inOrg + "/members/{person}"},
	"restore_member":      {"POST", inOrg + "/members/{person}/restore"},
	"change_people":       {"POST", inOrg + "/change-people"},
	"invite_table":        {"POST", inOrg + "/invite-table"},
	"get_invite_template": {"GET", inOrg + "/invite-table"},
	"get_holdings":        {"GET", inOrg + "/members/{person}/holdings"},

	"list_roles":        {"GET", inOrg + "/roles"},
	"create_role":       {"POST", inOrg + "/roles"},
	"get_role":          {"GET", inOrg + "/roles/{role}"},
	"edit_role":         {"PUT", inOrg + "/roles/{role}"},
	"delete_role":       {"POST", inOrg + "/roles/{role}/delete"},
	"list_role_holders": {"GET", inOrg + "/roles/{role}/holders"},

	"list_teams":           {"GET", inOrg + "/teams"},
	"create_team":          {"POST", inOrg + "/teams"},
	"get_team":             {"GET", inOrg + "/teams/{team}"},
	"rename_team":          {"PUT", inOrg + "/teams/{team}/name"},
	"set_team_external_id": {"PUT", inOrg + "/teams/{team}/external-id"},
	"delete_team":          {"DELETE", inOrg + "/teams/{team}"},
	"list_roster":          {"GET", inOrg + "/teams/{team}/members"},
	"place_in_team":        {"PUT", inOrg + "/teams/{team}/members/{person}"},
	"take_from_team":       {"DELETE", inOrg + "/teams/{team}/members/{person}"},
	"list_team_grants":     {"GET", inOrg + "/teams/{team}/grants"},

	"list_projects":           {"GET", inOrg + "/projects"},
	"create_project":          {"POST", inOrg + "/projects"},
	"get_project":             {"GET", inOrg + "/projects/{project}"},
	"rename_project":          {"PUT", inOrg + "/projects/{project}/name"},
	"set_project_timezone":    {"PUT", inOrg + "/projects/{project}/timezone"},
	"set_project_external_id": {"PUT", inOrg + "/projects/{project}/external-id"},
	"delete_project":          {"DELETE", inOrg + "/projects/{project}"},
	"restore_project":         {"POST", inOrg + "/projects/{project}/restore"},
	"hand_over":               {"POST", inOrg + "/members/{person}/hand-over"},
	"copy_access":             {"POST", inOrg + "/members/{person}/copy-access"},
	"reset_project":           {"POST", inOrg + "/projects/{project}/reset"},
	"offer_project":           {"PUT", inOrg + "/projects/{project}/offer"},
	"approve_offer":           {"POST", inOrg + "/projects/{project}/offer/approve"},
	"withdraw_offer":          {"DELETE", inOrg + "/projects/{project}/offer"},
	"preview_transfer":        {"GET", inOrg + "/projects/{project}/transfer"},
	"transfer_project":        {"POST", inOrg + "/projects/{project}/transfer"},
	"list_outgoing":           {"GET", inOrg + "/transfers/outgoing"},
	"list_incoming":           {"GET", inOrg + "/transfers/incoming"},
	"accept_transfer":         {"POST", inOrg + "/transfers/accept"},
	"list_project_people":     {"GET", inOrg + "/projects/{project}/people"},
	"list_grants":             {"GET", inOrg + "/projects/{project}/grants"},
	"give":                    {"POST", inOrg + "/projects/{project}/grants"},
	"take":                    {"POST", inOrg + "/projects/{project}/grants/take"},
	"change_grant":            {"POST", inOrg + "/projects/{project}/grants/change"},
	"reschedule_grant":        {"POST", inOrg + "/projects/{project}/grants/dates"},

	"check":                           {"POST", inOrg + "/check"},
	"check_many":                      {"POST", inOrg + "/checks"},
	"list_accessible_projects":        {"GET", inOrg + "/access/projects"},
	"list_permitted_people":           {"GET", inOrg + "/access/people"},
	"list_permissions":                {"GET", inOrg + "/access/permissions"},
	"explain":                         {"GET", inOrg + "/access/explain"},
	"list_service_accounts":           {"GET", inOrg + "/service-accounts"},
	"create_service_account":          {"POST", inOrg + "/service-accounts"},
	"get_service_account":             {"GET", inOrg + "/service-accounts/{account}"},
	"rename_service_account":          {"PUT", inOrg + "/service-accounts/{account}/name"},
	"set_service_account_role":        {"PUT", inOrg + "/service-accounts/{account}/role"},
	"set_service_account_external_id": {"PUT", inOrg + "/service-accounts/{account}/external-id"},
	"disable_service_account":         {"POST", inOrg + "/service-accounts/{account}/disable"},
	"enable_service_account":          {"POST", inOrg + "/service-accounts/{account}/enable"},
	"delete_service_account":          {"DELETE", inOrg + "/service-accounts/{account}"},
	"let_service_account_act":         {"PUT", inOrg + "/service-accounts/{account}/acting"},
	"list_account_keys":               {"GET", inOrg + "/service-accounts/{account}/keys"},
	"make_account_key":                {"POST", inOrg + "/service-accounts/{account}/keys"},
	"rotate_account_key":              {"POST", inOrg + "/service-accounts/{account}/keys/{key}/rotate"},
	"reschedule_account_key":          {"PUT", inOrg + "/service-accounts/{account}/keys/{key}/expiry"},
	"end_account_key":                 {"DELETE", inOrg + "/service-accounts/{account}/keys/{key}"},
	"place_service_account":           {"PUT", inOrg + "/teams/{team}/service-accounts/{account}"},
	"take_service_account":            {"DELETE", inOrg + "/teams/{team}/service-accounts/{account}"},

	"list_invitations":     {"GET", inOrg + "/invitations"},
	"invite":               {"POST", inOrg + "/invitations"},
	"get_invitation":       {"GET", inOrg + "/invitations/{invitation}"},
	"change_invitation":    {"PUT", inOrg + "/invitations/{invitation}"},
	"resend_invitation":    {"POST", inOrg + "/invitations/{invitation}/resend"},
	"revoke_invitation":    {"DELETE", inOrg + "/invitations/{invitation}"},
	"copy_invitation_link": {"POST", inOrg + "/invitations/{invitation}/links"},
	"show_offer":           {"GET", inOrg + "/invitations/{invitation}/offer"},
	"accept_invitation":    {"POST", inOrg + "/invitations/{invitation}/accept"},
	"decline_invitation":   {"POST", inOrg + "/invitations/{invitation}/decline"},

	"list_messages":   {"GET", "/v1/outbox"},
	"claim_messages":  {"POST", "/v1/outbox/claim"},
	"deliver_message": {"POST", "/v1/outbox/{message}/delivered"},
	"fail_message":    {"POST", "/v1/outbox/{message}/failed"},
	"retry_message":   {"POST", "/v1/outbox/{message}/retry"},

	"list_access_requests":    {"GET", inOrg + "/access-requests"},
	"request_access":          {"POST", inOrg + "/projects/{project}/access-requests"},
	"approve_access_request":  {"POST", inOrg + "/projects/{project}/access-requests/{request}/approve"},
	"deny_access_request":     {"POST", inOrg + "/projects/{project}/access-requests/{request}/deny"},
	"withdraw_access_request": {"DELETE", inOrg + "/projects/{project}/access-requests/{request}"},

	"list_audit":        {"GET", inOrg + "/audit"},
	"list_security_log": {"GET", inOrg + "/security-log"},
}

// commands are the endpoints of the commands by their type.
var commands = map[reflect.Type]string{
	reflect.TypeFor[org.CreateOrganization]():   "create_organization",
	reflect.TypeFor[org.Rename]():               "rename_organization",
	reflect.TypeFor[org.SetSettings]():          "set_settings",
	reflect.TypeFor[org.SetExternalID]():        "set_organization_external_id",
	reflect.TypeFor[org.AdoptCatalog]():         "adopt_catalog",
	reflect.TypeFor[org.TransferOwnership]():    "transfer_ownership",
	reflect.TypeFor[org.StartRecovery]():        "start_recovery",
	reflect.TypeFor[org.StopRecovery]():         "stop_recovery",
	reflect.TypeFor[org.FinishRecovery]():       "finish_recovery",
	reflect.TypeFor[org.SetPlan]():              "set_plan",
	reflect.TypeFor[org.RequestPlan]():          "request_plan",
	reflect.TypeFor[org.WithdrawPlanRequest]():  "withdraw_plan_request",
	reflect.TypeFor[org.ClosePlanRequest]():     "close_plan_request",
	reflect.TypeFor[org.DeleteOrganization]():   "delete_organization",
	reflect.TypeFor[org.CancelDeletion]():       "cancel_deletion",
	reflect.TypeFor[org.SuspendOrganization]():  "suspend_organization",
	reflect.TypeFor[org.LiftSuspension]():       "lift_suspension",
	reflect.TypeFor[org.Leave]():                "leave",
	reflect.TypeFor[org.Enter]():                "enter",
	reflect.TypeFor[org.AddMember]():            "add_member",
	reflect.TypeFor[org.SetRole]():              "set_role",
	reflect.TypeFor[org.Reschedule]():           "reschedule_member",
	reflect.TypeFor[org.Suspend]():              "suspend_member",
	reflect.TypeFor[org.Reactivate]():           "reactivate_member",
	reflect.TypeFor[org.Remove]():               "remove_member",
	reflect.TypeFor[org.Restore]():              "restore_member",
	reflect.TypeFor[org.CreateAccount]():        "create_service_account",
	reflect.TypeFor[org.RenameAccount]():        "rename_service_account",
	reflect.TypeFor[org.SetAccountRole]():       "set_service_account_role",
	reflect.TypeFor[org.SetAccountExternalID](): "set_service_account_external_id",
	reflect.TypeFor[org.DisableAccount]():       "disable_service_account",
	reflect.TypeFor[org.EnableAccount]():        "enable_service_account",
	reflect.TypeFor[org.DeleteAccount]():        "delete_service_account",
	reflect.TypeFor[org.LetAccountAct]():        "let_service_account_act",
	reflect.TypeFor[org.MakeKey]():              "make_account_key",
	reflect.TypeFor[org.RotateKey]():            "rotate_account_key",
	reflect.TypeFor[org.RescheduleKey]():        "reschedule_account_key",
	reflect.TypeFor[org.EndKey]():               "end_account_key",
	reflect.TypeFor[org.PlaceAccountInTeam]():   "place_service_account",
	reflect.TypeFor[org.TakeAccountFromTeam]():  "take_service_account",
	reflect.TypeFor[org.ChangeInvitation]():     "change_invitation",
	reflect.TypeFor[org.ResendInvitation]():     "resend_invitation",
	reflect.TypeFor[org.RevokeInvitation]():     "revoke_invitation",
	reflect.TypeFor[org.RequestAccess]():        "request_access",
	reflect.TypeFor[org.ApproveRequest]():       "approve_access_request",
	reflect.TypeFor[org.DenyRequest]():          "deny_access_request",
	reflect.TypeFor[org.WithdrawRequest]():      "withdraw_access_request",
	reflect.TypeFor[org.CreateRole]():           "create_role",
	reflect.TypeFor[org.EditRole]():             "edit_role",
	reflect.TypeFor[org.DeleteRole]():           "delete_role",
	reflect.TypeFor[org.CreateTeam]():           "create_team",
	reflect.TypeFor[org.RenameTeam]():           "rename_team",
	reflect.TypeFor[org.SetTeamExternalID]():    "set_team_external_id",
	reflect.TypeFor[org.DeleteTeam]():           "delete_team",
	reflect.TypeFor[org.PlaceInTeam]():          "place_in_team",
	reflect.TypeFor[org.TakeFromTeam]():         "take_from_team",
	reflect.TypeFor[org.CreateProject]():        "create_project",
	reflect.TypeFor[org.RenameProject]():        "rename_project",
	reflect.TypeFor[org.SetProjectTimezone]():   "set_project_timezone",
	reflect.TypeFor[org.SetProjectExternalID](): "set_project_external_id",
	reflect.TypeFor[org.DeleteProject]():        "delete_project",
	reflect.TypeFor[org.RestoreProject]():       "restore_project",
	reflect.TypeFor[org.HandOver]():             "hand_over",
	reflect.TypeFor[org.CopyAccess]():           "copy_access",
	reflect.TypeFor[org.ResetProject]():         "reset_project",
	reflect.TypeFor[org.OfferProject]():         "offer_project",
	reflect.TypeFor[org.ApproveOffer]():         "approve_offer",
	reflect.TypeFor[org.WithdrawOffer]():        "withdraw_offer",
	reflect.TypeFor[org.Give]():                 "give",
	reflect.TypeFor[org.Take]():                 "take",
	reflect.TypeFor[org.Change]():               "change_grant",
	reflect.TypeFor[org.RescheduleGrant]():      "reschedule_grant",
}

// Do runs a command in an organization; creating one names none. The answer goes to out, or nowhere if that is nil:
// the object that the command made or changed, or, where there is none to show, the version (see Done).
func (c *Client) Do(ctx context.Context, organization string, cmd org.Command, out any) (Reply, error) {
	name, ok := commands[reflect.TypeOf(cmd)]
	if !ok {
		return Reply{}, fmt.Errorf("the API runs no %T", cmd)
	}
	at := endpoints[name]
	fields, err := fieldsOf(cmd)
	if err != nil {
		return Reply{}, err
	}
	values := []string{organization}
	rest := strings.TrimPrefix(at.path, inOrg)
	if rest == at.path {
		values = nil
	}
	for _, part := range strings.Split(rest, "/") {
		if field, ok := strings.CutPrefix(part, "{"); ok {
			field = strings.TrimSuffix(field, "}")
			var value string
			if err := json.Unmarshal(fields[field], &value); err != nil {
				return Reply{}, fmt.Errorf("the %s of %T stands in the path: %w", field, cmd, err)
			}
			values = append(values, value)
			delete(fields, field)
		}
	}
	path, err := Path(at.path, values...)
	if err != nil {
		return Reply{}, fmt.Errorf("run %T: %w", cmd, err)
	}
	var body any
	if len(fields) > 0 {
		body = fields
	}
	return c.Call(ctx, at.method, path, nil, body, out)
}

// fieldsOf returns a command's fields by their JSON names.
func fieldsOf(cmd org.Command) (map[string]json.RawMessage, error) {
	b, err := json.Marshal(cmd)
	if err != nil {
		return nil, fmt.Errorf("write %T: %w", cmd, err)
	}
	var fields map[string]json.RawMessage
	return fields, json.Unmarshal(b, &fields)
}

// call fills an endpoint's path and calls it.
func (c *Client) call(ctx context.Context, name string, values []string, query url.Values, in, out any) (Reply, error) {
	at := endpoints[name]
	path, err := Path(at.path, values...)
	if err != nil {
		return Reply{}, err
	}
	return c.Call(ctx, at.method, path, query, in, out)
}

// get asks an endpoint for one object.
func get[T any](ctx context.Context, c *Client, name string, query url.Values, values ...string) (T, error) {
	var out T
	_, err := c.call(ctx, name, values, query, nil, &out)
	return out, err
}
