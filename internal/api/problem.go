package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/commonhold/commonhold/internal/api/body"
	"github.com/commonhold/commonhold/internal/batch"
	"github.com/commonhold/commonhold/internal/invite"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// fault is a refusal of the door itself, with the status that HTTP has for it.
type fault struct {
	status int
	code   string
	text   string
}

func (f *fault) Error() string { return f.code + ": " + f.text }

// What is wrong with a request before anybody asks what it wants.
var (
	errNoKey      = &fault{http.StatusUnauthorized, "key.missing", "Send a key in the header Authorization: Bearer …"}
	errWrongKey   = &fault{http.StatusUnauthorized, "key.unknown", "This key is unknown, expired or mistyped; use another."}
	errMisplaced  = &fault{http.StatusBadRequest, "key.misplaced", "A key stands in the address or a cookie, where others can read it: end that key, and send keys in the Authorization header only."}
	errRepeated   = &fault{http.StatusBadRequest, "header.repeated", "A header that may come once came several times."}
	errNoPath     = &fault{http.StatusNotFound, "path.not_found", "There is nothing at this path; see /v1/openapi.json for what there is."}
	errNoMethod   = &fault{http.StatusMethodNotAllowed, "method.not_allowed", "This path does not know the method; the Allow header names those it knows."}
	errNoReason   = &fault{http.StatusBadRequest, "reason.unsupported", "Only a command takes a reason; leave the header Commonhold-Reason out here."}
	errBusy       = &fault{http.StatusServiceUnavailable, "instance.busy", "This server has as many requests as it takes; try again in a moment."}
	errTooSlow    = &fault{http.StatusServiceUnavailable, "request.timed_out", "This took too long and was given up; try again in a moment."}
	errInternal   = &fault{http.StatusInternalServerError, "internal", "Something went wrong here; the operator finds the reason in the server's log by the id in X-Request-Id."}
	errNoConsole  = &fault{http.StatusNotFound, "console.off", "This server runs without a console."}
	errNotJSON    = &fault{http.StatusUnsupportedMediaType, "body.not_json", "Send the body as Content-Type: application/json, without a Content-Encoding."}
	errTooLarge   = &fault{http.StatusRequestEntityTooLarge, "body.too_large", "A body has at most 1 MiB."}
	errTooMany    = &fault{http.StatusRequestEntityTooLarge, "checks.too_many", "Ask at most 1,000 questions in one request; none was answered."}
	errUnexpected = &fault{http.StatusBadRequest, "body.unexpected", "This request takes no body."}
)

// What is wrong with a body, by body.Kind.
var bodyFaults = [...]*fault{
	body.Malformed: {http.StatusBadRequest, "body.malformed", "The body is not one JSON object in UTF-8."},
	body.Unknown:   {http.StatusBadRequest, "body.unknown_field", "There is no such field here, or it is written in another case."},
	body.Twice:     {http.StatusBadRequest, "body.duplicate_field", "A field stands there twice."},
	body.Missing:   {http.StatusBadRequest, "body.missing_field", "A field is missing."},
	body.WrongType: {http.StatusBadRequest, "body.wrong_type", "The value is of another type than it should be; leave out what has none, null is no value."},
	body.BadValue:  {http.StatusBadRequest, "body.bad_value", "The value cannot be read."},
}

