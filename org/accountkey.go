package org

import "slices"

// accountKey is a key of a service account: what a program shows to be the account. The secret and its hash are rows
// outside the log; here is who answers for it and until when it opens.
type accountKey struct {
	body    body
	by      uint32 // the row of whoever made, rotated or kept it
	made    Instant
	expires Instant // zero: never
	acting  bool    // made by the operator to act for people, and good for nothing else
}

func (k *accountKey) id() KeyID { return KeyID(keyPrefix + string(k.body[:])) }

// maxAccountKeys bounds the keys of one service account, those that have expired included.
const maxAccountKeys = 20

// key finds a key of the account.
func (a *account) key(id KeyID) (accountKey, bool) {
	body := behind(keyPrefix, string(id))
	i := slices.IndexFunc(a.keys, func(k accountKey) bool { return string(k.body[:]) == body })
	if i < 0 {
		return accountKey{}, false
	}
	return a.keys[i], true
}

func keysWithout(keys []accountKey, ends func(accountKey) bool) []accountKey {
	return slices.DeleteFunc(slices.Clone(keys), ends)
}

// lives reports whether a key opens at that instant, its account being enabled: it has not expired, and whoever answers
// for it is still in. A membership past its end counts as removed, and so ends the keys that its person made.
func (s *State) lives(a *account, k accountKey, at Instant) bool {
	if k.expires != 0 && at >= k.expires || k.acting && !a.acting {
		return false
	}
	return k.by == operatorRow || !s.gone(s.people.get(k.by), at)
}

// KeyOpens reports whether a key of a service account opens at that instant, and whether it does so for acting for
// people, and for nothing else.
func (s *State) KeyOpens(id AccountID, key KeyID, at Instant) (opens, acting bool) {
	if s == nil || s.damage != nil {
		return false, false
	}
	a, m := s.liveAccount(id)
	if a == nil || m.status != Active {
		return false, false
	}
	k, ok := a.key(key)
	return ok && s.lives(a, k, at), k.acting
}

// changeKey replaces a key of an account, or breaks the state.
func (s *State) changeKey(id AccountID, key KeyID, m Meta, change func(*accountKey)) {
	i := s.presentAccount(id, m)
	if i == noRow {
		return
	}
	a := s.editAccount(i)
	keys := slices.Clone(a.keys)
	for j := range keys {
		if keys[j].id() == key {
			change(&keys[j])
			a.keys = keys
			return
		}
	}
	s.broken("version %d: %s has no key %s", m.Version, id, key)
}

// addKey adds a key to an account, or breaks the state.
func (s *State) addKey(id AccountID, key KeyID, expires Instant, acting bool, m Meta) {
	i := s.presentAccount(id, m)
	b, ok := bodyOf(string(key), keyPrefix)
	if i == noRow {
		return
	}
	a := s.editAccount(i)
	if _, used := a.key(key); !ok || used || acting && !a.acting {
		s.broken("version %d: key %s is used, no id, or may not act for people", m.Version, key)
		return
	}
	a.keys = append(slices.Clone(a.keys), accountKey{b, m.row(s), m.At, expires, acting})
}

// MakeKey makes a key of a service account, which is giving all that the account holds. With acting it is one by which
// the account acts for people, made by the operator alone.
type MakeKey struct {
	Account AccountID `json:"account"`
	Key     KeyID     `json:"-"`
	Expires Instant   `json:"expires_at,omitzero"`
	Acting  bool      `json:"acting,omitempty"`
}

func (c MakeKey) needs() Need {
	if c.Acting {
		return operatorOnly()
	}
	return managesAccount(c.Account)
}

func (c MakeKey) valid() error {
	if !c.Key.Valid() {
		return ErrBadID
	}
	return Window{End: c.Expires}.valid()
}

func (c MakeKey) decide(now Situation) ([]Event, error) {
	a, _, err := now.theAccount(c.Account)
	switch {
	case err != nil:
		return nil, err
	case c.Acting && !a.acting:
		return nil, ErrMayNotAct
	}
	if err := now.mayHaveKey(a, c.Key, c.Expires); err != nil {
		return nil, err
	}
	return []Event{&KeyMade{c.Account, c.Key, c.Expires, c.Acting}}, nil
}

// mayHaveKey refuses a key that would be one too many, over already, the account's own doing, or outlive the key that
// the actor asks with.
func (now Situation) mayHaveKey(a *account, key KeyID, expires Instant) error {
	if len(a.keys) >= maxAccountKeys {
		return ErrTooManyKeys
	}
	if _, used := a.key(key); used {
		return ErrIDUsed
	}
	return now.mayLast(a, expires)
}

func (now Situation) mayLast(a *account, expires Instant) error {
	switch {
	case a.row == now.row:
		return ErrOwnAccount
	case expires != 0 && expires <= now.at:
		return ErrPastEnd
	case now.by.Until != 0 && (expires == 0 || expires > now.by.Until):
		return ErrKeyOutlasts
	}
	return nil
}

