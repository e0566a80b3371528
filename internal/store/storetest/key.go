package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func (s suite) keys(t *testing.T) {
	s.each(t, []row{
		{"a key is found by its hash, as it was added", func(t *testing.T, db store.DB) {
			given := store.Key{ID: "key_1", Hash: []byte("\x00hash\xff"), Name: "deploy", Created: 5, Expires: 9, Used: 0, Org: "org_1", Holder: "sa_1", Terms: "all of it"}
			check(t, db.Keys().AddKey(t.Context(), given))
			addKey(t, db, "key_2", "other", 6)
			got, err := db.Keys().FindKey(t.Context(), given.Hash)
			check(t, err)
			want(t, "key", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", given))
			clear(got.Hash)
			clear(given.Hash)
			got, err = db.Keys().FindKey(t.Context(), []byte("\x00hash\xff"))
			check(t, err)
			want(t, "key read again", got.ID, "key_1")
			for _, hash := range []string{"", "hash", "\x00hash"} {
				_, err := db.Keys().FindKey(t.Context(), []byte(hash))
				wantError(t, "another hash", err, store.ErrNotFound)
			}
		}},
		{"an id or hash in use is taken, and nothing is added", func(t *testing.T, db store.DB) {
			addKey(t, db, "key_1", "one", 5)
			before := dump(t, db)
			for _, k := range []store.Key{{ID: "key_1", Hash: []byte("two")}, {ID: "key_2", Hash: []byte("one")}} {
				err := db.Keys().AddKey(t.Context(), k)
				if taken := new(store.TakenError); !errors.As(err, &taken) || *taken != (store.TakenError{Kind: "key", Key: k.ID}) {
					t.Errorf("add %s again: error is %+v", k.ID, err)
				}
				want(t, "contents", dump(t, db), before)
			}
			_, err := db.Keys().FindKey(t.Context(), []byte("two"))
			wantError(t, "hash of the refused key", err, store.ErrNotFound)
		}},
		{"a holder's keys are listed in order of creation, then id", func(t *testing.T, db store.DB) {
			addKey(t, db, "key_b", "1", 7)
			addKey(t, db, "key_c", "2", 5)
			addKey(t, db, "key_a", "3", 7)
			check(t, db.Keys().AddKey(t.Context(), store.Key{ID: "key_d", Hash: []byte("4"), Created: 6, Org: "org_1", Holder: "sa_1"}))
			for holder, in := range map[string]string{"": "key_c key_a key_b ", "sa_1": "key_d ", "sa_2": ""} {
				keys, err := db.Keys().ListKeys(t.Context(), holder)
				check(t, err)
				want(t, "keys of "+holder, ids(keys), in)
			}
		}},
		{"the keys of all holders are paged in order of id", func(t *testing.T, db store.DB) {
			for i, holder := range []string{"", "sa_1", "", "sa_2"} {
				id := "key_" + string("dbca"[i])
				check(t, db.Keys().AddKey(t.Context(), store.Key{ID: id, Hash: []byte(id), Holder: holder}))
			}
			for _, page := range []struct {
				after string
				limit int
				in    string
			}{{"", 9, "key_a key_b key_c key_d "}, {"", 2, "key_a key_b "}, {"key_b", 2, "key_c key_d "}, {"key_d", 2, ""}, {"", 0, ""}, {"", -1, ""}} {
				keys, err := db.Keys().AllKeys(t.Context(), page.after, page.limit)
				check(t, err)
				want(t, "page after "+page.after, ids(keys), page.in)
			}
		}},
		{"a first key is added where the holder has none, and no second one", func(t *testing.T, db store.DB) {
			check(t, db.Keys().AddKey(t.Context(), store.Key{ID: "key_s", Hash: []byte("s"), Holder: "sa_1"}))
			first := store.Key{ID: "key_1", Hash: []byte("one"), Name: "first", Created: 5, Expires: 6}
			check(t, db.Keys().AddFirstKey(t.Context(), first))
			got, err := db.Keys().FindKey(t.Context(), []byte("one"))
			check(t, err)
			want(t, "key", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", first))
			before := dump(t, db)
			wantError(t, "a second one", db.Keys().AddFirstKey(t.Context(), store.Key{ID: "key_2", Hash: []byte("two")}), store.ErrConflict)
			wantError(t, "the same again", db.Keys().AddFirstKey(t.Context(), first), store.ErrConflict)
			wantError(t, "a hash in use", db.Keys().AddFirstKey(t.Context(), store.Key{ID: "key_3", Hash: []byte("one"), Holder: "sa_2"}), store.ErrTaken)
			wantError(t, "no text", db.Keys().AddFirstKey(t.Context(), store.Key{ID: "key_3", Terms: "\xff", Holder: "sa_2"}), store.ErrMalformed)
			want(t, "contents", dump(t, db), before)
		}},
		{"a spare key goes, and the last that has not ended stays", func(t *testing.T, db store.DB) {
			check(t, db.Keys().AddKey(t.Context(), store.Key{ID: "key_s", Hash: []byte("s"), Holder: "sa_1"}))
			check(t, db.Keys().AddKey(t.Context(), store.Key{ID: "key_past", Hash: []byte("past"), Expires: 10}))
			addKey(t, db, "key_1", "one", 5)
			wantError(t, "none", db.Keys().RemoveSpareKey(t.Context(), "key_none", 10), store.ErrNotFound)
			before := dump(t, db)
			wantError(t, "the last", db.Keys().RemoveSpareKey(t.Context(), "key_1", 10), store.ErrConflict)
			wantError(t, "the last of another", db.Keys().RemoveSpareKey(t.Context(), "key_s", 10), store.ErrConflict)
			want(t, "contents", dump(t, db), before)
			check(t, db.Keys().RemoveSpareKey(t.Context(), "key_past", 10))
			addKey(t, db, "key_2", "two", 6)
			check(t, db.Keys().RemoveSpareKey(t.Context(), "key_1", 10))
			_, err := db.Keys().FindKey(t.Context(), []byte("one"))
			wantError(t, "find", err, store.ErrNotFound)
			check(t, db.Keys().AddKey(t.Context(), store.Key{ID: "key_3", Hash: []byte("one"), Expires: 11}))
			check(t, db.Keys().RemoveSpareKey(t.Context(), "key_2", 10))
			wantError(t, "the last, which ends later", db.Keys().RemoveSpareKey(t.Context(), "key_3", 10), store.ErrConflict)
		}},
		{"a removed key is gone, and its id and hash are free", func(t *testing.T, db store.DB) {
			addKey(t, db, "key_1", "one", 5)
			addKey(t, db, "key_2", "two", 5)
			check(t, db.Keys().RemoveKey(t.Context(), "key_1"))
			_, err := db.Keys().FindKey(t.Context(), []byte("one"))
			wantError(t, "find", err, store.ErrNotFound)
			wantError(t, "remove again", db.Keys().RemoveKey(t.Context(), "key_1"), store.ErrNotFound)
			_, err = db.Keys().FindKey(t.Context(), []byte("two"))
			check(t, err)
			addKey(t, db, "key_3", "one", 5)
			addKey(t, db, "key_1", "three", 5)
		}},
		{"the day of the last use is noted", func(t *testing.T, db store.DB) {
			addKey(t, db, "key_1", "one", 5)
			addKey(t, db, "key_2", "two", 5)
			check(t, db.Keys().UsedKey(t.Context(), "key_1", 86_400_000_000))
			check(t, db.Keys().UsedKey(t.Context(), "key_none", 86_400_000_000))
			for hash, used := range map[string]int64{"one": 86_400_000_000, "two": 0} {
				k, err := db.Keys().FindKey(t.Context(), []byte(hash))
				check(t, err)
				want(t, "last use of "+hash, k.Used, used)
			}
		}},
		{"a name that no database may hold is refused", func(t *testing.T, db store.DB) {
			err := db.Keys().AddKey(t.Context(), store.Key{ID: "key_1", Name: "\x00"})
			wantError(t, "add", err, store.ErrMalformed)
		}},
	})
}

func ids(keys []store.Key) (out string) {
	for _, k := range keys {
		out += k.ID + " "
	}
	return out
}

func addKey(t *testing.T, db store.DB, id, hash string, created int64) {
	t.Helper()
	check(t, db.Keys().AddKey(t.Context(), store.Key{ID: id, Hash: []byte(hash), Created: created}))
}
