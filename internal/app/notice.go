package app

import (
	"encoding/json"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Notice is what somebody is to be told. It waits in the outbox, written with the facts that caused it.
type Notice struct {
	What   string         `json:"what"`
	Org    org.OrgID      `json:"organization"`
	Person org.PersonID   `json:"person"`
	By     org.PersonID   `json:"by,omitempty"`
	To     []org.PersonID `json:"to"`
}

// NoticeKind is the outbox's kind of notices.
const NoticeKind = "notice"

// notices tells owners at once when an admin suspends another admin.
func notices(j *job, ap *store.Append) []store.Message {
	var out []store.Message
	for i, f := range j.facts {
		s, ok := f.Event.(*org.MemberSuspended)
		if !ok || !s.Peer {
			continue
		}
		body, err := json.Marshal(Notice{What: "member.suspended_by_peer", Org: j.org, Person: s.Person, By: f.Actor, To: j.base.Owners(f.At)})
		if err == nil {
			out = append(out, store.Message{ID: fmt.Sprintf("%s.%d", j.id, i), Org: ap.Org, Kind: NoticeKind, Body: body, Due: int64(f.At)})
		}
	}
	return out
}
