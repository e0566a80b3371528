package body

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"golang.org/x/text/unicode/norm"
)

type word string

type window struct {
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
}

type part struct {
	Name word `json:"name"`
	On   bool `json:"on,omitempty"`
}

type sample struct {
	Person word `json:"person"`
	window
	Flag   bool   `json:"flag,omitempty"`
	Parts  []part `json:"parts,omitempty"`
	Words  []word `json:"words,omitempty"`
	Hidden word   `json:"-"`
}

func read(t testing.TB, text string, bound ...string) (sample, error) {
	shape, err := Of(reflect.TypeFor[sample](), bound...)
	if err != nil {
		t.Fatal(err)
	}
	var out sample
	err = shape.Read([]byte(text), reflect.ValueOf(&out).Elem())
	return out, err
}

func TestBodiesAreReadAsTheyAreMeant(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       sample
	}{
		{name: "one field", text: `{"person":"ana"}`, want: sample{Person: "ana"}},
		{name: "blanks anywhere", text: " {\n\t\"person\" :\r\"ana\" , \"flag\":false } ", want: sample{Person: "ana"}},
		{name: "an embedded field", text: `{"person":"ana","end":"2026-01-02T03:04:05Z"}`,
			want: sample{Person: "ana", window: window{End: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}}},
		{name: "lists of objects and of texts", text: `{"person":"a","parts":[{"name":"x","on":true},{"name":"y"}],"words":["p","q"],"flag":true}`,
			want: sample{Person: "a", Flag: true, Parts: []part{{"x", true}, {Name: "y"}}, Words: []word{"p", "q"}}},
		{name: "empty lists", text: `{"person":"a","parts":[],"words":[ ]}`, want: sample{Person: "a", Parts: []part{}, Words: []word{}}},
		{name: "escapes", text: `{"person":"\"\\\/\b\f\n\r\té\ud83d\ude00"}`, want: sample{Person: "\"\\/\b\f\n\r\té😀"}},
		{name: "a name with an escape", text: `{"p\u0065rson":"ana"}`, want: sample{Person: "ana"}},
		{name: "parts of letters are put together", text: "{\"person\":\"e\u0301 \\u0065\\u0301\"}", want: sample{Person: "é é"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, err := read(t, row.text); err != nil || !reflect.DeepEqual(got, row.want) {
				t.Errorf("%+v, %v\nwant %+v", got, err, row.want)
			}
		})
	}
}

func TestBodiesAreTakenStrictly(t *testing.T) {
	for _, row := range []struct {
		name, text string
		kind       Kind
		field      string
	}{
		{name: "nothing", text: ``, kind: Malformed},
		{name: "a list", text: `[]`, kind: WrongType},
		{name: "a text", text: `"person"`, kind: WrongType},
		{name: "null", text: `null`, kind: WrongType},
		{name: "an unknown field", text: `{"person":"a","owner":true}`, kind: Unknown, field: "owner"},
		{name: "an unknown field whose name is no word", text: `{"person":"a","<b>":true}`, kind: Unknown},
		{name: "an unknown field whose name is long", text: `{"` + strings.Repeat("a", 65) + `":1}`, kind: Unknown},
		{name: "an unknown field in a list", text: `{"person":"a","parts":[{"name":"x"},{"name":"y","role":1}]}`, kind: Unknown, field: "parts[1].role"},
		{name: "a field in another case", text: `{"Person":"a"}`, kind: Unknown, field: "Person"},
		{name: "a field that is no field", text: `{"person":"a","Hidden":"x"}`, kind: Unknown, field: "Hidden"},
		{name: "a field twice", text: `{"person":"a","person":"b"}`, kind: Twice, field: "person"},
		{name: "a field twice by an escape", text: `{"person":"a","\u0070erson":"b"}`, kind: Twice, field: "person"},
		{name: "a field missing", text: `{"flag":true}`, kind: Missing, field: "person"},
		{name: "a field missing in a list", text: `{"person":"a","parts":[{"on":true}]}`, kind: Missing, field: "parts[0].name"},
		{name: "null in a field", text: `{"person":null}`, kind: WrongType, field: "person"},
		{name: "a number for a text", text: `{"person":7}`, kind: WrongType, field: "person"},
		{name: "a huge number", text: `{"person":1e999999}`, kind: WrongType, field: "person"},
		{name: "a list for a text", text: `{"person":["a","b"]}`, kind: WrongType, field: "person"},
		{name: "a text for a flag", text: `{"person":"a","flag":"true"}`, kind: WrongType, field: "flag"},
		{name: "a text in a list of objects", text: `{"person":"a","parts":["x"]}`, kind: WrongType, field: "parts[0]"},
		{name: "a time that is none", text: `{"person":"a","end":"tomorrow"}`, kind: BadValue, field: "end"},
		{name: "text behind the end", text: `{"person":"a"} {}`, kind: Malformed},
		{name: "no end", text: `{"person":"a"`, kind: Malformed},
		{name: "a comma too many", text: `{"person":"a",}`, kind: Malformed},
		{name: "a comma too few", text: `{"person":"a" "flag":true}`, kind: Malformed},
		{name: "a comma too many in a list", text: `{"person":"a","words":["x",]}`, kind: Malformed, field: "words[1]"},
		{name: "no colon", text: `{"person" "a"}`, kind: Malformed},
		{name: "single quotes", text: `{'person':'a'}`, kind: Malformed},
		{name: "a comment", text: `{/**/"person":"a"}`, kind: Malformed},
		{name: "a byte order mark", text: "\ufeff{\"person\":\"a\"}", kind: Malformed},
		{name: "what is not UTF-8", text: "{\"person\":\"a\xff\"}", kind: Malformed},
		{name: "half a pair of surrogates", text: `{"person":"\ud83d"}`, kind: Malformed, field: "person"},
		{name: "a pair the wrong way round", text: `{"person":"\ude00\ud83d"}`, kind: Malformed, field: "person"},
		{name: "an unknown escape", text: `{"person":"\x41"}`, kind: Malformed, field: "person"},
		{name: "a NUL", text: `{"person":"\u0000"}`, kind: Malformed, field: "person"},
		{name: "a line end in a text", text: "{\"person\":\"a\nb\"}", kind: Malformed, field: "person"},
		{name: "T-203 a hundred thousand levels", text: strings.Repeat(`[`, 100_000), kind: WrongType},
		{name: "T-203 a hundred thousand levels in a field", text: `{"words":[` + strings.Repeat(`[`, 100_000), kind: WrongType, field: "words[0]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := read(t, row.text)
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Kind != row.kind || e.Field != row.field {
				t.Errorf("%v, want kind %d of %q", err, row.kind, row.field)
			}
		})
	}
}

