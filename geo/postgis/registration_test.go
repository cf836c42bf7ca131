package postgis_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// squareArea is a closed square of an edge of some thousandths of a degree.
func squareArea(lon, lat int32, edge int32) geo.MultiPolygon {
	lon, lat, edge = lon*10_000, lat*10_000, edge*10_000
	return geo.MultiPolygon{{{{Lon: lon, Lat: lat}, {Lon: lon + edge, Lat: lat}, {Lon: lon + edge, Lat: lat + edge}, {Lon: lon, Lat: lat + edge}}}}
}

func (s setup) replaceWith(t *testing.T, org geo.Organization, c geo.OrganizationContent, from geo.Day) geo.Organization {
	t.Helper()
	got, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, org.Version, c, from, s.today, "a")
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestJurisdictionIsWrittenKeptAndTakenAway(t *testing.T) {
	s := newSetup(t)
	area := squareArea(120900, 28000, 10)
	c := content("柳东")
	c.Jurisdiction = &area
	org := s.create(t, c)
	read := func() *geo.MultiPolygon {
		got, err := s.Organization(t.Context(), geo.Scope{}, org.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got.Jurisdiction
	}
	if diff := cmp.Diff(&area, read()); diff != "" {
		t.Errorf("read (-written +read):\n%s", diff)
	}
	if n := queryOne[int64](t, s, `select count(*) from jingwei.change where layer = 'jurisdictions' and id = $1`, org.ID); n == 0 {
		t.Error("the layer of jurisdictions knows nothing of it")
	}
	c.Jurisdiction, c.Phone = nil, "0577-1"
	org = s.replaceWith(t, org, c, s.today)
	if diff := cmp.Diff(&area, read()); diff != "" || cmp.Diff(&area, org.Jurisdiction) != "" {
		t.Errorf("after a replacement that says nothing of it (-before +after):\n%s", diff)
	}
	other := squareArea(120910, 28010, 5)
	c.Jurisdiction = &other
	org = s.replaceWith(t, org, c, s.today)
	if diff := cmp.Diff(&other, read()); diff != "" {
		t.Errorf("replaced (-written +read):\n%s", diff)
	}
	c.Jurisdiction = &geo.MultiPolygon{}
	org = s.replaceWith(t, org, c, s.today)
	if got := read(); got != nil {
		t.Errorf("taken away, and there is %v", got)
	}
	versions, err := s.OrganizationVersions(t.Context(), geo.Everywhere(), org.ID)
	if err != nil {
		t.Fatal(err)
	}
	var areas []*geo.MultiPolygon
	for _, v := range versions {
		areas = append(areas, v.Jurisdiction)
	}
	if len(areas) < 4 || areas[0] != nil || areas[len(areas)-1] == nil {
		t.Errorf("the history has %v", areas)
	}
}

func TestJurisdictionsInABox(t *testing.T) {
	s := newSetup(t)
	put := func(name, status string, area geo.MultiPolygon) geo.ID {
		c := content(name)
		c.Status, c.Jurisdiction = status, &area
		return s.create(t, c).ID
	}
	open := put("公开", geo.StatusActive, squareArea(120900, 28000, 10))
	hidden := put("草稿", geo.StatusDraft, squareArea(120905, 28000, 10))
	put("远处", geo.StatusActive, squareArea(121900, 28000, 10))
	for _, x := range []struct {
		see  geo.Scope
		want []geo.ID
	}{{geo.Scope{}, []geo.ID{open}}, {geo.Everywhere(), []geo.ID{open, hidden}}, {geo.Scope{Roots: []geo.ID{hidden}}, []geo.ID{open, hidden}}} {
		areas, err := s.Jurisdictions(t.Context(), x.see, geo.Extent{West: 120.89, South: 27.99, East: 120.92, North: 28.02}, 50)
		if err != nil {
			t.Fatal(err)
		}
		var got []geo.ID
		for _, a := range areas {
			got = append(got, a.Organization)
			if m, err := geo.ParseMultiPolygon(a.GeoJSON); err != nil || len(m) != 1 {
				t.Errorf("%s: %v", a.GeoJSON, err)
			}
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.see.Key(), diff)
		}
	}
}

