.PHONY: conformance
conformance: .venv/$(SDK) ## the conformance cases against RUN='your runner'; see conformance/README.md
	@[ -n "$(RUN)" ] || { echo "make conformance RUN='ruby my_runner.rb': see conformance/README.md" >&2; exit 2; }
	@$(PY) -m conformance.referee $(ARGS) -- $(RUN)

.PHONY: portability
portability: .venv/portability.stamp .work/node/tools.stamp ## clients in five languages, generated, compiled, and held to the conformance cases
	@$(PY) -m conformance.portability $(ARGS)
