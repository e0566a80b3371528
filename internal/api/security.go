package api

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/security"
	"github.com/commonhold/commonhold/org"
)

// noteRefusal writes what was refused for want of authority into the security log of the organization that it was about.
func (s *Server) noteRefusal(c *call, err error) {
	refusal, refused := errors.AsType[*org.Refusal](err)
	if !refused || refusal.Kind != org.Forbidden || c.org == "" || c.caller.Key == "" {
		return
	}
	row := s.incident(c, c.org, security.Refused)
	row.Code, row.Asked = refusal.Code, c.wanted()
	s.app.Security().Add(row)
}

// noteReading writes down that the caller read the audit log of an organization, or its security log.
func (s *Server) noteReading(c *call, id org.OrgID) {
	s.app.Security().Add(s.incident(c, id, security.Read))
}

func (s *Server) incident(c *call, id org.OrgID, kind security.Kind) security.Row {
	return security.Row{Organization: id, Kind: kind, Operator: !c.caller.Acting(), Person: c.caller.ID(), Via: org.KeyID(c.caller.Key),
		What: c.Name, Request: c.exchange.id, Origin: c.origin()}
}

// wanted is the permission that a call asks for, if it is one.
func (c *call) wanted() org.Permission {
	switch {
	case c.command != nil && c.value.IsValid():
		return org.Asked(c.value.Interface().(org.Command))
	case c.Gate.Org != "":
		return c.Gate.Org
	}
	return c.Gate.Project
}

func (s *Server) listSecurityLog(ctx context.Context, c *call) (answer, error) {
	at, id, _ := strings.Cut(c.after, " ")
	before, _ := strconv.ParseInt(at, 10, 64) // sealed by us; nothing is the newest
	if c.after == "" {
		s.noteReading(c, c.org)
	}
	rows, err := s.app.Security().List(ctx, c.org, security.Before{At: org.Instant(before), ID: id}, c.limit+1)
	if err != nil {
		return answer{}, s.app.Unavailable(ctx, "read the security log", err)
	}
	p := page(s, c, slices.Values(rows), func(r security.Row) string { return strconv.FormatInt(int64(r.At), 10) + " " + r.ID })
	people, err := s.app.People(ctx, persons(p.Items))
	if err != nil {
		return answer{}, err
	}
	return c.shown(route.Each(p, func(r security.Row) route.Incident {
		return route.Incident{At: r.At, Kind: string(r.Kind), Actor: actorName(r.Person, r.Operator), Name: people[r.Person].Name, Via: r.Via,
			Tried: r.What, Code: r.Code, Permission: r.Asked, Request: r.Request, From: r.Origin.Address, Agent: r.Origin.Agent,
			Count: r.Count, Until: r.Until}
	})), nil
}

// persons returns the people among the actors of rows.
func persons(rows []security.Row) (out []org.PersonID) {
	for _, r := range rows {
		if r.Person != "" {
			out = append(out, r.Person)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func actorName(p org.PersonID, operator bool) string {
	if operator {
		return "operator"
	}
	return string(p)
}
