package vfs

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"sync/atomic"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite believes what it finds in its file: a bit that flipped on disk may become another answer, or hide a row. So
// the last bytes of each page, which SQLite leaves alone if the header of the file says so, hold a checksum of the page
// and of its place. It is written with the page and compared whenever the page is read from the file; what does not
// match is an error, never a row. The write-ahead log has checksums of SQLite's own.
const (
	pageSize = 4096
	reserved = 8
)

// Checked makes a disk that does this to the files of a database, over the disk of that name, or the system's.
func Checked(over string) (*Disk, error) { return New(over, checkFiles) }

func checkFiles(_ string, flags int32, m *Methods) (put []any) {
	if flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0 {
		put = checkPages(m)
	}
	if flags&(sqlite3.SQLITE_OPEN_MAIN_DB|sqlite3.SQLITE_OPEN_WAL) != 0 {
		put = append(put, syncOnce(m))
	}
	return put
}

// syncOnce makes a file that could not be synced fail every sync until it is opened anew, which is at the next start:
// the system forgets what it could not write, so that a second try would succeed without it.
func syncOnce(m *Methods) Command {
	var failed atomic.Bool
	below := Function[Command](m.FxSync)
	var sync Command = func(tls *libc.TLS, file uintptr, flags int32) int32 {
		if failed.Load() {
			return sqlite3.SQLITE_IOERR_FSYNC
		}
		code := below(tls, file, flags)
		if code != sqlite3.SQLITE_OK {
			failed.Store(true)
		}
		return code
	}
	m.FxSync = Address(sync)
	return sync
}

func checkPages(m *Methods) []any {
	read, write := Function[Transfer](m.FxRead), Function[Transfer](m.FxWrite)
	traits := Function[Question](m.FxDeviceCharacteristics)
	var checked Transfer = func(tls *libc.TLS, file, buffer uintptr, n int32, at int64) int32 {
		code := read(tls, file, buffer, n, at)
		if code == sqlite3.SQLITE_OK && n >= 512 && !intact(Bytes(buffer, int(n)), at) {
			return sqlite3.SQLITE_IOERR_DATA
		}
		return code
	}
	var stamped Transfer = func(tls *libc.TLS, file, buffer uintptr, n int32, at int64) int32 {
		if n == pageSize && at%pageSize == 0 {
			stamp(Bytes(buffer, pageSize), at)
		}
		return write(tls, file, buffer, n, at)
	}
	// Whole pages only, so that none is read past the checksum. The header alone is read by itself before.
	var whole Question = func(tls *libc.TLS, file uintptr) int32 {
		return traits(tls, file) &^ sqlite3.SQLITE_IOCAP_SUBPAGE_READ
	}
	m.FxRead, m.FxWrite, m.FxDeviceCharacteristics = Address(checked), Address(stamped), Address(whole)
	return []any{checked, stamped, whole}
}

// intact says whether a page read at a place of the file was written there. A page may never have been written, if it
// was given back before its turn came: then it is empty.
func intact(page []byte, at int64) bool {
	if len(page) != pageSize || at%pageSize != 0 {
		return false // the header of the file gives pages another size than this program does
	}
	sum := binary.LittleEndian.Uint64(page[pageSize-reserved:])
	return sum == pageSum(page, at) || sum == 0 && empty(page)
}

func stamp(page []byte, at int64) {
	binary.LittleEndian.PutUint64(page[pageSize-reserved:], pageSum(page, at))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// pageSum is never 0.
func pageSum(page []byte, at int64) uint64 {
	place := binary.LittleEndian.AppendUint64(nil, uint64(at))
	return 1<<32 | uint64(crc32.Update(crc32.Checksum(place, castagnoli), castagnoli, page[:pageSize-reserved]))
}

func empty(page []byte) bool {
	for _, b := range page {
		if b != 0 {
			return false
		}
	}
	return true
}

// LayOut writes the first page of a database without tables into an empty file: what SQLite itself would write, but
// for the reserved bytes. A file that holds a database has to have been laid out so.
func LayOut(file *os.File) error {
	about, err := file.Stat()
	if err != nil {
		return err
	}
	if about.Size() == 0 {
		_, err := file.WriteAt(firstPage(), 0)
		return err
	}
	header := make([]byte, 24)
	if _, err := file.ReadAt(header, 0); err != nil || string(header[:16]) != magic {
		return nil // SQLite says best what is wrong with it
	}
	if size := binary.BigEndian.Uint16(header[16:]); size != pageSize || header[20] != reserved {
		return fmt.Errorf("%s is damaged, or another program made it: its pages are not said to carry checksums; restore a backup", file.Name())
	}
	return nil
}

const magic = "SQLite format 3\x00"

// firstPage is laid out as https://www.sqlite.org/fileformat2.html says.
func firstPage() []byte {
	page := make([]byte, pageSize)
	copy(page, magic)
	binary.BigEndian.PutUint16(page[16:], pageSize)
	page[18], page[19] = 1, 1 // the versions that write and read it; the write-ahead log changes both
	page[20] = reserved
	page[21], page[22], page[23] = 64, 32, 32 // fractions of payload, fixed
	binary.BigEndian.PutUint32(page[24:], 1)  // changes
	binary.BigEndian.PutUint32(page[28:], 1)  // pages
	binary.BigEndian.PutUint32(page[44:], 4)  // the format of the schema
	binary.BigEndian.PutUint32(page[56:], 1)  // UTF-8
	binary.BigEndian.PutUint32(page[92:], 1)  // changes when the number of pages was written
	binary.BigEndian.PutUint32(page[96:], sqlite3.SQLITE_VERSION_NUMBER)
	page[100] = 13 // a leaf of a table, without rows, whose content would begin at the end
	binary.BigEndian.PutUint16(page[105:], pageSize-reserved)
	stamp(page, 0)
	return page
}
