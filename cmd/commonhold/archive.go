package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/commonhold/commonhold/internal/archive"
	"github.com/commonhold/commonhold/internal/cli"
	"github.com/commonhold/commonhold/internal/doctor"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/postgres"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/org"
)

// The commands of this file work on the data itself, not through a server. Those that only read do so beside one that
// runs; the others refuse a folder that one has open.

// data is where the data lies: in a folder, or in a database of PostgreSQL.
type data struct{ dir, address string }

func (d *data) flags() []cli.Flag {
	d.dir = defaults().Data
	return []cli.Flag{
		{Name: "data", Value: "FOLDER", Env: "COMMONHOLD_DATA", Default: d.dir, Summary: "the server's data folder", Set: func(v string) error { d.dir = v; return nil }},
		{Name: "database", Value: "URL", Env: "COMMONHOLD_DATABASE", Summary: "the server's PostgreSQL database, if it has one; better given in the environment",
			Set: func(v string) error { d.address = v; return nil }},
	}
}

// folderFlag is the flag of commands that are for data folders alone.
func (d *data) folderFlag() []cli.Flag { return d.flags()[:1] }

// view opens the data for reading as it is now.
func (d *data) view(ctx context.Context) (store.DB, error) {
	if d.address != "" {
		return postgres.View(ctx, d.address)
	}
	return sqlite.View(ctx, d.dir)
}

// open opens the data for reading and writing.
func (d *data) open(ctx context.Context) (store.DB, error) {
	if d.address != "" {
		return postgres.Open(ctx, d.address)
	}
	return sqlite.Open(ctx, d.dir)
}

// with opens the data, does something with it, and closes it again.
func with(ctx context.Context, open func(context.Context) (store.DB, error), do func(store.DB) error) error {
	db, err := open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}

func exportCommand(p *cli.Program) cli.Command {
	var d data
	var o archive.ExportOptions
	var wanted []string
	return cli.Command{
		Words: "export", Summary: "Write everything into a folder of plain files, while the server runs or not", Alone: true,
		Details: "The folder holds the log of each organization as it is stored, and what it leads to as JSON lines of every\nkind; docs/export.md describes them. It holds names and addresses of people: its files are readable by you alone.",
		Args:    []cli.Arg{{Name: "DIR", Summary: "a folder that is not there yet"}},
		Flags: append(d.flags(), []cli.Flag{
			{Name: "organization", Value: "ORG", Repeats: true, Summary: "only this organization, by slug or id, with the people whom its log names; may be repeated",
				Set: func(v string) error { wanted = append(wanted, v); return nil }},
			{Name: "with-keys", Summary: "also what proves the operator's keys (not the keys), so that they go on working where it is imported",
				Set: func(v string) error { o.Keys = v == "true"; return nil }},
		}...),
		Run: func(ctx context.Context, in *cli.Input) error {
			return with(ctx, d.view, func(db store.DB) (err error) {
				if o.Organizations, err = resolve(ctx, db, wanted); err != nil {
					return err
				}
				m, err := archive.Export(ctx, db, in.Args[0], o)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.Stdout, "Exported %d organizations of %d facts and %d people to %s.\n",
					len(m.Organizations), m.Facts(), m.Lines("people.jsonl"), in.Args[0])
				return errors.Join(err, tellWaiting(ctx, p, db))
			})
		},
	}
}

// resolve finds organizations by slug or id.
func resolve(ctx context.Context, db store.DB, wanted []string) ([]org.OrgID, error) {
	var out []org.OrgID
	for _, w := range wanted {
		id := org.OrgID(w)
		if !id.Valid() {
			row, err := db.Lookups().Find(ctx, string(org.LeadSlug), w)
			if errors.Is(err, store.ErrNotFound) {
				return nil, &cli.Usage{Text: fmt.Sprintf("--organization: there is no organization %q", w)}
			}
			if err != nil {
				return nil, err
			}
			id = org.OrgID(row.ID)
		}
		out = append(out, id)
	}
	return out, nil
}

// tellWaiting says what does not go out although somebody may miss it.
func tellWaiting(ctx context.Context, p *cli.Program, db store.DB) error {
	n, err := db.Outbox().Waiting(ctx)
	if err == nil && n > 0 {
		_, err = fmt.Fprintf(p.Stderr, "%d messages wait to be sent and are not part of an export; an import writes warnings of what ends anew.\n", n)
	}
	return err
}

func importCommand(p *cli.Program) cli.Command {
	var d data
	return cli.Command{
		Words: "import", Summary: "Bring an export into an empty database of any kind, whole or not at all", Alone: true,
		Details: "The export is looked through before anything is written, and what was written is compared with it at the end.\nAn import that was cut off goes on when it is run again; run once more, it changes nothing. No server may run on\nthe database meanwhile, and none starts on it before the import is done.",
		Args:    []cli.Arg{{Name: "DIR", Summary: "a folder that commonhold export has made"}},
		Flags:   d.flags(),
		Run: func(ctx context.Context, in *cli.Input) error {
			return with(ctx, d.open, func(db store.DB) error {
				done, err := archive.Import(ctx, db, in.Args[0])
				if err != nil {
					return err
				}
				m := &done.Manifest
				switch text := "Imported %d organizations of %d facts and %d people; their states are those of the export.\n"; {
				case done.Nothing:
					_, err = fmt.Fprintln(p.Stdout, "Nothing to do: everything in the export is here.")
				default:
					if done.Resumed {
						text = "Went on where an import was cut off. " + text
					}
					_, err = fmt.Fprintf(p.Stdout, text, len(m.Organizations), m.Facts(), m.Lines("people.jsonl"))
				}
				return err
			})
		},
	}
}

