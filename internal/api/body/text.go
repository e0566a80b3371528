package body

import (
	"reflect"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Read reads a body into a value of the shape's type, which must be settable and zero. Its errors are *Error.
func (s *Shape) Read(data []byte, into reflect.Value) error {
	t := text{s: string(data), shared: s.shared}
	if !utf8.ValidString(t.s) {
		return &Error{Kind: Malformed}
	}
	if err := readObject(s.fields)(&t, into); err != nil {
		return err
	}
	if t.skip(); t.at < len(t.s) {
		return &Error{Kind: Malformed}
	}
	return nil
}

// text is a JSON text that is read from its beginning to its end, once.
type text struct {
	s      string
	at     int
	shared bool // strings may share the memory of s
}

func (t *text) skip() {
	for t.at < len(t.s) {
		switch t.s[t.at] {
		case ' ', '\t', '\n', '\r':
			t.at++
		default:
			return
		}
	}
}

// take passes a byte if it comes next.
func (t *text) take(b byte) bool {
	if t.skip(); t.at < len(t.s) && t.s[t.at] == b {
		t.at++
		return true
	}
	return false
}

// unexpected is the error of a value of the wrong type, or of what is no value at all.
func (t *text) unexpected() error {
	if t.skip(); t.at < len(t.s) && strings.IndexByte(`{["tfn-0123456789`, t.s[t.at]) >= 0 {
		return &Error{Kind: WrongType}
	}
	return &Error{Kind: Malformed}
}

func readObject(fields []field) reading {
	return func(t *text, v reflect.Value) error {
		if !t.take('{') {
			return t.unexpected()
		}
		seen := uint64(0)
		for first := true; !t.take('}'); first = false {
			if !first && !t.take(',') {
				return &Error{Kind: Malformed}
			}
			name, err := t.string()
			if err != nil {
				return &Error{Kind: Malformed}
			}
			i := index(fields, name)
			switch {
			case i < 0:
				return under(&Error{Kind: Unknown}, presentable(name))
			case seen>>i&1 != 0:
				return under(&Error{Kind: Twice}, name)
			case !t.take(':'):
				return &Error{Kind: Malformed}
			}
			seen |= 1 << i
			if err := fields[i].read(t, v.FieldByIndex(fields[i].Index)); err != nil {
				return under(err, name)
			}
		}
		for i := range fields {
			if !fields[i].Optional && seen>>i&1 == 0 {
				return under(&Error{Kind: Missing}, fields[i].Name)
			}
		}
		return nil
	}
}

func readArray(element reading) reading {
	return func(t *text, v reflect.Value) error {
		if !t.take('[') {
			return t.unexpected()
		}
		v.Set(reflect.MakeSlice(v.Type(), 0, 4))
		for n := 0; !t.take(']'); n++ {
			if n > 0 && !t.take(',') {
				return &Error{Kind: Malformed}
			}
			if n == v.Cap() {
				v.Grow(n)
			}
			v.SetLen(n + 1)
			if err := element(t, v.Index(n)); err != nil {
				return underItem(err, n)
			}
		}
		return nil
	}
}

func readBool(t *text, v reflect.Value) error {
	t.skip()
	switch {
	case strings.HasPrefix(t.s[t.at:], "true"):
		t.at += len("true")
		v.SetBool(true)
	case strings.HasPrefix(t.s[t.at:], "false"):
		t.at += len("false")
	default:
		return t.unexpected()
	}
	return nil
}

// readString takes a string in Unicode normalization form C, so that what looks alike compares alike.
func readString(t *text, v reflect.Value) error {
	s, err := t.string()
	if err != nil {
		return err
	}
	s = norm.NFC.String(s)
	if !t.shared {
		s = strings.Clone(s)
	}
	v.SetString(s)
	return nil
}

func readParsed(t *text, v reflect.Value) error {
	s, err := t.string()
	if err != nil {
		return err
	}
	if err := v.Addr().Interface().(interface{ UnmarshalText([]byte) error }).UnmarshalText([]byte(s)); err != nil {
		return &Error{Kind: BadValue, Cause: err}
	}
	return nil
}

// string reads a string; what has no escapes is not copied.
func (t *text) string() (string, error) {
	if !t.take('"') {
		return "", t.unexpected()
	}
	start := t.at
	for t.at < len(t.s) {
		switch b := t.s[t.at]; {
		case b == '"':
			t.at++
			return t.s[start : t.at-1], nil
		case b == '\\':
			return t.escaped(start)
		case b < ' ':
			return "", &Error{Kind: Malformed}
		}
		t.at++
	}
	return "", &Error{Kind: Malformed}
}

// escaped reads the rest of a string that holds an escape.
func (t *text) escaped(start int) (string, error) {
	out := []byte(t.s[start:t.at])
	for t.at < len(t.s) {
		b := t.s[t.at]
		t.at++
		switch {
		case b == '"':
			return string(out), nil
		case b == '\\':
			r, ok := t.escape()
			if !ok {
				return "", &Error{Kind: Malformed}
			}
			out = utf8.AppendRune(out, r)
		case b < ' ':
			return "", &Error{Kind: Malformed}
		default:
			out = append(out, b)
		}
	}
	return "", &Error{Kind: Malformed}
}

// escape reads what follows a backslash. Half a surrogate pair is no character, and no text here holds a NUL.
func (t *text) escape() (rune, bool) {
	if t.at >= len(t.s) {
		return 0, false
	}
	b := t.s[t.at]
	t.at++
	if i := strings.IndexByte(`"\/bfnrt`, b); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), true
	}
	if b != 'u' {
		return 0, false
	}
	r, ok := t.hex()
	if ok && utf16.IsSurrogate(r) {
		if !strings.HasPrefix(t.s[t.at:], `\u`) {
			return 0, false
		}
		t.at += 2
		low, whole := t.hex()
		r, ok = utf16.DecodeRune(r, low), whole
		ok = ok && r != utf8.RuneError
	}
	return r, ok && r != 0
}

func (t *text) hex() (rune, bool) {
	if len(t.s)-t.at < 4 {
		return 0, false
	}
	r := rune(0)
	for _, b := range []byte(t.s[t.at : t.at+4]) {
		digit := strings.IndexByte("0123456789abcdef", b|0x20)
		if digit < 0 || b < '0' {
			return 0, false
		}
		r = r<<4 | rune(digit)
	}
	t.at += 4
	return r, true
}
