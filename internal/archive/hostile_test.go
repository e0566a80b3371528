package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
)

// hostile is an archive that somebody has changed.
type hostile struct {
	testing.TB
	dir string
	Manifest
}

func (h *hostile) path(name string) string { return filepath.Join(h.dir, filepath.FromSlash(name)) }

func (h *hostile) text(name string) []byte {
	h.Helper()
	b, err := os.ReadFile(h.path(name))
	check(h, err)
	return b
}

// put replaces a file, and what the manifest says of it.
func (h *hostile) put(name string, text []byte) {
	h.Helper()
	check(h, os.MkdirAll(filepath.Dir(h.path(name)), 0o700))
	check(h, os.WriteFile(h.path(name), text, 0o600))
	sum := sha256.Sum256(text)
	file := File{name, bytes.Count(text, []byte("\n")), int64(len(text)), hex.EncodeToString(sum[:])}
	for i := range h.Files {
		if h.Files[i].Name == name {
			h.Files[i] = file
			return
		}
	}
	h.Files = append(h.Files, file)
}

// save writes the manifest as it is now.
func (h *hostile) save() {
	h.Helper()
	text, err := json.Marshal(h.Manifest)
	check(h, err)
	check(h, os.WriteFile(h.path(manifestName), text, 0o600))
}

func (h *hostile) log() string { return logName(h.Organizations[0].Organization) }