func TestRefusedJurisdictions(t *testing.T) {
	s := newSetup(t)
	bow := geo.MultiPolygon{{{{Lon: 1209000000, Lat: 280000000}, {Lon: 1209100000, Lat: 280100000}, {Lon: 1209100000, Lat: 280000000}, {Lon: 1209000000, Lat: 280100000}}}}
	swapped := geo.MultiPolygon{{{{Lon: 280000000, Lat: 450000000}, {Lon: 280100000, Lat: 450000000}, {Lon: 280100000, Lat: 450100000}}}}
	long := make(geo.Ring, geo.MaxJurisdictionVertices+1)
	for i := range long {
		long[i] = geo.Position{Lon: 1200000000 + int32(i), Lat: 280000000 + int32(i%2)}
	}
	for name, area := range map[string]geo.MultiPolygon{"bow": bow, "swapped": swapped, "long": {{long}}} {
		c := content(name)
		c.Jurisdiction = &area
		_, _, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, since("2023-06-30"), "a")
		wantError(t, err, geo.ErrInvalid, "jurisdiction")
	}
}

// TestRegisteredOnce: a request that is sent again, after the other or at the same time, registers nothing more.
func TestRegisteredOnce(t *testing.T) {
	s := newSetup(t)
	ids := make([]geo.ID, 4)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			org, at, _, err := s.RegisterOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("柳东"), since("2023-06-30"), "7:key-1", "a")
			if err != nil || at.Epoch == "" {
				t.Error(at, err)
			}
			ids[i] = org.ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] || id == 0 {
			t.Fatalf("ids %v", ids)
		}
	}
	_, _, again, err := s.RegisterOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("改名"), since("2023-06-30"), "7:key-1", "a")
	if err != nil || !again {
		t.Errorf("again %v, %v", again, err)
	}
	other, _, again, err := s.RegisterOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("柳东"), since("2023-06-30"), "8:key-1", "a")
	if err != nil || again || other.ID == ids[0] {
		t.Errorf("the same key of another account: %d, %v, %v", other.ID, again, err)
	}
	if n := queryOne[int64](t, s, `select count(*) from jingwei.organization`); n != 2 {
		t.Errorf("%d organizations, want 2", n)
	}
	if n := queryOne[int64](t, s, `select count(*) from jingwei.audit where action = 'organization.create'`); n != 2 {
		t.Errorf("%d entries in the audit, want 2", n)
	}
	if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), ids[0], 1, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	_, _, _, err = s.RegisterOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("柳东"), since("2023-06-30"), "7:key-1", "a")
	wantError(t, err, geo.ErrConflict, "Idempotency-Key")
}

