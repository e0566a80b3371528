package peribolos

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/org"
)

// small is an organization that olga owns.
const small = `name: Acme
default_repository_permission: read
admins: [olga, ada]
members: [max, mia]
teams:
  builders:
    maintainers: [ada]
    members: [max]
    repos: {web: write, docs: read}
    teams:
      night:
        members: [mia]
        repos: {web: admin, cron: maintain}
repos:
  vault:
    collaborators: {mia: triage}
`

var byOlga = Options{Owners: []string{"olga"}}

// with replaces parts of a text, each of which has to be there.
func with(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			panic("there is no " + pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

func sentences(p Plan) []string {
	out := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		out[i] = s.Sentence
	}
	return out
}

func TestFirstImportBuildsEverythingInOrder(t *testing.T) {
	w := newWorld(t, "olga")
	p := w.settles(small, byOlga)
	want := []string{
		"make an account for ada", "make an account for max", "make an account for mia",
		"add ada as admin", "add max as member", "add mia as member",
		"create the team builders", "create the team night",
		"create the project vault", "create the project web", "create the project docs", "create the project cron",
		"give the team builders analyst in the project web", "give the team builders consumer in the project docs",
		"give the team night owner in the project web", "give the team night admin in the project cron",
		"give the team night consumer in the project docs",
		"give everyone consumer in the project vault", "give mia analyst in the project vault",
		"give everyone consumer in the project web", "give everyone consumer in the project docs", "give everyone consumer in the project cron",
		"put ada into the team builders as manager", "put max into the team builders", "put mia into the team night",
	}
	if got := sentences(p); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if p.Organization != "Acme" || len(p.Findings) != 0 {
		t.Errorf("%q with %v", p.Organization, p.Findings)
	}
}

func TestChangedFilesGiveTheDifference(t *testing.T) {
	for _, c := range []struct {
		name  string
		file  string
		with  Options
		steps []string
		finds []string // kind and line of each
	}{
		{name: "nothing", file: small},
		{name: "other case everywhere", file: with(small, "[olga, ada]", "[Olga, '@ADA']", "maintainers: [ada]", "maintainers: [Ada]",
			"{mia: triage}", "{Mia: triage}", "{web: admin", "{WEB: admin")},
		{name: "a new member in a team", file: with(small, "[max, mia]", "[max, mia, zoe]", "members: [max]", "members: [max, zoe]"),
			steps: []string{"make an account for zoe", "add zoe as member", "put zoe into the team builders"}},
		{name: "a member who is gone", file: with(small, "[max, mia]", "[mia]", "members: [max]", "members: []"), steps: []string{"remove max"}},
		{name: "a member who is gone and still in a team", file: with(small, "[max, mia]", "[mia]"),
			steps: []string{"remove max"}, finds: []string{"unknown_person 8"}},
		{name: "a member who becomes admin, and the other way round", file: with(small, "[olga, ada]", "[olga, max]", "[max, mia]", "[ada, mia]"),
			steps: []string{"make max admin instead of member", "make ada member instead of admin"}},
		{name: "another owner beside the first", file: small, with: Options{Owners: []string{"Olga", "@max"}},
			steps: []string{"make max owner instead of member"}},
		{name: "an owner who is no longer named", file: small, with: Options{Owners: []string{"ada"}},
			steps: []string{"make ada owner instead of admin"}, finds: []string{"owner_kept 3"}},
		{name: "an owner who is no longer in the file", file: with(small, "[olga, ada]", "[ada]"), with: Options{Owners: []string{"ada"}},
			steps: []string{"make ada owner instead of admin"}, finds: []string{"owner_kept 0"}},
		{name: "a manager who becomes a plain member, and the other way round", file: with(small, "maintainers: [ada]", "maintainers: [max]", "members: [max]", "members: [ada]"),
			steps: []string{"put max into the team builders as manager", "put ada into the team builders as plain member"}},
		{name: "somebody who changes teams", file: with(small, "members: [max]", "members: []", "members: [mia]", "members: [mia, max]"),
			steps: []string{"put max into the team night", "take max out of the team builders"}},
		{name: "more in a parent, which its child inherits", file: with(small, "docs: read", "docs: maintain"),
			steps: []string{"give the team builders admin in the project docs", "give the team night admin in the project docs"}},
		{name: "less in a parent, as much as before in its child", file: with(small, "web: write", "web: read"),
			steps: []string{"give the team builders consumer in the project web"}},
		{name: "a level that is the same role", file: with(small, "web: write", "web: triage")},
		{name: "a repository that one team has no longer", file: with(small, ", cron: maintain", ", web2: read"),
			steps: []string{"create the project web2", "give the team night consumer in the project web2",
				"give everyone consumer in the project web2", "take admin in the project cron from the team night"},
			finds: []string{"project_kept 0"}},
		{name: "a repository that is gone, to be deleted", file: with(small, ", cron: maintain", ""), with: Options{Owners: byOlga.Owners, DeleteProjects: true},
			steps: []string{"delete the project cron"}},
		{name: "a team that is gone", file: with(small, "      night:\n        members: [mia]\n        repos: {web: admin, cron: maintain}\n", ""),
			steps: []string{"delete the team night"}, finds: []string{"project_kept 0"}},
		{name: "a team that moves out of its parent", file: with(small, "    teams:\n      night:\n        members: [mia]\n        repos:", "  night:\n    members: [mia]\n    repos:"),
			steps: []string{"take consumer in the project docs from the team night"}},
		{name: "a team with another name", file: with(small, "builders:", "makers:\n    previously: [Builders]"),
			steps: []string{"take the team builders for what the file now calls makers", "rename the team builders to makers"}},
		{name: "a team with another name that is not said to be the same", file: with(small, "builders:", "makers:"),
			steps: []string{"create the team makers", "give the team makers analyst in the project web", "give the team makers consumer in the project docs",
				"put ada into the team makers as manager", "put max into the team makers", "delete the team builders"}},
		{name: "a team with the former name of one that is there, which keeps to its own", file: with(small, "      night:", "      night:\n        previously: [dusk]")},
		{name: "a team that is written otherwise", file: with(small, "builders:", "Builders:"), steps: []string{"rename the team builders to Builders"}},
		{name: "a repository with another name", file: with(small, "vault:", "safe:\n    previously: [old, Vault]"),
			steps: []string{"take the project vault for what the file now calls safe", "rename the project vault to safe"}},
		{name: "a repository with another name, and another collaborator", file: with(small, "vault:", "safe:\n    previously: [vault]", "{mia: triage}", "{max: admin}"),
			steps: []string{"take the project vault for what the file now calls safe", "rename the project vault to safe",
				"give max owner in the project safe", "take analyst in the project safe from mia"}},
		{name: "a collaborator with another permission", file: with(small, "mia: triage", "mia: maintain"),
			steps: []string{"give mia admin in the project vault", "take analyst in the project vault from mia"}},
		{name: "a collaborator who is none any more", file: with(small, "{mia: triage}", "{}"), steps: []string{"take analyst in the project vault from mia"}},
		{name: "another default permission", file: with(small, "permission: read", "permission: write"),
			steps: []string{"give everyone analyst in the project vault", "give everyone analyst in the project web", "give everyone analyst in the project docs",
				"give everyone analyst in the project cron", "take consumer in the project vault from everyone", "take consumer in the project web from everyone",
				"take consumer in the project docs from everyone", "take consumer in the project cron from everyone"}},
		{name: "no default permission, also where no team is named any more", file: with(small, "permission: read", "permission: none", ", cron: maintain", ""),
			steps: []string{"take admin in the project cron from the team night", "take consumer in the project vault from everyone",
				"take consumer in the project web from everyone", "take consumer in the project docs from everyone", "take consumer in the project cron from everyone"},
			finds: []string{"project_kept 0"}},
		{name: "nothing said about a default permission", file: with(small, "default_repository_permission: read\n", "")},
		{name: "another mapping", file: small, with: Options{Owners: byOlga.Owners, Mapping: &Mapping{Triage: "consumer", Write: "admin", Maintain: "admin", Admin: "owner"}},
			steps: []string{"give the team builders admin in the project web", "give mia consumer in the project vault",
				"take consumer in the project docs from the team builders", "take consumer in the project docs from the team night",
				"take consumer in the project vault from everyone", "take analyst in the project vault from mia",
				"take consumer in the project web from everyone", "take consumer in the project docs from everyone", "take consumer in the project cron from everyone"}},
		{name: "a mapping to no role at all", file: small, with: Options{Mapping: &Mapping{}},
			steps: []string{"take consumer in the project docs from the team builders", "take analyst in the project web from the team builders",
				"take admin in the project cron from the team night", "take consumer in the project docs from the team night", "take owner in the project web from the team night",
				"take consumer in the project vault from everyone", "take analyst in the project vault from mia", "take consumer in the project web from everyone",
				"take consumer in the project docs from everyone", "take consumer in the project cron from everyone"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, "olga")
			w.settles(small, byOlga)
			if c.with.Owners == nil {
				c.with.Owners = byOlga.Owners
			}
			p := w.settles(c.file, c.with)
			if got := sentences(p); !slices.Equal(got, c.steps) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.steps, "\n"))
			}
			var finds []string
			for _, f := range p.Findings {
				finds = append(finds, fmt.Sprint(f.Kind, " ", f.Line))
			}
			if !slices.Equal(finds, c.finds) {
				t.Errorf("found %v, want %v", finds, c.finds)
			}
		})
	}
}

