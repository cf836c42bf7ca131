package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jingwei/geo/live"
)

// newRegistry returns the metrics of the live indexes; the server and the followers add their own.
func newRegistry(layers ...editions) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	for _, e := range layers {
		for _, x := range e.all() {
			registry.MustRegister(newIndexCollector(x))
		}
	}
	return registry
}

// labelsOf are the labels of everything that is said of an index.
func labelsOf(x *live.Index) prometheus.Labels {
	return prometheus.Labels{"layer": x.Layer().Name, "edition": x.Edition().String()}
}

// indexCollector tells how an index stands. The numbers of one answer are of one moment.
type indexCollector struct {
	index   *live.Index
	metrics []indexMetric
}

type indexMetric struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(live.Stats) float64
}

func newIndexCollector(x *live.Index) *indexCollector {
	c := &indexCollector{index: x}
	add := func(kind prometheus.ValueType, name, help string, value func(live.Stats) float64) {
		c.metrics = append(c.metrics, indexMetric{prometheus.NewDesc("jingwei_index_"+name, help, nil, labelsOf(x)), kind, value})
	}
	gauge := func(name, help string, value func(live.Stats) int) {
		add(prometheus.GaugeValue, name, help, func(s live.Stats) float64 { return float64(value(s)) })
	}
	counter := func(name, help string, value func(live.Stats) uint64) {
		add(prometheus.CounterValue, name, help, func(s live.Stats) float64 { return float64(value(s)) })
	}
	gauge("rows", "Rows of the live index.", func(s live.Stats) int { return s.Rows })
	gauge("bytes", "Memory of the columns of the live index, in bytes.", func(s live.Stats) int { return s.Bytes })
	gauge("chunks", "Chunks of the live index.", func(s live.Stats) int { return s.Chunks })
	gauge("delta_rows", "Rows that the compaction has not merged into a chunk yet.", func(s live.Stats) int { return s.Delta })
	gauge("tombstones", "Rows of chunks that are gone and that the compaction has not removed yet.", func(s live.Stats) int { return s.Tombstones })
	counter("compactions_total", "Chunks that were merged and dictionaries that were renewed.", func(s live.Stats) uint64 { return s.Compactions })
	counter("filter_cache_hits_total", "What filters needed of a chunk and was there.", func(s live.Stats) uint64 { return s.CacheHits })
	counter("filter_cache_misses_total", "What filters needed of a chunk and had to be computed.", func(s live.Stats) uint64 { return s.CacheMisses })
	gauge("filter_cache_bytes", "Memory of what was computed for filters, in bytes.", func(s live.Stats) int { return s.CacheBytes })
	return c
}

// Describe implements prometheus.Collector.
func (c *indexCollector) Describe(to chan<- *prometheus.Desc) {
	for _, m := range c.metrics {
		to <- m.desc
	}
}

// Collect implements prometheus.Collector.
func (c *indexCollector) Collect(to chan<- prometheus.Metric) {
	s := c.index.Stats()
	for _, m := range c.metrics {
		to <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(s))
	}
}

// meter takes what a follower measures.
type meter struct {
	lag      prometheus.Histogram
	followed prometheus.Gauge

	compacting map[*live.Index]prometheus.Counter
}

func newMeter(registry prometheus.Registerer, e editions) *meter {
	layer := prometheus.Labels{"layer": e.layer()}
	m := &meter{
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "jingwei_index_lag_seconds", ConstLabels: layer,
			Help:    "Time from when a change was written, in its transaction, to when both editions show it, of the oldest change of each batch.",
			Buckets: []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60}}),
		followed: prometheus.NewGauge(prometheus.GaugeOpts{Name: "jingwei_index_followed_timestamp_seconds", ConstLabels: layer,
			Help: "When both editions last equalled the database, as seconds since 1970; 0 for never."}),
		compacting: map[*live.Index]prometheus.Counter{},
	}
	registry.MustRegister(m.lag, m.followed)
	for _, x := range e.all() {
		m.compacting[x] = prometheus.NewCounter(prometheus.CounterOpts{Name: "jingwei_index_compaction_seconds_total", ConstLabels: labelsOf(x),
			Help: "Time that the compaction worked."})
		registry.MustRegister(m.compacting[x])
	}
	return m
}

// caughtUp notes that the database was asked then for what changed, that the oldest change was of that age, 0 for none, and
// that all of it is shown now.
func (m *meter) caughtUp(asked time.Time, age time.Duration) {
	m.followed.Set(float64(asked.UnixMilli()) / 1000)
	if age > 0 {
		m.lag.Observe((age + time.Since(asked)).Seconds())
	}
}

// compacted notes a step of the compaction that began then.
func (m *meter) compacted(x *live.Index, began time.Time) {
	m.compacting[x].Add(time.Since(began).Seconds())
}
