package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
)

func TestDocumentIsValid(t *testing.T) {
	if err := loadDocument(t).Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestRoutesAreDescribed holds the routes against openapi.yaml in both directions. HEAD comes with every GET.
func TestRoutesAreDescribed(t *testing.T) {
	b := newBench(t, nil)
	var served, described []string
	for _, r := range b.Handler().(*echo.Echo).Routes() {
		if r.Method == http.MethodHead {
			continue
		}
		served = append(served, r.Method+" "+documentPath(r.Path))
	}
	for path, item := range b.doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	slices.Sort(served)
	slices.Sort(described)
	if diff := cmp.Diff(described, served); diff != "" {
		t.Errorf("openapi.yaml (-) and routes (+) differ:\n%s", diff)
	}
}
