package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const secret = "commonhold_operator_not-a-real-one"

// stub is a program whose server answers what a test says.
type stub struct {
	*Program
	out, err bytes.Buffer
	env      map[string]string
	asked    []string
	status   int
	answers  []string // in turn; the last one again and again
	header   http.Header
}

func newStub(t *testing.T, answers ...string) *stub {
	s := &stub{env: map[string]string{"COMMONHOLD_KEY": secret}, status: 200, answers: answers}
	server := httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(server.Close)
	s.env["COMMONHOLD_URL"] = server.URL
	s.Program = &Program{Stdin: strings.NewReader(""), Stdout: &s.out, Stderr: &s.err,
		Getenv: func(name string) string { return s.env[name] },
		Now:    func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }}
	return s
}

func (s *stub) answer(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.asked = append(s.asked, strings.TrimSpace(r.Method+" "+r.RequestURI+" "+string(body)))
	s.header = r.Header
	if s.status != 200 {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(s.status)
		fmt.Fprint(w, `{"code":"noun.reason","detail":"A sentence with the remedy."}`)
		return
	}
	if n := min(len(s.asked), len(s.answers)); n > 0 {
		fmt.Fprint(w, s.answers[n-1])
	}
}

// run runs a command line of words without blanks.
func (s *stub) line(t *testing.T, line string) int {
	s.out.Reset()
	s.err.Reset()
	return s.Run(t.Context(), strings.Fields(line))
}

func TestCommandLinesBecomeRequests(t *testing.T) {
	rows := []struct{ name, line, want string }{
		{"path and body", "member set-role acme ext:ana --role admin", `PUT /v1/organizations/acme/members/ext:ana/role {"role":"admin"}`},
		{"flags before, between and behind", "--as ext:bo member --json set-role --role=owner acme ext:ana",
			`PUT /v1/organizations/acme/members/ext:ana/role {"role":"owner"}`},
		{"behind two hyphens all are arguments", "team show acme -- --odd", `GET /v1/organizations/acme/teams/--odd`},
		{"query parameters", "member list acme --find ana --limit 5", `GET /v1/organizations/acme/members?find=ana&limit=6`},
		{"a switch of the query", "project list acme --deleted", `GET /v1/organizations/acme/projects?deleted=true&limit=200`},
		{"a switch of the body", "team add acme ext:t ext:ana --manager", `PUT /v1/organizations/acme/teams/ext:t/members/ext:ana {"manager":true}`},
		{"a switch that is off", "person vouch ext:ana --vouched=false", `PUT /v1/people/ext:ana/vouched {"vouched":false}`},
		{"a time from now", "grant give acme ext:p --person ext:ana --role analyst --end 30d",
			`POST /v1/organizations/acme/projects/ext:p/grants {"end":"2026-03-31T09:00:00Z","person":"ext:ana","role":"analyst"}`},
		{"a day", "member set-dates acme ext:ana --end 2026-12-31", `PUT /v1/organizations/acme/members/ext:ana/dates {"end":"2026-12-31T00:00:00Z"}`},
		{"a list of pairs", "org set-settings acme --members-create-projects=false --teams ext:a=admin --teams ext:b=analyst",
			`PUT /v1/organizations/acme/settings {"members_create_projects":false,"teams":[{"role":"admin","team":"ext:a"},{"role":"analyst","team":"ext:b"}]}`},
		{"an empty value", "team set-external-id acme ext:t --external-id=", `PUT /v1/organizations/acme/teams/ext:t/external-id {"external_id":""}`},
		{"freshness", "org show acme --at-least 12", `GET /v1/organizations/acme?at_least=12`},
		{"something that ends is confirmed by a flag", "team delete acme ext:t --yes", `DELETE /v1/organizations/acme/teams/ext:t`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t, `{}`)
			if code := s.line(t, row.line); code != exitOK || len(s.asked) == 0 || s.asked[0] != row.want {
				t.Errorf("exit code %d %s\n got %q\nwant %q", code, s.err.String(), s.asked, row.want)
			}
		})
	}
}

