package console

import (
	"slices"
	"strings"

	"github.com/commonhold/commonhold/internal/address"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/org"
)

// accessView answers "why does this person have access": it helps to choose a person and a project, then tells every
// source and every permission, or who could give it.
type accessView struct {
	Person, Project     string // as typed
	PersonIs, ProjectIs chip   // as found
	People, Projects    []chip // to choose from when what was typed fits several
	None                string // what fits nothing
	Status              string
	Role                badge
	Sources             []source
	Groups              []permissionGroup
	Allowed, Asked      int
	Deciders            []who
	Reason              string
	Deleted             bool
}

type permissionGroup struct {
	Name string
	Rows []permissionRow
}

type permissionRow struct {
	Key, Sentence string
	Allowed       bool
}

const choices = 12

func showAccess(r *request) (string, any, error) {
	q := r.URL.Query()
	v := &accessView{Person: strings.TrimSpace(q.Get("person")), Project: strings.TrimSpace(q.Get("project"))}
	person, err := v.findPerson(r)
	if err != nil {
		return "", nil, err
	}
	project := v.findProject(r)
	if person == "" || project == "" {
		return "Access", v, nil
	}
	return "Access", v, v.explain(r, person, project)
}

// findPerson takes an id, or a name or address that fits one member.
func (v *accessView) findPerson(r *request) (org.PersonID, error) {
	if v.Person == "" {
		return "", nil
	}
	all, err := r.app.Directory(r.Context(), r.state, app.MemberFilter{})
	if err != nil {
		return "", err
	}
	var fits []app.Listed
	for _, m := range all {
		if string(m.Person) == v.Person || "ext:"+string(m.ExternalID) == v.Person || strings.EqualFold(m.Name, v.Person) || m.Address != "" && address.Key(m.Address) == address.Key(v.Person) {
			fits = append(fits, m)
		}
	}
	if len(fits) == 0 {
		if fits, err = r.app.Directory(r.Context(), r.state, app.MemberFilter{Find: v.Person}); err != nil {
			return "", err
		}
	}
	switch {
	case len(fits) == 0:
		v.None = "No member’s name or address contains “" + v.Person + "”."
	case len(fits) == 1:
		v.Person, v.PersonIs = fits[0].Name, chip{fits[0].Name, r.href("people/" + string(fits[0].Person))}
		return fits[0].Person, nil
	}
	for _, m := range fits[:min(len(fits), choices)] {
		v.People = append(v.People, chip{m.Name, r.href("access", "person", string(m.Person), "project", v.Project)})
	}
	return "", nil
}

func (v *accessView) findProject(r *request) org.ProjectID {
	if v.Project == "" {
		return ""
	}
	if id, err := app.FindProject(r.state, v.Project); err == nil {
		return v.foundProject(r, id)
	}
	var fits []org.Project
	for p := range r.state.Projects(false, "") {
		if strings.EqualFold(string(p.Name), v.Project) {
			return v.foundProject(r, p.Project)
		}
		if contains(string(p.Name), v.Project) {
			fits = append(fits, p)
		}
	}
	switch {
	case len(fits) == 1:
		return v.foundProject(r, fits[0].Project)
	case len(fits) == 0:
		v.None = "No project’s name contains “" + v.Project + "”."
	}
	for _, p := range fits[:min(len(fits), choices)] {
		v.Projects = append(v.Projects, chip{string(p.Name), r.href("access", "person", v.Person, "project", string(p.Project))})
	}
	return ""
}

func (v *accessView) foundProject(r *request, id org.ProjectID) org.ProjectID {
	p, _ := r.state.Project(id)
	v.Project, v.ProjectIs = string(p.Name), chip{string(p.Name), r.href("projects/" + string(id))}
	return id
}

func (v *accessView) explain(r *request, person org.PersonID, project org.ProjectID) error {
	m, _ := r.state.Member(person, r.now)
	p, _ := r.state.Project(project)
	v.Status, v.Deleted = standingWord(m), p.Deleted != 0
	held := r.state.Sources(person, project, r.now)
	view := r.state.Explain(person, "project:view", project, r.now)
	v.Reason = view.Reason
	if m.Status == org.Active && !m.Disabled && m.Window.Holds(r.now) && !v.Deleted {
		v.Role = r.projectBadge(highest(held))
	}
	ids := slices.Clone(view.Deciders)
	for _, h := range held {
		ids = append(ids, h.GivenBy)
	}
	named, err := names(r.Context(), r, ids)
	if err != nil {
		return err
	}
	for _, h := range held {
		v.Sources = append(v.Sources, sourceWords(r, h, named))
	}
	for _, id := range view.Deciders {
		v.Deciders = append(v.Deciders, named(id))
	}
	v.permissions(r, person, project)
	return nil
}

// permissions lays the whole table out by category.
func (v *accessView) permissions(r *request, person org.PersonID, project org.ProjectID) {
	at := map[string]int{}
	for _, row := range r.state.Catalog().Rows() {
		if row.Scope != org.InProject {
			continue
		}
		i, ok := at[row.Category]
		if !ok {
			i = len(v.Groups)
			at[row.Category] = i
			v.Groups = append(v.Groups, permissionGroup{Name: row.Category})
		}
		allowed := r.state.Check(person, row.Key, project, r.now)
		v.Groups[i].Rows = append(v.Groups[i].Rows, permissionRow{string(row.Key), row.Sentence, allowed})
		v.Asked++
		if allowed {
			v.Allowed++
		}
	}
}

// searchView is everything whose name fits.
type searchView struct {
	Find                    string
	People, Teams, Projects []chip
	MorePeople              string
	Total                   int
}

const found = 10

func showSearch(r *request) (string, any, error) {
	v := searchView{Find: strings.TrimSpace(r.URL.Query().Get("find"))}
	if v.Find == "" {
		return "Search", v, nil
	}
	people, err := r.app.Directory(r.Context(), r.state, app.MemberFilter{Find: v.Find})
	if err != nil {
		return "", nil, err
	}
	for _, m := range people[:min(len(people), found)] {
		v.People = append(v.People, chip{m.Name, r.href("people/" + string(m.Person))})
	}
	if len(people) > found {
		v.MorePeople = r.href("people", "find", v.Find)
	}
	for t := range r.state.Teams("") {
		if contains(string(t.Name), v.Find) {
			v.Teams = append(v.Teams, chip{string(t.Name), r.href("teams/" + string(t.Team))})
		}
	}
	for p := range r.state.Projects(false, "") {
		if contains(string(p.Name), v.Find) {
			v.Projects = append(v.Projects, chip{string(p.Name), r.href("projects/" + string(p.Project))})
		}
	}
	v.Total = len(people) + len(v.Teams) + len(v.Projects)
	return "Search", v, nil
}
