# The commands of the project. `make` alone lists them.

ARGS ?=
SWIFT_BUILD = swift build
RELEASE = $(SWIFT_BUILD) -c release

PYTHON_TESTS = Tests/Support/python

.PHONY: help run test conformance hostile bench-reference deps deps-test format clean
.DEFAULT_GOAL := help

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | \
		awk -F'|' '{ printf "  make %-18s %s\n", $$1, $$2 }'

run: deps ## Build the chat and serve it (ARGS="--port 9000" is passed on)
	$(RELEASE) --product roost
	@exec "$$($(RELEASE) --show-bin-path)/roost" serve $(ARGS)

test: deps-test ## Build everything and run all tests (ARGS="--filter Name" for some)
	$(SWIFT_BUILD) --build-tests
	$(RELEASE) --product echo-server
	@ROOST_RELEASE_FOLDER="$$($(RELEASE) --show-bin-path)" Tests/Support/run-tests.sh $(ARGS)

conformance: deps ## Run the Autobahn test suite (needs Python 2.7) against the echo server
	$(RELEASE) --product echo-server
	@$(PYTHON_TESTS)/autobahn.py --expected Tests/ConformanceTests/expected-server.json -- \
		"$$($(RELEASE) --show-bin-path)/echo-server" 0 --verbatim

hostile: deps ## Attack the echo server, and see that each attack gets its documented answer
	$(RELEASE) --product echo-server
	@$(PYTHON_TESTS)/hostile.py -- "$$($(RELEASE) --show-bin-path)/echo-server" 0

bench-reference: deps ## Measure the servers beside a bare one in C (ARGS=--quick)
	$(RELEASE) --product echo-server
	$(RELEASE) --product broadcast-server
	@Benchmarks/reference/compare.py $(ARGS)

docs: deps ## Make the library's reference; warnings are errors, and so is a name without a word
	@swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members >/dev/null
	@python3 Tests/Support/undocumented.py .build \
		WebSocketServer WebSocketCore LinuxReactor SystemdSupport ChatRooms
	@for target in WebSocketServer WebSocketCore; do \
		ROOST_DOCS=1 swift package --scratch-path .build-docs --allow-writing-to-directory .build-docs \
			generate-documentation --target $$target --warnings-as-errors \
			--output-path .build-docs/$$target || exit 1; \
		echo "The reference of $$target is in .build-docs/$$target"; \
	done

deps: ## Install what the build needs, where it is missing
	@.ci/install-packages build
	@.ci/require-swift

deps-test: deps
	@.ci/install-packages tests
	@Tests/Support/python-venv.sh

format: ## Lay out all Swift sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests

clean: ## Remove what was built, and the tests' Python environments
	rm -rf .build .venv-*
