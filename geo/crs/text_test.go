package crs_test

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/crs"
)

// TestRead: what people paste, and what it is understood as. All of it is one place in Hangzhou, to some metres.
func TestRead(t *testing.T) {
	const lon, lat = 120.1551, 30.2741
	for _, tc := range []struct {
		text, system string
		want         crs.System
		notation     crs.Notation
		told         bool
	}{
		{"120.1551,30.2741", "", crs.WGS84, crs.Decimal, false},
		{"30.2741, 120.1551", "", crs.WGS84, crs.Decimal, false},
		{" (120.1551 30.2741) ", "EPSG:4490", crs.WGS84, crs.Decimal, true},
		{"１２０．１５５１，３０．２７４１", "", crs.WGS84, crs.Decimal, false},
		{"东经120.1551°，北纬30.2741°", "", crs.WGS84, crs.Decimal, false},
		{"N30.2741 E120.1551", "", crs.WGS84, crs.Decimal, false},
		{"30.2741N120.1551E", "", crs.WGS84, crs.Decimal, false},
		{"经度：120.1551 纬度：30.2741", "", crs.WGS84, crs.Decimal, false},
		{"纬度=30.2741;经度=120.1551", "", crs.WGS84, crs.Decimal, false},
		{"lat: 30.2741, lng: 120.1551", "", crs.WGS84, crs.Decimal, false},
		{"东经120度9分18.36秒 北纬30度16分26.76秒", "", crs.WGS84, crs.Sexa, false},
		{"120°09′18.36″E 30°16′26.76″N", "", crs.WGS84, crs.Sexa, false},
		{`30°16'26.76"N, 120°9'18.36"E`, "", crs.WGS84, crs.Sexa, false},
		{"120°9.306' 30°16.446'", "", crs.WGS84, crs.Sexa, false},
		{"120 09 18.36 30 16 26.76", "", crs.WGS84, crs.Sexa, false},
		{"120.1598,30.2717", "gcj02", crs.GCJ02, crs.Decimal, true},
		{"514923.734, 3350508.870", "EPSG:4549", 4549, crs.Plane, true},
		{"3350508.870 514923.734", "EPSG:4549", 4549, crs.Plane, true},
		{"40514923.734,3350508.870", "", 4528, crs.Plane, true},
		{"3350508.870, 40514923.734", "", 4528, crs.Plane, true},
		{"N51H055926", "", crs.WGS84, crs.Notation(""), true}, // refused: half a level
		{"geo:30.2741,120.1551;u=35", "", crs.WGS84, crs.GeoScheme, true},
		{"geo:30.2741,120.1551?z=15", "", crs.WGS84, crs.GeoScheme, true},
		{"https://uri.amap.com/marker?position=120.1598,30.2717&name=x", "", crs.GCJ02, crs.Shared, true},
		{"https://www.amap.com/?q=30.2717,120.1598", "", crs.GCJ02, crs.Shared, true},
		{"https://uri.amap.com/marker?position=120.1551,30.2741&coordinate=wgs84", "", crs.WGS84, crs.Shared, true},
		{"https://ditu.amap.com/regeo?lng=120.1598&lat=30.2717", "", crs.GCJ02, crs.Shared, true},
		{"https://www.amap.com/?p=B0FFF,30.2717,120.1598,某处", "", crs.GCJ02, crs.Shared, true},
		{"https://api.map.baidu.com/marker?location=30.2775,120.1663&title=x", "", crs.BD09, crs.Shared, true},
		{"https://api.map.baidu.com/marker?location=30.2717,120.1598&coord_type=gcj02", "", crs.GCJ02, crs.Shared, true},
		{"https://apis.map.qq.com/uri/v1/marker?marker=coord:30.2717,120.1598;title:某处;addr:x", "", crs.GCJ02, crs.Shared, true},
		{"https://map.qq.com/?type=marker&pointx=120.1598&pointy=30.2717", "", crs.GCJ02, crs.Shared, true},
		{"https://uri.amap.com/navigation?to=120.1598,30.2717,endpoint&mode=car", "", crs.GCJ02, crs.Shared, true},
		{"https://uri.amap.com/navigation?from=116.478,39.997,start&to=120.1598,30.2717,end&via=116.4,39.9,mid&mode=car&coordinate=gaode&callnative=0", "", crs.GCJ02, crs.Shared, true},
		{"https://uri.amap.com/navigation?to=120.1551%2C30.2741%2C%E6%9F%90%E5%A4%84&coordinate=wgs84", "", crs.WGS84, crs.Shared, true},
		{"https://uri.amap.com/search?keyword=a&center=120.1598,30.2717&city=330100", "", crs.GCJ02, crs.Shared, true},
		{"https://uri.amap.com/nearby?service=food&location=120.1598,30.2717", "", crs.GCJ02, crs.Shared, true},
		{"https://m.amap.com/navi/?start=&dest=120.1598,30.2717&destName=x", "", crs.GCJ02, crs.Shared, true},
		{"https://ditu.amap.com/dir?type=car&from[lnglat]=116.4,39.9&to[lnglat]=120.1598,30.2717&to[name]=x", "", crs.GCJ02, crs.Shared, true},
		{"androidamap://viewMap?sourceApplication=a&poiname=x&lat=30.2717&lon=120.1598&dev=0", "", crs.GCJ02, crs.Shared, true},
		{"iosamap://path?sourceApplication=a&dlat=30.2741&dlon=120.1551&dev=1&t=0", "", crs.WGS84, crs.Shared, true},
		{"amapuri://route/plan/?slat=39.9&slon=116.4&dlat=30.2717&dlon=120.1598&dev=0", "", crs.GCJ02, crs.Shared, true},
		{"https://api.map.baidu.com/marker?location=30.2741,120.1551&coord_type=wgs84&output=html", "", crs.WGS84, crs.Shared, true},
		{"https://api.map.baidu.com/marker?location=30.2775,120.1663&coord_type=bd09ll", "", crs.BD09, crs.Shared, true},
		{"https://api.map.baidu.com/direction?origin=latlng:39.9,116.4|name:a&destination=latlng:30.2775,120.1663|name:b&mode=driving", "", crs.BD09, crs.Shared, true},
		{"baidumap://map/direction?destination=name:b|latlng:30.2717,120.1598&coord_type=gcj02", "", crs.GCJ02, crs.Shared, true},
		{"bdapp://map/marker?location=30.2775,120.1663&title=x", "", crs.BD09, crs.Shared, true},
		{"https://map.baidu.com/?latlng=30.2775,120.1663&title=x", "", crs.BD09, crs.Shared, true},
		{"https://apis.map.qq.com/uri/v1/routeplan?type=drive&from=a&fromcoord=39.9,116.4&to=b&tocoord=30.2717,120.1598&referer=x", "", crs.GCJ02, crs.Shared, true},
		{"https://apis.map.qq.com/uri/v1/geocoder?coord=30.2717,120.1598&referer=x", "", crs.GCJ02, crs.Shared, true},
		{"https://apis.map.qq.com/uri/v1/geocoder?coord=30.2741,120.1551&coord_type=1", "", crs.WGS84, crs.Shared, true},
		{"https://apis.map.qq.com/uri/v1/search?keyword=a&center=30.2717,120.1598&radius=1000", "", crs.GCJ02, crs.Shared, true},
		{"qqmap://map/routeplan?type=drive&to=x&tocoord=30.2717,120.1598", "", crs.GCJ02, crs.Shared, true},
		{"lng=120.1551&lat=30.2741", "", crs.WGS84, crs.Decimal, false},
		{"?lat=30.2717&lng=120.1598", "gcj02", crs.GCJ02, crs.Decimal, true},
		{"+30.2741+120.1551/", "", crs.WGS84, crs.Decimal, false},
		{"+30.2741+120.1551", "", crs.WGS84, crs.Decimal, false},
		{"+30.2741+120.1551+8.5CRSWGS_84/", "", crs.WGS84, crs.Decimal, true},
		{"+30.2717+120.1598/", "gcj02", crs.GCJ02, crs.Decimal, true},
		{"+3016.446+12009.306/", "", crs.WGS84, crs.Sexa, false},
		{"+301626.76+1200918.36/", "", crs.WGS84, crs.Sexa, false},
	} {
		found, err := crs.Read(tc.text, tc.system)
		if tc.notation == "" {
			if err == nil {
				t.Errorf("%q: %+v", tc.text, found)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tc.text, err)
			continue
		}
		r := found[0]
		if r.System != tc.want || r.Notation != tc.notation || r.Told != tc.told || math.Abs(r.Lon-lon) > 2e-4 || math.Abs(r.Lat-lat) > 2e-4 {
			t.Errorf("%q: %+v", tc.text, r)
		}
	}
}

