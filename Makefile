SHELL := bash
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

VERSIONS := 3.11 3.12 3.13 3.14
# What these hold runs on one Python only, that of `make test`, or in a browser.
TOOL_TESTS := tests/sandbox/test_sandbox_inbox_in_browser.py tests/spec tests/docs tests/portability \
	tests/test_generated.py tests/test_release.py tests/test_repository.py \
	tests/conformance/test_changed_contract.py tests/conformance/test_harness.py
CHECKS := check-lint check-format check-mypy check-pyright check-generated check-translations check-build check-wheel \
	check-packed check-metadata

PY := .venv/bin/python
INSTALL := -m pip install -qq --disable-pip-version-check
COMPILE = $(PY) -m uv --cache-dir .work/uv --no-config pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command 'make lock' $(ARGS)

# An editable installation holds this folder's path, so a copied tree must not pass for one that is set up.
HERE := $(shell pwd -P | cksum | cut -d ' ' -f 1)
SDK := sdk-$(HERE).stamp

##@ Use

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^##@ /{printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' \
		$(MAKEFILE_LIST)

.PHONY: demo
demo: .venv/$(SDK) ## the main job, run against a local sandbox
	@$(PY) examples/demo.py $(ARGS)

.PHONY: generate
generate: .venv/tools.stamp ## write generated/ and conformance/cases.json anew from openapi.yaml and the cases
	@$(PY) tools/generate.py $(ARGS)

.PHONY: translations
translations: .venv/tools.stamp ## add the command line's new texts to its French catalogue, and compile it
	@$(PY) tools/translations.py

##@ Tests (ARGS='-k name' goes to pytest)

.PHONY: test
test: .venv/$(SDK) ## the tests, on one Python
	@$(PY) -m pytest $(ARGS)

.PHONY: test-pythons
test-pythons: ## the tests of the package, at once on each installed Python of VERSIONS='3.11 3.12 3.13 3.14'
	@found=; for version in $(VERSIONS); do \
		if tools/find-python $$version >/dev/null; then \
			$(MAKE) .venvs/$$version/$(SDK) || exit 1; found+=" test-on-$$version"; \
		else echo "Python $$version: not found, not tested"; fi; \
	done; \
	[ -z "$$found" ] || $(MAKE) --jobs --output-sync --keep-going $$found

# Without what make tells those below it: a test that calls make starts anew.
test-on-%:
	@echo 'Python $*:'; env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL .venvs/$*/bin/python -m pytest -p no:cacheprovider \
		$(addprefix --ignore=,$(TOOL_TESTS)) $(ARGS) </dev/null

.PHONY: bench
bench: .venv/$(SDK) ## the speed, as ratios measured side by side; takes minutes
	@PYTHONPATH=tests $(PY) -m benchmarks $(ARGS)

##@ Checks

.PHONY: check
check: .venv/$(SDK) ## all of the checks below
	@$(MAKE) --keep-going $(CHECKS)

.PHONY: check-lint
check-lint: .venv/tools.stamp ## ruff's rules
	@tools/step 'ruff check' $(PY) -m ruff check .

.PHONY: check-format
check-format: .venv/tools.stamp ## ruff's format
	@tools/step 'ruff format' $(PY) -m ruff format --check .

.PHONY: check-mypy
check-mypy: .venv/$(SDK) ## types by mypy --strict
	@tools/step 'mypy --strict' $(PY) -m mypy --strict

.PHONY: check-pyright
check-pyright: .venv/$(SDK) ## types by pyright
	@tools/step pyright $(PY) -m pyright --pythonpath $(PY)

.PHONY: check-generated
check-generated: .venv/tools.stamp ## generated/ and the cases are what openapi.yaml makes, to the byte
	@tools/step 'generated code' $(PY) tools/generate.py --check

.PHONY: check-translations
check-translations: .venv/tools.stamp ## every text of the command line is in French, and the catalogue is compiled
	@tools/step 'French catalogue' $(PY) tools/translations.py --check

.PHONY: check-build
check-build: .venv/tools.stamp ## the sdist, and the wheel out of it, are the same bytes in two builds
	@tools/step 'sdist and wheel, twice' $(PY) tools/release.py --build .work/dist

.PHONY: check-wheel
check-wheel: check-build ## the wheel works with nothing but its dependencies, and runs README
	@tools/step 'wheel, installed alone' tools/try-wheel .work/dist .work/wheel

