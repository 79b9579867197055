"""Headwater's graph: its vocabulary, its store, and every Cypher statement."""
