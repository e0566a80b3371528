package org

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// Each fuzzer has a function that holds its property for any input. Seeds run in every test; garbled walks every
// property through inputs that chance has damaged, the same ones each time.

// garble calls a property with damaged copies of the seeds.
func garble(t *testing.T, seeds [][]byte, short, many int, property func([]byte)) {
	dice := rand.New(rand.NewPCG(1, 8))
	if long() {
		short = many
	}
	for range short {
		data := slices.Clone(seeds[dice.IntN(len(seeds))])
		for range 1 + dice.IntN(4) {
			data = damage(dice, data, seeds[dice.IntN(len(seeds))])
		}
		property(data)
	}
}

func damage(dice *rand.Rand, data, other []byte) []byte {
	if len(data) == 0 {
		return slices.Clone(other)
	}
	at := dice.IntN(len(data))
	end := min(len(data), at+1+dice.IntN(8))
	switch dice.IntN(7) {
	case 0:
		data[at] = byte(dice.IntN(256))
	case 1:
		data[at] ^= 1 << dice.IntN(8)
	case 2:
		data = slices.Delete(data, at, end)
	case 3:
		data = slices.Insert(data, at, data[at:end]...)
	case 4:
		data = append(data[:at], other[min(len(other), at):]...)
	case 5:
		data = slices.Insert(data, at, []byte(`"\{}[],:0918`)[dice.IntN(12)])
	default:
		data[at] = []byte(`"\{}[],:01239`)[dice.IntN(13)]
	}
	return data
}

func factSeeds(t testing.TB) (out [][]byte) {
	for _, s := range everySample(t) {
		out = append(out, []byte(s.name+" "+string(s.Fact)))
	}
	return out
}

// I-44
func FuzzDecode(f *testing.F) {
	for _, s := range factSeeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line []byte) { decodesOrNot(t, line) })
}

func TestGarbledFactsDecodeOrNot_I44(t *testing.T) {
	garble(t, factSeeds(t), 20_000, 2_000_000, func(line []byte) { decodesOrNot(t, line) })
}

// decodesOrNot holds that what decodes is written again as it was, and that any reader of JSON finds the same in it.
func decodesOrNot(t *testing.T, line []byte) {
	name, data, _ := bytes.Cut(line, []byte{' '})
	e, err := Decode(string(name), data)
	if err != nil {
		return
	}
	if again, out := Encode(e); again != string(name) || !bytes.Equal(out, data) {
		t.Fatalf("%s\nis written again as\n%s %s", line, again, out)
	}
	var read map[string]any
	numbers := json.NewDecoder(bytes.NewReader(data))
	numbers.UseNumber()
	if err := numbers.Decode(&read); err != nil {
		t.Fatalf("%s decodes and is no JSON: %v", line, err)
	}
	if fact := reflect.ValueOf(e).Elem(); fact.NumField() > 0 && fact.Type().Field(0).IsExported() && !strings.HasPrefix(string(name), "state.") {
		if own := plain(fact); !reflect.DeepEqual(own, read) {
			t.Fatalf("%s\nreads here as %v\nand there as %v", line, own, read)
		}
	}
	said := Sentence(e, func(id string) string { return "<" + id + ">" })
	if said == "" || !utf8.ValidString(said) {
		t.Fatalf("%s\nis told as %q", line, said)
	}
}

// plain is a fact's fields as a reader of JSON would find them: what is empty is left out, windows, subjects and
// settings stand among the rest.
func plain(v reflect.Value) map[string]any {
	out := map[string]any{}
	for i := range v.NumField() {
		field, name := v.Field(i), snake(v.Type().Field(i).Name)
		switch field.Type() {
		case reflect.TypeFor[RoleID]():
			name = "custom_role"
		case reflect.TypeFor[Scope]():
			out[name] = scopes[field.Uint()]
			continue
		}
		if field.IsZero() && !mandatory(v.Type().Name(), name) {
			continue
		}
		switch field.Kind() {
		case reflect.Struct:
			for k, x := range plain(field) {
				out[k] = x
			}
		case reflect.Slice:
			var all []any
			for j := range field.Len() {
				if x := field.Index(j); x.Kind() == reflect.String {
					all = append(all, x.String())
				} else {
					all = append(all, plain(x))
				}
			}
			out[name] = all
		case reflect.String:
			out[name] = field.String()
		case reflect.Bool:
			out[name] = true
		case reflect.Int64:
			out[name] = json.Number(fmt.Sprint(field.Int()))
		default:
			out[name] = json.Number(fmt.Sprint(field.Uint()))
		}
	}
	return out
}

