"""The site: what stands elsewhere in the repository, made into the pages that Sphinx reads."""