func TestTheKeyAndThePersonGoIntoHeaders(t *testing.T) {
	s := newStub(t, `{}`)
	if s.line(t, "whoami --as ext:ana") != 0 || s.header.Get("Authorization") != "Bearer "+secret || s.header.Get("Commonhold-Acting-For") != "ext:ana" {
		t.Errorf("%v %s", s.header, s.err.String())
	}
}

func TestWrongCallsSayWhatIsWrong(t *testing.T) {
	rows := []struct{ name, line, want string }{
		{"an unknown command", "member lst acme", `there is no command "member lst"; did you mean list?`},
		{"an unknown group", "frobnicate", `there is no command "frobnicate"`},
		{"half a command", "member", "member is the beginning of several commands"},
		{"an unknown flag", "member list acme --fnd x", "there is no flag --fnd; did you mean --find?"},
		{"a short flag", "member list acme -f", "flags have two hyphens"},
		{"a missing argument", "member show acme", "PERSON is missing: commonhold member show ORG PERSON"},
		{"an argument too many", "org show acme bcme", `"bcme" is one argument too many`},
		{"a missing flag", "member set-role acme ext:ana", "--role is missing: commonhold member set-role ORG PERSON --role ROLE"},
		{"a flag without a value", "member set-role acme ext:ana --role", "--role needs a value: --role ROLE"},
		{"a role that is none", "member set-role acme ext:ana --role boss", `--role: "boss" is none of owner, admin, billing_admin, member`},
		{"a flag twice", "member list acme --find a --find b", "--find is given twice"},
		{"a switch that is neither on nor off", "member list acme --json=maybe", `--json is true or false, not "maybe"`},
		{"a time that is none", "member set-dates acme ext:ana --end soon", "--end: write a time as 2026-12-31T18:00:00Z"},
		{"a limit of nothing", "member list acme --limit 0", `--limit: "0" is no number from 1 on`},
		{"a pair that is none", "org set-settings acme --members-create-projects --teams ext:a", `--teams: write TEAM=ROLE, not "ext:a"`},
		{"an empty argument", "member show acme ..", `name the person; ".." is none`},
		{"an address that is none", "--url ftp://x whoami", "http:// or https://"},
		{"something that ends and nobody to confirm it", "member remove acme ext:ana", "Remove a member with everything they hold here: acme ext:ana. Nobody is here to confirm this; repeat it with --yes"},
		{"an unknown shell", "completion tcsh", `there is no completion for "tcsh"`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t, `{}`)
			if code := s.line(t, row.line); code != exitUsage || !strings.Contains(s.err.String(), row.want) || len(s.asked) > 0 {
				t.Errorf("exit code %d, asked %q\n got %s\nwant %s", code, s.asked, s.err.String(), row.want)
			}
		})
	}
}

func TestExitCodesTellWhatHappened(t *testing.T) {
	for status, want := range map[int]int{200: 0, 400: 1, 401: 3, 403: 3, 404: 4, 409: 5, 412: 5, 422: 1, 500: 1} {
		s := newStub(t, `{}`)
		s.status = status
		if code := s.line(t, "org show acme"); code != want {
			t.Errorf("status %d: exit code %d, want %d", status, code, want)
		}
		if status != 200 && !strings.Contains(s.err.String(), "noun.reason: A sentence with the remedy.") {
			t.Errorf("status %d: %s", status, s.err.String())
		}
	}
	for answer, want := range map[string]int{`{"allowed":true,"version":1}`: exitOK, `{"allowed":false,"version":1}`: exitDenied} {
		s := newStub(t, answer)
		if code := s.line(t, "check acme --person ext:a --permission a:b --json"); code != want || s.out.String() != answer+"\n" || s.err.Len() > 0 {
			t.Errorf("%s: exit code %d, %q, %q", answer, code, s.out.String(), s.err.String())
		}
	}
}

