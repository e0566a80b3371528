package storetest

import (
	"context"

	"github.com/commonhold/commonhold/internal/store"
)

type faultyFeed struct {
	f    *Faulty
	feed store.Feed
}

func (d faultyFeed) Follow(
	ctx context.Context, after store.Position, limit int,
) (events []store.Event, next store.Position, err error) {
	events, err = read(d.f, func() (found []store.Event, err error) {
		found, next, err = d.feed.Follow(ctx, after, limit)
		return found, err
	})
	return events, next, err
}

func (d faultyFeed) Newest(ctx context.Context) (store.Position, error) {
	return read(d.f, func() (store.Position, error) { return d.feed.Newest(ctx) })
}

func (d faultyFeed) Renew(ctx context.Context) error {
	return d.f.write(func() error { return d.feed.Renew(ctx) })
}

type faultyNotes struct {
	f     *Faulty
	notes store.Notes
}

func (n faultyNotes) NotesOf(ctx context.Context, org string, commands []string) ([]store.Note, error) {
	return read(n.f, func() ([]store.Note, error) { return n.notes.NotesOf(ctx, org, commands) })
}

func (n faultyNotes) ListNotes(
	ctx context.Context, org, afterCommand, afterKind string, limit int,
) ([]store.Note, error) {
	return read(n.f, func() ([]store.Note, error) { return n.notes.ListNotes(ctx, org, afterCommand, afterKind, limit) })
}

func (n faultyNotes) EraseNotes(ctx context.Context, person string) error {
	return n.f.write(func() error { return n.notes.EraseNotes(ctx, person) })
}

func (n faultyNotes) ExpireNotes(ctx context.Context, kind string, before int64) error {
	return n.f.write(func() error { return n.notes.ExpireNotes(ctx, kind, before) })
}

type faultySecurity struct {
	f        *Faulty
	security store.Security
}

func (s faultySecurity) AddIncidents(ctx context.Context, rows []store.Incident, dayCap int) error {
	return s.f.write(func() error { return s.security.AddIncidents(ctx, rows, dayCap) })
}

func (s faultySecurity) Incidents(
	ctx context.Context, org string, beforeAt int64, beforeID string, limit int,
) ([]store.Incident, error) {
	return read(s.f, func() ([]store.Incident, error) {
		return s.security.Incidents(ctx, org, beforeAt, beforeID, limit)
	})
}

func (s faultySecurity) EraseIncidents(ctx context.Context, actor string) error {
	return s.f.write(func() error { return s.security.EraseIncidents(ctx, actor) })
}

func (s faultySecurity) ExpireIncidents(ctx context.Context, before int64) error {
	return s.f.write(func() error { return s.security.ExpireIncidents(ctx, before) })
}

type faultyNodes struct {
	f     *Faulty
	nodes store.Nodes
}

func (n faultyNodes) Beat(ctx context.Context, node store.Node) error {
	return n.f.write(func() error { return n.nodes.Beat(ctx, node) })
}

func (n faultyNodes) Alive(ctx context.Context, since int64) ([]store.Node, error) {
	return read(n.f, func() ([]store.Node, error) { return n.nodes.Alive(ctx, since) })
}

func (n faultyNodes) Leave(ctx context.Context, id string) error {
	return n.f.write(func() error { return n.nodes.Leave(ctx, id) })
}

func (n faultyNodes) Bury(ctx context.Context, before int64) error {
	return n.f.write(func() error { return n.nodes.Bury(ctx, before) })
}
