package peribolos

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/yaml"
	"github.com/commonhold/commonhold/org"
)

// everything uses each field of the format.
const everything = `orgs:
  acme:
    name: Acme Works
    company: Acme
    email: a@example.com
    billing_email: b@example.com
    description: makes things
    location: Berlin
    has_organization_projects: true
    has_repository_projects: false
    members_can_create_repositories: false
    default_repository_permission: read
    admins:
    - Ada
    members:
    - max
    - "@Mia"
    teams:
      Builders:
        description: who build
        privacy: secret
        previously: [makers]
        maintainers: [ada]
        members: [MAX]
        repos:
          Web: write
          docs: none
        teams:
          Night Builders:
            privacy: closed
            members: [mia]
            repos:
              web: read
              cron: maintain
    repos:
      web:
        previously: [site]
        description: the site
        homepage: https://example.com
        private: false
        has_issues: true
        has_projects: true
        has_wiki: false
        allow_squash_merge: true
        allow_merge_commit: false
        allow_rebase_merge: true
        squash_merge_commit_title: PR_TITLE
        squash_merge_commit_message: PR_BODY
        default_branch: main
        archived: false
        on_create: {auto_init: true}
        fork_from: other/web
        default_branch_only: true
        collaborators:
          Max: admin
          guest: read
`

func TestEveryFieldOfTheFormatIsKnown(t *testing.T) {
	f, err := Parse([]byte(everything), "acme")
	if err != nil {
		t.Fatal(err)
	}
	want := `Acme Works, everyone read
admins [{Ada 14}] members [{max 16} {Mia 17}]
team Builders@19 was [makers]: [{ada 23}] and [{MAX 24}], [{Web 3} {docs 0}]
team Night Builders@29 was []: [] and [{mia 31}], [{web 3} {cron 4} {docs 0}]
repo web@36 was [site]: [{{Max 55} 5}]
`
	var got strings.Builder
	fmt.Fprintf(&got, "%s, everyone %s\nadmins %v members %v\n", f.Name, f.Default, f.admins, f.members)
	for _, x := range f.teams {
		fmt.Fprintf(&got, "team %s@%d was %v: %v and %v, %v\n", x.name, x.line, x.previously, x.maintainers, x.members, x.repos)
	}
	for _, x := range f.repos {
		fmt.Fprintf(&got, "repo %s@%d was %v: %v\n", x.name, x.line, x.previously, x.collaborators)
	}
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
	told := map[FindingKind]int{}
	for _, x := range f.findings {
		told[x.Kind]++
		if x.Line == 0 || x.Sentence == "" {
			t.Errorf("%+v has no line", x)
		}
	}
	if want := (map[FindingKind]int{Setting: 8, Description: 1, Privacy: 2, RepositorySetting: 16, OutsideCollaborator: 1}); fmt.Sprint(told) != fmt.Sprint(want) {
		t.Errorf("found %v, want %v", told, want)
	}
}

