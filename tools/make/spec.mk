##@ The contract

REDOCLY := tools/node .work/node/node_modules/@redocly/cli/bin/cli.js
SPECTRAL := tools/node .work/node/node_modules/@stoplight/spectral-cli/dist/index.js
SPEC_CHECKS := env PYTHONPATH=tools $(PY) -m spec_checks
SPECTRAL_OPTIONS := --quiet --ruleset tools/spec/spectral.yaml --fail-severity hint
CONTRACTS := openapi.yaml $(addprefix generated/openapi/,full.yaml json-only.json key-as-parameter.json)

.PHONY: check-spec
check-spec: .venv/$(SDK) .venv/spec.stamp .work/node/tools.stamp ## openapi.yaml checked by three linters, every example, and each rule shown to fail
	@failed=0; \
	tools/step 'redocly lint' $(REDOCLY) lint --config tools/spec/redocly.lint.yaml contract json-only key-as-parameter || failed=1; \
	tools/step 'spectral lint' $(SPECTRAL) lint $(SPECTRAL_OPTIONS) $(CONTRACTS) || failed=1; \
	tools/step 'openapi-spec-validator' $(PY) -m openapi_spec_validator --validation-errors all $(CONTRACTS) || failed=1; \
	tools/step 'examples' $(SPEC_CHECKS).examples generated/openapi/full.yaml || failed=1; \
	tools/step 'rules, each shown red' $(PY) -m pytest --quiet tools/spec/checks $(ARGS) || failed=1; \
	exit $$failed

.PHONY: spec-diff
spec-diff: .work/node/tools.stamp ## openapi.yaml against the released contract: is info.version raised as it must be?
	@tools/step 'changes and info.version' $(SPEC_CHECKS).released diff

.PHONY: spec-release
spec-release: .work/node/tools.stamp ## openapi.yaml becomes the released contract, once info.version is raised
	@$(SPEC_CHECKS).released release
