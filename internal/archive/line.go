package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// hexBytes are bytes that are written as hexadecimal digits.
type hexBytes []byte

func (b hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(b)), nil }

func (b *hexBytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

// eventLine is an event as a line of a log. The organization is the file's.
type eventLine struct {
	Version uint64          `json:"version"`
	At      int64           `json:"at"` // microseconds since 1970, as it is hashed
	Command string          `json:"command"`
	Actor   string          `json:"actor"`
	Via     string          `json:"via,omitempty"`
	Name    string          `json:"name"`
	Data    json.RawMessage `json:"data"`
	Notes   hexBytes        `json:"notes,omitempty"`
	Prev    hexBytes        `json:"prev,omitempty"`
}

func lineOf(e store.Event) eventLine {
	return eventLine{e.Version, e.At, e.Command, e.Actor, e.Via, e.Name, e.Data, e.Notes, e.Prev}
}

func (l eventLine) event(id org.OrgID) store.Event {
	return store.Event{Org: string(id), Version: l.Version, At: l.At, Command: l.Command, Actor: l.Actor, Via: l.Via,
		Name: l.Name, Data: l.Data, Notes: l.Notes, Prev: l.Prev}
}

// noteLine is a note. The organization is the file's.
type noteLine struct {
	Command string   `json:"command"`
	Kind    string   `json:"kind"`
	People  []string `json:"people"` // with each of whom it is erased
	Text    string   `json:"text,omitempty"`
	Address string   `json:"address,omitempty"`
	Agent   string   `json:"agent,omitempty"`
	At      int64    `json:"at"`
	Salt    hexBytes `json:"salt"`
}

func (l noteLine) note(id org.OrgID) store.Note {
	return store.Note{Org: string(id), Command: l.Command, Kind: l.Kind, People: l.People, Text: l.Text, Address: l.Address,
		Agent: l.Agent, At: l.At, Salt: l.Salt}
}

// printer writes lines and counts them.
type printer struct {
	out   *bufio.Writer
	lines *json.Encoder
	sum   hash.Hash
	file  File
}

func newPrinter(to io.Writer, name string) *printer {
	p := &printer{sum: sha256.New(), file: File{Name: name}}
	p.out = bufio.NewWriterSize(io.MultiWriter(to, p.sum, (*counter)(&p.file.Bytes)), 1<<16)
	p.lines = json.NewEncoder(p.out)
	p.lines.SetEscapeHTML(false) // facts go out as they are stored
	return p
}

func (p *printer) line(v any) error {
	p.file.Lines++
	return p.lines.Encode(v)
}

func (p *printer) end() (File, error) {
	err := p.out.Flush()
	p.file.Hash = hex.EncodeToString(p.sum.Sum(nil))
	return p.file, err
}

type counter int64

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }

// read gives the lines of a file to see and holds the file against the manifest. A file that the manifest does not name
// has no lines. What see did before the end is the file's word alone.
func (f *folder) read(ctx context.Context, name string, see func(line []byte) error) error {
	file, ok := f.files[name]
	if !ok {
		return nil
	}
	in, err := f.plain(name, file.Bytes)
	if err != nil {
		return err
	}
	defer in.Close()
	sum, lines := sha256.New(), 0
	scan := bufio.NewScanner(io.TeeReader(io.LimitReader(in, file.Bytes), sum))
	scan.Buffer(make([]byte, 0, min(1<<16, f.limits.Line)), f.limits.Line)
	scan.Split(wholeLines)
	for scan.Scan() {
		if lines++; lines%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := see(scan.Bytes()); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, lines, err)
		}
	}
	switch err := scan.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return refuse("%s, line %d is longer than %d bytes", name, lines+1, f.limits.Line)
	case err != nil:
		return fmt.Errorf("read %s: %w", name, err)
	case hex.EncodeToString(sum.Sum(nil)) != file.Hash:
		return refuse("%s is not the file that the manifest names: it was changed or cut off", name)
	case lines != file.Lines:
		return refuse("%s has %d lines, the manifest says %d", name, lines, file.Lines)
	}
	return nil
}

// wholeLines is bufio.ScanLines for lines that all have an end.
func wholeLines(data []byte, atEnd bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEnd && len(data) > 0 {
		return 0, nil, refuse("it ends in the middle of a line")
	}
	return 0, nil, nil
}

// each reads the lines of a file as values.
func each[T any](ctx context.Context, f *folder, name string, see func(T) error) error {
	return f.read(ctx, name, func(line []byte) error {
		var v T
		if err := strictly(line, &v); err != nil {
			return refuse("%v", err)
		}
		return see(v)
	})
}

// document reads a catalog.
func (f *folder) document(_ context.Context, digest string) ([]byte, error) {
	if !strings.HasPrefix(digest, digestPrefix) {
		return nil, store.ErrNotFound
	}
	name := catalogName(org.Digest(digest))
	file, ok := f.files[name]
	if !ok {
		return nil, store.ErrNotFound
	}
	if file.Bytes > f.limits.Catalog {
		return nil, refuse("%s is larger than %d bytes", name, f.limits.Catalog)
	}
	in, err := f.plain(name, file.Bytes)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(in, file.Bytes))
	if err = errors.Join(err, in.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != file.Hash {
		return nil, refuse("%s is not the file that the manifest names", name)
	}
	return text, nil
}

func find(all []Organization, id org.OrgID) (Organization, bool) {
	i, ok := slices.BinarySearchFunc(all, id, func(o Organization, id org.OrgID) int {
		return strings.Compare(string(o.Organization), string(id))
	})
	if !ok {
		return Organization{}, false
	}
	return all[i], true
}
