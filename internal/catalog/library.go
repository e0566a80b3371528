package catalog

import (
	"sync"

	"github.com/commonhold/commonhold/org"
)

// Library holds the catalogs this process knows, by digest. It is an org.Catalogs and may be used from many goroutines.
type Library struct {
	mu   sync.RWMutex
	byID map[org.Digest]*org.Catalog
}

var _ org.Catalogs = (*Library)(nil)

// NewLibrary returns an empty library.
func NewLibrary() *Library { return &Library{byID: map[org.Digest]*org.Catalog{}} }

// Catalog returns a catalog by its digest; nil if it is not known here.
func (l *Library) Catalog(d org.Digest) *org.Catalog {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.byID[d]
}

// Add makes a catalog known.
func (l *Library) Add(c *org.Catalog) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.byID[c.Digest()] = c
}