func TestAServerThatIsNotThereIsUnavailable(t *testing.T) {
	s := newStub(t)
	s.env["COMMONHOLD_URL"] = "http://127.0.0.1:1"
	if code := s.line(t, "whoami"); code != exitUnavailable || !strings.Contains(s.err.String(), "Is the server running? Start it with commonhold serve") {
		t.Errorf("exit code %d: %s", code, s.err.String())
	}
}

func TestKeysComeFromWhereOnlyTheUserReads_T170(t *testing.T) {
	write := func(t *testing.T, mode os.FileMode) string {
		dir := t.TempDir()
		name := filepath.Join(dir, KeyFile)
		if err := os.WriteFile(name, []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	rows := []struct {
		name string
		line func(t *testing.T) string
		env  string
		in   string
		want string // in stderr; empty if the key is used
	}{
		{name: "the environment", line: func(*testing.T) string { return "whoami" }, env: secret},
		{name: "a file of one's own", line: func(t *testing.T) string { return "whoami --key-file " + write(t, 0o600) + "/" + KeyFile }},
		{name: "standard input", line: func(*testing.T) string { return "whoami --key-file -" }, in: secret + "\n"},
		{name: "the data folder of a server on this machine", line: func(t *testing.T) string { return "whoami --data " + write(t, 0o600) }},
		{name: "a file that others read", line: func(t *testing.T) string { return "whoami --key-file " + write(t, 0o644) + "/" + KeyFile }, want: "run chmod 600"},
		{name: "a data folder's file that the group reads", line: func(t *testing.T) string { return "whoami --data " + write(t, 0o640) }, want: "run chmod 600"},
		{name: "no file", line: func(*testing.T) string { return "whoami --key-file nowhere" }, want: "there is no key file nowhere"},
		{name: "an empty one", line: func(*testing.T) string { return "whoami --key-file -" }, in: "\n", want: "the key is empty"},
		{name: "nothing at all", line: func(t *testing.T) string { return "whoami --data " + t.TempDir() }, want: "no key: set COMMONHOLD_KEY"},
		{name: "the data folder's key stays on this machine", line: func(t *testing.T) string { return "whoami --url http://192.0.2.1 --data " + write(t, 0o600) },
			want: "http://192.0.2.1 needs a key"},
		{name: "an argument", line: func(*testing.T) string { return "whoami --key " + secret }, want: "there is no flag --key"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t, `{}`)
			s.env["COMMONHOLD_KEY"] = row.env
			s.Stdin = strings.NewReader(row.in)
			code := s.line(t, row.line(t))
			switch {
			case row.want == "" && (code != exitOK || s.header.Get("Authorization") != "Bearer "+secret):
				t.Errorf("exit code %d: %s", code, s.err.String())
			case row.want != "" && (code != exitUsage || !strings.Contains(s.err.String(), row.want) || len(s.asked) > 0):
				t.Errorf("exit code %d, asked %q: %s", code, s.asked, s.err.String())
			case strings.Contains(s.out.String()+s.err.String(), secret):
				t.Errorf("the key is shown: %s%s", s.out.String(), s.err.String())
			}
		})
	}
}

func TestHelpNamesEverything(t *testing.T) {
	s := newStub(t)
	if code := s.line(t, ""); code != 0 || !strings.Contains(s.out.String(), "member set-role") || !strings.Contains(s.out.String(), "10  check and explain: denied") {
		t.Errorf("%d\n%s", code, s.out.String())
	}
	all := s.out.String()
	if s.line(t, "--help"); s.out.String() != all {
		t.Error("--help alone differs from nothing")
	}
	if code := s.line(t, "team --help"); code != 0 || !strings.Contains(s.out.String(), "team add") || strings.Contains(s.out.String(), "member add") {
		t.Errorf("%d\n%s", code, s.out.String())
	}
	if code := s.line(t, "member set-role --help"); code != 0 || !strings.Contains(s.out.String(), "owner, admin, billing_admin, member, or a custom role's id (required)") {
		t.Errorf("%d\n%s", code, s.out.String())
	}
}
