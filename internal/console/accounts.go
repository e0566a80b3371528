package console

import (
	"slices"

	"github.com/commonhold/commonhold/org"
)

type accountsView struct {
	Find  string
	Rows  []accountRow
	Pager pager
}

type accountRow struct {
	org.Account
	Role     badge
	Own      chip // the project whose own it is
	Projects []projectAccess
	Teams    []chip
}

// projectAccess is a project with the role that somebody has in it.
type projectAccess struct {
	chip
	Role badge
}

func showAccounts(r *request) (string, any, error) {
	v := accountsView{Find: r.URL.Query().Get("find")}
	for a := range r.state.Accounts(r.now, "") {
		if contains(string(a.Name), v.Find) {
			v.Rows = append(v.Rows, accountRow{Account: a})
		}
	}
	slices.SortFunc(v.Rows, func(a, b accountRow) int { return byName(string(a.Name), string(b.Name)) })
	v.Rows, v.Pager = paged(r, v.Rows, func(page string) string { return r.href("accounts", "find", v.Find, "page", page) })
	for i := range v.Rows {
		v.Rows[i].fill(r)
	}
	return "Service accounts", v, nil
}

// fill tells what an account reaches.
func (a *accountRow) fill(r *request) {
	a.Role = r.orgBadge(a.Account.Role)
	if a.Project != "" {
		a.Own = r.project(a.Project)
	}
	for _, t := range a.Account.Teams {
		a.Teams = append(a.Teams, chip{string(r.state.NameOf(string(t))), r.href("teams/" + string(t))})
	}
	holding, _ := r.state.AccountHolds(a.Account.Account, r.now)
	held := map[org.ProjectID][]org.Held{}
	for _, h := range holding.Projects {
		held[h.Project] = append(held[h.Project], h)
	}
	for project, sources := range held {
		if role := highest(sources); role != "" {
			a.Projects = append(a.Projects, projectAccess{r.project(project), r.projectBadge(role)})
		}
	}
	slices.SortFunc(a.Projects, func(x, y projectAccess) int { return byName(x.Name, y.Name) })
}

func (r *request) project(id org.ProjectID) chip {
	return chip{string(r.state.NameOf(string(id))), r.href("projects/" + string(id))}
}
