"""The projection: what events say, folded into facts, rendered as a graph.

The way of an event through the modules: `say` (what one event says, each facet by its row of `fate_table`) -> `facts`
(merged with what was known) -> `portions` (what stands for itself in a run) -> `structure` (what feeds what in it) ->
`touch` (what it reads and writes, and when) -> `timeline` (which version a read saw) ->
`wiring` (the design level) -> `render` (nodes and edges) -> `projector` (the difference, written).
"""
