package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/commonhold/commonhold/org"
)

// Client speaks to one server with one key. It may be used from many goroutines at once.
type Client struct {
	base   *url.URL
	key    string
	http   http.Client
	acting string
	fresh  url.Values // what every reading of an organization asks for
	once   string     // the Idempotency-Key of every write; a new one each if empty
	reason string     // goes with every command
	seen   *seen
	tries  int
	sleep  func(context.Context, time.Duration) error
}

// Option changes how a Client works.
type Option func(*Client)

// HTTP makes the client use another HTTP client, such as one with a private certificate authority. Redirects stay
// under the rule of this package whatever that client says of them.
func HTTP(h *http.Client) Option { return func(c *Client) { c.http = *h } }

// ActingFor makes every request act for a person, by id or "ext:…", for whom the operator vouches.
func ActingFor(person string) Option { return func(c *Client) { c.acting = person } }

// AtLeast makes every reading of an organization wait for a version of the organization, such as that of a command that
// another program ran. What this client saw itself it asks for by itself.
func AtLeast(v org.Version) Option {
	return func(c *Client) { c.fresh = url.Values{atLeast: {strconv.FormatUint(uint64(v), 10)}} }
}

// Fresh makes every reading of an organization ask the database first whether there is anything newer.
func Fresh() Option { return func(c *Client) { c.fresh = url.Values{"fresh": {"true"}} } }

// IdempotencyKey makes every write use this key, so that repeating it, also after a restart of the caller, happens
// once. Without it each write gets a key of its own, which guards the repetitions of the client itself.
func IdempotencyKey(key string) Option { return func(c *Client) { c.once = key } }

// Reason goes with every command and is kept beside its facts, for those who read the audit log: up to 500 characters on
// one line. It is erased with the people whom it is about. Writes that are no commands of an organization take none.
func Reason(text string) Option { return func(c *Client) { c.reason = text } }

// Tries bounds how often one request is sent; 5 if not said. One means never again.
func Tries(n int) Option { return func(c *Client) { c.tries = max(1, n) } }

const (
	timeout   = 30 * time.Second
	maxAnswer = 64 << 20
)

// New returns a client of the server at an address such as https://commonhold.example.com. The key goes into one
// header of requests to that address and nowhere else.
func New(address, key string, options ...Option) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(address, "/"))
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, errors.New("the server's address begins with http:// or https:// and a host, such as http://localhost:8080")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("the server's address holds no user, query or fragment; keys go into the key setting")
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("the key has characters that no key has; copy it again without blanks and line ends")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	c := &Client{base: base, key: key, http: http.Client{Transport: transport, Timeout: timeout}, seen: &seen{}, tries: 5, sleep: sleep}
	return c.With(options...), nil
}

// With returns a client that differs by the options and shares connections with this one.
func (c *Client) With(options ...Option) *Client {
	other := *c
	for _, change := range options {
		change(&other)
	}
	other.http.CheckRedirect = other.stayHome
	return &other
}

// stayHome lets no redirect lead to another server: the key, and what is asked, are for one.
func (c *Client) stayHome(next *http.Request, via []*http.Request) error {
	if next.URL.Scheme != c.base.Scheme || next.URL.Host != c.base.Host {
		return &RedirectError{From: c.base.Host, To: next.URL.Host}
	}
	if len(via) >= 3 {
		return fmt.Errorf("%s redirects in circles", c.base.Host)
	}
	return nil
}

// RedirectError says that the server wanted to send the client elsewhere, where it did not go.
type RedirectError struct{ From, To string }

func (e *RedirectError) Error() string {
	return fmt.Sprintf("%s redirects to %s; the key is for one server only, so name that one if it is meant", e.From, e.To)
}

// Reply is what an answer says beside its body.
type Reply struct {
	Version org.Version // of the organization; zero outside of one
	ETag    string
	Request string // the id under which the server's log has this request
}

