package sqlite

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestSecondProcessIsRefused_T245(t *testing.T) {
	dir := t.TempDir()
	cmd, out := play(t, "hold", dir)
	if line, err := out.ReadString('\n'); line != "open\n" {
		t.Fatalf("the first process says %q: %v", line, err)
	}
	for range 2 {
		db, err := Open(t.Context(), dir)
		if err == nil {
			db.Close()
			t.Fatal("a second process opened the folder")
		}
		want := fmt.Sprintf("is in use by process %d: stop that process, or name another folder", cmd.Process.Pid)
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error is %q, want it to say %q", err, want)
		}
	}
	check(t, cmd.Process.Kill())
	cmd.Wait()
	check(t, openIn(t, dir).Close())
}

func TestFolderThatCannotBeUsedIsNamed(t *testing.T) {
	file := t.TempDir() + "/file"
	check(t, os.WriteFile(file, []byte("no folder"), 0o600))
	text := t.TempDir()
	check(t, os.WriteFile(text+"/commonhold.db", []byte(strings.Repeat("no database ", 1000)), 0o600))
	for _, dir := range []string{file, text} {
		db, err := Open(t.Context(), dir)
		if err == nil {
			db.Close()
			t.Fatalf("%s was opened", dir)
		}
		if !strings.Contains(err.Error(), dir) {
			t.Errorf("error %q does not name %s", err, dir)
		}
	}
	if left, err := os.ReadFile(text + "/commonhold.db"); err != nil || !strings.HasPrefix(string(left), "no database") {
		t.Errorf("the file that is no database was changed: %v", err)
	}
}

// hold opens the database and waits to be killed.
func hold(dir string) error {
	if _, err := Open(background, dir); err != nil {
		return err
	}
	fmt.Println("open")
	select {}
}
