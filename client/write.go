package client

import (
	"context"

	"github.com/commonhold/commonhold/org"
)

// The commands whose answer one goes on with; Do runs every other.

// CreateOrganization founds an organization. The operator names its owner; a person owns what they create.
func (c *Client) CreateOrganization(ctx context.Context, cmd org.CreateOrganization) (Organization, error) {
	return run[Organization](ctx, c, "", cmd)
}

// AddMember makes a person a member.
func (c *Client) AddMember(ctx context.Context, organization string, cmd org.AddMember) (org.Member, error) {
	return run[org.Member](ctx, c, organization, cmd)
}

// Restore brings back a member who was removed.
func (c *Client) Restore(ctx context.Context, organization string, cmd org.Restore) (Restored, error) {
	return run[Restored](ctx, c, organization, cmd)
}

// CreateAccount makes a service account.
func (c *Client) CreateAccount(ctx context.Context, organization string, cmd org.CreateAccount) (org.Account, error) {
	return run[org.Account](ctx, c, organization, cmd)
}

// MakeKey makes a key of a service account, with its secret.
func (c *Client) MakeKey(ctx context.Context, organization string, cmd org.MakeKey) (AccountKey, error) {
	return run[AccountKey](ctx, c, organization, cmd)
}

// RotateKey makes a key in another's place, with its secret.
func (c *Client) RotateKey(ctx context.Context, organization string, cmd org.RotateKey) (AccountKey, error) {
	return run[AccountKey](ctx, c, organization, cmd)
}

// RequestAccess asks for a role in a project.
func (c *Client) RequestAccess(ctx context.Context, organization string, cmd org.RequestAccess) (org.AccessRequest, error) {
	return run[org.AccessRequest](ctx, c, organization, cmd)
}

// CreateRole makes a custom role.
func (c *Client) CreateRole(ctx context.Context, organization string, cmd org.CreateRole) (org.CustomRole, error) {
	return run[org.CustomRole](ctx, c, organization, cmd)
}

// CreateTeam makes a team.
func (c *Client) CreateTeam(ctx context.Context, organization string, cmd org.CreateTeam) (org.Team, error) {
	return run[org.Team](ctx, c, organization, cmd)
}

// CreateProject makes a project.
func (c *Client) CreateProject(ctx context.Context, organization string, cmd org.CreateProject) (org.Project, error) {
	return run[org.Project](ctx, c, organization, cmd)
}

func run[T any](ctx context.Context, c *Client, organization string, cmd org.Command) (T, error) {
	var out T
	_, err := c.Do(ctx, organization, cmd, &out)
	return out, err
}

// AddPerson makes a person.
func (c *Client) AddPerson(ctx context.Context, f PersonFields) (Person, error) {
	return post[Person](ctx, c, "add_person", f)
}

// ChangePerson replaces a person's name, address and external id.
func (c *Client) ChangePerson(ctx context.Context, person string, f PersonFields) (Person, error) {
	return post[Person](ctx, c, "change_person", f, person)
}

// Vouch says that the operator vouches for a person's sign-in, or no longer does.
func (c *Client) Vouch(ctx context.Context, person string, vouched bool) (Person, error) {
	return post[Person](ctx, c, "vouch", map[string]bool{"vouched": vouched}, person)
}

// DisablePerson disables an account, so that every membership of the person gives nothing until it is enabled.
func (c *Client) DisablePerson(ctx context.Context, person string) (PersonSet, error) {
	return post[PersonSet](ctx, c, "disable_person", nil, person)
}

// EnablePerson makes an account and its memberships give again what they gave.
func (c *Client) EnablePerson(ctx context.Context, person string) (PersonSet, error) {
	return post[PersonSet](ctx, c, "enable_person", nil, person)
}

// ErasePerson ends all that a person is in organizations and removes what is kept of them beside the logs, for ever.
func (c *Client) ErasePerson(ctx context.Context, person string) (PersonErased, error) {
	return post[PersonErased](ctx, c, "erase_person", nil, person)
}

// AddKey makes an operator's key that ends at an instant, or never if that is zero. The answer alone has its secret.
func (c *Client) AddKey(ctx context.Context, name string, expires org.Instant) (Key, error) {
	return post[Key](ctx, c, "add_key", struct {
		Name    string      `json:"name"`
		Expires org.Instant `json:"expires_at,omitzero"`
	}{name, expires})
}

// RemoveKey ends an operator's key.
func (c *Client) RemoveKey(ctx context.Context, key string) error {
	_, err := c.call(ctx, "remove_key", []string{key}, nil, nil, nil)
	return err
}

// MakeKeyLink makes a token that a person, for whose sign-in the operator vouches, exchanges once for a key of their own.
func (c *Client) MakeKeyLink(ctx context.Context, person string) (KeyLink, error) {
	return post[KeyLink](ctx, c, "make_key_link", nil, person)
}

// RedeemKeyLink exchanges a token for a key of one's own. The client needs no key for that. The answer alone has the
// secret, and a token is spent by the first exchange, also if its answer is lost.
func (c *Client) RedeemKeyLink(ctx context.Context, token string, f OwnKeyFields) (OwnKey, error) {
	return post[OwnKey](ctx, c, "redeem_key_link", struct {
		Token string `json:"token"`
		OwnKeyFields
	}{token, f})
}

// MakeOwnKey makes a key of one's own, no broader and no longer than the one in use. The answer alone has its secret.
func (c *Client) MakeOwnKey(ctx context.Context, f OwnKeyFields) (OwnKey, error) {
	return post[OwnKey](ctx, c, "make_own_key", f)
}

// EndOwnKey ends a key of one's own at once.
func (c *Client) EndOwnKey(ctx context.Context, key string) error {
	_, err := c.call(ctx, "end_own_key", []string{key}, nil, nil, nil)
	return err
}

// ConsoleLink makes a link that opens the console once.
func (c *Client) ConsoleLink(ctx context.Context) (Link, error) {
	return post[Link](ctx, c, "console_link", nil)
}

func post[T any](ctx context.Context, c *Client, name string, in any, values ...string) (T, error) {
	var out T
	_, err := c.call(ctx, name, values, nil, in, &out)
	return out, err
}
