"""The event log and its index: what was said and decided, durable and in order."""
