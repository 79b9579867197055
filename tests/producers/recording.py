"""Events of real producers, kept: chosen from what they sent in these tests, and scrubbed of where that was.

`pytest --producers --record-events tests/producers` writes `recorded/NAME.jsonl.gz` anew. What has no `test_NAME.py`
was recorded by hand, as the page of the producer says.
"""

import gzip
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).with_name("recorded")
NEUTRAL: Final = "/srv"

_TEMPORARY: Final = re.compile(r"/[^\s'\":]*/pytest-[^\s/]+/(?:pytest-[^\s/]+/)?(?:popen-\w+/)?")
_MACHINE: Final = re.compile(r"/[^\s'\":]*/(?=site-packages|jobs/|lib/python)")
_PASSED_OVER: Final = re.compile(
    r"features\.\d+$|collect_limit|map_partitions|deserialize|save_as_v1|[0-9a-f]{12}_(?:meta)?data|"
    r"\.(?:train|score|publish)\.query|load\.query\.2|not_null|unique"
)
"""Jobs of which enough others are kept."""
_LONGEST: Final = 400
_SHORTENED: Final = (
    "stackTrace",
    "sourceCode",
    "query_plan",
    "operatorSummaries",
    "taskStatistics",
    "planNodeStatsAndCosts",
    "optimizerRulesSummaries",
    "outputBufferUtilization",
)
"""Members of which that many characters are kept."""


def record(name: str, events: Iterable[Mapping[str, Any]]) -> None:
    """Write the chosen ones of these events to the file of that name."""
    lines = [
        json.dumps(_scrubbed(event), ensure_ascii=False, separators=(",", ":")) for event in events if _kept(event)
    ]
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{name}.jsonl.gz").open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        packed.write("".join(f"{line}\n" for line in lines).encode())


def recorded(name: str) -> list[bytes]:
    """Return the bodies of the recorded events of that name, in the order in which they were sent."""
    with gzip.open(FOLDER / f"{name}.jsonl.gz") as lines:
        return [line.rstrip(b"\n") for line in lines]


def names() -> list[str]:
    """Return the names of all recordings."""
    return sorted(path.name.partition(".")[0] for path in FOLDER.glob("*.jsonl.gz"))


def _kept(event: Mapping[str, Any]) -> bool:
    return event["eventType"] != "RUNNING" and not _PASSED_OVER.search(event["job"]["name"])


def _scrubbed(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _scrubbed(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_scrubbed(item, name) for item in value]
    if not isinstance(value, str):
        return value
    if name == "userName":
        return "someone"
    text = _MACHINE.sub(f"{NEUTRAL}/", _TEMPORARY.sub(f"{NEUTRAL}/", value))
    return text[:_LONGEST] if name in _SHORTENED else text