// KeyMade makes a key of a service account.
type KeyMade struct {
	Account AccountID
	Key     KeyID
	Expires Instant
	Acting  bool
}

func (f *KeyMade) fields(c *codec) {
	text(c, "account", &f.Account)
	text(c, "key", &f.Key)
	number(c, "expires", &f.Expires)
	c.flag("acting", &f.Acting)
}

func (f *KeyMade) apply(s *State, m Meta) { s.addKey(f.Account, f.Key, f.Expires, f.Acting, m) }

// gives is nothing for a key that acts for people: it is judged by their authority.
func (f *KeyMade) gives(s *State) []Power {
	if f.Acting {
		return nil
	}
	a, _ := s.liveAccount(f.Account)
	return s.accountPowers(a, f.Expires)
}

// RotateKey makes a key in another's place, which goes on until it was to expire, or the sooner instant named: at once
// if none is. A rotated key that acts for people is rotated by the operator alone.
type RotateKey struct {
	Account AccountID `json:"account"`
	Old     KeyID     `json:"key"`
	Key     KeyID     `json:"-"`
	Expires Instant   `json:"expires_at,omitzero"`
	Overlap Instant   `json:"old_ends_at,omitzero"`
}

func (c RotateKey) needs() Need { return managesAccount(c.Account).orOperator() }

func (c RotateKey) valid() error {
	if !c.Key.Valid() {
		return ErrBadID
	}
	if err := (Window{End: c.Overlap}).valid(); err != nil {
		return err
	}
	return Window{End: c.Expires}.valid()
}

func (c RotateKey) decide(now Situation) ([]Event, error) {
	a, old, err := now.keyToChange(c.Account, c.Old)
	if err != nil {
		return nil, err
	}
	if err := now.mayHaveKey(a, c.Key, c.Expires); err != nil {
		return nil, err
	}
	ends := c.Overlap
	if ends != 0 && ends <= now.at {
		return nil, ErrPastEnd
	}
	if ends == 0 {
		ends = now.at
	}
	return []Event{&KeyRotated{c.Account, c.Key, c.Expires, c.Old, sooner(old.expires, ends), old.acting}}, nil
}

// keyToChange finds a key that opens and that the actor may deal with.
func (now Situation) keyToChange(id AccountID, key KeyID) (*account, accountKey, error) {
	a, _, err := now.theAccount(id)
	if err != nil {
		return nil, accountKey{}, err
	}
	k, ok := a.key(key)
	switch {
	case !ok:
		return nil, k, ErrUnknownKey
	case k.acting && !now.by.Operator:
		return nil, k, ErrOperatorOnly
	case !k.acting && now.by.Operator && now.entered:
		return nil, k, ErrEntered
	case !now.lives(a, k, now.at):
		return nil, k, ErrKeyOver
	}
	return a, k, nil
}

// KeyRotated makes a key in another's place, which goes on for a while.
type KeyRotated struct {
	Account AccountID
	Key     KeyID
	Expires Instant
	Old     KeyID
	OldEnds Instant
	Acting  bool
}

func (f *KeyRotated) fields(c *codec) {
	text(c, "account", &f.Account)
	text(c, "key", &f.Key)
	number(c, "expires", &f.Expires)
	text(c, "old", &f.Old)
	number(c, "old_ends", &f.OldEnds)
	c.flag("acting", &f.Acting)
}

func (f *KeyRotated) apply(s *State, m Meta) {
	s.changeKey(f.Account, f.Old, m, func(k *accountKey) { k.expires = f.OldEnds })
	if s.damage == nil {
		s.addKey(f.Account, f.Key, f.Expires, f.Acting, m)
	}
}

func (f *KeyRotated) gives(s *State) []Power {
	return (&KeyMade{f.Account, f.Key, f.Expires, f.Acting}).gives(s)
}

// RescheduleKey sets when a key expires; without an instant it never does.
type RescheduleKey struct {
	Account AccountID `json:"account"`
	Key     KeyID     `json:"key"`
	Expires Instant   `json:"expires_at,omitzero"`
}

func (c RescheduleKey) needs() Need  { return managesAccount(c.Account).orOperator() }
func (c RescheduleKey) valid() error { return Window{End: c.Expires}.valid() }

func (c RescheduleKey) decide(now Situation) ([]Event, error) {
	a, k, err := now.keyToChange(c.Account, c.Key)
	if err != nil {
		return nil, err
	}
	if k.expires == c.Expires {
		return nil, nil
	}
	if err := now.mayLast(a, c.Expires); err != nil {
		return nil, err
	}
	facts := []Event{&KeyRescheduled{c.Account, c.Key, c.Expires}}
	if now.by.Operator || !longer(Window{End: c.Expires}, Window{End: k.expires}) {
		return facts, nil
	}
	return facts, now.belowAccount(now.State, keyEnding{&KeyEnded{c.Account, c.Key}}) // to end a key soon is to end it
}