func backupCommand(p *cli.Program) cli.Command {
	var d data
	return cli.Command{
		Words: "backup", Summary: "Copy the database into a file, while the server runs or not", Alone: true,
		Args:  []cli.Arg{{Name: "FILE", Summary: "a file that is not there yet"}},
		Flags: d.folderFlag(),
		Run: func(ctx context.Context, in *cli.Input) error {
			// The copy is marked before it has its name, so that nothing ever takes it for the original.
			if err := sqlite.Backup(ctx, d.dir, in.Args[0], func(db store.DB) error { return archive.Hold(ctx, db) }); err != nil {
				return err
			}
			_, err := fmt.Fprintf(p.Stdout, "Backed up %s to %s.\n", d.dir, in.Args[0])
			return err
		},
	}
}

func restoreCommand(p *cli.Program) cli.Command {
	var d data
	return cli.Command{
		Words: "restore", Summary: "Make a data folder out of a backup", Alone: true,
		Details: "The backup is looked over first, and nothing is written over. No server starts on the folder before\ncommonhold confirm-restore says what it is to be.",
		Args:    []cli.Arg{{Name: "FILE", Summary: "a file that commonhold backup has made"}},
		Flags:   d.folderFlag(),
		Run: func(ctx context.Context, in *cli.Input) error {
			err := sqlite.Restore(ctx, in.Args[0], d.dir, func(db store.DB) error {
				report, err := doctor.Examine(ctx, db)
				if err != nil {
					return err
				}
				if !report.Sound() {
					return errors.Join(report.Write(p.Stderr), errors.New("the backup is damaged: take another"))
				}
				return archive.Hold(ctx, db)
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.Stdout, "Restored %s to %s.\nBefore it is served, say what it is to be:\n"+
				"  commonhold confirm-restore --copy         the original lives on: keys, sessions and waiting mail of this copy end\n"+
				"  commonhold confirm-restore --replacement  this takes its place: they live on\n", in.Args[0], d.dir)
			return err
		},
	}
}

func confirmCommand(p *cli.Program) cli.Command {
	var d data
	var beside, instead bool
	return cli.Command{
		Words: "confirm-restore", Summary: "Say what a restored copy is to be, so that it can be served", Alone: true,
		Flags: append(d.flags(), []cli.Flag{
			{Name: "copy", Summary: "the original lives on: the copy's keys, sessions and waiting messages end, and the next start makes a new key",
				Set: func(v string) error { beside = v == "true"; return nil }},
			{Name: "replacement", Summary: "this takes the place of the original: keys, sessions and waiting messages live on",
				Set: func(v string) error { instead = v == "true"; return nil }},
		}...),
		Run: func(ctx context.Context, _ *cli.Input) error {
			if beside == instead {
				return &cli.Usage{Text: "say either --copy or --replacement"}
			}
			return with(ctx, d.open, func(db store.DB) error {
				if err := archive.Confirm(ctx, db, instead); err != nil {
					return err
				}
				_, err := fmt.Fprintln(p.Stdout, "Confirmed. commonhold serve starts on it now.")
				return err
			})
		},
	}
}

func doctorCommand(p *cli.Program) cli.Command {
	var d data
	var repair, accept bool
	return cli.Command{
		Words: "doctor", Summary: "Look the data over, and mend what can be derived", Alone: true,
		Details: "Looks at the database, folds every log, and compares heads, snapshots, look-up rows, notes and catalogs with\nwhat follows from the logs. The exit code is 1 if anything is wrong, or if there is nothing to look at. Without\n--repair the server may run.",
		Flags: append(d.flags(), []cli.Flag{
			{Name: "repair", Summary: "derive anew what is wrong and can be derived; facts are never touched. The server must not run",
				Set: func(v string) error { repair = v == "true"; return nil }},
			{Name: "accept-database", Summary: "take a database for complete whose write-ahead log is missing: what stood in the log only is lost",
				Set: func(v string) error { accept = v == "true"; return nil }},
		}...),
		Run: func(ctx context.Context, _ *cli.Input) error {
			if accept {
				if d.address != "" {
					return &cli.Usage{Text: "--accept-database is for data folders, and --database names another kind"}
				}
				if err := sqlite.Accept(ctx, d.dir); err != nil {
					return err
				}
			}
			if !repair {
				return with(ctx, d.view, func(db store.DB) error { return examine(ctx, p, db) })
			}
			// Whatever is there is opened for reading first: to repair is not to make a database where there is none.
			if err := with(ctx, d.view, func(store.DB) error { return nil }); err != nil {
				return err
			}
			return with(ctx, d.open, func(db store.DB) error { return mend(ctx, p, db) })
		},
	}
}

var errUnsound = errors.New("something is wrong; the report says what helps")

func examine(ctx context.Context, p *cli.Program, db store.DB) error {
	report, err := doctor.Examine(ctx, db)
	if err = errors.Join(report.Write(p.Stdout), err); err != nil {
		return err
	}
	if held := archive.Ready(ctx, db); held != nil {
		if _, err := fmt.Fprintf(p.Stdout, "Note: %v.\n", held); err != nil {
			return err
		}
	}
	if !report.Sound() {
		return errUnsound
	}
	_, err = fmt.Fprintln(p.Stdout, "Sound.")
	return err
}

func mend(ctx context.Context, p *cli.Program, db store.DB) error {
	report, err := doctor.Examine(ctx, db)
	if err != nil {
		return err
	}
	n, err := report.Mend(ctx)
	if err != nil {
		return err
	}
	if n > 0 {
		if err := report.Write(p.Stdout); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(p.Stdout, "Mended %d of these. Looked over again:\n\n", n); err != nil {
			return err
		}
	}
	return examine(ctx, p, db)
}
