package postgis

import (
	"slices"
	"strings"

	"jingwei/geo"
)

// queryable is a property of a layer as SQL over the rows of a filterSource. Its values are those of the live index, where
// that has them too; what is not said is null.
type queryable struct {
	geo.Queryable
	sql  string
	join string // what the SQL needs beside the rows; "" for nothing
}

// filterSource is where the rows of a layer come from that a filter is asked of.
type filterSource struct {
	layer      string
	rows       string // of a from clause, without joins
	guarded    string // the same behind an offset, where visible does not say all that hides rows; "" for rows
	id         string
	visible    string // may be shown, by $1, the key of the scope
	days       string // valid on one of the days: {first} and {last} are parameters, null when open, {one} is whether it is one day
	queryables []queryable
	joins      map[string]string // by queryable.join
}

func text(name, sql string) queryable {
	return queryable{Queryable: geo.Queryable{Name: name, Type: geo.ValueText}, sql: sql}
}

func number(name, sql string) queryable {
	return queryable{Queryable: geo.Queryable{Name: name, Type: geo.ValueNumber}, sql: "(" + sql + ")::float8"}
}

func day(name, sql string) queryable {
	return queryable{Queryable: geo.Queryable{Name: name, Type: geo.ValueDay}, sql: sql}
}

func moment(name, sql string) queryable {
	return queryable{Queryable: geo.Queryable{Name: name, Type: geo.ValueMoment}, sql: sql}
}

func place(name, sql string) queryable {
	return queryable{Queryable: geo.Queryable{Name: name, Type: geo.ValueGeometry}, sql: sql}
}

func pathIDs(sql, join string) queryable {
	return queryable{Queryable: geo.Queryable{Name: geo.PathColumn, Type: geo.ValueIDs}, sql: "string_to_array(" + sql + "::text, '.')::float8[]", join: join}
}

func (q queryable) with(join string) queryable {
	q.join = join
	return q
}

// divisionText is a code as the live index compares it.
func divisionText(column string) string { return "lpad(nullif(" + column + ", 0)::text, 12, '0')" }

// organizationFilter is what filters may name of organizations. What only the internal edition has is last.
func organizationFilter(public bool) filterSource {
	s := filterSource{
		layer: geo.OrganizationLayer().Name,
		rows:  "{versions} v",
		id:    "v.organization_id",
		// Of the rows that may be shown the last one counts.
		visible: `upper_inf(v.recorded) and {visible v}`,
		days: `v.valid && daterange({first}, {last}) and ({one} or not exists (
    select from {versions} w
    where w.organization_id = v.organization_id and upper_inf(w.recorded) and w.valid && daterange({first}, {last})
      and w.valid > v.valid and {visible w}))`,
		joins: map[string]string{"organization": " join {organizations} o on o.id = v.organization_id"},
		queryables: []queryable{
			number("id", "v.organization_id"), text("name", "v.name"), text("short_name", "nullif(v.short_name, '')"), text("kind", "v.kind"), text("level", "v.level"),
			text("status", "v.status"), text("code", "o.code").with("organization"), text("uscc", "v.uscc"), text("address", "nullif(v.address, '')"),
			text("phone", "nullif(v.phone, '')"), text("division", divisionText("v.division_code")), place("location", "v.location"),
			text("location_state", "v.location_state"), text("location_source", "v.location_source"),
			number("location_accuracy_m", "nullif(ceil(v.location_accuracy_m), 0)"), text("source_crs", "v.source_crs"),
			day("valid_from", "lower(v.valid)"), day("valid_to", "upper(v.valid)"),
		},
	}
	if !public {
		s.queryables = append(s.queryables, number("parent", "v.parent_id"), pathIDs("v.path", ""))
	}
	return s
}

const chinaDay = "(%s at time zone 'UTC' + interval '8 hours')::date"

