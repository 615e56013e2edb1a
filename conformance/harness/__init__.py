"""The harness of the conformance cases: plays the server of each case, runs somebody's client, and compares.

cases.py reads conformance/*.yaml and writes cases.json; server.py plays the answers; compare.py compares what a client
sent and what it made of the answer with what the case says; run.py puts them around any command, report.py says to
people what came of it. `python -m conformance.harness` is the command line.
"""
