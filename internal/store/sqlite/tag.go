package sqlite

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/commonhold/commonhold/internal/store/sqlite/vfs"
)

// A tag stands in the first page of the database and says how far it has come: which run of which process wrote it
// last, and with the how manieth commit. SQLite keeps two numbers there for programs, application_id and user_version.
// Every commit moves the tag on, so the first page is among the pages of every commit in the write-ahead log, and from
// the bytes of both files one can tell, before SQLite joins them, whether they belong together. SQLite itself cannot: it
// takes whatever log lies beside a database, and takes a database without one for complete.
type tag struct {
	run   uint32 // random, with a state in the last two bits; zero in a database that was never tagged
	count uint32
}

const (
	stopped  = 0 // the database is complete without a log
	running  = 1
	starting = 2 // running, still under the number of the run before
	states   = 3
)

func (t tag) state() uint32          { return t.run & states }
func (t tag) in(state uint32) uint32 { return t.run&^states | state }

// firstTag is what the first start writes into the log beside a database that was never tagged, and a kill may leave there
// alone.
var firstTag = tag{run: starting, count: 1}

// sameRun reports whether two tags come from one run, in whatever state.
func (t tag) sameRun(u tag) bool { return t.run&^states == u.run&^states }

const (
	tagAt     = 60 // of the database's header: user_version, four bytes of something else, application_id
	tagEnd    = 72
	logHead   = 32 // of the log, and of each frame in it
	frameHead = 24
)

func tagIn(page []byte) tag {
	return tag{run: binary.BigEndian.Uint32(page[tagAt+8:]), count: binary.BigEndian.Uint32(page[tagAt:])}
}

// ErrTornApart is how a database and a write-ahead log are refused that do not belong together.
var ErrTornApart = errors.New("the database and its write-ahead log do not belong together")

// fit refuses a database that its log does not continue, as after a restore of one without the other or a copy that was
// made while a process wrote: what SQLite would make of them lacks commits, or mixes two histories. No process may have
// the database open.
func fit(file string) error {
	has, err := readTag(file)
	if err != nil {
		return err
	}
	log, err := readLog(file + "-wal")
	if err != nil {
		return err
	}
	torn := func(what string) error {
		return fmt.Errorf("%w: %s. Put both files back as they lay side by side when no process had them open, or restore a backup", ErrTornApart, what)
	}
	switch {
	case log.beyond > 1: // the last commit may be half there, but no other: each was synced before the next began
		return torn(file + "-wal is damaged, and SQLite would leave out what stands behind")
	case has == nil && log.frames == 0:
		return nil // a new one
	case has == nil:
		return torn(file + "-wal holds commits, and the database is gone")
	case *has == tag{} && len(log.tags) > 0 && log.tags[0] != tag{} && log.tags[0] != firstTag:
		return torn(file + "-wal holds commits, and the database is gone") // what is there was laid out just now
	case *has == tag{}:
		return nil // from before there were tags, or not a database at all, which SQLite says better
	case log.frames == 0 && has.state() == stopped:
		return nil
	case log.frames == 0 && !log.begun:
		return torn(file + "-wal is missing, and with it the last commits: the database was copied without it, or while a process had it open; " +
			"if another program, such as sqlite3, wrote it back after a crash, commonhold doctor --accept-database says so")
	case log.frames == 0 && (len(log.before) == 0 || log.before[len(log.before)-1] == *has):
		return nil // the log began anew, for all of it was written back
	case log.frames == 0:
	case len(log.tags) == 0 || slices.Contains(log.tags, *has):
		return nil
	case log.tags[0].count == has.count+1 && (log.tags[0].sameRun(*has) || has.state() == starting):
		return nil
	}
	return torn(file + "-wal belongs to another copy, or commits between the two are missing")
}

// readTag returns the tag of a database; nil if there is none.
func readTag(file string) (*tag, error) {
	var head [tagEnd]byte
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at the database: %w", err)
	}
	defer f.Close()
	if _, err := io.ReadFull(f, head[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("look at the database: %w", err)
	}
	if !bytes.HasPrefix(head[:], []byte("SQLite format 3\x00")) {
		return &tag{}, nil
	}
	t := tagIn(head[:])
	return &t, nil
}

// wal is what can be told from the bytes of a write-ahead log.
type wal struct {
	begun  bool  // it has a head
	frames int   // that SQLite would take, though perhaps of a commit that did not come to its end
	tags   []tag // in them, in order
	before []tag // in what a restart of the log left behind, as far as it was not written over
	beyond int   // commits behind a frame that is not whole
}

