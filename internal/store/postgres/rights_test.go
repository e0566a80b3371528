//go:build unix

package postgres

import (
	"os"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

// The rights that docs/postgresql.md gives the server's user are enough for it, and not for changing the log.
func TestTheServersRights_T256(t *testing.T) {
	server := shared.Server(t)
	guide, err := os.ReadFile("../../../docs/postgresql.md")
	check(t, err)
	_, rest, _ := strings.Cut(string(guide), "a user with no more than\n\n```\n")
	rights, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the guide gives no rights")
	}
	check(t, server.Do("postgres", `CREATE ROLE commonhold LOGIN`))
	t.Cleanup(func() { check(t, server.Do("postgres", `DROP ROLE commonhold`)) })
	name := server.New(t, "prepared")
	openAt(t, server.Address(name)) // the owner's turn
	check(t, server.Do(name, strings.Split(strings.TrimSpace(rights), "\n")...))

	db := openAt(t, strings.Replace(server.Address(name), "user=postgres", "user=commonhold", 1))
	h := storetest.History{Org: "org_1"}
	a := h.Next(3)
	a.Set = []store.Lookup{{Kind: "slug", Key: "acme", Org: "org_1", ID: "org_1"}}
	a.Send = []store.Message{{ID: "m", Org: "org_1", Kind: "mail"}}
	a.Replay = &store.Replay{Scope: "org_1", Actor: "usr_1", Key: "k"}
	check(t, db.Append(t.Context(), []store.Append{a}))
	check(t, db.Add(t.Context(), store.Person{ID: "usr_1"}, nil))
	check(t, db.Forget(t.Context(), 1))
	if got, _ := behind(t, db, ""); len(got) != 3 {
		t.Errorf("it follows %v", got)
	}
	check(t, server.Do(name, `ALTER TABLE events DISABLE TRIGGER ALL`)) // so that rights alone refuse
	for _, text := range []string{
		`UPDATE events SET at = 0`, `DELETE FROM events`, `TRUNCATE events`, `ALTER TABLE events ENABLE TRIGGER ALL`,
		`DROP TABLE events`, `DELETE FROM migrations`, `INSERT INTO migrations (version_id, is_applied) VALUES (2, TRUE)`,
	} {
		if _, err := db.exec(t.Context(), text); code(err) != "42501" {
			t.Errorf("%s: error is %v", text, err)
		}
	}
}
