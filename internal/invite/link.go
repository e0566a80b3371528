package invite

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/commonhold/commonhold/internal/address"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/secret"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Prefix begins the token of every link, so that scanners of code and logs can find one that leaked.
const Prefix = "commonhold_invitation_"

// purpose types the tokens: none of another purpose is valid as one.
const purpose = "invitation"

// linkLasts is how long a token is known: longer than any invitation is open, so that whoever comes late is told why.
// Whether the invitation can be accepted is judged by the invitation alone.
const linkLasts = 2 * org.InvitationLastsAtMost

// Refusals of links.
var (
	errCopied = &org.Refusal{Kind: org.Forbidden, Code: "invitation.link_copied",
		Text: "This link was copied, not mailed, and proves no address; open the link in the mail to the invited address."}
	errOtherAccount = &org.Refusal{Kind: org.Forbidden, Code: "invitation.other_account",
		Text: "Another account has the invited address; accept with that one, or ask to be invited by the address of yours."}
)

// link is what lies behind the hash of a token.
type link struct {
	Org        org.OrgID        `json:"organization"`
	Invitation org.InvitationID `json:"invitation"`
	Mailed     []byte           `json:"mailed,omitempty"` // SHA-256 of the key of the address that it was mailed to; none: it was copied
}

// mint makes a token, of which only the hash is kept, and the address that it belongs to.
func (v *Inviter) mint(ctx context.Context, l link) (route.InvitationLink, error) {
	token, hash := secret.New(Prefix, v.random)
	data, err := json.Marshal(l)
	if err != nil {
		return route.InvitationLink{}, err
	}
	if err := v.db.Tokens().Put(ctx, purpose, hash, data, v.app.Time().Add(linkLasts).UnixMicro()); err != nil {
		return route.InvitationLink{}, v.app.Unavailable(ctx, "keep a token", err)
	}
	at := v.public + "/v1/organizations/" + string(l.Org) + "/invitations/" + string(l.Invitation) + "/offer?" + url.Values{"token": {token}}.Encode()
	return route.InvitationLink{URL: at, Token: token}, nil
}

// shown finds what a token stands for, if it was made for that invitation of that organization.
func (v *Inviter) shown(ctx context.Context, id org.OrgID, invitation org.InvitationID, token string) (link, bool, error) {
	if !secret.Plausible(Prefix, token) {
		return link{}, false, nil
	}
	hash := secret.Hash(token)
	data, err := v.db.Tokens().Peek(ctx, purpose, hash[:], v.app.Time().UnixMicro())
	switch {
	case errors.Is(err, store.ErrNotFound):
		return link{}, false, nil
	case err != nil:
		return link{}, false, v.app.Unavailable(ctx, "read a token", err)
	}
	var l link
	if err := json.Unmarshal(data, &l); err != nil {
		return link{}, false, err
	}
	return l, l.Org == id && l.Invitation == invitation, nil
}

// Copy makes a link to hand on by oneself. It shows what is offered and proves nothing.
func (v *Inviter) Copy(ctx context.Context, c app.Caller, s *org.State, invitation org.InvitationID, at org.Instant) (route.InvitationLink, error) {
	x, known := s.Invitation(invitation, at)
	if !known || c.Acting() && !s.Handles(c.Actor(), invitation, at) {
		return route.InvitationLink{}, org.ErrUnknownInvitation
	}
	if err := ended(x); err != nil {
		return route.InvitationLink{}, err
	}
	return v.mint(ctx, link{Org: s.ID(), Invitation: invitation})
}

// ended says why an invitation is not open any more.
func ended(x org.Invitation) error {
	switch x.Stage {
	case org.Pending:
		return nil
	case org.Accepted:
		return org.ErrInvitationUsed
	case org.Expired:
		return org.ErrInvitationExpired
	}
	return org.ErrInvitationEnded
}

// Offer shows whoever has a link what the invitation offers. It changes nothing.
func (v *Inviter) Offer(ctx context.Context, id org.OrgID, invitation org.InvitationID, token string) (route.InvitationOffer, error) {
	l, ok, err := v.shown(ctx, id, invitation, token)
	if err == nil && !ok {
		err = org.ErrUnknownInvitation
	}
	if err != nil {
		return route.InvitationOffer{}, err
	}
	s, err := v.app.View(ctx, id, app.Freshness{Now: true})
	if err != nil {
		return route.InvitationOffer{}, err
	}
	at := v.app.Now()
	x, known := s.Invitation(invitation, at)
	if !known || s.Standing(at) == org.StandsClosed {
		return route.InvitationOffer{}, org.ErrUnknownInvitation
	}
	if err := ended(x); err != nil {
		return route.InvitationOffer{}, err
	}
	by, err := v.nameOf(ctx, x.InvitedBy)
	if err != nil {
		return route.InvitationOffer{}, err
	}
	return offered(s, x, by, l.Mailed != nil), nil
}

