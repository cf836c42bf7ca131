package request_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

func TestMembers(t *testing.T) {
	o := request.ParseObject([]byte(`{"secret":" \t x ","flag":true,"count":7,"ids":[2,1],"none":null,"objects":[{"name":"a"},{}]}`),
		"secret", "flag", "count", "ids", "none", "objects")
	if o.Verbatim("secret", 5) != " \t x " || o.Verbatim("missing", 5) != "" || !o.Bool("flag", false) || !o.Bool("missing", true) {
		t.Error("text or truth")
	}
	if o.Int("count", 1, 1, 7) != 7 || o.Int("missing", 3, 1, 7) != 3 || !o.Has("none") || o.Has("missing") {
		t.Error("numbers or presence")
	}
	if cmp.Diff([]geo.ID{2, 1}, o.IDs("ids")) != "" || o.IDs("none") != nil || o.IDs("missing") != nil {
		t.Error("ids")
	}
	if objects := o.Objects("objects", "name"); len(objects) != 2 || objects[0].Text("name", "") != "a" || objects[1].Has("name") || len(o.Objects("none")) != 0 {
		t.Error("objects")
	}
	if o.Err() != nil {
		t.Error(o.Err())
	}
}

func TestMembersAtFault(t *testing.T) {
	for body, read := range map[string]func(o *request.Object){
		`{"x":"123456"}`: func(o *request.Object) { o.Verbatim("x", 5) }, `{"x":null}`: func(o *request.Object) { o.Verbatim("x", 5) },
		`{"x":"true"}`: func(o *request.Object) { o.Bool("x", true) }, `{"x":null }`: func(o *request.Object) { o.Bool("x", true) },
		`{"x":1.5}`: func(o *request.Object) { o.Int("x", 1, 1, 5) }, `{"x":6}`: func(o *request.Object) { o.Int("x", 1, 1, 5) }, `{"x":1e300}`: func(o *request.Object) { o.Int("x", 1, 1, 5) },
		`{"x":[0]}`: func(o *request.Object) { o.IDs("x") }, `{"x":["1"]}`: func(o *request.Object) { o.IDs("x") }, `{"x":1}`: func(o *request.Object) { o.IDs("x") },
		`{"x":{}}`: func(o *request.Object) { o.Objects("x") },
	} {
		o := request.ParseObject([]byte(body), "x")
		if read(o); field(o.Err()) != "x" {
			t.Errorf("%s: %v", body, o.Err())
		}
	}
	o := request.ParseObject([]byte(`{"x":[{"b":1}]}`), "x")
	if err := o.Objects("x", "a")[0].Err(); field(err) != "b" {
		t.Errorf("an unknown member of an object in a list: %v", err)
	}
}

// FuzzMembers: whatever comes, members are within their bounds or the error can be shown.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{
		`{"secret":" x ","flag":true,"count":7,"ids":[1,2],"objects":[{"name":"a"}]}`, `{"ids":null,"objects":null}`, `{"ids":[1e3]}`, `{"objects":[1]}`,
		`{"secret":"\ud800"}`, `{"count":1e999}`, `{"count":-0}`, `{"ids":[9007199254740992]}`, `{"objects":[{"name":1,"name":2}]}`, `{"flag":0}`, "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o := request.ParseObject(body, "secret", "count", "ids", "objects", "flag")
		secret, count, ids := o.Verbatim("secret", 20), o.Int("count", 5, 1, 10), o.IDs("ids")
		o.Bool("flag", true)
		for _, each := range o.Objects("objects", "name") {
			each.Text("name", "")
			if err := each.Err(); err != nil {
				showable(t, err)
			}
		}
		if err := o.Err(); err != nil {
			showable(t, err)
			return
		}
		if utf8.RuneCountInString(secret) > 20 || count < 1 || count > 10 || len(ids) > 100 {
			t.Errorf("%q: out of bounds", body)
		}
		for _, id := range ids {
			if id < 1 || id > geo.MaxID {
				t.Errorf("%q: id %d", body, id)
			}
		}
		var object map[string]any
		if json.Unmarshal(body, &object) != nil {
			t.Errorf("%q was accepted", body)
		}
	})
}
