package typeid

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
)

var form = regexp.MustCompile(`^usr_[0-7][0-9a-hjkmnp-tv-z]{25}$`)

func TestIDsHaveTheFormOfTheSpecification(t *testing.T) {
	ones := strings.NewReader(strings.Repeat("\xff", 100))
	for _, row := range []struct{ name, id, want string }{
		{"all zero but the version", Random("usr_", bytes.NewReader(make([]byte, 16))), "usr_00000000008008000000000000"},
		{"the largest", Timed("usr_", time.UnixMilli(1<<48-1), ones), "usr_7zzzzzzzzzfzzvzzzzzzzzzzzz"},
	} {
		if row.id != row.want || !form.MatchString(row.id) {
			t.Errorf("%s: %s, want %s", row.name, row.id, row.want)
		}
	}
}

func TestTimedIDsSortByTime(t *testing.T) {
	now, last := time.UnixMilli(1_700_000_000_000), ""
	for i := range 100 {
		id := Timed("x_", now.Add(time.Duration(i)*time.Millisecond), strings.NewReader(strings.Repeat(string(rune('a'+i%26)), 10)))
		if id <= last {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
	}
}

func TestWithoutRandomnessThereIsNoID(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an id without randomness")
		}
	}()
	Random("usr_", strings.NewReader("short"))
}
