"""Benchmarks: ``python -m tests.benchmarks ingest|latency|upstream|memory``.

Each starts a `headwater serve` of its own with a fresh data folder and the managed Neo4j, drives it over HTTP as
clients do, and prints a table; ``--json FILE`` writes the figures too. CPU is read from the operating system, of the
collector and of Neo4j apart; the sender's is not counted. On a machine with few cores the sender competes for them:
compare CPU per event.
"""
