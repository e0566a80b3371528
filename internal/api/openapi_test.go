package api

import (
	"context"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store/memory"
)

func TestOpenAPIIsDerivedFromTheTable(t *testing.T) {
	w := emptyWorld(t, memory.Open())
	golden(t, "../../docs/openapi.json", string(w.api.openAPI)+"\n")
	out := w.want(200, "nobody", "GET", "/v1/openapi.json", "")
	if out.Body.String() != string(w.api.openAPI) {
		t.Error("what is served is something else")
	}
}

func TestOpenAPIIsValid(t *testing.T) {
	w := emptyWorld(t, memory.Open())
	doc, err := openapi3.NewLoader().LoadFromData(w.api.openAPI)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("it calls itself %s", doc.OpenAPI)
	}
	for _, r := range route.Table() {
		item := doc.Paths.Find(r.Path)
		if item == nil || item.GetOperation(r.Method) == nil {
			t.Errorf("%s is not in it", r.Name)
			continue
		}
		o := item.GetOperation(r.Method)
		if o.OperationID != r.Name || o.Summary != r.Summary || o.Description == "" {
			t.Errorf("%s is called %s: %s %s", r.Name, o.OperationID, o.Summary, o.Description)
		}
		for _, name := range namesIn(r.Path) {
			if p := o.Parameters.GetByInAndName("path", name); p == nil || !p.Required || p.Description == "" {
				t.Errorf("%s does not explain {%s}", r.Name, name)
			}
		}
		if (o.Security != nil) != r.Gate.Open {
			t.Errorf("%s: security %v", r.Name, o.Security)
		}
	}
	if refs := strings.Count(string(w.api.openAPI), `"$ref"`); refs < 100 {
		t.Errorf("%d references only", refs)
	}
}
