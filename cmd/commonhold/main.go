// Command commonhold is the whole product in one binary: the server, and the commands that speak to one. It owns the
// wiring and the settings; everything else it asks of the packages below internal.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // time zones of projects, also where the machine has none

	"github.com/commonhold/commonhold/internal/cli"
	"github.com/commonhold/commonhold/internal/login"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	p := &cli.Program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Now: time.Now}
	p.Commands, p.Login = append(commands(p), login.Commands(p)...), login.Key
	return p.Run(ctx, os.Args[1:])
}

// commands are those that do not speak to a server.
func commands(p *cli.Program) []cli.Command {
	return []cli.Command{serveCommand(p), readyCommand(p), versionCommand(p), doctorCommand(p), exportCommand(p), importCommand(p), backupCommand(p), restoreCommand(p), confirmCommand(p)}
}

func versionCommand(p *cli.Program) cli.Command {
	return cli.Command{Words: "version", Summary: "Print the version of this program", Alone: true, Run: func(context.Context, *cli.Input) error {
		_, err := fmt.Fprintf(p.Stdout, "commonhold %s, %s, %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return err
	}}
}

// version is what the build was made from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
