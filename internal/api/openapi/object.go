package openapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// object is a JSON object whose members stay in their order.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes the whole tree in one go; package json would go over what lies deep once for every level.
func (o object) MarshalJSON() ([]byte, error) { return appendJSON(nil, o) }

func appendJSON(out []byte, v any) (_ []byte, err error) {
	switch v := v.(type) {
	case object:
		out = append(out, '{')
		for i, m := range v {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(strconv.AppendQuote(out, m.key), ':') // keys are words and paths
			if out, err = appendJSON(out, m.value); err != nil {
				return nil, err
			}
		}
		return append(out, '}'), nil
	case []any:
		out = append(out, '[')
		for i, item := range v {
			if i > 0 {
				out = append(out, ',')
			}
			if out, err = appendJSON(out, item); err != nil {
				return nil, err
			}
		}
		return append(out, ']'), nil
	}
	b, err := json.Marshal(v)
	return append(out, b...), err
}

func ref(kind, name string) object { return object{{"$ref", "#/components/" + kind + "/" + name}} }

func sorted(all map[string]any) object {
	var out object
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, member{name, all[name]})
	}
	return out
}
