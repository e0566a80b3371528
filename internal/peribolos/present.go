package peribolos

import "github.com/commonhold/commonhold/org"

// Present is what an organization has. Everything stands under its external id; what has none stands under its own id,
// so that its name and what was given by hand are seen.
type Present struct {
	People   map[org.ExternalID]Person
	Teams    map[org.ExternalID]Team
	Projects map[org.ExternalID]Project
}

// Person is an account. Its status is org.NoMember, org.Removed or org.Left if it has no membership; then only the
// account counts.
type Person struct {
	Role   org.OrgRole
	Status org.Status
	Source org.Source
}

// Team is a team that was not deleted.
type Team struct {
	Name   string
	Source org.Source
	Roster map[org.ExternalID]Place
	Grants map[org.ExternalID]Grant // by project
}

// Place is a person's place in a team.
type Place struct {
	Manager bool
	Source  org.Source
}

// Grant is a role in a project.
type Grant struct {
	Role   org.ProjectRole
	Source org.Source
}

// Project is a project, also a deleted one as long as it can be restored.
type Project struct {
	Name     string
	Source   org.Source
	Deleted  bool
	Everyone []Grant
	People   map[org.ExternalID][]Grant
}

func (p Person) member() bool { return p.Status == org.Active || p.Status == org.Suspended }
