// Package postgres keeps a store in a PostgreSQL database that any number of processes use at once. It owns the schema
// and the connections; it knows nothing of what the rows mean.
//
// Nothing rests on the isolation of a transaction: primary keys and conditions inside single statements decide who came
// first. Writers that may meet take what they write in one order, so that they do not wait for each other in a ring.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/commonhold/commonhold/internal/store"
)

// DB is a store.DB in a PostgreSQL database.
type DB struct {
	pool     *pgxpool.Pool
	where    string
	snapshot pgx.Tx // of a view, in which all is read

	news    chan store.Hint // of appends, to be told
	done    chan struct{}
	telling sync.WaitGroup
	close   sync.Once
}

var _ store.DB = (*DB)(nil)

// connectWithin bounds how long one connection may take to come up, so that attempts made while the database could not
// be reached do not hold up those made when it is back.
const connectWithin = 5 * time.Second

// ErrAddress stands for an address that cannot be read. It does not repeat it: there may be a password in it.
var ErrAddress = errors.New("the address of the database cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, " +
	"with characters that mean something in addresses as %XX, and what PostgreSQL's libpq knows behind a question mark")

// Open opens the database at an address as libpq reads it (a URL or pairs of names and values) and brings the schema up
// to date. It refuses a database that a newer program has changed, and one that does not keep texts in UTF-8. No error
// holds the address or its password.
func Open(ctx context.Context, address string) (*DB, error) {
	config, err := configure(address)
	if err != nil {
		return nil, err
	}
	where := fmt.Sprintf("%s on %s", config.ConnConfig.Database, config.ConnConfig.Host)
	if err := migrate(ctx, config.ConnConfig); err != nil {
		return nil, fmt.Errorf("open the database %s: %w", where, err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", where, err)
	}
	db := &DB{pool: pool, where: where, news: make(chan store.Hint, 1024), done: make(chan struct{})}
	db.telling.Go(db.tell)
	if _, err := db.epoch(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database %s: %w", where, err), db.Close())
	}
	return db, nil
}

func configure(address string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, ErrAddress
	}
	if !strings.Contains(address, "pool_max_conns") {
		config.MaxConns = max(16, int32(4*runtime.GOMAXPROCS(0))) // most of the time of a connection is the network's
	}
	c := config.ConnConfig
	c.ConnectTimeout = min(c.ConnectTimeout, connectWithin)
	c.DialFunc = (&net.Dialer{Timeout: connectWithin, KeepAlive: 15 * time.Second}).DialContext
	if c.ValidateConnect == nil { // of several hosts, the one that takes writes
		c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "commonhold"
	}
	return config, nil
}

// Where says which database this is, without what lets anybody in.
func (db *DB) Where() string { return db.where }

func (db *DB) Log() store.Log             { return db }
func (db *DB) Lookups() store.Lookups     { return db }
func (db *DB) Snapshots() store.Snapshots { return db }
func (db *DB) People() store.People       { return db }
func (db *DB) Keys() store.Keys           { return db }
func (db *DB) Outbox() store.Outbox       { return db }
func (db *DB) Documents() store.Documents { return db }
func (db *DB) Tokens() store.Tokens       { return db }
func (db *DB) Feed() store.Feed           { return db }
func (db *DB) Notes() store.Notes         { return db }
func (db *DB) Security() store.Security   { return db }
func (db *DB) Nodes() store.Nodes         { return db }
func (db *DB) Shared() store.Shared       { return db }

// Ping reads a row, so that a database without our tables does not pass for one.
func (db *DB) Ping(ctx context.Context) error {
	if _, err := row(ctx, db, countField, `SELECT count(*) FROM (SELECT 1 FROM heads LIMIT 1) AS one`); err != nil {
		return fmt.Errorf("ping the database: %w", err)
	}
	return nil
}

// Close waits for what runs and closes the connections.
func (db *DB) Close() (err error) {
	db.close.Do(func() {
		close(db.done)
		db.telling.Wait()
		if db.snapshot != nil {
			err = db.snapshot.Rollback(context.Background())
		}
		db.pool.Close()
	})
	return err
}
