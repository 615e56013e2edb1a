##@ The contract

.PHONY: spec
spec: .venv/spec.stamp .work/node/tools.stamp ## openapi.yaml held to its bar: three linters, every example, breaking changes
