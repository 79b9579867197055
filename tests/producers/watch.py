"""A door before the collector: counts what a producer sends and how that is answered, and asks what became of it."""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
from headwater_collector.body import decompress
from starlette.requests import Request
from starlette.responses import Response

from tests.collector.serving import listening_on
from tests.faults.served import Headwater, run
from tests.waiting import PATIENCE

_FORWARDED: Final = ("content-type", "content-encoding", "authorization")
_UNSET: Final = ("HEADWATER_", "OPENLINEAGE_", "AIRFLOW", "DBT_", "SPARK_", "PYTHON", "VIRTUAL_ENV")
"""How variables begin that would change what a producer does."""

Row = dict[str, Any]


@dataclass
class Watched:
    """What one producer sent, and the collector that took it."""

    server: Headwater
    url: str = ""
    """Where the producer sends to."""
    events: list[Row] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    _before: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand a request of the producer on as it is, and the answer back."""
        if scope["type"] == "http":
            request = Request(scope, receive)
            response = await self._forward(request)
            if response:
                await response(scope, receive, send)

    async def _forward(self, request: Request) -> Response | None:
        body = await request.body()
        headers = {name: request.headers[name] for name in _FORWARDED if name in request.headers}
        async with httpx.AsyncClient(base_url=self.server.url, timeout=PATIENCE, trust_env=False) as http:
            answer = await http.request(request.method, request.url.path, content=body, headers=headers)
        if await request.is_disconnected():
            return None  # it waited no longer, and sends this again
        self.answers[answer.status_code] += 1
        self.events.append(json.loads(decompress(body, headers.get("content-encoding", ""), 2**24)))
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

    def check_all_applied(self, sent: int) -> None:
        """Check that the producer sent so many events, and that each was accepted and is in the graph."""
        self.server.wait_applied()
        assert self.answers == {201: sent}
        different = {json.dumps(event, sort_keys=True) for event in self.events}
        # The log holds once what was sent twice.
        new = self.ask("events", "list", "--limit", str(self.server.status()["log"]["end"] - self._before))["events"]
        assert len(new) == len(different)
        assert Counter(event["status"] for event in new) == {"applied": len(different)}
        assert self.ask("events", "list", "--status", "rejected")["events"] == []

    def ask(self, *arguments: str) -> Any:
        """Return the answer of a command of Headwater, as it gives it to programs."""
        done = run(*arguments, "--json", url=self.server.url)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def behind(self, name: str, *options: str) -> "Answer":
        """Return what `headwater upstream` says of a name."""
        answer = self.ask("upstream", name, *options)
        assert answer["complete"]
        return Answer(answer["nodes"], answer["edges"])

    def rows(self, statement: str, **parameters: str) -> list[Row]:
        """Return the rows of a statement, asked as an analyst does."""
        given = [part for name, value in parameters.items() for part in ("-p", f"{name}={value}")]
        found = self.ask("cypher", statement, *given)
        return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


@dataclass(frozen=True)
class Answer:
    """The graph behind a name."""

    nodes: list[Row]
    edges: list[Row]

    def names(self, kind: str) -> set[str]:
        """Return the names of all nodes of a kind."""
        return {node["name"] for node in self.nodes if node["kind"] == kind}


@contextmanager
def watched(server: Headwater) -> Iterator[Watched]:
    """Open a door before the server, for one producer."""
    watch = Watched(server, _before=server.status()["log"]["end"])
    with listening_on(watch) as url:
        watch.url = url
        yield watch


def without_settings() -> dict[str, str]:
    """Return the variables of this environment that change nothing of what a producer does."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_UNSET)}


def produce(command: Sequence[str | Path], folder: Path, commands: Path, variables: Mapping[str, str]) -> "Done":
    """Run a command of a producer in a folder, with the commands of its environment first in the path, to its end."""
    environment = {**without_settings(), "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", **variables}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Done(done.returncode, done.stdout)


@dataclass(frozen=True)
class Done:
    """How a command of a producer ended, and what it printed."""

    code: int
    output: str
