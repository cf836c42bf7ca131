package crs

import (
	"regexp"
	"strings"
)

// iso6709 reads latitude and longitude as ISO 6709 writes them for programs (annex H), with signs, all digits, and a solidus at the
// end: +30.25+120.15/, +3015.0+12009.0/, +301500+1200900+8CRSWGS_84/. Without the solidus both must have decimals: telephone numbers
// have signs, too. ok tells that the text is of that form, whether or not it can be read.
func iso6709(text string) (n numbers, ok bool, err error) {
	const latitude, longitude = `([-+]\d\d)(\d\d)?(\d\d)?(\.\d+)?`, `([-+]\d{3})(\d\d)?(\d\d)?(\.\d+)?`
	m := regexp.MustCompile(`^` + latitude + longitude + `(?:[-+]\d+(?:\.\d+)?)?(?:CRS([^/]*))?(/?)$`).FindStringSubmatch(text)
	if m == nil || m[10] == "" && (m[4] == "" || m[8] == "") {
		return n, false, nil
	}
	if n.a, err = packed(m[1:5], 'N'); err != nil {
		return n, true, err
	}
	if n.b, err = packed(m[5:9], 'E'); err != nil {
		return n, true, err
	}
	switch system := m[9]; {
	case system == "":
	case strings.EqualFold(system, "WGS_84"):
		n.system, n.named = WGS84, true
	default:
		n.system, err = Parse("q", system)
		n.named = true
	}
	return n, true, err
}

// packed reads degrees, minutes and seconds, of which the last that is there may have decimals.
func packed(parts []string, side byte) (angle, error) {
	degrees, minutes, seconds, decimals := parts[0], parts[1], parts[2], parts[3]
	switch {
	case seconds != "":
		seconds += decimals
	case minutes != "":
		minutes += decimals
	default:
		degrees += decimals
	}
	a := angle{side: side}
	err := a.set(degrees, minutes, seconds)
	return a, err
}
