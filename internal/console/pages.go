package console

// page is one row of the table of pages.
type page struct {
	path     string
	template string
	nav      string // the entry of the navigation that it belongs to
	public   bool   // shown without a session
	show     func(*request) (title string, view any, err error)
}

// pages is every page. Adding one is adding a row and a template.
var pages = []page{
	{path: root + "open", template: "open.html", public: true, show: showOpen},
	{path: root + "{$}", template: "organizations.html", show: showOrganizations},
	{path: root + "{org}/{$}", template: "overview.html", nav: "Overview", show: showOverview},
	{path: root + "{org}/people", template: "people.html", nav: "People", show: showPeople},
	{path: root + "{org}/people/{person}", template: "person.html", nav: "People", show: showPerson},
	{path: root + "{org}/teams", template: "teams.html", nav: "Teams", show: showTeams},
	{path: root + "{org}/teams/{team}", template: "team.html", nav: "Teams", show: showTeam},
	{path: root + "{org}/projects", template: "projects.html", nav: "Projects", show: showProjects},
	{path: root + "{org}/projects/{project}", template: "project.html", nav: "Projects", show: showProject},
	{path: root + "{org}/accounts", template: "accounts.html", nav: "Service accounts", show: showAccounts},
	{path: root + "{org}/access", template: "access.html", nav: "Access", show: showAccess},
	{path: root + "{org}/search", template: searchTemplate, show: showSearch},
	{path: root + "{rest...}", template: "refused.html", public: true, show: showGone},
}

const searchTemplate = "search.html"

func showGone(*request) (string, any, error) { return "", nil, errGone }

var navigation = []struct{ label, path string }{
	{"Overview", ""}, {"People", "people"}, {"Teams", "teams"}, {"Projects", "projects"}, {"Service accounts", "accounts"}, {"Access", "access"},
}
