package storetest

import (
	"context"
	"errors"

	"github.com/commonhold/commonhold/internal/store"
)

var writeCasesBeside = []writeCase{
	{
		name: "give a message up", before: appendWithMessage,
		do: giveUp,
		done: func(ctx context.Context, db store.DB) (bool, error) {
			dead, err := db.Outbox().Messages(ctx, "org_1", true, "", 9)
			return len(dead) == 1 && dead[0].Error == "no", err
		},
		rival: giveUp, shared: true,
	},
	{
		name: "retry a message", before: both(appendWithMessage, giveUp),
		do: retry,
		done: func(ctx context.Context, db store.DB) (bool, error) {
			waiting, err := db.Outbox().Messages(ctx, "org_1", false, "", 9)
			return len(waiting) == 1, err
		},
		again: store.ErrNotFound,
		rival: retry, overtaken: store.ErrNotFound, shared: true,
	},
	{
		name: "renew the feed", before: both(appendAs("mine"), keepNewest),
		do: func(ctx context.Context, db store.DB) error { return db.Feed().Renew(ctx) },
		done: func(ctx context.Context, db store.DB) (bool, error) {
			before, err := db.Documents().Read(ctx, "newest")
			if err != nil {
				return false, err
			}
			if _, _, err = db.Feed().Follow(ctx, store.Position(before), 1); errors.Is(err, store.ErrPosition) {
				return true, nil
			}
			return false, err
		},
		rival: func(ctx context.Context, db store.DB) error { return db.Feed().Renew(ctx) },
	},
	{
		name: "erase notes", before: appendWithNote,
		do:    func(ctx context.Context, db store.DB) error { return db.Notes().EraseNotes(ctx, "usr_1") },
		done:  noNote,
		rival: func(ctx context.Context, db store.DB) error { return db.Notes().EraseNotes(ctx, "usr_1") },
	},
	{
		name: "expire notes", before: appendWithNote,
		do:    func(ctx context.Context, db store.DB) error { return db.Notes().ExpireNotes(ctx, "reason", 100) },
		done:  noNote,
		rival: func(ctx context.Context, db store.DB) error { return db.Notes().EraseNotes(ctx, "usr_1") },
	},
	{
		name: "add an incident",
		do:   addIncident, done: incidentIs(func(store.Incident) bool { return true }),
		rival: addIncident, shared: true,
	},
	{
		name: "erase where incidents came from", before: addIncident,
		do:    func(ctx context.Context, db store.DB) error { return db.Security().EraseIncidents(ctx, "usr_1") },
		done:  incidentIs(func(i store.Incident) bool { return i.Address == "" }),
		rival: func(ctx context.Context, db store.DB) error { return db.Security().EraseIncidents(ctx, "usr_1") },
	},
	{
		name: "expire incidents", before: addIncident,
		do: expireIncidents,
		done: func(ctx context.Context, db store.DB) (bool, error) {
			return not(incidentIs(func(store.Incident) bool { return true })(ctx, db))
		},
		rival: expireIncidents,
	},
	{
		name: "say that a node is there",
		do:   beatAt(5), done: nodeSeen(5),
		rival: beatAt(4),
	},
	{
		name: "a node leaves", before: beatAt(5),
		do:    func(ctx context.Context, db store.DB) error { return db.Nodes().Leave(ctx, "node_1") },
		done:  func(ctx context.Context, db store.DB) (bool, error) { return not(nodeSeen(5)(ctx, db)) },
		rival: bury,
	},
	{
		name: "remove old nodes", before: beatAt(5),
		do: bury, done: func(ctx context.Context, db store.DB) (bool, error) { return not(nodeSeen(5)(ctx, db)) },
		rival: bury,
	},
}

func both(first, second func(context.Context, store.DB) error) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		if err := first(ctx, db); err != nil {
			return err
		}
		return second(ctx, db)
	}
}

// keepNewest leaves the position of the feed's end in a document.
func keepNewest(ctx context.Context, db store.DB) error {
	end, err := db.Feed().Newest(ctx)
	if err != nil {
		return err
	}
	return db.Documents().Keep(ctx, "newest", []byte(end))
}

func giveUp(ctx context.Context, db store.DB) error {
	return db.Outbox().Failed(ctx, "msg_1", "no", 7, 8)
}
func retry(ctx context.Context, db store.DB) error { return db.Outbox().Retry(ctx, "msg_1", 9) }

func appendWithNote(ctx context.Context, db store.DB) error {
	h := History{Org: "org_1", Command: "cmd_1"}
	return db.Log().Append(ctx, []store.Append{noted(&h, store.Note{Kind: "reason", People: []string{"usr_1"}, At: 5})})
}

func noNote(ctx context.Context, db store.DB) (bool, error) {
	notes, err := db.Notes().NotesOf(ctx, "org_1", []string{"cmd_1"})
	return len(notes) == 0, err
}

func addIncident(ctx context.Context, db store.DB) error {
	r := incident("org_1", "i", 5)
	r.Actor, r.Address = "usr_1", "192.0.2.1"
	return db.Security().AddIncidents(ctx, []store.Incident{r}, 10)
}

func incidentIs(is func(store.Incident) bool) func(context.Context, store.DB) (bool, error) {
	return func(ctx context.Context, db store.DB) (bool, error) {
		rows, err := db.Security().Incidents(ctx, "org_1", 2*aDay, "", 9)
		return len(rows) == 1 && is(rows[0]), err
	}
}

func expireIncidents(ctx context.Context, db store.DB) error {
	return db.Security().ExpireIncidents(ctx, aDay+9)
}

func beatAt(seen int64) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		return db.Nodes().Beat(ctx, store.Node{ID: "node_1", Seen: seen})
	}
}

func nodeSeen(at int64) func(context.Context, store.DB) (bool, error) {
	return func(ctx context.Context, db store.DB) (bool, error) {
		nodes, err := db.Nodes().Alive(ctx, at)
		return len(nodes) == 1, err
	}
}

func bury(ctx context.Context, db store.DB) error { return db.Nodes().Bury(ctx, 9) }
