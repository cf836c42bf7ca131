# The commands of Jingwei. `make` alone lists them.

GO      ?= go
BIN     := bin/jingwei
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)
# The sample and the comparisons are packages although the go command leaves testdata out of ./...
PACKAGES := ./... ./testdata/sample/... ./testdata/bench/...

.PHONY: help run build web test test-go test-web test-national check fmt generate bench bench-peers clean

help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Install what is missing, build, start with a private PostGIS and the sample, print the address
	@sh deploy/setup.sh run
	@$(MAKE) --no-print-directory build
	@exec $(BIN) serve

build: web ## Build bin/jingwei with the viewer inside
	@echo "building $(BIN)"
	@$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/jingwei

web: api/web/dist/index.html

api/web/dist/index.html: $(shell find api/web/src api/web/public api/web/index.html api/web/console.html api/web/package-lock.json api/web/vite.config.ts 2>/dev/null)
	@echo "building the viewer"
	@cd api/web && npm run --silent build

test: ## Install what is missing and run every check and test
	@sh deploy/setup.sh test
	@$(MAKE) --no-print-directory check test-web build test-go

check: ## Formatting, vet, staticcheck
	@unformatted=$$(gofmt -l $$($(GO) list -f '{{.Dir}}' $(PACKAGES))); \
	if [ -n "$$unformatted" ]; then echo "not formatted with gofmt:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet $(PACKAGES)
	$(GO) tool staticcheck $(PACKAGES)

test-web: ## The viewer's checks and unit tests
	cd api/web && npm run --silent check && npm run --silent test

# JINGWEI_POLYGONS=10000 holds as many areas against PostGIS, 400 by default; JINGWEI_STREAMS=1000 opens as many event streams, 200 by default.
# Three packages, and three tests of each, at once: tests in a browser, and of a database, wait for it more than they work.
test-go: ## Go tests, with the race detector, a real PostGIS and a real browser
	$(GO) test -race -shuffle=on -p 3 -parallel 3 -timeout 30m $(PACKAGES)

# Full size takes two hours or so and 35 GB of disk. JINGWEI_ORGANIZATIONS=N and JINGWEI_REPORTS=M make the nation smaller,
# JINGWEI_NATIONAL_DATA=DIR keeps it for the next time, JINGWEI_NATIONAL_URL=URL walks over a server that runs instead.
test-national: ## Imports, the made-up nation and all its tiles at full size, with time and peak memory; needs ../shared (or JINGWEI_SHARED=DIR)
	JINGWEI_NATIONAL=1 $(GO) test -v -count=1 -p 1 -timeout 480m -run National $(PACKAGES)

fmt: ## Format Go and TypeScript
	gofmt -w $$($(GO) list -f '{{.Dir}}' $(PACKAGES))
	cd api/web && npx biome check --write .

generate: ## Write the files that are made from others: the typed client of the viewer
	cd api/web && npm run --silent generate

bench: ## Benchmarks that stand beside the code
	$(GO) test -run '^$$' -bench . -benchmem $(PACKAGES)

# DATA is a data directory with the nation in it: bin/jingwei sample load --data-dir DATA --scale national. No other server may use it.
# `cargo install martin --locked` makes MARTIN. RUNS is 5, SECTIONS all of raw,clustered,repeated,mix,aggregates.
bench-peers: build ## Comparisons with Martin and with SQL on one national PostGIS: DATA=DIR [MARTIN=FILE] [SECTIONS=…] [RUNS=5]
	@[ -n "$(DATA)" ] || { echo "DATA=DIR is missing: a data directory with the nation in it"; exit 2; }
	$(GO) run ./testdata/bench/peers --data-dir "$(DATA)" --martin "$(or $(MARTIN),martin)" --runs $(or $(RUNS),5) $(if $(SECTIONS),--sections $(SECTIONS))

clean: ## Remove what was built; data in .jingwei stays
	rm -rf bin api/web/dist/assets api/web/dist/index.html api/web/dist/console.html testdata/out
