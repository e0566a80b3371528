package org

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A stride is one step of a walk. It is plain data, so that a walk can be taken again with some of its steps left out.
type stride struct {
	pass Instant // how far the clock moves before
	org  int
	by   Actor
	cmd  Command // or, for a move from this organization to the other:
	move *MoveProject
}

func (s stride) String() string {
	who := string(s.by.ID())
	if s.by.Operator {
		who = "operator"
	}
	if s.move != nil {
		s.cmd = moving{*s.move}
	}
	return fmt.Sprintf("+%-14s org %d  %-32q %T%+v", time.Duration(s.pass)*time.Microsecond, s.org, who, s.cmd, s.cmd)
}

// A walker walks through two organizations that share some people and one clock.
type walker struct {
	now       Instant
	orgs      [2]*walked
	made      int // how many fresh ids were handed out
	accepted  int
	untouched int  // accepted commands that changed nothing
	strolls   bool // holds no invariants: somebody else does, on the same walk
}

type walked struct {
	s     *State
	saved []byte
	at    *picture
	reference
	leads map[string]Lead
}

// A passage is what one stride did to one organization.
type passage struct {
	stride
	at            Instant // the instant at which it was decided
	facts         []Stamped
	old, new      *State
	before, after *picture
	saved         []byte // the new state
	*walked
}

const (
	appDigest    Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	leanerDigest Digest = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

func walkTables() map[Digest][]Row {
	return map[Digest][]Row{appDigest: applicationRows(), leanerDigest: leanerRows()}
}

func walkLibrary(t testing.TB) known {
	library := known{}
	for digest, rows := range walkTables() {
		c, err := NewCatalog(rows...)
		if err != nil {
			t.Fatal(err)
		}
		library[digest] = c
	}
	return library
}

func newWalker(library known) *walker {
	w := &walker{now: At(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))}
	for i := range w.orgs {
		s := Empty(library)
		w.orgs[i] = &walked{s: s, saved: Save(s), at: &picture{}, reference: reference{tables: walkTables()}, leads: map[string]Lead{}}
	}
	return w
}

func strollerIn(library known) *walker {
	w := newWalker(library)
	w.strolls = true
	return w
}

// take takes one stride and holds every invariant against what it did.
func (w *walker) take(s stride) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	w.now += s.pass
	if s.move != nil {
		return w.moves(s)
	}
	p, err := w.orgs[s.org].pass(s, w.now)
	if p == nil || err != nil {
		return err
	}
	if w.accepted++; len(p.facts) == 0 {
		w.untouched++
	}
	return w.hold(p)
}

func (w *walker) hold(p *passage) error {
	for _, i := range invariants {
		if w.strolls {
			break
		}
		if err := i.hold(p); err != nil {
			return fmt.Errorf("%s: %w", i.name, err)
		}
	}
	return nil
}

// pass decides and folds one stride. It returns nil if the command was refused.
func (o *walked) pass(s stride, now Instant) (*passage, error) {
	p := &passage{stride: s, at: max(now, o.s.At()), old: o.s, before: o.at, walked: o}
	facts, err := Decide(o.s, s.by, now, s.cmd)
	again, errAgain := Decide(o.s, s.by, now, s.cmd)
	if !sameFacts(facts, again) || !reflect.DeepEqual(errAgain, err) {
		return nil, fmt.Errorf("I-15: decided twice on one version, it came out as %v %v and %v %v", facts, err, again, errAgain)
	}
	if !bytes.Equal(Save(o.s), o.saved) {
		return nil, errors.New("deciding changed the state")
	}
	if err != nil {
		var r *Refusal
		if !errors.As(err, &r) || len(facts) > 0 {
			return nil, fmt.Errorf("refused with something else than a refusal: %v, and facts %v", err, facts)
		}
		if me := p.before.member(s.by.ID(), p.at); r == ErrNotReady && (!s.by.Own || me == nil || me.ready()) {
			return nil, fmt.Errorf("%v is refused as not ready", s.by)
		}
		return nil, nil
	}
	return p, o.follow(p, facts)
}