// Call makes one request: in is the body, or nil; the answer goes to out, or nowhere if that is nil. Path is as it
// stands in the address, escaped; Path helps with that. The other methods are all made of this one.
//
// A reading, and a write under its Idempotency-Key, is sent again, ever more slowly, when the connection breaks or the
// server answers 429, 502, 503 or 504, for as long as the context allows.
func (c *Client) Call(ctx context.Context, method, path string, query url.Values, in, out any) (Reply, error) {
	r := request{method: method, path: path, query: query}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return Reply{}, fmt.Errorf("write the body of %s %s: %w", method, path, err)
		}
		r.body = body
	}
	if method != http.MethodGet {
		if r.once = c.once; r.once == "" {
			r.once = newKey()
		}
	}
	answer, err := c.persist(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	if out != nil && len(answer.body) > 0 {
		if err := json.Unmarshal(answer.body, out); err != nil {
			return answer.Reply, fmt.Errorf("read the answer to %s %s: %w", method, path, err)
		}
	}
	return answer.Reply, nil
}

// Path fills a path such as /v1/organizations/{org}/members with the values of its braces, in order.
func Path(pattern string, values ...string) (string, error) {
	var out strings.Builder
	for _, value := range values {
		before, rest, ok := strings.Cut(pattern, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return "", fmt.Errorf("%s has no place for %q", pattern, value)
		}
		if value == "" || value == "." || value == ".." {
			return "", fmt.Errorf("name the %s; %q is none", name, value)
		}
		out.WriteString(before)
		out.WriteString(url.PathEscape(value))
		pattern = after
	}
	if strings.Contains(pattern, "{") {
		return "", fmt.Errorf("%s lacks a value", pattern)
	}
	return out.String() + pattern, nil
}

type request struct {
	method, path string
	query        url.Values
	body         []byte
	once         string // its Idempotency-Key
}

type answer struct {
	Reply
	body []byte
}

// send makes one attempt.
func (c *Client) send(ctx context.Context, r request) (answer, error) {
	address := c.base.String() + r.path
	if q := c.ask(r); len(q) > 0 {
		address += "?" + q.Encode()
	}
	q, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(r.body))
	if err != nil {
		return answer{}, err
	}
	q.Header.Set("Accept", "application/json")
	q.Header.Set("User-Agent", "commonhold-client")
	if c.key != "" {
		q.Header.Set("Authorization", "Bearer "+c.key)
	}
	if c.acting != "" {
		q.Header.Set("Commonhold-Acting-For", c.acting)
	}
	if r.body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	if r.once != "" {
		q.Header.Set("Idempotency-Key", r.once)
	}
	if r.once != "" && c.reason != "" {
		q.Header.Set("Commonhold-Reason", c.reason)
	}
	p, err := c.http.Do(q)
	if err != nil {
		return answer{}, err
	}
	defer p.Body.Close()
	body, err := io.ReadAll(io.LimitReader(p.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		return answer{}, fmt.Errorf("the answer to %s %s is longer than %d MiB", r.method, r.path, maxAnswer>>20)
	}
	if err != nil {
		return answer{}, fmt.Errorf("read the answer to %s %s: %w", r.method, r.path, err)
	}
	version, _ := strconv.ParseUint(p.Header.Get("Commonhold-Version"), 10, 64) // absent outside of organizations
	reply := Reply{Version: org.Version(version), ETag: p.Header.Get("ETag"), Request: p.Header.Get("X-Request-Id")}
	if p.StatusCode < 200 || p.StatusCode > 299 {
		return answer{}, problemOf(p, body)
	}
	c.seen.note(organizationIn(r.path), reply.Version)
	return answer{reply, body}, nil
}

// ask returns the query string: what the caller asks, and how fresh readings are to be.
func (c *Client) ask(r request) url.Values {
	reads := r.method == http.MethodGet || strings.HasSuffix(r.path, "/check") || strings.HasSuffix(r.path, "/checks")
	organization := organizationIn(r.path)
	if !reads || organization == "" {
		return r.query
	}
	all := url.Values{}
	for name, values := range r.query {
		all[name] = values
	}
	for name, values := range c.fresh {
		all[name] = values
	}
	asked, _ := strconv.ParseUint(all.Get(atLeast), 10, 64) // absent, or not a number, which the server refuses
	if saw := c.seen.version(organization); uint64(saw) > asked && (asked > 0 || !all.Has(atLeast)) {
		all.Set(atLeast, strconv.FormatUint(uint64(saw), 10))
	}
	return all
}
