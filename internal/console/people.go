package console

import (
	"slices"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/org"
)

type peopleView struct {
	Find   string
	Role   org.OrgRole
	Status string
	Rows   []personRow
	Pager  pager
	Roles  []roleChoice
}

// roleChoice is a role that people can be filtered by.
type roleChoice struct {
	Value org.OrgRole
	Word  string
}

// orgRoles are all roles that a member may have, the built-in ones first.
func orgRoles(r *request) []roleChoice {
	var out []roleChoice
	for _, role := range org.OrgRoles {
		out = append(out, roleChoice{role, r.orgBadge(role).Word})
	}
	for c := range r.state.CustomRoles("") {
		if c.Scope == org.InOrganization {
			out = append(out, roleChoice{org.OrgRole(c.Role), string(c.Name)})
		}
	}
	return out
}

type personRow struct {
	who
	Role   badge
	Status string
	Note   string
	Teams  []chip
	More   int // teams not shown
	Grants int
	Joined org.Instant
	Ready  bool
}

// chip is a short name that leads somewhere.
type chip struct{ Name, Href string }

func showPeople(r *request) (string, any, error) {
	q := r.URL.Query()
	v := peopleView{Find: q.Get("find"), Role: org.OrgRole(q.Get("role")), Status: q.Get("status"), Roles: orgRoles(r)}
	f := app.MemberFilter{Find: v.Find, Role: v.Role}
	switch v.Status {
	case "active":
		f.Status = org.Active
	case "suspended":
		f.Status = org.Suspended
	}
	found, err := r.app.Directory(r.Context(), r.state, f)
	if err != nil {
		return "", nil, err
	}
	found, v.Pager = paged(r, found, func(page string) string {
		return r.href("people", "find", v.Find, "role", string(v.Role), "status", v.Status, "page", page)
	})
	for _, m := range found {
		v.Rows = append(v.Rows, personOf(r, m))
	}
	return "People", v, nil
}

const teamsShown = 3

func personOf(r *request, m app.Listed) personRow {
	row := personRow{who: who{m.Person, m.Name, m.Address, r.href("people/" + string(m.Person))}, Role: r.orgBadge(m.Role), Status: standingWord(m.Member),
		Grants: m.Grants, Joined: m.Joined, Ready: m.Ready, More: max(0, len(m.Teams)-teamsShown)}
	for _, id := range m.Teams[:min(len(m.Teams), teamsShown)] {
		t, _ := r.state.Team(id)
		row.Teams = append(row.Teams, chip{string(t.Name), r.href("teams/" + string(id))})
	}
	if words := windowWords(m.Window, r.now); len(words) > 0 {
		row.Note = words[0]
	}
	return row
}

type personView struct {
	who
	Member     org.Member
	Role       badge
	Status     string
	Notes      []string
	External   string
	AddedBy    who
	Everywhere badge
	Projects   []heldProject
	Places     []placeRow
	Why        string // the page that explains
}

// heldProject is a project with all sources of a person's access.
type heldProject struct {
	Name, Href, Why string
	Role            badge
	Sources         []source
}

type placeRow struct {
	chip
	Manager bool
	Note    string
	Now     bool
}

func showPerson(r *request) (string, any, error) {
	id, err := r.app.FindPerson(r.Context(), r.PathValue("person"))
	if err != nil {
		return "", nil, org.ErrUnknownPerson
	}
	holding, ok := r.state.Holds(id, r.now)
	if !ok {
		return "", nil, org.ErrUnknownPerson
	}
	ids := []org.PersonID{id, holding.Member.AddedBy}
	for _, h := range holding.Projects {
		ids = append(ids, h.GivenBy)
	}
	named, err := names(r.Context(), r, ids)
	if err != nil {
		return "", nil, err
	}
	account, err := r.app.People(r.Context(), []org.PersonID{id})
	if err != nil {
		return "", nil, err
	}
	m := holding.Member
	v := personView{who: named(id), Member: m, Role: r.orgBadge(m.Role), Status: standingWord(m), Notes: windowWords(m.Window, r.now), External: string(account[id].ExternalID),
		AddedBy: named(m.AddedBy), Everywhere: r.projectBadge(holding.Everywhere), Why: r.href("access", "person", string(id))}
	v.Projects = heldProjects(r, id, holding.Projects, named)
	for _, p := range holding.Places {
		t, _ := r.state.Team(p.Team)
		row := placeRow{chip: chip{string(t.Name), r.href("teams/" + string(p.Team))}, Manager: p.Manager, Now: p.Now}
		if words := windowWords(p.Window, r.now); len(words) > 0 {
			row.Note = words[0]
		}
		v.Places = append(v.Places, row)
	}
	return v.Name, v, nil
}

// heldProjects groups sources by project, in order of the projects' names.
func heldProjects(r *request, id org.PersonID, held []org.Held, named func(org.PersonID) who) []heldProject {
	byProject := map[org.ProjectID][]org.Held{}
	for _, h := range held {
		byProject[h.Project] = append(byProject[h.Project], h)
	}
	var out []heldProject
	for project, sources := range byProject {
		p, _ := r.state.Project(project)
		row := heldProject{Name: string(p.Name), Href: r.href("projects/" + string(project)), Role: r.projectBadge(highest(sources)),
			Why: r.href("access", "person", string(id), "project", string(project))}
		for _, h := range sources {
			row.Sources = append(row.Sources, sourceWords(r, h, named))
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b heldProject) int { return byName(a.Name, b.Name) })
	return out
}
