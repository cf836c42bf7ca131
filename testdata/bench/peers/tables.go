package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/testdata/bench"
)

// places returns every 250th place, by a hash of its id: where people are, for tiles to be drawn from. Their order is that of ids.
func places(ctx context.Context, database *pgx.Conn) ([]bench.Place, error) {
	rows, err := database.Query(ctx, `select st_x(location), st_y(location) from bench.places where mod(hashint8(id), 250) = 0 order by id`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p bench.Place, err error) {
		return p, row.Scan(&p.Lon, &p.Lat)
	})
}

// setting says what was measured with what.
func (p *peers) setting(ctx context.Context) (string, error) {
	var postgres, postgis, buffers, cpus string
	var organizations int
	var table, index string
	err := p.database.QueryRow(ctx, `select current_setting('server_version'), postgis_lib_version(), current_setting('shared_buffers'),
		current_setting('max_parallel_workers_per_gather'), (select count(*) from bench.organizations),
		pg_size_pretty(pg_relation_size('bench.organizations')), pg_size_pretty(pg_relation_size('bench.organizations_geom'))`).
		Scan(&postgres, &postgis, &buffers, &cpus, &organizations, &table, &index)
	if err != nil {
		return "", err
	}
	martin, err := output(ctx, p.martin, "--version")
	if err != nil {
		return "", err
	}
	lines := []string{
		fmt.Sprintf("- Data: %s public organizations of the nation that is made up (`jingwei sample load --scale national`), in one PostGIS that both read.", thousands(organizations)),
		"- Machine: 2 cores, which servers, PostgreSQL and the generator of requests share; everything is in memory (warm).",
		fmt.Sprintf("- PostgreSQL %s (shared_buffers %s, max_parallel_workers_per_gather %s), PostGIS %s.", strings.Fields(postgres)[0], buffers, cpus, postgis),
		fmt.Sprintf("- %s, release build; table of %s in web mercator, GiST (%s), clustered on it, vacuumed and frozen; %d connections, 2 workers, no buffer, no clipping, no LIMIT, columns given.",
			strings.TrimSpace(martin), table, index, p.pool),
		fmt.Sprintf("- Each figure is the median of %d runs in turn (ours, theirs, ours, …). Ratios are of medians of the same run.", p.runs),
	}
	return strings.Join(lines, "\n"), nil
}
