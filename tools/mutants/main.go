// Command mutants changes one thing at a time in the code of a package, runs the package's tests, and lists the changes
// that no test noticed. It knows Go's syntax and types, and nothing of what the code is for.
//
// A change that does not compile is not counted, and one that no test reaches counts as unnoticed; the tools we tried
// had it the other way round. Run it from the root of the module:
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
	"runtime"
	"time"
)

func main() {
	dir := flag.String("dir", ".", "the root of the module")
	least := flag.Float64("least", 90, "percent of the changes that tests have to notice")
	every := flag.Int("every", 1, "try every n-th change only, for a first look")
	workers := flag.Int("workers", runtime.GOMAXPROCS(0), "how many changes to try at once")
	flag.Parse()
	if flag.NArg() != 1 || *every < 1 || *workers < 1 {
		fmt.Fprintln(os.Stderr, "usage: mutants [flags] ./package")
		flag.PrintDefaults()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	noticed, err := run(ctx, os.Stdout, *dir, flag.Arg(0), *every, *workers)
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
func run(ctx context.Context, out io.Writer, root, pkg string, every, workers int) (noticed float64, err error) {
	code, err := load(root, pkg)
	if err != nil {
		return 0, err
	}
	all := code.changes()
	var chosen []change
	for i := 0; i < len(all); i += every {
		chosen = append(chosen, all[i])
	}
	chosen = code.viable(chosen)
	bench, err := newBench(ctx, root, pkg, workers)
	if err != nil {
		return 0, err
	}
	defer bench.close()
	fmt.Fprintf(out, "%d changes are tried, all that compile of one in %d; the tests take %s undisturbed\n",
		len(chosen), every, bench.undisturbed.Round(10*time.Millisecond))

	count := map[outcome]int{}
	for t := range bench.try(ctx, code, chosen) {
		if t.err != nil {
			return 0, t.err
		}
		count[t.outcome]++
		if t.outcome == lived || t.outcome == unreached {
			fmt.Fprintf(out, "%s: %s: %s\n\t%s\n", code.place(t.change), t.outcome, t.change.what, code.line(t.change))
		}
		if done := count[lived] + count[unreached] + count[failed] + count[endless]; done%100 == 0 {
			fmt.Fprintf(out, "… %d of %d tried\n", done, len(chosen))
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("try every change: %w", err)
	}
	seen := count[failed] + count[endless]
	noticed = 100 * float64(seen) / float64(max(1, len(chosen)))
	fmt.Fprintf(out, "%d noticed (%d by running out of time), %d lived, %d not reached: %.1f %% noticed\n",
		seen, count[endless], count[lived], count[unreached], noticed)
	return noticed, nil
}
