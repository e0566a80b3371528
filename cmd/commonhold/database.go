package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/commonhold/commonhold/internal/archive"
	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/postgres"
	"github.com/commonhold/commonhold/internal/store/sqlite"
)

// openStore opens the database: the one on a PostgreSQL server that is named, else the file in the data folder, or one
// that is forgotten at the end.
func (s *server) openStore(ctx context.Context) (err error) {
	switch {
	case s.Database != "":
		err = s.openShared(ctx)
	case s.Data == inMemory:
		s.db, s.place = memory.Open(), inMemory
	default:
		var db *sqlite.DB
		if db, err = sqlite.Open(ctx, s.Data); err == nil {
			s.db, s.place = db, s.Data
		}
	}
	if err == nil {
		s.undo = append(s.undo, s.db.Close)
		err = errors.Join(archive.Ready(ctx, s.db), ownedEvents(ctx, s.db))
	}
	return err
}

// ownedEvents refuses a database with events that belong to no organization, such as another program may leave there.
func ownedEvents(ctx context.Context, db store.DB) error {
	homeless, err := ledger.Homeless(ctx, db.Log())
	if err == nil && homeless {
		err = errors.New("there are events in the database that belong to no organization, so it is not as this program left it: " +
			"look it over with commonhold doctor, and restore a backup from before")
	}
	return err
}

// openShared opens a database that other servers use as well. The data folder then holds this server's keys alone.
func (s *server) openShared(ctx context.Context) error {
	db, err := postgres.Open(ctx, s.Database)
	if err != nil {
		if errors.Is(err, postgres.ErrAddress) {
			return refused("database", "%v", err)
		}
		return err
	}
	s.db, s.place = db, db.Where()+" (PostgreSQL)"
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return errors.Join(fmt.Errorf("make the data folder: %w", err), db.Close())
	}
	return nil
}

// sameSecret refuses a secret other than that of the servers that were here before: each would refuse the cursors that
// another one signed. The database holds its hash alone.
func (s *server) sameSecret(ctx context.Context, secret []byte) error {
	const purpose = "instance key"
	sum := sha256.Sum256(append([]byte("commonhold "+purpose+"\n"), secret...))
	err := s.db.Tokens().Put(ctx, purpose, []byte(purpose), sum[:], math.MaxInt64)
	if !errors.Is(err, store.ErrTaken) {
		return err
	}
	known, err := s.db.Tokens().Peek(ctx, purpose, []byte(purpose), time.Now().UnixMicro())
	if err == nil && !bytes.Equal(known, sum[:]) {
		err = fmt.Errorf("%s is another one than the other servers on this database have: copy theirs there, readable by its owner alone",
			filepath.Join(s.Data, instanceKey))
	}
	return err
}
