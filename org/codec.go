package org

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// A codec writes a fact's fields as a JSON object, or reads them back. A fact lists its fields once, for both ways:
// that list is its shape on disk. The form is canonical: fixed order, no blanks, absent fields left out. What is not
// canonical is refused, for it was not written here; what has a field unknown to this release is refused too, for
// skipping an end date would be a hole.
type codec struct {
	buf     []byte
	pos     int
	reading bool
	fields  int
	err     error
}

func encodeFact(f fielded) []byte {
	c := codec{buf: append(make([]byte, 0, 160), '{')}
	f.fields(&c)
	return append(c.buf, '}')
}

func decodeFact(f fielded, data []byte) error {
	c := codec{buf: data, reading: true}
	if len(data) < 2 || data[0] != '{' {
		return fmt.Errorf("not a JSON object")
	}
	c.pos = 1
	f.fields(&c)
	if c.err == nil && (c.pos != len(data)-1 || data[c.pos] != '}') {
		c.fail("unexpected field or text")
	}
	return c.err
}

// A fielded thing has a shape on disk.
type fielded interface{ fields(*codec) }

func (c *codec) fail(what string) {
	if c.err == nil {
		c.err = fmt.Errorf("%s at byte %d", what, c.pos)
	}
}

// key writes a field's name, or reports whether the field comes next and passes its name.
func (c *codec) key(name string) bool {
	if !c.reading {
		if c.fields++; c.fields > 1 {
			c.buf = append(c.buf, ',')
		}
		c.buf = append(append(append(c.buf, '"'), name...), '"', ':')
		return true
	}
	if c.err != nil {
		return false
	}
	p := c.pos
	if c.fields > 0 {
		if p >= len(c.buf) || c.buf[p] != ',' {
			return false
		}
		p++
	}
	end := p + len(name) + 3
	if end > len(c.buf) || c.buf[p] != '"' || string(c.buf[p+1:end-2]) != name || c.buf[end-2] != '"' || c.buf[end-1] != ':' {
		return false
	}
	c.pos = end
	c.fields++
	return true
}

// text is a field that must be there; option one that is left out when empty.
func text[T ~string](c *codec, name string, v *T) {
	if !c.key(name) {
		c.fail("no field " + name)
		return
	}
	str(c, v)
	if c.reading && *v == "" {
		c.fail("empty " + name)
	}
}

func option[T ~string](c *codec, name string, v *T) {
	if (c.reading || *v != "") && c.key(name) {
		str(c, v)
		if c.reading && *v == "" {
			c.fail("empty " + name)
		}
	}
}

func str[T ~string](c *codec, v *T) {
	if !c.reading {
		c.buf = appendString(c.buf, string(*v))
		return
	}
	*v = T(c.readString())
}

// number is a field that is left out when zero.
func number[T ~int64 | ~uint64 | ~uint8](c *codec, name string, v *T) {
	if (c.reading || *v != 0) && c.key(name) {
		integer(c, v)
		if c.reading && *v == 0 {
			c.fail("zero " + name)
		}
	}
}

func integer[T ~int64 | ~uint64 | ~uint32 | ~uint8](c *codec, v *T) {
	if !c.reading {
		c.buf = strconv.AppendUint(c.buf, uint64(*v), 10)
		return
	}
	n, digits := uint64(0), c.buf[c.pos:]
	for i, b := range digits {
		if b-'0' > 9 {
			digits = digits[:i]
			break
		}
		n = n*10 + uint64(b-'0')
	}
	c.pos += len(digits)
	if len(digits) == 0 || len(digits) > 18 || len(digits) > 1 && digits[0] == '0' || uint64(T(n)) != n {
		c.fail("bad number")
		return
	}
	*v = T(n)
}

// flag is a field that is left out when false.
func (c *codec) flag(name string, v *bool) {
	if !c.reading {
		if *v && c.key(name) {
			c.buf = append(c.buf, "true"...)
		}
		return
	}
	if c.key(name) {
		if len(c.buf)-c.pos < 4 || string(c.buf[c.pos:c.pos+4]) != "true" {
			c.fail("not true")
			return
		}
		c.pos += 4
		*v = true
	}
}

func (c *codec) window(w *Window) {
	number(c, "start", &w.Start)
	number(c, "end", &w.End)
}

// object is a field that holds fields of its own; left out when absent says so.
func (c *codec) object(name string, absent bool, fields func(*codec)) {
	if !c.reading && absent || !c.key(name) {
		return
	}
	outer := c.fields
	c.fields = 0
	c.byte('{')
	fields(c)
	c.byte('}')
	c.fields = outer
}

