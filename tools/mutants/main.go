// Command mutants changes one thing at a time in the code of a package, runs the package's tests, and lists the changes
// that no test noticed. It knows Go's syntax and types, and nothing of what the code is for.
//
// A change that does not compile is not counted, and one that no test reaches counts as unnoticed; the tools we tried
// had it the other way round. All changes are compiled at once, into one program that an environment variable tells
// which of them holds, so trying one takes as long as the tests that notice it. Run it from the root of the module:
//
//	go run -C tools ./mutants -dir .. ./org
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"slices"
	"time"
)

func main() {
	dir := flag.String("dir", ".", "the root of the module")
	least := flag.Float64("least", 90, "percent of the changes that tests have to notice")
	every := flag.Int("every", 1, "try every n-th change only, for a first look")
	files := flag.String("files", "", "a regular expression: try changes of files whose names it matches only")
	workers := flag.Int("workers", runtime.GOMAXPROCS(0), "how many changes to try at once")
	flag.Parse()
	if flag.NArg() != 1 || *every < 1 || *workers < 1 {
		fmt.Fprintln(os.Stderr, "usage: mutants [flags] ./package")
		flag.PrintDefaults()
		os.Exit(2)
	}
	only, err := regexp.Compile(*files)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	noticed, err := run(ctx, os.Stdout, *dir, flag.Arg(0), only, *every, *workers)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	case noticed < *least:
		fmt.Fprintf(os.Stderr, "the tests notice %.1f %% of the changes, %g %% at least are asked for\n", noticed, *least)
		os.Exit(1)
	}
}

// run tries the changes and returns the percentage that the tests notice.
func run(ctx context.Context, out io.Writer, root, pkg string, only *regexp.Regexp, every, workers int) (noticed float64, err error) {
	code, err := load(root, pkg)
	if err != nil {
		return 0, err
	}
	all := slices.DeleteFunc(code.changes(), func(c change) bool { return !only.MatchString(code.short(c.file)) })
	var chosen []change
	for i := 0; i < len(all); i += every {
		chosen = append(chosen, all[i])
	}
	chosen = code.viable(chosen)
	bench, err := newBench(ctx, code, root, pkg, chosen)
	if err != nil {
		return 0, err
	}
	defer bench.close()
	fmt.Fprintf(out, "%d changes are tried, all that compile of one in %d; the tests take %s undisturbed\n",
		len(chosen), every, bench.undisturbed().Round(10*time.Millisecond))

	sum, files := tally{}, map[string]tally{}
	for t := range bench.try(ctx, workers) {
		if t.err != nil {
			return 0, t.err
		}
		sum[t.outcome]++
		if files[t.change.file] == nil {
			files[t.change.file] = tally{}
		}
		files[t.change.file][t.outcome]++
		if t.outcome == lived || t.outcome == unreached {
			fmt.Fprintf(out, "%s: %s: %s\n\t%s\n", code.place(t.change), t.outcome, t.change.what, code.line(t.change))
		}
		if done := sum.tried(); done%100 == 0 {
			fmt.Fprintf(out, "… %d of %d tried\n", done, len(chosen))
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("try every change: %w", err)
	}
	report(out, code, files, sum)
	return sum.share(), nil
}

func report(out io.Writer, code *code, files map[string]tally, sum tally) {
	const row = "%-28s %7v %8v %12v %6v %12v %10s\n"
	fmt.Fprintf(out, row, "file", "changes", "noticed", "out of time", "lived", "not reached", "noticed")
	line := func(name string, t tally) {
		fmt.Fprintf(out, row, name, t.tried(), t.noticed(), t[endless], t[lived], t[unreached], fmt.Sprintf("%.1f %%", t.share()))
	}
	for _, name := range code.names {
		if files[name] != nil {
			line(code.short(name), files[name])
		}
	}
	line("all", sum)
}
