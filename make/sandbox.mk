.PHONY: test-sandbox
test-sandbox: .venv/spec.stamp ## the sandbox held to openapi.yaml by schemathesis, however it is set; some minutes
	@$(PY) -m pytest tests/sandbox/contract/obeys.py tests/sandbox/contract/breaks.py $(ARGS)
