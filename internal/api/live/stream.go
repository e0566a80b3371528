package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/commonhold/commonhold/internal/feed"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

const (
	heartbeat   = 10 * time.Second
	writeWithin = 10 * time.Second
	streamLasts = 15 * time.Minute // a reader comes back, perhaps to a server with less to do
)

// Stream sends events as they come in, until the context ends, the reader goes away, the key ends, or the caller loses
// the right to read one of the organizations. Begun says whether anything was sent: what fails before can be answered.
// The last event that is sent at once carries the cursor behind it as its id, so that a reader who comes back misses
// nothing and may see again what came with it.
func (f *Feed) Stream(ctx context.Context, w http.ResponseWriter, r Request) (begun bool, err error) {
	s, err := f.follower(ctx, r)
	if err != nil {
		return false, err
	}
	if err := s.hold(ctx); err != nil {
		return false, err
	}
	items, more, err := s.next(ctx)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, streamLasts)
	defer cancel()
	out := &sender{w: w, control: http.NewResponseController(w)}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	end := time.Now().Add(streamLasts)
	for err = out.send(items, s.cursor()); err == nil; err = out.send(items, s.cursor()) {
		if more {
			err = s.judge(ctx)
		} else {
			err = s.wait(ctx, end)
		}
		if err == nil {
			items, more, err = s.next(ctx)
		}
		if err != nil {
			break
		}
	}
	if _, refused := errors.AsType[*org.Refusal](err); refused || ctx.Err() != nil || errors.Is(err, errGone) {
		return true, nil // the reader comes back and is told
	}
	return true, err
}

func (w *follower) cursor() string { return w.sealer.seal(w.Caller.ID(), w.at) }

// sender writes server-sent events.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
	last    time.Time // when something was sent
}

// errGone says that the reader does not read any more.
var errGone = errors.New("the reader went away")

// send writes events, and a sign of life if there was none for a while.
func (s *sender) send(items []route.Event, cursor string) error {
	var b bytes.Buffer
	for i, item := range items {
		data, err := json.Marshal(item)
		if err != nil {
			return fmt.Errorf("write an event: %w", err)
		}
		if i == len(items)-1 {
			fmt.Fprintf(&b, "id: %s\n", cursor)
		}
		fmt.Fprintf(&b, "event: fact\ndata: %s\n\n", data)
	}
	now := time.Now()
	switch {
	case b.Len() > 0:
	case s.last.IsZero() || now.Sub(s.last) >= heartbeat:
		b.WriteString(":\n\n")
	default:
		return nil
	}
	s.last = now
	// A server without deadlines is one of a test.
	if err := s.control.SetWriteDeadline(now.Add(writeWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return errGone
	}
	if _, err := s.w.Write(b.Bytes()); err != nil {
		return errGone
	}
	if err := s.control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return errGone
	}
	return nil
}

// event is one event in words.
func (w *sights) event(e feed.Event, called func(string) string) route.Event {
	if w.known[e.Organization].gone {
		return route.Event{Organization: e.Organization, Version: e.Version, At: e.At, Unavailable: true}
	}
	out := route.Event{Organization: e.Organization, Version: e.Version, At: e.At, Command: e.Command, Actor: "operator", Via: e.Via,
		Fact: e.Name, Data: json.RawMessage(e.Data)}
	if e.Actor != "" {
		out.Actor = string(e.Actor)
	}
	if !json.Valid(e.Data) {
		out.Data = nil
	}
	if called != nil && e.Fact != nil {
		out.Sentence = org.Sentence(e.Fact, called)
	}
	return out
}
