package postgis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// change makes a bulk change of organizations that are all at version 1.
func change(set geo.OrganizationSet, ids ...geo.ID) geo.OrganizationBulk {
	b := geo.OrganizationBulk{Set: set}
	for _, id := range ids {
		b.Organizations = append(b.Organizations, geo.VersionOf{ID: id, Version: 1})
	}
	return b
}

// stands tells what a bulk change can change, and the path.
func (o scene) stands(t *testing.T, ids ...geo.ID) (out []string) {
	t.Helper()
	conn := o.connect(t)
	for _, id := range ids {
		org, err := o.Organization(t.Context(), geo.Everywhere(), id)
		if err != nil {
			t.Fatal(err)
		}
		var path string
		if err := conn.QueryRow(t.Context(), `select v.path::text from jingwei.organization_version v where v.row_id = jingwei.present_row($1, jingwei.day($2))`,
			id, int32(o.today)).Scan(&path); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(org.Version, org.Status, org.Kind, org.Level, org.Parent, " ", path))
	}
	return out
}

// TestBulkIsOneWrite: of many organizations, some of them below others, some as they are to be already; it is told, audited and
// taken back as one, and a preview tells the same and writes nothing.
func TestBulkIsOneWrite(t *testing.T) {
	o := newScene(t)
	all := geo.Everywhere()
	everyone := []geo.ID{o.a, o.b, o.c, o.child, o.grandchild}
	before := o.stands(t, everyone...)
	b := change(geo.OrganizationSet{Parent: o.other, Status: geo.StatusDraft}, o.a, o.grandchild, o.c)
	o.replaceStatus(t, o.c, geo.StatusDraft) // it is below other already
	b.Organizations[2].Version = 2

	preview := b
	preview.Preview = true
	preview.Organizations = []geo.VersionOf{{ID: o.a}, {ID: o.grandchild, Version: 1}, {ID: o.c}}
	for _, b := range []geo.OrganizationBulk{preview, b} {
		done, at, err := o.ChangeOrganizations(t.Context(), all, all, b, o.today, "liu")
		if err != nil {
			t.Fatal(err)
		}
		version := int32(2)
		if b.Preview {
			version = 1
		}
		want := []geo.ChangedOrganization{
			{Reorganized: geo.Reorganized{ID: o.a, Version: version, Name: done[0].Name, Parent: o.other}, Changed: true},
			{Reorganized: geo.Reorganized{ID: o.grandchild, Version: version, Name: done[1].Name, Parent: o.other}, Changed: true},
			{Reorganized: geo.Reorganized{ID: o.c, Version: 2, Name: done[2].Name, Parent: o.other}},
		}
		if diff := cmp.Diff(want, done); diff != "" || done[0].Name == "" || (at.Epoch == "") != b.Preview {
			t.Fatalf("preview %v, at %v (-want +got)\n%s", b.Preview, at, diff)
		}
		if changed := o.stands(t, o.a)[0] != before[0]; changed == b.Preview {
			t.Fatalf("preview %v, changed %v", b.Preview, changed)
		}
	}
	if o.parentOf(t, o.child) != o.a || o.parentOf(t, o.grandchild) != o.other {
		t.Errorf("below %d and %d", o.parentOf(t, o.child), o.parentOf(t, o.grandchild))
	}
	today := o.today.String()
	if h := o.historyOf(t, all, o.grandchild); h[0] != "2 bulk by liu "+today+"/.. [parent status]" {
		t.Errorf("history %v", h)
	}
	if h := o.historyOf(t, all, o.c); !strings.HasPrefix(h[0], "2 replace") {
		t.Errorf("written to, though it was so: %v", h)
	}
	// Whose subtree it left is told that it went, and not where.
	var told []string
	for _, e := range o.entries(t, geo.AuditQuery{Object: geo.AuditObject{Kind: "organization", ID: o.grandchild}}) {
		told = append(told, e.Action)
	}
	if diff := cmp.Diff([]string{geo.AuditReplaceOrganization, geo.AuditLeaveOrganization, geo.AuditCreateOrganization}, told); diff != "" {
		t.Errorf("audit (-want +got)\n%s", diff)
	}
	if n := len(o.entries(t, geo.AuditQuery{Organization: o.county, Action: geo.AuditLeaveOrganization, Object: geo.AuditObject{Kind: "organization", ID: o.grandchild}})); n != 1 {
		t.Errorf("the county is told %d times that the grandchild went", n)
	}

	if _, _, err := o.UndoOrganization(t.Context(), all, o.scope(o.other), o.grandchild, 2, o.today, "wang"); !errors.Is(err, geo.ErrForbidden) {
		t.Errorf("undone by one who may write at one end only: %v", err)
	}
	undone, _, err := o.UndoOrganization(t.Context(), all, all, o.grandchild, 2, o.today, "wang")
	if err != nil || len(undone) != 2 {
		t.Fatalf("%+v, %v", undone, err)
	}
	for i := range before {
		before[i] = strings.Replace(before[i], "1", map[geo.ID]string{o.a: "3", o.grandchild: "3"}[everyone[i]], 1)
	}
	after := o.stands(t, o.a, o.grandchild)
	if diff := cmp.Diff([]string{before[0], before[4]}, after); diff != "" {
		t.Errorf("undone (-want +got)\n%s", diff)
	}
	if h := o.historyOf(t, all, o.a); !strings.HasPrefix(h[0], "3 undo by wang") {
		t.Errorf("history %v", h)
	}
}

