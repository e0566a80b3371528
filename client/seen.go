package client

import (
	"strings"
	"sync"
	"time"

	"github.com/commonhold/commonhold/org"
)

const (
	// atLeast is the parameter that names the version from which a reading is answered at the earliest.
	atLeast = "at_least"

	// seenLasts is for how long a version is remembered at the least. No server answers from what is older than two
	// seconds, so none is behind what was seen that long ago.
	seenLasts = 5 * time.Second
)

// seen remembers the newest version of each organization that an answer was made from. Handing it back with the next
// reading, a client behind which one server takes the place of another never sees an organization go back. Forgetting it
// in time keeps the memory small, and lets a client go on soon after a database went back for good.
type seen struct {
	mu          sync.Mutex
	young, aged map[string]org.Version // by what the path calls the organization
	turned      time.Time              // when the young ones were new
}

func (s *seen) note(organization string, v org.Version) {
	if organization == "" || v == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn()
	if v > s.young[organization] {
		s.young[organization] = v
	}
}

func (s *seen) version(organization string) org.Version {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn()
	return max(s.young[organization], s.aged[organization])
}

// turn lets the young ones age, and forgets the aged.
func (s *seen) turn() {
	now := time.Now()
	switch since := now.Sub(s.turned); {
	case since < seenLasts:
		return
	case since < 2*seenLasts:
		s.aged = s.young
	default:
		s.aged = nil
	}
	s.young, s.turned = map[string]org.Version{}, now
}

// organizationIn is what a path calls the organization that it is about; empty if it is about none.
func organizationIn(path string) string {
	rest, ok := strings.CutPrefix(path, "/v1/organizations/")
	if !ok {
		return ""
	}
	organization, _, _ := strings.Cut(rest, "/")
	return organization
}
