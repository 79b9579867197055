"""What runs in the user's own process: facets and helpers that speak OpenLineage to any backend."""
