package peribolos

import (
	"fmt"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/internal/yaml"
)

// The fields of the format. All are known, so that a slip of the pen is told from something that has no meaning here.
var (
	settingFields = []string{"billing_email", "company", "email", "description", "location", "has_organization_projects",
		"has_repository_projects", "members_can_create_repositories"}
	organizationFields = append([]string{"name", "default_repository_permission", "admins", "members", "teams", "repos"}, settingFields...)
	teamFields         = []string{"description", "privacy", "previously", "maintainers", "members", "repos", "teams"}
	repoSettingFields  = []string{"description", "homepage", "private", "has_issues", "has_projects", "has_wiki", "allow_squash_merge",
		"allow_merge_commit", "allow_rebase_merge", "squash_merge_commit_title", "squash_merge_commit_message", "default_branch",
		"archived", "on_create", "fork_from", "default_branch_only"}
	repoFields = append([]string{"previously", "collaborators"}, repoSettingFields...)
)

// Parse reads a file that describes one organization, or several under orgs, of which organization names the one to
// read; it may be empty if there is only one. The error is a *yaml.Mistakes, which tells all mistakes with their lines,
// unless the file is at fault as a whole.
func Parse(file []byte, organization string) (*File, error) {
	d, err := yaml.Parse(file, MaxBytes)
	if err != nil {
		return nil, fmt.Errorf("read the organization: %w", err)
	}
	r := reader{file: &File{}, people: map[string]place{}, teams: map[string]int{}, repos: map[string]int{}}
	r.organization(choose(d.Root(), organization))
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("read the organization: %w", err)
	}
	return r.file, nil
}

// choose returns the fields of the organization to read.
func choose(root yaml.Node, organization string) map[string]yaml.Node {
	fields := root.Fields(append([]string{"orgs"}, organizationFields...)...)
	orgs := fields["orgs"]
	if orgs.Empty() {
		return fields
	}
	for _, name := range organizationFields {
		if !fields[name].Empty() {
			fields[name].Refuse("%s belongs into one of the organizations under orgs", name)
		}
	}
	entries := orgs.Entries()
	var known []string
	for _, e := range entries {
		if known = append(known, e.Name); e.Name == organization || organization == "" && len(entries) == 1 {
			chosen := e.Value.Fields(organizationFields...)
			if chosen["name"].Empty() {
				chosen["name"] = e.Key
			}
			return chosen
		}
	}
	orgs.Refuse("name the organization to read; in this file are %s", strings.Join(known, ", "))
	return fields
}

type reader struct {
	file   *File
	people map[string]place // by folded handle
	teams  map[string]int   // line by folded name, former ones too
	repos  map[string]int   // line by folded name in the section repos, former ones too
	ties   int
}

// place is where a person stands in the lists of the organization.
type place struct {
	list string
	line int
}

func (r *reader) organization(f map[string]yaml.Node) {
	r.file.Name = f["name"].Text()
	if level := f["default_repository_permission"]; !level.Empty() {
		r.file.saysDefault = true
		if r.file.Default = levelOf(level); r.file.Default == Triage || r.file.Default == Maintain {
			level.Refuse("the default permission is none, read, write or admin")
		}
	}
	for _, name := range settingFields {
		if n := f[name]; !n.Empty() {
			r.note(Setting, n.Line(), name, "the setting %s has no counterpart here", name)
		}
	}
	r.file.admins = r.list(f["admins"], "admins")
	r.file.members = r.list(f["members"], "members")
	if len(r.people) > MaxPeople {
		f["members"].Refuse("%d people, %d at most", len(r.people), MaxPeople)
		return
	}
	r.section(f["teams"], nil, 1)
	for _, e := range f["repos"].Entries() {
		r.repo(e)
	}
}

// list reads admins or members. Whoever stands in both could be either, as peribolos itself says.
func (r *reader) list(n yaml.Node, list string) []handle {
	var out []handle
	for _, item := range n.Items() {
		name := handleOf(item, item.Text())
		if name == "" {
			continue
		}
		switch other, twice := r.people[fold(name)]; {
		case twice && other.list != list:
			item.Refuse("%s stands among the %s in line %d already", name, other.list, other.line)
		case twice:
			r.note(ListedTwice, item.Line(), name, "%s stands among the %s in line %d already", name, list, other.line)
		default:
			r.people[fold(name)] = place{list, item.Line()}
			out = append(out, handle{name, item.Line()})
		}
	}
	return out
}

// section reads teams, those below one that has given rights too.
func (r *reader) section(n yaml.Node, inherited []right, depth int) {
	entries := n.Entries()
	if depth > MaxTeamDepth && len(entries) > 0 {
		n.Refuse("teams lie in teams %d deep at most", MaxTeamDepth)
		return
	}
	for _, e := range entries {
		if r.ties > MaxTies || len(r.file.teams) > MaxTeams {
			return
		}
		r.team(e, inherited, depth)
	}
}

