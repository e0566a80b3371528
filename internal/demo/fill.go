package demo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/org"
)

// Slug leads to the demo's organization.
const Slug = "northwind"

// unfinished is the organization's external id while its story is being told, by which the next start goes on with it.
const (
	unfinished = "demo-unfinished"
	finished   = "demo"
)

// Open makes an app that lives by the given clock. Fill closes it.
type Open func(clock func() time.Time) (*app.App, error)

// Fill tells the story on an instance that has no organization yet, or goes on where an earlier Fill ended too soon. It
// reports whether it told anything. The app it works with lives in the past, from six weeks before now on, so that
// facts lie where they would; nobody else may use the instance at the same time.
func Fill(ctx context.Context, now time.Time, open Open) (told bool, err error) {
	c := &clock{now: morning(now, age)}
	a, err := open(c.read)
	if err != nil {
		return false, fmt.Errorf("open the demo: %w", err)
	}
	defer a.Close()
	s := &story{ctx: ctx, app: a, clock: c, now: now.Truncate(time.Minute), people: map[int]org.PersonID{}}
	if blank, err := s.blank(); err != nil || !blank {
		return false, err
	}
	s.tell()
	return s.err == nil, s.err
}

// age is how many days ago the story begins.
const age = 42

// morning is nine o'clock, UTC, of a day before now.
func morning(now time.Time, days int) time.Time {
	day := now.UTC().AddDate(0, 0, -days)
	return time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, time.UTC)
}

// clock is where the story is.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) move(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if to.After(c.now) {
		c.now = to
	}
}

// story runs commands one after the other. The first error ends it: what comes behind does nothing.
type story struct {
	ctx    context.Context
	app    *app.App
	clock  *clock
	now    time.Time
	org    org.OrgID
	people map[int]org.PersonID
	steps  int
	err    error
}

// blank reports whether there is nothing on the instance, or only what an earlier Fill began.
func (s *story) blank() (bool, error) {
	all, err := s.app.Organizations(s.ctx, "", 2)
	if err != nil || len(all) == 0 {
		return err == nil, err
	}
	_, err = s.app.FindOrganization(s.ctx, "ext:"+unfinished)
	if errors.Is(err, org.ErrUnknownOrganization) {
		return false, nil
	}
	return err == nil, err
}

// daysAgo moves the story to the morning of a day before now, unless it is beyond that already.
func (s *story) daysAgo(days int) { s.clock.move(morning(s.now, days)) }

// in is an instant of the days that come, on the hour.
func (s *story) in(days int) org.Instant {
	return org.At(s.now.AddDate(0, 0, days).Truncate(time.Hour))
}

// operator is who founds the organization and ends the story.
const operator = 0

// do runs a command as one of the cast, some minutes after the one before. Each has an idempotency key by its place in
// the story, so that telling it again passes over what happened.
func (s *story) do(by int, cmd org.Command) {
	if s.err != nil {
		return
	}
	s.steps++
	s.clock.move(s.clock.read().Add(time.Duration(3+s.steps%9) * time.Minute))
	if last := s.now.Add(-time.Minute); s.clock.read().After(last) {
		s.err = fmt.Errorf("the demo's step %d lies in the future", s.steps)
		return
	}
	step := fmt.Sprintf("demo step %d, %T", s.steps, cmd)
	sum := sha256.Sum256([]byte(step))
	caller := app.Caller{Operator: true, Person: s.people[by]}
	if _, err := s.app.Do(s.ctx, caller, s.org, cmd, app.Opts{Key: step, Request: sum[:]}); err != nil {
		s.err = fmt.Errorf("%s: %w", step, err)
	}
}

// meet makes the accounts of the cast. The operator vouches for all of them, so that one can act for each.
func (s *story) meet() {
	for i, c := range cast {
		if s.err != nil {
			return
		}
		number := i + 1
		fields := app.PersonFields{Name: c.name, Address: c.address + "@northwind.example", ExternalID: external("demo-%d", number)}
		p, _, err := s.app.AddPersonOnce(s.ctx, app.Caller{Operator: true}, fmt.Sprintf("demo person %d", number), fields)
		if err == nil && !p.Vouched {
			p, err = s.app.Vouch(s.ctx, app.Caller{Operator: true}, p.ID, true)
		}
		if err != nil {
			s.err = fmt.Errorf("make %s: %w", c.name, err)
		}
		s.people[number] = p.ID
	}
}

// found makes the organization, or finds the one that was begun.
func (s *story) found() {
	s.do(operator, org.CreateOrganization{Name: "Northwind Analytics", Slug: Slug, ExternalID: unfinished, Owner: s.people[amara]})
	if s.err == nil {
		s.org, s.err = s.app.FindOrganization(s.ctx, "ext:"+unfinished)
	}
}

func external(format string, args ...any) org.ExternalID {
	return org.ExternalID(fmt.Sprintf(format, args...))
}

// team and project find what the story made, by its external id.
func (s *story) team(name string) org.TeamID {
	return look(s, name, (*org.State).TeamByExternal)
}

func (s *story) project(name string) org.ProjectID {
	return look(s, name, (*org.State).ProjectByExternal)
}

func look[T ~string](s *story, name string, by func(*org.State, org.ExternalID) (T, bool)) T {
	if s.err != nil {
		return ""
	}
	state, err := s.app.View(s.ctx, s.org, app.Freshness{})
	if err != nil {
		s.err = err
		return ""
	}
	id, ok := by(state, external("demo-%s", name))
	if !ok {
		s.err = fmt.Errorf("the demo has no %s", name)
	}
	return id
}
