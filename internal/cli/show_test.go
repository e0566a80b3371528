package cli

import (
	"strings"
	"testing"
)

const (
	ana    = "usr_2x4y6z8a0b1c3d5e7f9g1h2j3k"
	growth = "team_01jz0000000000000000000000"
	web    = "prj_01jz0000000000000000000000"
)

var (
	people = `{"items":[{"person":"` + ana + `","name":"Ana Souza"}]}`
	groups = `{"items":[{"team":"` + growth + `","name":"Growth"}]}`
)

func TestAnswersAreShownForPeople(t *testing.T) {
	rows := []struct {
		name    string
		line    string
		answers []string
		want    string
	}{
		{"a list has names before ids and no empty columns", "team list acme",
			[]string{`{"items":[{"team":"` + growth + `","name":"Growth","people":3,"projects":1},{"team":"team_x","name":"Research and Development","people":12,"projects":0}]}`},
			`
NAME                      PEOPLE  PROJECTS  ID
Growth                    3       1         ` + growth + `
Research and Development  12      0         team_x
`},
		{"an object in which nothing is set says so", "billing show acme", []string{`{}`}, "\nnothing is set\n"},
		{"a preview of a transfer has what is held and what is kept", "project preview-transfer acme ext:web --to other",
			[]string{`{"items":[{"person":"` + ana + `","name":"Ana Souza","holds":[{"role":"admin","via":"everyone","now":true}],"keeps":["consumer"]}]}`},
			"\nNAME       HAS                KEEPS     ID\nAna Souza  admin as everyone  consumer  " + ana + "\n"},
		{"an empty list says so", "team list acme", []string{`{"items":[]}`}, "\nnone\n"},
		{"ids are shown as the names they stand for", "grant list acme ext:web",
			[]string{`{"items":[{"project":"` + web + `","person":"` + ana + `","role":"analyst","start":"2026-03-01T09:00:00Z","now":true,"source":"hand","given_at":"2026-01-02T03:04:05Z"},` +
				`{"project":"` + web + `","team":"` + growth + `","role":"admin","now":true,"source":"import","given_by":"` + ana + `","given_at":"2026-01-02T03:04:05Z"}]}`,
				people, groups},
			`
PERSON     TEAM    ROLE     FROM               NOW  BY      GIVEN BY   GIVEN
Ana Souza          analyst  2026-03-01 09:00Z  yes  hand               2026-01-02 03:04Z
           Growth  admin                       yes  import  Ana Souza  2026-01-02 03:04Z
`},
		{"sources are told in words", "project people acme ext:web",
			[]string{`{"items":[{"person":"` + ana + `","name":"Ana Souza","role":"admin","status":"active","sources":[` +
				`{"role":"admin","via":"team","team":"` + growth + `","now":true,"place":{"end":"2026-04-01T00:00:00Z"}},{"role":"consumer","via":"everyone","now":true},` +
				`{"role":"owner","via":"organization_role","organization_role":"owner","now":true}]}]}`, groups},
			`
NAME       ROLE   STATUS  THROUGH                                                                                                      ID
Ana Souza  admin  active  admin through team Growth until 2026-04-01 00:00Z, consumer as everyone, owner as owner of the organization  ` + ana + `
`},
		{"the audit log is sentences", "audit acme",
			[]string{`{"items":[{"command":"cmd_1","at":"2026-01-02T03:04:05Z","actor":"operator","facts":[{"version":1,"fact":"x","sentence":"made ` + ana + ` admin"},{"version":2,"fact":"y","sentence":"went home"}]}]}`, people},
			`
VERSION  AT                 WHO       DID
1        2026-01-02 03:04Z  operator  made Ana Souza admin, went home
`},
		{"one object is shown line by line", "member show acme ext:ana",
			[]string{`{"person":"` + ana + `","role":"admin","status":"active","since":4,"joined_at":"2026-01-02T03:04:05Z","ready":true,"teams":["` + growth + `"],"grants":0,"name":"Ana Souza","external_id":"ana"}`, groups},
			`
name         Ana Souza
person       ` + ana + `
role         admin
status       active
since        4
joined at    2026-01-02 03:04Z
ready        yes
teams        Growth
grants       0
external id  ext:ana
`},
		{"lists in an object are tables of their own", "member holdings acme ext:ana",
			[]string{`{"member":{"person":"` + ana + `","role":"member"},"places":[{"team":"` + growth + `","manager":true}],"projects":[]}`, people, groups},
			`
person  Ana Souza
role    member

PLACES
TEAM    MANAGER
Growth  yes
`},
		{"a command without an object is done", "org enter acme", []string{`{"version":12}`}, "\ndone, version 12\n"},
		{"a link is the link alone", "link", []string{`{"url":"http://localhost:8080/open/x","expires_at":"2026-01-02T03:04:05Z"}`}, "\nhttp://localhost:8080/open/x\n"},
		{"an answer without a body is done", "key remove key_1 --yes", []string{""}, "\ndone\n"},
		{"what a name hides is not let through to the terminal", "team list acme", []string{`{"items":[{"team":"t","name":"a\u001b[2Jb","people":1}]}`},
			"\nNAME    PEOPLE  ID\na [2Jb  1       t\n"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t, row.answers...)
			if code := s.line(t, row.line); code != exitOK || "\n"+s.out.String() != row.want {
				t.Errorf("exit code %d %s\n%q\n got %s\nwant %s", code, s.err.String(), s.asked, s.out.String(), row.want)
			}
		})
	}
}