func (r *reader) team(e yaml.Entry, inherited []right, depth int) {
	f := e.Value.Fields(teamFields...)
	t := team{name: teamOf(e.Key, e.Name), line: e.Key.Line(), previously: names(f["previously"], teamOf)}
	claim(r.teams, e.Key, append([]string{t.name}, t.previously...), "team")
	if n := f["description"]; n.Text() != "" {
		r.note(Description, n.Line(), t.name, "the description of the team %s has no counterpart here", t.name)
	}
	if n := f["privacy"]; !n.Empty() {
		if text := n.Text(); text != "closed" && text != "secret" {
			n.Refuse("the privacy of a team is closed or secret")
		}
		r.note(Privacy, n.Line(), t.name, "the privacy of the team %s has no counterpart here: its members see its roster, and admins do", t.name)
	}
	seen := map[string]place{}
	t.maintainers = r.roster(f["maintainers"], "maintainers", t.name, seen)
	t.members = r.roster(f["members"], "members", t.name, seen)
	t.repos = inherit(rights(f["repos"]), inherited)

	if len(r.file.teams) == MaxTeams {
		e.Key.Refuse("more than %d teams", MaxTeams)
	}
	if r.ties += len(seen) + len(t.repos); r.ties > MaxTies {
		e.Key.Refuse("more than %d team places and rights, with those that child teams inherit", MaxTies)
	}
	r.file.teams = append(r.file.teams, t)
	r.section(f["teams"], t.repos, depth+1)
}

// roster reads maintainers or members of a team. GitHub takes nobody into a team who is not in the organization.
func (r *reader) roster(n yaml.Node, list, team string, seen map[string]place) []handle {
	var out []handle
	for _, item := range n.Items() {
		name := handleOf(item, item.Text())
		if name == "" {
			continue
		}
		other, twice := seen[fold(name)]
		_, known := r.people[fold(name)]
		switch {
		case twice && other.list != list:
			item.Refuse("%s stands among the %s in line %d already", name, other.list, other.line)
		case twice:
			r.note(ListedTwice, item.Line(), name, "%s stands among the %s of the team %s in line %d already", name, list, team, other.line)
		case !known:
			r.note(UnknownPerson, item.Line(), name, "%s is in the team %s and neither admin nor member of the organization", name, team)
		default:
			out = append(out, handle{name, item.Line()})
		}
		if !twice {
			seen[fold(name)] = place{list, item.Line()}
		}
	}
	return out
}

// rights reads the repositories of a team.
func rights(n yaml.Node) []right {
	var out []right
	lines := map[string]int{}
	for _, e := range n.Entries() {
		if name := repoOf(e.Key, e.Name); name != "" {
			claim(lines, e.Key, []string{name}, "repository")
			out = append(out, right{name, levelOf(e.Value)})
		}
	}
	return out
}

// inherit joins a team's own rights with those of the team above, the higher one where both have one.
func inherit(own, above []right) []right {
	if len(above) == 0 {
		return own
	}
	at := make(map[string]int, len(own))
	for i, x := range own {
		at[fold(x.repo)] = i
	}
	out := slices.Clone(own)
	for _, x := range above {
		if i, both := at[fold(x.repo)]; both {
			out[i].level = max(out[i].level, x.level)
		} else {
			out = append(out, x)
		}
	}
	return out
}

func (r *reader) repo(e yaml.Entry) {
	f := e.Value.Fields(repoFields...)
	one := repo{name: repoOf(e.Key, e.Name), line: e.Key.Line(), previously: names(f["previously"], repoOf)}
	claim(r.repos, e.Key, append([]string{one.name}, one.previously...), "repository")
	for _, name := range repoSettingFields {
		if n := f[name]; !n.Empty() {
			r.note(RepositorySetting, n.Line(), one.name, "the setting %s of the repository %s has no counterpart here", name, one.name)
		}
	}
	lines := map[string]int{}
	for _, c := range f["collaborators"].Entries() {
		name := handleOf(c.Key, c.Name)
		if name == "" {
			continue
		}
		claim(lines, c.Key, []string{name}, "collaborator")
		level := levelOf(c.Value)
		if _, known := r.people[fold(name)]; !known {
			r.note(OutsideCollaborator, c.Key.Line(), name,
				"%s has %s on the repository %s and is not in the organization; only its members hold roles in its projects", name, level, one.name)
			continue
		}
		one.collaborators = append(one.collaborators, collaborator{handle{name, c.Key.Line()}, level})
	}
	r.file.repos = append(r.file.repos, one)
}

func names(n yaml.Node, read func(yaml.Node, string) string) []string {
	var out []string
	for _, item := range n.Items() {
		out = append(out, read(item, item.Text()))
	}
	return out
}

// claim notes the names of a thing and refuses one that is another's, former names included.
func claim(lines map[string]int, key yaml.Node, names []string, kind string) {
	for _, name := range names {
		if line, taken := lines[fold(name)]; taken && name != "" {
			key.Refuse("the %s %q stands in line %d already; case and blanks do not tell two apart", kind, name, line)
			continue
		}
		lines[fold(name)] = key.Line()
	}
}

func (r *reader) note(kind FindingKind, line int, about, format string, args ...any) {
	r.file.findings = append(r.file.findings, Finding{Kind: kind, Line: line, About: about, Sentence: fmt.Sprintf(format, args...)})
}
