package console

import (
	"cmp"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/org"
)

func byName(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }

func contains(name, find string) bool {
	return strings.Contains(strings.ToLower(name), strings.ToLower(strings.TrimSpace(find)))
}

type teamsView struct {
	Find  string
	Rows  []teamRow
	Pager pager
}

type teamRow struct {
	org.Team
	Href string
}

func showTeams(r *request) (string, any, error) {
	v := teamsView{Find: r.URL.Query().Get("find")}
	for t := range r.state.Teams("") {
		if contains(string(t.Name), v.Find) {
			v.Rows = append(v.Rows, teamRow{t, r.href("teams/" + string(t.Team))})
		}
	}
	slices.SortFunc(v.Rows, func(a, b teamRow) int { return byName(string(a.Name), string(b.Name)) })
	v.Rows, v.Pager = paged(r, v.Rows, func(page string) string { return r.href("teams", "find", v.Find, "page", page) })
	return "Teams", v, nil
}

type teamView struct {
	Team     org.Team
	Find     string
	People   []rosterRow
	Accounts []chip
	Pager    pager
	Projects []grantRow
}

type rosterRow struct {
	who
	Manager bool
	Note    string
	Now     bool
}

type grantRow struct {
	chip
	Role badge
	Note string
	Now  bool
}

func showTeam(r *request) (string, any, error) {
	id, err := app.FindTeam(r.state, r.PathValue("team"))
	if err != nil {
		return "", nil, err
	}
	v := teamView{Find: r.URL.Query().Get("find")}
	v.Team, _ = r.state.Team(id)
	if err := v.roster(r, id); err != nil {
		return "", nil, err
	}
	for _, p := range r.state.AccountRoster(id, r.now) {
		v.Accounts = append(v.Accounts, chip{string(r.state.NameOf(string(p.Account))), r.href("accounts")})
	}
	for _, g := range r.state.GrantsOfTeam(id, r.now) {
		p, _ := r.state.Project(g.Project)
		v.Projects = append(v.Projects, grantRow{chip{string(p.Name), r.href("projects/" + string(g.Project))}, r.projectBadge(g.Role), strings.Join(windowWords(g.Window, r.now), " · "), g.Now})
	}
	slices.SortFunc(v.Projects, func(a, b grantRow) int { return byName(a.Name, b.Name) })
	return string(v.Team.Name), v, nil
}

func (v *teamView) roster(r *request, id org.TeamID) error {
	var places []org.Place
	var ids []org.PersonID
	for p := range r.state.Roster(id, r.now, "") {
		places = append(places, p)
		ids = append(ids, p.Person)
	}
	named, err := names(r.Context(), r, ids)
	if err != nil {
		return err
	}
	for _, p := range places {
		row := rosterRow{named(p.Person), p.Manager, strings.Join(windowWords(p.Window, r.now), " · "), p.Now}
		if contains(row.Name+" "+row.Mail, v.Find) {
			v.People = append(v.People, row)
		}
	}
	slices.SortFunc(v.People, func(a, b rosterRow) int { return byName(a.Name, b.Name) })
	v.People, v.Pager = paged(r, v.People, func(page string) string {
		return r.href("teams/"+string(id), "find", v.Find, "page", page)
	})
	return nil
}

type projectsView struct {
	Find  string
	Rows  []projectRow
	Pager pager
}

type projectRow struct {
	org.Project
	Href string
}

func showProjects(r *request) (string, any, error) {
	v := projectsView{Find: r.URL.Query().Get("find")}
	for p := range r.state.Projects(false, "") {
		if contains(string(p.Name), v.Find) {
			v.Rows = append(v.Rows, projectRow{p, r.href("projects/" + string(p.Project))})
		}
	}
	slices.SortFunc(v.Rows, func(a, b projectRow) int { return byName(string(a.Name), string(b.Name)) })
	v.Rows, v.Pager = paged(r, v.Rows, func(page string) string { return r.href("projects", "find", v.Find, "page", page) })
	return "Projects", v, nil
}

type projectView struct {
	Project org.Project
	Find    string
	Shared  []sharedRow // grants to teams, service accounts and everyone
	People  []accessRow
	Pager   pager
}

type sharedRow struct {
	chip
	Role badge
	Note string
	Now  bool
}

type accessRow struct {
	who
	Role    badge
	Status  string
	Sources []source
	Why     string
}

func showProject(r *request) (string, any, error) {
	id, err := app.FindProject(r.state, r.PathValue("project"))
	if err != nil {
		return "", nil, err
	}
	v := projectView{Find: r.URL.Query().Get("find")}
	v.Project, _ = r.state.Project(id)
	for _, g := range r.state.GrantsOn(id, r.now) {
		if g.Person != "" {
			continue
		}
		row := sharedRow{chip{"Everyone in the organization", r.href("people")}, r.projectBadge(g.Role), strings.Join(windowWords(g.Window, r.now), " · "), g.Now}
		switch {
		case g.Team != "":
			row.chip = chip{string(r.state.NameOf(string(g.Team))), r.href("teams/" + string(g.Team))}
		case g.Account != "":
			row.chip = chip{"Service account " + string(r.state.NameOf(string(g.Account))), r.href("accounts")}
		case g.Accounts:
			row.Name += " and all service accounts"
		}
		v.Shared = append(v.Shared, row)
	}
	return string(v.Project.Name), &v, v.people(r, id)
}

func roleOrder(role org.ProjectRole) int {
	switch place := slices.Index(org.ProjectRoles[:], role); {
	case place >= 0:
		return place
	case role != "":
		return len(org.ProjectRoles)
	}
	return len(org.ProjectRoles) + 1
}

// people fills the table of who has access: all are found and ordered by role, the highest first, and by name; the
// sources are told for one page.
func (v *projectView) people(r *request, id org.ProjectID) error {
	members, err := r.app.Directory(r.Context(), r.state, app.MemberFilter{Find: v.Find})
	if err != nil {
		return err
	}
	in := map[org.PersonID]bool{}
	for p := range r.state.PeopleOf(id, r.now, "") {
		in[p] = true
	}
	var found []app.Listed
	role := map[org.PersonID]int{} // the place of the highest; behind the built-in ones a custom one, then none
	for _, m := range members {
		if in[m.Person] {
			found = append(found, m)
			role[m.Person] = roleOrder(r.state.RoleIn(m.Person, id, r.now))
		}
	}
	slices.SortStableFunc(found, func(a, b app.Listed) int { return cmp.Compare(role[a.Person], role[b.Person]) })
	found, v.Pager = paged(r, found, func(page string) string {
		return r.href("projects/"+string(id), "find", v.Find, "page", page)
	})
	held := make([][]org.Held, len(found))
	var givers []org.PersonID
	for i, m := range found {
		held[i] = r.state.Sources(m.Person, id, r.now)
		for _, h := range held[i] {
			givers = append(givers, h.GivenBy)
		}
	}
	named, err := names(r.Context(), r, givers)
	if err != nil {
		return err
	}
	for i, m := range found {
		row := accessRow{who: who{m.Person, m.Name, m.Address, r.href("people/" + string(m.Person))}, Role: r.projectBadge(highest(held[i])), Status: standingWord(m.Member),
			Why: r.href("access", "person", string(m.Person), "project", string(id))}
		for _, h := range held[i] {
			row.Sources = append(row.Sources, sourceWords(r, h, named))
		}
		v.People = append(v.People, row)
	}
	return nil
}
