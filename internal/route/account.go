package route

import "github.com/commonhold/commonhold/org"

// managesAccounts lets in whoever manages service accounts in the organization, or in the project whose own one is.
var managesAccounts = Gate{Operator: true, Org: "service_accounts:manage", Project: "project:manage_service_accounts"}

// accounts are the rows about service accounts.
var accounts = []Route{
	{Name: "list_service_accounts", Method: "GET", Path: inOrg + "/service-accounts", Summary: "List service accounts", CLI: "account list",
		Gate: managesAccounts, Answer: org.Account{}, Paged: true, Params: []Param{
			{Name: "find", Summary: "part of the name"}, {Name: "project", Summary: "only the project's own"}}},
	{Name: "create_service_account", Method: "POST", Path: inOrg + "/service-accounts", Summary: "Make a service account, with roles in projects if wished", CLI: "account create",
		Command: org.CreateAccount{}, Answer: org.Account{}, Tell: tellAccount(func(c org.Command) org.AccountID { return c.(org.CreateAccount).Account })},
	{Name: "get_service_account", Method: "GET", Path: inOrg + "/service-accounts/{account}", Summary: "Show a service account", CLI: "account show",
		Gate: managesAccounts, Answer: org.Account{}},
	{Name: "rename_service_account", Method: "PUT", Path: inOrg + "/service-accounts/{account}/name", Summary: "Rename a service account", CLI: "account rename",
		Command: org.RenameAccount{}, Answer: org.Account{}, Tell: tellAccount(func(c org.Command) org.AccountID { return c.(org.RenameAccount).Account })},
	{Name: "set_service_account_role", Method: "PUT", Path: inOrg + "/service-accounts/{account}/role", Summary: "Change a service account's organization role, which is never owner", CLI: "account set-role",
		Command: org.SetAccountRole{}, Answer: org.Account{}, Tell: tellAccount(func(c org.Command) org.AccountID { return c.(org.SetAccountRole).Account })},
	{Name: "set_service_account_external_id", Method: "PUT", Path: inOrg + "/service-accounts/{account}/external-id", Summary: "Set a service account's external id; empty takes it away", CLI: "account set-external-id",
		Command: org.SetAccountExternalID{}, Answer: org.Account{}, Tell: tellAccount(func(c org.Command) org.AccountID { return c.(org.SetAccountExternalID).Account })},
	{Name: "disable_service_account", Method: "POST", Path: inOrg + "/service-accounts/{account}/disable", Summary: "Disable a service account", CLI: "account disable",
		Command: org.DisableAccount{}, Answer: org.Account{}, Tell: tellAccount(func(c org.Command) org.AccountID { return c.(org.DisableAccount).Account })},
	{Name: "enable_service_account", Method: "POST", Path: inOrg + "/service-accounts/{account}/enable", Summary: "Enable a service account, which gives all that it holds", CLI: "account enable",
		Command: org.EnableAccount{}, Answer: org.Account{}, Tell: tellAccount(func(c org.Command) org.AccountID { return c.(org.EnableAccount).Account })},
	{Name: "delete_service_account", Method: "DELETE", Path: inOrg + "/service-accounts/{account}", Summary: "Delete a service account with everything it holds", CLI: "account delete",
		Command: org.DeleteAccount{}, Answer: Done{}, Tell: done},
	{Name: "let_service_account_act", Method: "PUT", Path: inOrg + "/service-accounts/{account}/acting", Summary: "Let a service account act for people whose sign-in the operator vouches for, or no longer", CLI: "account let-act",
		Command: org.LetAccountAct{}, Answer: org.Account{}, Tell: tellAccount(func(c org.Command) org.AccountID { return c.(org.LetAccountAct).Account })},
	{Name: "list_account_keys", Method: "GET", Path: inOrg + "/service-accounts/{account}/keys", Summary: "List the keys of a service account, with the day of their last use", CLI: "account keys",
		Gate: managesAccounts, Answer: AccountKey{}, Paged: true},
	{Name: "make_account_key", Method: "POST", Path: inOrg + "/service-accounts/{account}/keys", Summary: "Make a key of a service account; its secret is shown this once", CLI: "account make-key",
		Command: org.MakeKey{}, Answer: AccountKey{}, Tell: func(t Told) any {
			c := t.Command.(org.MakeKey)
			return keyIn(t, c.Account, c.Key)
		}},
	{Name: "rotate_account_key", Method: "POST", Path: inOrg + "/service-accounts/{account}/keys/{key}/rotate", Summary: "Make a key in another's place, which goes on for a while if wished; the secret is shown this once", CLI: "account rotate-key",
		Command: org.RotateKey{}, Answer: AccountKey{}, Tell: func(t Told) any {
			c := t.Command.(org.RotateKey)
			return keyIn(t, c.Account, c.Key)
		}},
	{Name: "reschedule_account_key", Method: "PUT", Path: inOrg + "/service-accounts/{account}/keys/{key}/expiry", Summary: "Set when a key of a service account expires; without an instant it never does", CLI: "account set-key-expiry",
		Command: org.RescheduleKey{}, Answer: AccountKey{}, Tell: func(t Told) any {
			c := t.Command.(org.RescheduleKey)
			return keyIn(t, c.Account, c.Key)
		}},
	{Name: "end_account_key", Method: "DELETE", Path: inOrg + "/service-accounts/{account}/keys/{key}", Summary: "End a key of a service account at once", CLI: "account end-key",
		Command: org.EndKey{}, Answer: Done{}, Tell: done},
	{Name: "place_service_account", Method: "PUT", Path: inOrg + "/teams/{team}/service-accounts/{account}", Summary: "Put a service account into a team, or change its dates there", CLI: "team add-account",
		Command: org.PlaceAccountInTeam{}, Answer: Done{}, Tell: done},
	{Name: "take_service_account", Method: "DELETE", Path: inOrg + "/teams/{team}/service-accounts/{account}", Summary: "Take a service account out of a team", CLI: "team remove-account",
		Command: org.TakeAccountFromTeam{}, Answer: Done{}, Tell: done},
}

func tellAccount(of func(org.Command) org.AccountID) func(Told) any {
	return func(t Told) any {
		a, _ := t.After.Account(of(t.Command), t.At)
		return a
	}
}

// AccountKey is a key of a service account. Its secret is there once, when it was made.
type AccountKey struct {
	org.AccountKey
	Used   org.Instant `json:"last_used_on,omitzero"` // the day
	Secret string      `json:"secret,omitempty"`
}

func keyIn(t Told, account org.AccountID, key org.KeyID) any {
	for _, k := range t.After.AccountKeys(account, t.At) {
		if k.Key == key {
			return AccountKey{AccountKey: k}
		}
	}
	return AccountKey{}
}
