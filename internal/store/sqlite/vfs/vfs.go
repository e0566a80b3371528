// Package vfs stands between SQLite and its files. It owns the checksums at the end of the pages, and the rule that a file
// which could not be written to disk is not trusted again; it knows nothing of what is in a page.
package vfs

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite reaches files through a table of functions, its VFS. The driver offers no way to put another in, but the
// library below it does, at the price of this file: the tables are C's, so what stands in them is a number that Go
// reads as a function.

type (
	// Methods are what SQLite does with an open file.
	Methods = sqlite3.Tsqlite3_io_methods

	// Transfer, Command and Question are the forms of some of them.
	Transfer = func(tls *libc.TLS, file, buffer uintptr, n int32, at int64) int32 // xRead, xWrite
	Command  = func(tls *libc.TLS, file uintptr, flags int32) int32               // xSync
	Question = func(tls *libc.TLS, file uintptr) int32                            // xDeviceCharacteristics
	opening  = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, told uintptr) int32
)

// Address is how C refers to a function. Who stores an address keeps the function as well: the collector of garbage does
// not see it.
func Address[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// Function is the way back from an address.
func Function[F any](at uintptr) F { return *(*F)(unsafe.Pointer(&at)) }

func object[T any](at uintptr) *T { return *(**T)(unsafe.Pointer(&at)) }

// Bytes are those at an address.
func Bytes(at uintptr, n int) []byte { return unsafe.Slice(object[byte](at), n) }

// Disk is a VFS that is another one in all but what replace does to the methods of the files it opens. SQLite keeps a
// list of them for the whole process, so it has to be closed, after all files on it.
type Disk struct {
	Name    string
	at      uintptr // of its table, in C's memory: SQLite's own arithmetic with places in Go's is refused under the race detector
	over    uintptr
	open    opening // what table refers to
	replace func(name string, flags int32, m *Methods) []any
	closed  chan struct{}

	mu   sync.Mutex
	kept map[uintptr]*file
}

// file is where an open file's methods lie, in C's memory, and the functions that they refer to.
type file struct {
	methods uintptr
	kept    []any
}

// New makes a disk over the one of that name, the system's if it is empty. The function replace changes the methods
// of a file before SQLite sees them, and returns the functions it put in.
func New(over string, replace func(file string, flags int32, m *Methods) []any) (*Disk, error) {
	tls := libc.NewTLS()
	defer tls.Close()
	below, err := cText(over)
	if err != nil {
		return nil, err
	}
	d := &Disk{over: sqlite3.Xsqlite3_vfs_find(tls, below), replace: replace, closed: make(chan struct{}), kept: map[uintptr]*file{}}
	if d.over == 0 {
		return nil, fmt.Errorf("SQLite has no VFS %q", over)
	}
	d.Name = fmt.Sprintf("commonhold-%p", d)
	table := *object[sqlite3.Tsqlite3_vfs](d.over)
	if table.FzName, err = cText(d.Name); err != nil {
		return nil, err
	}
	d.open = d.xOpen
	table.FxOpen = Address(d.open)
	if d.at, err = place(tls, table); err != nil {
		return nil, err
	}
	if code := sqlite3.Xsqlite3_vfs_register(tls, d.at, 0); code != sqlite3.SQLITE_OK {
		return nil, fmt.Errorf("register a VFS: SQLite says %d", code)
	}
	go func() { // SQLite's list does not keep it
		<-d.closed
		runtime.KeepAlive(d)
	}()
	return d, nil
}

// place puts a value into C's memory.
func place[T any](tls *libc.TLS, v T) (uintptr, error) {
	at := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(v)))
	if at == 0 {
		return 0, errors.New("SQLite gets no memory")
	}
	*object[T](at) = v
	return at, nil
}

// Close takes the disk off SQLite's list. Closing again is no error.
func (d *Disk) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-d.closed:
		return
	default:
	}
	tls := libc.NewTLS()
	defer tls.Close()
	sqlite3.Xsqlite3_vfs_unregister(tls, d.at) // which fails for no VFS that is on the list
	for _, f := range d.kept {
		libc.Xfree(tls, f.methods)
	}
	libc.Xfree(tls, object[sqlite3.Tsqlite3_vfs](d.at).FzName)
	libc.Xfree(tls, d.at)
	close(d.closed)
}

// cText is a text as C has it, or its null.
func cText(s string) (uintptr, error) {
	if s == "" {
		return 0, nil
	}
	return libc.CString(s)
}

func (d *Disk) xOpen(tls *libc.TLS, _, name, at uintptr, flags int32, told uintptr) int32 {
	under := object[sqlite3.Tsqlite3_vfs](d.over)
	if code := Function[opening](under.FxOpen)(tls, d.over, name, at, flags, told); code != sqlite3.SQLITE_OK {
		return code
	}
	opened := object[sqlite3.Tsqlite3_file](at)
	methods := *object[Methods](opened.FpMethods)
	f := &file{kept: d.replace(libc.GoString(name), flags, &methods)}
	if f.kept == nil {
		return sqlite3.SQLITE_OK
	}
	var err error
	if f.methods, err = place(tls, methods); err != nil {
		Function[Question](methods.FxClose)(tls, at)
		opened.FpMethods = 0 // so that SQLite does not close it again
		return sqlite3.SQLITE_NOMEM
	}
	// SQLite forgets the place of a file when it closes it, and may give it to the next.
	d.mu.Lock()
	defer d.mu.Unlock()
	if before, ok := d.kept[at]; ok {
		libc.Xfree(tls, before.methods)
	}
	d.kept[at] = f
	opened.FpMethods = f.methods
	return sqlite3.SQLITE_OK
}