// mandatory fields are written also when they are empty.
func mandatory(fact, name string) bool {
	switch name {
	case "external_id", "region", "creator_role", "everyone_role", "proofs", "teams", "peer", "ownerless", "manager", "members_create_projects",
		"window", "start", "end", "subject", "everyone", "settings", "gone", "instead", "permissions", "everywhere", "projects",
		"role_content", "transfer_without_approval", "creator", "entitlements", "billing_admins_take_no_seat", "until", "finish_from",
		"accounts", "acting", "expires", "old_ends", "by", "no_project_invitations":
		return false
	case "project":
		return fact != "RoleCreated"
	case "team":
		return fact != "Subject"
	case "person", "account":
		return fact != "Subject" && !strings.HasPrefix(fact, "TeamMember")
	}
	return true
}

func snake(name string) string {
	name = strings.ReplaceAll(name, "ID", "Id")
	return strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(name, "${1}_${2}"))
}

// I-44
func FuzzEvolve(f *testing.F) {
	for i := range 8 {
		dice := rand.New(rand.NewPCG(uint64(i), 9))
		f.Add(bytes.Join(shuffled(dice, factSeeds(f)), []byte{'\n'}))
	}
	bases := sampleStates(f)
	f.Fuzz(func(t *testing.T, lines []byte) { foldsOrBreaks(t, bases, lines) })
}

// sampleStates are the states that the log of samples goes through.
func sampleStates(t testing.TB) []frozen {
	s := Empty(storyLibrary(t))
	out := []frozen{freeze(s)}
	for _, f := range sampleLog(t) {
		s = Evolve(s, f)
		out = append(out, freeze(s))
	}
	return out
}

func TestGarbledLogsFoldOrBreak_I44(t *testing.T) {
	all, bases := factSeeds(t), sampleStates(t)
	var scripts [][]byte
	for i := range 200 {
		dice := rand.New(rand.NewPCG(uint64(i), 10))
		scripts = append(scripts, bytes.Join(shuffled(dice, all), []byte{'\n'}))
	}
	garble(t, scripts, 1_000, 100_000, func(lines []byte) { foldsOrBreaks(t, bases, lines) })
}

// shuffled picks some facts in any order: most cannot follow each other.
func shuffled(dice *rand.Rand, all [][]byte) (out [][]byte) {
	for range 1 + dice.IntN(6) {
		out = append(out, all[dice.IntN(len(all))])
	}
	return out
}

// foldsOrBreaks lets facts follow on a true state, or on nothing, as far as they decode.
func foldsOrBreaks(t *testing.T, bases []frozen, lines []byte) {
	base := bases[0]
	if len(lines) > 0 {
		base = bases[int(lines[len(lines)-1])*(len(bases)-1)/255] // the same input always follows on the same state
	}
	s := base.s
	for line := range bytes.SplitSeq(lines, []byte{'\n'}) {
		name, data, _ := bytes.Cut(line, []byte{' '})
		e, err := Decode(string(name), data)
		if err != nil {
			continue
		}
		s = Evolve(s, Stamped{Meta{Version: s.Version() + 1, At: s.At() + 1, Actor: usr("olga")}, e})
		asksNothingAmiss(t, s, lines)
	}
	if !bytes.Equal(Save(base.s), base.saved) {
		t.Fatalf("%s\nchanged the state it followed on", lines)
	}
}

