package api

import (
	"context"
	"iter"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

func (s *Server) getOrganization(_ context.Context, c *call) (answer, error) {
	return c.tagged(c.organization(c.state), true), nil
}

func (s *Server) getSettings(_ context.Context, c *call) (answer, error) {
	return c.tagged(c.state.Settings(), false), nil
}

func (s *Server) getCatalog(_ context.Context, c *call) (answer, error) {
	return c.shown(route.Catalog{Catalog: c.state.CatalogDigest(), Rows: c.state.Catalog().Rows()}), nil
}

// previewCatalog shows what adopting another catalog would change.
func (s *Server) previewCatalog(_ context.Context, c *call) (answer, error) {
	var instead []org.Replacing
	for pair := range strings.SplitSeq(c.query["instead"], ",") {
		from, to, ok := strings.Cut(pair, "=")
		if ok {
			instead = append(instead, org.Replacing{From: org.Permission(from), To: org.Permission(to)})
		} else if pair != "" {
			return answer{}, in("instead", errBadParam)
		}
	}
	rows, err := c.state.CatalogChanges(org.Digest(c.query["catalog"]), instead, c.at, c.after)
	if err != nil {
		return answer{}, err
	}
	return c.shown(page(s, c, rows, org.CatalogChange.Place)), nil
}

func memberShown(m org.Member, p app.Person) route.Member {
	return route.Member{Member: m, Name: p.Name, Address: p.Address, ExternalID: p.ExternalID}
}

// listMembers lists members in the order of the log; those that a search finds, in order of id.
func (s *Server) listMembers(ctx context.Context, c *call) (answer, error) {
	f := app.MemberFilter{Find: c.query["find"], Role: org.OrgRole(c.query["role"])}
	if f.Role != "" && !slices.Contains(org.OrgRoles[:], f.Role) && !org.RoleID(f.Role).Valid() {
		return answer{}, in("role", org.ErrBadRole)
	}
	switch c.query["status"] {
	case "":
	case org.Active.String():
		f.Status = org.Active
	case org.Suspended.String():
		f.Status = org.Suspended
	default:
		return answer{}, in("status", errBadParam)
	}
	if _, searching := c.query["find"]; searching {
		return s.findMembers(ctx, c, f)
	}
	rows := route.Where(c.state.Members(c.at, org.PersonID(c.after)), func(m org.Member) bool {
		return (f.Role == "" || m.Role == f.Role) && (f.Status == org.NoMember || m.Status == f.Status)
	})
	p := page(s, c, rows, func(m org.Member) string { return string(m.Person) })
	people, err := s.app.People(ctx, named(p.Items, func(m org.Member) org.PersonID { return m.Person }))
	return c.shown(route.Each(p, func(m org.Member) route.Member { return memberShown(m, people[m.Person]) })), err
}

const shortestSearch = 3

func (s *Server) findMembers(ctx context.Context, c *call, f app.MemberFilter) (answer, error) {
	if len([]rune(strings.TrimSpace(f.Find))) < shortestSearch {
		return answer{}, in("find", errBadParam)
	}
	found, err := s.app.Directory(ctx, c.state, f)
	if err != nil {
		return answer{}, err
	}
	found = slices.Clone(found)
	slices.SortFunc(found, func(a, b app.Listed) int { return strings.Compare(string(a.Person), string(b.Person)) })
	behind := route.Where(slices.Values(found), func(l app.Listed) bool { return string(l.Person) > c.after })
	p := route.Each(page(s, c, behind, func(l app.Listed) string { return string(l.Person) }), func(l app.Listed) route.Member {
		return route.Member{Member: l.Member, Name: l.Name, Address: l.Address, ExternalID: l.ExternalID}
	})
	p.Total = new(len(found))
	return c.shown(p), nil
}

// named returns the people whom rows name.
func named[T any](rows []T, who func(T) org.PersonID) []org.PersonID {
	out := make([]org.PersonID, len(rows))
	for i, row := range rows {
		out[i] = who(row)
	}
	return out
}

func (s *Server) getMember(ctx context.Context, c *call) (answer, error) {
	m, ok := c.state.Member(c.person, c.at)
	if !ok {
		return answer{}, org.ErrUnknownPerson
	}
	people, err := s.app.People(ctx, []org.PersonID{c.person})
	return c.tagged(memberShown(m, people[c.person]), true), err
}

func (s *Server) getHoldings(_ context.Context, c *call) (answer, error) {
	h, ok := c.state.Holds(c.person, c.at)
	if !ok {
		return answer{}, org.ErrUnknownPerson
	}
	return c.shown(h), nil
}

// listTeams lists all teams for those who see all members, and their own for others.
func (s *Server) listTeams(_ context.Context, c *call) (answer, error) {
	rows, all := c.state.Teams(org.TeamID(c.after)), c.sees("members:view")
	mine := func(t org.Team) bool { return all || c.state.InTeam(c.caller.ID(), t.Team, c.at) }
	find := c.query["find"]
	p := page(s, c, route.Where(rows, func(t org.Team) bool { return mine(t) && holds(t.Name, find) }), func(t org.Team) string { return string(t.Team) })
	if all && find == "" {
		p.Total = new(c.state.Counts().Teams)
	}
	return c.shown(p), nil
}

// holds reports whether a name contains a text, in whatever case.
func holds(name org.Name, text string) bool {
	return text == "" || strings.Contains(strings.ToLower(norm.NFC.String(string(name))), strings.ToLower(text))
}

func (s *Server) getTeam(_ context.Context, c *call) (answer, error) {
	t, ok := c.state.Team(c.team)
	if !ok {
		return answer{}, org.ErrUnknownTeam
	}
	return c.tagged(t, false), nil
}

func (s *Server) listRoster(ctx context.Context, c *call) (answer, error) {
	if _, ok := c.state.Team(c.team); !ok {
		return answer{}, org.ErrUnknownTeam
	}
	p := page(s, c, c.state.Roster(c.team, c.at, org.PersonID(c.after)), func(p org.Place) string { return string(p.Person) })
	people, err := s.app.People(ctx, named(p.Items, func(p org.Place) org.PersonID { return p.Person }))
	return c.shown(route.Each(p, func(p org.Place) route.Place { return route.Place{Place: p, Name: people[p.Person].Name} })), err
}

func (s *Server) listTeamGrants(_ context.Context, c *call) (answer, error) {
	if _, ok := c.state.Team(c.team); !ok {
		return answer{}, org.ErrUnknownTeam
	}
	return c.shown(grants(s, c, c.state.GrantsOfTeam(c.team, c.at))), nil
}

// grants pages through grants in an order that none of them ever leaves: by subject, project, role and source.
func grants(s *Server, c *call, all []org.Grant) route.Page[org.Grant] {
	place := func(g org.Grant) string {
		kind := "3" // everyone first, then teams, then people
		if g.Everyone {
			kind = "1"
		} else if g.Team != "" {
			kind = "2"
		}
		return strings.Join([]string{kind, string(g.Team), string(g.Person), string(g.Project), string(g.Role), string(g.Source)}, " ")
	}
	behind := slices.Collect(route.Where(slices.Values(all), func(g org.Grant) bool { return place(g) > c.after }))
	slices.SortFunc(behind, func(a, b org.Grant) int { return strings.Compare(place(a), place(b)) })
	p := page(s, c, slices.Values(behind), place)
	p.Total = new(len(all))
	return p
}

// showProject shows a project, without who is in it for those who may not see that.
func (c *call) showProject(p org.Project) org.Project {
	if !c.sees("members:view") && !c.seesIn(p.Project, "project:view_people") {
		p.People, p.Teams, p.Everyone = 0, 0, false
	}
	return p
}

// listProjects lists all projects for those who see all members, and for others those they may see.
func (s *Server) listProjects(_ context.Context, c *call) (answer, error) {
	find, deleted, all := c.query["find"], c.query["deleted"] == "true", c.sees("members:view")
	rows := route.Where(c.projects(all, deleted), func(p org.Project) bool { return holds(p.Name, find) })
	p := page(s, c, rows, func(p org.Project) string { return string(p.Project) })
	if all && find == "" {
		p.Total = new(c.state.Counts().Projects)
		if deleted {
			p.Total = new(c.state.Counts().Deleted)
		}
	}
	return c.shown(route.Each(p, c.showProject)), nil
}

func (c *call) projects(all, deleted bool) iter.Seq[org.Project] {
	if all {
		return c.state.Projects(deleted, org.ProjectID(c.after))
	}
	return func(yield func(org.Project) bool) {
		if deleted {
			return // a deleted project is nobody's to see but theirs who see all
		}
		for id := range c.state.ProjectsWhere(c.caller.ID(), "project:view", c.at, org.ProjectID(c.after)) {
			if p, ok := c.state.Project(id); ok && !yield(p) {
				return
			}
		}
	}
}

func (s *Server) getProject(_ context.Context, c *call) (answer, error) {
	p, ok := c.state.Project(c.project)
	if !ok {
		return answer{}, org.ErrUnknownProject
	}
	return c.tagged(c.showProject(p), false), nil
}

// listProjectPeople lists the people of a project with every source of their access.
func (s *Server) listProjectPeople(ctx context.Context, c *call) (answer, error) {
	if _, ok := c.state.Project(c.project); !ok {
		return answer{}, org.ErrUnknownProject
	}
	p := page(s, c, c.state.PeopleOf(c.project, c.at, org.PersonID(c.after)), func(id org.PersonID) string { return string(id) })
	people, err := s.app.People(ctx, p.Items)
	return c.shown(route.Each(p, func(id org.PersonID) route.Access { return c.access(id, people[id].Name) })), err
}

func (c *call) access(id org.PersonID, name string) route.Access {
	m, _ := c.state.Member(id, c.at)
	a := route.Access{Person: id, Name: name, Status: m.Status, Sources: c.state.Sources(id, c.project, c.at)}
	highest := len(org.ProjectRoles)
	for _, h := range a.Sources {
		if h.Now && m.Status == org.Active && m.Holds(c.at) {
			highest = min(highest, slices.Index(org.ProjectRoles[:], h.Role))
		}
	}
	if highest < len(org.ProjectRoles) && highest >= 0 {
		a.Role = org.ProjectRoles[highest]
	}
	return a
}

func (s *Server) listGrants(_ context.Context, c *call) (answer, error) {
	if _, ok := c.state.Project(c.project); !ok {
		return answer{}, org.ErrUnknownProject
	}
	return c.shown(grants(s, c, c.state.GrantsOn(c.project, c.at))), nil
}
