package cli

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// choices are the values that a type has, if they can be told.
func choices(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[org.OrgRole]():
		return texts(org.OrgRoles[:])
	case reflect.TypeFor[org.ProjectRole]():
		return texts(org.ProjectRoles[:])
	case reflect.TypeFor[org.Scope]():
		return []string{"organization", "project"}
	case reflect.TypeFor[org.Subscription]():
		return texts(org.Subscriptions[:])
	case reflect.TypeFor[org.PlanRequestOutcome]():
		return texts([]org.PlanRequestOutcome{org.PlanGranted, org.PlanDeclined})
	case reflect.TypeFor[org.PeopleAct]():
		return texts(org.PeopleActs[:])
	case reflect.TypeFor[org.Source]():
		return texts([]org.Source{org.ByHand, org.ByImport})
	}
	return nil
}

func texts[T ~string](of []T) []string {
	out := make([]string, len(of))
	for i, v := range of {
		out[i] = string(v)
	}
	return out
}

// jsonOf turns what was typed into the JSON of a field; of a list's field into that of one element.
func (p *Program) jsonOf(t reflect.Type, text string) (json.RawMessage, error) {
	if t == reflect.TypeFor[org.Instant]() {
		at, err := p.Instant(text)
		if err != nil {
			return nil, err
		}
		return json.Marshal(at)
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return json.Marshal(text)
	}
	switch t.Kind() {
	case reflect.String:
		if t == reflect.TypeFor[route.Upload]() {
			b, err := p.readFile(text)
			if text = string(b); err != nil {
				return nil, err
			}
		}
		return json.Marshal(text)
	case reflect.Bool:
		on, err := strconv.ParseBool(text)
		return json.RawMessage(strconv.FormatBool(on)), err
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return p.pairOf(t.Elem(), text)
		}
		return p.jsonOf(t.Elem(), text)
	}
	return nil, fmt.Errorf("a %v cannot be typed here", t) // a test keeps routes from having one
}

// pairOf reads A=B as the first two fields of a struct; others are for those who write JSON.
func (p *Program) pairOf(t reflect.Type, text string) (json.RawMessage, error) {
	fields := fieldsOf(t)
	first, second, ok := strings.Cut(text, "=")
	parts := []string{first, second}
	if !ok && len(fields) > 1 && fields[1].typ.Kind() == reflect.Bool {
		ok, parts = true, parts[:1] // a switch that is off
	}
	if !ok || len(fields) < 2 {
		return nil, fmt.Errorf("write %s=%s, not %q", strings.ToUpper(fields[0].name), strings.ToUpper(fields[min(1, len(fields)-1)].name), text)
	}
	pair := map[string]json.RawMessage{}
	for i, part := range parts {
		value, err := p.jsonOf(fields[i].typ, part)
		if err != nil {
			return nil, err
		}
		pair[fields[i].name] = value
	}
	return json.Marshal(pair)
}

var errTime = errors.New("write a time as 2026-12-31T18:00:00Z, a day as 2026-12-31, or a time from now as 12h or 30d")

// Instant reads a time in one of the forms that help names. Days begin at midnight UTC.
func (p *Program) Instant(text string) (org.Instant, error) {
	for _, form := range []string{time.RFC3339Nano, time.DateOnly, shownTime} {
		if at, err := time.Parse(form, text); err == nil {
			return org.At(at), nil
		}
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 100_000 {
			return org.At(p.Now().AddDate(0, 0, n)), nil
		}
		return 0, errTime
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, errTime
	}
	return org.At(p.Now().Add(d)), nil
}

func number(text string, least int, to *int) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return fmt.Errorf("%q is no number from %d on", text, least)
	}
	*to = n
	return nil
}
