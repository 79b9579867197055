"""The pages of `integrations/guides`: listed in the README, honest about what was run, and well formed."""

import configparser
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import pytest
import yaml  # type: ignore[import-untyped]
from headwater_collector.settings import unknown_variables

from tests.collector.serving import serving
from tests.docs import readme
from tests.docs.guides import ADDRESS, FOLDER, Block, Guide, guides
from tests.producers.recording import names

PRODUCERS: Final = Path(__file__).parents[1] / "producers"
ENDPOINT: Final = re.compile(r"/?api/v1/[\w/]*")
LOCAL: Final = re.compile(r"https?://(?:127\.0\.0\.1|localhost|[\w.-]*headwater[\w.-]*)(?::\d+)?")
EVENT: Final[dict[str, Any]] = {
    "eventTime": "2026-01-31T12:00:00Z",
    "job": {"namespace": "guides", "name": "a job"},
    "producer": "https://example.com/test",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent",
}


def _properties(text: str) -> None:
    lines = [line for line in text.replace("\\\n", "").splitlines() if line.strip() and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+(?:\s*[=:]\s*|\s+)\S.*", line) for line in lines)
    names = [re.split(r"[=:\s]", line, maxsplit=1)[0] for line in lines]
    assert len(names) == len(set(names))


def _ini(text: str) -> None:
    configparser.RawConfigParser(strict=True).read_string(text)


def _python(text: str) -> None:
    compile(text, "guide", "exec")


def _sh(text: str) -> None:
    assert shlex.split(text, comments=True)


PARSERS: Final[dict[str, Callable[[str], object]]] = {
    "sh": _sh,
    "properties": _properties,
    "ini": _ini,
    "python": _python,
    "yaml": yaml.safe_load,
    "json": json.loads,
    "xml": ElementTree.fromstring,
}

pages = pytest.mark.parametrize("page", guides(), ids=lambda page: page.path.stem)


def test_the_readme_lists_every_page() -> None:
    listed = {link for link in readme.links() if link.startswith("integrations/guides/")}
    assert listed == {str(page.path.relative_to(readme.ROOT)) for page in guides()}


@pages
def test_a_page_says_whether_it_was_run(page: Guide) -> None:
    tests = "".join(path.read_text() for path in PRODUCERS.glob("test_*.py"))
    run = f'guide("{page.path.stem}")' in tests
    otherwise = "Run by hand: " if page.path.stem in names() else "Not run here: "
    assert page.text.partition("\n\n")[2].startswith("Run here: " if run else otherwise)


@pages
def test_a_page_says_what_arrives_and_what_is_missing(page: Guide) -> None:
    headings = re.findall(r"(?m)^## (.+)$", page.text)
    assert headings[-2:] == ["What arrives", "What is missing"]


BLOCKS = [(f"{page.path.stem} {number}", block) for page in guides() for number, block in enumerate(page.blocks)]


@pytest.mark.parametrize("block", [block for _, block in BLOCKS], ids=[name for name, _ in BLOCKS])
def test_every_block_can_be_read(block: Block) -> None:
    PARSERS[block.language](block.text)


@pages
def test_every_setting_of_headwater_exists(page: Guide) -> None:
    named = set(re.findall(r"\bHEADWATER_[A-Z0-9_]+\b", page.text))
    assert unknown_variables(dict.fromkeys(named, "")) == []


@pages
def test_the_address_is_that_of_a_new_server(page: Guide) -> None:
    assert ADDRESS in page.text
    assert set(LOCAL.findall(page.text)) == {ADDRESS}


def test_every_endpoint_takes_events(tmp_path: Path) -> None:
    named = {"/" + found.strip("/") for page in guides() for found in ENDPOINT.findall(page.text)}
    assert named
    with serving(tmp_path) as served:
        assert {path: served.http.post(path, json=EVENT).status_code for path in named} == dict.fromkeys(named, 201)


@pages
def test_every_link_between_files_leads_somewhere(page: Guide) -> None:
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", page.text) if "://" not in target]
    assert [target for target in targets if not (FOLDER / target.partition("#")[0]).exists()] == []
