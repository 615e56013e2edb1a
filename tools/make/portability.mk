##@ Other languages

.PHONY: conformance
conformance: .venv/$(SDK) ## the conformance cases against RUN='your runner'; see conformance/README.md
	@$(if $(RUN),true,false) || { echo "make conformance RUN='ruby my_runner.rb': see conformance/README.md" >&2; exit 2; }
	@$(PY) -m conformance.harness $(ARGS) -- $(RUN)

.PHONY: client
client: ## a generated client: LANGUAGE=ruby, go, java, php or typescript; in .work/clients/
	@[ -x conformance/runners/$(LANGUAGE)/build ] || \
		{ echo "make client LANGUAGE=ruby, go, java, php or typescript, or your copy of one beside them; there is no '$(LANGUAGE)'" >&2; exit 2; }
	@$(MAKE) -s .venv/portability.stamp .work/node/tools.stamp
	@conformance/runners/$(LANGUAGE)/build $(CURDIR)/.work/clients/$(LANGUAGE)
	@echo 'The client is in .work/clients/$(LANGUAGE), its runner in conformance/runners/$(LANGUAGE).'

.PHONY: test-languages
test-languages: .venv/portability.stamp .work/node/tools.stamp ## clients in five languages, generated, compiled, and held to the conformance cases
	@$(PY) -m conformance.portability $(ARGS)
