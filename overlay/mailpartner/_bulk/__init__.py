"""Many deletions: a window of ids under way, one item for each as it ends, and rules for when to stop.

run.py is the account of a run, the same whoever carries it out; threads.py, tasks.py and chunks.py carry it out, with
threads, in asyncio, or on somebody's executor. journal.py, a floor above, is what survives a crash.
"""
