package peribolos

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/org"
)

// Options are what an import is told beside the file.
type Options struct {
	Owners         []string // handles of admins or members who are to be owners of the organization
	Mapping        *Mapping // the default mapping if nil
	DeleteProjects bool     // delete imported projects that are no longer in the file
}

// Compare plans how an organization comes to have what the file says. What was given by hand stays; of what an import
// gave, the plan takes away what the file no longer says. Nobody is taken the role owner, and no project is deleted
// unless asked for. A plan that was carried out in full leaves, compared again, no steps.
func Compare(f *File, have Present, o Options) (Plan, error) {
	mapping := DefaultMapping()
	if o.Mapping != nil {
		mapping = *o.Mapping
	}
	w, err := wanted(f, o.Owners, mapping)
	if err != nil {
		return Plan{}, err
	}
	c := comparison{want: w, have: have, deleteProjects: o.DeleteProjects, findings: slices.Clone(f.findings),
		moved: map[org.ExternalID]org.ExternalID{}, former: map[org.ExternalID]org.ExternalID{},
		skip: map[org.ExternalID]bool{}, asleep: map[org.ExternalID]bool{}, gone: map[org.ExternalID]bool{}}
	c.people()
	c.projects()
	c.teams()
	c.teamTies()
	c.projectTies()
	return Plan{Organization: f.Name, Steps: slices.Concat(c.phases[:]...), Findings: c.findings}, nil
}

// phase is when a step comes in the plan: what is needed first, and what takes away last.
type phase int

const (
	accounts phase = iota
	memberships
	teams
	projects
	grants
	places
	takes
	departures
	deletions
	phases
)

type comparison struct {
	want           *want
	have           Present
	deleteProjects bool
	phases         [phases][]Step
	findings       []Finding

	// Teams and projects that the file renames: from the former external id to the one they get, and back.
	moved, former map[org.ExternalID]org.ExternalID
	skip          map[org.ExternalID]bool // wanted teams and projects that cannot be had
	asleep        map[org.ExternalID]bool // wanted people who are suspended
	gone          map[org.ExternalID]bool // people, teams and projects that the plan ends, with all their ties
}

func (c *comparison) step(in phase, s Step, sentence string, args ...any) {
	s.Sentence = fmt.Sprintf(sentence, args...)
	c.phases[in] = append(c.phases[in], s)
}

func (c *comparison) find(kind FindingKind, line int, about, sentence string, args ...any) {
	c.findings = append(c.findings, Finding{kind, line, about, fmt.Sprintf(sentence, args...)})
}

// present is the external id under which a wanted team or project stands now.
func (c *comparison) present(id org.ExternalID) org.ExternalID {
	if was, renamed := c.former[id]; renamed {
		return was
	}
	return id
}

// later is the external id that a present team or project has once the plan has renamed it.
func (c *comparison) later(id org.ExternalID) org.ExternalID {
	if becomes, renamed := c.moved[id]; renamed {
		return becomes
	}
	return id
}

func (c *comparison) people() {
	for _, p := range c.want.people {
		have, account := c.have.People[p.id]
		if !account {
			c.step(accounts, Step{Kind: CreatePerson, Person: p.id, Name: org.Name(p.name)}, "make an account for %s", p.name)
		}
		if !have.member() {
			c.step(memberships, Step{Kind: AddMember, Person: p.id, Role: p.role}, "add %s as %s", p.name, p.role)
			continue
		}
		c.member(p, have)
	}
	for _, id := range sortedKeys(c.have.People) {
		have, name := c.have.People[id], strings.TrimPrefix(string(id), personPrefix)
		_, wanted := c.want.person[id]
		switch {
		case wanted || !have.member() || !strings.HasPrefix(string(id), personPrefix):
		case have.Role == org.RoleOwner:
			c.find(OwnerKept, 0, name, "%s is owner here and not in the file; owners are removed by hand", name)
		case have.Source == org.ByImport:
			c.gone[id] = true
			c.step(deletions, Step{Kind: RemoveMember, Person: id}, "remove %s", name)
		}
	}
}

