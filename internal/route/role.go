package route

import "github.com/commonhold/commonhold/org"

var roles = []Route{
	{Name: "list_roles", Method: "GET", Path: inOrg + "/roles", Summary: "List custom roles, those of the organization and those of its projects", CLI: "role list",
		Gate: Gate{Operator: true, Member: true}, Answer: org.CustomRole{}, Paged: true, Params: []Param{{Name: "find", Summary: "part of the name"}}},
	{Name: "create_role", Method: "POST", Path: inOrg + "/roles", Summary: "Make a custom role: of the organization, for all its projects, or for one", CLI: "role create",
		Command: org.CreateRole{}, Answer: org.CustomRole{}, Tell: tellRole(func(c org.Command) org.RoleID { return c.(org.CreateRole).Role })},
	{Name: "get_role", Method: "GET", Path: inOrg + "/roles/{role}", Summary: "Show a custom role", CLI: "role show",
		Gate: Gate{Operator: true, Member: true}, Answer: org.CustomRole{}},
	{Name: "edit_role", Method: "PUT", Path: inOrg + "/roles/{role}", Summary: "Replace a custom role's name and what it gives; all who hold it gain and lose with it", CLI: "role edit",
		Command: org.EditRole{}, Answer: org.CustomRole{}, Tell: tellRole(func(c org.Command) org.RoleID { return c.(org.EditRole).Role })},
	{Name: "delete_role", Method: "POST", Path: inOrg + "/roles/{role}/delete", Summary: "Delete a custom role and give those who hold it another instead, or none", CLI: "role delete",
		Command: org.DeleteRole{}, Answer: Done{}, Tell: done},
	{Name: "list_role_holders", Method: "GET", Path: inOrg + "/roles/{role}/holders", Summary: "List who holds a custom role", CLI: "role holders",
		Gate: Gate{Operator: true, Org: "roles:manage"}, Answer: org.RoleHolder{}, Paged: true},
}

func tellRole(of func(org.Command) org.RoleID) func(Told) any {
	return func(t Told) any {
		v, _ := t.After.CustomRole(of(t.Command))
		return v
	}
}
