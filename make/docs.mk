SITE := .work/site
BUILD_SITE = @tools/step 'site' env PYTHONPATH=tools $(PY) -m docs.build $(SITE)

.PHONY: docs
docs: .venv/docs.stamp ## the site: API reference with "try it", guides, Python reference, cases; then its checks
	$(BUILD_SITE)
	@$(MAKE) check-docs

.PHONY: check-docs
check-docs: $(SITE)/index.html .work/node/tools.stamp .venv/$(SDK) ## the site in a browser: links, search, "try it", widths, keyboard, axe
	@tools/debian chromium=chromium
	@tools/node docs/checks/run.mjs $(SITE) $(ARGS)

$(SITE)/index.html: | .venv/docs.stamp
	$(BUILD_SITE)
