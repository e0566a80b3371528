//go:build unix

// Package pgtest runs private PostgreSQL servers for tests. It owns their folders and processes; it knows nothing of what
// is kept in them.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server of its own: its data lies in a new folder, and it listens on a socket in that folder
// and, where asked, on a free port of this machine alone.
type Server struct {
	bin, dir string
	port     string // on 127.0.0.1; empty for none
	as       *syscall.Credential
	safe     bool

	process *exec.Cmd
	gone    <-chan error // hears when the process has ended
	log     *os.File
	made    atomic.Int64 // databases
}

// Option changes how a server runs.
type Option func(*Server) error

// Safe makes the server sync what it commits, for tests that end it without warning.
func Safe(s *Server) error { s.safe = true; return nil }

// OnPort makes the server listen on a free port too, for tests that stand between it and its callers.
func OnPort(s *Server) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, s.port, err = net.SplitHostPort(l.Addr().String())
	return errors.Join(err, l.Close())
}

// ErrNone says that there is no PostgreSQL on this machine. .ci/setup says so too, where everybody sees it.
var ErrNone = errors.New("PostgreSQL is not on this machine")

// Bin finds the folder with the programs of the newest PostgreSQL here.
func Bin() (string, error) {
	if found, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(found), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // where Debian keeps them
	if err != nil || len(found) == 0 {
		return "", ErrNone
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4]) // no number is older than any
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// Start makes a server and starts it. Stop it in the end.
func Start(options ...Option) (s *Server, err error) {
	s = &Server{}
	if s.bin, err = Bin(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "pgtest-"); err != nil {
		return nil, err
	}
	for _, option := range options {
		if err == nil {
			err = option(s)
		}
	}
	if err == nil {
		err = s.make()
	}
	if err == nil {
		err = s.Run()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start a PostgreSQL of %s: %w", s.bin, err), s.Stop())
	}
	return s, nil
}

// make fills the folder. PostgreSQL refuses to run as root, so under root the folder and the server belong to the user
// that came with its package.
func (s *Server) make() (err error) {
	if os.Getuid() == 0 {
		if s.as, err = credential("postgres"); err == nil {
			err = os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid))
		}
		if err != nil {
			return err
		}
	}
	// A collation that is not byte order, so that what needs byte order has to say so.
	made, err := s.program("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
		"--locale=C", "--locale-provider=icu", "--icu-locale=en").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, made)
	}
	return nil
}

func credential(name string) (*syscall.Credential, error) {
	line, err := exec.Command("id", "-u", name).Output()
	if err != nil {
		return nil, fmt.Errorf("find the user %s: %w", name, err)
	}
	group, err := exec.Command("id", "-g", name).Output()
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(strings.TrimSpace(string(line)), 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(strings.TrimSpace(string(group)), 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) program(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = withUs(&syscall.SysProcAttr{Credential: s.as})
	return cmd
}

// Run starts the server on its folder, also after Kill, and waits until it answers.
func (s *Server) Run() (err error) {
	if s.log == nil {
		if s.log, err = os.Create(filepath.Join(s.dir, "log")); err != nil {
			return err
		}
	}
	onOff := map[bool]string{true: "on", false: "off"}[s.safe]
	settings := []string{"-D", s.data(), "-k", s.dir, "-c", "fsync=" + onOff, "-c", "synchronous_commit=" + onOff,
		"-c", "full_page_writes=" + onOff, "-c", "shared_buffers=32MB", "-c", "autovacuum=off", "-c", "max_connections=300", "-c", "listen_addresses="}
	if s.port != "" {
		settings = append(settings, "-c", "listen_addresses=127.0.0.1", "-p", s.port)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		s.process = s.program("postgres", settings...)
		s.process.Stdout, s.process.Stderr = s.log, s.log
		if err := s.process.Start(); err != nil {
			return err
		}
		gone := make(chan error, 1)
		go func() { gone <- s.process.Wait() }()
		if s.answers(ctx, gone) {
			s.gone = gone
			return nil
		}
		if ctx.Err() != nil { // until then it may be that a killed one's children hold on to its memory
			_ = s.process.Process.Kill()
			said, _ := os.ReadFile(s.log.Name())
			return fmt.Errorf("it does not answer: %w\n%s", ctx.Err(), said[max(0, len(said)-2000):])
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// answers waits until the server answers, or is gone, or takes too long.
func (s *Server) answers(ctx context.Context, gone <-chan error) bool {
	for {
		if conn, err := pgx.Connect(ctx, s.Address("postgres")); err == nil {
			return conn.Close(ctx) == nil
		}
		select {
		case <-gone:
			return false
		case <-ctx.Done():
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Address is where a database of the server answers, through its socket.
func (s *Server) Address(database string) string {
	port := s.port
	if port == "" {
		port = "5432" // a name for the socket; nothing listens on it
	}
	return fmt.Sprintf("host=%s port=%s user=postgres dbname=%s sslmode=disable", s.dir, port, database)
}

// URL is where a database answers on the port at HOST:PORT, which is the server's own if it is empty.
func (s *Server) URL(hostport, database string) string {
	if hostport == "" {
		hostport = "127.0.0.1:" + s.port
	}
	return "postgres://postgres@" + hostport + "/" + database + "?sslmode=disable"
}

// Port is the HOST:PORT of a server made with OnPort.
func (s *Server) Port() string { return "127.0.0.1:" + s.port }

// Kill ends the server and all that it started as a fault of the machine does. Run starts it again.
func (s *Server) Kill() {
	pid := s.process.Process.Pid
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)) // none are found where there is no /proc
	_ = s.process.Process.Kill()
	for word := range strings.FieldsSeq(string(children)) {
		if child, err := strconv.Atoi(word); err == nil {
			_ = syscall.Kill(child, syscall.SIGKILL)
		}
	}
	<-s.gone
	s.gone = nil
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	if s.gone != nil {
		_ = s.process.Process.Signal(syscall.SIGQUIT) // at once, with all that it started
		<-s.gone
	}
	if s.log != nil {
		_ = s.log.Close()
	}
	return os.RemoveAll(s.dir)
}

func (s *Server) name() string { return fmt.Sprintf("test_%d", s.made.Add(1)) }

// New makes a database like another one and returns its name. It is dropped when the test ends.
func (s *Server) New(t testing.TB, like string) string {
	t.Helper()
	name := s.name()
	if err := s.Do("postgres", `CREATE DATABASE `+name+` TEMPLATE `+like); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Do("postgres", `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
	return name
}

// Do runs statements in a database, each on its own.
func (s *Server) Do(database string, statements ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.Address(database))
	if err != nil {
		return err
	}
	for _, text := range statements {
		if _, err = conn.Exec(ctx, text); err != nil {
			err = fmt.Errorf("%s: %w", text, err)
			break
		}
	}
	return errors.Join(err, conn.Close(ctx))
}