// TestReadSeveral: Baidu's metres of the east are an easting of the far west with the number of a zone.
func TestReadSeveral(t *testing.T) {
	found, err := crs.Read("13377000,3516000", "")
	if err != nil || len(found) != 2 || found[0].System != crs.BD09MC || found[1].System != 4491 {
		t.Errorf("%+v, %v", found, err)
	}
	found, err = crs.Read("https://map.baidu.com/@13375814.5,3517298.2,13z", "")
	if err != nil || len(found) != 1 || found[0].System != crs.BD09MC || math.Abs(found[0].Lon-120.14) > 0.02 {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestReadGridCode(t *testing.T) {
	p, err := geo.NewPosition(120.1551, 30.2741)
	if err != nil {
		t.Fatal(err)
	}
	for level, within := range map[int]float64{5: 2e-3, 7: 1e-4, 10: 1e-6} {
		found, err := crs.Read(strings.ToLower(crs.BeiDou(p, level)), "")
		if err != nil || found[0].Notation != crs.GridCode || math.Abs(found[0].Lon-120.1551) > within || found[0].Size > within {
			t.Errorf("level %d: %+v, %v", level, found, err)
		}
	}
}

// TestReadNotations: the same place in Hangzhou in each notation of programs and surveyors, with what was understood of it.
func TestReadNotations(t *testing.T) {
	const lon, lat = 120.1551, 30.2741
	type reading struct {
		system            crs.System
		notation          crs.Notation
		told, yx, ordered bool
	}
	wkt, object, dms := crs.WellKnown, crs.JSON, crs.Sexa
	for _, tc := range []struct {
		text, system string
		want         reading
	}{
		{"POINT(120.1551 30.2741)", "", reading{0, wkt, false, false, true}},
		{"point ( 120.1551  30.2741 )", "", reading{0, wkt, false, false, true}},
		{"POINT Z (120.1551 30.2741 5.5)", "", reading{0, wkt, false, false, true}},
		{"POINTZM(120.1551 30.2741 5.5 1)", "", reading{0, wkt, false, false, true}},
		{"POINT(1.201551e2, 3.02741E+1)", "", reading{0, wkt, false, false, true}},
		{"POINT（120.1598 30.2717）", "gcj02", reading{crs.GCJ02, wkt, true, false, true}},
		{"SRID=4490;POINT(120.1551 30.2741)", "", reading{0, wkt, true, false, true}},
		{"SRID=4490;POINT(120.1551 30.2741)", "EPSG:4326", reading{0, wkt, true, false, true}},
		{"SRID=0;POINT(120.1551 30.2741)", "", reading{0, wkt, false, false, true}},
		{"SRID=4549; POINT M (514923.734 3350508.870 7)", "", reading{4549, wkt, true, false, true}},
		{"POINT(514923.734 3350508.870)", "EPSG:4549", reading{4549, wkt, true, false, true}},
		{"POINT(40514923.734 3350508.870)", "", reading{4528, wkt, true, false, true}},

		{`{"lng":120.1551,"lat":30.2741}`, "", reading{0, object, false, false, true}},
		{`{"Latitude": "30.2741", "Longitude": "120.1551", "accuracy": 5}`, "", reading{0, object, false, false, true}},
		{`{"经度":120.1551,"纬度":30.2741}`, "", reading{0, object, false, false, true}},
		{`{“lon”：120.1598，“lat”：30.2717}`, "gcj02", reading{crs.GCJ02, object, true, false, true}},
		{`{"type":"gcj02","longitude":120.1598,"latitude":30.2717}`, "", reading{crs.GCJ02, object, true, false, true}},
		{`{"lng":120.1598,"lat":30.2717,"coord_type":"gcj02"}`, "gcj02", reading{crs.GCJ02, object, true, false, true}},
		{`[120.1551,30.2741]`, "", reading{0, object, false, false, true}},
		{`[30.2741, 120.1551]`, "", reading{0, object, false, true, true}},
		{`[120.1551,30.2741,12.5]`, "", reading{0, object, false, false, true}},
		{`{"type":"Point","coordinates":[120.1551,30.2741]}`, "", reading{0, object, false, false, true}},
		{`{"type":"Feature","properties":{"name":"x"},"geometry":{"type":"Point","coordinates":[120.1551,30.2741,3]}}`, "", reading{0, object, false, false, true}},
		{`{"type":"Point","coordinates":[514923.734,3350508.870],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4549"}}}`, "", reading{4549, object, true, false, true}},
		{`{"type":"Feature","crs":"EPSG:4549","geometry":{"type":"Point","coordinates":[514923.734,3350508.870]}}`, "", reading{4549, object, true, false, true}},
		{`{"x":120.1551,"y":30.2741,"spatialReference":{"wkid":4490}}`, "", reading{0, object, true, false, true}},
		{`{"X":3350508.870,"Y":514923.734}`, "EPSG:4549", reading{4549, object, true, true, true}},
		{`{lng:120.1551,lat:30.2741}`, "", reading{0, crs.Decimal, false, false, true}},

		{"120:09:18.36 30:16:26.76", "", reading{0, dms, false, false, true}},
		{"30:16:26.76N, 120:09:18.36E", "", reading{0, dms, false, true, true}},
		{"纬度：30：16.446 经度：120：09.306", "", reading{0, dms, false, true, true}},
		{"30 16 26.76 N 120 9 18.36 E", "", reading{0, dms, false, true, true}},
		{"N 30 16 26.76 E 120 9 18.36", "", reading{0, dms, false, true, true}},
		{"n30 16 26.76, e120 9 18.36", "", reading{0, dms, false, true, true}},
		{"30 16.446 N, 120 9.306 E", "", reading{0, dms, false, true, true}},
		{"30 16.446, 120 9.306", "", reading{0, dms, false, true, true}},
		{"120 9 18.36 E; 30 16.446 N", "", reading{0, dms, false, false, true}},
		{"120 09 18.36, 30 16 26.76", "", reading{0, dms, false, false, true}},

		{"X=3350508.870 Y=514923.734", "EPSG:4549", reading{4549, crs.Plane, true, true, true}},
		{"Y=514923.734，X=3350508.870", "EPSG:4549", reading{4549, crs.Plane, true, false, true}},
		{"X: 514923.734, Y: 3350508.870", "EPSG:4549", reading{4549, crs.Plane, true, false, true}},
		{"X坐标：3350508.870 Y坐标：40514923.734", "", reading{4528, crs.Plane, true, true, true}},
		{"纵坐标3350508.870 横坐标514923.734", "EPSG:4549", reading{4549, crs.Plane, true, true, true}},
		{"北坐标 3350508.870；东坐标 514923.734", "EPSG:4549", reading{4549, crs.Plane, true, true, true}},
		{"N 3350508.870 E 514923.734", "EPSG:4549", reading{4549, crs.Plane, true, true, true}},
		{"X=120.1551 Y=30.2741", "", reading{0, crs.Decimal, false, false, true}},
		{"X=30.2741 Y=120.1551", "", reading{0, crs.Decimal, false, true, true}},
		{"坐标：120.1551,30.2741", "", reading{0, crs.Decimal, false, false, true}},
		{"geo:30.2741,120.1551", "EPSG:4490", reading{0, crs.GeoScheme, true, true, true}},
		{"https://www.amap.com/?q=30.2717,120.1598", "gcj02", reading{crs.GCJ02, crs.Shared, true, false, true}},
	} {
		found, err := crs.Read(tc.text, tc.system)
		if err != nil || len(found) != 1 {
			t.Errorf("%s: %+v, %v", tc.text, found, err)
			continue
		}
		r := found[0]
		got := reading{r.System, r.Notation, r.Told, r.Reversed, r.Ordered}
		if got != tc.want || math.Abs(r.Lon-lon) > 8e-5 || math.Abs(r.Lat-lat) > 8e-5 {
			t.Errorf("%s: %+v, want %+v", tc.text, r, tc.want)
		}
	}
}

// TestReadBothOrders: numbers that make sense in either order are read in both, the likelier first.
func TestReadBothOrders(t *testing.T) {
	for _, tc := range []struct {
		text, system string
		x, y         float64 // of the first
		reversed     bool
	}{
		{"40.7,-73.98", "", -73.98, 40.7, true}, // nobody lives at 74°S
		{"-73.98 40.7", "", -73.98, 40.7, false},
		{"2.35, 48.86", "", 2.35, 48.86, false},
		{"43.8, 87.6", "", 87.6, 43.8, true}, // Ürümqi
		{"87.6, 43.8", "", 87.6, 43.8, false},
		{"87°36′ 43°48′", "gcj02", 87.6, 43.8, false},
		{"X=40.7 Y=50.1", "", 40.7, 50.1, false},
		{"Y=50.1 X=40.7", "", 40.7, 50.1, true},
		{`{"x":40.7,"y":50.1}`, "", 40.7, 50.1, false},
		{"500123 600456", "EPSG:4549", 500123, 600456, false},
		{"X=500123 Y=600456", "EPSG:4549", 600456, 500123, true},
		{"Y=500123 X=600456", "EPSG:4549", 500123, 600456, false},
	} {
		found, err := crs.Read(tc.text, tc.system)
		if err != nil || len(found) != 2 {
			t.Errorf("%s: %+v, %v", tc.text, found, err)
			continue
		}
		first, other := found[0], found[1]
		if math.Abs(first.X-tc.x) > 1e-9 || math.Abs(first.Y-tc.y) > 1e-9 || first.Reversed != tc.reversed || other.X != first.Y || other.Y != first.X || other.Reversed == first.Reversed || first.Ordered || other.Ordered {
			t.Errorf("%s: %+v", tc.text, found)
		}
	}
	if found, err := crs.Read("30, 30", ""); err != nil || len(found) != 1 || !found[0].Ordered {
		t.Errorf("one place in both orders: %+v, %v", found, err)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tc := range []struct{ text, system, field string }{
		{"", "", "q"},
		{"人民路120号30幢", "", "q"},
		{"0571-87654321", "", "q"},
		{"+86-138", "", "q"},
		{"+8657-0571/", "", "q"},
		{"+3061+12009/", "", "q"},
		{"+30.1+120.1CRSmoon/", "", "q"},
		{"+30.1+120.1CRSWGS_84/", "gcj02", "crs"},
		{"https://uri.amap.com/navigation?from=120.1598,30.2717,x&mode=car", "", "q"},
		{"https://uri.amap.com/navigation?to=30.2717,120.1598,x", "", "q"},
		{"androidamap://viewMap?poiname=x", "", "q"},
		{"qqmap://map/search?keyword=x", "", "q"},
		{"120.1551", "", "q"},
		{"120.1551,30.2741,5", "", "q"},
		{"120.1551 30.2741 人民路", "", "q"},
		{"E120 E30", "", "q"},
		{"120°61'0\" 30°0'0\"", "", "q"},
		{"120.5°30' 30°", "", "q"},
		{"190,95", "", "q"},
		{"W-120 N30", "", "q"},
		{"514923,3350508", "", "crs"},
		{"514923,3350508", "EPSG:4610", "crs"},
		{"514923,3350508", "gcj02", "crs"},
		{"40512345.6, 3351234.5", "EPSG:4549", "crs"},
		{"512345.6,3351234.5", "EPSG:4528", "crs"},
		{"512345.6,13351234.5", "EPSG:4549", "crs"},
		{"120.1551,30.2741", "EPSG:4549", "crs"},
		{"120.1551,30.2741", "北京54", "crs"},
		{"https://surl.amap.com/4abc", "", "q"},
		{"https://j.map.baidu.com/ab/cd", "", "q"},
		{"https://example.org/?q=30,120", "", "q"},
		{"geo:30", "", "q"},
		{"geo:0x1Ep0,120", "", "q"},
		{"geo:30,120", "gcj02", "crs"},
		{"https://www.amap.com/?q=30.2717,120.1598", "bd09", "crs"},
		{"https://uri.amap.com/marker?position=120.1598,30.2717", "EPSG:4326", "crs"},
		{"N51H0429646312401017", "gcj02", "crs"},
		{"SRID=4490;POINT(120.1551 30.2741)", "gcj02", "crs"},
		{"SRID=4549;POINT(514923.734 3350508.870)", "EPSG:4547", "crs"},
		{"SRID=4214;POINT(120.1551 30.2741)", "", "q"},
		{"POINT(30.2741 120.1551)", "", "q"},
		{"POINT(120.1551)", "", "q"},
		{"POINT EMPTY", "", "q"},
		{"LINESTRING(120 30, 121 31)", "", "q"},
		{"MULTIPOINT(120 30)", "", "q"},
		{`{"type":"Point","coordinates":[30.2741,120.1551]}`, "", "q"},
		{`{"type":"Point","coordinates":[120.1551]}`, "", "q"},
		{`{"type":"Point","coordinates":[null,30]}`, "", "q"},
		{`{"type":"Point"}`, "", "q"},
		{`{"type":"LineString","coordinates":[[120,30],[121,31]]}`, "", "q"},
		{`{"type":"Feature","geometry":null}`, "", "q"},
		{`{"lng":120.1551}`, "", "q"},
		{`{"lng":"0x78","lat":30}`, "", "q"},
		{`{"lng":120.1551,"lat":30.2741,"crs":"mars"}`, "", "q"},
		{`{"lng":120.1551,"lat":30.2741,"crs":"gcj02"}`, "bd09", "crs"},
		{`{"x":120.1551,"y":30.2741,"spatialReference":{"wkid":102100}}`, "", "q"},
		{`[120.1551,30.2741`, "EPSG:4549", "crs"},
		{`[120.1551,30.2741,1,2]`, "", "q"},
		{`["a",30]`, "", "q"},
		{"30 61 27 N 120 9 18 E", "", "q"},
		{"30 16 27 N 120 9 18 S", "", "q"},
		{"120:09:61 30:16:27", "", "q"},
		{"1 2 3 4", "", "q"},
		{"1, 2, 3, 4", "", "q"},
		{"X=1 X=2", "", "q"},
		{"E 514923 E 3350508", "EPSG:4549", "q"},
		{"geo:30,120;crs=moon", "", "q"},
		{strings.Repeat("1", 3000), "", "q"},
		{strings.Repeat("9", 400) + "," + strings.Repeat("9", 400), "EPSG:4549", "crs"},
		{strings.Repeat("9", 400) + "," + strings.Repeat("9", 400), "bd09mc", "q"},
	} {
		found, err := crs.Read(tc.text, tc.system)
		var fault *geo.Error
		if !errors.Is(err, geo.ErrInvalid) || !errors.As(err, &fault) || fault.Field != tc.field {
			t.Errorf("%.40q in %q: %+v, %v", tc.text, tc.system, found, err)
		}
	}
}

// TestReadWhatIsWritten: a place that is written in any way is read again.
func TestReadWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon, lat := rapid.Float64Range(73.6, 135).Draw(t, "lon"), rapid.Float64Range(3.9, 53.5).Draw(t, "lat")
		system := rapid.SampledFrom([]crs.System{crs.WGS84, crs.GCJ02, crs.BD09, crs.BD09MC, 4549, 4528}).Draw(t, "system")
		if system > crs.BD09MC { // a zone is not good for the rest of the country, nor its northings below a million
			lon, lat = 117+(lon-73.6)/11, max(lat, 10)
		}
		x, y := system.FromWGS84(lon, lat)
		text := written(x, y, rapid.Bool().Draw(t, "turned"))
		found, err := crs.Read(text, system.String())
		if err != nil || math.Abs(found[0].Lon-lon) > 1e-7 || math.Abs(found[0].Lat-lat) > 1e-7 {
			t.Fatalf("%q in %v: %+v, %v; want %f, %f", text, system, found, err, lon, lat)
		}
	})
}