.PHONY: check-packed
check-packed: check-build ## a program that uses the wheel works as one file of PyInstaller, and as a zipapp
	@tools/step 'PyInstaller and zipapp' tools/try-packed .work/dist .work/packed

.PHONY: check-metadata
check-metadata: check-build ## twine accepts both
	@tools/step 'twine check' $(PY) -m twine check --strict .work/dist/*

# The contract and what is made from it, each with the tools that it needs beside .venv.
include $(addprefix tools/make/,spec.mk portability.mk docs.mk sandbox.mk)

##@ Housekeeping

.PHONY: release
release: .venv/tools.stamp ## dist/ from a tagged commit, built twice, compared and tried; uploads nothing
	@$(PY) tools/release.py
	@$(PY) tools/release.py --build dist
	@tools/step 'twine check' $(PY) -m twine check --strict dist/*
	@found=($$(for version in $(VERSIONS); do ! tools/find-python $$version >/dev/null || echo $$version; done)); \
	for version in $$(printf '%s\n' "$${found[0]}" "$${found[-1]}" | uniq); do \
		tools/step "wheel on Python $$version" tools/try-wheel dist .work/wheel-$$version $$version || exit 1; \
	done
	@echo 'Built twice, the same both times, and tried on the oldest and newest Python. Nothing was uploaded.'
	@echo "To publish: git push origin $$(git tag --points-at HEAD). .github/workflows/release.yml then builds the same" \
		'bytes and uploads them, once a maintainer has switched it on.'

.PHONY: setup
setup: .venv/$(SDK) ## .venv with all tools and the SDK, which the other targets make when they need it

.PHONY: lock
lock: .venv/tools.stamp ## pin tools/requirements/*.txt; ARGS=--upgrade for the newest versions
	$(COMPILE) tools/requirements/dev.in --output-file tools/requirements/dev.txt
	$(COMPILE) tools/requirements/runtime.in --constraints tools/requirements/dev.txt --output-file tools/requirements/runtime.txt
	@for extra in extras packing spec portability docs; do \
		$(COMPILE) tools/requirements/$$extra.in --constraints tools/requirements/dev.txt --output-file tools/requirements/$$extra.txt || exit 1; \
	done
	@cd tools/requirements/node && ../../node npm install --package-lock-only --omit-lockfile-registry-resolved \
		--ignore-scripts --no-audit --no-fund --loglevel error >/dev/null

.PHONY: clean
clean: ## delete what these targets made, generated/ excepted
	@rm -rf .venv .venvs .work .hypothesis .mypy_cache .pytest_cache .ruff_cache

# Made from scratch whenever a pin changes: an environment that is only added to keeps what is no longer pinned.
.venv/tools.stamp: tools/requirements/dev.txt
	@python=$$(tools/find-python) || { echo 'make: no Python 3.11 or newer with venv found (python3.11, python3)' >&2; exit 1; }; \
	echo "Setting up .venv with $$python ..." >&2; "$$python" -m venv --clear .venv
	@$(PY) $(INSTALL) --require-hashes -r $<
	@touch $@

.venvs/%/tools.stamp: tools/requirements/dev.txt
	@echo "Setting up .venvs/$* ..." >&2; "$$(tools/find-python $*)" -m venv --clear .venvs/$*
	@.venvs/$*/bin/python $(INSTALL) --require-hashes -r $<
	@touch $@

# What one of tools/make/*.mk needs beside the tools, pinned so that it changes none of them.
.venv/%.stamp: tools/requirements/%.txt .venv/$(SDK)
	@$(PY) $(INSTALL) --require-hashes -r $<
	@touch $@

# The tools that run on node, with no scripts of theirs run.
.work/node/tools.stamp: tools/requirements/node/package-lock.json .venv/tools.stamp
	@echo 'Setting up .work/node ...' >&2; mkdir -p .work/node; cp tools/requirements/node/package*.json .work/node/
	@cd .work/node && ../../tools/node npm ci --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null
	@touch $@

# The package reads what is generated through links, which an unpacked sdist lacks.
%/$(SDK): %/tools.stamp pyproject.toml overlay/mailpartner/_version.py
	@cd overlay/mailpartner && ln -sfn ../../generated/mailpartner_client generated && \
		ln -sfn ../../generated/mailpartner_contract contract && ln -sfn ../../generated/openapi openapi
	@$*/bin/python $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.SECONDARY:
