package postgis_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis"
)

// Divisions of the tests.
const (
	zhejiang = geo.DivisionCode(330000000000)
	hangzhou = geo.DivisionCode(330100000000)
	wenzhou  = geo.DivisionCode(330300000000)
	yueqing  = geo.DivisionCode(330382000000)
	shangche = geo.DivisionCode(330102000000)
	liushi   = geo.DivisionCode(330382108000)
	liushi1  = geo.DivisionCode(330382108001)
	qingbo   = geo.DivisionCode(330102001000)
	qingbo51 = geo.DivisionCode(330102001051)
)

// setup is a migrated database with a few divisions.
type setup struct {
	*postgis.Store
	url   string
	today geo.Day
}

func open(t testing.TB, url string) *postgis.Store {
	t.Helper()
	s, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func newEmptySetup(t testing.TB) setup {
	t.Helper()
	url := geotest.Database(t)
	return setup{Store: open(t, url), url: url, today: geo.DayOf(time.Now())}
}

func newSetup(t testing.TB) setup {
	t.Helper()
	s := newEmptySetup(t)
	if _, err := s.LoadDivisions(t.Context(), divisions(), nil); err != nil {
		t.Fatal(err)
	}
	return s
}

func day(s string) geo.Day {
	d, err := geo.ParseDay("day", s)
	if err != nil {
		panic(err)
	}
	return d
}

func since(s string) geo.DayRange { return geo.DayRange{From: day(s), To: geo.MaxDay} }

func division(code, parent geo.DivisionCode, level geo.DivisionLevel, name string, lon, lat float64) geo.Division {
	p, err := geo.NewPosition(lon, lat)
	if err != nil {
		panic(err)
	}
	return geo.Division{Code: code, Parent: parent, Level: level, Name: name, Valid: since("2020-01-01"), Label: p, HasLabel: true}
}

func divisions() []geo.Division {
	return []geo.Division{
		division(zhejiang, 0, geo.Province, "浙江省", 120, 29),
		division(hangzhou, zhejiang, geo.Prefecture, "杭州市", 120.2, 30.2),
		division(wenzhou, zhejiang, geo.Prefecture, "温州市", 120.7, 28),
		division(shangche, hangzhou, geo.County, "上城区", 120.17, 30.24),
		division(yueqing, wenzhou, geo.County, "乐清市", 121, 28.1),
		division(qingbo, shangche, geo.Township, "清波街道", 120.16, 30.24),
		division(liushi, yueqing, geo.Township, "柳市镇", 120.9, 28),
		division(qingbo51, qingbo, geo.Village, "清波门社区居委会", 120.155, 30.241),
		division(liushi1, liushi, geo.Village, "柳东村委会", 120.91, 28.01),
	}
}

func content(name string) geo.OrganizationContent {
	return geo.OrganizationContent{
		Kind: "village_committee", Level: "village", Name: name, Division: liushi1,
		Location: geo.Position{Lon: 1209100001, Lat: 280100002}, LocationSource: "map", LocationAccuracyM: 12.4,
		SourceCRS: "EPSG:4326", LocationState: geo.LocationReported, Status: geo.StatusActive,
	}
}

func (s setup) create(t testing.TB, c geo.OrganizationContent) geo.Organization {
	t.Helper()
	org, _, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, since("2023-06-30"), "tester")
	if err != nil {
		t.Fatal(err)
	}
	return org
}

// connect gives a connection beside the store.
func (s setup) connect(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func (s setup) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	conn := s.connect(t)
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func queryOne[T any](t testing.TB, s setup, sql string, args ...any) T {
	t.Helper()
	conn := s.connect(t)
	defer conn.Close(context.WithoutCancel(t.Context()))
	rows, err := conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// wantError checks kind and field of an error.
func wantError(t testing.TB, err, kind error, field string) {
	t.Helper()
	var fault *geo.Error
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want %v", err, kind)
	}
	if errors.As(err, &fault) && fault.Field != field || field != "" && fault == nil {
		t.Fatalf("error %v names the wrong field, want %q", err, field)
	}
}
