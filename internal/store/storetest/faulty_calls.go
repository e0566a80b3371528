package storetest

import (
	"context"

	"github.com/commonhold/commonhold/internal/store"
)

type faultyLog struct {
	f   *Faulty
	log store.Log
}

func (l faultyLog) Append(ctx context.Context, batch []store.Append) error {
	return l.f.append(ctx, l.log, batch)
}

func (l faultyLog) Events(ctx context.Context, org string, after uint64, limit int) ([]store.Event, error) {
	return read(l.f, func() ([]store.Event, error) { return l.log.Events(ctx, org, after, limit) })
}

func (l faultyLog) Heads(ctx context.Context, orgs []string) ([]store.Head, error) {
	return read(l.f, func() ([]store.Head, error) { return l.log.Heads(ctx, orgs) })
}

func (l faultyLog) Organizations(ctx context.Context, after string, limit int) ([]store.Head, error) {
	return read(l.f, func() ([]store.Head, error) { return l.log.Organizations(ctx, after, limit) })
}

func (l faultyLog) Replayed(ctx context.Context, scope, actor, key string) (store.Replay, error) {
	return read(l.f, func() (store.Replay, error) { return l.log.Replayed(ctx, scope, actor, key) })
}

func (l faultyLog) Forget(ctx context.Context, before int64) error {
	return l.f.write(func() error { return l.log.Forget(ctx, before) })
}

type faultyLookups struct {
	f       *Faulty
	lookups store.Lookups
}

func (l faultyLookups) Find(ctx context.Context, kind, key string) (store.Lookup, error) {
	return read(l.f, func() (store.Lookup, error) { return l.lookups.Find(ctx, kind, key) })
}

func (l faultyLookups) Scan(ctx context.Context, kind, prefix, after string, limit int) ([]store.Lookup, error) {
	return read(l.f, func() ([]store.Lookup, error) { return l.lookups.Scan(ctx, kind, prefix, after, limit) })
}

type faultySnapshots struct {
	f         *Faulty
	snapshots store.Snapshots
}

func (s faultySnapshots) Save(ctx context.Context, snapshot store.Snapshot) error {
	return s.f.write(func() error { return s.snapshots.Save(ctx, snapshot) })
}

func (s faultySnapshots) Load(ctx context.Context, org, format string) (store.Snapshot, error) {
	return read(s.f, func() (store.Snapshot, error) { return s.snapshots.Load(ctx, org, format) })
}

func (s faultySnapshots) Drop(ctx context.Context, org string) error {
	return s.f.write(func() error { return s.snapshots.Drop(ctx, org) })
}

type faultyPeople struct {
	f      *Faulty
	people store.People
}

func (p faultyPeople) Add(ctx context.Context, person store.Person, set []store.Lookup) error {
	return p.f.write(func() error { return p.people.Add(ctx, person, set) })
}

func (p faultyPeople) Change(ctx context.Context, person store.Person, set, unset []store.Lookup) error {
	return p.f.write(func() error { return p.people.Change(ctx, person, set, unset) })
}

func (p faultyPeople) Remove(ctx context.Context, id string, version int64, unset []store.Lookup) error {
	return p.f.write(func() error { return p.people.Remove(ctx, id, version, unset) })
}

func (p faultyPeople) Get(ctx context.Context, ids []string) ([]store.Person, error) {
	return read(p.f, func() ([]store.Person, error) { return p.people.Get(ctx, ids) })
}

func (p faultyPeople) List(ctx context.Context, after string, limit int) ([]store.Person, error) {
	return read(p.f, func() ([]store.Person, error) { return p.people.List(ctx, after, limit) })
}

type faultyKeys struct {
	f    *Faulty
	keys store.Keys
}

func (k faultyKeys) AddKey(ctx context.Context, key store.Key) error {
	return k.f.write(func() error { return k.keys.AddKey(ctx, key) })
}