// written writes two numbers to a tenth of a millimetre, or of its like in degrees.
func written(x, y float64, turned bool) string {
	if turned {
		x, y = y, x
	}
	return strconv.FormatFloat(x, 'f', 9, 64) + ", " + strconv.FormatFloat(y, 'f', 9, 64)
}

// FuzzRead: whatever is pasted is a fault that names its field, or places in the world, in the system that was asked about; and
// the order of the numbers is certain just when there is no other. The system is a number, so that texts are what is varied.
func FuzzRead(f *testing.F) {
	systems := []string{"", "EPSG:4326", "gcj02", "bd09", "bd09mc", "EPSG:4549", "EPSG:4528", "EPSG:4491", "EPSG:4610", "mars"}
	for _, text := range []string{"120.1551,30.2741", "东经120°9′18″ 北纬30°16′27″", "N51H055926A", "geo:30,120;u=3", "40514923.734,3350508.870",
		"https://map.baidu.com/@13375814.5,3517298.2,13z", "https://apis.map.qq.com/uri/v1/marker?marker=coord:30,120;t:x", "120 09 18 30 16 27",
		"SRID=4490;POINT Z (120.1 30.2 5)", `{"lng":120.1,"lat":"30.2"}`, "[120.1,30.2]", `{"type":"Feature","geometry":{"type":"Point","coordinates":[120.1,30.2]}}`,
		`{"x":1,"y":2,"spatialReference":{"wkid":4549}}`, "120:09:18 30:16:27", "30 16 27 N 120 9 18 E", "30 16.45 N, 120 9.3 E", "X=3350508.870 Y=40514923.734", "40.7,-73.98",
		"https://uri.amap.com/navigation?to=120.1,30.2,x&coordinate=wgs84", "androidamap://viewMap?lat=30.2&lon=120.1&dev=1", "baidumap://map/direction?destination=latlng:30,120|name:x&coord_type=gcj02",
		"https://apis.map.qq.com/uri/v1/routeplan?tocoord=30.2,120.1", "lng=120.15&lat=30.25", "+30.25+120.15/", "+301500-1200900+8CRSWGS_84/"} {
		f.Add(text, byte(0))
	}
	f.Add("514923.7 3350508.8", byte(5))
	f.Fuzz(func(t *testing.T, text string, asked byte) {
		system := systems[int(asked)%len(systems)]
		found, err := crs.Read(text, system)
		if err != nil {
			if !errors.Is(err, geo.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if len(found) == 0 {
			t.Fatal("neither a reading nor an error")
		}
		for _, r := range found {
			if _, err := geo.NewPosition(r.Lon, r.Lat); err != nil || r.Notation == "" {
				t.Fatalf("%+v: %v", r, err)
			}
			if asked, err := crs.Parse("crs", system); system != "" && (err != nil || r.System != asked || !r.Told) {
				t.Fatalf("%+v is not in %q", r, system)
			}
			if r.Ordered != (r.Reversed == found[0].Reversed && found[len(found)-1].Reversed == found[0].Reversed) {
				t.Fatalf("an order that is certain and has an alternative, or neither: %+v", found)
			}
		}
	})
}
