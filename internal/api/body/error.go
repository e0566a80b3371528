// Package body reads the JSON bodies of requests into Go values and takes nothing that it does not know: a field that
// is unknown, written in another case, or there twice, a value of another type, null, text after the end, and what is
// not UTF-8 are refused by the name of the field. It knows nothing of HTTP and never repeats what a body held.
package body

import (
	"fmt"
	"strings"
)

// Kind sorts what can be wrong with a body.
type Kind uint8

const (
	Malformed Kind = iota // it is not JSON, or not UTF-8
	Unknown               // a field that there is not
	Twice                 // a field for the second time
	Missing               // a field that has to be there
	WrongType             // a value of another type
	BadValue              // a value that its type refuses; the cause says why
)

// Error says what is wrong with a body and which field it is about.
type Error struct {
	Kind  Kind
	Field string // such as checks[2].person; empty for the body as a whole
	Cause error  // of a BadValue
}

func (e *Error) Error() string {
	what := [...]string{"not JSON", "unknown field", "field twice", "field missing", "wrong type", "bad value"}[e.Kind]
	return fmt.Sprintf("read a body: %s: %q", what, e.Field)
}

func (e *Error) Unwrap() error { return e.Cause }

// under puts an error into a field.
func under(err error, name string) error {
	e, ok := err.(*Error)
	if !ok || name == "" {
		return err
	}
	switch {
	case e.Field == "":
		e.Field = name
	case strings.HasPrefix(e.Field, "["):
		e.Field = name + e.Field
	default:
		e.Field = name + "." + e.Field
	}
	return e
}

func underItem(err error, n int) error { return under(err, fmt.Sprintf("[%d]", n)) }

// presentable is a name that a caller made up, if it may be shown back: a short word.
func presentable(name string) string {
	if len(name) > 64 {
		return ""
	}
	for i := range len(name) {
		if b := name[i] | 0x20; (b < 'a' || b > 'z') && (name[i] < '0' || name[i] > '9') && name[i] != '_' && name[i] != '-' {
			return ""
		}
	}
	return name
}
