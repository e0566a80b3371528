// Package openapi describes the API as an OpenAPI 3.1 document, derived from the table of routes and the Go types in it.
// It knows which words explain a field, and nothing of how requests are answered.
package openapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/commonhold/commonhold/internal/api/body"
	"github.com/commonhold/commonhold/internal/route"
)

// Row is a row of the table with what the door adds to it.
type Row struct {
	route.Route
	Params []route.Param // all of the query string
	Taken  []body.Field  // what its body may hold; none if it takes none
	Once   bool          // an Idempotency-Key makes its effect happen once
	Tagged bool          // its answer has an entity tag
	Match  bool          // it takes If-Match
}

// Info is what the document says of the server.
type Info struct {
	Version string
	URL     string
}

// Document derives the document; its bytes are the same for the same table.
func Document(rows []Row, info Info) ([]byte, error) {
	b := &builder{schemas: map[string]any{}, types: map[string]reflect.Type{}}
	var paths object
	at := map[string]int{} // where a path stands
	for _, r := range rows {
		i, known := at[r.Path]
		if !known {
			i = len(paths)
			at[r.Path] = i
			paths = append(paths, member{r.Path, object{}})
		}
		paths[i].value = append(paths[i].value.(object), member{strings.ToLower(r.Method), b.operation(r)})
	}
	if b.err != nil {
		return nil, b.err
	}
	return json.MarshalIndent(object{
		{"openapi", "3.1.0"},
		{"info", object{{"title", "Commonhold"}, {"version", info.Version}, {"summary", "Organizations, people, teams, projects, and who may do what."},
			{"description", introduction}, {"license", object{{"name", "Apache 2.0"}, {"identifier", "Apache-2.0"}}}}},
		{"servers", []any{object{{"url", info.URL}}}},
		{"security", []any{object{{"key", []string{}}}}},
		{"tags", tags()},
		{"paths", paths},
		{"components", object{
			{"schemas", sorted(b.schemas)},
			{"parameters", parameters},
			{"headers", headers},
			{"responses", object{{"Problem", object{
				{"description", "What was asked did not happen."},
				{"headers", object{{"X-Request-Id", ref("headers", "RequestId")}}},
				{"content", object{{"application/problem+json", object{{"schema", ref("schemas", "Problem")}}}}},
			}}}},
			{"securitySchemes", object{{"key", object{{"type", "http"}, {"scheme", "bearer"}, {"description", "A key of the operator, of a service account or of a person."}}}}},
		}},
	}, "", "  ")
}

// builder gathers the schemas that operations refer to.
type builder struct {
	schemas map[string]any
	types   map[string]reflect.Type // which type a name stands for
	err     error
}

func (b *builder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf(format, args...)
	}
}

func (b *builder) operation(r Row) object {
	out := object{{"operationId", r.Name}, {"summary", r.Summary}, {"description", permission(r.Route)}, {"tags", []string{tagOf(r.Path)}}}
	if r.Gate.Open {
		out = append(out, member{"security", []any{}})
	}
	if all := b.parametersOf(r); len(all) > 0 {
		out = append(out, member{"parameters", all})
	}
	if len(r.Taken) > 0 {
		out = append(out, member{"requestBody", b.requestBody(r)})
	}
	return append(out, member{"responses", b.responses(r)})
}

func (b *builder) parametersOf(r Row) []any {
	var out []any
	for part := range strings.SplitSeq(r.Path, "/") {
		if strings.HasPrefix(part, "{") {
			name := strings.Trim(part, "{}")
			out = append(out, object{{"name", name}, {"in", "path"}, {"required", true}, {"description", pathWords[name]}, {"schema", b.reference(name)}})
		}
	}
	for _, p := range r.Params {
		param := object{{"name", p.Name}, {"in", "query"}, {"description", p.Summary}}
		if p.Required {
			param = append(param, member{"required", true})
		}
		out = append(out, append(param, member{"schema", b.paramSchema(p)}))
	}
	for _, header := range []struct {
		name string
		on   bool
	}{{"ActingFor", !r.Gate.Open && !r.Gate.Own}, {"IdempotencyKey", r.Once}, {"Reason", r.Command != nil}, {"IfMatch", r.Match}, {"IfNoneMatch", r.Tagged && r.Method == http.MethodGet}} {
		if header.on {
			out = append(out, ref("parameters", header.name))
		}
	}
	return out
}

func (b *builder) paramSchema(p route.Param) any {
	switch {
	case p.Name == "limit":
		return object{{"type", "integer"}, {"minimum", 1}, {"maximum", 200}, {"default", 50}}
	case p.Kind == "integer":
		return object{{"type", "integer"}, {"minimum", 0}}
	case p.Kind == "boolean":
		return object{{"type", "boolean"}}
	case p.Kind == "time":
		return b.schema(instantType, request)
	}
	return b.reference(p.Name)
}

// reference is the schema of what stands for a thing in a path or query.
func (b *builder) reference(name string) any {
	if t, ok := referenceTypes[name]; ok {
		return b.schema(t, request)
	}
	return object{{"type", "string"}}
}

func (b *builder) requestBody(r Row) object {
	t := reflect.TypeOf(r.Body)
	if r.Command != nil {
		t = reflect.TypeOf(r.Command)
	}
	name, required := t.Name(), false
	b.claim(name, t)
	b.schemas[name] = b.fields(r.Taken, request)
	for _, f := range r.Taken {
		required = required || !f.Optional
	}
	return object{{"required", required}, {"content", object{{"application/json", object{{"schema", ref("schemas", name)}}}}}}
}

func (b *builder) responses(r Row) object {
	given := object{{"X-Request-Id", ref("headers", "RequestId")}}
	if strings.Contains(r.Path, "/organizations/{org}") || r.Command != nil {
		given = append(given, member{"Commonhold-Version", ref("headers", "Version")})
	}
	if r.Tagged {
		given = append(given, member{"ETag", ref("headers", "ETag")})
	}
	if r.Once {
		given = append(given, member{"Idempotency-Replayed", ref("headers", "Replayed")})
	}
	b.schema(problemType, answer)
	var out object
	if r.Answer == nil {
		out = append(out, member{"204", object{{"description", "Done."}, {"headers", given}}})
	} else {
		out = append(out, member{"200", object{{"description", "The answer."}, {"headers", given},
			{"content", object{{"application/json", object{{"schema", b.answerSchema(r)}}}}}}})
	}
	if r.Tagged && r.Method == http.MethodGet {
		out = append(out, member{"304", object{{"description", "It is as the caller has it."}}})
	}
	return append(out, member{"default", ref("responses", "Problem")})
}

func (b *builder) answerSchema(r Row) any {
	items := b.schema(reflect.TypeOf(r.Answer), answer)
	if !r.Paged {
		return items
	}
	return object{{"type", "object"}, {"required", []string{"items"}}, {"properties", object{
		{"items", object{{"type", "array"}, {"items", items}, {"description", "The rows of this page."}}},
		{"next", object{{"type", "string"}, {"description", "The cursor of the next page; absent at the end."}}},
		{"total", object{{"type", "integer"}, {"minimum", 0}, {"description", "How many rows there are in all, where counting is cheap."}}},
	}}}
}
