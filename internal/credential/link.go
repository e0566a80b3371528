package credential

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/secret"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// LinkPrefix begins every token that is exchanged for a person's first key.
const LinkPrefix = "commonhold_link_"

const (
	purposeKeyLink = "key.link"
	keyLinkLasts   = 15 * time.Minute
)

// ErrKeyLinkSpent refuses a token that opens nothing, whyever that is.
var ErrKeyLinkSpent = &org.Refusal{Kind: org.Forbidden, Code: "key_link.spent",
	Text: "This token was used before, its time is over, or the operator no longer vouches for the person; ask the operator for a new one."}

// keyLink is what is kept of a link, beside the hash of its token.
type keyLink struct {
	Person   org.PersonID `json:"person"`
	Vouching int64        `json:"vouching"`
	With     string       `json:"with"` // the operator's key with which it was made
}

// Link makes a token that a person exchanges once for a key of their own. It stands in for their sign-in, so the
// operator must vouch for that.
func (k *Keys) Link(ctx context.Context, c app.Caller, id org.PersonID) (route.KeyLink, error) {
	person, err := k.app.Person(ctx, id)
	switch {
	case err != nil:
		return route.KeyLink{}, err
	case !person.Vouched:
		return route.KeyLink{}, app.ErrNotVouched
	case person.Disabled:
		return route.KeyLink{}, org.ErrPersonDisabled
	}
	data, err := json.Marshal(keyLink{id, person.Vouching, c.Key})
	if err != nil {
		return route.KeyLink{}, err
	}
	token, hash := secret.New(LinkPrefix, k.random)
	expires, err := k.put(ctx, purposeKeyLink, hash, data, keyLinkLasts)
	if err != nil {
		return route.KeyLink{}, err
	}
	return route.KeyLink{Token: token, Person: id, Expires: expires}, nil
}

// Redeem exchanges a token for a key. A request that asks for what no key may be spends nothing. The caller that comes
// back is the person by that key.
func (k *Keys) Redeem(ctx context.Context, r route.RedeemRequest) (route.OwnKey, app.Caller, error) {
	if !secret.Plausible(LinkPrefix, r.Token) {
		return route.OwnKey{}, app.Caller{}, ErrKeyLinkSpent
	}
	hash := secret.Hash(r.Token)
	data, err := k.peek(ctx, purposeKeyLink, hash[:])
	var link keyLink
	if err == nil {
		err = json.Unmarshal(data, &link)
	}
	if err == nil {
		err = k.stillVouched(ctx, link.Person, link.Vouching)
	}
	caller := app.Caller{Person: link.Person, Own: true, Key: link.With}
	var row store.Key
	if err == nil {
		row, err = k.ask(ctx, caller, link.Vouching, r.OwnKeyRequest)
	}
	if err == nil {
		_, err = k.take(ctx, purposeKeyLink, hash[:])
	}
	if errors.Is(err, store.ErrNotFound) {
		err = ErrKeyLinkSpent
	}
	if err != nil {
		return route.OwnKey{}, app.Caller{}, err
	}
	made, err := k.keep(ctx, row)
	if err == nil {
		// What was taken away while this went on has been looked for by its own removal before; now it is by this.
		err = k.stillVouched(ctx, link.Person, link.Vouching)
	}
	if err != nil {
		k.remove(ctx, org.KeyID(row.ID))
		if errors.Is(err, store.ErrNotFound) {
			err = ErrKeyLinkSpent
		}
		return route.OwnKey{}, app.Caller{}, err
	}
	caller.Key = row.ID
	return made, caller, nil
}
