##@ The site

SITE := .work/site
BUILD_SITE = @rm -rf $(SITE); tools/step 'site' env PYTHONPATH=tools $(PY) -m sphinx --quiet --fail-on-warning --fresh-env \
	--doctree-dir .work/doctrees docs $(SITE)

.PHONY: docs
docs: .venv/docs.stamp .work/node/tools.stamp ## the site: guides, API with "try it", Python reference, cases; then its checks
	$(BUILD_SITE)
	@$(MAKE) check-docs

.PHONY: check-docs
check-docs: $(SITE)/index.html .work/node/tools.stamp .venv/$(SDK) ## the site in a browser: links, search, "try it", widths, keyboard, axe
	@tools/step 'words of the search' $(PY) -m pytest --quiet docs/checks
	@tools/debian chromium=chromium
	@tools/node docs/checks/run.mjs $(SITE) $(ARGS)

$(SITE)/index.html: | .venv/docs.stamp .work/node/tools.stamp
	$(BUILD_SITE)
