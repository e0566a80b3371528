// Package live lets callers of the API follow what happens in all organizations that they may see: page by page, waiting
// for more, or as server-sent events. It owns the cursors of that list and judges, event by event, who sees it; it
// neither runs commands nor finds out who calls.
package live

import (
	"context"
	"errors"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/commonhold/commonhold/internal/api/told"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/feed"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

const (
	// recheck is how often a caller who waits is judged anew: with what keys and organizations may be stale by, a wait
	// ends within the bound when the key or the right does.
	recheck = 400 * time.Millisecond
	// MaxWait is how long a page may wait for an event.
	MaxWait = 30 * time.Second

	// lookWithin is how long a page goes on looking for an event that the caller may see among those of others.
	lookWithin = 4 * time.Second
	pageWithin = 10 * time.Second

	readAtOnce = 200
	scanAtOnce = 5000 // events looked at for one page
)

// Feed is what callers follow.
type Feed struct {
	app    *app.App
	sealer sealer
}

// New returns the feed of an app. The key seals cursors, which go on where another server stopped, if it has the same.
func New(a *app.App, key []byte) *Feed { return &Feed{a, newSealer(key)} }

// Request is one caller who follows.
type Request struct {
	Caller app.Caller
	After  string
	Limit  int
	Wait   time.Duration

	Again func(context.Context) (app.Caller, error) // finds out anew who calls
	Shown func(org.OrgID)                           // is told of organizations whose events are shown
}

// follower is a caller on the way through the feed.
type follower struct {
	*Feed
	Request
	at   feed.Position
	held []org.OrgID // whose events a person may read as long as this lasts
}

func (f *Feed) follower(ctx context.Context, r Request) (*follower, error) {
	w := &follower{Feed: f, Request: r}
	var err error
	if r.After == latest {
		w.at, err = f.app.Feed().Newest(ctx)
	} else {
		w.at, err = f.sealer.open(r.Caller.ID(), r.After)
	}
	return w, err
}

// Page returns what comes behind a cursor. If that is nothing it waits as long as the request says.
func (f *Feed) Page(ctx context.Context, r Request) (route.Events, error) {
	w, err := f.follower(ctx, r)
	if err != nil {
		return route.Events{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, r.Wait+pageWithin)
	defer cancel()
	for end := time.Now().Add(r.Wait); ; {
		items, more, err := w.next(ctx)
		if err != nil {
			return route.Events{}, err
		}
		if left := time.Until(end); len(items) > 0 || !more && left <= 0 || left < -lookWithin {
			return route.Events{Items: items, Next: w.cursor(), More: more}, nil
		}
		if !more {
			if err := w.wait(ctx, end); err != nil {
				return route.Events{}, err
			}
		}
	}
}

// next returns up to a page of what the caller may see, moves on behind it, and says whether there may be more at once.
func (w *follower) next(ctx context.Context) (items []route.Event, more bool, err error) {
	began := w.app.Time()
	sights := sights{follower: w, known: map[org.OrgID]*sight{}}
	var shown []feed.Event
	for scanned := 0; scanned < scanAtOnce; {
		limit := min(readAtOnce, w.Limit-len(shown))
		found, next, err := w.app.Feed().Read(ctx, w.at, limit)
		if err != nil {
			return nil, false, err
		}
		for _, e := range found {
			s, err := sights.of(ctx, e.Organization)
			switch {
			case err != nil:
				return nil, false, err
			case s.sees || s.missed(e.Version):
				shown = append(shown, e)
			}
		}
		w.at = next
		scanned += len(found)
		if more = len(found) == limit; !more || len(shown) == w.Limit {
			items, err = sights.tell(ctx, shown, began)
			return items, more, err
		}
	}
	items, err = sights.tell(ctx, shown, began)
	return items, true, err
}

// wait returns at the end, or when there may be more, or when it is time to judge the caller anew, which it does.
func (w *follower) wait(ctx context.Context, end time.Time) error {
	short, cancel := context.WithTimeout(ctx, min(recheck, time.Until(end)))
	defer cancel()
	err := w.app.Feed().Wait(short, w.at)
	if err != nil && (ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
		return err
	}
	return w.judge(ctx)
}

// errEnded ends a wait whose caller is not what they were.
var errEnded = &org.Refusal{Kind: org.Forbidden, Code: "events.ended", Text: "What you may see has changed; follow again from the last cursor."}

// judge finds out anew who calls and whether they may still read what they could.
func (w *follower) judge(ctx context.Context) error {
	again, err := w.Again(ctx)
	if err != nil {
		return err
	}
	if again.Key != w.Caller.Key || again.ID() != w.Caller.ID() || again.Operator != w.Caller.Operator {
		return errEnded
	}
	for _, id := range w.held {
		state, err := w.app.Seen(ctx, w.Caller, id, app.Freshness{})
		if err == nil && !w.reads(state) || shutOut(err) {
			return errEnded
		}
	}
	return nil
}

// hold notes in which organizations a person may read the audit log now, so that losing one of them is noticed.
func (w *follower) hold(ctx context.Context) error {
	if !w.Caller.Acting() {
		return nil
	}
	const page = 500
	for after := org.OrgID(""); ; {
		ids, err := w.app.OrganizationsIn(ctx, w.Caller, after, page)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if state, err := w.app.Seen(ctx, w.Caller, id, app.Freshness{}); err == nil && w.reads(state) {
				w.held = append(w.held, id)
			}
		}
		if len(ids) < page {
			return nil
		}
		after = ids[page-1]
	}
}

// reads reports whether the caller may read the audit log of an organization.
func (w *follower) reads(s *org.State) bool {
	return !w.Caller.Acting() || s.Catalog() != nil && s.Check(w.Caller.ID(), "audit:view", "", w.app.Now())
}

// shutOut reports whether an organization does not let the caller in: there is none for them, or it is closed, or their
// membership sleeps.
func shutOut(err error) bool {
	refusal, refused := errors.AsType[*org.Refusal](err)
	return refused && refusal.Kind != org.Unavailable
}

// sight is what a follower makes of one organization while a page is made.
type sight struct {
	sees  bool
	state *org.State  // nil if it cannot be read
	gone  bool        // it cannot be read, and the person is in it
	from  org.Version // the first event that is left out for that
}

// missed says so once, for the first event that is left out.
func (s *sight) missed(v org.Version) bool {
	if s.gone && s.from == 0 {
		s.from = v
		return true
	}
	return false
}

type sights struct {
	*follower
	known map[org.OrgID]*sight
}

func (w *sights) of(ctx context.Context, id org.OrgID) (*sight, error) {
	if s, ok := w.known[id]; ok {
		return s, nil
	}
	s := &sight{}
	state, err := w.app.Seen(ctx, w.Caller, id, app.Freshness{})
	switch {
	case err == nil && w.reads(state):
		// Whoever reads what happened in an organization has been in it.
		if state, err = w.app.As(ctx, w.Caller, id, app.Freshness{}); err != nil {
			return nil, err
		}
		s.sees, s.state = true, state
		w.Shown(id)
	case err == nil, shutOut(err):
	case errors.Is(err, app.ErrQuarantined) && !w.Caller.Acting():
		s.sees = true // as it lies in the log
		w.Shown(id)
	case errors.Is(err, app.ErrQuarantined):
		if s.gone, err = w.in(ctx, id); err != nil {
			return nil, err
		}
	default:
		return nil, err
	}
	w.known[id] = s
	return s, nil
}

// in reports whether the caller is in an organization, as far as that is known without reading its log.
func (w *sights) in(ctx context.Context, id org.OrgID) (bool, error) {
	const page = 500
	for after := org.OrgID(""); ; {
		ids, err := w.app.OrganizationsIn(ctx, w.Caller, after, page)
		if err != nil || len(ids) < page || slices.Contains(ids, id) {
			return slices.Contains(ids, id), err
		}
		after = ids[page-1]
	}
}

// tell puts events into words, those of each organization with one look at its people, unless all that took so long
// that who sees them may not see them any more.
func (w *sights) tell(ctx context.Context, shown []feed.Event, began time.Time) ([]route.Event, error) {
	facts := map[org.OrgID][][]org.Stamped{}
	for _, e := range shown {
		if w.known[e.Organization].state != nil && e.Fact != nil {
			facts[e.Organization] = append(facts[e.Organization], []org.Stamped{{Meta: e.Meta, Event: e.Fact}})
		}
	}
	called := map[org.OrgID]func(string) string{}
	for id, commands := range facts {
		names, err := told.In(ctx, w.app, w.known[id].state, commands)
		if err != nil {
			return nil, err
		}
		called[id] = names.Of
	}
	out := make([]route.Event, len(shown))
	for i, e := range shown {
		out[i] = w.event(e, called[e.Organization])
	}
	for id := range facts {
		if err := w.app.InTime(w.known[id].state, began); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func accepts(header []string, kind string) bool {
	for part := range strings.SplitSeq(strings.Join(header, ","), ",") {
		if got, _, err := mime.ParseMediaType(part); err == nil && got == kind {
			return true
		}
	}
	return false
}