// asksNothingAmiss asks a state everything. It may not panic, and if it is damaged it says no to all.
func asksNothingAmiss(t *testing.T, s *State, from []byte) {
	t.Helper()
	at, allowed := s.At(), 0
	people := []PersonID{"", usr("olga"), usr("ada"), usr("max"), usr("bill"), "x"}
	places := []ProjectID{"", prj("web"), prj("app"), "x"}
	for _, who := range people {
		for _, in := range places {
			allowed += len(s.Permissions(who, in, at)) + count(s.PeopleWhere(in, "project:view", at, ""))
			if s.Explain(who, "project:view", in, at).Allowed || s.Explain(who, "members:manage", in, at).Allowed {
				allowed++
			}
			s.Sources(who, in, at)
			s.GrantsOn(in, at)
			count(s.PeopleOf(in, at, ""))
		}
		allowed += count(s.ProjectsWhere(who, "project:view", at, ""))
		s.Holds(who, at)
		s.Former(who, at)
		s.Manages(who, tm("red"), at)
	}
	count(s.Members(at, ""))
	count(s.EndingBetween(0, at+1000*day))
	for _, id := range []TeamID{"", tm("red"), tm("blue")} {
		count(s.Roster(id, at, ""))
		s.GrantsOfTeam(id, at)
	}
	for _, by := range []Actor{{}, theOperator, as("olga"), as("ada")} {
		for _, c := range []Command{Enter{}, Give{Project: prj("web"), Subject: Subject{Everyone: true}, Role: Consumer}, AddMember{Person: usr("new"), Role: RoleMember},
			Remove{Person: usr("max")}, Restore{Person: usr("ada")}, DeleteTeam{tm("blue")}, RestoreProject{Project: prj("app")}} {
			if _, err := Decide(s, by, at, c); err == nil && (s.Damage() != nil || by == Actor{}) {
				t.Fatalf("%s\n%T by %+v was accepted, damage is %v", from, c, by, s.Damage())
			}
		}
	}
	if s.Damage() != nil && (allowed > 0 || s.Exists()) {
		t.Fatalf("%s\ndamaged by %v, and %d times a yes", from, s.Damage(), allowed)
	}
}

// I-44
func FuzzLoad(f *testing.F) {
	for _, s := range snapshotSeeds(f) {
		f.Add(s)
	}
	library := storyLibrary(f)
	f.Fuzz(func(t *testing.T, snapshot []byte) { loadsOrNot(t, library, snapshot) })
}

func TestGarbledSnapshotsLoadOrNot_I44(t *testing.T) {
	library := storyLibrary(t)
	garble(t, snapshotSeeds(t), 10_000, 1_000_000, func(snapshot []byte) { loadsOrNot(t, library, snapshot) })
}

func snapshotSeeds(t testing.TB) (out [][]byte) {
	log := sampleLog(t)
	for n := 3; n < len(log); n += 7 {
		out = append(out, Save(Evolve(Empty(storyLibrary(t)), log[:n]...)))
	}
	return append(out, sampleSnapshot(t))
}

// loadsOrNot holds that what loads is a state like any other: sound, and saved and loaded again the same.
func loadsOrNot(t *testing.T, library known, snapshot []byte) {
	s, err := Load(library, snapshot)
	if err != nil {
		return
	}
	asksNothingAmiss(t, s, snapshot)
	saved := Save(s)
	again, err := Load(library, saved)
	if err != nil {
		t.Fatalf("%s\nloads, and saved as\n%s\nit does not: %v", snapshot, saved, err)
	}
	if twice := Save(again); !bytes.Equal(twice, saved) {
		t.Fatalf("%s\nsaved and loaded again is\n%s", saved, twice)
	}
	if err := consistent(s); err != nil {
		t.Fatalf("%s\nloads as a state that is not sound: %v", snapshot, err)
	}
}

func FuzzSentence(f *testing.F) {
	for _, s := range everySample(f) {
		f.Add(s.name, []byte(s.Fact), "Ann {role}")
	}
	f.Fuzz(tellsIt)
}

// tellsIt holds that a sentence names whom and what a fact is about, whatever they are called.
func tellsIt(t *testing.T, name string, data []byte, called string) {
	e, err := Decode(name, data)
	if err != nil {
		return
	}
	var asked []string
	said := Sentence(e, func(id string) string { asked = append(asked, id); return called })
	if len(asked) > 0 && !strings.Contains(said, called) {
		t.Fatalf("%s %s called %q is told as %q", name, data, called, said)
	}
	plainly := Sentence(e, func(string) string { return "Ann" })
	if strings.ContainsAny(plainly, "{}[]") && !bytes.ContainsAny(data[1:len(data)-1], "{}[]") {
		t.Fatalf("%s %s is told as %q", name, data, plainly)
	}
}

func TestSentencesNameFieldsThatExist(t *testing.T) {
	for _, row := range facts {
		keys := map[string]bool{}
		for _, s := range readSamples(t, row.name) {
			var fields map[string]any
			if err := json.Unmarshal(s.Fact, &fields); err != nil {
				t.Fatal(err)
			}
			for k := range fields {
				keys[k] = true
			}
		}
		for _, field := range regexp.MustCompile(`\{(\w*)\}`).FindAllStringSubmatch(row.sentence, -1) {
			if !keys[field[1]] {
				t.Errorf("%s: the sentence names {%s}, which no sample has", row.name, field[1])
			}
		}
	}
}