func TestMistakesInFiles(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       []string // line and beginning of each mistake
	}{
		{"fields that are not known", "nmae: x\nteams:\n  a: {privcy: closed}\nrepos:\n  r: {colaborators: {}}\n",
			[]string{`1: there is no field "nmae" here`, `3: there is no field "privcy" here`, `5: there is no field "colaborators" here`}},
		{"keys that stand twice", "admins: [a]\nteams:\n  a: {}\n  a: {}\nadmins: [b]\n", []string{`4: "a" stands in line 3 already`, `5: "admins" stands in line 1 already`}},
		{"teams that differ by case and blanks", "teams:\n  Site Docs: {}\n  b:\n    teams:\n      site  docs: {}\n", []string{`5: the team "site  docs" stands in line 2 already`}},
		{"a former name that is another team's", "teams:\n  a: {}\n  b: {previously: [A]}\n", []string{`3: the team "A" stands in line 2 already`}},
		{"repositories that differ by case", "teams:\n  a: {repos: {r: read, R: write}}\nrepos:\n  r: {}\n  R: {}\n",
			[]string{`2: the repository "R" stands in line 2 already`, `5: the repository "R" stands in line 4 already`}},
		{"an admin who is a member too", "admins: [ada]\nmembers: [Ada]\n", []string{"2: Ada stands among the admins in line 1 already"}},
		{"a maintainer who is a plain member too", "members: [ada]\nteams:\n  a:\n    maintainers: [ada]\n    members: [ada]\n",
			[]string{"5: ada stands among the maintainers in line 4 already"}},
		{"a permission that is none", "default_repository_permission: pull\nteams:\n  a: {repos: {r: push}}\n",
			[]string{`1: there is no permission "pull"`, `3: there is no permission "push"`}},
		{"a default that GitHub does not know", "default_repository_permission: triage\n", []string{"1: the default permission is none, read, write or admin"}},
		{"a privacy that is none", "teams:\n  a: {privacy: open}\n", []string{"2: the privacy of a team is closed or secret"}},
		{"a handle that is a number", "admins: [1234]\n", []string{"1: a text is wanted here; put quotes around 1234"}},
		{"a handle with blanks", "admins: ['a b']\n", []string{`1: "a b" is no handle`}},
		{"a team without a name", "teams:\n  '': {}\n", []string{`2: "" is no name of a team`}},
		{"a repository of another organization", "teams:\n  a: {repos: {other/r: read}}\n", []string{`2: "other/r" is no name of a repository`}},
		{"a list for a map and a map for a list", "admins: {a: b}\nteams: [a]\n", []string{"1: a list is wanted here", "2: a map is wanted here"}},
		{"teams nested too deep", nested(MaxTeamDepth + 1), []string{fmt.Sprintf("%d: teams lie in teams 16 deep at most", 2*MaxTeamDepth+2)}},
		{"several organizations, none of them named", "orgs:\n  a: {}\n  b: {}\n", []string{"2: name the organization to read; in this file are a, b"}},
		{"one organization among several", "orgs:\n  a: {}\nadmins: [ada]\n", []string{"3: admins belongs into one of the organizations under orgs"}},
		{"an alias", "admins: &a [ada]\nmembers: *a\n", []string{"1: anchors and aliases are not read here", "2: anchors and aliases are not read here"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.file), "")
			var m *yaml.Mistakes
			if !errors.As(err, &m) {
				t.Fatalf("got %v, want mistakes", err)
			}
			ok := len(m.First) == len(c.want)
			for i, one := range m.First {
				ok = ok && strings.HasPrefix(fmt.Sprintf("%d: %s", one.Line, one.Text), c.want[i])
			}
			if !ok {
				t.Errorf("got\n%v\nwant\n%s", err, strings.Join(c.want, "\n"))
			}
		})
	}
}

// nested is a file with a team in a team in a team.
func nested(deep int) string {
	var out strings.Builder
	for i := range deep {
		fmt.Fprintf(&out, "%steams:\n%st%d:\n", strings.Repeat(" ", 4*i), strings.Repeat(" ", 4*i+2), i)
	}
	return out.String()
}

func TestFilesOfSeveralOrganizations(t *testing.T) {
	const file = "orgs:\n  a: {name: Ay}\n  b: {admins: [ada]}\n"
	for _, c := range []struct{ organization, name string }{{"a", "Ay"}, {"b", "b"}} {
		if f, err := Parse([]byte(file), c.organization); err != nil || f.Name != c.name {
			t.Errorf("%s: %+v, %v", c.organization, f, err)
		}
	}
	if _, err := Parse([]byte(file), "c"); err == nil {
		t.Error("an organization that is not there was read")
	}
	if f, err := Parse([]byte("orgs:\n  a: {name: Ay}\n"), ""); err != nil || f.Name != "Ay" {
		t.Errorf("the only organization: %+v, %v", f, err)
	}
	if f, err := Parse(nil, ""); err != nil || f.Name != "" {
		t.Errorf("an empty file: %+v, %v", f, err)
	}
}

