"""`headwater demo` as a newcomer runs it: a process of its own, its own Neo4j, right answers, nothing left behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from headwater_collector.cli.demo_story import REACHED, UPSTREAM, cypher, faults, key_of
from headwater_graph.local_neo4j.folder import runs
from headwater_integrations import story

from tests.waiting import PATIENCE, killed_after

HEADWATER = (sys.executable, "-c", "from headwater_collector.cli import main; main()")
ELSEWHERE = {"HEADWATER_NEO4J_URI": "bolt://127.0.0.1:9", "OPENLINEAGE_URL": "http://127.0.0.1:9"}
"""Somebody's Neo4j and backend, which the demo must leave alone."""


@contextmanager
def _demo(folder: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, **ELSEWHERE, "TMPDIR": str(folder)}
    command = (*HEADWATER, "demo", *options)
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        ) as process,
        killed_after(process),
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)


def _read_until(process: "subprocess.Popen[str]", line: str) -> str:
    assert process.stdout
    said = ""
    for text in process.stdout:
        said += text
        if text.startswith(line):
            return said
    raise AssertionError(f"the demo ended before it said {line!r}:\n{said}")


def _ask(url: str, statement: str, thing: story.Thing) -> list[Any]:
    query = {"query": cypher(statement, thing)}
    answer = httpx.post(f"{url}/api/headwater/v1/cypher", json=query, timeout=PATIENCE).raise_for_status()
    rows: list[Any] = answer.json()["rows"]
    return rows


def test_it_stays_up_and_its_cypher_is_right(tmp_path: Path) -> None:
    with _demo(tmp_path, "--data-dir", str(tmp_path / "kept")) as process:
        said = _read_until(process, "Connect your own")
        url = re.findall(r"HEADWATER_URL=(\S+)", said)[0]
        found = [{"key": (run or u)["properties"]["key"]} for u, run in _ask(url, UPSTREAM, story.PREDICTIONS_ASKED)]
        assert faults("upstream", found, story.upstream()) == []
        things = {story.Thing("version", *row) for row in _ask(url, REACHED, story.BAD_TABLE)}
        assert things == story.reached()
        jvm = int((tmp_path / "kept" / "neo4j" / "jvm.pid").read_text())
        assert runs(jvm)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 0
    assert not runs(jvm)
    assert (tmp_path / "kept" / "log.db").exists()


def test_what_is_wrong_is_told() -> None:
    right = [{"key": key_of(thing)} for thing in story.reached()]
    assert faults("reached", right, story.reached()) == []
    assert len(faults("reached", [*right[1:], {"key": key_of(story.BAD_TABLE)}], story.reached())) == 2
