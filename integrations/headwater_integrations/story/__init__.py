"""The demo's story: three days of an online shop that predicts which customers leave, told as OpenLineage events.

Every night Airflow loads two raw sources, Spark builds features of them and Feast serves these as a feature view. On
the first and second day a model is trained and deployed; each morning it scores all customers. On the second day the
raw orders fail their data check and flow on, and Spark fails once before its retry succeeds. On the third day all data
is good again, but its predictions still come from the model that was trained on the second.

Nothing here knows Headwater: `play` speaks to any OpenLineage backend.
"""

from headwater_integrations.story.expected import BAD_TABLE, PREDICTIONS_ASKED, Thing, downstream, reached, upstream
from headwater_integrations.story.play import START, StoryEvent, client_for, events, play

__all__ = [
    "BAD_TABLE",
    "PREDICTIONS_ASKED",
    "START",
    "StoryEvent",
    "Thing",
    "client_for",
    "downstream",
    "events",
    "play",
    "reached",
    "upstream",
]
