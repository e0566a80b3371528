package notice

import (
	"encoding/json"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// MailKind is the outbox's kind of mails to people who need not be members yet.
const MailKind = "mail"

// Mail is a mail that waits. It names nothing but ids: whom it goes to, what it says and what its link proves are found
// out when it is handed out, so that no address, name or secret lies here.
type Mail struct {
	What       string           `json:"what"` // MailInvitation
	Org        org.OrgID        `json:"organization"`
	Invitation org.InvitationID `json:"invitation"`
	Person     org.PersonID     `json:"person"`
	By         org.PersonID     `json:"by,omitempty"` // absent: the operator
	Command    org.CommandID    `json:"command"`      // beside whose facts lies what the inviter wrote
}

// MailInvitation is the mail that invites.
const MailInvitation = "invitation"

// mails returns the mail that a fact asks for, if it is one.
func mails(s *org.State, i int, f org.Stamped) ([]store.Message, error) {
	m := Mail{What: MailInvitation, Org: s.ID(), By: f.Actor, Command: f.Command}
	switch e := f.Event.(type) {
	case *org.InvitationMade:
		m.Invitation, m.Person = e.Invitation, e.Person
	case *org.InvitationResent:
		x, _ := s.Invitation(e.Invitation, f.At)
		m.Invitation, m.Person = e.Invitation, x.Person
	default:
		return nil, nil
	}
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("mail %s: %w", m.What, err)
	}
	return []store.Message{{ID: fmt.Sprintf("%s.%d.mail", f.Command, i), Org: string(m.Org), Kind: MailKind, Body: body, Due: int64(f.At)}}, nil
}
