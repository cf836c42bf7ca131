package request_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/crs"
)

func field(err error) string {
	var fault *geo.Error
	if errors.As(err, &fault) {
		return fault.Field
	}
	return ""
}

func TestQuery(t *testing.T) {
	q := request.ParseQuery("kind=b,a,b&limit=900&bbox=1,2,3,4&datetime=2026-01-31&division=3301&q=+x+&cells=8", "kind", "limit", "bbox", "datetime", "division", "q", "cells")
	extent, given := q.Extent("bbox")
	if !given || extent != (geo.Extent{West: 1, South: 2, East: 3, North: 4}) {
		t.Errorf("bbox %v", extent)
	}
	if diff := cmp.Diff([]string{"a", "b"}, q.List("kind")); diff != "" {
		t.Error(diff)
	}
	if q.Offset("limit", 100) != 100 || q.Offset("other", 100) != 0 || request.ParseQuery("offset=0", "offset").Offset("offset", 9) != 0 {
		t.Error("offsets")
	}
	if q.Limit("limit", 5, 100) != 100 || q.Limit("other", 5, 100) != 5 || q.OneOf("cells", 16, 0, 8) != 8 || q.OneOf("other", 16, 8) != 16 {
		t.Error("numbers")
	}
	if q.Day("datetime", 0).String() != "2026-01-31" || q.Day("other", 7) != 7 || q.Division("division") != 330100000000 || q.Text("q", 10) != "x" {
		t.Error("day, division or text")
	}
	if q.Err() != nil {
		t.Error(q.Err())
	}
	if q.Text("kind", 2); field(q.Err()) != "kind" {
		t.Errorf("error %v", q.Err())
	}
	if q.OneOf("limit", 0, 1); field(q.Err()) != "kind" {
		t.Errorf("the first fault was lost: %v", q.Err())
	}
}

func TestObject(t *testing.T) {
	o := request.ParseObject([]byte(`{"a":" x ","n":1.5,"id":7,"none":null,"day":"2026-01-31","at":[1,2]}`), "a", "n", "id", "none", "day", "at")
	if o.Text("a", "") != "x" || o.Text("b", "missing") != "missing" || o.Number("n", 0) != 1.5 || o.ID("id") != 7 || o.ID("none") != 0 {
		t.Error("values")
	}
	if o.Day("day", 0).String() != "2026-01-31" || o.Day("none", 5) != 5 || o.Position("at", crs.WGS84) != (geo.Position{Lon: 1e7, Lat: 2e7}) {
		t.Error("day or position")
	}
	if o.Err() != nil {
		t.Error(o.Err())
	}
	if o.Text("none", ""); field(o.Err()) != "none" {
		t.Errorf("null as text: %v", o.Err())
	}
}

func TestIfMatch(t *testing.T) {
	tests := []struct {
		header string
		want   int32
		kind   error
	}{
		{`"3"`, 3, nil}, {` "3" `, 3, nil}, {``, 0, request.ErrPreconditionRequired},
		{`3`, 0, geo.ErrInvalid}, {`"`, 0, geo.ErrInvalid}, {`*`, 0, geo.ErrInvalid}, {`"1", "2"`, 0, geo.ErrInvalid},
		{`"3-2026-01-31"`, 3, nil}, {`"3-"`, 0, geo.ErrStale}, {`"3-x"`, 0, geo.ErrStale}, {`"-3"`, 0, geo.ErrStale}, {`W/"3"`, 0, geo.ErrStale}, {`"x"`, 0, geo.ErrStale}, {`"0"`, 0, geo.ErrStale}, {`"99999999999"`, 0, geo.ErrStale},
	}
	for _, test := range tests {
		got, err := request.IfMatch(test.header)
		if got != test.want || !errors.Is(err, test.kind) {
			t.Errorf("IfMatch(%s) = %d, %v", test.header, got, err)
		}
	}
}

func TestBearer(t *testing.T) {
	tests := []struct {
		header, token string
		ok            bool
	}{
		{"", "", false}, {"Bearer t", "t", true}, {"bearer  t", "t", true}, {"Bearer ", "", false}, {"Basic t", "t", false}, {"t", "", false},
	}
	for _, test := range tests {
		token, ok := request.Bearer(test.header)
		if ok != test.ok || token != test.token {
			t.Errorf("Bearer(%q) = %q, %v", test.header, token, ok)
		}
	}
}

// FuzzQuery: whatever comes, a query answers values within their bounds or an error that can be shown.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "a=1", "kind=a,b&limit=5", "bbox=1,2,3,4", "datetime=2026-01-31", "after=e.1:1:", "kind=%ff", "a;b", "limit=-1", "division=33", "kind=%00", "cells=8&cells=8"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q := request.ParseQuery(raw, "kind", "limit", "bbox", "datetime", "division", "after", "cells", "q")
		extent, _ := q.Extent("bbox")
		kinds, limit, cells, text := q.List("kind"), q.Limit("limit", 5, 100), q.OneOf("cells", 16, 0, 8), q.Text("q", 10)
		q.Day("datetime", 0)
		code := q.Division("division")
		q.Position("after")
		if err := q.Err(); err != nil {
			showable(t, err)
			return
		}
		if limit < 1 || limit > 100 || cells != 0 && cells != 8 && cells != 16 || utf8.RuneCountInString(text) > 10 || extent.South > extent.North || code < 0 || len(kinds) > 100 {
			t.Errorf("%q: out of bounds", raw)
		}
		if values, err := url.ParseQuery(raw); err != nil || len(values) > 8 {
			t.Errorf("%q was accepted", raw)
		}
	})
}

// FuzzObject: whatever comes, a body gives values or an error that can be shown; what is accepted is a JSON object.
func FuzzObject(f *testing.F) {
	for _, s := range []string{"", "{}", "[]", `{"name":"x"}`, `{"at":[1,2]}`, `{"at":[200,2]}`, `{"at":[2,100]}`, `{"name":null}`, `{"x":1}`, `{"name":"\ud800"}`, "{\n\"name\": }", `{"id":1e3}`, `{"n":1e999}`, `{"name":1,"name":2}`, "\xff", `{"day":"2026-13-01"}`, `{} x`, `{"name":"a\u0000b"}`, `{"name":"a\u001bb"}`, `{"name":"\u0085x"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o := request.ParseObject(body, "name", "n", "id", "day", "at", "division")
		text := o.Text("name", "")
		o.Number("n", 0)
		id := o.ID("id")
		o.Day("day", 0)
		o.Division("division")
		p := o.Position("at", crs.WGS84)
		if err := o.Err(); err != nil {
			showable(t, err)
			return
		}
		if strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("%q: control characters were accepted", body)
		}
		if id < 0 || id > geo.MaxID || p.Lat > 90e7 || p.Lat < -90e7 || p.Lon > 180e7 || p.Lon < -180e7 {
			t.Errorf("%q: out of bounds", body)
		}
		var object map[string]any
		if json.Unmarshal(body, &object) != nil {
			t.Errorf("%q was accepted", body)
		}
	})
}

// showable checks that an error can be sent to a client: of a known kind, short, and UTF-8.
func showable(t *testing.T, err error) {
	t.Helper()
	var fault *geo.Error
	if !errors.As(err, &fault) || fault.Kind == nil || fault.Message == "" || !utf8.ValidString(err.Error()) {
		t.Errorf("error %#v", err)
	}
	if len(err.Error()) > 2000 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
}
