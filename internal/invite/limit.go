package invite

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"github.com/commonhold/commonhold/internal/address"
	"github.com/commonhold/commonhold/internal/notice"
	"github.com/commonhold/commonhold/internal/store"
)

// Limits says how many mails go out in a day, UTC.
type Limits struct {
	Mailbox      int // to one mailbox with all its variants, from the whole instance
	Domain       int // to one domain, from the whole instance
	Inviter      int // by one inviter in one organization
	Organization int // from one organization
}

var usual = Limits{Mailbox: 10, Domain: 5000, Inviter: 2000, Organization: 5000}

// limit is one of them for one mail.
type limit struct {
	name, key string
	most      int
}

const purposeLimit = "mail.limit"

// spend counts a mail against every limit, unless one is reached for today. What is counted are rows that many servers
// write: the nth mail of a day takes the nth row, and no two take the same one.
func (v *Inviter) spend(ctx context.Context, m notice.Mail, to address.Address) (bool, error) {
	today := day(v.app.Time())
	all := []limit{
		{"mailbox", to.Base(), v.limits.Mailbox},
		{"domain", to.Domain(), v.limits.Domain},
		{"inviter", string(m.Org) + " " + string(m.By), v.limits.Inviter},
		{"organization", string(m.Org), v.limits.Organization},
	}
	for _, l := range all {
		if used, err := v.used(ctx, l, today, l.most-1); used || err != nil {
			return false, err
		}
	}
	for _, l := range all {
		if ok, err := v.take(ctx, l, today); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// take takes the first row of a limit that nobody has. Rows are taken from the first on, so it is found by halving.
func (v *Inviter) take(ctx context.Context, l limit, today time.Time) (bool, error) {
	free, end := 0, l.most
	for free < end {
		middle := (free + end) / 2
		used, err := v.used(ctx, l, today, middle)
		if err != nil {
			return false, err
		}
		if used {
			free = middle + 1
		} else {
			end = middle
		}
	}
	for ; free < l.most; free++ {
		err := v.db.Tokens().Put(ctx, purposeLimit, l.row(today, free), nil, today.Add(48*time.Hour).UnixMicro())
		if errors.Is(err, store.ErrTaken) {
			continue
		}
		if err != nil {
			return false, v.app.Unavailable(ctx, "count a mail", err)
		}
		return true, nil
	}
	return false, nil
}

func (v *Inviter) used(ctx context.Context, l limit, today time.Time, n int) (bool, error) {
	_, err := v.db.Tokens().Peek(ctx, purposeLimit, l.row(today, n), v.app.Time().UnixMicro())
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, v.app.Unavailable(ctx, "count mails", err)
	}
	return true, nil
}

// row names the nth row of a limit on a day. Only a hash of whom it is about is kept.
func (l limit) row(today time.Time, n int) []byte {
	h := sha256.New()
	for _, part := range []string{l.name, l.key, today.Format(time.DateOnly)} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
	return h.Sum(nil)
}