func TestExplanationsAreSentences(t *testing.T) {
	s := newStub(t, `{"allowed":true,"reason":"given","sources":[`+
		`{"project":"`+web+`","role":"analyst","via":"team","team":"`+growth+`","source":"hand","now":true,"given_by":"`+ana+`","given_at":"2026-01-02T03:04:05Z"},`+
		`{"project":"`+web+`","role":"consumer","via":"individual","source":"hand","now":false,"start":"2026-05-01T00:00:00Z","given_at":"2026-01-02T03:04:05Z"}]}`,
		`{"name":"Ana Souza"}`, `{"name":"Web"}`, groups, people)
	code := s.line(t, "explain acme --person "+ana+" --permission reports:view --project "+web)
	want := `allowed
Ana Souza: reports:view in Web
  analyst through team Growth, since 2026-01-02 03:04Z by Ana Souza
  consumer from 2026-05-01 00:00Z, since 2026-01-02 03:04Z by the operator, does not count now
`
	if code != exitOK || s.out.String() != want {
		t.Errorf("exit code %d\n got %s\nwant %s", code, s.out.String(), want)
	}
	s = newStub(t, `{"allowed":false,"reason":"not_given","roles":["analyst","admin"],"deciders":["`+ana+`"]}`, `{}`, `{"name":"Web"}`, people)
	code = s.line(t, "explain acme --person ext:bo --permission reports:edit --project ext:web")
	want = `denied
ext:bo: reports:edit in Web, nothing gives it
  would be given by: analyst, admin
  who could give it: Ana Souza
`
	if code != exitDenied || s.out.String() != want {
		t.Errorf("exit code %d\n got %s\nwant %s", code, s.out.String(), want)
	}
}

func TestListsAsJSONAreOneArray(t *testing.T) {
	s := newStub(t, `{"items":[{"b":1, "a":2}],"next":"x"}`, `{"items":[{"c":3}]}`)
	if code := s.line(t, "team list acme --json"); code != 0 || s.out.String() != "[\n{\"b\":1, \"a\":2},\n{\"c\":3}\n]\n" {
		t.Errorf("%d %q", code, s.out.String())
	}
	s = newStub(t, `{"items":[]}`)
	if s.line(t, "team list acme --json"); s.out.String() != "[]\n" {
		t.Errorf("%q", s.out.String())
	}
}

func TestALimitSaysThatThereIsMore(t *testing.T) {
	s := newStub(t, `{"items":[{"name":"a"},{"name":"b"},{"name":"c"}]}`)
	if s.line(t, "team list acme --limit 2"); strings.Contains(s.out.String(), "c") || !strings.Contains(s.err.String(), "there are more without --limit") {
		t.Errorf("%q %q", s.out.String(), s.err.String())
	}
	if s.line(t, "team list acme --limit 3"); s.err.Len() > 0 || !strings.Contains(s.out.String(), "c") {
		t.Errorf("%q %q", s.out.String(), s.err.String())
	}
}

func TestNamesAreThoseOfTheProjectForWhoSeesNoMembers(t *testing.T) {
	s := newStub(t, `{"items":[{"person":"`+ana+`","role":"admin"}]}`, `{"items":0}`, `{"items":[{"person":"`+ana+`","name":"Ana Souza"}]}`)
	if code := s.line(t, "grant list acme ext:web"); code != 0 || !strings.Contains(s.out.String(), "Ana Souza") {
		t.Errorf("%d %q %q", code, s.out.String(), s.asked)
	}
}

func TestNamesThatMayNotBeSeenStayIds(t *testing.T) {
	s := newStub(t, `{"items":[{"team":"`+growth+`","role":"admin"}]}`, `{"items":"not for you"}`)
	if code := s.line(t, "grant list acme ext:web"); code != 0 || !strings.Contains(s.out.String(), growth) {
		t.Errorf("%d %q", code, s.out.String())
	}
}

func TestCompletionKnowsTheTable(t *testing.T) {
	rows := []struct {
		name string
		line []string
		want []string
		not  []string
	}{
		{"the first word", []string{"m"}, []string{"member"}, []string{"team"}},
		{"a group's words", []string{"member", "s"}, []string{"set-role", "suspend"}, []string{"list"}},
		{"flags of a command", []string{"member", "set-role", "acme", "ext:a", "--r"}, []string{"--role"}, nil},
		{"flags given already", []string{"member", "set-role", "--role", "admin", "--"}, []string{"--json"}, []string{"--role"}},
		{"values of a flag", []string{"member", "set-role", "--role", ""}, []string{"owner", "billing_admin"}, []string{"--json"}},
		{"shells", []string{"completion", ""}, shells, nil},
		{"nothing behind an unknown word", []string{"frob", ""}, nil, []string{"member"}},
		{"nothing behind two hyphens", []string{"member", "--", ""}, nil, []string{"list"}},
		{"arguments are the user's", []string{"member", "show", ""}, nil, []string{"--json"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			if code := s.Run(t.Context(), append([]string{completer}, row.line...)); code != 0 {
				t.Fatal(code, s.err.String())
			}
			found := map[string]bool{}
			for line := range strings.Lines(s.out.String()) {
				word, _, _ := strings.Cut(line, "\t")
				found[word] = true
			}
			for _, w := range row.want {
				if !found[w] {
					t.Errorf("%s is missing in %v", w, found)
				}
			}
			for _, w := range row.not {
				if found[w] {
					t.Errorf("%s is among %v", w, found)
				}
			}
		})
	}
}
