##@ The sandbox

.PHONY: test-sandbox
test-sandbox: .venv/spec.stamp ## the sandbox held to openapi.yaml by schemathesis, however it is set; some minutes
	@$(PY) -m pytest tests/sandbox/contract/obeys.py tests/sandbox/contract/breaks.py $(ARGS)

.PHONY: test-inbox
test-inbox: .work/node/tools.stamp .venv/$(SDK) ## the sandbox's inbox page in a browser; about a minute
	@tools/debian chromium=chromium
	@$(PY) -m pytest tests/sandbox/test_sandbox_inbox_in_browser.py $(ARGS)
