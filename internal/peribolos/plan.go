package peribolos

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/commonhold/commonhold/org"
)

// A Plan is what to do, in an order that works, and what will stay undone.
type Plan struct {
	Organization string    `json:"organization"` // as the file names it
	Steps        []Step    `json:"steps"`
	Findings     []Finding `json:"findings"`
}

// Kind says which command a step is.
type Kind string

// The kinds of steps, in the order of a plan; but a team or project that ends ends sooner if another needs its name.
// Steps of one kind that stand together may be carried out in any order, but for those that rename and set ids.
const (
	CreatePerson         Kind = "create_person"           // an account with Person and Name
	AddMember            Kind = "add_member"              // Person, Role
	SetRole              Kind = "set_role"                // Person, Role
	SetTeamExternalID    Kind = "set_team_external_id"    // Team becomes ExternalID
	RenameTeam           Kind = "rename_team"             // Team, Name
	CreateTeam           Kind = "create_team"             // Team, Name
	SetProjectExternalID Kind = "set_project_external_id" // Project becomes ExternalID
	RenameProject        Kind = "rename_project"          // Project, Name
	CreateProject        Kind = "create_project"          // Project, Name
	GiveGrant            Kind = "give_grant"              // Project, ProjectRole, and Person, Team or Everyone
	PlaceInTeam          Kind = "place_in_team"           // Team, Person, Manager
	TakeGrant            Kind = "take_grant"              // as GiveGrant; only the one by import
	TakeFromTeam         Kind = "take_from_team"          // Team, Person
	DeleteTeam           Kind = "delete_team"             // Team
	RemoveMember         Kind = "remove_member"           // Person
	DeleteProject        Kind = "delete_project"          // Project
)

// A Step is one command. People, teams and projects are named as in Present, and by the external ids that earlier steps
// gave: when a step comes, what it names is there. Whatever a step makes or gives has the source import.
type Step struct {
	Kind        Kind            `json:"kind"`
	Sentence    string          `json:"sentence"`
	Person      org.ExternalID  `json:"person,omitempty"`
	Team        org.ExternalID  `json:"team,omitempty"`
	Project     org.ExternalID  `json:"project,omitempty"`
	Everyone    bool            `json:"everyone,omitempty"`
	Name        org.Name        `json:"name,omitempty"`
	ExternalID  org.ExternalID  `json:"external_id,omitempty"`
	Role        org.OrgRole     `json:"role,omitempty"`
	ProjectRole org.ProjectRole `json:"project_role,omitempty"`
	Manager     bool            `json:"manager,omitempty"`
}

// FindingKind says why something stays undone.
type FindingKind string

const (
	// The file says what cannot be expressed here.
	Setting             FindingKind = "setting"
	Description         FindingKind = "description"
	Privacy             FindingKind = "privacy"
	RepositorySetting   FindingKind = "repository_setting"
	OutsideCollaborator FindingKind = "outside_collaborator"
	// The file contradicts or repeats itself.
	UnknownPerson FindingKind = "unknown_person"
	ListedTwice   FindingKind = "listed_twice"
	// The organization has something that an import leaves alone.
	OwnerKept      FindingKind = "owner_kept"
	RoleKept       FindingKind = "role_kept"
	Asleep         FindingKind = "suspended"
	PlaceKept      FindingKind = "place_kept"
	GrantKept      FindingKind = "grant_kept"
	TeamKept       FindingKind = "team_kept"
	ProjectKept    FindingKind = "project_kept"
	ProjectDeleted FindingKind = "project_deleted"
	NameTaken      FindingKind = "name_taken"
)

// A Finding is something that the plan leaves undone.
type Finding struct {
	Kind     FindingKind `json:"kind"`
	Line     int         `json:"line,omitempty"`  // of the file; absent if it is not about a line
	About    string      `json:"about,omitempty"` // a handle, team, repository or setting
	Sentence string      `json:"sentence"`
}

// A Count is how many steps or findings are of a kind.
type Count struct {
	Kind string `json:"kind"`
	N    int    `json:"n"`
}

// Counts returns how many steps there are of each kind, in the order of the plan.
func (p Plan) Counts() []Count {
	return count(p.Steps, func(s Step) string { return string(s.Kind) })
}

// FindingCounts returns how many findings there are of each kind.
func (p Plan) FindingCounts() []Count {
	return count(p.Findings, func(f Finding) string { return string(f.Kind) })
}

func count[T any](all []T, kind func(T) string) []Count {
	var out []Count
	at := map[string]int{}
	for _, one := range all {
		k := kind(one)
		i, seen := at[k]
		if !seen {
			i = len(out)
			at[k], out = i, append(out, Count{Kind: k})
		}
		out[i].N++
	}
	return out
}

// linesShown is how many lines of the file a summary names for each kind of finding.
const linesShown = 5

// Summary tells the plan in a few lines: how many steps of each kind, and what stays undone at which lines.
func (p Plan) Summary() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%d steps\n", len(p.Steps))
	for _, c := range p.Counts() {
		fmt.Fprintf(w, "%d\t  %s\n", c.N, strings.ReplaceAll(c.Kind, "_", " "))
	}
	w.Flush()
	fmt.Fprintf(w, "%d findings\n", len(p.Findings))
	for _, c := range p.FindingCounts() {
		fmt.Fprintf(w, "%d\t  %s%s\n", c.N, strings.ReplaceAll(c.Kind, "_", " "), p.where(FindingKind(c.Kind)))
	}
	w.Flush()
	return out.String()
}

func (p Plan) where(kind FindingKind) string {
	var lines []int
	for _, f := range p.Findings {
		if f.Kind == kind && f.Line > 0 {
			lines = append(lines, f.Line)
		}
	}
	if len(lines) == 0 {
		return ""
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	rest := ""
	if len(lines) > linesShown {
		lines, rest = lines[:linesShown], " …"
	}
	return fmt.Sprintf(", line %s%s", strings.Trim(strings.ReplaceAll(fmt.Sprint(lines), " ", ", "), "[]"), rest)
}
