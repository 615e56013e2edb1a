.PHONY: portability
portability: .venv/portability.stamp .work/node/tools.stamp ## clients in five languages, generated, compiled, and held to the conformance cases
