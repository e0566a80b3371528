package githuborg

import (
	"github.com/commonhold/commonhold/internal/peribolos"
	"github.com/commonhold/commonhold/org"
)

// Ref is how the API is told of something that a plan names by its external id, or by its own.
func Ref(id org.ExternalID) string {
	if org.TeamID(id).Valid() || org.ProjectID(id).Valid() || org.PersonID(id).Valid() {
		return string(id)
	}
	return "ext:" + string(id)
}

func person(s peribolos.Step) org.PersonID   { return org.PersonID(Ref(s.Person)) }
func team(s peribolos.Step) org.TeamID       { return org.TeamID(Ref(s.Team)) }
func project(s peribolos.Step) org.ProjectID { return org.ProjectID(Ref(s.Project)) }

func subject(s peribolos.Step) org.Subject {
	switch {
	case s.Team != "":
		return org.Subject{Team: team(s)}
	case s.Person != "":
		return org.Subject{Person: person(s)}
	}
	return org.Subject{Everyone: s.Everyone}
}

// commands are what the kinds of steps stand for, accounts left out.
var commands = map[peribolos.Kind]func(peribolos.Step) org.Command{
	peribolos.AddMember: func(s peribolos.Step) org.Command {
		return org.AddMember{Person: person(s), Role: s.Role, Source: org.ByImport}
	},
	peribolos.SetRole: func(s peribolos.Step) org.Command { return org.SetRole{Person: person(s), Role: s.Role} },
	peribolos.SetTeamExternalID: func(s peribolos.Step) org.Command {
		return org.SetTeamExternalID{Team: team(s), ExternalID: s.ExternalID}
	},
	peribolos.RenameTeam: func(s peribolos.Step) org.Command { return org.RenameTeam{Team: team(s), Name: s.Name} },
	peribolos.CreateTeam: func(s peribolos.Step) org.Command {
		return org.CreateTeam{Name: s.Name, ExternalID: s.Team, Source: org.ByImport}
	},
	peribolos.SetProjectExternalID: func(s peribolos.Step) org.Command {
		return org.SetProjectExternalID{Project: project(s), ExternalID: s.ExternalID}
	},
	peribolos.RenameProject: func(s peribolos.Step) org.Command { return org.RenameProject{Project: project(s), Name: s.Name} },
	peribolos.CreateProject: func(s peribolos.Step) org.Command {
		return org.CreateProject{Name: s.Name, ExternalID: s.Project, Source: org.ByImport}
	},
	peribolos.GiveGrant: func(s peribolos.Step) org.Command {
		return org.Give{Project: project(s), Subject: subject(s), Role: s.ProjectRole, Source: org.ByImport}
	},
	peribolos.PlaceInTeam: func(s peribolos.Step) org.Command {
		return org.PlaceInTeam{Team: team(s), Person: person(s), Manager: s.Manager, Source: org.ByImport}
	},
	peribolos.TakeGrant: func(s peribolos.Step) org.Command {
		return org.Take{Project: project(s), Subject: subject(s), Role: s.ProjectRole, Source: org.ByImport}
	},
	peribolos.TakeFromTeam:  func(s peribolos.Step) org.Command { return org.TakeFromTeam{Team: team(s), Person: person(s)} },
	peribolos.DeleteTeam:    func(s peribolos.Step) org.Command { return org.DeleteTeam{Team: team(s)} },
	peribolos.RemoveMember:  func(s peribolos.Step) org.Command { return org.Remove{Person: person(s)} },
	peribolos.DeleteProject: func(s peribolos.Step) org.Command { return org.DeleteProject{Project: project(s)} },
}
