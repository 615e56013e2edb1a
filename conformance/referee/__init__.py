"""The referee of the conformance cases: plays the server of each case, runs somebody's client, and compares.

cases.py reads conformance/*.yaml and writes cases.json; server.py plays the answers; judge.py compares what a client
sent and what it made of the answer with what the case says; run.py puts them around any command, report.py says to
people what came of it. `python -m conformance.referee` is the command line.
"""
