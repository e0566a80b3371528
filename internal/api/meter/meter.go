// Package meter counts what the API answers, for Prometheus. It owns the names of the series and knows nothing of what
// was asked but the route's name.
package meter

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/commonhold/commonhold/internal/app"
)

// Meter is what Prometheus asks for. Labels are names of rows and classes of status, never what a caller wrote, so
// that no caller can make a new series.
type Meter struct {
	http.Handler
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// New returns the meter of an app; running and streams say how many requests are worked on, and how many follow events.
func New(a *app.App, running, streams func() int) *Meter {
	m := &Meter{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "commonhold_requests_total",
			Help: "Requests answered, by the route's name and the class of the status."}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "commonhold_request_seconds",
			Help:    "How long answers took, by the route's name.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5, 15}}, []string{"route"}),
	}
	r := prometheus.NewRegistry()
	r.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge := func(name, help string, value func() int) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value()) }))
	}
	gauge("commonhold_requests_running", "Requests that are worked on.", running)
	gauge("commonhold_streams_running", "Requests that follow events.", streams)
	gauge("commonhold_cached_organizations", "Organizations in memory.", func() int { n, _ := a.Cached(); return n })
	gauge("commonhold_cached_bytes", "The estimated size of the organizations in memory.", func() int { _, n := a.Cached(); return n })
	stats := a.Stats()
	for _, c := range []struct {
		name, help string
		value      *atomic.Int64
	}{
		{"commands", "Commands that changed something.", &stats.Commands},
		{"facts", "Facts written.", &stats.Facts},
		{"appends", "Appends to logs, each of one or more commands.", &stats.Appends},
		{"conflicts", "Appends that came too late and were decided again.", &stats.Conflicts},
		{"refusals", "Commands refused.", &stats.Refusals},
		{"replays", "Answers repeated under an idempotency key.", &stats.Replays},
		{"loads", "Organizations loaded into memory.", &stats.Loads},
		{"confirms", "Times the database was asked whether an organization is fresh.", &stats.Confirms},
		{"evictions", "Organizations that left memory for others.", &stats.Evictions},
		{"quarantines", "Times a log was found that cannot be folded.", &stats.Quarantined},
		{"snapshots", "Snapshots written.", &stats.Snapshots},
	} {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "commonhold_" + c.name + "_total", Help: c.help},
			func() float64 { return float64(c.value.Load()) }))
	}
	m.Handler = promhttp.HandlerFor(r, promhttp.HandlerOpts{})
	return m
}

// Count notes an answer. A request that no row fits has no name.
func (m *Meter) Count(route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status/100)+"xx").Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}
