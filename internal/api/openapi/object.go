package openapi

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// object is a JSON object whose members stay in their order.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		for j, part := range []any{m.key, m.value} {
			if j > 0 {
				out.WriteByte(':')
			}
			b, err := json.Marshal(part)
			if err != nil {
				return nil, err
			}
			out.Write(b)
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func ref(kind, name string) object { return object{{"$ref", "#/components/" + kind + "/" + name}} }

func sorted(all map[string]any) object {
	var out object
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, member{name, all[name]})
	}
	return out
}