// array is a field that holds n values; each is called for every one, grow before reading one more.
func (c *codec) array(name string, n int, grow func(), each func(i int)) {
	if !c.reading && n == 0 || !c.key(name) {
		return
	}
	c.byte('[')
	for i := 0; c.err == nil; i++ {
		if !c.reading && i == n {
			break
		}
		if c.reading && i > 0 && c.pos < len(c.buf) && c.buf[c.pos] == ']' {
			break
		}
		if i > 0 {
			c.byte(',')
		}
		if c.reading {
			if c.err != nil {
				break
			}
			grow()
		}
		outer := c.fields
		c.fields = 0
		each(i)
		c.fields = outer
	}
	c.byte(']')
}

// ahead reports whether a byte comes next in what is read.
func (c *codec) ahead(b byte) bool { return c.pos < len(c.buf) && c.buf[c.pos] == b }

// byte writes one, or passes one that must be there.
func (c *codec) byte(b byte) {
	if !c.reading {
		c.buf = append(c.buf, b)
		return
	}
	if c.err == nil && (c.pos >= len(c.buf) || c.buf[c.pos] != b) {
		c.fail("no " + string(b))
	}
	if c.err == nil {
		c.pos++
	}
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. Facts hold printable text only, so quotes and backslashes are all that needs care;
// anything below a blank is written as \u00XX to keep the form total.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch ch := s[i]; {
		case ch == '"' || ch == '\\':
			b = append(b, '\\', ch)
		case ch < ' ':
			b = append(b, `\u00`...)
			b = append(b, hexDigits[ch>>4], hexDigits[ch&15])
		default:
			b = append(b, ch)
		}
	}
	return append(b, '"')
}

// ordinary are the bytes that stand in a string for themselves and of which nothing more is asked.
var ordinary = func() (in [256]bool) {
	for b := ' '; b < utf8.RuneSelf; b++ {
		in[b] = b != '"' && b != '\\'
	}
	return in
}()

func (c *codec) readString() string {
	if c.err != nil {
		return ""
	}
	if c.pos >= len(c.buf) || c.buf[c.pos] != '"' {
		c.fail("no string")
		return ""
	}
	c.pos++
	start, ascii := c.pos, true
	for c.pos < len(c.buf) && ordinary[c.buf[c.pos]] {
		c.pos++
	}
	for c.pos < len(c.buf) {
		switch ch := c.buf[c.pos]; {
		case ch == '"':
			s := c.buf[start:c.pos]
			if !ascii && !utf8.Valid(s) {
				c.fail("text is not UTF-8")
				return ""
			}
			c.pos++
			return wordOf(s)
		case ch == '\\':
			return c.readEscaped(start)
		case ch < ' ':
			c.fail("control character")
			return ""
		case ch >= utf8.RuneSelf:
			ascii = false
		}
		c.pos++
	}
	c.fail("string without end")
	return ""
}

// wordOf spares the words that stand in most facts a copy each.
func wordOf(s []byte) string {
	switch string(s) {
	case "owner":
		return "owner"
	case "admin":
		return "admin"
	case "analyst":
		return "analyst"
	case "consumer":
		return "consumer"
	case "member":
		return "member"
	case "hand":
		return "hand"
	case "import":
		return "import"
	}
	return string(s)
}

// readEscaped reads the rest of a string that holds an escape; only the escapes that appendString writes are known.
func (c *codec) readEscaped(start int) string {
	out := append([]byte(nil), c.buf[start:c.pos]...)
	for c.pos < len(c.buf) {
		ch := c.buf[c.pos]
		c.pos++
		switch {
		case ch == '"':
			if !utf8.Valid(out) {
				c.fail("text is not UTF-8")
			}
			return string(out)
		case ch == '\\':
			if out = c.escape(out); c.err != nil {
				return ""
			}
		case ch < ' ':
			c.fail("control character")
			return ""
		default:
			out = append(out, ch)
		}
	}
	c.fail("string without end")
	return ""
}

func (c *codec) escape(out []byte) []byte {
	rest := c.buf[c.pos:]
	if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\\') {
		c.pos++
		return append(out, rest[0])
	}
	if len(rest) >= 5 && string(rest[:3]) == "u00" {
		if n, err := strconv.ParseUint(string(rest[3:5]), 16, 8); err == nil && n < ' ' && rest[4] == hexDigits[n&15] {
			c.pos += 5
			return append(out, byte(n))
		}
	}
	c.fail("unknown escape")
	return out
}
