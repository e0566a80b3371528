package main

import (
	"net/http"
	"testing"
)

// What a path contains reaches the doors as it was sent: nothing in front of them tidies it, so that what is asked and
// what is judged are the same.
func TestPathsAreNotTidied(t *testing.T) {
	i := newInstance(t)
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, row := range []struct {
		name, path string
		want       int
	}{
		{"T-184 two slashes", "//v1/me", http.StatusNotFound},
		{"T-184 dots", "/v1/x/../me", http.StatusNotFound},
		{"T-184 escaped dots", "/v1/%2e%2e/v1/me", http.StatusNotFound},
		{"T-184 dots out of the console", "/console/../v1/me", http.StatusTemporaryRedirect},
		{"T-184 an escaped slash", "/v1%2fme", http.StatusNotFound},
		{"T-184 another case", "/V1/me", http.StatusNotFound},
		{"T-184 a slash at the end", "/v1/me/", http.StatusNotFound},
		{"T-184 the path itself", "/v1/me", http.StatusUnauthorized},
		{"the front page", "/", http.StatusSeeOther},
	} {
		t.Run(row.name, func(t *testing.T) {
			answer, err := stay.Get(i.address + row.path)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != row.want {
				t.Errorf("%s: %d, want %d", row.path, answer.StatusCode, row.want)
			}
		})
	}
}
