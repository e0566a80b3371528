package api

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// silent is a response that nobody reads.
type silent struct{ header http.Header }

func (s silent) Header() http.Header         { return s.header }
func (s silent) Write(b []byte) (int, error) { return len(b), nil }
func (s silent) WriteHeader(int)             {}

// benchmark answers one request over and over, without the network.
func benchmark(b *testing.B, method, path, body string) {
	w := newWorld(b)
	w.log.Reset()
	text := []byte(w.fillIn(body))
	r := httptest.NewRequest(method, w.fillIn(path), nil)
	r.Header.Set("Authorization", "Bearer "+w.key)
	r.Header.Set("Content-Type", "application/json")
	r.ContentLength = int64(len(text))
	out := silent{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(bytes.NewReader(text))
		w.api.ServeHTTP(out, r)
		w.log.Reset()
	}
}

func BenchmarkCheck(b *testing.B) {
	benchmark(b, "POST", "/v1/organizations/{acme}/check", `{"person":"{pia}","permission":"project:view","project":"{web}"}`)
}

func BenchmarkThousandChecks(b *testing.B) {
	one := `{"person":"{pia}","permission":"project:view","project":"{web}"}`
	benchmark(b, "POST", "/v1/organizations/{acme}/checks", `{"checks":[`+one+string(bytes.Repeat([]byte(","+one), 999))+`]}`)
}

func BenchmarkWhoami(b *testing.B) { benchmark(b, "GET", "/v1/me", "") }
