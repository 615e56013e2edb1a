"""Bulk runs: one operation for many items, with a rate, a journal and rules for when to stop.

`run` is what callers iterate and `state` keeps the books of a run. `threads`, `tasks` and `executors` send the items,
and `journal` is what survives a crash.
"""
