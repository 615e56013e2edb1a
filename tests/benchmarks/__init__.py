"""How much the SDK costs, as ratios to other ways of doing the same, measured side by side in one run.

    PYTHONPATH=tests python -m benchmarks                      all; two minutes, on a busy machine three
    PYTHONPATH=tests python -m benchmarks --only sync memory   some
    PYTHONPATH=tests python -m benchmarks --quick              all in a few seconds, too few calls to judge by

server.py is what everybody talks to, in a process of its own; rounds.py takes the times; sync_calls.py,
async_calls.py, layers.py, start_up.py and memory.py each measure one thing; table.py prints. A further one is a module
with a `measure(setting)` and its name in `BENCHES` of __main__.py.
"""
