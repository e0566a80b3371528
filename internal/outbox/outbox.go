// Package outbox hands the messages that wait in the outbox to whoever sends them. It owns how long a message is out, when
// it is tried again and when it is given up; what a message says and whether it is still to be sent, packages notice and
// invite know.
package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/invite"
	"github.com/commonhold/commonhold/internal/notice"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

const (
	// lease is how long a message is out before it is due again, so that one whose sender died comes back.
	lease = 10 * time.Minute
	// pause is how long a message waits that could not be sent.
	pause = 15 * time.Minute
	// maxAttempts is how often a message is handed out, or waits for its day, before it is given up.
	maxAttempts = 200
	// maxError is how many characters are kept of why an attempt failed.
	maxError = 500
)

// Refusals of what is asked of the outbox.
var (
	errUnknownMessage = &org.Refusal{Kind: org.NotFound, Code: "message.not_found", Text: "There is no such message among those that were given up; see the list of them."}
	errUnknownKind    = &org.Refusal{Kind: org.Invalid, Code: "message.kind", Text: "The outbox holds messages of the kinds mail and notice."}
	errBadError       = &org.Refusal{Kind: org.Invalid, Code: "message.error", Text: "Say in 1 to 500 characters why it failed."}
)

// Box is the outbox.
type Box struct {
	app   *app.App
	rows  store.Outbox
	mails *invite.Inviter
	log   *slog.Logger
}

// New returns the outbox beside an app, on the same database.
func New(a *app.App, db store.DB, mails *invite.Inviter, log *slog.Logger) *Box {
	return &Box{a, db.Outbox(), mails, log}
}

// Claim takes up to limit messages of a kind that are to be sent now. Those that turn out to wait longer, or not to be
// needed any more, do not count.
func (b *Box) Claim(ctx context.Context, kind string, limit int) ([]route.Handed, error) {
	if kind != notice.Kind && kind != notice.MailKind {
		return nil, errUnknownKind
	}
	out := []route.Handed{}
	for len(out) < limit {
		now := b.app.Time()
		rows, err := b.rows.Claim(ctx, kind, now.UnixMicro(), now.Add(lease).UnixMicro(), limit-len(out))
		if err != nil {
			return nil, b.app.Unavailable(ctx, "claim messages", err)
		}
		if len(rows) == 0 {
			break
		}
		for _, m := range rows {
			h, ok, err := b.hand(ctx, m)
			if err != nil {
				return nil, err // those that are out by now come again
			}
			if ok {
				out = append(out, h)
			}
		}
	}
	return out, nil
}

// hand makes a message ready to be sent, or puts it where it belongs.
func (b *Box) hand(ctx context.Context, m store.Message) (h route.Handed, ok bool, err error) {
	h = route.Handed{Message: m.ID, Kind: m.Kind, Organization: org.OrgID(m.Org), Attempts: m.Attempts, Due: org.Instant(m.Due)}
	if m.Attempts > maxAttempts {
		return h, false, b.giveUp(ctx, m.ID, m.Error)
	}
	switch m.Kind {
	case notice.Kind:
		h.Notice, err = b.notice(ctx, m)
	default:
		h.Mail, err = b.mail(ctx, m)
	}
	var wait *invite.WaitError
	switch {
	case err == nil:
		return h, true, nil
	case errors.Is(err, invite.ErrGone):
		return h, false, b.settled(ctx, "drop a message", b.rows.Delivered(ctx, m.ID))
	case errors.Is(err, invite.ErrNoAddress), errors.Is(err, errUnreadable):
		return h, false, b.giveUp(ctx, m.ID, err.Error())
	case errors.As(err, &wait):
		return h, false, b.settled(ctx, "put a message off", b.rows.Failed(ctx, m.ID, wait.Why, wait.Until.UnixMicro(), 0))
	case errors.Is(err, app.ErrQuarantined):
		b.log.WarnContext(ctx, "message of an organization that cannot be read", "message", m.ID, "organization", m.Org)
		return h, false, nil
	}
	return h, false, err
}

