package store

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Check refuses, with ErrMalformed, a batch that breaks what the contracts say of texts, versions and hashes. Every
// back end calls it before it writes, so that what one database takes the next one takes too.
func Check(batch []Append) error {
	for i := range batch {
		if err := batch[i].check(); err != nil {
			return fmt.Errorf("append to %s: %w", batch[i].Org, err)
		}
	}
	return nil
}

func (a *Append) check() error {
	if a.Org == "" {
		return fmt.Errorf("%w: no organization is named", ErrMalformed)
	}
	if a.After > math.MaxInt64-uint64(len(a.Events)) {
		return fmt.Errorf("%w: version %d is out of range", ErrMalformed, a.After)
	}
	if want := sha256.Size; len(a.Events) > 0 && len(a.Hash) != want || len(a.Events) == 0 && len(a.Hash) != 0 {
		return fmt.Errorf("%w: %d events come with a hash of %d bytes", ErrMalformed, len(a.Events), len(a.Hash))
	}
	for i := range a.Events {
		e := &a.Events[i]
		if want := a.After + 1 + uint64(i); e.Org != a.Org || e.Version != want {
			return fmt.Errorf("%w: version %d of %s stands where %d belongs", ErrMalformed, e.Version, e.Org, want)
		}
		if err := CheckText(e.Org, e.Command, e.Actor, e.Via, e.Name); err != nil {
			return fmt.Errorf("version %d: %w", e.Version, err)
		}
		if len(e.Notes)%sha256.Size != 0 {
			return fmt.Errorf("version %d: %w: %d bytes are no digests of notes", e.Version, ErrMalformed, len(e.Notes))
		}
	}
	for i := range a.Send {
		if err := CheckText(a.Send[i].ID, a.Send[i].Org, a.Send[i].Kind); err != nil {
			return fmt.Errorf("message %q: %w", a.Send[i].ID, err)
		}
	}
	for i := range a.Notes {
		if err := a.checkNote(&a.Notes[i]); err != nil {
			return fmt.Errorf("note %s of %s: %w", a.Notes[i].Kind, a.Notes[i].Command, err)
		}
	}
	if r := a.Replay; r != nil {
		if err := CheckText(r.Scope, r.Actor, r.Key, r.Command); err != nil {
			return fmt.Errorf("replay %q: %w", r.Key, err)
		}
	}
	return checkLookups(a.Set, a.Unset)
}

func (a *Append) checkNote(n *Note) error {
	isOf := func(e Event) bool { return e.Command == n.Command }
	if n.Org != a.Org || n.Command == "" || n.Kind == "" || !slices.ContainsFunc(a.Events, isOf) {
		return fmt.Errorf("%w: it belongs to no event here", ErrMalformed)
	}
	if slices.Contains(n.People, "") {
		return fmt.Errorf("%w: it names somebody without an id", ErrMalformed)
	}
	return CheckText(append([]string{n.Org, n.Command, n.Kind, n.Text, n.Address, n.Agent}, n.People...)...)
}

// CheckIncidents does the same for rows of the security log.
func CheckIncidents(rows []Incident) error {
	for i := range rows {
		r := &rows[i]
		if r.Org == "" || r.ID == "" {
			return fmt.Errorf("incident %q of %q: %w: it lacks a key", r.ID, r.Org, ErrMalformed)
		}
		err := CheckText(r.Org, r.ID, r.Kind, r.Actor, r.Via, r.What, r.Code, r.Asked, r.Request, r.Address, r.Agent)
		if err != nil {
			return fmt.Errorf("incident %q of %q: %w", r.ID, r.Org, err)
		}
	}
	return nil
}

// CheckPerson does the same for the row of a person and its look-ups.
func CheckPerson(p Person, set, unset []Lookup) error {
	if err := CheckText(p.ID, p.Name, p.Address, p.ExternalID); err != nil {
		return err
	}
	return checkLookups(set, unset)
}

func checkLookups(lists ...[]Lookup) error {
	for _, rows := range lists {
		for i := range rows {
			if err := CheckText(rows[i].Kind, rows[i].Key, rows[i].Org, rows[i].ID); err != nil {
				return fmt.Errorf("look-up %s %q: %w", rows[i].Kind, rows[i].Key, err)
			}
		}
	}
	return nil
}

// CheckText does the same for the texts of any other row.
func CheckText(texts ...string) error {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return fmt.Errorf("%w: %q is not UTF-8 without NUL", ErrMalformed, s)
		}
	}
	return nil
}