// readLog reads a write-ahead log; https://www.sqlite.org/fileformat2.html#walformat describes it.
func readLog(file string) (l wal, err error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return l, fmt.Errorf("look at the write-ahead log: %w", err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	var head [logHead]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return l, none(err)
	}
	magic, size := binary.BigEndian.Uint32(head[:]), binary.BigEndian.Uint32(head[8:])
	sums := checksum{order: binary.LittleEndian}
	if magic&1 == 1 {
		sums.order = binary.BigEndian
	}
	if sums.add(head[:24]); magic&^1 != 0x377f0682 || size < 512 || size > 65536 || !sums.are(head[24:]) {
		return l, nil // SQLite takes nothing from it either
	}
	l.begun = true
	salt := binary.BigEndian.Uint32(head[16:])
	var old checksum // of the log before this one, up to the frame before
	frame, whole := make([]byte, frameHead+size), true
	for n := 0; ; n++ {
		if _, err := io.ReadFull(in, frame); err != nil {
			return l, none(err)
		}
		if n == 0 {
			old = headBefore(head, frame, sums.order)
		}
		if whole = whole && bytes.Equal(frame[8:16], head[16:24]); whole {
			sums.add(frame[:8])
			sums.add(frame[frameHead:])
			whole = sums.are(frame[16:])
		}
		first, ends := binary.BigEndian.Uint32(frame) == 1, binary.BigEndian.Uint32(frame[4:]) != 0
		if !whole && ends && bytes.Equal(frame[8:16], head[16:24]) {
			l.beyond++
		}
		switch {
		case whole:
			if l.frames++; first {
				l.tags = append(l.tags, tagIn(frame[frameHead:]))
			}
		case first && binary.BigEndian.Uint32(frame[8:]) == salt-1 && old.follow(frame):
			l.before = append(l.before, tagIn(frame[frameHead:]))
		}
		old.s0, old.s1 = binary.BigEndian.Uint32(frame[16:]), binary.BigEndian.Uint32(frame[20:])
	}
}

// headBefore is the checksum of the head that a log had before it began anew, if its first frame is still there. A power
// cut may leave half of a frame and half of the one that was to replace it, so frames are taken only with their checksum.
func headBefore(head [logHead]byte, first []byte, order binary.ByteOrder) checksum {
	binary.BigEndian.PutUint32(head[12:], binary.BigEndian.Uint32(head[12:])-1) // how often it began anew
	copy(head[16:24], first[8:])
	c := checksum{order: order}
	c.add(head[:24])
	return c
}

// checksum is the one that goes through a write-ahead log from its head to its last frame.
type checksum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

func (c *checksum) add(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		c.s0 += c.order.Uint32(b) + c.s1
		c.s1 += c.order.Uint32(b[4:]) + c.s0
	}
}

// follow reports whether a frame is the one behind what the sums go through.
func (c checksum) follow(frame []byte) bool {
	c.add(frame[:8])
	c.add(frame[frameHead:])
	return c.are(frame[16:])
}

// are reports whether the sums so far are those that b begins with.
func (c *checksum) are(b []byte) bool {
	return binary.BigEndian.Uint32(b) == c.s0 && binary.BigEndian.Uint32(b[4:]) == c.s1
}

// none passes over the end of a file.
func none(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return fmt.Errorf("look at the write-ahead log: %w", err)
}

// begin starts a run: what earlier ones left is written back, and the tag moves to the new run in a log that begins with
// the old one's, so that whatever of this a crash leaves behind still fits.
func (db *DB) begin(ctx context.Context) error {
	if err := db.writer.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&db.tag.run); err != nil {
		return fmt.Errorf("read the tag: %w", err)
	}
	var count int32 // as SQLite shows it
	if err := db.writer.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&count); err != nil {
		return fmt.Errorf("read the tag: %w", err)
	}
	db.tag.count = uint32(count)
	if _, err := db.writer.ExecContext(ctx, `PRAGMA wal_checkpoint(restart)`); err != nil {
		return fmt.Errorf("write the log back: %w", err)
	}
	if err := db.move(ctx, db.tag.in(starting)); err != nil {
		return err
	}
	if err := db.move(ctx, tag{run: freshRun()}.in(running)); err != nil {
		return err
	}
	if _, err := db.writer.ExecContext(ctx, `PRAGMA wal_checkpoint(passive)`); err != nil {
		return fmt.Errorf("write the log back: %w", err)
	}
	return nil
}

// freshRun is a number that no other run has. It is positive, as SQLite shows it.
func freshRun() uint32 {
	var b [4]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return binary.BigEndian.Uint32(b[:])&0x7fffffff | 4
}

// move writes the tag of another run or state in a commit of its own.
func (db *DB) move(ctx context.Context, run uint32) error {
	err := db.write(ctx, func(t *transaction) error {
		t.changed = true
		_, err := t.tx.ExecContext(t.inside, fmt.Sprintf(`PRAGMA application_id = %d`, run))
		return err
	})
	if err != nil {
		return fmt.Errorf("tag the database: %w", err)
	}
	db.tag.run = run
	return nil
}

// count moves the tag on inside a transaction that is about to commit. A commit that failed may have happened all the
// same; the next one then bears its number again, which fits as well.
func (t *transaction) count(n uint32) error {
	_, err := t.tx.ExecContext(t.inside, fmt.Sprintf(`PRAGMA user_version = %d`, int32(n)))
	return err
}

// Accept declares the database in the folder dir complete although its log is missing: somebody who was told so by the
// refusal of Open has to want it. It does nothing to a database that Open would take.
func Accept(ctx context.Context, dir string) error {
	f := &folder{dir: dir}
	if err := f.hold(); err != nil {
		return err
	}
	return errors.Join(accept(ctx, f.database()), f.leave())
}

func accept(ctx context.Context, file string) error {
	log, err := readLog(file + "-wal")
	if err != nil {
		return err
	}
	if err := fit(file); !errors.Is(err, ErrTornApart) || log.begun {
		return err // what lies beside it would be joined with it
	}
	disk, err := vfs.Checked("")
	if err != nil {
		return err
	}
	defer disk.Close()
	writer, err := connect(disk, file, 1)
	if err != nil {
		return err
	}
	_, err = writer.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, tag{run: freshRun()}.in(stopped)))
	return errors.Join(err, writer.Close())
}
