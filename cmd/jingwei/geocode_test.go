package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	main "jingwei/cmd/jingwei"
)

// addressServer is a node on the sample.
type addressServer struct{ main.Node }

// find asks for the places of an address.
func (s addressServer) find(t *testing.T, address string) (found []foundAddress) {
	t.Helper()
	var list struct{ Items []foundAddress }
	s.get(t, "/api/geocode?q="+url.QueryEscape(address), &list)
	return list.Items
}

type foundAddress struct {
	Address   string
	Divisions []struct{ Code string }
	Location  [2]float64
	AccuracyM float64 `json:"accuracy_m"`
	Certain   int     `json:"certain_level"`
	Warnings  []struct {
		Kind      string
		Divisions []struct{ Code string }
	}
}

func (f foundAddress) code() string { return f.Divisions[len(f.Divisions)-1].Code }

func (s addressServer) get(t *testing.T, path string, into any) {
	t.Helper()
	response, err := http.Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %s %v", path, response.StatusCode, body, err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatal(err)
	}
}

// TestAddressesOfTheSample holds addresses and places against SQL, and follows what changes in the database.
func TestAddressesOfTheSample(t *testing.T) {
	t.Parallel()
	database := sampleDatabase(t)
	node, stopped, err := main.StartNode(t.Context(), database, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { <-stopped })
	s, conn := addressServer{node}, connect(t, database)
	eventually(t, time.Minute, func() error {
		response, err := http.Get(s.URL + "/api/geocode/reverse?point=120,30")
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%d", response.StatusCode)
		}
		return nil
	})

	const code = 330106002000 // 北山街道
	var lon, lat, reach float64
	err = conn.QueryRow(t.Context(), `
		select st_x(d.label), st_y(d.label), (
		    select max(st_distance(d.label::geography, p.geom::geography)) from jingwei.division_shape g, st_dumppoints(g.geometry) p
		    where g.code = d.code and g.max_zoom = 30)
		from jingwei.division d where d.code = $1`, int64(code)).Scan(&lon, &lat, &reach)
	if err != nil {
		t.Fatal(err)
	}
	found := s.find(t, "西湖区北山街道84号")
	if len(found) == 0 || found[0].code() != fmt.Sprint(code) || found[0].Location != [2]float64{lon, lat} || found[0].AccuracyM < reach || found[0].AccuracyM > reach+10 {
		t.Errorf("%+v, SQL %v %v %v", found, lon, lat, reach)
	}
	t.Run("reverse", func(t *testing.T) { s.testReverse(t) })
	t.Run("elsewhere", func(t *testing.T) { s.testElsewhere(t) })

	if _, err := conn.Exec(t.Context(), `update jingwei.division set name = '宝石山街道' where code = $1`, int64(code)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `
		with old as (
		    insert into jingwei.division (code, level, parent, name, valid) values (330103000000, 3, 330100000000, '下城区', '[1983-01-01,2021-01-01)'))
		insert into jingwei.division_succession (old, new, year, kind) values (330103000000, 330105000000, 2021, 'merge')`); err != nil {
		t.Fatal(err)
	}
	eventually(t, 30*time.Second, func() error {
		if found := s.find(t, "杭州西湖区宝石山街道"); len(found) == 0 || found[0].code() != fmt.Sprint(code) {
			return fmt.Errorf("%+v", found)
		}
		found := s.find(t, "杭州下城区")
		if len(found) == 0 || found[0].code() != "330105000000" {
			return fmt.Errorf("%+v", found)
		}
		if w := found[0].Warnings; !slices.ContainsFunc(w, func(w struct {
			Kind      string
			Divisions []struct{ Code string }
		}) bool {
			return w.Kind == "former_name" && w.Divisions[0].Code == "330105000000"
		}) {
			return fmt.Errorf("%+v", w)
		}
		return nil
	})
}

// testElsewhere asks for counties of other provinces whose names are those of counties of the sample.
func (s addressServer) testElsewhere(t *testing.T) {
	for _, text := range []string{"上海市普陀区", "上海市普陀区长寿路街道", "江西省南昌市西湖区", "南昌西湖区", "重庆市江北区", "江苏省南京市鼓楼区"} {
		if found := s.find(t, text); len(found) > 0 && (found[0].Certain > 0 || found[0].Warnings[len(found[0].Warnings)-1].Kind != "unmatched_before") {
			t.Errorf("%s: %+v", text, found[0])
		}
		var hits struct {
			Items []struct{ Type, Name, Match string }
		}
		s.get(t, "/search?q="+url.QueryEscape(text), &hits)
		for _, h := range hits.Items {
			if h.Type == "address" || h.Match != "similar" {
				t.Errorf("a search for %s has the hit %+v", text, h)
			}
		}
	}
}

// testReverse asks at the label of townships, which lie in them, at sea and far away.
func (s addressServer) testReverse(t *testing.T) {
	type answer struct {
		Address, By  string
		Divisions    []struct{ Code string }
		DistanceM    *float64 `json:"distance_m"`
		Organization *struct {
			Name      string
			DistanceM float64 `json:"distance_m"`
			Location  [2]float64
		}
	}
	ask := func(lon, lat float64) (a answer) {
		s.get(t, fmt.Sprintf("/api/geocode/reverse?point=%f,%f", lon, lat), &a)
		return a
	}
	for _, name := range []string{"浙江省杭州市西湖区北山街道", "浙江省温州市乐清市柳市镇", "浙江省舟山市嵊泗县菜园镇", "浙江省丽水市景宁畲族自治县鹤溪街道"} {
		found := s.find(t, name)
		a := ask(found[0].Location[0], found[0].Location[1])
		if a.Address != name || a.By != "outline" || a.Divisions[len(a.Divisions)-1].Code != found[0].code() || a.DistanceM != nil {
			t.Errorf("at the label of %s: %+v", name, a)
		}
		if a.Organization != nil && (a.Organization.DistanceM > 500 || math.Abs(a.Organization.Location[0]-found[0].Location[0]) > .01) {
			t.Errorf("near %s: %+v", name, a.Organization)
		}
	}
	if a := ask(122.9, 29.0); a.By != "nearest_label" || a.Address == "" || a.DistanceM == nil || *a.DistanceM < 1000 {
		t.Errorf("at sea: %+v", a)
	}
	if a := ask(139.7, 35.6); a.By != "nothing" || a.Address != "" || len(a.Divisions) != 0 || a.Organization != nil {
		t.Errorf("far away: %+v", a)
	}
}
