"""The README's examples, run as they stand there: against `headwater serve` with the demo's story in it."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import neo4j
import pytest
from headwater_collector.cli.demo_story import REACHED, UPSTREAM, cypher, key_of
from headwater_graph.keys import key
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_integrations import story

from tests.conftest import DELETE_ALL
from tests.docs import readme
from tests.waiting import PATIENCE, killed_after, run_to_end

HEADWATER: Final = str(Path(sysconfig.get_path("scripts")) / "headwater")
WRITTEN: Final = "http://127.0.0.1:5050"
"""The server's address in the README."""

ANSWERS: Final = {
    "headwater upstream models/churn@2": [
        *("models/churn@2", "churn.train", "feast://shop", "orders@7310951077", "crm.public.customers@unknown"),
        *("seeds numpy=42", "max_depth=6", "9c41e7aa03d2", "Python 3.13.7", "FAILED CHECK no_negative_amount"),
    ],
    "headwater downstream orders": [
        "shop_load.load_orders  airflow",
        "predictions/churn",
        "models/churn",
        "endpoints/churn",
    ],
    "headwater downstream staging/orders --level run": [
        *("from the newest version of the dataset", "features/customer@4210786191", "predictions/churn@2026-09-03"),
    ],
    "headwater upstream 'features/customer#spend_90d'": ["staging/orders#amount"],
    "headwater search churn": ["models/churn", "predictions/churn", "endpoints/churn", "churn.train"],
    "headwater facets headwater_model": ["models/churn@1", "models/churn@2"],
    "headwater cypher 'MATCH (m:ModelVersion)<-[:WROTE]-(r:Run) RETURN m.version, r.endedAt ORDER BY r.endedAt'": [
        "m.version",
        "2026-09-01T",
        "2026-09-02T",
    ],
}
"""What the answer to each question of the README must name."""

ROWS: Final = {
    "What stands behind one batch": (story.PREDICTIONS_ASKED, {key_of(thing) for thing in story.upstream()}),
    "Which model versions and predictions": (story.BAD_TABLE, {thing.which for thing in story.reached()}),
    "What was each version of a model": (None, {"1", "2"}),
    "Which version of a model was deployed": (
        None,
        {"endpoints/churn", *(f"version|mlflow://mlflow.shop.example:5000|models/churn|v|{n}" for n in (1, 2))},
    ),
}
"""By the beginning of a question in Cypher: what it is asked about, and what its rows must hold."""


@dataclass(frozen=True)
class Served:
    """A running `headwater serve`."""

    url: str
    said: str
    """What it printed until it was ready."""

    def run(self, *command: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run a command in the environment of a user of this server, to its end."""
        environment = {**_clean(), "HEADWATER_URL": self.url, "OPENLINEAGE_URL": self.url}
        return run_to_end(*command, input=stdin, env=environment)

    def cypher(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a statement, asked over HTTP as an analyst does."""
        asked = {"query": query, "parameters": parameters}
        answer = httpx.post(f"{self.url}/api/headwater/v1/cypher", json=asked, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]

    def wait(self) -> None:
        """Return when all that was sent is in the graph."""
        done = self.run(HEADWATER, "status", "--wait", "--timeout", str(PATIENCE))
        assert done.returncode == 0, done.stderr


def _clean() -> dict[str, str]:
    """Return the environment of somebody who has set nothing."""
    kept = (name for name in os.environ if not name.startswith(("HEADWATER_", "OPENLINEAGE_")))
    return {name: os.environ[name] for name in kept} | {
        name: os.environ[name] for name in ("HEADWATER_CACHE_DIR", "HEADWATER_MAVEN_URL") if name in os.environ
    }


@contextmanager
def _serving(folder: Path, neo4j_server: ConnectionInfo) -> Iterator[Served]:
    environment = {**_clean(), "HEADWATER_NEO4J_PASSWORD": neo4j_server.password}
    given = (
        "--data-dir",
        str(folder),
        "--port",
        "0",
        "--neo4j-uri",
        neo4j_server.uri,
        "--neo4j-user",
        neo4j_server.user,
    )
    with (
        (folder / "stderr").open("w+") as errors,
        subprocess.Popen(
            (HEADWATER, "serve", *given), stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        ) as process,
    ):
        try:
            with killed_after(process):
                said = _said_until(process, "Neo4j answers")
            assert said, (folder / "stderr").read_text()
            yield Served(re.findall(r"(http://\S+)/docs", said)[0], said)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, (folder / "stderr").read_text()


def _said_until(process: "subprocess.Popen[str]", beginning: str) -> str:
    """Return what it prints up to a line, or nothing if it ends before."""
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith(beginning):
            return said
    return ""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, neo4j_server: ConnectionInfo) -> Iterator[Served]:
    """`headwater serve` with the story played into it, on the worker's Neo4j, which is emptied before and after."""
    auth = (neo4j_server.user, neo4j_server.password)
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=auth, notifications_min_severity="OFF") as driver:
        driver.execute_query("RETURN 1")
        with driver.session() as session:
            session.run(DELETE_ALL).consume()
            with _serving(tmp_path_factory.mktemp("served"), neo4j_server) as it:
                client = story.client_for(it.url)
                story.play(client)
                client.close()
                it.wait()
                yield it
            session.run(DELETE_ALL).consume()


