//go:build unix

package pgtest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// Pooler stands between a server and its callers as a pooler does that lends out connections for one transaction each:
// what a caller says outside of one, and what it set or prepared before, meets a connection that may be any other's. It
// passes on no notifications, and now and then it ends a connection that nobody has.
type Pooler struct {
	listener net.Listener
	to       string

	mu       sync.Mutex
	idle     map[string][]*lent // by what a caller said first: user, database, settings
	open     map[net.Conn]bool
	switches int
	returned int
	finished sync.WaitGroup
}

// lent is a connection to the server.
type lent struct {
	net.Conn
	in       *bufio.Reader
	greeting []byte // what the server said first
}

const (
	askSSL    = 80877103
	askGSS    = 80877104
	askCancel = 80877102

	endEvery = 50 // of so many connections that come back one is ended
)

// NewPooler makes a pooler for the server at HOST:PORT; it ends with the test.
func NewPooler(t testing.TB, to string) *Pooler {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Pooler{listener: l, to: to, idle: map[string][]*lent{}, open: map[net.Conn]bool{}}
	p.finished.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close()
		p.mu.Lock()
		for c := range p.open {
			_ = c.Close()
		}
		p.mu.Unlock()
		p.finished.Wait()
	})
	return p
}

// Address is where the pooler listens, as HOST:PORT.
func (p *Pooler) Address() string { return p.listener.Addr().String() }

// Switches is how often a caller went on with another connection than it had before.
func (p *Pooler) Switches() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.switches
}

func (p *Pooler) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.hold(c)
		p.finished.Go(func() {
			_ = p.serve(c) // whoever breaks off is gone
			p.drop(c)
		})
	}
}

func (p *Pooler) hold(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[c] = true
}

func (p *Pooler) drop(c net.Conn) {
	_ = c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
}

// serve passes on what a caller says, transaction by transaction.
func (p *Pooler) serve(c net.Conn) error {
	in := bufio.NewReader(c)
	first, err := p.first(c, in)
	if err != nil {
		return err
	}
	has, err := p.take(first)
	if err != nil {
		return err
	}
	if _, err := c.Write(has.greeting); err != nil {
		p.drop(has.Conn)
		return err
	}
	last := has
	p.giveBack(first, has)
	has = nil
	defer func() {
		if has != nil { // in the middle of a transaction, which the server undoes
			p.drop(has.Conn)
		}
	}()
	for said := []byte(nil); ; said = nil {
		for kind := byte(0); kind != 'Q' && kind != 'S'; {
			m, err := message(in)
			if err != nil || m[0] == 'X' {
				return err
			}
			kind, said = m[0], append(said, m...)
		}
		if has == nil {
			if has, err = p.take(first); err != nil {
				return err
			}
			p.mu.Lock()
			if has != last {
				p.switches++
			}
			p.mu.Unlock()
			last = has
		}
		over, err := pass(has, c, said)
		if err != nil {
			return err
		}
		if over {
			p.giveBack(first, has)
			has = nil
		}
	}
}

// first reads what a caller says first.
func (p *Pooler) first(c net.Conn, in *bufio.Reader) (string, error) {
	for {
		head := make([]byte, 8)
		if _, err := io.ReadFull(in, head); err != nil {
			return "", err
		}
		switch binary.BigEndian.Uint32(head[4:]) {
		case askSSL, askGSS:
			if _, err := c.Write([]byte{'N'}); err != nil {
				return "", err
			}
		case askCancel:
			return "", errors.New("nothing is cancelled here")
		default:
			rest := make([]byte, binary.BigEndian.Uint32(head)-8)
			_, err := io.ReadFull(in, rest)
			return string(append(head, rest...)), err
		}
	}
}

// take returns a connection that nobody has, any of at least two.
func (p *Pooler) take(first string) (*lent, error) {
	p.mu.Lock()
	if free := p.idle[first]; len(free) > 1 {
		k := rand.IntN(len(free))
		has := free[k]
		free[k] = free[len(free)-1]
		p.idle[first] = free[:len(free)-1]
		p.mu.Unlock()
		return has, nil
	}
	p.mu.Unlock()
	c, err := net.Dial("tcp", p.to)
	if err != nil {
		return nil, err
	}
	p.hold(c)
	has := &lent{Conn: c, in: bufio.NewReader(c)}
	_, err = io.WriteString(c, first)
	for err == nil {
		var m []byte
		if m, err = message(has.in); err == nil {
			has.greeting = append(has.greeting, m...)
			if m[0] == 'Z' {
				return has, nil
			}
			if m[0] == 'E' {
				err = errors.New("the server refuses the caller")
			}
		}
	}
	p.drop(c)
	return nil, err
}

func (p *Pooler) giveBack(first string, has *lent) {
	p.mu.Lock()
	p.returned++
	if p.returned%endEvery != 0 {
		p.idle[first] = append(p.idle[first], has)
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.drop(has.Conn)
}

// pass sends what a caller said and hands on the answers, up to the one that says that the server waits for more. Over
// says whether that is outside of a transaction.
func pass(has *lent, to net.Conn, said []byte) (over bool, err error) {
	sent := make(chan error, 1)
	go func() { _, err := has.Write(said); sent <- err }()
	for {
		m, err := message(has.in)
		if err != nil {
			return false, err
		}
		if m[0] == 'A' {
			continue
		}
		if _, err := to.Write(m); err != nil {
			return false, err
		}
		if m[0] == 'Z' {
			return m[5] == 'I', <-sent
		}
	}
}

// message reads one message as it came: a letter, the length of the rest, and that.
func message(in *bufio.Reader) ([]byte, error) {
	m := make([]byte, 5)
	if _, err := io.ReadFull(in, m); err != nil {
		return nil, err
	}
	rest := make([]byte, binary.BigEndian.Uint32(m[1:])-4)
	_, err := io.ReadFull(in, rest)
	return append(m, rest...), err
}
