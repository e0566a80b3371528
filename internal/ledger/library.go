package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Library is the catalogs of a store, read when a fact names them. It remembers every one that was asked for.
type Library struct {
	ctx   context.Context
	read  func(ctx context.Context, digest string) ([]byte, error)
	asked map[org.Digest]Document
	order []org.Digest
}

// Document is a catalog that was asked for.
type Document struct {
	Text    []byte
	Err     error // why there is none: store.ErrNotFound, or what is wrong with it
	catalog *org.Catalog
}

var _ org.Catalogs = (*Library)(nil)

// NewLibrary returns a library that reads with read, such as store.Documents.Read, within the context: an org.Catalogs
// is asked in the middle of a fold and has none.
func NewLibrary(ctx context.Context, read func(ctx context.Context, digest string) ([]byte, error)) *Library {
	return &Library{ctx: ctx, read: read, asked: map[org.Digest]Document{}}
}

// Catalog returns a catalog by its digest; nil if there is none that can be read.
func (l *Library) Catalog(d org.Digest) *org.Catalog {
	doc, ok := l.asked[d]
	if !ok {
		doc = l.fetch(d)
		l.asked[d] = doc
		l.order = append(l.order, d)
	}
	return doc.catalog
}

func (l *Library) fetch(d org.Digest) Document {
	text, err := l.read(l.ctx, string(d))
	if err != nil {
		return Document{Err: err}
	}
	c, err := org.ReadCatalog(text)
	if err == nil && c.Digest() != d {
		err = fmt.Errorf("it is %s", c.Digest())
	}
	if err != nil {
		return Document{Err: fmt.Errorf("catalog %s is damaged: %w", d, err)}
	}
	return Document{Text: text, catalog: c}
}

// Asked yields what was asked for, in the order in which it was first named.
func (l *Library) Asked(yield func(org.Digest, Document) bool) {
	for _, d := range l.order {
		if !yield(d, l.asked[d]) {
			return
		}
	}
}

// Missing reports whether a document is not there, as opposed to one that could not be read.
func (d Document) Missing() bool { return errors.Is(d.Err, store.ErrNotFound) }