// follow folds the facts of a stride that was accepted.
func (o *walked) follow(p *passage, facts []Event) error {
	p.facts = Stamp(o.s, Meta{At: p.at, Actor: p.by.ID()}, facts)
	p.new = Evolve(o.s, p.facts...)
	if p.new.Damage() != nil {
		return fmt.Errorf("accepted, but cannot be folded: %w", p.new.Damage())
	}
	if !bytes.Equal(Save(o.s), o.saved) {
		return errors.New("folding changed the state before it")
	}
	for _, l := range Leads(o.s, p.facts) {
		if at := string(l.Kind) + " " + l.Key; !l.Gone {
			o.leads[at] = l
		} else {
			delete(o.leads, at)
		}
	}
	o.log = append(o.log, p.facts...)
	p.after = o.upTo(p.new.Version())
	p.saved = Save(p.new)
	o.s, o.at, o.saved = p.new, p.after, p.saved
	return nil
}

func sameFacts(a, b []Event) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		name, data := Encode(a[i])
		other, same := Encode(b[i])
		if name != other || !bytes.Equal(data, same) {
			return false
		}
	}
	return true
}

// walk takes strides as chance has it. A step that breaks an invariant ends it; what is left of the walk without the
// steps that do not matter is in the error.
func walk(library known, seed uint64, steps int) (*walker, error) {
	return newWalker(library).walk(library, seed, steps)
}

// stroll takes the same steps and holds no invariants.
func stroll(library known, seed uint64, steps int) (*walker, error) {
	return strollerIn(library).walk(library, seed, steps)
}

func (w *walker) walk(library known, seed uint64, steps int) (*walker, error) {
	dice := rand.New(rand.NewPCG(seed, 0))
	var taken []stride
	for len(taken) < steps {
		s := w.chance(dice).stride(len(taken))
		taken = append(taken, s)
		if err := w.take(s); err != nil {
			return w, fmt.Errorf("COMMONHOLD_SEED=%d breaks after %d steps: %w\nfewest steps:\n%s", seed, len(taken), err, fewest(library, taken))
		}
	}
	return w, nil
}

// fewest leaves out whatever a broken walk does not need to break.
func fewest(library known, taken []stride) string {
	broken := func(steps []stride) error {
		w := newWalker(library)
		for _, s := range steps {
			if err := w.take(s); err != nil {
				return err
			}
		}
		return nil
	}
	for size := len(taken) / 2; size > 0; size /= 2 {
		for from := 0; from+size <= len(taken); {
			fewer := append(append([]stride(nil), taken[:from]...), taken[from+size:]...)
			if size == 1 && from < len(taken)-1 {
				fewer[from].pass += taken[from].pass // the clock goes on without the step
			}
			if broken(fewer) != nil {
				taken = fewer
			} else {
				from += size
			}
		}
	}
	var out strings.Builder
	for _, s := range taken {
		fmt.Fprintln(&out, s)
	}
	return out.String() + fmt.Sprint(broken(taken))
}

// long reports whether the large numbers were asked for.
func long() bool { return os.Getenv("COMMONHOLD_LONG") != "" }

// seeds are those that COMMONHOLD_SEED names, or so many from one on.
func seeds(t testing.TB, short, many int) (out []uint64) {
	if named := os.Getenv("COMMONHOLD_SEED"); named != "" {
		for _, word := range strings.Fields(named) {
			n, err := strconv.ParseUint(word, 10, 64)
			if err != nil {
				t.Fatalf("COMMONHOLD_SEED=%q: %v", named, err)
			}
			out = append(out, n)
		}
		return out
	}
	if long() {
		short = many
	}
	for i := range short {
		out = append(out, uint64(i+1))
	}
	return out
}

func TestWalk(t *testing.T) {
	library := walkLibrary(t)
	all := seeds(t, 90, 1000)
	accepted, untouched, facts := 0, 0, map[string]int{}
	for _, seed := range all {
		w, err := walk(library, seed, 250)
		if err != nil {
			t.Fatal(err)
		}
		accepted, untouched = accepted+w.accepted, untouched+w.untouched
		for _, o := range w.orgs {
			for _, f := range o.log {
				facts[nameOf(f.Event)]++
			}
		}
	}
	t.Logf("%d walks of 250 steps, seeds from %d: %d commands accepted, of which %d changed nothing", len(all), all[0], accepted, untouched)
	for _, name := range FactNames() {
		if facts[name] == 0 && !strings.HasPrefix(name, "state.") {
			t.Errorf("no walk made a fact %s", name)
		}
	}
}
