package storetest

import (
	"context"

	"github.com/commonhold/commonhold/internal/store"
)

var writeCases = []writeCase{
	{
		name: "I-42, I-49: append",
		do:   appendAs("mine"),
		done: func(ctx context.Context, db store.DB) (bool, error) {
			events, err := db.Log().Events(ctx, "org_1", 0, 10)
			return len(events) == 2 && events[1].Command == "mine", err
		},
		again: store.ErrConflict,
		rival: appendAs("theirs"), overtaken: store.ErrConflict,
	},
	{
		name: "append with an idempotency key",
		do:   appendWithKey("org_1"),
		done: func(ctx context.Context, db store.DB) (bool, error) {
			r, err := db.Log().Replayed(ctx, "instance", "usr_1", "k")
			found, err := exists(err)
			return found && r.Command == "org_1", err
		},
		again: store.ErrConflict,
		rival: appendWithKey("org_2"), overtaken: store.ErrTaken,
	},
	{
		name:   "forget",
		before: appendWithKey("org_1"),
		do:     forget,
		done: func(ctx context.Context, db store.DB) (bool, error) {
			_, err := db.Log().Replayed(ctx, "instance", "usr_1", "k")
			return not(exists(err))
		},
		rival: forget,
	},
	{
		name: "save a snapshot", before: saveAt(1),
		do: saveAt(5), done: savedAt(5),
		rival: drop,
	},
	{
		name: "drop a snapshot", before: saveAt(1),
		do: drop,
		done: func(ctx context.Context, db store.DB) (bool, error) {
			_, err := db.Snapshots().Load(ctx, "org_1", "f1")
			return not(exists(err))
		},
		rival: saveAt(2),
	},
	{
		name: "add a person",
		do:   addAda("Ada"), done: adaIs("Ada"), again: store.ErrTaken,
		rival: addAda("Another Ada"), overtaken: store.ErrTaken,
	},
	{
		name: "change a person", before: addAda("Ada"),
		do: renameAda("Countess"), done: adaIs("Countess"), again: store.ErrConflict,
		rival: renameAda("Augusta"), overtaken: store.ErrConflict,
	},
	{
		name: "remove a person", before: addAda("Ada"),
		do: removeAda, done: adaIsGone, again: store.ErrNotFound,
		rival: renameAda("Augusta"), overtaken: store.ErrConflict,
	},
	{
		name: "add a key",
		do:   addKeyAs("mine"), done: keyIs(func(k store.Key) bool { return k.Name == "mine" }), again: store.ErrTaken,
		rival: addKeyAs("theirs"), overtaken: store.ErrTaken,
	},
	{
		name: "add a first key",
		do:   addFirstKeyAs("mine"), done: keyIs(func(k store.Key) bool { return k.Name == "mine" }), again: store.ErrConflict,
		rival: addFirstKeyAs("theirs"), overtaken: store.ErrConflict,
	},
	{
		name: "remove a spare key", before: addTwoKeys,
		do:    removeSpareKey,
		done:  func(ctx context.Context, db store.DB) (bool, error) { return not(keyIs(anyKey)(ctx, db)) },
		again: store.ErrNotFound,
		rival: removeSpareKey, overtaken: store.ErrNotFound, shared: true,
	},
	{
		name: "remove a key", before: addKeyAs("mine"),
		do:    removeKey,
		done:  func(ctx context.Context, db store.DB) (bool, error) { return not(keyIs(anyKey)(ctx, db)) },
		again: store.ErrNotFound,
		rival: removeKey, overtaken: store.ErrNotFound, shared: true,
	},
	{
		name: "note the use of a key", before: addKeyAs("mine"),
		do: useKey(7), done: keyIs(func(k store.Key) bool { return k.Used == 7 }),
		rival: useKey(8),
	},
	{
		name: "claim a message", before: appendWithMessage,
		do:    claimMail,
		done:  func(ctx context.Context, db store.DB) (bool, error) { return not(mailIsDue(ctx, db)) },
		again: store.ErrNotFound,
		rival: claimMail, overtaken: store.ErrNotFound, shared: true,
	},
	{
		name: "note a delivery", before: appendWithMessage,
		do: deliver,
		done: func(ctx context.Context, db store.DB) (bool, error) {
			n, err := db.Outbox().Waiting(ctx)
			return n == 0, err
		},
		rival: deliver,
	},
	{
		name: "keep a document",
		do:   keep("text"),
		done: func(ctx context.Context, db store.DB) (bool, error) {
			_, err := db.Documents().Read(ctx, "sha256:1")
			return exists(err)
		},
		rival: keep("text"),
	},
	{
		name: "put a token",
		do:   putTo("mine"), done: peeks("mine"), again: store.ErrTaken,
		rival: putTo("theirs"), overtaken: store.ErrTaken,
	},
	{
		name: "take a token", before: putTo("mine"),
		do:    takeToken,
		done:  func(ctx context.Context, db store.DB) (bool, error) { return not(peeks("mine")(ctx, db)) },
		again: store.ErrNotFound,
		rival: takeToken, overtaken: store.ErrNotFound, shared: true,
	},
	{
		name: "sweep tokens", before: putTo("mine"),
		do:    sweep,
		done:  func(ctx context.Context, db store.DB) (bool, error) { return not(peeks("mine")(ctx, db)) },
		rival: takeToken,
	},
}

func appendWithKey(org string) func(context.Context, store.DB) error {
	return func(ctx context.Context, db store.DB) error {
		h := History{Org: org}
		a := h.Next(1)
		a.Replay = &store.Replay{Scope: "instance", Actor: "usr_1", Key: "k", Command: org, At: 5}
		return db.Log().Append(ctx, []store.Append{a})
	}
}

func forget(ctx context.Context, db store.DB) error { return db.Log().Forget(ctx, 6) }

func anyKey(store.Key) bool { return true }

func appendWithMessage(ctx context.Context, db store.DB) error {
	h := History{Org: "org_1"}
	a := h.Next(1)
	a.Send = []store.Message{{ID: "msg_1", Org: "org_1", Kind: "mail", Due: 5}}
	return db.Log().Append(ctx, []store.Append{a})
}

// claimMail says ErrNotFound if there was nothing to claim.
func claimMail(ctx context.Context, db store.DB) error {
	messages, err := db.Outbox().Claim(ctx, "mail", 5, 100, 1)
	if err == nil && len(messages) == 0 {
		return store.ErrNotFound
	}
	return err
}

// mailIsDue claims the message and leaves it due.
func mailIsDue(ctx context.Context, db store.DB) (bool, error) {
	messages, err := db.Outbox().Claim(ctx, "mail", 5, 5, 1)
	return len(messages) == 1, err
}

func deliver(ctx context.Context, db store.DB) error { return db.Outbox().Delivered(ctx, "msg_1") }
