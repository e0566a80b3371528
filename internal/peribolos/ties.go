package peribolos

import (
	"slices"
	"strings"

	"github.com/commonhold/commonhold/org"
)

// teamTies compares what teams give and who is in them.
func (c *comparison) teamTies() {
	for _, t := range c.want.teams {
		if c.skip[t.id] {
			continue
		}
		have := c.have.Teams[c.present(t.id)]
		c.teamGrants(t, have)
		c.roster(t, have)
	}
	for _, id := range sortedKeys(c.have.Teams) {
		if c.leftTeam(id) && !c.gone[id] {
			c.leaveTeam(id, c.have.Teams[id])
		}
	}
}

func (c *comparison) teamGrants(t wantedTeam, have Team) {
	keep := make(map[org.ExternalID]bool, len(t.grants))
	for _, g := range t.grants {
		was, held := have.Grants[c.present(g.project)]
		keep[c.present(g.project)] = true
		project := c.projectName(g.project)
		switch {
		case c.skip[g.project], held && was.Role == g.role:
		case held && was.Source != org.ByImport:
			if rank(was.Role) < rank(g.role) {
				c.find(GrantKept, t.line, t.name, "the team %s is %s in the project %s by hand and %s in the file", t.name, was.Role, project, g.role)
			}
		default:
			c.step(grants, Step{Kind: GiveGrant, Team: t.id, Project: g.project, ProjectRole: g.role}, "give the team %s %s in the project %s", t.name, g.role, project)
		}
	}
	c.takeGrants(t.id, t.name, have, keep)
}

// takeGrants takes what an import gave a team, but for what is to be kept.
func (c *comparison) takeGrants(team org.ExternalID, name string, have Team, keep map[org.ExternalID]bool) {
	for _, in := range sortedKeys(have.Grants) {
		was, project := have.Grants[in], c.have.Projects[in]
		if keep[in] || was.Source != org.ByImport || project.Deleted || c.gone[in] {
			continue
		}
		c.step(takes, Step{Kind: TakeGrant, Team: team, Project: c.later(in), ProjectRole: was.Role},
			"take %s in the project %s from the team %s", was.Role, project.Name, name)
	}
}

func (c *comparison) projectName(id org.ExternalID) string {
	return c.want.projects[c.want.project[id]].name
}

func (c *comparison) roster(t wantedTeam, have Team) {
	keep := make(map[org.ExternalID]bool, len(t.roster))
	for _, p := range t.roster {
		was, in := have.Roster[p.person]
		keep[p.person] = true
		switch {
		case c.asleep[p.person], in && was.Manager == p.manager:
		case in && was.Source != org.ByImport:
			c.find(PlaceKept, p.line, p.name, "the place of %s in the team %s was given by hand and stays as it is", p.name, t.name)
		default:
			as := ""
			if p.manager {
				as = " as manager"
			} else if in {
				as = " as plain member"
			}
			c.step(places, Step{Kind: PlaceInTeam, Team: t.id, Person: p.person, Manager: p.manager}, "put %s into the team %s%s", p.name, t.name, as)
		}
	}
	c.takePlaces(t.id, t.name, have, keep)
}

// takePlaces takes out whom an import put into a team, but for those to be kept.
func (c *comparison) takePlaces(team org.ExternalID, name string, have Team, keep map[org.ExternalID]bool) {
	for _, person := range sortedKeys(have.Roster) {
		if !keep[person] && have.Roster[person].Source == org.ByImport && !c.gone[person] {
			c.step(departures, Step{Kind: TakeFromTeam, Team: team, Person: person}, "take %s out of the team %s", personName(person), name)
		}
	}
}

func personName(id org.ExternalID) string { return strings.TrimPrefix(string(id), personPrefix) }

// leaveTeam ends a team of an earlier import that the file no longer knows. With people or rights by hand in it, it
// stays with these alone.
func (c *comparison) leaveTeam(id org.ExternalID, have Team) {
	if !c.byHand(have) {
		c.step(deletions, Step{Kind: DeleteTeam, Team: id}, "delete the team %s", have.Name)
		return
	}
	c.find(TeamKept, 0, have.Name, "the team %s is no longer in the file; it stays with what was given by hand", have.Name)
	c.takeGrants(id, have.Name, have, nil)
	c.takePlaces(id, have.Name, have, nil)
}

// byHand reports whether something that somebody gave a team by hand outlasts the plan.
func (c *comparison) byHand(t Team) bool {
	for person, p := range t.Roster {
		if p.Source == org.ByHand && !c.gone[person] {
			return true
		}
	}
	for project, g := range t.Grants {
		if g.Source == org.ByHand && !c.gone[project] {
			return true
		}
	}
	return false
}

// projectTies compares what everyone and single people hold in projects.
func (c *comparison) projectTies() {
	for _, p := range c.want.projects {
		if c.skip[p.id] {
			continue
		}
		have := c.have.Projects[c.present(p.id)]
		c.everyone(p.id, p.name, have)
		c.collaborators(p, have)
	}
	for _, id := range sortedKeys(c.have.Projects) {
		if have := c.have.Projects[id]; c.leftProject(id) && !c.gone[id] {
			// The default permission is that of all repositories, also of one that no team names any more.
			c.everyone(id, have.Name, have)
			c.collaborators(wantedProject{id: id, name: have.Name}, have)
		}
	}
}

// everyone compares what all members hold. A file that says nothing of it leaves it as it is, as peribolos does.
func (c *comparison) everyone(id org.ExternalID, name string, have Project) {
	if !c.want.ofAll {
		return
	}
	if r := c.want.everyone; r != "" && !slices.Contains(have.Everyone, Grant{r, org.ByImport}) {
		c.step(grants, Step{Kind: GiveGrant, Everyone: true, Project: id, ProjectRole: r}, "give everyone %s in the project %s", r, name)
	}
	for _, g := range have.Everyone {
		if g.Source == org.ByImport && g.Role != c.want.everyone {
			c.step(takes, Step{Kind: TakeGrant, Everyone: true, Project: id, ProjectRole: g.Role}, "take %s in the project %s from everyone", g.Role, name)
		}
	}
}

func (c *comparison) collaborators(p wantedProject, have Project) {
	want := make(map[org.ExternalID]org.ProjectRole, len(p.people))
	for _, x := range p.people {
		want[x.person] = x.role
		if !c.asleep[x.person] && !slices.Contains(have.People[x.person], Grant{x.role, org.ByImport}) {
			c.step(grants, Step{Kind: GiveGrant, Person: x.person, Project: p.id, ProjectRole: x.role}, "give %s %s in the project %s", x.name, x.role, p.name)
		}
	}
	for _, person := range sortedKeys(have.People) {
		for _, g := range have.People[person] {
			if g.Source == org.ByImport && g.Role != want[person] && !c.gone[person] {
				c.step(takes, Step{Kind: TakeGrant, Person: person, Project: p.id, ProjectRole: g.Role},
					"take %s in the project %s from %s", g.Role, p.name, personName(person))
			}
		}
	}
}
