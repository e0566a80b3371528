package api

import (
	"context"
	"slices"
	"strconv"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// role is the custom role that the path names.
func (c *call) role() org.RoleID { return org.RoleID(c.request.PathValue("role")) }

func (s *Server) listRoles(_ context.Context, c *call) (answer, error) {
	rows := route.Where(c.state.CustomRoles(org.RoleID(c.after)), func(r org.CustomRole) bool { return holds(r.Name, c.query["find"]) })
	return c.shown(page(s, c, rows, func(r org.CustomRole) string { return string(r.Role) })), nil
}

func (s *Server) getRole(_ context.Context, c *call) (answer, error) {
	r, ok := c.state.CustomRole(c.role())
	if !ok {
		return answer{}, org.ErrUnknownRole
	}
	return c.tagged(r, false), nil
}

func (s *Server) listRoleHolders(_ context.Context, c *call) (answer, error) {
	if _, ok := c.state.CustomRole(c.role()); !ok {
		return answer{}, org.ErrUnknownRole
	}
	all := c.state.RoleHolders(c.role())
	if i := slices.IndexFunc(all, func(h org.RoleHolder) bool { return holderKey(h) == c.after }); i >= 0 {
		all = all[i+1:]
	}
	return c.shown(page(s, c, slices.Values(all), holderKey)), nil
}

// holderKey names a holder of one role: who, and in which project.
func holderKey(h org.RoleHolder) string {
	return string(h.Person) + string(h.Account) + " " + string(h.Team) + " " + string(h.Project) + " " + strconv.FormatBool(h.Accounts)
}
