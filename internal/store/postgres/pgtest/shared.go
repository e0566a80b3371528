//go:build unix

package pgtest

import (
	"errors"
	"sync"
	"testing"
)

// Empty is what a database without anything in it is like.
const Empty = "template0"

// Shared is the one server of all tests of a package, started when the first of them asks for it.
type Shared struct {
	Options []Option
	Prepare func(address string) error // fills the template of New; nil: it stays empty

	once   sync.Once
	server *Server
	err    error
	mu     sync.Mutex
	free   []string // prepared databases that nobody uses
}

// Server returns the server, or skips the test where there is no PostgreSQL.
func (s *Shared) Server(t testing.TB) *Server {
	t.Helper()
	s.once.Do(func() {
		if s.server, s.err = Start(s.Options...); s.err == nil {
			s.err = s.server.Do("postgres", `CREATE DATABASE prepared`)
		}
		if s.err == nil && s.Prepare != nil {
			s.err = s.Prepare(s.server.Address("prepared"))
		}
	})
	if errors.Is(s.err, ErrNone) {
		t.Skip(s.err)
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.server
}

// New returns the address of a prepared database that one test has to itself. Making one takes a fifth of a second, so
// it is emptied for the next test; one whose schema is changed is better made by the server.
func (s *Shared) New(t testing.TB) (address string) {
	t.Helper()
	server := s.Server(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	var name string
	if last := len(s.free) - 1; last >= 0 {
		name, s.free = s.free[last], s.free[:last]
	} else {
		name = server.name()
		if err := server.Do("postgres", `CREATE DATABASE `+name+` TEMPLATE prepared`); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := server.Do(name, emptyAll); err != nil {
			t.Error(err)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.free = append(s.free, name)
	})
	return server.Address(name)
}

// emptyAll empties every table that is not about the database itself, past all triggers, when nobody else is connected.
const emptyAll = `DO $$
DECLARE
    name text;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('migrations', 'instance') LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
END
$$`

// Stop ends the server if it was started: a TestMain calls it before it exits.
func (s *Shared) Stop() error {
	if s.server == nil {
		return nil
	}
	return s.server.Stop()
}
