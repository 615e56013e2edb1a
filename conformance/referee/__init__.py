"""The referee of the conformance cases: plays the server of each case, runs somebody's client, and compares.

cases.py reads conformance/*.yaml and writes cases.json; server.py plays the answers; judge.py compares what a client
sent and what it made of the answer with what the case says; report.py says it to people.
`python -m conformance.referee` puts them together around any command.
"""