func TestOwnersHaveToBeInTheFile(t *testing.T) {
	f, err := Parse([]byte(small), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Compare(f, Present{}, Options{Owners: []string{"olga", "olge"}}); err == nil || err.Error() != `the owner "olge" is neither admin nor member in the file` {
		t.Errorf("got %v", err)
	}
}

// What people here did by hand after an import, and what the next import of the same file makes of it.
func TestWhatWasGivenByHandStays(t *testing.T) {
	team, project, person := teamID, projectID, personID
	for _, c := range []struct {
		name  string
		hand  func(w *world)
		file  string // small if empty
		steps []string
		finds []string
	}{
		{name: "a place in a team", hand: func(w *world) {
			w.do(org.PlaceInTeam{Team: w.team(team("night")), Person: w.known(person("max"))})
		}},
		{name: "a manager's place where the file has a plain one", hand: func(w *world) {
			w.do(org.TakeFromTeam{Team: w.team(team("night")), Person: w.known(person("mia"))})
			w.do(org.PlaceInTeam{Team: w.team(team("night")), Person: w.known(person("mia")), Manager: true})
		}, finds: []string{"place_kept mia"}},
		{name: "a role of a team in a project the file does not give it", hand: func(w *world) {
			w.do(org.Give{Project: w.project(project("vault")), Subject: org.Subject{Team: w.team(team("night"))}, Role: org.Admin})
		}},
		{name: "a higher role of a team", hand: func(w *world) {
			w.do(org.Give{Project: w.project(project("docs")), Subject: org.Subject{Team: w.team(team("builders"))}, Role: org.Owner})
		}},
		{name: "a lower role of a team", hand: func(w *world) {
			w.do(org.Give{Project: w.project(project("web")), Subject: org.Subject{Team: w.team(team("night"))}, Role: org.Consumer})
		}, finds: []string{"grant_kept night"}},
		{name: "a role of a person, and one of everyone", hand: func(w *world) {
			w.do(org.Give{Project: w.project(project("web")), Subject: org.Subject{Person: w.known(person("mia"))}, Role: org.Owner})
			w.do(org.Give{Project: w.project(project("web")), Subject: org.Subject{Everyone: true}, Role: org.Analyst})
		}},
		{name: "a member the file does not know, in a team", hand: func(w *world) {
			w.do(org.AddMember{Person: w.account("github:zoe"), Role: org.RoleAdmin})
			w.do(org.PlaceInTeam{Team: w.team(team("night")), Person: w.known("github:zoe")})
		}},
		{name: "a member by hand whom the file knows later as admin", file: with(small, "[olga, ada]", "[olga, ada, zoe]"), hand: func(w *world) {
			w.do(org.AddMember{Person: w.account("github:zoe"), Role: org.RoleMember})
		}, finds: []string{"role_kept zoe"}},
		{name: "a member by hand who has no handle", hand: func(w *world) {
			w.do(org.AddMember{Person: w.account("usr_of_mine"), Role: org.RoleMember})
		}},
		{name: "a billing admin", hand: func(w *world) {
			w.do(org.SetRole{Person: w.known(person("max")), Role: org.RoleBillingAdmin})
		}, finds: []string{"role_kept max"}},
		{name: "another owner", hand: func(w *world) {
			w.do(org.SetRole{Person: w.known(person("mia")), Role: org.RoleOwner})
		}, finds: []string{"owner_kept mia"}},
		{name: "another role of an imported member, which follows the file", hand: func(w *world) {
			w.do(org.SetRole{Person: w.known(person("mia")), Role: org.RoleAdmin})
		}, steps: []string{"make mia member instead of admin"}},
		{name: "a suspension, whatever else the file gives", file: with(small, "members: [max]", "members: [max, mia]", "{mia: triage}", "{mia: admin}"), hand: func(w *world) {
			w.do(org.Suspend{Person: w.known(person("mia"))})
		}, steps: []string{"take analyst in the project vault from mia"}, finds: []string{"suspended mia"}},
		{name: "a removal, which the file takes back", hand: func(w *world) {
			w.do(org.Remove{Person: w.known(person("mia"))})
		}, steps: []string{"add mia as member", "give mia analyst in the project vault", "put mia into the team night"}},
		{name: "a suspended member who is gone from the file", file: with(small, "[max, mia]", "[mia]", "members: [max]", "members: []"), hand: func(w *world) {
			w.do(org.Suspend{Person: w.known(person("max"))})
		}, steps: []string{"remove max"}},
		{name: "a team and a project of their own", hand: func(w *world) {
			w.do(org.CreateTeam{Team: "team_00000000000000000000000001", Name: "Sales"})
			w.do(org.CreateProject{Project: "prj_00000000000000000000000001", Name: "Shop", ExternalID: "shop"})
		}},
		{name: "a team and a project that have a name the file uses", file: with(small, "  builders:", "  sales: {members: [max], repos: {shop: read}}\n  builders:"), hand: func(w *world) {
			w.do(org.CreateTeam{Team: "team_00000000000000000000000001", Name: "Sales"})
			w.do(org.CreateProject{Project: "prj_00000000000000000000000001", Name: "Shop"})
		}, finds: []string{"name_taken shop", "name_taken sales"}},
		{name: "a team and a project given to the import by their external ids", file: with(small, "  builders:", "  sales: {members: [max], repos: {shop: read}}\n  builders:"), hand: func(w *world) {
			w.do(org.CreateTeam{Team: "team_00000000000000000000000001", Name: "Our sales", ExternalID: team("sales")})
			w.do(org.CreateProject{Project: "prj_00000000000000000000000001", Name: "The shop", ExternalID: project("shop")})
		}, steps: []string{"give the team sales consumer in the project shop", "give everyone consumer in the project shop", "put max into the team sales"}},
		{name: "another name of an imported team and project, which follow the file", hand: func(w *world) {
			w.do(org.RenameTeam{Team: w.team(team("night")), Name: "Owls"})
			w.do(org.RenameProject{Project: w.project(project("web")), Name: "Site"})
		}, steps: []string{"rename the team Owls to night", "rename the project Site to web"}},
		{name: "another name that was passed on to a team by hand", hand: func(w *world) {
			w.do(org.RenameTeam{Team: w.team(team("night")), Name: "Owls"})
			w.do(org.CreateTeam{Team: "team_00000000000000000000000001", Name: "Night"})
		}, finds: []string{"name_taken night"}},
		{name: "names that imported teams passed on to one another", hand: func(w *world) {
			w.do(org.RenameTeam{Team: w.team(team("night")), Name: "Owls"})
			w.do(org.RenameTeam{Team: w.team(team("builders")), Name: "Night"})
		}, steps: []string{"rename the team Night to builders", "rename the team Owls to night"}},
		{name: "names that imported teams exchanged, which people have to give back", hand: func(w *world) {
			w.do(org.RenameTeam{Team: w.team(team("night")), Name: "Owls"})
			w.do(org.RenameTeam{Team: w.team(team("builders")), Name: "Night"})
			w.do(org.RenameTeam{Team: w.team(team("night")), Name: "Builders"})
		}, finds: []string{"name_taken builders", "name_taken night"}},
		{name: "a name of a team that is gone from the file, which the file gives to another", hand: func(w *world) {
			w.do(org.RenameTeam{Team: w.team(team("night")), Name: "Owls"})
		}, file: with(small, "      night:\n        members: [mia]\n        repos: {web: admin, cron: maintain}", "      owls: {}"),
			steps: []string{"delete the team Owls", "create the team owls", "give the team owls analyst in the project web", "give the team owls consumer in the project docs"},
			finds: []string{"project_kept cron"}},
		{name: "a deleted project", hand: func(w *world) { w.do(org.DeleteProject{Project: w.project(project("web"))}) },
			finds: []string{"project_deleted web"}},
		{name: "a deleted project that a team has no longer", file: with(small, ", cron: maintain", ""),
			hand: func(w *world) { w.do(org.DeleteProject{Project: w.project(project("cron"))}) }},
		{name: "a deleted team, which the file makes anew", hand: func(w *world) { w.do(org.DeleteTeam{Team: w.team(team("night"))}) },
			steps: []string{"create the team night", "give the team night owner in the project web", "give the team night admin in the project cron",
				"give the team night consumer in the project docs", "put mia into the team night"}},
		{name: "people and rights in a team that is gone from the file", file: with(small, "      night:\n        members: [mia]\n        repos: {web: admin, cron: maintain}\n", ""), hand: func(w *world) {
			w.do(org.PlaceInTeam{Team: w.team(team("night")), Person: w.known(person("max"))})
		}, steps: []string{"take admin in the project cron from the team night", "take consumer in the project docs from the team night",
			"take owner in the project web from the team night", "take mia out of the team night"}, finds: []string{"project_kept cron", "team_kept night"}},
		{name: "a right in a team that is gone from the file", file: with(small, "      night:\n        members: [mia]\n        repos: {web: admin, cron: maintain}\n", "", "mia: triage", "mia: read"), hand: func(w *world) {
			w.do(org.Give{Project: w.project(project("vault")), Subject: org.Subject{Team: w.team(team("night"))}, Role: org.Admin})
			w.do(org.SetProjectExternalID{Project: w.project(project("cron"))})
		}, steps: []string{"give mia consumer in the project vault", "take consumer in the project docs from the team night", "take owner in the project web from the team night",
			"take admin in the project cron from the team night", "take analyst in the project vault from mia", "take mia out of the team night"}, finds: []string{"team_kept night"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, "olga")
			w.settles(small, byOlga)
			c.hand(w)
			if c.file == "" {
				c.file = small
			}
			before := handTies(w)
			p := w.settles(c.file, byOlga)
			if got := sentences(p); !slices.Equal(got, c.steps) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.steps, "\n"))
			}
			var finds []string
			for _, f := range p.Findings {
				finds = append(finds, fmt.Sprint(f.Kind, " ", f.About))
			}
			if !slices.Equal(finds, c.finds) {
				t.Errorf("found %v, want %v", finds, c.finds)
			}
			after := handTies(w)
			for tie := range before {
				if !after[tie] {
					t.Errorf("%s was by hand and is gone", tie)
				}
			}
		})
	}
}

