package main_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// What BenchmarkEventStreams does, each time that it draws the map.
const (
	streamsTime    = 20 * time.Second
	editsPerSecond = 10
)

// BenchmarkEventStreams measures what drawing the map takes while organizations are edited, without event streams and with a
// thousand that hear of every edit, what a stream costs in memory, and how long after its commit an edit is heard of. The map
// without them is measured before and after, since other work on the machine comes and goes.
func BenchmarkEventStreams(b *testing.B) {
	const streams = 1000
	s := newStorm(b)
	conn := connect(b, s.url)
	rows, err := conn.Query(b.Context(), `select o.id from jingwei.organization o order by o.id`)
	if err != nil {
		b.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[geo.ID])
	if err != nil {
		b.Fatal(err)
	}
	public := publicOnes(b, conn, all)
	for range b.N {
		before, _ := s.drawWhileEdited(b, conn, public)
		listeners, each := openStreams(b, s.Node, streams, "?layers=organizations")
		for _, l := range listeners {
			go l.listen()
		}
		during, edited := s.drawWhileEdited(b, conn, public)
		heard := delays(b, listeners, edited)
		for _, l := range listeners {
			_ = l.conn.Close()
		}
		after, _ := s.drawWhileEdited(b, conn, public)
		calm := slices.Concat(before, after)
		b.ReportMetric(0, "ns/op") // means nothing here
		for name, part := range map[string]float64{"p50": 0.5, "p99": 0.99} {
			b.ReportMetric(percentile(calm, part), "tile-"+name+"-ms")
			b.ReportMetric(percentile(during, part), "streams-tile-"+name+"-ms")
			b.ReportMetric(percentile(during, part)/percentile(calm, part), name+"-ratio")
			b.ReportMetric(percentile(heard, part), "heard-"+name+"-ms")
		}
		b.ReportMetric(float64(each), "B/stream")
		b.Logf("%d streams, %d edits; load of the machine %s", streams, len(edited), load())
	}
}

// drawWhileEdited draws the map while organizations are moved, one after the other, and returns when each move was committed.
func (s *storm) drawWhileEdited(b *testing.B, conn *pgx.Conn, ids []geo.ID) ([]time.Duration, map[geo.ID]time.Time) {
	b.Helper()
	drawn := make(chan []time.Duration, 1)
	go func() { drawn <- s.draw(b, streamsTime) }()
	edited := map[geo.ID]time.Time{}
	for i := range steadily(b.Context(), int(streamsTime.Seconds())*editsPerSecond, streamsTime) {
		id := ids[i%len(ids)]
		edited[id] = moveAt(b, conn, id)
	}
	return <-drawn, edited
}
