package postgis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

func TestCodes(t *testing.T) {
	s := newEmptySetup(t)
	s.exec(t, `insert into jingwei.code (list, code, zh, en, rank) values ('grid_kind', 'scenic_grid', '景区网格', 'Scenic grid', 3)`)
	got, err := s.Codes(t.Context(), "grid_kind")
	if err != nil {
		t.Fatal(err)
	}
	want := []geo.Code{
		{Code: "community_grid", Zh: "社区网格", En: "Community grid"}, {Code: "village_grid", Zh: "村网格", En: "Village grid"},
		{Code: "enterprise_grid", Zh: "企业网格", En: "Enterprise grid"}, {Code: "scenic_grid", Zh: "景区网格", En: "Scenic grid"},
		{Code: "public_grid", Zh: "公共区域网格", En: "Grid of public space"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	s.exec(t, `insert into jingwei.code_list values ('empty', '空', 'Empty')`)
	if got, err := s.Codes(t.Context(), "empty"); err != nil || got == nil || len(got) != 0 {
		t.Errorf("an empty list: %v, %v", got, err)
	}
	_, err = s.Codes(t.Context(), "none")
	wantError(t, err, geo.ErrNotFound, "")
}

func TestReportCategories(t *testing.T) {
	s := newEmptySetup(t)
	got, err := s.ReportCategories(t.Context())
	if err != nil || len(got) != 16 {
		t.Fatalf("%d categories, %v", len(got), err)
	}
	if diff := cmp.Diff(geo.ReportCategory{Code: "mediation", Zh: "矛盾调解", En: "Mediation of disputes", Sensitive: true, DueDays: 30}, got[14]); diff != "" {
		t.Errorf("category (-want +got):\n%s", diff)
	}
	for _, c := range got {
		if c.Sensitive != (c.Code == "mediation") {
			t.Errorf("%+v", c)
		}
	}
}

func TestGrid(t *testing.T) {
	s := newSetup(t)
	if _, err := s.LoadGrids(t.Context(), "grids", grids{n: 2, prefix: "G"}, nil); err != nil {
		t.Fatal(err)
	}
	base, _, _, err := s.SamplePart(t.Context(), "grids")
	if err != nil {
		t.Fatal(err)
	}
	want := grids{prefix: "G"}.Grid(1)
	want.ID = base + 1
	got, err := s.Grid(t.Context(), base+1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("grid (-want +got):\n%s", diff)
	}
	_, err = s.Grid(t.Context(), base+2)
	wantError(t, err, geo.ErrNotFound, "")
}