// offered is what somebody with a link is shown: what they would get now, by its names, and nothing of anybody else.
func offered(s *org.State, x org.Invitation, by string, mailed bool) route.InvitationOffer {
	o := route.InvitationOffer{Organization: s.ID(), Name: s.Name(), Invitation: x.Invitation, InvitedBy: by, Window: x.Window, Expires: x.Expires,
		Version: s.Version(), Proves: mailed, Projects: []route.OfferedProject{}, Teams: []route.OfferedTeam{}}
	if x.RoleCounts {
		o.Role = x.Role
	}
	for _, g := range x.Grants {
		if p, ok := s.Project(g.Project); ok && g.Counts {
			o.Projects = append(o.Projects, route.OfferedProject{Name: p.Name, Role: g.Role, Window: g.Window})
		}
	}
	for _, t := range x.Teams {
		if team, ok := s.Team(t.Team); ok && t.Counts {
			o.Teams = append(o.Teams, route.OfferedTeam{Name: team.Name, Manager: t.Manager, Window: t.Window})
		}
	}
	if o.Role == "" && len(o.Projects)+len(o.Teams) > 0 {
		o.Role = org.RoleMember
	}
	return o
}

// nameOf is the name of an account, if there still is one.
func (v *Inviter) nameOf(ctx context.Context, id org.PersonID) (string, error) {
	if id == "" {
		return "", nil
	}
	people, err := v.app.People(ctx, []org.PersonID{id})
	return people[id].Name, err
}

// Accept takes up an invitation for whom the caller acts for, by a link that was mailed.
func (v *Inviter) Accept(ctx context.Context, c app.Caller, id org.OrgID, invitation org.InvitationID, token string, o app.Opts) (app.Result, error) {
	who, err := v.prove(ctx, c, id, invitation, token)
	if err != nil {
		return app.Result{}, err
	}
	accept := org.AcceptInvitation{Invitation: invitation, Proved: true}
	accept.Proofs = who.Proofs() // the link proves the address for this invitation alone, and nothing of the sign-in
	o.Invited = true
	return v.app.Do(ctx, c, id, accept, o)
}

// Decline turns an invitation down, by the same proof.
func (v *Inviter) Decline(ctx context.Context, c app.Caller, id org.OrgID, invitation org.InvitationID, token string, o app.Opts) (app.Result, error) {
	if _, err := v.prove(ctx, c, id, invitation, token); err != nil {
		return app.Result{}, err
	}
	o.Invited = true
	return v.app.Do(ctx, c, id, org.DeclineInvitation{Invitation: invitation, Proved: true}, o)
}

// prove holds a caller against an invitation, and returns the caller's account. A mailed link proves the address that it was mailed to, for this invitation
// alone, as long as the person invited still has that address and no other account does. A copied link proves nothing.
// Somebody without an address, to whom nothing can be mailed, is known by the sign-in that the operator vouches for.
func (v *Inviter) prove(ctx context.Context, c app.Caller, id org.OrgID, invitation org.InvitationID, token string) (app.Person, error) {
	if c.Person == "" || !c.Opens(id) {
		return app.Person{}, org.ErrNotAllowed
	}
	l, ok, err := v.shown(ctx, id, invitation, token)
	if err != nil {
		return app.Person{}, err
	}
	if !ok && token != "" {
		return app.Person{}, org.ErrUnknownInvitation
	}
	s, err := v.app.View(ctx, id, app.Freshness{Now: true})
	if err != nil {
		return app.Person{}, err
	}
	x, known := s.Invitation(invitation, v.app.Now())
	if !known {
		return app.Person{}, org.ErrUnknownInvitation
	}
	invited, err := v.app.Person(ctx, x.Person)
	if errors.Is(err, app.ErrUnknownPerson) {
		return app.Person{}, org.ErrUnknownInvitation
	}
	if err != nil {
		return app.Person{}, err
	}
	who, err := v.app.Person(ctx, c.Person)
	if err != nil {
		return app.Person{}, err
	}
	same := c.Person == x.Person
	switch {
	case same && invited.Address == "":
		return who, nil
	case !ok:
		return app.Person{}, org.ErrUnknownInvitation
	case l.Mailed == nil:
		return app.Person{}, errCopied
	case string(l.Mailed) != string(digest(invited.Address)):
		return app.Person{}, org.ErrUnknownInvitation
	case !same && !standsIn(invited):
		return app.Person{}, errOtherAccount
	}
	return who, nil
}

// Shown is the address of somebody invited, in a form that tells nothing of an account: neither how its holder writes it,
// nor a name.
func Shown(p app.Person) string {
	if p.Address == "" {
		return ""
	}
	return address.Key(p.Address)
}

// standsIn reports whether a row stands for an address and is nobody's account.
func standsIn(p app.Person) bool {
	return p.Name == "" && p.ExternalID == "" && !p.Vouched && !p.Disabled
}

func digest(mailed string) []byte {
	sum := sha256.Sum256([]byte(address.Key(mailed)))
	return sum[:]
}