// KeyRescheduled gives a key another end.
type KeyRescheduled struct {
	Account AccountID
	Key     KeyID
	Expires Instant
}

func (f *KeyRescheduled) fields(c *codec) {
	text(c, "account", &f.Account)
	text(c, "key", &f.Key)
	number(c, "expires", &f.Expires)
}

// apply makes whoever lets a key go on for longer answer for it.
func (f *KeyRescheduled) apply(s *State, m Meta) {
	s.changeKey(f.Account, f.Key, m, func(k *accountKey) {
		if longer(Window{End: k.expires}, Window{End: f.Expires}) {
			k.by = m.row(s)
		}
		k.expires = f.Expires
	})
}

func (f *KeyRescheduled) gives(s *State) []Power {
	a, _ := s.liveAccount(f.Account)
	k, ok := a.key(f.Key)
	if !ok || k.acting || !longer(Window{End: k.expires}, Window{End: f.Expires}) {
		return nil
	}
	return s.accountPowers(a, f.Expires)
}

// EndKey ends a key at once.
type EndKey struct {
	Account AccountID `json:"account"`
	Key     KeyID     `json:"key"`
}

func (c EndKey) needs() Need { return managesAccount(c.Account).orOperator() }

func (c EndKey) decide(now Situation) ([]Event, error) {
	a, _, err := now.theAccount(c.Account)
	if err != nil {
		return nil, err
	}
	k, ok := a.key(c.Key)
	switch {
	case !ok:
		return nil, ErrUnknownKey
	case now.by.Operator && now.entered && !k.acting:
		return nil, ErrEntered
	}
	ended := &KeyEnded{c.Account, c.Key}
	if now.by.Operator {
		return []Event{ended}, nil
	}
	return []Event{ended}, now.belowAccount(now.State, keyEnding{ended})
}

// keyEnding judges the ending of a key as one by the account's managers; one that follows from a removal is not asked.
type keyEnding struct{ *KeyEnded }

func (e keyEnding) account() (AccountID, act) { return e.Account, actRemove }

// KeyEnded ends a key.
type KeyEnded struct {
	Account AccountID
	Key     KeyID
}

func (f *KeyEnded) fields(c *codec) {
	text(c, "account", &f.Account)
	text(c, "key", &f.Key)
}

func (f *KeyEnded) apply(s *State, m Meta) {
	s.changeKey(f.Account, f.Key, m, func(*accountKey) {})
	if s.damage == nil {
		a := s.editAccount(s.accountRow(f.Account))
		a.keys = keysWithout(a.keys, func(k accountKey) bool { return k.id() == f.Key })
	}
}

// KeyKept lets a key go on whose maker is removed; who keeps it answers for it from then on, as if they had made it.
type KeyKept struct {
	Account AccountID
	Key     KeyID
}

func (f *KeyKept) fields(c *codec) {
	text(c, "account", &f.Account)
	text(c, "key", &f.Key)
}

func (f *KeyKept) apply(s *State, m Meta) {
	s.changeKey(f.Account, f.Key, m, func(k *accountKey) { k.by = m.row(s) })
}

func (f *KeyKept) gives(s *State) []Power {
	a, _ := s.liveAccount(f.Account)
	k, _ := a.key(f.Key)
	return s.accountPowers(a, k.expires)
}

// endKeysBy ends the keys that somebody answers for who goes, but for those that the actor keeps by name.
func (now Situation) endKeysBy(row uint32, keep []KeyID) ([]Event, error) {
	var facts []Event
	kept := 0
	for i := range uint32(now.accounts.n) {
		a := now.accounts.get(i)
		for _, k := range a.keys {
			switch {
			case k.by != row || a.row == row: // what an account holds itself goes with it
			case slices.Contains(keep, k.id()) && now.lives(a, k, now.at):
				if err := now.mayLast(a, k.expires); err != nil {
					return nil, err
				}
				kept++
				facts = append(facts, &KeyKept{a.id(), k.id()})
			default:
				facts = append(facts, &KeyEnded{a.id(), k.id()})
			}
		}
	}
	if kept != len(keep) {
		return nil, ErrUnknownKey
	}
	return facts, nil
}

// dropKeysBy ends the keys of somebody whose membership had come to its end by itself, as another one begins.
func (s *State) dropKeysBy(row uint32) {
	for i := range uint32(s.accounts.n) {
		by := func(k accountKey) bool { return k.by == row }
		if slices.ContainsFunc(s.accounts.get(i).keys, by) {
			a := s.editAccount(i)
			a.keys = keysWithout(a.keys, by)
		}
	}
}
