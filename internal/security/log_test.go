package security

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/storetest"
	"github.com/commonhold/commonhold/org"
)

const (
	acme org.OrgID    = "org_0000000000000000000000000c"
	ada  org.PersonID = "usr_0000000000000000000000000a"
)

type watch struct {
	mu  sync.Mutex
	now time.Time
}

func (w *watch) read() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }
func (w *watch) moves(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func open(t *testing.T, db store.DB) (*Log, *watch) {
	w := &watch{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	l := New(db.Security(), slog.New(slog.DiscardHandler), w.read)
	t.Cleanup(l.Close)
	return l, w
}

func list(t *testing.T, l *Log) []Row {
	t.Helper()
	rows, err := l.List(t.Context(), acme, Before{}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

var tried = Row{
	Organization: acme, Kind: Refused, Person: ada, Via: "key_1", What: "set_role", Code: "permission.missing",
	Asked: "members:set_role", Request: "r1", Origin: note.Origin{Address: "192.0.2.7", Agent: "curl"},
}

func TestARefusalIsReadBackAsItWasNoted_T215(t *testing.T) {
	l, w := open(t, memory.Open())
	l.Add(tried)
	rows := list(t, l)
	if len(rows) != 1 || rows[0].ID == "" {
		t.Fatalf("%+v", rows)
	}
	want := tried
	want.ID, want.At, want.Until, want.Count = rows[0].ID, org.At(w.now), org.At(w.now), 1
	if rows[0] != want {
		t.Errorf("got %+v\nwant %+v", rows[0], want)
	}
	l.Add(Row{Organization: acme, Kind: Read, Operator: true, Via: "key_1", What: "list_audit"})
	for _, r := range list(t, l) {
		if r.Kind == Read && (!r.Operator || r.Person != "") {
			t.Errorf("the operator reads as %+v", r)
		}
	}
}

func TestServerValuesStand_T218(t *testing.T) {
	l, w := open(t, memory.Open())
	bent := tried
	bent.ID, bent.At, bent.Until, bent.Count = "mine", 1, 2, 900
	l.Add(bent)
	if r := list(t, l)[0]; r.ID == "mine" || r.At != org.At(w.now) || r.Until != r.At || r.Count != 1 {
		t.Errorf("%+v", r)
	}
}

func TestAFloodIsCounted_T215(t *testing.T) {
	const many = dayCap + 5*pending
	l, _ := open(t, memory.Open())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range many / 4 {
				l.Add(tried)
			}
		})
	}
	all.Wait()
	rows, count := list(t, l), 0
	for _, r := range rows {
		count += r.Count
	}
	if len(rows) != dayCap+1 || count != many/4*4 {
		t.Errorf("%d rows stand for %d, want %d for %d", len(rows), count, dayCap+1, many/4*4)
	}
}

func TestOneReaderIsOneRowAnHour_T215(t *testing.T) {
	l, w := open(t, memory.Open())
	read := Row{Organization: acme, Kind: Read, Person: ada, Via: "key_1", What: "list_audit"}
	for range 3 {
		l.Add(read)
	}
	other := read
	other.Person = ""
	l.Add(other)
	if n := len(list(t, l)); n != 2 {
		t.Errorf("%d rows, want one of each reader", n)
	}
	w.moves(readAgain)
	l.Add(read)
	if n := len(list(t, l)); n != 3 {
		t.Errorf("%d rows after an hour", n)
	}
}

func TestPagesGoOnBehindARow(t *testing.T) {
	l, w := open(t, memory.Open())
	for i := range 7 {
		r := tried
		r.Request = fmt.Sprint(i)
		l.Add(r)
		if i%3 == 0 {
			w.moves(time.Second)
		}
	}
	var got []Row
	for b := (Before{}); ; {
		rows, err := l.List(t.Context(), acme, b, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			break
		}
		got = append(got, rows...)
		b = Before{rows[len(rows)-1].At, rows[len(rows)-1].ID}
	}
	seen := map[string]bool{}
	for i, r := range got {
		if seen[r.Request] || i > 0 && got[i-1].At < r.At {
			t.Errorf("row %d is %+v behind %+v", i, r, got[i-1])
		}
		seen[r.Request] = true
	}
	if len(got) != 7 {
		t.Errorf("%d rows", len(got))
	}
}

func TestWhereAPersonCameFromIsErased_T223(t *testing.T) {
	l, _ := open(t, memory.Open())
	l.Add(tried)
	if err := l.Erase(t.Context(), ada); err != nil {
		t.Fatal(err)
	}
	if r := list(t, l)[0]; r.Origin != (note.Origin{}) || r.Person != ada {
		t.Errorf("%+v", r)
	}
}

func TestRowsAreKeptForTheirTime(t *testing.T) {
	l, w := open(t, memory.Open())
	l.Add(tried)
	list(t, l)
	for _, r := range []struct {
		pass time.Duration
		want int
	}{{lasts, 1}, {time.Hour, 0}} {
		w.moves(r.pass)
		if err := l.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(list(t, l)); n != r.want {
			t.Errorf("%d rows, want %d", n, r.want)
		}
	}
}

func TestADatabaseThatRefusesEndsNothing(t *testing.T) {
	l, _ := open(t, storetest.Inject(memory.Open(), storetest.Plan{Write: storetest.Nth(1, storetest.Fail)}))
	l.Add(tried)
	_ = l.Flush(t.Context()) // or the log itself has met the fault before
	l.Add(tried)
	if n := len(list(t, l)); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestClosingWritesWhatWaits(t *testing.T) {
	db := memory.Open()
	l := New(db, slog.New(slog.DiscardHandler), time.Now)
	l.Add(tried)
	l.Close()
	if rows, err := db.Incidents(t.Context(), string(acme), 1<<62, "", 9); err != nil || len(rows) != 1 {
		t.Errorf("%v, %v", rows, err)
	}
}
