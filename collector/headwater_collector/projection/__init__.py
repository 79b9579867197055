"""The projection: what events say, folded into facts, rendered as a graph.

The way of an event through the modules: `say` (what one event says, each facet by its row of `fate_table`) -> `facts`
(merged with what was known) -> `structure` (what feeds what in a run) -> `timeline` (which version a read saw) ->
`wiring` (the design level) -> `render` (nodes and edges) -> `projector` (the difference, written).
"""
