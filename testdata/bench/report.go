package bench

import (
	"slices"
	"time"
)

// Report is what a run of the load generator measured. Times are in milliseconds where the name does not say seconds.
type Report struct {
	Requests   int         `json:"requests"` // answered or failed
	Failed     int         `json:"failed"`   // without a whole answer
	Statuses   map[int]int `json:"statuses"`
	Bytes      int64       `json:"bytes"`   // of bodies as sent
	Seconds    float64     `json:"seconds"` // from the beginning to the last answer
	PerSecond  float64     `json:"per_second"`
	P50        float64     `json:"p50"`
	P90        float64     `json:"p90"`
	P99        float64     `json:"p99"`
	Max        float64     `json:"max"`
	CPUSeconds float64     `json:"cpu_seconds"` // of the processes that were named
	OwnCPU     float64     `json:"own_cpu_seconds"`
}

// CPUPerRequest returns the milliseconds of processor time that one request took; 0 without requests.
func (r Report) CPUPerRequest() float64 {
	if r.Requests == 0 {
		return 0
	}
	return r.CPUSeconds * 1000 / float64(r.Requests)
}

// BytesPerRequest returns the mean size of a body; 0 without requests.
func (r Report) BytesPerRequest() float64 {
	if r.Requests == 0 {
		return 0
	}
	return float64(r.Bytes) / float64(r.Requests)
}

// Summarise fills in what follows from the times of all requests and from how long the run took.
func (r *Report) Summarise(times []time.Duration, took time.Duration) {
	slices.Sort(times)
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	r.Requests = len(times)
	r.P50, r.P90, r.P99 = ms(Percentile(times, 0.5)), ms(Percentile(times, 0.9)), ms(Percentile(times, 0.99))
	r.Max = ms(Percentile(times, 1))
	if r.Seconds = took.Seconds(); r.Seconds > 0 {
		r.PerSecond = float64(r.Requests-r.Failed) / r.Seconds
	}
}
