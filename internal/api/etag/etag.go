// Package etag reads the conditions under which callers want an answer or a change. It knows nothing of what is tagged.
package etag

import (
	"slices"
	"strings"
)

// Condition is the list of tags of a header; nil for none.
type Condition []string

const anyTag = "*"

// Read reads If-Match and If-None-Match (RFC 9110, 13.1); ok is false if they cannot be read. Tags are compared by what
// they hold; a weak one stands for the same state.
func Read(headers []string) (c Condition, ok bool) {
	var out Condition
	for part := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		tag := strings.TrimSpace(part)
		if tag != anyTag {
			tag = strings.TrimPrefix(tag, "W/")
			if len(tag) < 2 || tag[0] != '"' || tag[len(tag)-1] != '"' || strings.Contains(tag[1:len(tag)-1], `"`) {
				return nil, false
			}
			tag = tag[1 : len(tag)-1]
		}
		out = append(out, tag)
	}
	if len(out) > 1 && slices.Contains(out, anyTag) {
		return nil, false
	}
	return out, true
}

// Names reports whether a reader has the answer with this tag already.
func (c Condition) Names(tag string) bool {
	return slices.Contains(c, tag) || slices.Contains(c, anyTag)
}

// Holds reports whether a writer has seen the object in the state that a tag names.
func (c Condition) Holds(tag string) bool {
	return slices.ContainsFunc(c, func(seen string) bool {
		state, _, _ := strings.Cut(seen, ".")
		return state == tag || state == anyTag
	})
}
