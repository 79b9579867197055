"""A run that several jobs share: what each job does in it stands for itself, with times and a state of its own."""

from headwater_collector.event import Event

from tests.reference.reading import job_of
from tests.reference.runs import ended_at
from tests.reference.streams import is_stream

Shares = dict[str | None, list[Event]]
"""The events of a run by the key of their job, or all of them under None."""


def shares(events: list[Event]) -> Shares:
    """Return the events of a run by job if at least two of its jobs ended, else all as one."""
    by_job: Shares = {job: [event for event in events if job_of(event) == job] for job in map(job_of, events)}
    ended = [job for job, mine in by_job.items() if ended_at(mine) is not None]
    return by_job if len(ended) > 1 else {None: events}


def sees_until(events: list[Event], began: str) -> str:
    """Return until when a job sees what others wrote in the run that it shares with them.

    Its own writes count from then on, so that nothing is made of what was made of it.
    """
    ended = ended_at(events)
    return began if ended is None or is_stream(events) else ended
