package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// loadMetrics tells how the live indexes came by what they hold, and of the files in which it is kept.
type loadMetrics struct {
	loads   *prometheus.CounterVec
	seconds *prometheus.GaugeVec
	writes  *prometheus.CounterVec
	writing *prometheus.GaugeVec
	moment  *prometheus.GaugeVec
}

func newLoadMetrics(registry *prometheus.Registry) *loadMetrics {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "jingwei_index_" + name, Help: help}, []string{"layer"})
	}
	m := &loadMetrics{
		loads: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "jingwei_index_loads_total",
			Help: "Loads of a live index by cause: file (nothing was read from the database), start, unfit, void, reload, retry."}, []string{"layer", "cause"}),
		seconds: gauge("load_seconds", "Duration of the last load of a live index."),
		writes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "jingwei_index_file_writes_total",
			Help: "Writings of the snapshot file of a live index."}, []string{"layer", "outcome"}),
		writing: gauge("file_write_seconds", "Duration of the last writing of the snapshot file."),
		moment:  gauge("file_timestamp_seconds", "When the snapshot file was written, in seconds of Unix; its age is time() less that."),
	}
	registry.MustRegister(m.loads, m.seconds, m.writes, m.writing, m.moment)
	return m
}

func (m *loadMetrics) loaded(layer, cause string, took time.Duration) {
	m.loads.WithLabelValues(layer, cause).Inc()
	m.seconds.WithLabelValues(layer).Set(took.Seconds())
}

func (m *loadMetrics) wrote(layer string, took time.Duration) {
	m.writes.WithLabelValues(layer, "done").Inc()
	m.writing.WithLabelValues(layer).Set(took.Seconds())
}

func (m *loadMetrics) failed(layer string) { m.writes.WithLabelValues(layer, "failed").Inc() }

func (m *loadMetrics) kept(layer string, at time.Time) {
	m.moment.WithLabelValues(layer).Set(float64(at.Unix()))
}
