"""Headwater's HTTP interface: receiving events, their status, and answers about lineage."""