// member compares somebody who is a member and should be one.
func (c *comparison) member(p wantedPerson, have Person) {
	switch {
	case have.Status == org.Suspended:
		c.asleep[p.id] = true
		c.find(Asleep, p.line, p.name, "%s is suspended here; nothing is given to suspended people", p.name)
	case have.Role == p.role:
	case p.role == org.RoleOwner:
		c.step(memberships, Step{Kind: SetRole, Person: p.id, Role: p.role}, "make %s %s instead of %s", p.name, p.role, have.Role)
	case have.Role == org.RoleOwner:
		c.find(OwnerKept, p.line, p.name, "%s is owner here and %s in the file; owners are changed by hand", p.name, p.role)
	case have.Role == org.RoleBillingAdmin || have.Source != org.ByImport:
		c.find(RoleKept, p.line, p.name, "%s is %s here by hand and %s in the file", p.name, roleName(have.Role), p.role)
	default:
		c.step(memberships, Step{Kind: SetRole, Person: p.id, Role: p.role}, "make %s %s instead of %s", p.name, p.role, have.Role)
	}
}

func roleName(r org.OrgRole) string { return strings.ReplaceAll(string(r), "_", " ") }

func (c *comparison) projects() {
	n := noun{word: "project", phase: projects, external: SetProjectExternalID, rename: RenameProject, create: CreateProject, end: DeleteProject,
		about: func(id org.ExternalID) Step { return Step{Project: id} }, has: map[org.ExternalID]named{},
		ends: func(id org.ExternalID) bool { return c.deleteProjects && c.leftProject(id) }}
	for id, p := range c.have.Projects {
		if !p.Deleted {
			n.has[id] = named{p.Name, p.Source}
		}
	}
	for _, p := range c.want.projects {
		if c.have.Projects[p.id].Deleted {
			c.skip[p.id] = true
			c.find(ProjectDeleted, p.line, p.name, "the project %s is deleted here; restore it to have the import fill it", p.name)
			continue
		}
		n.wants = append(n.wants, wantedName{p.id, p.name, p.line, p.former})
	}
	c.settle(n)
	for _, id := range sortedKeys(c.have.Projects) {
		name := c.have.Projects[id].Name
		switch {
		case !c.leftProject(id) || c.gone[id]:
		case c.deleteProjects:
			c.gone[id] = true
			c.step(deletions, Step{Kind: DeleteProject, Project: id}, "delete the project %s", name)
		default:
			c.find(ProjectKept, 0, name, "the project %s is no longer in the file; it stays until somebody deletes it", name)
		}
	}
}

func (c *comparison) teams() {
	n := noun{word: "team", phase: teams, external: SetTeamExternalID, rename: RenameTeam, create: CreateTeam, end: DeleteTeam,
		about: func(id org.ExternalID) Step { return Step{Team: id} }, has: map[org.ExternalID]named{},
		ends: func(id org.ExternalID) bool { return c.leftTeam(id) && !c.byHand(c.have.Teams[id]) }}
	for id, t := range c.have.Teams {
		n.has[id] = named{t.Name, t.Source}
	}
	for _, t := range c.want.teams {
		n.wants = append(n.wants, wantedName{t.id, t.name, t.line, t.former})
	}
	c.settle(n)
}

// leftTeam reports whether an import made a team that the file no longer knows.
func (c *comparison) leftTeam(id org.ExternalID) bool {
	have := c.have.Teams[id]
	_, wanted := c.want.team[c.later(id)]
	return !wanted && have.Source == org.ByImport && strings.HasPrefix(string(id), teamPrefix)
}

// leftProject reports whether an import made a project that is there and that the file no longer knows.
func (c *comparison) leftProject(id org.ExternalID) bool {
	have := c.have.Projects[id]
	_, wanted := c.want.project[c.later(id)]
	return !wanted && !have.Deleted && have.Source == org.ByImport && strings.HasPrefix(string(id), projectPrefix)
}

func sortedKeys[V any](m map[org.ExternalID]V) []org.ExternalID { return slices.Sorted(maps.Keys(m)) }
