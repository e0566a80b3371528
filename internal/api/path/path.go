// Package path says which paths mean the same to everybody who reads them. It knows nothing of what lies there.
package path

import "strings"

// Plain reports whether a path means the same to everybody who reads it: no segment is empty or made of dots, and what
// is escaped had to be.
func Plain(path string) bool {
	rest, ok := strings.CutPrefix(path, "/")
	for ok {
		var segment string
		if segment, rest, ok = strings.Cut(rest, "/"); !plainSegment(segment) {
			return false
		}
	}
	return path != "" && path[0] == '/'
}

func plainSegment(s string) bool {
	if s == "" || s == "." || s == ".." {
		return false
	}
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b != '%' {
			if b <= ' ' || b > '~' {
				return false
			}
			continue
		}
		if i+2 >= len(s) {
			return false
		}
		b = unhex(s[i+1])<<4 | unhex(s[i+2])
		if b <= ' ' || b > '~' || letter(b) || strings.IndexByte("-._~", b) >= 0 {
			return false
		}
		i += 2
	}
	return true
}

func letter(b byte) bool {
	return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9'
}

func unhex(b byte) byte {
	if i := strings.IndexByte("0123456789abcdef", b|0x20); i >= 0 && b >= '0' {
		return byte(i)
	}
	return 0 // a URL that does not parse never comes here
}
