package api

import (
	"context"
	"errors"
	"slices"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/credential"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/security"
	"github.com/commonhold/commonhold/org"
)

// ended answers a key that went while it was used like any that opens nothing.
func ended(err error) error {
	if errors.Is(err, credential.ErrEnded) {
		return errWrongKey
	}
	return err
}

func (s *Server) makeKeyLink(ctx context.Context, c *call) (answer, error) {
	link, err := s.keys.Link(ctx, c.caller, c.person)
	if err != nil {
		return answer{}, err
	}
	return answer{body: link}, s.noteCredential(ctx, c, app.Caller{Person: c.person, Key: c.caller.Key})
}

func (s *Server) redeemKeyLink(ctx context.Context, c *call) (answer, error) {
	made, caller, err := s.keys.Redeem(ctx, c.value.Interface().(route.RedeemRequest))
	if err != nil {
		return answer{}, err
	}
	caller.Only = made.Organizations
	return answer{body: made}, s.noteCredential(ctx, c, caller)
}

func (s *Server) listOwnKeys(ctx context.Context, c *call) (answer, error) {
	keys, err := s.keys.ListOwn(ctx, c.caller)
	behind := route.Where(slices.Values(keys), func(k route.OwnKey) bool { return keyBehind(c.after, k.Created, k.Key) })
	p := page(s, c, behind, func(k route.OwnKey) string { return keyPlace(k.Created, k.Key) })
	p.Total = new(len(keys))
	return answer{body: p}, ended(err)
}

func (s *Server) makeOwnKey(ctx context.Context, c *call) (answer, error) {
	made, replayed, err := s.keys.MakeOwn(ctx, c.caller, c.once, c.value.Interface().(route.OwnKeyRequest))
	if err != nil {
		return answer{}, ended(err)
	}
	return answer{body: made, replayed: replayed}, s.noteCredential(ctx, c, c.caller)
}

func (s *Server) endOwnKey(ctx context.Context, c *call) (answer, error) {
	if err := s.keys.EndOwn(ctx, c.caller, c.request.PathValue("key")); err != nil {
		return answer{}, ended(err)
	}
	return answer{}, s.noteCredential(ctx, c, c.caller)
}

// noteCredential writes into the security logs of the organizations that a person is in, as far as the key reaches, that
// something was done about that person's own keys: an account's matter, so that no organization's own log has it.
func (s *Server) noteCredential(ctx context.Context, c *call, by app.Caller) error {
	const most = 500
	for after := org.OrgID(""); ; {
		ids, err := s.app.OrganizationsIn(ctx, by, after, most)
		if err != nil {
			return err
		}
		for _, id := range ids {
			row := s.incident(c, id, security.Credential)
			row.Operator, row.Person, row.Via = false, by.Person, org.KeyID(by.Key)
			s.app.Security().Add(row)
		}
		if len(ids) < most {
			return nil
		}
		after = ids[most-1]
	}
}
