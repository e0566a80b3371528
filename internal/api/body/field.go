package body

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Field is a field of a struct as its JSON shows it. Those of embedded structs stand among the others.
type Field struct {
	Name     string
	Type     reflect.Type
	Index    []int
	Optional bool // it may be absent: its tag says omitempty or omitzero
}

// FieldsOf returns the fields that the JSON of a struct type has, in order.
func FieldsOf(t reflect.Type) []Field {
	var out []Field
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			for _, inner := range FieldsOf(f.Type) {
				inner.Index = slices.Concat(f.Index, inner.Index)
				out = append(out, inner)
			}
		case name != "-" && f.IsExported():
			out = append(out, Field{Name: name, Type: f.Type, Index: f.Index, Optional: strings.HasPrefix(options, "omit")})
		}
	}
	return out
}

// Shape is how a struct type is read.
type Shape struct {
	fields []field
	bound  []field
	shared bool
}

type field struct {
	Field
	read reading
}

// A reading takes one value of a type from the text.
type reading func(*text, reflect.Value) error

// Of makes the shape of a struct type. Fields named as bound are filled from elsewhere and not taken from a body.
func Of(t reflect.Type, bound ...string) (*Shape, error) {
	s := &Shape{}
	for _, f := range FieldsOf(t) {
		read, err := readingOf(f.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s of %v: %w", f.Name, t, err)
		}
		if slices.Contains(bound, f.Name) {
			s.bound = append(s.bound, field{f, read})
		} else {
			s.fields = append(s.fields, field{f, read})
		}
	}
	for _, name := range bound {
		if i := index(s.bound, name); i < 0 || s.bound[i].Type.Kind() != reflect.String {
			return nil, fmt.Errorf("%v has no text field %s to fill", t, name)
		}
	}
	if len(s.fields) > 64 {
		return nil, fmt.Errorf("%v has more than 64 fields", t)
	}
	return s, nil
}

// Sharing returns the shape for values that do not outlive their request: their strings may share the body's memory.
func (s *Shape) Sharing() *Shape {
	other := *s
	other.shared = true
	return &other
}

// Fields returns what a body may hold.
func (s *Shape) Fields() []Field {
	out := make([]Field, len(s.fields))
	for i, f := range s.fields {
		out[i] = f.Field
	}
	return out
}

// Fill sets a bound field.
func (s *Shape) Fill(v reflect.Value, name, value string) {
	if i := index(s.bound, name); i >= 0 {
		v.FieldByIndex(s.bound[i].Index).SetString(value)
	}
}

// Texts visits every text that a value of the shape's type holds, bound ones too. The first error of visit ends it, as
// an *Error that names the field.
func (s *Shape) Texts(v reflect.Value, visit func(reflect.Value) error) error {
	for _, fields := range [][]field{s.bound, s.fields} {
		for _, f := range fields {
			if err := texts(v.FieldByIndex(f.Index), visit); err != nil {
				return under(err, f.Name)
			}
		}
	}
	return nil
}

func texts(v reflect.Value, visit func(reflect.Value) error) error {
	switch v.Kind() {
	case reflect.String:
		if err := visit(v); err != nil {
			return &Error{Kind: BadValue, Cause: err}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := texts(v.Index(i), visit); err != nil {
				return under(err, fmt.Sprintf("[%d]", i))
			}
		}
	case reflect.Struct:
		for _, f := range FieldsOf(v.Type()) {
			if err := texts(v.FieldByIndex(f.Index), visit); err != nil {
				return under(err, f.Name)
			}
		}
	}
	return nil
}

func index(fields []field, name string) int {
	for i := range fields {
		if fields[i].Name == name {
			return i
		}
	}
	return -1
}

// readingOf finds how a type is read. There is none for numbers, maps and pointers, which no body needs. A value is read
// along its type, so no body nests deeper than that.
func readingOf(t reflect.Type) (reading, error) {
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return readParsed, nil
	case t.Kind() == reflect.String:
		return readString, nil
	case t.Kind() == reflect.Bool:
		return readBool, nil
	case t.Kind() == reflect.Slice:
		element, err := readingOf(t.Elem())
		return readArray(element), err
	case t.Kind() == reflect.Struct:
		s, err := Of(t)
		if err != nil {
			return nil, err
		}
		return readObject(s.fields), nil
	}
	return nil, fmt.Errorf("%v cannot stand in a body", t)
}
