package api

import (
	"context"
	"slices"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

func (s *Server) listAccounts(_ context.Context, c *call) (answer, error) {
	rows := route.Where(c.state.Accounts(c.at, org.AccountID(c.after)), func(a org.Account) bool {
		return holds(a.Name, c.query["find"]) && (c.project == "" || a.Project == c.project)
	})
	return c.shown(page(s, c, rows, func(a org.Account) string { return string(a.Account) })), nil
}

func (s *Server) getAccount(_ context.Context, c *call) (answer, error) {
	a, ok := c.state.Account(c.account(c.state), c.at)
	if !ok {
		return answer{}, org.ErrUnknownAccount
	}
	return c.tagged(a, false), nil
}

func (s *Server) listAccountKeys(ctx context.Context, c *call) (answer, error) {
	account := c.account(c.state)
	if _, ok := c.state.Account(account, c.at); !ok {
		return answer{}, org.ErrUnknownAccount
	}
	all, err := s.keys.List(ctx, c.state, account, c.at)
	if i := slices.IndexFunc(all, func(k route.AccountKey) bool { return string(k.Key) == c.after }); i >= 0 {
		all = all[i+1:]
	}
	return c.shown(page(s, c, slices.Values(all), func(k route.AccountKey) string { return string(k.Key) })), err
}

// askAccount makes the gate judge a request about a service account in the project whose own it is, if it is one's.
func (s *Server) askAccount(_ context.Context, c *call) error {
	a, _ := c.state.Account(c.account(c.state), c.at)
	c.one[0].Project = a.Project
	return nil
}

// account is the service account that the path names.
func (c *call) account(s *org.State) org.AccountID {
	ref := c.request.PathValue("account")
	switch {
	case org.AccountID(ref).Valid():
		return org.AccountID(ref)
	case external(ref):
		return accountOf(s, ref)
	}
	return noAccount
}

// accountOf resolves the external id of a service account; what leads nowhere becomes the id that nobody has.
func accountOf(s *org.State, ref string) org.AccountID {
	if id, ok := s.AccountByExternal(org.ExternalID(ref[len("ext:"):])); ok {
		return id
	}
	return noAccount
}
