package client

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/commonhold/commonhold/org"
)

// page is what paged routes answer.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// pageSize is how many rows a list asks for at once: as many as the server gives.
const pageSize = 200

// Items yields the rows of a paged route, one page after the other, and ends with the first error. A limit in the
// query is how many rows a page has, not how many there are.
func Items[T any](ctx context.Context, c *Client, path string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ask := url.Values{"limit": {strconv.Itoa(pageSize)}}
		for name, values := range query {
			ask[name] = values
		}
		for {
			var p page[T]
			if _, err := c.Call(ctx, "GET", path, ask, nil, &p); err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range p.Items {
				if !yield(row, nil) {
					return
				}
			}
			if p.Next == "" {
				return
			}
			ask.Set("cursor", p.Next)
		}
	}
}

func list[T any](ctx context.Context, c *Client, name string, query url.Values, values ...string) iter.Seq2[T, error] {
	path, err := Path(endpoints[name].path, values...)
	if err != nil {
		return func(yield func(T, error) bool) {
			var none T
			yield(none, err)
		}
	}
	return Items[T](ctx, c, path, query)
}

// All gathers what an iterator yields.
func All[T any](rows iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// Organizations yields all organizations for the operator, and a person's own for the person.
func (c *Client) Organizations(ctx context.Context) iter.Seq2[Organization, error] {
	return list[Organization](ctx, c, "list_organizations", nil)
}

// People yields the people of the instance.
func (c *Client) People(ctx context.Context) iter.Seq2[Person, error] {
	return list[Person](ctx, c, "list_people", nil)
}

// Keys yields the operator's keys, without their secrets.
func (c *Client) Keys(ctx context.Context) iter.Seq2[Key, error] {
	return list[Key](ctx, c, "list_keys", nil)
}

// CatalogChanges yields what adopting another catalog would change: roles first, then who gains and loses what where.
// What custom roles hold and the catalog lacks goes, unless something is named in its place.
func (c *Client) CatalogChanges(ctx context.Context, organization string, catalog org.Digest, instead ...org.Replacing) iter.Seq2[org.CatalogChange, error] {
	pairs := make([]string, len(instead))
	for i, r := range instead {
		pairs[i] = string(r.From) + "=" + string(r.To)
	}
	return list[org.CatalogChange](ctx, c, "preview_catalog", asked("catalog", string(catalog), "instead", strings.Join(pairs, ",")), organization)
}

// MemberFilter narrows a list of members; the zero filter lets all through.
type MemberFilter struct {
	Find   string // part of a name or address, of three letters or more
	Role   org.OrgRole
	Status string // active or suspended
}

// Members yields the members of an organization.
func (c *Client) Members(ctx context.Context, organization string, f MemberFilter) iter.Seq2[Member, error] {
	return list[Member](ctx, c, "list_members", asked("find", f.Find, "role", string(f.Role), "status", f.Status), organization)
}

// Teams yields the teams of an organization whose names contain find; all if it is empty.
func (c *Client) Teams(ctx context.Context, organization, find string) iter.Seq2[org.Team, error] {
	return list[org.Team](ctx, c, "list_teams", asked("find", find), organization)
}

// Accounts yields the service accounts of an organization whose names contain find; all if it is empty.
func (c *Client) Accounts(ctx context.Context, organization, find string) iter.Seq2[org.Account, error] {
	return list[org.Account](ctx, c, "list_service_accounts", asked("find", find), organization)
}

// AccountKeys yields the keys of a service account.
func (c *Client) AccountKeys(ctx context.Context, organization, account string) iter.Seq2[AccountKey, error] {
	return list[AccountKey](ctx, c, "list_account_keys", nil, organization, account)
}

// AccessRequests yields the access requests that the caller made or decides on, all for the operator. An empty project
// or status lets all through.
func (c *Client) AccessRequests(ctx context.Context, organization, project, status string) iter.Seq2[AccessRequest, error] {
	return list[AccessRequest](ctx, c, "list_access_requests", asked("project", project, "status", status), organization)
}

// Roles yields the custom roles of an organization whose names contain find; all if it is empty.
func (c *Client) Roles(ctx context.Context, organization, find string) iter.Seq2[org.CustomRole, error] {
	return list[org.CustomRole](ctx, c, "list_roles", asked("find", find), organization)
}

// OwnKeys yields one's own keys, as far as the one in use reaches.
func (c *Client) OwnKeys(ctx context.Context) iter.Seq2[OwnKey, error] {
	return list[OwnKey](ctx, c, "list_own_keys", nil)
}

// RoleHolders yields who holds a custom role.
func (c *Client) RoleHolders(ctx context.Context, organization, role string) iter.Seq2[org.RoleHolder, error] {
	return list[org.RoleHolder](ctx, c, "list_role_holders", nil, organization, role)
}

// Roster yields the people of a team.
func (c *Client) Roster(ctx context.Context, organization, team string) iter.Seq2[Place, error] {
	return list[Place](ctx, c, "list_roster", nil, organization, team)
}

// TeamGrants yields a team's role in each project.
func (c *Client) TeamGrants(ctx context.Context, organization, team string) iter.Seq2[org.Grant, error] {
	return list[org.Grant](ctx, c, "list_team_grants", nil, organization, team)
}

// Projects yields the projects of an organization whose names contain find; all if it is empty.
func (c *Client) Projects(ctx context.Context, organization, find string) iter.Seq2[org.Project, error] {
	return list[org.Project](ctx, c, "list_projects", asked("find", find), organization)
}

// DeletedProjects yields the projects that were deleted and can be restored.
func (c *Client) DeletedProjects(ctx context.Context, organization string) iter.Seq2[org.Project, error] {
	return list[org.Project](ctx, c, "list_projects", asked("deleted", "true"), organization)
}

// ProjectPeople yields the people of a project with every source of their access.
func (c *Client) ProjectPeople(ctx context.Context, organization, project string) iter.Seq2[Access, error] {
	return list[Access](ctx, c, "list_project_people", nil, organization, project)
}

// Grants yields the roles given in a project.
func (c *Client) Grants(ctx context.Context, organization, project string) iter.Seq2[org.Grant, error] {
	return list[org.Grant](ctx, c, "list_grants", nil, organization, project)
}

// ProjectsWhere yields the projects in which a person has a permission.
func (c *Client) ProjectsWhere(ctx context.Context, organization, person string, p org.Permission) iter.Seq2[org.ProjectID, error] {
	return list[org.ProjectID](ctx, c, "list_accessible_projects", asked("person", person, "permission", string(p)), organization)
}

// PeopleWhere yields the people who have a permission in a project, or in the organization if the project is empty.
func (c *Client) PeopleWhere(ctx context.Context, organization string, p org.Permission, project string) iter.Seq2[org.PersonID, error] {
	return list[org.PersonID](ctx, c, "list_permitted_people", asked("permission", string(p), "project", project), organization)
}

// Audit yields the audit log of an organization, oldest first.
func (c *Client) Audit(ctx context.Context, organization string) iter.Seq2[Entry, error] {
	return list[Entry](ctx, c, "list_audit", nil, organization)
}

// asked makes a query string of names and values, leaving out what is empty.
func asked(pairs ...string) url.Values {
	out := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out.Set(pairs[i], pairs[i+1])
		}
	}
	return out
}