def _questions() -> list[str]:
    lines = [line for block in readme.blocks("sh", "Ask") for line in block.splitlines()]
    return [shlex.join(words) for line in lines if (words := shlex.split(line, comments=True))]


def test_every_question_has_an_answer_here() -> None:
    assert set(_questions()) == set(ANSWERS)


@pytest.mark.parametrize("line", ANSWERS)
def test_each_question_is_answered(served: Served, line: str) -> None:
    name, *arguments = shlex.split(line)
    assert name == "headwater"
    done = served.run(HEADWATER, *arguments)
    assert done.returncode == 0, done.stderr
    for word in ANSWERS[line]:
        assert word in done.stdout


def test_answers_for_programs_say_whether_they_are_whole(served: Served) -> None:
    sentence = readme.under("Ask").partition("Every answer says")[2].partition("\n\n")[0]
    promised = set(re.findall(r"`(\w+)`", sentence))
    assert promised
    answer = json.loads(served.run(HEADWATER, "upstream", "models/churn@2", "--json").stdout)
    assert promised <= set(answer)


def _statements() -> dict[str, str]:
    """Return the statements by the sentence that stands before each."""
    return dict(re.findall(r"(?m)^([^\n]+)\n\n```cypher\n(.*?)^```$", readme.under("In Cypher"), flags=re.DOTALL))


def test_every_statement_has_an_answer_here() -> None:
    found = _statements()
    assert list(found.values()) == readme.blocks("cypher")
    assert len(found) == len(ROWS)


@pytest.mark.parametrize("beginning", ROWS)
def test_each_statement_may_run_and_finds(served: Served, beginning: str) -> None:
    (statement,) = (text for question, text in _statements().items() if question.startswith(beginning))
    about, expected = ROWS[beginning]
    rows = served.cypher(statement, **({"version": key_of(about)} if about else {}))
    values = {value for row in rows for value in row.values() if isinstance(value, str)}
    assert rows
    # A run that is split into steps is found by them, not by itself.
    steps = {row["owner"] for row in served.cypher("MATCH (r:Run)-[:HAS_STEP]->(s:Step) RETURN r.key AS owner")}
    assert expected - steps <= values


def test_a_statement_takes_its_version_on_the_command_line(served: Served) -> None:
    assert "headwater cypher" in readme.spans()
    assert "-p version=..." in readme.spans()
    statement = readme.blocks("cypher")[1]
    done = served.run(HEADWATER, "cypher", "-", "-p", f"version={key_of(story.BAD_TABLE)}", stdin=statement)
    assert done.returncode == 0, done.stderr
    assert "models/churn" in done.stdout


def test_the_keys_that_it_names_are_those_of_the_story() -> None:
    said = readme.under("In Cypher")
    assert f"`{key_of(story.PREDICTIONS_ASKED)}`" in said
    assert f"`{key_of(story.BAD_TABLE)}`" in said


def test_the_python_example_sends_a_model_with_all_it_says(served: Served) -> None:
    (block,) = readme.blocks("python")
    done = served.run(sys.executable, "-W", "error", "-", stdin=block)
    assert done.returncode == 0, done.stderr
    served.wait()
    namespace, name, version = re.findall(
        r'"(mlflow://[^"]+)",\s+"([^"]+)",.*datasetVersion="([^"]+)"', block, re.DOTALL
    )[0]
    (row,) = served.cypher(
        "MATCH (v:ModelVersion {key: $version})<-[:WROTE]-(r:Run)-[:RAN_IN]->(e:Environment), (r)<-[read:READ_BY]-() "
        "RETURN r.state AS state, r.seeds AS seeds, e.python AS python, read.role AS role",
        version=key("version", namespace, name, "v", version),
    )
    assert row == {"state": "COMPLETE", "seeds": ["numpy=42"], "python": sys.version.split()[0], "role": "train"}


def test_the_lines_to_paste_are_those_that_serve_prints(served: Served) -> None:
    printed = [line.strip() for line in served.said.splitlines() if line.startswith("  ")]
    shown = [line for block in readme.blocks("sh", "Connect your pipelines") for line in block.splitlines()]
    assert [line.replace(served.url, WRITTEN) for line in printed] == shown


def test_the_demo_is_what_the_readme_says(tmp_path: Path) -> None:
    assert "headwater demo --exit" in readme.spans()
    # Somebody's Neo4j and backend must be left alone.
    elsewhere = {"HEADWATER_NEO4J_URI": "bolt://127.0.0.1:9", "OPENLINEAGE_URL": "http://127.0.0.1:9"}
    environment = {**_clean(), **elsewhere, "TMPDIR": str(tmp_path)}
    done = run_to_end(HEADWATER, "demo", "--exit", env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.glob("headwater-demo-*")) == []
    assert "FAILED CHECK no_negative_amount" in done.stdout
    behind, bad, statements = re.split(r"\nThe orders .*|\nThe same in Cypher:", done.stdout)
    assert "predictions/churn@2026-09-03" in behind
    assert "models/churn@2" in behind
    assert "models/churn@1" not in behind
    reached = {line.strip() for line in bad.splitlines() if line.startswith("  ")}
    assert reached == {f"{thing.namespace}/{thing.name}@{thing.which}" for thing in story.reached()}
    assert cypher(UPSTREAM, story.PREDICTIONS_ASKED) in statements
    assert cypher(REACHED, story.BAD_TABLE) in statements
