package client

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/org"
)

// Me tells who the caller is.
func (c *Client) Me(ctx context.Context) (Me, error) { return get[Me](ctx, c, "whoami", nil) }

// Check answers whether a person may do something: in a project, or in the organization if none is named. An error is
// not an answer: treat it as a no.
func (c *Client) Check(ctx context.Context, organization string, q org.Question) (bool, error) {
	var out struct {
		Allowed bool `json:"allowed"`
	}
	_, err := c.call(ctx, "check", []string{organization}, nil, q, &out)
	return out.Allowed && err == nil, err
}

// CheckAll answers up to 1,000 questions, in their order and all from one version of the organization.
func (c *Client) CheckAll(ctx context.Context, organization string, questions []org.Question) ([]bool, error) {
	in := struct {
		Checks []org.Question `json:"checks"`
	}{questions}
	var out struct {
		Allowed []bool `json:"allowed"`
	}
	if _, err := c.call(ctx, "check_many", []string{organization}, nil, in, &out); err != nil {
		return nil, err
	}
	if len(out.Allowed) != len(questions) {
		return nil, fmt.Errorf("the server gave %d answers to %d questions", len(out.Allowed), len(questions))
	}
	return out.Allowed, nil
}

// Explain tells why a person may do something, or which role would give it and who could.
func (c *Client) Explain(ctx context.Context, organization string, q org.Question) (org.Explanation, error) {
	return get[org.Explanation](ctx, c, "explain",
		asked("person", string(q.Person), "permission", string(q.Permission), "project", string(q.Project)), organization)
}

// Permissions lists all that a person may do in a project, or in the organization if the project is empty.
func (c *Client) Permissions(ctx context.Context, organization, person, project string) ([]org.Permission, error) {
	out, err := get[struct {
		Permissions []org.Permission `json:"permissions"`
	}](ctx, c, "list_permissions", asked("person", person, "project", project), organization)
	return out.Permissions, err
}

// Organization shows one organization.
func (c *Client) Organization(ctx context.Context, organization string) (Organization, error) {
	return get[Organization](ctx, c, "get_organization", nil, organization)
}

// Settings shows what an organization chose.
func (c *Client) Settings(ctx context.Context, organization string) (org.Settings, error) {
	return get[org.Settings](ctx, c, "get_settings", nil, organization)
}

// Catalog shows the permissions and which built-in role holds them.
func (c *Client) Catalog(ctx context.Context, organization string) (Catalog, error) {
	return get[Catalog](ctx, c, "get_catalog", nil, organization)
}

// Member shows a member.
func (c *Client) Member(ctx context.Context, organization, person string) (Member, error) {
	return get[Member](ctx, c, "get_member", nil, organization, person)
}

// Holdings shows all that a member holds, with every source.
func (c *Client) Holdings(ctx context.Context, organization, person string) (org.Holding, error) {
	return get[org.Holding](ctx, c, "get_holdings", nil, organization, person)
}

// Account shows a service account.
func (c *Client) Account(ctx context.Context, organization, account string) (org.Account, error) {
	return get[org.Account](ctx, c, "get_service_account", nil, organization, account)
}

// Role shows a custom role.
func (c *Client) Role(ctx context.Context, organization, role string) (org.CustomRole, error) {
	return get[org.CustomRole](ctx, c, "get_role", nil, organization, role)
}

// Team shows a team.
func (c *Client) Team(ctx context.Context, organization, team string) (org.Team, error) {
	return get[org.Team](ctx, c, "get_team", nil, organization, team)
}

// Project shows a project.
func (c *Client) Project(ctx context.Context, organization, project string) (org.Project, error) {
	return get[org.Project](ctx, c, "get_project", nil, organization, project)
}

// Person shows somebody's account.
func (c *Client) Person(ctx context.Context, person string) (Person, error) {
	return get[Person](ctx, c, "get_person", nil, person)
}
