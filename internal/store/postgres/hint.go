package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Shared = (*DB)(nil)

func (db *DB) Clock(ctx context.Context) (int64, error) {
	at, err := row(ctx, db, func(at *int64) []any { return []any{at} },
		`SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`)
	if err != nil {
		return 0, fmt.Errorf("ask the database for the time: %w", err)
	}
	return at, nil
}

const (
	channel   = "commonhold"
	notify    = `SELECT pg_notify('` + channel + `', $1)`
	mostTold  = 7000 // bytes in one notification, of 8,000 that PostgreSQL takes
	beatEvery = 2 * time.Second
)

// mention leaves an append to be told to whoever listens. Nobody waits for that, and what finds no room is not told.
func (db *DB) mention(batch []store.Append) {
	for i := range batch {
		if n := len(batch[i].Events); n > 0 {
			select {
			case db.news <- store.Hint{Org: batch[i].Org, Version: batch[i].Events[n-1].Version}:
			default:
			}
		}
	}
}

// tell tells the news, as many as there are at once. It does so behind the commits and not within them, because
// PostgreSQL lets only one transaction commit at a time that tells something.
func (db *DB) tell() {
	for {
		select {
		case <-db.done:
			return
		case h := <-db.news:
			ctx, cancel := context.WithTimeout(context.Background(), beatEvery)
			_, _ = db.pool.Exec(ctx, notify, db.gather(h)) // only a hint
			cancel()
		}
	}
}

func (db *DB) gather(h store.Hint) string {
	var text strings.Builder
	for {
		fmt.Fprintf(&text, "%s %d\n", h.Org, h.Version)
		if text.Len() > mostTold-len(h.Org) {
			return text.String()
		}
		select {
		case h = <-db.news:
		default:
			return text.String()
		}
	}
}

// errDeaf says that a notification of our own did not come back: the connection is half open, or a pooler has kept the
// LISTEN to itself.
var errDeaf = errors.New("no notification comes back")

// Listen has a connection of its own. Whenever that is quiet for a while, a beat sent on another one has to come back.
func (db *DB) Listen(ctx context.Context, hear func(store.Hint)) error {
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx) // all has been said
	}()
	if _, err := conn.Exec(ctx, `LISTEN `+channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if err := db.hearAll(ctx, conn, hear); ctx.Err() == nil {
		return fmt.Errorf("listen: %w", err)
	}
	return ctx.Err()
}

func (db *DB) hearAll(ctx context.Context, conn *pgx.Conn, hear func(store.Hint)) error {
	beat := "beat " + rand.Text()
	for quiet := false; ; {
		told, heard, err := next(ctx, conn)
		switch {
		case err != nil:
			return err
		case heard:
			quiet = false
			hearLines(told, hear)
		case quiet:
			return errDeaf
		default:
			quiet = true
			if _, err := db.exec(ctx, notify, beat); err != nil {
				return err
			}
		}
	}
}

// next waits for a notification for as long as may be quiet.
func next(ctx context.Context, conn *pgx.Conn) (told string, heard bool, err error) {
	wait, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	n, err := conn.WaitForNotification(wait)
	if err == nil {
		return n.Payload, true, nil
	}
	if ctx.Err() == nil && wait.Err() != nil && !conn.IsClosed() {
		err = nil
	}
	return "", false, err
}

func hearLines(told string, hear func(store.Hint)) {
	for line := range strings.SplitSeq(told, "\n") {
		at := strings.LastIndexByte(line, ' ')
		if n, err := strconv.ParseUint(line[at+1:], 10, 64); err == nil && at > 0 { // others are beats
			hear(store.Hint{Org: line[:at], Version: n})
		}
	}
}
