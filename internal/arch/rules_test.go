package arch

import (
	"slices"
	"strings"
	"testing"
)

// A rule holds for the whole repository. Every rule brings small trees that break it; without them nobody would
// notice that it has stopped looking.
type rule struct {
	name   string
	check  func(tree) []string // complaints, each "path:line: what is wrong"
	breaks []fixture
	keeps  []fixture
}

// A fixture is a repository of a few lines, each file under a line "-- its/path --".
type fixture struct {
	name  string
	files string
	wants []string // what the complaints say, in order; none for a tree that keeps the rule
}

var rules = []rule{
	importsFollowTheArrows,
	coreIsDeaf,
	clocksAreHandedIn,
	onlyCommandsTouchTheProcess,
	onlySuitesImportTesting,
	filesStaySmall,
	packagesStaySmall,
	packagesHaveOneComment,
	packagesAreNouns,
	nothingRunsBeforeMain,
	nothingPackageLevelChanges,
	serversAndClientsAreOwn,
	errorsSayWhatWasTried,
	nothingIsLeftForLater,
	nothingNamesOneMachine,
	pagesNameWhatExists,
	factsHoldNoFreeText,
	modulesStayOnGo126,
}

func TestTheRepositoryKeepsEveryRule(t *testing.T) {
	repository := readRepository(t)
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, complaint := range r.check(repository) {
				t.Error(complaint)
			}
		})
	}
}

func TestEveryRuleBites(t *testing.T) {
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			if len(r.breaks) == 0 {
				t.Error("no fixture breaks this rule")
			}
			for _, f := range slices.Concat(r.breaks, r.keeps) {
				t.Run(f.name, func(t *testing.T) { compare(t, r.check(grow(t, f.files)), f.wants) })
			}
			for _, f := range r.breaks {
				if len(f.wants) == 0 {
					t.Errorf("%q is said to break the rule but expects no complaint", f.name)
				}
			}
		})
	}
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	matches := func(complaint, part string) bool { return strings.Contains(complaint, part) }
	if !slices.EqualFunc(got, want, matches) {
		t.Errorf("complaints:\n\t%s\nshould say:\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
