package cli

import (
	"context"
	"encoding/json"
	"net/url"
	"reflect"
	"strings"

	"github.com/commonhold/commonhold/internal/cli/meaning"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// call is one call of a derived command.
type call struct {
	route route.Route
	body  map[string]json.RawMessage
	query url.Values
	limit int // how many rows are wanted; 0 for all

	reason string
}

// derive makes the commands of all routes that have words.
func (p *Program) derive(routes []route.Route) []Command {
	var out []Command
	for _, r := range routes {
		if r.CLI != "" {
			out = append(out, p.command(r))
		}
	}
	return out
}

// command makes one: what stands in the path are its arguments, the rest of the body and the query are its flags.
func (p *Program) command(r route.Route) Command {
	c := &call{route: r, body: map[string]json.RawMessage{}, query: url.Values{}}
	out := Command{Words: r.CLI, Summary: r.Summary}
	inPath := map[string]bool{}
	for _, part := range strings.Split(r.Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			inPath[name] = true
			out.Args = append(out.Args, Arg{Name: strings.ToUpper(name), Summary: meaning.Of(name).Summary})
		}
	}
	for _, f := range bodyOf(r) {
		if !inPath[f.name] {
			out.Flags = append(out.Flags, p.bodyFlag(c, f))
		}
	}
	for _, param := range r.Params {
		out.Flags = append(out.Flags, p.queryFlag(c, param))
	}
	if r.Command != nil {
		out.Flags = append(out.Flags, Flag{Name: "reason", Value: "TEXT", Summary: "why, for those who read the audit log; erased with the people whom it is about", Set: func(text string) error {
			c.reason = text
			return nil
		}})
	}
	out.Flags = append(out.Flags, c.readingFlags()...)
	out.Run = func(ctx context.Context, in *Input) error { return c.run(ctx, in) }
	return out
}

// field is one of a body, by its JSON name.
type field struct {
	name     string
	typ      reflect.Type
	required bool
}

func bodyOf(r route.Route) []field {
	switch {
	case r.Command != nil:
		return fieldsOf(reflect.TypeOf(r.Command))
	case r.Body != nil:
		return fieldsOf(reflect.TypeOf(r.Body))
	}
	return nil
}

// fieldsOf returns the fields of a struct as they stand in JSON, those of embedded structs among them.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case f.Anonymous && name == "":
			out = append(out, fieldsOf(f.Type)...)
		default:
			out = append(out, field{name, f.Type, !strings.Contains(options, "omit")})
		}
	}
	return out
}

func (p *Program) bodyFlag(c *call, f field) Flag {
	m := meaning.In(c.route.Name, f.name)
	if f.typ == reflect.TypeFor[org.Limit]() {
		m = meaning.Meaning{Value: "NUMBER", Summary: "how many " + strings.ReplaceAll(f.name, "_", " ") + " there may be, or unlimited"}
	}
	out := Flag{Name: flagName(f.name), Summary: m.Summary, Value: m.Value, Required: f.required}
	switch {
	case f.typ.Kind() == reflect.Bool:
		out.Value = ""
	case f.typ.Kind() == reflect.Slice:
		out.Repeats = true
	}
	if out.Choices = choices(f.typ); len(out.Choices) > 0 {
		out.Value, out.Summary = meaning.Of(f.name).Value, strings.Join(out.Choices, ", ")
		if f.typ == reflect.TypeFor[org.OrgRole]() || f.typ == reflect.TypeFor[org.ProjectRole]() {
			out.Or, out.Summary = "role_", out.Summary+", or a custom role's id"
		}
	}
	out.Set = func(text string) error {
		value, err := p.jsonOf(f.typ, text)
		if err != nil {
			return err
		}
		if out.Repeats {
			value = appended(c.body[f.name], value)
		}
		c.body[f.name] = value
		return nil
	}
	return out
}

func (p *Program) queryFlag(c *call, q route.Param) Flag {
	out := Flag{Name: flagName(q.Name), Summary: q.Summary, Value: meaning.In(c.route.Name, q.Name).Value, Required: q.Required}
	if q.Kind == "boolean" {
		out.Value = ""
	}
	out.Set = func(text string) error {
		if q.Kind == "time" {
			at, err := p.Instant(text)
			if err != nil {
				return err
			}
			b, err := at.MarshalText()
			text = string(b)
			if err != nil {
				return err
			}
		}
		c.query.Set(q.Name, text)
		return nil
	}
	return out
}

// readingFlags are those of all commands that read: how new the answer must be, how long a list.
func (c *call) readingFlags() []Flag {
	var out []Flag
	if c.route.Paged {
		out = append(out, Flag{Name: "limit", Value: "N", Summary: "show the first N rows; all of them if absent", Set: func(text string) error {
			return number(text, 1, &c.limit)
		}})
	}
	if !strings.Contains(c.route.Path, "{org}") || c.route.Command != nil {
		return out
	}
	return append(out,
		Flag{Name: "fresh", Summary: "ask the database for anything newer first", Set: func(text string) error {
			c.query.Set("fresh", text)
			return nil
		}},
		Flag{Name: "at-least", Value: "VERSION", Summary: "answer from this version of the organization or a newer one", Set: func(text string) error {
			var v int
			c.query.Set("at_least", text)
			return number(text, 1, &v)
		}})
}

func flagName(name string) string { return strings.ReplaceAll(name, "_", "-") }

// appended adds a value to a JSON array, which may be nil.
func appended(array, value json.RawMessage) json.RawMessage {
	if len(array) == 0 {
		return json.RawMessage("[" + string(value) + "]")
	}
	return json.RawMessage(string(array[:len(array)-1]) + "," + string(value) + "]")
}

// destructive commands ask first: what they end does not come back by itself.
func destructive(r route.Route) bool {
	return r.Method == "DELETE" || r.Name == "leave" || r.Name == "delete_organization"
}