func TestBoundFieldsAreNotTakenFromABody(t *testing.T) {
	if _, err := read(t, `{"person":"a"}`, "person"); err == nil || err.(*Error).Kind != Unknown {
		t.Errorf("%v", err)
	}
	shape, err := Of(reflect.TypeFor[sample](), "person")
	if err != nil {
		t.Fatal(err)
	}
	var out sample
	v := reflect.ValueOf(&out).Elem()
	shape.Fill(v, "person", "ana")
	if err := shape.Read([]byte(`{"words":["x"],"parts":[{"name":"y"}]}`), v); err != nil || out.Person != "ana" {
		t.Errorf("%+v, %v", out, err)
	}
	var seen []string
	err = shape.Texts(v, func(v reflect.Value) error {
		seen = append(seen, v.String())
		v.SetString(v.String() + "!")
		return nil
	})
	if err != nil || strings.Join(seen, " ") != "ana y x" || out.Parts[0].Name != "y!" {
		t.Errorf("%q, %v, %+v", seen, err, out)
	}
	bad := errors.New("bad")
	err = shape.Texts(v, func(v reflect.Value) error {
		if v.String() == "y!" {
			return bad
		}
		return nil
	})
	if e, ok := errors.AsType[*Error](err); !ok || e.Field != "parts[0].name" || !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
}

func TestTypesThatNoBodyNeedsAreRefusedAtTheStart(t *testing.T) {
	for _, v := range []any{
		struct {
			N int `json:"n"`
		}{},
		struct {
			M map[string]string `json:"m"`
		}{},
		struct {
			L []*string `json:"l"`
		}{},
	} {
		if _, err := Of(reflect.TypeOf(v)); err == nil {
			t.Errorf("%T was taken", v)
		}
	}
	if _, err := Of(reflect.TypeFor[sample](), "nothing"); err == nil {
		t.Error("a bound field that is not there was taken")
	}
	if _, err := Of(reflect.TypeFor[sample](), "flag"); err == nil {
		t.Error("a bound field that is no text was taken")
	}
}

func TestWhatEncodingJSONWritesIsRead(t *testing.T) {
	same := func(person, name string, flag bool, words []string) bool {
		in := sample{Person: word(norm.NFC.String(strings.ToValidUTF8(strings.ReplaceAll(person, "\x00", ""), ""))), Flag: flag, Parts: []part{{Name: "x", On: flag}}}
		for _, w := range words {
			in.Words = append(in.Words, word(norm.NFC.String(strings.ToValidUTF8(strings.ReplaceAll(w, "\x00", ""), ""))))
		}
		b, err := json.Marshal(in)
		if err != nil {
			return false
		}
		out, err := read(t, string(b))
		return err == nil && reflect.DeepEqual(in, out)
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

func FuzzBody(f *testing.F) {
	for _, text := range []string{`{"person":"a"}`, `{"person":"\u00e9","parts":[{"name":"x","on":true}],"words":["a"],"end":"2026-01-02T03:04:05Z"}`,
		`{"person":null}`, `{"person":"a","person":"b"}`, `{"PERSON":"a"}`, "{\"person\":\"e\u0301\"}"} {
		f.Add([]byte(text))
	}
	shape, err := Of(reflect.TypeFor[sample]())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, shared, want sample
		err := shape.Read(data, reflect.ValueOf(&got).Elem())
		if e := shape.Sharing().Read(data, reflect.ValueOf(&shared).Elem()); (e == nil) != (err == nil) || !reflect.DeepEqual(got, shared) {
			t.Fatalf("shared memory reads otherwise: %+v, %v", shared, e)
		}
		if err != nil {
			if _, ok := err.(*Error); !ok {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&want); err != nil {
			t.Fatalf("taken, and encoding/json says %v", err)
		}
		want.Person = word(norm.NFC.String(string(want.Person)))
		for i := range want.Words {
			want.Words[i] = word(norm.NFC.String(string(want.Words[i])))
		}
		for i := range want.Parts {
			want.Parts[i].Name = word(norm.NFC.String(string(want.Parts[i].Name)))
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, encoding/json reads %+v", got, want)
		}
	})
}
