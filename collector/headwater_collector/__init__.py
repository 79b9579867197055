"""Headwater's collector: receives OpenLineage events, records them, projects them into the graph and answers."""