func TestSimilarOrganizations(t *testing.T) {
	s := newSetup(t)
	const uscc = "91350100M000100Y43"
	put := func(name, code, uscc, status string, east int32) geo.ID {
		c := content(name)
		c.Code, c.USCC, c.Status = code, uscc, status
		c.Location = geo.Position{Lon: 1209000000 + east, Lat: 280000000}
		return s.create(t, c).ID
	}
	near := put("柳塘村村委会", "", "", geo.StatusActive, 50_000) // 0.005 degrees
	far := put("柳塘村村委会", "", "", geo.StatusActive, 5_000_000)
	coded := put("别处", "K-1", "", geo.StatusActive, 3_000_000)
	hidden := put("柳塘村村民委员会", "K-2", uscc, geo.StatusDraft, 10_000)
	put("龙井村村委会", "", "", geo.StatusActive, 0)
	imprecise := func(name string, metres float64, east int32) geo.ID {
		c := content(name)
		c.Location, c.LocationAccuracyM = geo.Position{Lon: 1209000000 + east, Lat: 270000000}, metres
		return s.create(t, c).ID
	}
	vague := imprecise("曲院社区", 4100, 500_000) // 4.96 km
	imprecise("曲院社区居委会", 0, 500_000)
	imprecise("曲院社区党委", 50_000, 1_500_000) // 14.9 km: no place counts as more than 10 km off
	ask := func(see geo.Scope, change func(q *geo.SimilarQuery)) []geo.SimilarOrganization {
		t.Helper()
		q := geo.SimilarQuery{Name: "柳塘村村民委员会", At: geo.Position{Lon: 1209000000, Lat: 280000000}, HasAt: true, RadiusM: 2000, Code: "K-1", USCC: uscc, MostHits: 10}
		if change != nil {
			change(&q)
		}
		found, err := s.SimilarOrganizations(t.Context(), see, q)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	told := func(found []geo.SimilarOrganization) (out []string) {
		for _, o := range found {
			out = append(out, fmt.Sprint(o.ID, o.Reasons))
		}
		return out
	}
	code, name := []string{geo.SimilarCode}, []string{geo.SimilarName}
	tests := []struct {
		what string
		see  geo.Scope
		edit func(q *geo.SimilarQuery)
		want []string
	}{
		{"everyone", geo.Scope{}, nil, []string{fmt.Sprint(coded, code), fmt.Sprint(near, name)}},
		{"everywhere", geo.Everywhere(), nil, []string{fmt.Sprint(hidden, []string{geo.SimilarUSCC, geo.SimilarName}), fmt.Sprint(coded, code), fmt.Sprint(near, name)}},
		{"within the hidden one", geo.Scope{Roots: []geo.ID{hidden}}, func(q *geo.SimilarQuery) { q.Code = "" }, []string{fmt.Sprint(hidden, []string{geo.SimilarUSCC, geo.SimilarName}), fmt.Sprint(near, name)}},
		{"wider", geo.Scope{}, func(q *geo.SimilarQuery) { q.RadiusM, q.Code = 60_000, "" }, []string{fmt.Sprint(near, name), fmt.Sprint(far, name)}},
		{"without a place", geo.Scope{}, func(q *geo.SimilarQuery) { q.HasAt = false }, []string{fmt.Sprint(coded, code)}},
		{"itself", geo.Scope{}, func(q *geo.SimilarQuery) { q.Except = near }, []string{fmt.Sprint(coded, code)}},
		{"near for what the other place is off", geo.Scope{}, func(q *geo.SimilarQuery) {
			*q = geo.SimilarQuery{Name: "曲院社区居民委员会", At: geo.Position{Lon: 1209000000, Lat: 270000000}, HasAt: true, RadiusM: 2000, MostHits: 10}
		}, []string{fmt.Sprint(vague, name)}},
		{"nothing", geo.Everywhere(), func(q *geo.SimilarQuery) { *q = geo.SimilarQuery{MostHits: 10} }, nil},
	}
	for _, x := range tests {
		if diff := cmp.Diff(x.want, told(ask(x.see, x.edit))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.what, diff)
		}
	}
	metres := queryOne[float64](t, s, `select st_distance('srid=4326;point(120.9 28)'::geography, 'srid=4326;point(120.905 28)'::geography)`)
	for _, o := range ask(geo.Scope{}, nil) {
		if o.ID == near && o.DistanceM != metres {
			t.Errorf("distance %g, want %g", o.DistanceM, metres)
		}
	}
	for _, x := range []struct {
		code, uscc string
		except     geo.ID
		want       [2]bool
	}{{"K-2", uscc, 0, [2]bool{true, true}}, {"K-2", uscc, hidden, [2]bool{}}, {"K-9", "", 0, [2]bool{}}} {
		byCode, byUSCC, err := s.CodesTaken(t.Context(), x.code, x.uscc, x.except)
		if got := [2]bool{byCode, byUSCC}; err != nil || got != x.want {
			t.Errorf("%v taken: %v, %v", x, got, err)
		}
	}
}

