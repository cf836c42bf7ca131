package crs

import (
	"regexp"
	"strings"

	"jingwei/geo"
)

// wellKnown reads SRID=4490;POINT Z (X Y Z), where X is the longitude or the easting (OGC 06-103r4 §7.2, and SRID as PostGIS writes
// it). ok tells that the text is a POINT, whether or not it can be read.
func wellKnown(text string) (n numbers, ok bool, err error) {
	if !strings.Contains(strings.ToUpper(text), "POINT") {
		return n, false, nil
	}
	const coordinate = `([-+]?\d*\.?\d+(?:E[-+]?\d+)?)`
	head := regexp.MustCompile(`(?i)^(?:SRID\s*=\s*(\d{1,9})\s*;\s*)?POINT`).FindStringSubmatch(text)
	if head == nil {
		return n, false, nil
	}
	body := regexp.MustCompile(`(?i)^\s*(?:ZM|Z|M)?\s*\(\s*` + coordinate + `[\s,]+` + coordinate + `(?:[\s,]+` + coordinate + `){0,2}\s*\)\s*;?$`).FindStringSubmatch(text[len(head[0]):])
	if body == nil {
		return n, true, geo.Invalid("q", "a point is written as POINT(120.15 30.27), with the longitude or easting first")
	}
	n.notation = WellKnown
	if n.named = head[1] != "" && head[1] != "0"; n.named { // 0 is none
		if n.system, err = Parse("q", "EPSG:"+head[1]); err != nil {
			return n, true, err
		}
	}
	x, ok1 := geo.ParseDecimal(body[1])
	y, ok2 := geo.ParseDecimal(body[2])
	if !ok1 || !ok2 {
		return n, true, notRead()
	}
	n.a, n.b = angle{value: x, side: 'E'}, angle{value: y, side: 'N'}
	return n, true, nil
}
