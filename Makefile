# The ways to run, test and measure Commonhold. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

FUZZTIME ?= 20s

# The race detector is C code: without a C compiler .ci/setup says what that costs, and the tests run without it.
race = $(shell command -v gcc >/dev/null && echo -race)
# A nested module is a folder with a go.mod of its own; it is built and tested where it lies, if it is there.
nested = $(patsubst %/go.mod,%,$(wildcard bench/go.mod tools/go.mod))
# The packages whose tests keep golden files say so by the flag that rewrites them.
keepers = $(shell grep -rl 'flag.Bool."update"' --include='*_test.go' --exclude-dir=bench . | xargs -r -n1 dirname | sort -u)
# Each fuzz target as folder:name, since go test fuzzes one at a time.
fuzzers = $(shell grep -roE '^func Fuzz\w+' --include='*_test.go' --exclude-dir=bench . | sed -E 's|/[^/]+:func |:|' | sort -u)

.PHONY: help run build test test-long fuzz mutants bench golden cover clean

help: ## list these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

run: export COMMONHOLD_DATA ?= ./commonhold-data
run: ## start the demo at http://localhost:8080; its data lies in $COMMONHOLD_DATA, ./commonhold-data by default
	go run ./cmd/commonhold serve --demo

build: ## build bin/commonhold, one static binary
	CGO_ENABLED=0 go build -trimpath -o bin/commonhold ./cmd/commonhold

test: limits = -timeout 20m
test: check ## install what is missing, look the code over, run every test with the race detector

test-long: limits = -timeout 0 -count=1
test-long: export COMMONHOLD_LONG = 1
test-long: check ## the same with the long walks, the thousand kills and no time limit

.PHONY: check
check:
	.ci/setup
	@echo "== gofmt"; unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; }
	@echo "== go vet"; go vet ./...
	@echo "== staticcheck"; go tool -modfile=tools/go.mod staticcheck ./...
	@echo "== go test"; go test $(race) $(limits) ./...
	@for module in $(nested); do echo "== $$module"; (cd $$module && go vet ./... && go test $(limits) ./...); done
	@.ci/setup # says again, where it is seen, what did not run

fuzz: ## fuzz each decoder for FUZZTIME (20s)
	@for target in $(fuzzers); do \
		echo "== $$target"; go test -run='^$$' -fuzz="^$${target#*:}$$" -fuzztime=$(FUZZTIME) "$${target%:*}"; \
	done

mutants: ## change org/ in some three thousand ways, one at a time; its tests have to notice nine in ten
	@mkdir -p bin
	go run -C tools ./mutants -dir .. $(MUTANTS) ./org | tee bin/mutants.txt

bench: ## measure side by side with the plain references and the peers
	go run -C bench . $(BENCH)

golden: ## rewrite what outsiders rely on from the code; read the difference before you commit it
	go test -count=1 $(keepers) -update

cover: ## show how much of each package the tests reach; bin/cover.html shows the lines
	@mkdir -p bin
	go test -coverpkg=./... -coverprofile=bin/cover.out ./... >bin/cover.log || { cat bin/cover.log; exit 1; }
	@go tool cover -html=bin/cover.out -o bin/cover.html
	@go tool cover -func=bin/cover.out | tail -1

clean: ## remove what these targets made; the demo's data stays
	rm -rf bin
	go clean -testcache -fuzzcache
