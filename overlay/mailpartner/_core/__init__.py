"""Internal: one call from its arguments to its result, without any HTTP library."""