func TestLimitsOfFiles(t *testing.T) {
	list := func(n int, format string) string {
		var out strings.Builder
		for i := range n {
			fmt.Fprintf(&out, format, i)
		}
		return out.String()
	}
	repos := "repos: {" + list(8_000, "r%d: read, ") + "}\n"
	var inheriting strings.Builder
	inheriting.WriteString("teams:\n  top:\n    " + repos + "    teams:\n" + list(126, "      t%d: {}\n"))
	for _, c := range []struct{ name, file, want string }{
		{"as many people as there may be", "members:\n" + list(MaxPeople, "- u%d\n"), ""},
		{"one person too many", "members:\n" + list(MaxPeople+1, "- u%d\n"), "100001 people, 100000 at most"},
		{"as many teams as there may be", "teams:\n" + list(MaxTeams, "  t%d: {}\n"), ""},
		{"one team too many", "teams:\n" + list(MaxTeams+1, "  t%d: {}\n"), "more than 10000 teams"},
		{"teams as deep as they may lie", nested(MaxTeamDepth), ""},
		{"too many rights that child teams inherit", inheriting.String(), "more than 1000000 team places and rights"},
		{"a file too large", strings.Repeat("#", MaxBytes+1), "4194304 at most"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			_, err := Parse([]byte(c.file), "")
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %.300v, want %q", err, c.want)
			}
			if took := time.Since(start); took > 20*time.Second { // a second or two
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestMappings(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       []org.ProjectRole // read triage write maintain admin
		refused    string
	}{
		{"an empty file", "", []org.ProjectRole{"consumer", "analyst", "analyst", "admin", "owner"}, ""},
		{"a file that overrides some", "read: none\nwrite: admin\n", []org.ProjectRole{"", "analyst", "admin", "admin", "owner"}, ""},
		{"a file that overrides all", "{read: owner, triage: owner, write: owner, maintain: owner, admin: owner}", []org.ProjectRole{"owner", "owner", "owner", "owner", "owner"}, ""},
		{"a role that is none", "read: viewer\n", nil, `line 1: there is no role "viewer"`},
		{"a permission that is none", "pull: consumer\n", nil, `line 1: there is no field "pull"`},
		{"less for more", "write: consumer\n", nil, "line 1: write gives consumer, and triage below it gives analyst"},
		{"nothing for more", "admin: none\n", nil, "line 1: admin gives none, and maintain below it gives admin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := ReadMapping([]byte(c.file))
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("got %v, want %q", err, c.refused)
				}
				return
			}
			if err != nil || !slices.Equal(m[Read:], c.want) || m[None] != "" {
				t.Errorf("got %v, %v; want %v", m, err, c.want)
			}
		})
	}
}

func TestExternalIDsHoldWhatTheyMay(t *testing.T) {
	for name, want := range map[string]org.ExternalID{
		"sig-docs":       "github-team:sig-docs",
		"SIG  Docs":      "github-team:sig%20docs",
		"100% reliable":  "github-team:100%25%20reliable",
		"Übersetzer":     "github-team:%c3%bcbersetzer",
		"discovery.io_1": "github-team:discovery.io_1",
	} {
		if got := teamID(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	// Short ones: the fuzzer spends its time on making long ones shorter.
	f.Add([]byte("orgs: {a: {name: A, email: e, default_repository_permission: read}}\n"))
	f.Add([]byte("members: [b]\nrepos:\n  r: {previously: [s], private: true, collaborators: {b: admin, c: read}}\n"))
	f.Add([]byte(nested(3)))
	f.Add([]byte("admins: [a]\nmembers: [b]\nteams:\n  t: {members: [a, b, c], repos: {r: read, s: admin}, teams: {u: {repos: {R: none}}}}\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<14 {
			return
		}
		parsed, err := Parse(file, "")
		if err != nil {
			return
		}
		p, err := Compare(parsed, Present{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range p.Steps {
			for _, x := range []org.ExternalID{s.Person, s.Team, s.Project} {
				if len(x) > 200 || strings.ContainsFunc(string(x), func(r rune) bool { return r <= ' ' || r > '~' }) {
					t.Errorf("%+v: no external id", s)
				}
			}
		}
		_ = p.Summary()
	})
}