// publicReportFilter is what filters may name of reports as everyone sees them.
func publicReportFilter() filterSource {
	return filterSource{
		layer:   geo.ReportLayer().Name,
		rows:    "jingwei.public_report r",
		guarded: "(select * from jingwei.public_report offset 0) r",
		id:      "r.id",
		visible: "$1::text is not null", // the view has no other rows
		days:    `({last} is null or r.received_on < {last}) and ({one} or true)`,
		queryables: []queryable{
			number("id", "r.id"), text("category", "r.category"), text("status", "r.status"), text("state", "r.state"),
			text("division", divisionText("r.division_code")),
			place("location", "st_setsrid(st_makepoint(r.lon_e7 / 1e7::float8, r.lat_e7 / 1e7::float8), 4326)"),
			day("received_on", "r.received_on"), day("valid_from", "r.received_on"), day("valid_to", "null::date"),
		},
	}
}

// reportFilter is what filters may name of reports in the internal edition.
func reportFilter() filterSource {
	received := strings.ReplaceAll(chinaDay, "%s", "r.received_at")
	s := filterSource{
		layer:   geo.ReportLayer().Name,
		rows:    "jingwei.report r",
		id:      "r.id",
		visible: "{within}",
		days:    `({last} is null or ` + received + ` < {last}) and ({one} or true)`,
		joins: map[string]string{"path": ` left join lateral (
    select v.path from jingwei.organization_version v
    where v.organization_id = r.organization_id and upper_inf(v.recorded)
    order by v.valid desc, v.row_id
    limit 1) o on true`},
		queryables: []queryable{
			number("id", "r.id"), text("category", "r.category"), text("status", "r.status"), text("state", "r.state"),
			text("division", divisionText("r.division_code")), place("location", "r.location"),
			day("received_on", received), day("valid_from", received), day("valid_to", "null::date"),
			text("text", "nullif(r.text, '')"), text("visibility", "r.visibility"), text("channel", "r.channel"),
			number("location_accuracy_m", "nullif(ceil(r.location_accuracy_m), 0)"), number("organization", "r.organization_id"),
			number("grid", "r.grid_id"), number("duplicate_of", "r.duplicate_of"), number("redo", "r.redo"), number("handover", "r.handover"),
			pathIDs("o.path", "path"),
		},
	}
	for _, step := range []string{"received", "dispatched", "accepted", "done", "replied", "called_back", "closed", "due"} {
		s.queryables = append(s.queryables, moment(step+"_at", "r."+step+"_at"))
	}
	return s
}

// filterSourceOf returns what filters on a layer are asked of, for who sees what everyone sees or more.
func filterSourceOf(layer string, public bool) (filterSource, error) {
	all := []filterSource{organizationFilter(public), reportFilter()}
	if public {
		all[1] = publicReportFilter()
	}
	for _, s := range all {
		if s.layer == layer {
			return s, nil
		}
	}
	return filterSource{}, geo.NotFound("there is no layer of points %s", layer)
}

// Queryables returns what filters on a layer of points may name, in the public edition or the internal one; nil for a layer
// that is none.
func (s *Store) Queryables(layer string, public bool) []geo.Queryable {
	source, err := filterSourceOf(layer, public)
	if err != nil {
		return nil
	}
	list := make([]geo.Queryable, len(source.queryables))
	for i, q := range source.queryables {
		list[i] = q.Queryable
	}
	return list
}

// find returns the property of a name; geo.ErrInvalid names those that there are.
func (s filterSource) find(name string) (queryable, error) {
	i := slices.IndexFunc(s.queryables, func(q queryable) bool { return q.Name == name })
	if i >= 0 {
		return s.queryables[i], nil
	}
	names := make([]string, len(s.queryables))
	for i, q := range s.queryables {
		names[i] = q.Name
	}
	return queryable{}, geo.Invalid("filter", "there is no property %.40q of %s; those that can be filtered by are %s", name, s.layer, strings.Join(names, ", "))
}