// replaceStatus writes another status, and nothing else.
func (o scene) replaceStatus(t *testing.T, id geo.ID, status string) {
	t.Helper()
	org, err := o.Organization(t.Context(), geo.Everywhere(), id)
	if err != nil {
		t.Fatal(err)
	}
	org.Status = status
	if _, _, err := o.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), id, org.Version, org.OrganizationContent, o.today, o.today, "a"); err != nil {
		t.Fatal(err)
	}
}

// TestBulkIsAllOrNothing: one that is refused lets nothing be written, and the fault names it.
func TestBulkIsAllOrNothing(t *testing.T) {
	o := newScene(t)
	retired := o.below(t, o.county).ID
	if _, err := o.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), retired, 1, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	draft := geo.OrganizationSet{Status: geo.StatusDraft}
	everyone := []geo.ID{o.a, o.b, o.c, o.child, o.grandchild}
	before := o.stands(t, everyone...)
	stale := change(draft, o.a, o.b)
	stale.Organizations[1].Version = 3
	versionless := change(draft, o.a)
	versionless.Organizations[0].Version = 0
	for _, c := range []struct {
		name  string
		in    geo.Scope
		bulk  geo.OrganizationBulk
		want  error
		field string
		about geo.ID
	}{
		{"nothing is named", geo.Everywhere(), change(draft), geo.ErrInvalid, "organizations", 0},
		{"nothing is set", geo.Everywhere(), change(geo.OrganizationSet{}, o.a), geo.ErrInvalid, "set", 0},
		{"named twice", geo.Everywhere(), change(draft, o.a, o.b, o.a), geo.ErrInvalid, "organizations", o.a},
		{"without a version", geo.Everywhere(), versionless, geo.ErrInvalid, "organizations", o.a},
		{"too many", geo.Everywhere(), change(draft, make([]geo.ID, geo.MostChanged+1)...), geo.ErrInvalid, "organizations", 0},
		{"stale", geo.Everywhere(), stale, geo.ErrStale, "organizations", o.b},
		{"retired", geo.Everywhere(), change(draft, o.a, retired), geo.ErrNotFound, "organizations", retired},
		{"elsewhere", o.scope(o.county), change(draft, o.a, o.c), geo.ErrForbidden, "organizations", o.c},
		{"nothing may be written", geo.Scope{}, change(draft, o.a), geo.ErrForbidden, "organizations", o.a},
		{"the superior is elsewhere", o.scope(o.county), change(geo.OrganizationSet{Parent: o.c}, o.a, o.b), geo.ErrForbidden, "parent", o.c},
		{"the superior is retired", geo.Everywhere(), change(geo.OrganizationSet{Parent: retired}, o.a, o.b), geo.ErrConflict, "parent", retired},
		{"a circle", geo.Everywhere(), change(geo.OrganizationSet{Parent: o.grandchild}, o.b, o.a), geo.ErrConflict, "organizations", o.a},
		{"its own superior", geo.Everywhere(), change(geo.OrganizationSet{Parent: o.b}, o.a, o.b), geo.ErrConflict, "organizations", o.b},
		{"no such kind", geo.Everywhere(), change(geo.OrganizationSet{Kind: "palace"}, o.b, o.a), geo.ErrInvalid, "kind", 0},
		{"no such status", geo.Everywhere(), change(geo.OrganizationSet{Status: "gone"}, o.b, o.a), geo.ErrInvalid, "status", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := o.ChangeOrganizations(t.Context(), geo.Everywhere(), c.in, c.bulk, o.today, "liu")
			wantError(t, err, c.want, c.field)
			if c.about != 0 && !strings.Contains(err.Error(), "organization "+c.about.String()) {
				t.Errorf("%v does not name %d", err, c.about)
			}
			if diff := cmp.Diff(before, o.stands(t, everyone...)); diff != "" {
				t.Errorf("something was written (-want +got)\n%s", diff)
			}
		})
	}
	_, _, err := o.ChangeOrganizations(t.Context(), geo.Everywhere(), geo.Everywhere(), stale, o.today, "liu")
	var told *geo.StaleError
	if !errors.As(err, &told) || told.Present.ID != o.b || told.Base != 3 {
		t.Errorf("%v", err)
	}
}
