.PHONY: docs
docs: .venv/docs.stamp .work/node/tools.stamp ## the site: API reference with "try it", guides, Python reference, cases
