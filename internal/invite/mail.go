package invite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/commonhold/commonhold/internal/address"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/notice"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// Why a mail is not handed out now.
var (
	// ErrGone: nobody needs it any more.
	ErrGone = errors.New("invite: the invitation is not open any more")
	// ErrNoAddress: there is nowhere to send it to.
	ErrNoAddress = errors.New("the person has no mail address")
)

// WaitError says until when a mail waits that may not go out yet.
type WaitError struct {
	Until time.Time
	Why   string
}

func (e *WaitError) Error() string { return e.Why }

// voidWaits is how long a mail waits that would invite to nothing now: whoever invited may be suspended, or the
// organization.
const voidWaits = time.Hour

// Mail writes a mail that waited, as it is now, with a link of its own; the error may be one of those above.
func (v *Inviter) Mail(ctx context.Context, m notice.Mail) (route.Mail, error) {
	s, err := v.app.View(ctx, m.Org, app.Freshness{Now: true})
	if errors.Is(err, org.ErrUnknownOrganization) {
		err = ErrGone
	}
	if err != nil {
		return route.Mail{}, err
	}
	at := v.app.Now()
	x, known := s.Invitation(m.Invitation, at)
	if !known || ended(x) != nil || s.Standing(at) == org.StandsClosed {
		return route.Mail{}, ErrGone
	}
	o := offered(s, x, "", true)
	if o.Role == "" || s.SuspendedSince() != 0 {
		return route.Mail{}, &WaitError{v.app.Time().Add(voidWaits), "it would invite to nothing at the moment"}
	}
	people, err := v.app.People(ctx, []org.PersonID{x.Person, m.By})
	if err != nil {
		return route.Mail{}, err
	}
	to, err := address.Parse(people[x.Person].Address)
	if err != nil {
		return route.Mail{}, ErrNoAddress
	}
	if ok, err := v.spend(ctx, m, to); !ok || err != nil {
		if err == nil {
			err = &WaitError{day(v.app.Time()).Add(24 * time.Hour), "as many mails as may went out today"}
		}
		return route.Mail{}, err
	}
	words, err := v.note(ctx, m)
	if err != nil {
		return route.Mail{}, err
	}
	l, err := v.mint(ctx, link{Org: m.Org, Invitation: m.Invitation, Mailed: digest(to.String())})
	if err != nil {
		return route.Mail{}, err
	}
	mail := route.Mail{What: m.What, To: to.String(), Organization: m.Org, Invitation: m.Invitation, InvitationLink: l,
		OrganizationName: plain(string(s.Name())), InvitedBy: plain(people[m.By].Name), Note: words, Expires: x.Expires}
	mail.Subject, mail.Text = wording(mail)
	return mail, nil
}

// note is what the inviter wrote to the person, if it is still kept.
func (v *Inviter) note(ctx context.Context, m notice.Mail) (string, error) {
	given, err := v.app.Notes().Of(ctx, m.Org, []org.CommandID{m.Command})
	if err != nil {
		return "", v.app.Unavailable(ctx, "read a note", err)
	}
	if given[m.Command].Invited == "" {
		return "", nil
	}
	var notes map[org.PersonID]string
	if err := json.Unmarshal([]byte(given[m.Command].Invited), &notes); err != nil {
		return "", fmt.Errorf("read the notes of %s: %w", m.Command, err)
	}
	return harmless(notes[m.Person]), nil
}

// wording is the mail in words: plain text, and no line of it but the link's leads anywhere.
func wording(m route.Mail) (subject, text string) {
	by := m.InvitedBy
	if by == "" {
		by = "An administrator"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s invites you to join the organization %q.\n", by, m.OrganizationName)
	if m.Note != "" {
		fmt.Fprintf(&b, "\nThey write:\n\n    %s\n", m.Note)
	}
	fmt.Fprintf(&b, "\nSee what is offered, and accept or decline, until %s:\n\n%s\n", m.Expires.Time().UTC().Format("2 January 2006, 15:04 MST"), m.URL)
	b.WriteString("\nThe link is for you alone. If you do not know what this is about, do nothing, or decline: then no more mails\nabout this invitation come.\n")
	return fmt.Sprintf("Invitation to %s", m.OrganizationName), b.String()
}

// maxName is how many characters of a name stand in a mail.
const maxName = 64

// plain makes a name that somebody chose one short line which leads nowhere.
func plain(name string) string {
	cut := []rune(harmless(name))
	if len(cut) > maxName {
		return string(cut[:maxName-1]) + "…"
	}
	return string(cut)
}

// harmless takes line ends and what is not seen out of a text that somebody wrote, and breaks what mail programs would
// make a link or an address of.
func harmless(text string) string {
	var b strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case r == '@':
			b.WriteString(" (at) ")
		case r == '<' || r == '>':
			b.WriteRune(' ')
		case (r == '.' || r == ':') && i+1 < len(runes) && !unicode.IsSpace(runes[i+1]):
			b.WriteRune(r)
			b.WriteRune(' ')
		case unicode.IsSpace(r):
			b.WriteRune(' ')
		case !unicode.IsGraphic(r), unicode.Is(unicode.Bidi_Control, r):
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