func (b *Box) settled(ctx context.Context, what string, err error) error {
	if err != nil {
		err = b.app.Unavailable(ctx, what, err)
	}
	return err
}

func (b *Box) giveUp(ctx context.Context, id, why string) error {
	now := b.app.Time().UnixMicro()
	return b.settled(ctx, "give a message up", b.rows.Failed(ctx, id, why, now, now))
}

// errUnreadable marks a message that this program cannot read.
var errUnreadable = errors.New("it cannot be read")

func (b *Box) mail(ctx context.Context, m store.Message) (*route.Mail, error) {
	var waiting notice.Mail
	if err := json.Unmarshal(m.Body, &waiting); err != nil || waiting.What != notice.MailInvitation {
		return nil, fmt.Errorf("mail %s: %w", m.ID, errUnreadable)
	}
	mail, err := b.mails.Mail(ctx, waiting)
	return &mail, err
}

func (b *Box) notice(ctx context.Context, m store.Message) (*route.Notice, error) {
	var n notice.Notice
	if err := json.Unmarshal(m.Body, &n); err != nil {
		return nil, fmt.Errorf("notice %s: %w", m.ID, errUnreadable)
	}
	s, err := b.app.View(ctx, n.Org, app.Freshness{Now: true})
	if errors.Is(err, org.ErrUnknownOrganization) {
		err = invite.ErrGone
	}
	if err != nil {
		return nil, err
	}
	n, current := notice.Current(s, n, b.app.Now())
	if !current {
		return nil, invite.ErrGone
	}
	people, err := b.app.People(ctx, n.To)
	if err != nil {
		return nil, err
	}
	out := &route.Notice{What: n.What, Person: n.Person, Account: n.Account, Team: n.Team, Everyone: n.All, By: n.By, Role: n.OrgRole, InRole: n.Role,
		Request: n.Request, Key: n.Key, Ends: n.Ends, Projects: n.Projects, To: make([]route.Recipient, len(n.To))}
	for i, id := range n.To {
		out.To[i] = route.Recipient{Person: id, Name: people[id].Name, Address: people[id].Address}
	}
	return out, nil
}

// Delivered notes that a message was sent.
func (b *Box) Delivered(ctx context.Context, id string) error {
	return b.settled(ctx, "remove a message", b.rows.Delivered(ctx, id))
}

// Failed notes that a message could not be sent, and why: it is due again later, unless it is given up.
func (b *Box) Failed(ctx context.Context, id, why string, giveUp bool) error {
	switch {
	case why == "" || utf8.RuneCountInString(why) > maxError:
		return errBadError
	case giveUp:
		return b.giveUp(ctx, id, why)
	}
	return b.settled(ctx, "put a message off", b.rows.Failed(ctx, id, why, b.app.Time().Add(pause).UnixMicro(), 0))
}

// Retry makes a message due again that was given up.
func (b *Box) Retry(ctx context.Context, id string) error {
	err := b.rows.Retry(ctx, id, b.app.Time().UnixMicro())
	if errors.Is(err, store.ErrNotFound) {
		return errUnknownMessage
	}
	return b.settled(ctx, "send a message again", err)
}

// List pages through the messages of an organization, of all if it is empty, in order of id: those that wait, or those
// that were given up.
func (b *Box) List(ctx context.Context, in org.OrgID, dead bool, after string, limit int) ([]route.Message, error) {
	rows, err := b.rows.Messages(ctx, string(in), dead, after, limit)
	if err != nil {
		return nil, b.app.Unavailable(ctx, "list messages", err)
	}
	out := make([]route.Message, len(rows))
	for i, m := range rows {
		var body struct {
			What string `json:"what"`
		}
		if err := json.Unmarshal(m.Body, &body); err != nil {
			body.What = ""
		}
		out[i] = route.Message{Message: m.ID, Kind: m.Kind, What: body.What, Organization: org.OrgID(m.Org), Due: org.Instant(m.Due),
			Attempts: m.Attempts, Error: m.Error, GivenUp: org.Instant(m.Dead)}
	}
	return out, nil
}
