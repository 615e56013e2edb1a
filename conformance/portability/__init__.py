"""Clients of other languages: generated, compiled, held to the conformance cases, and tried on the sandbox.

language.py builds one and runs it, smoke.py tries it on the sandbox, mutations.py shows that a bad profile turns it
red, results.py writes conformance/RESULTS.md. `python -m conformance.portability` puts them together; what belongs to
one language is in conformance/runners/.
"""
