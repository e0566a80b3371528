package githuborg

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/peribolos"
	"github.com/commonhold/commonhold/org"
)

// stub is a server that refuses what a test wants refused, by the path.
type stub struct {
	*Work
	mu      sync.Mutex
	asked   []string
	busy    int
	busiest int
	refuse  map[string]*org.Refusal
	status  int
}

func newStub(t *testing.T) *stub {
	s := &stub{refuse: map[string]*org.Refusal{}, status: http.StatusConflict}
	server := httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(server.Close)
	operator, err := client.New(server.URL, "key", client.Tries(1))
	if err != nil {
		t.Fatal(err)
	}
	s.Work = &Work{Operator: operator, Actor: operator.With(client.ActingFor("ext:ana")), Organization: "acme"}
	return s
}

func (s *stub) answer(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.asked = append(s.asked, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", r.Header.Get("Commonhold-Acting-For"), r.Method, strings.TrimPrefix(r.URL.Path, "/v1/"), body)))
	s.busy++
	s.busiest = max(s.busiest, s.busy)
	s.mu.Unlock()
	time.Sleep(2 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	for part, refusal := range s.refuse {
		if strings.Contains(string(body)+r.URL.Path, part) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(s.status)
			fmt.Fprintf(w, `{"code":%q,"detail":%q}`, refusal.Code, refusal.Text)
			return
		}
	}
	fmt.Fprint(w, `{}`)
}

const aTeam = "team_01jz0000000000000000000000"

func TestEveryKindOfStepIsACommand(t *testing.T) {
	one := peribolos.Step{Person: "github:bo", Team: "github-team:core", Project: "github-repo:app", Name: "Core", ExternalID: "github-team:new",
		Role: org.RoleAdmin, ProjectRole: org.Analyst}
	alone := func(s peribolos.Step) peribolos.Step { s.Person, s.Everyone = "", false; return s }
	rows := []struct {
		kind peribolos.Kind
		step peribolos.Step
		want string
	}{
		{peribolos.CreatePerson, one, `POST people {"name":"Core","external_id":"github:bo"}`},
		{peribolos.AddMember, one, `ext:ana POST organizations/acme/members {"person":"ext:github:bo","role":"admin","source":"import"}`},
		{peribolos.SetRole, one, `ext:ana PUT organizations/acme/members/ext:github:bo/role {"role":"admin"}`},
		{peribolos.SetTeamExternalID, one, `ext:ana PUT organizations/acme/teams/ext:github-team:core/external-id {"external_id":"github-team:new"}`},
		{peribolos.RenameTeam, one, `ext:ana PUT organizations/acme/teams/ext:github-team:core/name {"name":"Core"}`},
		{peribolos.CreateTeam, one, `ext:ana POST organizations/acme/teams {"external_id":"github-team:core","name":"Core","source":"import"}`},
		{peribolos.SetProjectExternalID, one, `ext:ana PUT organizations/acme/projects/ext:github-repo:app/external-id {"external_id":"github-team:new"}`},
		{peribolos.RenameProject, one, `ext:ana PUT organizations/acme/projects/ext:github-repo:app/name {"name":"Core"}`},
		{peribolos.CreateProject, one, `ext:ana POST organizations/acme/projects {"external_id":"github-repo:app","name":"Core","source":"import"}`},
		{peribolos.GiveGrant, alone(one), `ext:ana POST organizations/acme/projects/ext:github-repo:app/grants {"role":"analyst","source":"import","team":"ext:github-team:core"}`},
		{peribolos.GiveGrant, peribolos.Step{Person: "github:bo", Project: "github-repo:app", ProjectRole: org.Owner},
			`ext:ana POST organizations/acme/projects/ext:github-repo:app/grants {"person":"ext:github:bo","role":"owner","source":"import"}`},
		{peribolos.GiveGrant, peribolos.Step{Everyone: true, Project: "github-repo:app", ProjectRole: org.Consumer},
			`ext:ana POST organizations/acme/projects/ext:github-repo:app/grants {"everyone":true,"role":"consumer","source":"import"}`},
		{peribolos.PlaceInTeam, peribolos.Step{Team: aTeam, Person: "github:bo", Manager: true},
			`ext:ana PUT organizations/acme/teams/` + aTeam + `/members/ext:github:bo {"manager":true,"source":"import"}`},
		{peribolos.TakeGrant, alone(one), `ext:ana POST organizations/acme/projects/ext:github-repo:app/grants/take {"role":"analyst","source":"import","team":"ext:github-team:core"}`},
		{peribolos.TakeFromTeam, one, `ext:ana DELETE organizations/acme/teams/ext:github-team:core/members/ext:github:bo`},
		{peribolos.DeleteTeam, one, `ext:ana DELETE organizations/acme/teams/ext:github-team:core`},
		{peribolos.RemoveMember, one, `ext:ana DELETE organizations/acme/members/ext:github:bo`},
		{peribolos.DeleteProject, one, `ext:ana DELETE organizations/acme/projects/ext:github-repo:app`},
	}
	seen := map[peribolos.Kind]bool{}
	for _, row := range rows {
		seen[row.kind] = true
		s := newStub(t)
		row.step.Kind = row.kind
		if err := s.Do(t.Context(), []peribolos.Step{row.step}); err != nil || s.Done() != 1 || s.asked[0] != row.want {
			t.Errorf("%s: %v\n got %s\nwant %s", row.kind, err, s.asked, row.want)
		}
	}
	for kind := range commands {
		if !seen[kind] {
			t.Errorf("%s is not tried", kind)
		}
	}
	s := newStub(t)
	if err := s.Do(t.Context(), []peribolos.Step{{Kind: "dance"}}); err == nil {
		t.Error("a step of an unknown kind was passed over")
	}
}

func steps(kind peribolos.Kind, n int) []peribolos.Step {
	out := make([]peribolos.Step, n)
	for i := range out {
		id := org.ExternalID(fmt.Sprintf("%s-%02d", kind, i))
		out[i] = peribolos.Step{Kind: kind, Sentence: string(id), Person: id, Team: id, Project: id, Name: "N", ExternalID: id, Role: org.RoleMember, ProjectRole: org.Admin}
	}
	return out
}

func TestStepsOfOneKindGoTogetherAndKindsInTurn(t *testing.T) {
	s := newStub(t)
	if err := s.Do(t.Context(), slices.Concat(steps(peribolos.CreateTeam, 40), steps(peribolos.CreateProject, 40))); err != nil {
		t.Fatal(err)
	}
	if s.busiest < 2 || s.busiest > atOnce {
		t.Errorf("%d at once", s.busiest)
	}
	for i, line := range s.asked {
		if strings.Contains(line, "acme/teams") != (i < 40) {
			t.Fatalf("%d: %s", i, line)
		}
	}
	s = newStub(t)
	if err := s.Do(t.Context(), steps(peribolos.RenameTeam, 10)); err != nil || s.busiest != 1 || !slices.IsSorted(s.asked) {
		t.Errorf("%d renames at once, %v: %q", s.busiest, err, s.asked)
	}
}

func TestWhatIsRefusedIsListedAndTheRestGoesOn(t *testing.T) {
	s := newStub(t)
	s.refuse["create_team-03"] = org.ErrTeamName
	var told []int
	s.Progress = func(done, _ int, _ peribolos.Kind) { told = append(told, done) }
	if err := s.Do(t.Context(), steps(peribolos.CreateTeam, 8)); err != nil {
		t.Fatal(err)
	}
	if r := s.Refused(); s.Done() != 7 || len(r) != 1 || r[0].Sentence != "create_team-03" || !strings.HasPrefix(r[0].Problem, "team.name_taken: ") {
		t.Errorf("%d done, refused %v", s.Done(), r)
	}
	if err := s.Verdict(); !errors.Is(err, org.ErrTeamName) || !strings.HasPrefix(err.Error(), "1 of 8 steps were refused") {
		t.Error(err)
	}
	if !slices.Equal(told, []int{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Errorf("progress %v", told)
	}
}

func TestWhatEndsTheWork(t *testing.T) {
	rows := []struct {
		name    string
		refusal *org.Refusal
		status  int
	}{
		{"a member has entered, so the operator is refused everything", org.ErrEntered, http.StatusForbidden},
		{"the server is not available", &org.Refusal{Code: "instance.unavailable"}, http.StatusServiceUnavailable},
		{"the key is not taken", &org.Refusal{Code: "key.unknown"}, http.StatusUnauthorized},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.refuse["create_team-00"], s.status = row.refusal, row.status
			err := s.Do(t.Context(), slices.Concat(steps(peribolos.CreateTeam, 1), steps(peribolos.CreateProject, 3)))
			if !errors.Is(err, row.refusal) || s.Done() != 0 || len(s.asked) != 1 {
				t.Errorf("%v, %d done, asked %q", err, s.Done(), s.asked)
			}
		})
	}
}

func TestAnAccountThatIsThereIsNoTrouble(t *testing.T) {
	s := newStub(t)
	s.refuse["create_person-00"] = org.ErrExternalIDTaken
	if err := s.Do(t.Context(), steps(peribolos.CreatePerson, 2)); err != nil || s.Done() != 2 || s.Verdict() != nil {
		t.Errorf("%v, %d done, %v", err, s.Done(), s.Verdict())
	}
}
