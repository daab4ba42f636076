# The commands of the project. `make` alone lists them.

ARGS ?=
SWIFT_BUILD = swift build
# Released programs contain Swift's libraries, so they run on machines without Swift.
RELEASE = $(SWIFT_BUILD) -c release --static-swift-stdlib
PREFIX ?= /usr/local
DEB_FOLDER ?= .build-deb

PYTHON_TESTS = Tests/Support/python
# The modules of the library's products, and what comes with their imports.
LIBRARY = WebSocketServer WebSocketServerAsync WebSocketServerJSON WebSocketServerTesting \
	WebSocketCore RedisClient Storage LinuxReactor SystemdSupport
DOCUMENTED = $(LIBRARY) ChatRooms
SYMBOLS = .build/symbols
# What `make check` runs, by the names of the folders.
CHECKED = $(notdir $(wildcard Tests/Unit/*)) SimulationTests
space := $(subst ,, )
# What has to hold besides the tests. `make gates` looks at all of it; `make test` at what leaves it
# within 20 minutes on two cores: docs and bench-micro each compile the library once more.
GATES = lint api docs bench-micro
TEST_GATES = lint api

.PHONY: help run check test api conformance endurance hostile bench bench-peers bench-reference \
	bench-keep bench-micro fuzz docs page icons picture chart gates lint deps deps-test format clean \
	install release deb
.DEFAULT_GOAL := help

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | \
		awk -F'|' '{ printf "  make %-18s %s\n", $$1, $$2 }'

run: deps ## Build the chat and serve it (ARGS="--port 9000" is passed on)
	$(RELEASE) --product roost
	@exec "$$($(RELEASE) --show-bin-path)/roost" serve $(ARGS)

check: ## Build and run the unit and simulation tests: quick, and nothing is installed
	@scripts/install-packages build --only-look
	@scripts/require-swift
	$(SWIFT_BUILD) --build-tests
	@scripts/run-tests.sh --filter '^($(subst $(space),|,$(strip $(CHECKED))))\.'

test: deps-test ## Build all, run all tests and lint (ARGS="--filter Name" for some tests)
	@mkdir -p .build && date +%s >.build/build-start
	$(SWIFT_BUILD) --build-tests
	$(RELEASE) --product echo-server
	$(RELEASE) --product AutobahnClient
	$(RELEASE) --product TestServer
	$(RELEASE) --product train-map
	$(RELEASE) --product roost
	@GATES="$(TEST_GATES)" BUILD_START="$$(cat .build/build-start)" \
		ROOST_RELEASE_FOLDER="$$($(RELEASE) --show-bin-path)" scripts/run-tests.sh $(ARGS)

gates: deps ## Look at what has to hold besides the tests: layout, reference, instructions
	@scripts/run-gates.sh $(GATES)

lint: ## Say where the layout of the Swift sources is not that of `make format`
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

conformance: deps ## Run the Autobahn test suite (needs Python 2.7) against server and client
	$(RELEASE) --product echo-server
	$(RELEASE) --product AutobahnClient
	@$(PYTHON_TESTS)/autobahn.py --expected Tests/Interop/expected-server.json -- \
		"$$($(RELEASE) --show-bin-path)/echo-server" 0 --verbatim
	@$(PYTHON_TESTS)/autobahn_client.py --expected Tests/Interop/expected-client.json -- \
		"$$($(RELEASE) --show-bin-path)/AutobahnClient"

endurance: deps ## Slow lines, restarts, attacks, a day, crashes at full length (ARGS="day keep")
	$(RELEASE) --product TestServer
	$(RELEASE) --product KernelScripts
	$(RELEASE) --product EngineScripts
	$(RELEASE) --product train-map
	$(RELEASE) --product roost
	$(RELEASE) --product echo-server
	@scripts/run-endurance.sh "$$($(RELEASE) --show-bin-path)" $(ARGS)

hostile: deps ## Attack the echo server and the chat, and check what others notice of it
	$(RELEASE) --product echo-server
	$(RELEASE) --product roost
	@$(PYTHON_TESTS)/hostile.py -- "$$($(RELEASE) --show-bin-path)/echo-server" 0
	@$(PYTHON_TESTS)/hostile_tls.py --long -- "$$($(RELEASE) --show-bin-path)/echo-server" 0
	@scripts/run-endurance.sh "$$($(RELEASE) --show-bin-path)" attacks

bench: deps ## Flood the servers and measure what they can take (ARGS="echo --rate 10000"; --help)
	$(RELEASE)
	@exec "$$($(RELEASE) --show-bin-path)/bench" $(ARGS)

bench-peers: deps ## Measure other WebSocket servers under the same loads (ARGS="--runs 5")
	@scripts/install-packages peers
	@scripts/python-venv.sh .venv-peers Benchmarks/peers/requirements.txt
	$(RELEASE)
	@exec "$$($(RELEASE) --show-bin-path)/bench" peers $(ARGS)

bench-reference: deps ## Measure the servers beside a bare one in C (ARGS=--quick)
	$(RELEASE) --product echo-server
	$(RELEASE) --product broadcast-server
	$(RELEASE) --product roost
	@Benchmarks/reference/compare.py $(ARGS)

bench-keep: deps ## Measure the chat with a database (ARGS="--only resume start"; --quick)
	$(RELEASE) --product roost
	$(RELEASE) --product bench
	@Benchmarks/keep/measure.py $(ARGS)

bench-micro: deps ## Count instructions, from an echo to single steps (ARGS=--update keeps them)
	@scripts/install-packages measuring
	$(RELEASE) --product echo-server
	$(RELEASE) --product broadcast-server
	@Benchmarks/Micro/instructions.py $(ARGS)

fuzz: deps ## Fuzz each target for FUZZ_SECONDS=60 (ARGS="frames server" for some)
	@Tests/Fuzz/fuzz.py $(ARGS)

api: ## Compare the library's interface with Sources/API.txt (ARGS=--update writes that anew)
	@for module in $(LIBRARY); do $(SWIFT_BUILD) --target $$module || exit 1; done
	@scripts/symbol-graphs $(SYMBOLS) $(LIBRARY)
	@scripts/api.py $(SYMBOLS) Sources/API.txt $(ARGS) $(LIBRARY)

docs: deps ## Make the library's reference; a broken link, a bare name, a bad example are errors
	$(SWIFT_BUILD)
	@scripts/symbol-graphs $(SYMBOLS) $(DOCUMENTED)
	@scripts/undocumented.py $(SYMBOLS) $(DOCUMENTED)
	@scripts/examples.py .build-docs/examples README.md Sources/*/*.docc/*.md
	@for target in $(DOCUMENTED); do \
		ROOST_DOCS=1 swift package --scratch-path .build-docs --allow-writing-to-directory .build-docs \
			generate-documentation --target $$target --warnings-as-errors \
			--output-path .build-docs/$$target || exit 1; \
		echo "The reference of $$target is in .build-docs/$$target"; \
	done

page: ## Join the chat page's sources into the files that the server has inside
	@scripts/bundle-page

icons: deps-test ## Draw the page's icons from its favicon, after a change of that
	@.venv-test/bin/python scripts/make-icons

picture: deps-test ## Take the pictures of the README and the tutorial, if their pages have changed
	$(SWIFT_BUILD) --product roost
	@mkdir -p docs
	@.venv-test/bin/python $(PYTHON_TESTS)/browser_chat.py --only picture --picture docs/page.webp -- \
		"$$($(SWIFT_BUILD) --show-bin-path)/roost" serve
	@for step in 1 2 3 4; do $(SWIFT_BUILD) --product chat-step-$$step && \
		.venv-test/bin/python $(PYTHON_TESTS)/browser_tutorial.py --only step_$$step \
		--pictures Sources/WebSocketServer/WebSocketServer.docc/Tutorial -- \
		"$$($(SWIFT_BUILD) --show-bin-path)/chat-step-$$step" || exit 1; done

chart: deps ## Draw the README's chart of Benchmarks/peers/RESULTS.md
	$(SWIFT_BUILD) --product bench
	@mkdir -p docs
	@"$$($(SWIFT_BUILD) --show-bin-path)/bench" chart Benchmarks/peers/RESULTS.md --folder docs

deps: ## Install the build's missing dependencies
	@scripts/install-packages build
	@scripts/require-swift

deps-test: deps
	@scripts/install-packages tests
	@$(if $(filter bench-micro,$(TEST_GATES)),scripts/install-packages measuring)
	@scripts/python-venv.sh .venv-test Tests/Support/python/requirements.txt

install: ## Install the chat server and its units below PREFIX (/usr/local), DESTDIR in front
	@test -x .build/release/roost || { echo "Build it first, as yourself: make release"; exit 1; }
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" deploy/install .build/release/roost
	@echo "Installed below $(DESTDIR)$(PREFIX). Then, as root:"
	@echo "    systemd-sysusers && journalctl --update-catalog && systemctl daemon-reload"
	@echo "    systemctl enable --now roost.socket"

release: deps ## Build the chat server as it is installed
	$(RELEASE) --product roost

deb: release ## Make a Debian package of the chat server in .build-deb
	@scripts/install-packages deb
	@deploy/deb/build "$$($(RELEASE) --show-bin-path)/roost" $(DEB_FOLDER)

format: ## Lay out all Swift sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

clean: ## Remove what was built, and the tests' Python environments
	rm -rf .build .build-docs .build-fuzz .build-micro .build-deb .venv-*