func (k faultyKeys) AddFirstKey(ctx context.Context, key store.Key) error {
	return k.f.write(func() error { return k.keys.AddFirstKey(ctx, key) })
}

func (k faultyKeys) FindKey(ctx context.Context, hash []byte) (store.Key, error) {
	return read(k.f, func() (store.Key, error) { return k.keys.FindKey(ctx, hash) })
}

func (k faultyKeys) ListKeys(ctx context.Context, holder string) ([]store.Key, error) {
	return read(k.f, func() ([]store.Key, error) { return k.keys.ListKeys(ctx, holder) })
}

func (k faultyKeys) AllKeys(ctx context.Context, after string, limit int) ([]store.Key, error) {
	return read(k.f, func() ([]store.Key, error) { return k.keys.AllKeys(ctx, after, limit) })
}

func (k faultyKeys) RemoveKey(ctx context.Context, id string) error {
	return k.f.write(func() error { return k.keys.RemoveKey(ctx, id) })
}

func (k faultyKeys) RemoveSpareKey(ctx context.Context, id string, now int64) error {
	return k.f.write(func() error { return k.keys.RemoveSpareKey(ctx, id, now) })
}

func (k faultyKeys) UsedKey(ctx context.Context, id string, day int64) error {
	return k.f.write(func() error { return k.keys.UsedKey(ctx, id, day) })
}

type faultyOutbox struct {
	f      *Faulty
	outbox store.Outbox
}

func (o faultyOutbox) Claim(ctx context.Context, kind string, now, until int64, limit int) ([]store.Message, error) {
	return written(o.f, func() ([]store.Message, error) { return o.outbox.Claim(ctx, kind, now, until, limit) })
}

func (o faultyOutbox) Delivered(ctx context.Context, id string) error {
	return o.f.write(func() error { return o.outbox.Delivered(ctx, id) })
}

func (o faultyOutbox) Failed(ctx context.Context, id, reason string, due, dead int64) error {
	return o.f.write(func() error { return o.outbox.Failed(ctx, id, reason, due, dead) })
}

func (o faultyOutbox) Retry(ctx context.Context, id string, due int64) error {
	return o.f.write(func() error { return o.outbox.Retry(ctx, id, due) })
}

func (o faultyOutbox) Messages(
	ctx context.Context, org string, dead bool, after string, limit int,
) ([]store.Message, error) {
	return read(o.f, func() ([]store.Message, error) { return o.outbox.Messages(ctx, org, dead, after, limit) })
}

func (o faultyOutbox) Waiting(ctx context.Context) (int, error) {
	return read(o.f, func() (int, error) { return o.outbox.Waiting(ctx) })
}

type faultyDocuments struct {
	f         *Faulty
	documents store.Documents
}

func (d faultyDocuments) Keep(ctx context.Context, digest string, text []byte) error {
	return d.f.write(func() error { return d.documents.Keep(ctx, digest, text) })
}

func (d faultyDocuments) Read(ctx context.Context, digest string) ([]byte, error) {
	return read(d.f, func() ([]byte, error) { return d.documents.Read(ctx, digest) })
}

type faultyTokens struct {
	f      *Faulty
	tokens store.Tokens
}

func (t faultyTokens) Put(ctx context.Context, purpose string, hash, data []byte, expires int64) error {
	return t.f.write(func() error { return t.tokens.Put(ctx, purpose, hash, data, expires) })
}

func (t faultyTokens) Take(ctx context.Context, purpose string, hash []byte, now int64) ([]byte, error) {
	return written(t.f, func() ([]byte, error) { return t.tokens.Take(ctx, purpose, hash, now) })
}

func (t faultyTokens) Peek(ctx context.Context, purpose string, hash []byte, now int64) ([]byte, error) {
	return read(t.f, func() ([]byte, error) { return t.tokens.Peek(ctx, purpose, hash, now) })
}

func (t faultyTokens) Sweep(ctx context.Context, now int64) error {
	return t.f.write(func() error { return t.tokens.Sweep(ctx, now) })
}
