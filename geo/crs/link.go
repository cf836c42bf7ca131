package crs

import (
	"net/url"
	"slices"
	"strings"

	"jingwei/geo"
)

// geoURI reads geo:LAT,LON[,ALTITUDE][;PARAMETERS] (RFC 5870 §3.3).
func geoURI(text string) ([]Reading, error) {
	place, parameters, _ := strings.Cut(text[len("geo:"):], ";")
	place, _, _ = strings.Cut(place, "?") // as Android writes it
	for p := range strings.SplitSeq(parameters, ";") {
		if name, value, _ := strings.Cut(strings.ToLower(p), "="); name == "crs" && value != "wgs84" {
			return nil, geo.Invalid("q", "the system %q of a geo: URI is not known", value)
		}
	}
	lat, lon, ok := pair(place)
	if !ok {
		return nil, notRead()
	}
	return []Reading{{Told: true, Notation: GeoScheme, X: lon, Y: lat, Reversed: true, Ordered: true}}, nil
}

// pair reads two numbers with a comma between them; what follows a second comma does not matter.
func pair(text string) (a, b float64, ok bool) {
	parts := strings.Split(text, ",")
	if len(parts) < 2 {
		return 0, 0, false
	}
	a, ok1 := geo.ParseDecimal(strings.TrimSpace(parts[0]))
	b, ok2 := geo.ParseDecimal(strings.TrimSpace(parts[1]))
	return a, b, ok1 && ok2
}

// link reads a link of a map service that holds the coordinate. Short links hold none, and Jingwei asks no foreign server.
func link(text string) ([]Reading, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, geo.Invalid("q", "the link cannot be read")
	}
	u.RawQuery = strings.ReplaceAll(u.RawQuery, ";", "%3B") // Tencent's stand inside of a value
	host, scheme := strings.ToLower(u.Hostname()), strings.ToLower(u.Scheme)
	of := func(domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }
	app := func(schemes ...string) bool { return slices.Contains(schemes, scheme) }
	switch {
	case of("amap.com") || of("gaode.com"):
		return shared(host, amap(u.Query()))
	case app("androidamap", "iosamap", "amapuri"):
		return shared(scheme, amapApp(u.Query()))
	case of("map.baidu.com") || of("baidu.com") && strings.Contains(host, "map"):
		return shared(host, baidu(u))
	case app("baidumap", "bdapp"):
		return shared(scheme, baidu(u))
	case of("map.qq.com"):
		return shared(host, tencent(u.Query()))
	case app("qqmap"):
		return shared(scheme, tencent(u.Query()))
	}
	return nil, geo.Invalid("q", "links of %s are not read: paste the coordinate, or a link from AMap, Baidu or Tencent", host)
}

// shared refuses the link of a host or an app when nothing was found in it.
func shared(host string, r Reading) ([]Reading, error) {
	if r.Notation == "" {
		return nil, geo.Invalid("q", "the link of %s holds no coordinate that is known here, and short links hold none: open it and paste the coordinate that is shown", host)
	}
	r.Ordered = true
	return []Reading{r}, nil
}

// amap reads links of the web: uri.amap.com/marker?position=LON,LAT, /navigation?to=LON,LAT,NAME (where one goes to, not from) and
// center= and location= of searches, m.amap.com/navi/?dest=LON,LAT, www.amap.com/?q=LAT,LON and /dir?to[lnglat]=LON,LAT, and lng=
// with lat=. Its coordinate=wgs84 (or gaode) says the system.
func amap(q url.Values) Reading {
	r := Reading{System: GCJ02, Told: true, Notation: Shared}
	if q.Get("coordinate") == "wgs84" {
		r.System = WGS84
	}
	var ok bool
	for _, name := range []string{"position", "lnglat", "to", "to[lnglat]", "dest", "location", "center"} {
		if r.X, r.Y, ok = pair(q.Get(name)); ok {
			return r
		}
	}
	for _, name := range []string{"q", "p"} { // p=ID,LAT,LON,NAME
		value := q.Get(name)
		if name == "p" {
			_, value, _ = strings.Cut(value, ",")
		}
		if r.Y, r.X, ok = pair(value); ok {
			return r
		}
	}
	if r.X, r.Y, ok = pair(q.Get("lng") + "," + q.Get("lat")); ok {
		return r
	}
	return Reading{}
}

// amapApp reads links that open the app: androidamap://viewMap?lat=&lon=&dev=0, and dlat= with dlon= of a route. dev=1 says that the
// coordinate is not of GCJ-02 yet.
func amapApp(q url.Values) Reading {
	r := Reading{System: GCJ02, Told: true, Notation: Shared}
	if q.Get("dev") == "1" {
		r.System = WGS84
	}
	var ok bool
	for _, names := range [][2]string{{"lon", "lat"}, {"dlon", "dlat"}} {
		if r.X, r.Y, ok = pair(q.Get(names[0]) + "," + q.Get(names[1])); ok {
			return r
		}
	}
	return Reading{}
}

// baidu reads map.baidu.com/@X,Y,ZOOMz, whose numbers are metres, and location=LAT,LON, center= and latlng=, and the destination= of a
// route, of the web and of the app, with coord_type, which is bd09ll when nothing is said.
func baidu(u *url.URL) Reading {
	if _, place, ok := strings.Cut(u.Path, "@"); ok {
		if x, y, ok := pair(place); ok {
			return Reading{System: BD09MC, Told: true, Notation: Shared, X: x, Y: y}
		}
	}
	q := u.Query()
	for _, name := range []string{"location", "latlng", "destination", "center"} {
		a, b, ok := labelled(q.Get(name), "latlng", "|")
		if !ok {
			continue
		}
		r := Reading{System: BD09, Told: true, Notation: Shared, X: b, Y: a}
		switch strings.ToLower(q.Get("coord_type")) {
		case "gcj02":
			r.System = GCJ02
		case "wgs84":
			r.System = WGS84
		case "bd09mc":
			r.System = BD09MC
		}
		return r
	}
	return Reading{}
}

// labelled reads two numbers that stand alone or behind a label among other parts: latlng:LAT,LON|name:NAME.
func labelled(text, label, between string) (a, b float64, ok bool) {
	if a, b, ok = pair(text); ok {
		return a, b, true
	}
	for part := range strings.SplitSeq(text, between) {
		if name, value, _ := strings.Cut(part, ":"); name == label {
			if a, b, ok = pair(value); ok {
				return a, b, true
			}
		}
	}
	return 0, 0, false
}

// tencent reads marker=coord:LAT,LON;…, the tocoord=LAT,LON of a route, coord= of a place, which is WGS 84 with coord_type=1, and
// center=, of the web and of the app, and pointx= with pointy=.
func tencent(q url.Values) Reading {
	r := Reading{System: GCJ02, Told: true, Notation: Shared}
	var ok bool
	if r.Y, r.X, ok = labelled(q.Get("marker"), "coord", ";"); ok {
		return r
	}
	for _, name := range []string{"tocoord", "coord", "center"} {
		if r.Y, r.X, ok = pair(q.Get(name)); ok {
			if name == "coord" && q.Get("coord_type") == "1" {
				r.System = WGS84
			}
			return r
		}
	}
	if r.X, r.Y, ok = pair(q.Get("pointx") + "," + q.Get("pointy")); ok {
		return r
	}
	return Reading{}
}
