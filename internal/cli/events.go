package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/commonhold/commonhold/client"
)

// eventsCommand reads the feed of all organizations, or goes on reading it.
func eventsCommand() Command {
	var after string
	var limit int
	var follow bool
	return Command{Words: "events", Summary: "Read what happens in all organizations whose audit log you may read",
		Details: "With --json each event is one line, with the cursor to go on from as a field of it. Whoever goes on from a cursor\nmisses nothing and may see again what came with it.",
		Flags: []Flag{
			{Name: "follow", Summary: "go on as events come in; begins behind all that happened unless --after says where", Set: func(text string) error {
				follow = text == "true"
				return nil
			}},
			{Name: "after", Value: "CURSOR", Summary: "begin behind this cursor; latest is behind all that happened", Set: func(text string) error {
				after = text
				return nil
			}},
			{Name: "limit", Value: "N", Summary: "end after N events", Set: func(text string) error { return number(text, 1, &limit) }},
		},
		Run: func(ctx context.Context, in *Input) error {
			to, err := in.connect()
			if err != nil {
				return err
			}
			if follow && after == "" {
				after = client.Latest
			}
			return in.events(ctx, to, after, limit, follow)
		}}
}

// events shows events from behind a cursor until there are no more, or without an end.
func (in *Input) events(ctx context.Context, to *client.Client, after string, limit int, follow bool) error {
	if follow {
		shown := 0
		for e, err := range to.Follow(ctx, after) {
			if err != nil {
				return err
			}
			if err := in.event(e); err != nil {
				return err
			}
			if shown++; shown == limit {
				return nil
			}
		}
		return nil // the caller has ended it
	}
	for shown := 0; ; {
		got, err := to.Events(ctx, after, 0, 0)
		if err != nil {
			return err
		}
		for i, e := range got.Items {
			if i == len(got.Items)-1 {
				after = got.Next
			}
			if err := in.event(client.Followed{Event: e, Cursor: after}); err != nil {
				return err
			}
			if shown++; shown == limit {
				return nil
			}
		}
		if after = got.Next; len(got.Items) == 0 && !got.More {
			return nil
		}
	}
}

// event prints one event on one line.
func (in *Input) event(e client.Followed) error {
	if in.global.json {
		line, err := json.Marshal(struct {
			client.Event
			Cursor string `json:"cursor,omitempty"`
		}{e.Event, e.Cursor})
		if err == nil {
			_, err = fmt.Fprintf(in.Stdout, "%s\n", line)
		}
		return err
	}
	did := e.Sentence
	switch {
	case e.Unavailable:
		did = "cannot be read at the moment; see its audit log later"
	case did == "":
		did = e.Fact
	}
	shown := view{out: in.Stdout, names: &names{}}
	_, err := fmt.Fprintf(in.Stdout, "%s  %s  %d  %s %s\n", e.At.Time().UTC().Format(shownTime), e.Organization, e.Version, e.Actor,
		shown.text(did, column{asIs: true}))
	if errors.Is(err, io.ErrClosedPipe) {
		return nil
	}
	return err
}