// What is wrong with a parameter or a header.
var (
	errUnknownParam  = &fault{http.StatusBadRequest, "parameter.unknown", "There is no such parameter here."}
	errRepeatedParam = &fault{http.StatusBadRequest, "parameter.repeated", "A parameter stands there twice."}
	errMissingParam  = &fault{http.StatusBadRequest, "parameter.missing", "A parameter is missing."}
	errBadParam      = &fault{http.StatusBadRequest, "parameter.malformed", "The parameter cannot be read; see /v1/openapi.json for its form."}
	errNoPermission  = &fault{http.StatusNotFound, "permission.not_found", "There is no such permission in the organization's catalog, or not there: some are held in a project, others in the organization."}
	errBadCursor     = &fault{http.StatusBadRequest, "cursor.invalid", "This cursor is not one for this list: repeat it with the parameters, and as the caller, that it was given to."}
	errBadOnce       = &fault{http.StatusBadRequest, "idempotency.malformed", "An Idempotency-Key has 1 to 255 printable ASCII characters without blanks."}
	errBadMatch      = &fault{http.StatusBadRequest, "precondition.malformed", "If-Match and If-None-Match hold entity tags as ETag gave them, or *."}
	errNoMatch       = &fault{http.StatusBadRequest, "precondition.unsupported", "This request does not take that condition; only changes to an object that has an ETag take If-Match, only readings If-None-Match."}
	errChanged       = &fault{http.StatusPreconditionFailed, "precondition.changed", "It changed meanwhile; read it again and repeat."}
)

// inField is an error about one field of a body or one parameter.
type inField struct {
	error
	field string
}

func (e *inField) Unwrap() error { return e.error }

func in(field string, err error) error { return &inField{err, field} }

// Problem is what a request is answered that did not succeed (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
	Field  string `json:"field,omitempty"` // what the problem is about, if it is one field or parameter
	// Lines are those of a list that stand against all of it.
	Lines []route.PeopleLine `json:"lines,omitempty"`
}

// statuses are those of refusals, by their kind.
var statuses = [...]int{
	org.Invalid:     http.StatusBadRequest,
	org.Forbidden:   http.StatusForbidden,
	org.NotFound:    http.StatusNotFound,
	org.Conflict:    http.StatusConflict,
	org.Unavailable: http.StatusServiceUnavailable,
	org.TooLarge:    http.StatusRequestEntityTooLarge,
}

// problemOf says what callers are told of an error. Of one that was not made for them they are told nothing.
func problemOf(err error) Problem {
	var wrong *body.Error
	var field *inField
	p := Problem{}
	switch {
	case errors.As(err, &wrong):
		p.Field = wrong.Field
		if err = wrong.Cause; wrong.Cause == nil {
			err = bodyFaults[wrong.Kind]
		}
	case errors.As(err, &field):
		p.Field = field.field
	}
	var refusal *org.Refusal
	var own *fault
	switch {
	case errors.As(err, &refusal) && int(refusal.Kind) < len(statuses) && statuses[refusal.Kind] != 0:
		p.Status, p.Code, p.Detail = statuses[refusal.Kind], refusal.Code, refusal.Text
	case errors.As(err, &own):
		p.Status, p.Code, p.Detail = own.status, own.code, own.text
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		p.Status, p.Code, p.Detail = errTooSlow.status, errTooSlow.code, errTooSlow.text
	case wrong != nil:
		own = bodyFaults[body.BadValue]
		p.Status, p.Code, p.Detail = own.status, own.code, own.text
	default:
		p.Status, p.Code, p.Detail = errInternal.status, errInternal.code, errInternal.text
	}
	if refused, ok := errors.AsType[*batch.Refused](err); ok {
		p.Lines = refused.Lines
	}
	if bad, ok := errors.AsType[*invite.BadLines](err); ok {
		p.Lines = bad.Lines
	}
	p.Type, p.Title = "urn:commonhold:problem:"+p.Code, http.StatusText(p.Status)
	if p.Status != http.StatusBadRequest {
		p.Field = "" // which of the things named is unknown, or whose, is not told
	}
	return p
}

// refuse writes the problem of an error.
func (s *Server) refuse(x *exchange, err error) {
	p := problemOf(err)
	h := x.Header()
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="commonhold"`)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	case http.StatusInternalServerError:
		x.err = err
	}
	h.Del("ETag")
	h.Set("Content-Type", "application/problem+json")
	b, err := json.Marshal(p)
	if err != nil {
		x.err = err
	}
	x.WriteHeader(p.Status)
	_, _ = x.Write(b) // a caller who went away is no error of ours
}

// retryAfter is after how many seconds something unavailable may be asked for again.
const retryAfter = 1
