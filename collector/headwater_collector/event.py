"""An OpenLineage event as Headwater takes it in: identity, kind and time; facets are left as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """The three kinds of event, recognised by structure: a run, else a job, else a dataset."""

    RUN = "RunEvent"
    JOB = "JobEvent"
    DATASET = "DatasetEvent"


@dataclass(frozen=True, slots=True)
class Event:
    """A parsed event with an identity.

    `id` is the SHA-256 (hex) of the content with sorted keys, numbers as written. `time` is the eventTime in UTC as
    ``YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ``, so that text order is time order. `type` is the eventType of a RunEvent, in
    upper case, ``OTHER`` where it is missing or unknown, and empty for other kinds.
    """

    id: str
    kind: EventKind
    time: str
    type: str
    body: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
