package api

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/commonhold/commonhold/internal/api/etag"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// params are the parameters of a query string.
type params map[string]string

const (
	defaultLimit = 50
	maxLimit     = 200
)

// readQuery takes the parameters that the row knows, each once.
func (c *call) readQuery() error {
	if c.Paged {
		c.limit = defaultLimit
	}
	if c.request.URL.RawQuery == "" && len(c.Params) == 0 {
		return nil
	}
	given, err := url.ParseQuery(c.request.URL.RawQuery)
	if err != nil {
		return errBadParam
	}
	c.query = make(params, len(given))
	for _, p := range c.Query() {
		values, ok := given[p.Name]
		delete(given, p.Name)
		switch {
		case len(values) > 1:
			return in(p.Name, errRepeatedParam)
		case !ok && p.Required:
			return in(p.Name, errMissingParam)
		case !ok:
			continue
		}
		if !utf8.ValidString(values[0]) || strings.Contains(values[0], "\x00") {
			return in(p.Name, errBadParam)
		}
		c.query[p.Name] = norm.NFC.String(values[0])
		if err := c.take(p, values[0]); err != nil {
			return in(p.Name, err)
		}
	}
	if len(given) > 0 {
		return errUnknownParam
	}
	return nil
}

// take checks a parameter's form and keeps what the door itself goes by.
func (c *call) take(p route.Param, value string) error {
	n := uint64(0)
	switch p.Kind {
	case "boolean":
		if value != "true" && value != "false" {
			return errBadParam
		}
	case "integer":
		var err error
		if n, err = strconv.ParseUint(value, 10, 63); err != nil || value != strconv.FormatUint(n, 10) {
			return errBadParam
		}
	case "time":
		var at org.Instant
		if err := at.UnmarshalText([]byte(value)); err != nil {
			return err
		}
	}
	switch p.Name {
	case "limit":
		if n < 1 || n > maxLimit {
			return errBadParam
		}
		c.limit = int(n)
	case "fresh":
		c.freshness.Now = value == "true"
	case "at_least":
		c.freshness.AtLeast = org.Version(n)
	}
	return nil
}

// readHeaders takes the headers by which a caller guards a request. One that would not be kept is refused: whoever
// sends it relies on it.
func (c *call) readHeaders() error {
	once, err := single(c.request, "Idempotency-Key")
	if err != nil {
		return err
	}
	if sent := len(c.request.Header["Idempotency-Key"]) > 0; sent && !validOnce(once) {
		return errBadOnce
	}
	c.once = once
	if err := c.readReason(); err != nil {
		return err
	}
	reading := c.request.Method == http.MethodGet || c.request.Method == http.MethodHead
	if !reading && len(c.request.Header["If-None-Match"]) > 0 {
		return errNoMatch
	}
	if values := c.request.Header["If-Match"]; len(values) > 0 {
		if !c.takesMatch() {
			return errNoMatch
		}
		var ok bool
		if c.match, ok = etag.Read(values); !ok {
			return errBadMatch
		}
	}
	return err
}

// takesMatch reports whether the row changes an object that has a tag.
func (b *bound) takesMatch() bool { return b.command != nil && b.tag != nil || b.extra.matches }

func validOnce(key string) bool {
	return key != "" && len(key) <= 255 && !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}

// freshEnough is the freshness by which a conditional write looks at its object: what the caller saw may come from
// another server.
var freshEnough = app.Freshness{Now: true}
