package cli

import (
	"slices"
	"strings"
	"testing"
)

const (
	onePage   = `{"items":[{"organization":"org_a","version":1,"at":"2026-03-01T09:00:00Z","actor":"operator","fact":"organization.created","sentence":"created the organization Acme\u001b[2J"},{"organization":"org_a","version":2,"at":"2026-03-01T09:00:00Z","actor":"usr_a","fact":"member.exalted"}],"next":"two"}`
	emptyPage = `{"items":[],"next":"two"}`
)

func TestEventsAreReadToTheirEnd(t *testing.T) {
	s := newStub(t, onePage, `{"items":[],"next":"far","more":true}`, emptyPage)
	if code := s.line(t, "events"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, &s.err)
	}
	want := "2026-03-01 09:00Z  org_a  1  operator created the organization Acme [2J\n2026-03-01 09:00Z  org_a  2  usr_a member.exalted\n"
	if s.out.String() != want {
		t.Errorf("got %q\nwant %q", s.out.String(), want)
	}
	if asked := []string{"GET /v1/events", "GET /v1/events?after=two", "GET /v1/events?after=far"}; !slices.Equal(s.asked, asked) {
		t.Errorf("asked %q", s.asked)
	}
}

func TestEventsAreFollowed(t *testing.T) {
	s := newStub(t, emptyPage, onePage)
	if code := s.line(t, "--json events --follow --limit 2"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, &s.err)
	}
	lines := strings.Split(strings.TrimSpace(s.out.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `"version":1`) || !strings.Contains(lines[1], `"cursor":"two"`) {
		t.Errorf("%q", lines)
	}
	if asked := []string{"GET /v1/events?after=latest&limit=200&wait=20", "GET /v1/events?after=two&limit=200&wait=20"}; !slices.Equal(s.asked, asked) {
		t.Errorf("asked %q", s.asked)
	}
	s = newStub(t, emptyPage)
	s.status = 403
	if code := s.line(t, "events --follow --after one"); code != exitForbidden || s.asked[0] != "GET /v1/events?after=one&limit=200&wait=20" {
		t.Errorf("exit code %d, asked %q", code, s.asked)
	}
}

func TestACommandTakesAReason(t *testing.T) {
	s := newStub(t, `{}`)
	if code := s.line(t, "member remove acme ext:ana --yes --reason theft"); code != 0 || s.header.Get("Commonhold-Reason") != "theft" {
		t.Errorf("exit code %d, sent %q\n%s", code, s.header.Get("Commonhold-Reason"), &s.err)
	}
}
