package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/commonhold/commonhold/org"
)

// An entity tag is "v" and the version at which an object last changed, or, for what has no version of its own, a
// digest of what it holds. Behind a dot may stand a digest of the whole answer, where that shows more than the object:
// it tells readers that something there changed, and changes to the object are not refused for it.

// tagger names the state in which an object is; false if there is none.
type tagger func(*org.State, *call) (string, bool)

// objects are what has a tag, by the path at which it is read. What lies one word below is a part of it.
var objects = []struct {
	path string
	tag  tagger
}{
	{organizationPath + "/members/{person}", func(s *org.State, c *call) (string, bool) {
		m, ok := s.Member(c.person, c.at)
		return versionTag(m.Changed), ok
	}},
	{organizationPath + "/teams/{team}", func(s *org.State, c *call) (string, bool) {
		t, ok := s.Team(c.team)
		return versionTag(t.Changed), ok
	}},
	{organizationPath + "/projects/{project}", func(s *org.State, c *call) (string, bool) {
		p, ok := s.Project(c.project)
		return versionTag(p.Changed), ok
	}},
	{organizationPath + "/roles/{role}", func(s *org.State, c *call) (string, bool) {
		r, ok := s.CustomRole(c.role())
		return versionTag(r.Changed), ok
	}},
	{organizationPath + "/service-accounts/{account}", func(s *org.State, c *call) (string, bool) {
		a, ok := s.Account(c.account(s), c.at)
		return versionTag(a.Changed), ok
	}},
	{organizationPath + "/invitations/{invitation}", func(s *org.State, c *call) (string, bool) {
		x, ok := s.Invitation(c.invitation(), c.at)
		return versionTag(x.Changed), ok
	}},
	{organizationPath + "/settings", func(s *org.State, _ *call) (string, bool) {
		return digestOf(s.Settings()), true
	}},
	{organizationPath, func(s *org.State, _ *call) (string, bool) {
		return digestOf([]any{s.Name(), s.Slug(), s.External(), s.CatalogDigest()}), true
	}},
}

// tagAt returns the tagger of the object that a path is about, or nil.
func tagAt(path string) tagger {
	for _, o := range objects {
		rest, below := strings.CutPrefix(path, o.path+"/")
		if path == o.path || below && !strings.ContainsAny(rest, "/{") {
			return o.tag
		}
	}
	return nil
}

func versionTag(v org.Version) string { return fmt.Sprintf("v%d", v) }

// digestOf is a short digest of what a value shows.
func digestOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the core's own shapes
	}
	return digest(b)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
