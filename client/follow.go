package client

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// Latest is the cursor behind all that happened so far.
const Latest = "latest"

// followWait is how many seconds the server waits for an event before it says that there is none; less than what the
// client waits for an answer.
const followWait = 20

// Followed is an event with the cursor to go on from once it and all before it are dealt with. Events up to the next
// other cursor may come again then.
type Followed struct {
	Event
	Cursor string
}

// Events returns what comes behind a cursor, which is empty for the beginning, waiting for some seconds if that is
// nothing, up to 30.
func (c *Client) Events(ctx context.Context, after string, limit, wait int) (Events, error) {
	query := url.Values{}
	if after != "" {
		query.Set("after", after)
	}
	for name, n := range map[string]int{"limit": limit, "wait": wait} {
		if n > 0 {
			query.Set(name, strconv.Itoa(n))
		}
	}
	var out Events
	_, err := c.call(ctx, "list_events", nil, query, nil, &out)
	return out, err
}

// Follow yields the events of all organizations that the caller may see, from behind a cursor on and then as they come
// in, each at least once and those of one organization in order. It ends with the first error, after which one follows
// again from the last cursor, and with the context.
func (c *Client) Follow(ctx context.Context, after string) iter.Seq2[Followed, error] {
	return func(yield func(Followed, error) bool) {
		for ctx.Err() == nil {
			got, err := c.Events(ctx, after, pageSize, followWait)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				yield(Followed{Cursor: after}, err)
				return
			}
			for i, e := range got.Items {
				behind := after
				if i == len(got.Items)-1 {
					behind = got.Next
				}
				if !yield(Followed{e, behind}, nil) {
					return
				}
			}
			if got.Next != "" {
				after = got.Next
			}
		}
	}
}

// SecurityLog yields the security log of an organization, newest first: what was refused, and who read its audit log.
func (c *Client) SecurityLog(ctx context.Context, organization string) iter.Seq2[Incident, error] {
	return list[Incident](ctx, c, "list_security_log", nil, organization)
}
