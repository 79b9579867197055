"""The command line against a running collector: output, JSON, exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from headwater_collector.api_keys import Role
from headwater_collector.cli.main import COMMANDS, main

from tests.collector.events import encoded, run_event
from tests.collector.serving import Served, serving

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with serving(tmp_path) as it:
        monkeypatch.setenv("HEADWATER_URL", it.url)
        monkeypatch.setenv("HEADWATER_DATA_DIR", str(tmp_path))
        yield it


def run(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    """Run a command and return its exit code and what it printed."""
    with pytest.raises(SystemExit) as exited:
        main(list(arguments))
    printed = capsys.readouterr()
    return int(exited.value.code or 0), printed.out, printed.err


def answer(capsys: Capture, *arguments: str) -> Any:
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def accept(served: Served, count: int) -> list[str]:
    for i in range(count):
        assert served.http.post("/api/v1/lineage", content=encoded(run_event(f"job {i}"))).status_code == 201
    return [event.id for event in served.services.index.list_events(limit=count)]


def test_help_imports_nothing_heavy() -> None:
    heavy = {"fastapi", "neo4j", "pydantic", "httpx", "rich", "openlineage", "orjson", "uvicorn"}
    script = (
        "import sys; from headwater_collector.cli.main import main\n"
        "try: main(['--help'])\n"
        f"except SystemExit: print(sorted({heavy!r} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines()[-1] == "[]"
    assert all(f"  {name} " in shown for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: Capture) -> None:
    code, out, _ = run(capsys, name, "--help")
    assert (code, out.startswith("Usage: headwater")) == (0, True)


def test_unknown_command_is_wrong_use(capsys: Capture) -> None:
    assert run(capsys, "frobnicate")[0] == 2
    assert run(capsys, "events", "retry")[0] == 2


def test_status(served: Served, capsys: Capture) -> None:
    accept(served, 2)
    code, out, _ = run(capsys, "status")
    assert (code, "2 entries, 2 not yet in the graph" in out) == (0, True)
    assert answer(capsys, "status")["pending"] == 2


def test_status_waits_until_all_is_applied(served: Served, capsys: Capture) -> None:
    accept(served, 2)
    assert run(capsys, "status", "--wait", "--timeout", "0.1")[0] == 1
    served.services.index.mark_applied_through(2)
    assert run(capsys, "status", "--wait")[0] == 0


def test_events(served: Served, capsys: Capture) -> None:
    ids = accept(served, 3)
    assert [event["id"] for event in answer(capsys, "events", "list")["events"]] == ids
    page = answer(capsys, "events", "list", "--limit", "2")
    rest = answer(capsys, "events", "list", "--limit", "2", "--cursor", page["nextCursor"])
    assert [event["id"] for event in (*page["events"], *rest["events"])] == ids
    _, out, _ = run(capsys, "events", "list")
    assert all(event_id in out for event_id in ids)
    assert answer(capsys, "events", "show", ids[0])["status"] == "accepted"
    assert "accepted" in run(capsys, "events", "show", ids[0])[1]


def test_the_body_of_an_event(served: Served, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (event_id,) = accept(served, 1)
    with pytest.raises(SystemExit):
        main(["events", "body", event_id])
    assert capfdbinary.readouterr().out == encoded(run_event("job 0"))


def test_failed_events_are_tried_again(served: Served, capsys: Capture) -> None:
    (event_id,) = accept(served, 1)
    code, _, err = run(capsys, "events", "retry", event_id)
    assert (code, "only failed ones" in err) == (2, True)
    served.services.index.mark_failed(1, "odd")
    assert answer(capsys, "events", "retry", event_id) == {"retrying": 1}
    assert "odd" in run(capsys, "events", "list", "--status", "failed")[1]
    assert answer(capsys, "events", "retry", "--all") == {"retrying": 1}


def test_what_is_not_there(served: Served, capsys: Capture) -> None:
    code, _, err = run(capsys, "events", "show", "a/b?c")
    assert code == 5
    assert err.startswith("Error: ")
    assert len(err.splitlines()) == 1


def test_no_server_is_one_sentence(capsys: Capture) -> None:
    code, _, err = run(capsys, "status", "--url", "http://127.0.0.1:9")
    assert (code, len(err.splitlines())) == (3, 1)
    assert "headwater serve" in err


def test_another_server_is_named(served: Served, capsys: Capture) -> None:
    code, _, err = run(capsys, "status", "--url", f"{served.url}/docs")
    assert (code, len(err.splitlines())) == (5, 1)


def test_keys(served: Served, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    made = answer(capsys, "keys", "create", "airflow", "--role", "admin", "--namespace", "prod", "--namespace", "dev-*")
    assert (made["role"], made["namespaces"]) == ("admin", ["prod", "dev-*"])
    code, _, err = run(capsys, "status")
    assert (code, "API key" in err) == (4, True)
    monkeypatch.setenv("HEADWATER_API_KEY", made["key"])
    assert run(capsys, "status")[0] == 0
    (listed,) = answer(capsys, "keys", "list")["keys"]
    assert listed["id"] == made["id"]
    assert made["key"] not in run(capsys, "keys", "list")[1]
    assert answer(capsys, "keys", "revoke", made["id"])["revokedAt"]
    assert run(capsys, "status")[0] == 4
    assert run(capsys, "keys", "revoke", "nobody")[0] == 5


def test_a_key_without_the_right_role(served: Served, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = served.services.keys.create("emitter", Role.EMIT)
    monkeypatch.setenv("HEADWATER_API_KEY", token)
    code, _, err = run(capsys, "status")
    assert (code, "role emit" in err) == (4, True)


def test_settings(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("HEADWATER_"):  # others are of the tests themselves
            monkeypatch.delenv(name)
    monkeypatch.setenv("HEADWATER_NEO4J_PASSWORD", "very secret")
    monkeypatch.setenv("HEADWATER_PROT", "1")
    listed = answer(capsys, "settings")
    assert {row["env_var"] for row in listed["settings"]} >= {"HEADWATER_HOST", "HEADWATER_NEO4J_PASSWORD"}
    assert listed["unknown"] == ["HEADWATER_PROT"]
    code, out, err = run(capsys, "settings")
    assert (code, "very secret" in out, "HEADWATER_PROT" in err) == (0, False, True)


def test_a_wrong_setting_is_one_sentence(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_PORT", "many")
    code, _, err = run(capsys, "status")
    assert (code, err.startswith("Error: HEADWATER_PORT")) == (6, True)


def test_doctor_names_what_is_wrong(served: Served, capsys: Capture) -> None:
    code, out, _ = run(capsys, "doctor", "--json")
    findings = {finding["check"]: finding["state"] for finding in json.loads(out)["findings"]}
    assert code == 1
    assert findings["server"] == findings["log"] == findings["disk"] == "ok"
    assert findings["projection"] == "failed"
