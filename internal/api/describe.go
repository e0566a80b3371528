package api

import (
	"net/http"

	"github.com/commonhold/commonhold/internal/api/openapi"
)

// describe makes the OpenAPI document of the rows as they are bound.
func describe(rows []*bound, o Options) ([]byte, error) {
	out := make([]openapi.Row, len(rows))
	for i, b := range rows {
		r := openapi.Row{Route: b.Route, Params: b.Query(), Match: b.takesMatch(),
			Once:   b.command != nil || b.extra.once,
			Tagged: b.extra.tagged || b.command != nil && b.tag != nil && b.Method != http.MethodDelete}
		if b.shape != nil {
			r.Taken = b.shape.Fields()
		}
		out[i] = r
	}
	return openapi.Document(out, openapi.Info{Version: o.Version, URL: o.PublicURL})
}
