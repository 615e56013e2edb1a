"""The groups of operations that a client offers, one module each."""