func TestHostileArchivesAreRefusedBeforeAnythingIsWritten_T213(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links and pipes are made in another way there")
	}
	outside := filepath.Join(t.TempDir(), "outside")
	check(t, os.WriteFile(outside, []byte("{}\n"), 0o600))
	rows := []struct {
		name   string
		change func(*hostile)
		limits func(*Limits)
		want   string
	}{
		{name: "T-213 a link out of the folder", want: "links and the like are not followed", change: func(h *hostile) {
			check(h, os.Remove(h.path(peopleName)))
			check(h, os.Symlink(outside, h.path(peopleName)))
		}},
		{name: "T-213 a link inside the folder", want: "links and the like are not followed", change: func(h *hostile) {
			check(h, os.Rename(h.path(peopleName), h.path("moved")))
			check(h, os.Symlink("moved", h.path(peopleName)))
		}},
		{name: "T-213 a folder that is a link", want: "links and the like are not followed", change: func(h *hostile) {
			check(h, os.Rename(h.path("logs"), h.path("moved")))
			check(h, os.Symlink("moved", h.path("logs")))
		}},
		{name: "T-213 a manifest that is a link", want: "links and the like are not followed", change: func(h *hostile) {
			check(h, os.Rename(h.path(manifestName), h.path("moved")))
			check(h, os.Symlink("moved", h.path(manifestName)))
		}},
		{name: "T-213 a pipe that nobody writes to", want: "links and the like are not followed", change: func(h *hostile) {
			check(h, os.Remove(h.path(peopleName)))
			check(h, syscall.Mkfifo(h.path(peopleName), 0o600))
		}},
		{name: "T-213 a name with dots", want: "is none of an export", change: func(h *hostile) {
			h.Files = append(h.Files, File{Name: "../outside"})
			h.save()
		}},
		{name: "T-213 a name with dots inside", want: "is none of an export", change: func(h *hostile) {
			h.Files = append(h.Files, File{Name: "logs/../../outside.jsonl"})
			h.save()
		}},
		{name: "T-213 an absolute name", want: "is none of an export", change: func(h *hostile) {
			h.Files = append(h.Files, File{Name: outside})
			h.save()
		}},
		{name: "T-213 more files than are taken", want: "files, more than 5", limits: func(l *Limits) { l.Files = 5 }},
		{name: "T-213 a file larger than is taken", want: "larger than is taken", limits: func(l *Limits) { l.File = 1000 }},
		{name: "T-213 all files larger than are taken", want: "larger than is taken", limits: func(l *Limits) { l.Total = 1000 }},
		{name: "T-213 a huge file of nothing", want: "bytes, the manifest says", change: func(h *hostile) {
			check(h, os.Truncate(h.path(peopleName), 1<<40))
		}},
		{name: "T-213 a huge file that the manifest admits", want: "larger than is taken", change: func(h *hostile) {
			check(h, os.Truncate(h.path(peopleName), 1<<40))
			h.Files = []File{{Name: peopleName, Bytes: 1 << 40}}
			h.save()
		}},
		{name: "T-213 sizes that add up to less than nothing", want: "larger than is taken", change: func(h *hostile) {
			h.Files[0].Bytes = -1 << 62
			h.save()
		}},
		{name: "T-213 a line without end", want: "is longer than", limits: func(l *Limits) { l.Line = 200 }},
		{name: "T-213 a catalog larger than is taken", want: "is larger than 100 bytes", limits: func(l *Limits) { l.Catalog = 100 }},
		{name: "T-213 a manifest larger than is taken", want: "is larger than", limits: func(l *Limits) { l.Manifest = 100 }},
		{name: "T-213 a file twice", want: "twice", change: func(h *hostile) { h.Files = append(h.Files, h.Files[0]); h.save() }},
		{name: "T-224 an empty folder", want: "no export", change: func(h *hostile) { check(h, os.Remove(h.path(manifestName))) }},
		{name: "T-224 an empty manifest", want: "cannot be read", change: func(h *hostile) { check(h, os.WriteFile(h.path(manifestName), nil, 0o600)) }},
		{name: "T-224 an archive of nothing", want: "nothing in the archive", change: func(h *hostile) {
			h.Organizations, h.Files = nil, nil
			h.put(peopleName, nil)
			h.save()
		}},
		{name: "T-224 another form", want: `has the form "commonhold-export-9"`, change: func(h *hostile) { h.Format = "commonhold-export-9"; h.save() }},
		{name: "T-224 a field that nobody knows", want: "unknown field", change: func(h *hostile) {
			text := h.text(manifestName)
			check(h, os.WriteFile(h.path(manifestName), bytes.Replace(text, []byte("{"), []byte(`{"more":1,`), 1), 0o600))
		}},
		{name: "a file that is missing", want: "is missing", change: func(h *hostile) { check(h, os.Remove(h.path(h.log()))) }},
		{name: "people that are missing", want: "people.jsonl is missing", change: func(h *hostile) {
			h.Files = h.Files[:0]
			for _, o := range h.Organizations {
				h.put(logName(o.Organization), h.text(logName(o.Organization)))
			}
			h.save()
		}},
		{name: "a byte of a log that was changed", want: "", change: func(h *hostile) {
			text := h.text(h.log())
			text[len(text)/2]++
			check(h, os.WriteFile(h.path(h.log()), text, 0o600))
		}},
		{name: "T-224 a log cut short, and the manifest with it", want: "does not hold the", change: func(h *hostile) {
			lines := bytes.SplitAfter(h.text(h.log()), []byte("\n"))
			h.put(h.log(), bytes.Join(lines[:len(lines)-2], nil))
			h.save()
		}},
		{name: "T-224 a log cut short, and every number with it", want: "does not end as the manifest says", change: func(h *hostile) {
			lines := bytes.SplitAfter(h.text(h.log()), []byte("\n"))
			h.put(h.log(), bytes.Join(lines[:len(lines)-2], nil))
			h.Organizations[0].Version--
			h.save()
		}},
		{name: "I-46 a fact that was changed, and the manifest with it", want: "", change: func(h *hostile) {
			lines := bytes.SplitAfter(h.text(h.log()), []byte("\n"))
			lines[3] = bytes.Replace(lines[3], []byte(`"at":1`), []byte(`"at":2`), 1)
			h.put(h.log(), bytes.Join(lines, nil))
			h.save()
		}},
		{name: "a state that is another", want: "does not lead to the state", change: func(h *hostile) { h.Organizations[0].State = h.Organizations[1].State; h.save() }},
		{name: "a fact that nobody knows", want: "unknown fact", change: func(h *hostile) {
			lines := bytes.SplitAfter(h.text(h.log()), []byte("\n"))
			last := len(lines) - 2
			lines[last] = bytes.Replace(lines[last], []byte(`"name":"`), []byte(`"name":"dream.`), 1)
			h.put(h.log(), bytes.Join(lines, nil))
			h.save()
		}},
		{name: "two people with one address", want: "is claimed twice", change: func(h *hostile) {
			line := []byte(`{"person":"usr_01jz0000000000000000000000","name":"B","address":"ANA@example.com","vouched":false,"created_at":1}` + "\n")
			h.put(peopleName, append(h.text(peopleName), line...))
			h.save()
		}},
		{name: "a person twice", want: "twice", change: func(h *hostile) {
			line, _, _ := bytes.Cut(h.text(peopleName), []byte("\n"))
			h.put(peopleName, append(h.text(peopleName), append(line, '\n')...))
			h.save()
		}},
		{name: "a person without a proper id", want: "is no person's id", change: func(h *hostile) {
			h.put(peopleName, []byte(`{"person":"root","name":"B","vouched":true,"created_at":1}`+"\n"))
			h.save()
		}},
		{name: "a name that no database may hold", want: "is no text", change: func(h *hostile) {
			h.put(peopleName, []byte(`{"person":"usr_01jz0000000000000000000000","name":"B\u0000","vouched":true,"created_at":1}`+"\n"))
			h.save()
		}},
		{name: "a line that is none", want: "line 1", change: func(h *hostile) { h.put(peopleName, []byte("[]\n")); h.save() }},
		{name: "half a line at the end", want: "ends in the middle of a line", change: func(h *hostile) { h.put(peopleName, []byte("{}")); h.save() }},
		{name: "a catalog that is missing", want: "is named by a log and cannot be had", change: func(h *hostile) {
			for i, f := range h.Files {
				if catalogFile.MatchString(f.Name) {
					h.Files = append(h.Files[:i], h.Files[i+1:]...)
					break
				}
			}
			h.save()
		}},
		{name: "a catalog that was changed, and the manifest with it", want: "is damaged", change: func(h *hostile) {
			for _, f := range h.Files {
				if catalogFile.MatchString(f.Name) {
					h.put(f.Name, bytes.Replace(h.text(f.Name), []byte("owner"), []byte("admin"), 1))
				}
			}
			h.save()
		}},
		{name: "an incident of nobody", want: "is no organization of the archive", change: func(h *hostile) {
			h.put(incidentsName, []byte(`{"organization":"org_x","id":"1","at":1,"kind":"x","count":1,"until":1}`+"\n"))
			h.save()
		}},
		{name: "a log that nobody named", want: "that the manifest does not name", change: func(h *hostile) {
			h.put("logs/org_00000000000000000000000000.jsonl", nil)
			h.save()
		}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			dir := export(t, sample(t), ExportOptions{})
			h := &hostile{t, dir, manifestOf(t, dir)}
			limits := usual
			if row.limits != nil {
				row.limits(&limits)
			}
			if row.change != nil {
				row.change(h)
			}
			db := memory.Open()
			_, err := importWithin(t.Context(), db, dir, limits)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("it says: %v", err)
			}
			untouched(t, db)
		})
	}
}

func untouched(t *testing.T, db store.DB) {
	t.Helper()
	people, err := db.People().List(t.Context(), "", 1)
	check(t, err)
	heads, err := db.Log().Organizations(t.Context(), "", 1)
	check(t, err)
	if len(people)+len(heads) > 0 || Ready(t.Context(), db) != nil {
		t.Error("something was written")
	}
}
