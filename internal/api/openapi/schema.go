package openapi

import (
	"reflect"
	"strings"

	"github.com/commonhold/commonhold/internal/api/body"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// direction says on which way a value is: what stands for a person, say, may be an external id in a request only.
type direction bool

const (
	request direction = false
	answer  direction = true
)

// problem is the shape of what callers are told when something did not happen.
type problem struct {
	Type   string             `json:"type"`
	Title  string             `json:"title"`
	Status int                `json:"status"`
	Detail string             `json:"detail"`
	Code   string             `json:"code"`
	Field  string             `json:"field,omitempty"`
	Lines  []route.PeopleLine `json:"lines,omitempty"`
}

var (
	instantType = reflect.TypeFor[org.Instant]()
	problemType = reflect.TypeFor[problem]()
)

// referenceTypes are what a name in a path or a query stands for.
var referenceTypes = map[string]reflect.Type{
	"person": reflect.TypeFor[org.PersonID](), "team": reflect.TypeFor[org.TeamID](), "project": reflect.TypeFor[org.ProjectID](),
	"role": reflect.TypeFor[org.OrgRole](), "permission": reflect.TypeFor[org.Permission](),
}

// named are the types whose schema has another name than the type, since two packages have one of that name.
var named = map[reflect.Type]string{
	reflect.TypeFor[org.Member]():    "Membership",
	reflect.TypeFor[org.Place]():     "TeamPlace",
	reflect.TypeFor[org.Row]():       "PermissionRow",
	reflect.TypeFor[problem]():       "Problem",
	reflect.TypeFor[route.Catalog](): "Catalog",
}

const idDigits = "[0-7][0-9a-hjkmnp-tv-z]{25}$"

func id(prefix string) object {
	return object{{"type", "string"}, {"pattern", "^" + prefix + "_" + idDigits}}
}

// reference is what a caller may write for an id.
func reference(prefix string) object {
	return object{{"type", "string"}, {"pattern", "^(" + prefix + "_" + strings.TrimSuffix(idDigits, "$") + `|ext:[!-~]{1,200})$`}}
}

// custom is a built-in role's word or a custom role's id.
func custom(builtin object) object {
	return object{{"anyOf", []object{builtin, id("role")}}}
}

func enum[T ~string](values ...T) object { return object{{"type", "string"}, {"enum", values}} }

// scalars are the types that are one value in JSON.
var scalars = map[reflect.Type]struct{ answer, request object }{
	reflect.TypeFor[org.OrgID]():       {answer: id("org")},
	reflect.TypeFor[org.PersonID]():    {answer: id("usr"), request: reference("usr")},
	reflect.TypeFor[org.TeamID]():      {answer: id("team"), request: reference("team")},
	reflect.TypeFor[org.ProjectID]():   {answer: id("prj"), request: reference("prj")},
	reflect.TypeFor[org.RoleID]():      {answer: id("role")},
	reflect.TypeFor[org.Holder]():      {answer: object{{"type", "string"}}},
	reflect.TypeFor[org.Replacement](): {answer: object{{"type", "string"}}},
	reflect.TypeFor[org.KeyID]():       {answer: object{{"type", "string"}}},
	reflect.TypeFor[org.CommandID]():   {answer: object{{"type", "string"}}},
	reflect.TypeFor[org.Instant]():     {answer: object{{"type", "string"}, {"format", "date-time"}}},
	reflect.TypeFor[org.Version]():     {answer: object{{"type", "integer"}, {"format", "int64"}, {"minimum", 0}}},
	reflect.TypeFor[org.Name]():        {answer: object{{"type", "string"}, {"minLength", 1}, {"maxLength", 100}}},
	reflect.TypeFor[org.Slug]():        {answer: object{{"type", "string"}, {"pattern", "^[a-z0-9]+(-[a-z0-9]+)*$"}, {"minLength", 2}, {"maxLength", 48}}},
	reflect.TypeFor[org.ExternalID]():  {answer: object{{"type", "string"}, {"pattern", "^[!-~]*$"}, {"maxLength", 200}}},
	reflect.TypeFor[org.Timezone]():    {answer: object{{"type", "string"}, {"maxLength", 64}}},
	reflect.TypeFor[org.Region]():      {answer: object{{"type", "string"}, {"pattern", "^[a-z0-9-]*$"}, {"maxLength", 32}}},
	reflect.TypeFor[org.Digest]():      {answer: object{{"type", "string"}, {"pattern", "^sha256:[0-9a-f]{64}$"}}},
	reflect.TypeFor[org.Permission]():  {answer: object{{"type", "string"}, {"maxLength", 80}}},
	reflect.TypeFor[org.OrgRole]():     {answer: custom(enum(org.OrgRoles[:]...))},
	reflect.TypeFor[org.ProjectRole](): {answer: custom(enum(org.ProjectRoles[:]...))},
	reflect.TypeFor[org.PeopleAct]():   {answer: enum(org.PeopleActs[:]...)},
	reflect.TypeFor[route.Upload]():    {answer: object{{"type", "string"}}},
	reflect.TypeFor[org.Source]():      {answer: enum(org.ByHand, org.ByImport, org.BySetting)},
	reflect.TypeFor[org.Via]():         {answer: enum(org.ViaRole, org.ViaPerson, org.ViaTeam, org.ViaEveryone)},
	reflect.TypeFor[org.Status]():      {answer: enum(statusWords()...)},
	reflect.TypeFor[org.Stage]():       {answer: enum(stageWords()...)},
	reflect.TypeFor[org.Standing]():    {answer: enum(org.StandsActive, org.StandsClosing, org.StandsClosed)},
	reflect.TypeFor[org.Scope]():       {answer: object{{"type", "string"}, {"enum", []org.Scope{org.InOrganization, org.InProject}}}},
}

// stageWords are where invitations and requests stand, in their words.
func stageWords() (out []string) {
	for stage := org.Pending; stage <= org.Expired; stage++ {
		out = append(out, stage.String())
	}
	return out
}

func statusWords() (out []string) {
	for s := org.NoMember; s <= org.Left; s++ {
		out = append(out, s.String())
	}
	return out
}

// schema returns the schema of a type, or a reference to it.
func (b *builder) schema(t reflect.Type, way direction) any {
	if s, ok := scalars[t]; ok {
		name, shape := t.Name(), s.answer
		if way == request && s.request != nil {
			name, shape = strings.TrimSuffix(name, "ID")+"Reference", s.request
		}
		b.schemas[name] = shape
		return ref("schemas", name)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return b.schema(t.Elem(), way)
	case reflect.Slice:
		return object{{"type", "array"}, {"items", b.schema(t.Elem(), way)}}
	case reflect.Map:
		return object{{"type", "object"}}
	case reflect.Interface:
		return object{}
	case reflect.String:
		return object{{"type", "string"}}
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Int, reflect.Int64:
		return object{{"type", "integer"}}
	case reflect.Struct:
		return b.structure(t, way)
	}
	b.fail("%v cannot be described", t)
	return nil
}

func (b *builder) structure(t reflect.Type, way direction) any {
	name, ok := named[t]
	if !ok {
		name = t.Name()
	}
	if way == request {
		name = strings.TrimSuffix(name, "Request") + "Request"
	}
	if b.types[name] != t {
		b.claim(name, t)
		b.schemas[name] = b.fields(body.FieldsOf(t), way)
	}
	return ref("schemas", name)
}

// claim keeps a name for a type.
func (b *builder) claim(name string, t reflect.Type) {
	if other, taken := b.types[name]; taken && other != t {
		b.fail("the schema %s would stand for %v and for %v", name, other, t)
	}
	b.types[name] = t
}

// fields describes an object. What a request may not hold is refused, so the schema says so; answers may gain fields.
func (b *builder) fields(all []body.Field, way direction) object {
	var properties object
	var required []string
	for _, f := range all {
		words, ok := fieldWords[f.Name]
		if !ok {
			b.fail("no words explain the field %s", f.Name)
		}
		properties = append(properties, member{f.Name, described(b.schema(f.Type, way), words)})
		if !f.Optional {
			required = append(required, f.Name)
		}
	}
	out := object{{"type", "object"}}
	if len(required) > 0 {
		out = append(out, member{"required", required})
	}
	if way == request {
		out = append(out, member{"additionalProperties", false})
	}
	return append(out, member{"properties", properties})
}

func described(schema any, words string) any {
	if o, ok := schema.(object); ok {
		return append(append(object{}, o...), member{"description", words})
	}
	return schema
}
