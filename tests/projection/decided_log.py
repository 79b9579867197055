"""Events and operators' decisions in one log, projected by the worker into a graph in memory, live or in a replay."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from headwater_collector.aliases.rule import alias_rule
from headwater_collector.event import Event
from headwater_collector.log.decisions import Decided, Decisions
from headwater_collector.projection.relinking import HalfLinked
from headwater_collector.projection.worker import ProjectionWorker
from headwater_graph.errors import GraphUnavailable, QueryTimeout
from headwater_graph.store import Position
from hypothesis import strategies as st

from tests.projection.collected import Collected
from tests.reference.graph import Graph, differences
from tests.reference.memory_graph import MemoryGraph
from tests.reference.model import expected_graph
from tests.reference.strategies import Script

T = TypeVar("T")

RULES = [
    alias_rule("n", "a", "n", "b"),
    alias_rule("n", "(?P<letter>[abc])", "", "{letter}{letter}"),
    alias_rule("s3://.*", ".*", "n", ""),
    alias_rule("(?P<place>.*)", "(?P<letter>[ab]).*", "{place}", "all"),
    alias_rule("n", "b", "{namespace}", "bb"),
]
Step = tuple[str, int]
"""What to do next: take in a batch, add or remove a rule, exclude or include an event, let the worker work."""
KINDS = ["batch", "batch", "add", "add", "remove", "exclude", "include", "work", "work"]
MOST_TRIES = 100
"""More than transactions are made to fail."""
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 7)), max_size=14)


@dataclass
class MemoryStore:
    """A claimed store over a graph in memory, each transaction as it comes."""

    memory: MemoryGraph = field(default_factory=MemoryGraph)
    at: int = 0
    fails: Collection[int] = ()
    """Transactions that are ended because they take too long: the second, say."""
    begun: int = 0

    def prepare(self) -> None:
        """Nothing is to be prepared."""

    def claim(self, log: str, log_end: int, projection: int, holder: str) -> None:
        """Nobody else writes it."""

    def release(self) -> None:
        """Nobody waits for it."""

    def silent_seconds(self) -> float:
        """Return 0: it always answers."""
        return 0

    def position(self, log: str, partition: int = 0) -> int:
        """Return how far the log is in the graph."""
        return self.at

    def transact(self, work: Callable[[Any], T], position: Position | None = None) -> T:
        """Do the work and move on, or neither."""
        self.begun += 1
        if self.begun in self.fails:
            raise QueryTimeout("The database ended the query: it took too long.")
        found = work(self.memory)
        self.at = position.offset if position else self.at
        return found


@contextmanager
def written(script: Script, steps: Sequence[Step], work: Callable[[Collected], None]) -> Iterator["Written"]:
    """Lend a log with the events of a script and the decisions of the steps; calls `work` where a step says so."""
    with TemporaryDirectory(prefix="headwater-decided-") as folder:
        collected = Collected(Path(folder))
        try:
            log = Written(collected)
            batches = [[script.bodies[n] for n in batch] for batch in script.batches]
            for what, number in [*steps, *(("batch", 0) for _ in batches)]:
                if what == "batch" and batches:
                    log.take(batches.pop(0), script)
                elif what == "work":
                    work(collected)
                else:
                    log.decide(what, number)
            yield log
        finally:
            collected.close()


@dataclass
class Written:
    """A log, and what the model is to know of it."""

    collected: Collected
    taken: dict[str, Event] = field(default_factory=dict)
    decided: dict[int, tuple[str, str]] = field(default_factory=dict)
    """What was decided about which event or rule, by offset."""

    def take(self, bodies: Sequence[dict[str, Any]], script: Script) -> None:
        """Append events."""
        self.collected.add(*bodies)
        events = Script([*bodies], []).events
        self.taken |= {event.id: event for event in events}

    def decide(self, what: str, number: int) -> None:
        """Append a decision, if it can be made."""
        decisions, known = Decisions(self.collected.log), [*self.taken]
        rule = RULES[number % len(RULES)]
        if what == "add":
            self._note(what, decisions.add_rule(rule, "ann"), rule.id)
        elif what == "remove" and rule.id in decisions.rules():
            self._note(what, decisions.remove_rule(rule.id, "ann"), rule.id)
        elif what == "exclude" and known:
            event = known[number % len(known)]
            self._note(what, decisions.exclude([event], "ann"), event)
        elif what == "include" and known:
            event = known[number % len(known)]
            self._note(what, decisions.include([event], "ann"), event)

    def _note(self, what: str, decided: Decided, subject: str) -> None:
        if decided.decided:
            self.decided[decided.offset] = (what, subject)

    def expected(self) -> Graph:
        """Return what the model makes of it, but of events and decisions that are parked."""
        failed = {*self.collected.index.failed()}
        out, rules = set[str](), set[str]()
        for offset, (what, subject) in self.decided.items():
            subjects = rules if what in {"add", "remove"} else out
            if offset not in failed:
                (subjects.add if what in {"add", "exclude"} else subjects.discard)(subject)
        events = [event for event in self.taken.values() if event.id not in out and self._offset(event) not in failed]
        return expected_graph(events, [{"id": rule.id, **rule.content()} for rule in RULES if rule.id in rules])

    def _offset(self, event: Event) -> int:
        found = self.collected.log.find(event.id)
        assert found
        return found.offset


def check(script: Script, steps: Sequence[Step], batch_size: int, fails: Collection[int] = ()) -> None:
    """See that the graph is what the model expects, live and after a replay that foresees all decisions.

    Where transactions of the live graph fail, what is parked for it counts neither there nor in the replay, and once it
    is tried again, all counts.
    """
    store = MemoryStore(fails=fails)

    def worker(collected: Collected, into: MemoryStore) -> ProjectionWorker:
        found = ProjectionWorker(collected.log, collected.index, into, "tests", batch_size)
        found.claim()
        return found

    def work(collected: Collected) -> None:
        drain(worker(collected, store))

    def see(log: Written) -> None:
        again = MemoryStore()
        replay = worker(log.collected, again)
        replay.foresee(log.collected.log.end())
        drain(replay)
        for memory in (store.memory, again.memory):
            lines = differences(log.expected(), memory.graph)
            told = [*lines, repr(script), repr(steps), repr(fails)]
            assert not lines, "\n  ".join(["the graph is not what the model expects:", *told])

    with written(script, steps, work) as log:
        work(log.collected)
        see(log)
        if fails:
            store.fails = ()
            log.collected.index.retry_all()
            work(log.collected)
            see(log)
        assert not log.collected.index.failed()


def drain(worker: ProjectionWorker) -> None:
    """Let the worker take in all there is, also where it must try again; what fails for ever is raised."""
    tries = 0
    while True:
        try:
            if not worker.step():
                return
            tries = 0
        except (GraphUnavailable, HalfLinked):
            tries += 1
            if tries > MOST_TRIES:
                raise
