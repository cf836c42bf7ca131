package request

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"jingwei/geo"
)

// Verbatim returns a password as it was typed, with all its white space; "" when the member is missing. Null and more
// than most characters are faults, and the text is never repeated.
func (o *Object) Verbatim(name string, most int) string {
	raw, ok := o.members[name]
	if !ok {
		return ""
	}
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		o.fail(geo.Invalid(name, "a text in quotation marks is needed, not %s", describe(raw)))
		return ""
	}
	if utf8.RuneCountInString(*s) > most {
		o.fail(&geo.Error{Kind: geo.ErrInvalid, Field: name, Reason: geo.PasswordLong, Message: fmt.Sprintf("at most %d characters are possible", most)})
		return ""
	}
	return *s
}

// Bool returns true or false; missing when the member is. Null is a fault.
func (o *Object) Bool(name string, missing bool) bool {
	raw, ok := o.members[name]
	if !ok {
		return missing
	}
	var b *bool
	if json.Unmarshal(raw, &b) != nil || b == nil {
		o.fail(geo.Invalid(name, "true or false is needed, not %s", describe(raw)))
		return missing
	}
	return *b
}

// Int returns a whole number from least to most; missing when the member is.
func (o *Object) Int(name string, missing, least, most int) int {
	n := o.Number(name, float64(missing))
	if n != float64(int(n)) || int(n) < least || int(n) > most {
		o.fail(geo.Invalid(name, "a whole number from %d to %d is needed", least, most))
		return missing
	}
	return int(n)
}

// IDs returns a list of ids, never nil; nil when the member is missing or null.
func (o *Object) IDs(name string) []geo.ID {
	raws, ok := o.list(name)
	if !ok {
		return nil
	}
	ids := make([]geo.ID, len(raws))
	for i, raw := range raws {
		var err error
		if ids[i], err = geo.ParseID(name, string(raw)); err != nil {
			o.fail(geo.Invalid(name, "a list of ids is needed, whole numbers from 1 to %d; one of them is %s", geo.MaxID, describe(raw)))
		}
	}
	return ids
}

// Object returns the object given, in which only the allowed members may occur; an empty one when the member is missing or
// null. Its faults are its own.
func (o *Object) Object(name string, allowed ...string) *Object {
	if o.Null(name) {
		return &Object{}
	}
	return ParseObject(o.members[name], allowed...)
}

// Texts returns a list of texts; nil for none.
func (o *Object) Texts(name string) []string {
	raws, ok := o.list(name)
	if !ok {
		return nil
	}
	texts := make([]string, len(raws))
	for i, raw := range raws {
		if json.Unmarshal(raw, &texts[i]) != nil || string(raw) == "null" {
			o.fail(geo.Invalid(name, "a list of texts is needed; one of them is %s", describe(raw)))
		}
	}
	return texts
}

// Objects returns a list of objects in which only the allowed members may occur; none when the member is missing or null.
func (o *Object) Objects(name string, allowed ...string) []*Object {
	return o.ManyObjects(name, maxList, allowed...)
}

// ManyObjects is Objects for a list of at most most.
func (o *Object) ManyObjects(name string, most int, allowed ...string) []*Object {
	raws, _ := o.listOf(name, most)
	objects := make([]*Object, len(raws))
	for i, raw := range raws {
		objects[i] = ParseObject(raw, allowed...)
	}
	return objects
}

// Member returns an object in which only the allowed members may occur; nil when the member is missing or null.
func (o *Object) Member(name string, allowed ...string) *Object {
	if o.Null(name) {
		return nil
	}
	return ParseObject(o.members[name], allowed...)
}

// list returns the values of a list; false when the member is missing or null.
func (o *Object) list(name string) ([]json.RawMessage, bool) { return o.listOf(name, maxList) }

// listOf is list for at most most values.
func (o *Object) listOf(name string, most int) ([]json.RawMessage, bool) {
	if o.Null(name) {
		return nil, false
	}
	var raws []json.RawMessage
	if json.Unmarshal(o.members[name], &raws) != nil {
		o.fail(geo.Invalid(name, "a list is needed, not %s", describe(o.members[name])))
		return nil, false
	}
	if len(raws) > most {
		o.fail(geo.Invalid(name, "%d values are too many: at most %d", len(raws), most))
		return nil, false
	}
	return raws, true
}

// OptionalTexts returns a list of texts, "" for null; nil when the member is missing or null.
func (o *Object) OptionalTexts(name string) []string {
	raws, ok := o.list(name)
	if !ok {
		return nil
	}
	texts := make([]string, len(raws))
	for i, raw := range raws {
		if json.Unmarshal(raw, &texts[i]) != nil {
			o.fail(geo.Invalid(name, "a list of texts is needed; one of them is %s", describe(raw)))
		}
	}
	return texts
}
