"""A question about lineage, checked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args

from headwater_graph.queries import BEGINNING, OPEN_END

from headwater_collector.answers.granularity import GRANULARITIES, Granularity
from headwater_collector.errors import BadRequest

Direction = Literal["upstream", "downstream"]
Level = Literal["design", "run", "column"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

DEFAULT_LIMIT: Final = 10_000
MAX_LIMIT: Final = 100_000
MAX_DEPTH: Final = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the direction, the thing by name, and how far to go."""

    direction: Direction
    of: str
    level: Level | None = None
    """Design, run-exact or column; by the kind of the thing if it is not said."""
    depth: int | None = None
    """Hops from dataset to dataset; None for all."""
    limit: int = DEFAULT_LIMIT
    """Most nodes in the answer."""
    as_of: datetime | None = None
    """Design and column level: the wiring as it stood then. Run level: until when a newest version is looked for.

    A time without a zone is UTC."""
    ended: bool = False
    """Design and column level: count wiring that has ended, too."""
    granularity: Granularity | None = None
    """How fine: see `granularity_at`; None for that of the level."""
    details: bool = True
    """Run level: tell code, parameters, environment, seeds and metrics of runs, and checks of versions."""

    def __post_init__(self) -> None:
        """Raise `BadRequest` if a parameter is out of bounds."""
        if self.level is not None and self.level not in LEVELS:
            raise BadRequest(f"level={self.level}: it is one of {', '.join(LEVELS)}.")
        if self.granularity is not None and self.granularity not in GRANULARITIES:
            raise BadRequest(f"granularity={self.granularity}: it is one of {', '.join(GRANULARITIES)}.")
        if self.depth is not None and not 0 <= self.depth <= MAX_DEPTH:
            raise BadRequest(
                f"depth={self.depth}: it is 0 to {MAX_DEPTH:,} hops from dataset to dataset; leave it out for all."
            )
        if not 1 <= self.limit <= MAX_LIMIT:
            raise BadRequest(f"limit={self.limit}: it is between 1 and {MAX_LIMIT:,} nodes.")
        if self.as_of is not None and self.as_of.tzinfo is None:
            object.__setattr__(self, "as_of", self.as_of.replace(tzinfo=UTC))
        if self.as_of is not None and self.ended:
            raise BadRequest("asOf and ended exclude each other: one asks for a moment, the other for all time.")

    @property
    def upstream(self) -> bool:
        """Whether the way leads against the flow."""
        return self.direction == "upstream"

    def level_for(self, kind: str) -> Level:
        """Return the level to answer at for a thing of this kind."""
        if self.level is not None:
            return self.level
        return "column" if kind == "column" else "run" if kind in {"run", "version"} else "design"

    def granularity_at(self, level: Level) -> Granularity:
        """Return how fine an answer at this level is.

        ``operation``: all as it was reported. ``job`` or, run by run, ``run``: parts folded into their dataset, several
        names of one dbt model into one job. ``application``: besides, jobs and runs folded into the topmost one that
        they are part of. ``dataset``: no jobs or runs at all.
        """
        if self.granularity is None:
            return "run" if level == "run" else "job"
        if level == "column" and self.granularity not in {"operation", "job"}:
            raise BadRequest(f"granularity={self.granularity}: column lineage has operation, and job, the default.")
        return self.granularity

    def window(self) -> dict[str, Any]:
        """Return the parameters of the statements that say which edges count."""
        if self.ended:
            return {"endsAfter": BEGINNING, "seenBy": OPEN_END}
        if self.as_of is not None:
            return {"endsAfter": self.as_of, "seenBy": self.as_of}
        return {"endsAfter": datetime.now(UTC), "seenBy": OPEN_END}
