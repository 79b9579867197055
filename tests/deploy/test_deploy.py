"""The files in `deploy/` are well formed, have health checks, hold no secret and name only settings that there are."""

import json
import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from headwater_collector.settings import Settings, env_var, load_settings, unknown_variables

DEPLOY = Path(__file__).parents[2] / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file() and path.name != ".env")
SECRETS = re.compile(r"(?im)^[^#\n]*?\b\w*(?:password|secret|token|api_?key|neo4j_auth)\w*\s*[:=]\s*(\S.*)$")
INSTRUCTIONS = {"FROM", "RUN", "COPY", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def _compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return content


def _instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, rest in lines]


def _unit() -> RawConfigParser:
    unit = RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "headwater.service")
    return unit


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_is_a_setting(path: Path) -> None:
    named = set(re.findall(r"\bHEADWATER_[A-Z0-9_]+", path.read_text())) - {"HEADWATER_NAME"}
    assert named
    assert unknown_variables(dict.fromkeys(named, "")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_secret_is_written_down(path: Path) -> None:
    values = SECRETS.findall(path.read_text())
    assert [value for value in values if not re.fullmatch(r"(neo4j/)?\$\{[A-Z0-9_]+:\?[^}]+\}", value)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_port_is_the_default_one(path: Path) -> None:
    assert str(Settings.model_fields["port"].default) in path.read_text()


def test_the_settings_of_the_image_load(monkeypatch: pytest.MonkeyPatch) -> None:
    values = dict(re.findall(r"\b(HEADWATER_[A-Z0-9_]+)=(\S+)", dict(_instructions())["ENV"]))
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert {env_var(name): str(getattr(settings, name)) for name in settings.model_fields_set} == values


def test_the_image_runs_as_nobody_and_is_checked() -> None:
    instructions = _instructions()
    assert {name for name, _ in instructions} <= INSTRUCTIONS
    assert sum(name == "FROM" for name, _ in instructions) == 2
    last = dict(instructions)
    assert last["USER"].isdigit()
    assert int(last["USER"]) > 0
    assert [name for name, _ in instructions].index("USER") < [name for name, _ in instructions].index("ENTRYPOINT")
    check = json.loads(last["HEALTHCHECK"].partition("CMD ")[2])
    compile(check[-1], "HEALTHCHECK", "exec")
    assert "/health/live" in check[-1]


def test_the_services_are_checked_and_wait_for_each_other() -> None:
    compose = _compose()
    services = compose["services"]
    assert set(services) == {"headwater", "neo4j"}
    for service in services.values():
        assert service["healthcheck"]["test"]
        assert service["restart"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(compose["volumes"])
    assert services["headwater"]["depends_on"]["neo4j"]["condition"] == "service_healthy"
    build = services["headwater"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    compile(services["headwater"]["healthcheck"]["test"][-1], "healthcheck", "exec")


def test_the_unit_restarts_hardens_and_is_checked() -> None:
    service = _unit()["Service"]
    assert service["Restart"] == "on-failure"
    assert "/health/ready" in service["ExecStartPost"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_can_read_the_unit(tmp_path: Path) -> None:
    unit = (DEPLOY / "headwater.service").read_text()
    # The commands are not installed here; all else is to be understood.
    (tmp_path / "headwater.service").write_text(re.sub(r"=/(?:opt/headwater|usr)/bin/\w+", "=/bin/true", unit))
    done = subprocess.run(
        ("systemd-analyze", "verify", tmp_path / "headwater.service"), capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if "headwater.service" in line]
    assert complaints == []
