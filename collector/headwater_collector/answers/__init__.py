"""Answers: from what a person asks to the part of the graph that says it, and whether that is all of it."""
