package route

import (
	"slices"
	"strings"
)

// What every paged row, and every row that reads an organization, takes beside its own parameters.
var (
	pagingParams = []Param{
		{Name: "limit", Summary: "how many rows the page has at most, 1 to 200; 50 if not said", Kind: "integer"},
		{Name: "cursor", Summary: "the cursor that the page before gave as next; all other parameters stay as they were"},
	}
	freshnessParams = []Param{
		{Name: "fresh", Summary: "confirm with the database first that there is nothing newer", Kind: "boolean"},
		{Name: "at_least", Summary: "answer from this version of the organization or a later one", Kind: "integer"},
	}
)

// Query returns all parameters that a row takes.
func (r Route) Query() []Param {
	out := slices.Clone(r.Params)
	if r.Paged {
		out = append(out, pagingParams...)
	}
	if r.Command == nil && strings.HasPrefix(r.Path, inOrg) {
		out = append(out, freshnessParams...)
	}
	return out
}
