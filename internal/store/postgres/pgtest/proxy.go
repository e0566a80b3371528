//go:build unix

package pgtest

import (
	"bytes"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy stands between a server and its callers and does to their connections what networks do.
type Proxy struct {
	listener net.Listener

	mu       sync.Mutex
	to       string
	stalled  chan struct{} // closed when bytes flow; what comes meanwhile waits
	deaf     bool
	cut      CutAt
	delay    time.Duration
	cuts     int
	open     map[net.Conn]bool
	finished sync.WaitGroup
}

// CutAt is where the proxy cuts a connection whose caller commits.
type CutAt int

const (
	Never       CutAt = iota
	BeforeReach       // the commit does not reach the server
	AfterReach        // it does, but the answer does not reach the caller
)

// NewProxy makes a proxy for the server at HOST:PORT; it ends with the test.
func NewProxy(t testing.TB, to string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	flow := make(chan struct{})
	close(flow)
	p := &Proxy{listener: l, to: to, stalled: flow, open: map[net.Conn]bool{}}
	p.finished.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close()
		p.Flow()
		p.Cut()
		p.finished.Wait()
	})
	return p
}

// Address is where the proxy listens, as HOST:PORT.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Cut ends all connections; new ones are made.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
	}
}

// Stall lets no byte through in either direction, as a cable that was pulled: nothing is refused, nothing arrives.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.stalled:
		p.stalled = make(chan struct{})
	default:
	}
}

// Flow ends a stall; what was sent meanwhile arrives.
func (p *Proxy) Flow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.stalled:
	default:
		close(p.stalled)
	}
}

// Deafen decides whether LISTEN is kept from the server from now on, as a pooler does that shares its connections: it
// looks like any other statement, and nothing ever comes.
func (p *Proxy) Deafen(deaf bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deaf = deaf
}

// CutCommit lets the next commit meet its end. With AfterReach, the caller's connection is cut at once and the commit
// goes to the server after the delay.
func (p *Proxy) CutCommit(at CutAt, delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.delay = at, delay
}

// Cuts is how many commits met their end.
func (p *Proxy) Cuts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		s, err := net.Dial("tcp", p.to)
		if err != nil {
			_ = c.Close()
			continue
		}
		p.mu.Lock()
		p.open[c], p.open[s] = true, true
		p.mu.Unlock()
		p.finished.Go(func() { p.pass(c, s, true) })
		p.finished.Go(func() { p.pass(s, c, false) })
	}
}

func (p *Proxy) pass(from, to net.Conn, up bool) {
	defer p.end(from, to)
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		p.mu.Lock()
		flow := p.stalled
		p.mu.Unlock()
		<-flow
		if n > 0 {
			part := buf[:n]
			if up {
				if part = p.look(part, from); part == nil {
					return
				}
			}
			if _, err := to.Write(part); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

var commit, listen = []byte("Q\x00\x00\x00\x0bcommit\x00"), []byte("LISTEN ")

// look changes what a caller sends; nil ends the connection.
func (p *Proxy) look(part []byte, caller net.Conn) []byte {
	p.mu.Lock()
	deaf, cut, delay := p.deaf, p.cut, p.delay
	meets := cut != Never && bytes.Contains(part, commit)
	if meets {
		p.cut = Never
		p.cuts++
	}
	p.mu.Unlock()
	if deaf {
		part = bytes.ReplaceAll(part, listen, []byte("NOTIFY "))
	}
	switch {
	case meets && cut == BeforeReach:
		return nil
	case meets:
		_ = caller.Close()
		time.Sleep(delay)
	}
	return part
}

func (p *Proxy) end(a, b net.Conn) {
	p.mu.Lock()
	delete(p.open, a)
	delete(p.open, b)
	p.mu.Unlock()
	_ = a.Close()
	_ = b.Close()
}
