package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/commonhold/commonhold/org"
)

// Problem is what the server answers when it does not do what was asked (RFC 9457): a stable code for programs and a
// sentence with the remedy for people.
type Problem struct {
	Status     int
	Code       string // such as organization.last_owner
	Title      string
	Detail     string        // the sentence
	Field      string        // what it is about, if it is one field or parameter
	Lines      []Line        // of a list that stand against all of it
	Request    string        // the id under which the server's log has this request
	RetryAfter time.Duration // when to come back; zero if the server does not say
}

func (p *Problem) Error() string {
	if p.Code == "" {
		return p.Detail
	}
	if p.Field != "" {
		return fmt.Sprintf("%s: %s (%s)", p.Code, p.Detail, p.Field)
	}
	text := p.Code + ": " + p.Detail
	for _, l := range p.Lines {
		text += fmt.Sprintf("\nline %d: %s: %s", l.Line, l.Code, l.Detail)
	}
	return text
}

// Is lets errors.Is compare a problem by its code with a refusal of package org, or with another problem.
func (p *Problem) Is(target error) bool {
	switch t := target.(type) {
	case *org.Refusal:
		return p.Code == t.Code
	case *Problem:
		return p.Code != "" && p.Code == t.Code
	}
	return false
}

// problemOf reads a problem, or makes one of an answer that some proxy gave.
func problemOf(p *http.Response, body []byte) *Problem {
	out := &Problem{Status: p.StatusCode, Title: http.StatusText(p.StatusCode), Request: p.Header.Get("X-Request-Id"),
		RetryAfter: retryAfter(p.Header.Get("Retry-After"))}
	var said struct {
		Code   string `json:"code"`
		Title  string `json:"title"`
		Detail string `json:"detail"`
		Field  string `json:"field"`
		Lines  []Line `json:"lines"`
	}
	if strings.HasPrefix(p.Header.Get("Content-Type"), "application/problem+json") && json.Unmarshal(body, &said) == nil {
		out.Code, out.Title, out.Detail, out.Field, out.Lines = said.Code, said.Title, said.Detail, said.Field, said.Lines
	}
	if out.Detail == "" {
		out.Detail = fmt.Sprintf("%s answered %s, which Commonhold does not; is the address that of a Commonhold server?",
			p.Request.URL.Host, p.Status)
	}
	return out
}

// retryAfter reads both forms of the header; a time that has passed asks for nothing.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
