package api

import (
	"context"
	"strings"

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
	holder, project, _ := strings.Cut(c.after, " ")
	rows := c.state.RoleHolders(c.role(), org.Holder(holder), org.ProjectID(project))
	return c.shown(page(s, c, rows, func(h org.RoleHolder) string { return string(h.Holder()) + " " + string(h.Project) })), nil
}