func TestPhotos(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("柳东"))
	other := s.create(t, content("别处"))
	see, out := geo.Scope{Roots: []geo.ID{org.ID}}, geo.Scope{Roots: []geo.ID{other.ID}}
	picture := geo.NewPhoto{Width: 40, Height: 30, JPEG: []byte("\xff\xd8 picture \xff\xd9")}
	if _, err := s.CreateAccountWithPassword(t.Context(), operator(), geo.Account{Name: "clerk", DisplayName: "员", Organization: org.ID}, phc, nil, noon()); err != nil {
		t.Fatal(err)
	}
	added, err := s.AddPhoto(t.Context(), see, see, org.ID, picture, "clerk")
	if err != nil {
		t.Fatal(err)
	}
	photos, err := s.Photos(t.Context(), see, org.ID)
	if err != nil || len(photos) != 1 || photos[0] != added || added.Author != "clerk" || added.Bytes != len(picture.JPEG) {
		t.Errorf("%+v, %v", photos, err)
	}
	if got, err := s.Photo(t.Context(), see, org.ID, added.ID); err != nil || string(got) != string(picture.JPEG) {
		t.Errorf("%q, %v", got, err)
	}
	for _, scope := range []geo.Scope{{}, out} {
		_, err = s.Photos(t.Context(), scope, org.ID)
		wantError(t, err, geo.ErrNotFound, "")
		_, err = s.Photo(t.Context(), scope, org.ID, added.ID)
		wantError(t, err, geo.ErrNotFound, "")
	}
	_, err = s.Photo(t.Context(), geo.Everywhere(), other.ID, added.ID)
	wantError(t, err, geo.ErrNotFound, "")
	_, err = s.AddPhoto(t.Context(), out, out, org.ID, picture, "a")
	wantError(t, err, geo.ErrForbidden, "")
	wantError(t, s.MayAddPhoto(t.Context(), out, out, org.ID), geo.ErrForbidden, "")
	wantError(t, s.RemovePhoto(t.Context(), out, out, org.ID, added.ID, time.Now()), geo.ErrForbidden, "")

	now := time.Now()
	if err := s.RemovePhoto(t.Context(), see, see, org.ID, added.ID, now); err != nil {
		t.Fatal(err)
	}
	wantError(t, s.RemovePhoto(t.Context(), see, see, org.ID, added.ID, now), geo.ErrNotFound, "")
	if photos, err = s.Photos(t.Context(), see, org.ID); err != nil || len(photos) != 0 {
		t.Errorf("removed, and there is %v, %v", photos, err)
	}
	_, err = s.RestorePhoto(t.Context(), see, see, org.ID, added.ID, now.Add(25*time.Hour))
	wantError(t, err, geo.ErrNotFound, "")
	if got, err := s.RestorePhoto(t.Context(), see, see, org.ID, added.ID, now.Add(time.Hour)); err != nil || got != added {
		t.Errorf("restored %+v, %v", got, err)
	}
	// Who gets the organization does not learn who was at it before.
	s.exec(t, `update jingwei.account set organization_id = $1 where name = 'clerk'`, other.ID)
	for author, scope := range map[string]geo.Scope{"": see, "clerk": geo.Everywhere()} {
		if photos, err := s.Photos(t.Context(), scope, org.ID); err != nil || len(photos) != 1 || photos[0].Author != author {
			t.Errorf("%+v, %v, added by %q", photos, err, author)
		}
	}
	if err := s.RemovePhoto(t.Context(), see, see, org.ID, added.ID, now); err != nil {
		t.Fatal(err)
	}
	if back, err := s.RestorePhoto(t.Context(), see, see, org.ID, added.ID, now.Add(time.Hour)); err != nil || back.Author != "" {
		t.Errorf("restored %+v, %v", back, err)
	}
	if err := s.RemovePhoto(t.Context(), see, see, org.ID, added.ID, now); err != nil {
		t.Fatal(err)
	}
	if err := s.MaintainPhotos(t.Context(), now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := queryOne[int64](t, s, `select count(*) from jingwei.organization_photo`); n != 1 {
		t.Errorf("an hour later there are %d rows", n)
	}
	if err := s.MaintainPhotos(t.Context(), now.Add(25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := queryOne[int64](t, s, `select count(*) from jingwei.organization_photo`); n != 0 {
		t.Errorf("a day later there are %d rows", n)
	}
	want := []string{"organization.add-photo", "organization.remove-photo", "organization.restore-photo", "organization.remove-photo", "organization.restore-photo", "organization.remove-photo"}
	entries := queryOne[[]string](t, s, `select array_agg(action order by id) from jingwei.audit where object_id = $1 and action like '%photo'`, org.ID)
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

func TestMostPhotos(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("柳东"))
	picture, all := geo.NewPhoto{Width: 40, Height: 30, JPEG: []byte("x")}, geo.Everywhere()
	var last geo.Photo
	add := func() (err error) {
		last, err = s.AddPhoto(t.Context(), all, all, org.ID, picture, "a")
		return err
	}
	for range geo.MaxPhotos {
		if err := errors.Join(s.MayAddPhoto(t.Context(), all, all, org.ID), add()); err != nil {
			t.Fatal(err)
		}
	}
	removed := last.ID
	wantError(t, s.MayAddPhoto(t.Context(), all, all, org.ID), geo.ErrConflict, "photos")
	wantError(t, add(), geo.ErrConflict, "photos")
	if err := errors.Join(s.RemovePhoto(t.Context(), all, all, org.ID, removed, time.Now()), add()); err != nil {
		t.Fatal(err)
	}
	_, err := s.RestorePhoto(t.Context(), all, all, org.ID, removed, time.Now())
	wantError(t, err, geo.ErrConflict, "photos")
}