// handTies lists all that is held by hand, in the core's own ids.
func handTies(w *world) map[string]bool {
	out := map[string]bool{}
	note := func(s org.Source, words ...any) {
		if s == org.ByHand {
			out[fmt.Sprint(words...)] = true
		}
	}
	for team := range w.state.Teams("") {
		for x := range w.state.Roster(team.Team, w.now, "") {
			note(x.Source, x.Person, " in ", x.Team, " as manager: ", x.Manager)
		}
	}
	for project := range w.state.Projects(false, "") {
		for _, g := range w.state.GrantsOn(project.Project, w.now) {
			note(g.Source, g.Person, g.Team, g.Everyone, " ", g.Role, " in ", g.Project)
		}
	}
	return out
}

// An owner who has entered imports by commands of their own; nothing in a plan needs the operator.
func TestAnOwnerImportsOnceSomebodyHasEntered(t *testing.T) {
	w := newWorld(t, "olga")
	w.settles(small, byOlga)
	w.now += org.Instant(time.Hour.Microseconds())
	w.actor = org.Actor{Person: w.known(personID("olga"))}
	w.settles(with(small, "builders:", "makers:\n    previously: [builders]", "[max, mia]", "[mia, zoe]", "members: [max]", "members: [zoe]",
		"vault:", "safe:\n    previously: [vault]", "permission: read", "permission: none"), byOlga)
}
