"""Large JSON is read in parts: nothing is another for it but the memory that it takes."""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from headwater_collector import large_json, parse
from headwater_collector.errors import HeadwaterError, NotAnEvent
from headwater_collector.event_json import LARGE, read_json
from headwater_collector.large_json import LargeObject, NestedTooDeep, NotJson, canonical, cut
from headwater_collector.oddities import MAX_WARNINGS
from headwater_collector.parse import parse_event, recorded_event
from headwater_collector.projection.say import say
from hypothesis import given
from hypothesis import strategies as st

from tests.collector.test_parse import RUN, VALUES, raw, written

SIZES = st.integers(1, 60)
SOME = st.dictionaries(st.text('ab"\\\n é!', max_size=3), VALUES, max_size=12)


@contextmanager
def in_parts_of(size: int, large: int = 0) -> Iterator[None]:
    """Read everything as if it were large, in groups of about so many bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_json, "GROUP", size)
        patch.setattr(parse, "LARGE", large)
        yield


def in_order(value: Any, _depth: int = 0) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@given(st.one_of(SOME, st.lists(VALUES, max_size=12)), st.integers(), SIZES)
def test_canonical_text_is_that_of_the_tree(value: Any, seed: int, size: int) -> None:
    text = written(value, random.Random(seed)).encode()
    with in_parts_of(size):
        try:
            expected = in_order(orjson.loads(text))
        except orjson.JSONDecodeError:
            return  # a number beyond doubles
        assert b"".join(canonical(cut(text), orjson.loads, in_order)) == expected


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"b":[],"a":{"c":[1,2]}}', '{"a":[1,2,3],"a":2,"\\u0061":[4,5,6]}', "[[],{},[[[]]]]", ' {"a" : [ ] } '],
)
@pytest.mark.parametrize("size", [1, 4, 100])
def test_of_a_name_that_comes_again_the_last_value_counts(text: str, size: int) -> None:
    with in_parts_of(size):
        assert b"".join(canonical(cut(text.encode()), orjson.loads, in_order)) == in_order(orjson.loads(text))


@given(VALUES, SOME, st.integers(), SIZES)
def test_a_large_event_is_and_says_the_same_as_a_small_one(value: Any, some: Any, seed: int, size: int) -> None:
    of_run = {"runId": "0192f1a0-0000-7000-8000-000000000000", "facets": {"f": some, "g": {"a": value, "b": some}}}
    dataset = {
        "namespace": "n",
        "facets": {"q": some, "schema": {"fields": [some]}},
        "inputFacets": {"w": {"v": value}},
    }
    inputs = [dataset | {"name": str(number)} for number in range(5)]
    text = written(RUN | {"run": of_run, "x": value, "y": [some] * 4, "inputs": inputs}, random.Random(seed)).encode()
    small = parse_event(text)
    with in_parts_of(size):
        large = parse_event(text)
        assert (large.id, large.kind, large.time) == (small.id, small.kind, small.time)
        # Numbers are come upon in another order; of very many the last warning only tells how many more there are.
        assert large.warnings[MAX_WARNINGS - 1 :] == small.warnings[MAX_WARNINGS - 1 :]
        assert len(small.warnings) == MAX_WARNINGS or sorted(large.warnings) == sorted(small.warnings)
        said = say(recorded_event(text, large.id))
    assert said == say(recorded_event(text, small.id))


@given(st.data(), VALUES, st.integers(), SIZES)
def test_what_is_no_event_is_refused_in_parts_as_well(data: st.DataObject, value: Any, seed: int, size: int) -> None:
    text = bytearray(written(RUN | {"x": value, "y": [value, [value], {"k": value}]}, random.Random(seed)).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 1))] = data.draw(
            st.sampled_from(list(b'[]{},:"\\ 01-e.\xff\0'))
        ).to_bytes()

    def outcome() -> str:
        try:
            return parse_event(bytes(text)).id
        except HeadwaterError:
            return "refused"

    as_a_whole = outcome()
    with in_parts_of(size):
        assert outcome() == as_a_whole


@pytest.mark.parametrize(
    "text", [b"", b"1", b"]", b"[", b"[1]]", b"[}", b"[[[[1] [2]]]]", b"[[[[1]]],]", b"{[[1]]}", b'{"a" [[[1]]]}']
)
def test_what_does_not_fit_together(text: bytes) -> None:
    with in_parts_of(1), pytest.raises(NotJson, match="byte"):
        cut(text)


def test_nesting_is_bounded() -> None:
    with pytest.raises(NestedTooDeep):
        cut(b"[" * 10_000 + b"]" * 10_000)
    body = raw(x="y" * LARGE)[:-1] + b', "z": ' + b"[" * 254 + b"]" * 254 + b"}"
    with pytest.raises(NotAnEvent, match="nested more than"):
        parse_event(body)
    assert parse_event(body.replace(b"[[[[", b"").replace(b"]]]]", b"")).id


def test_first_names() -> None:
    with in_parts_of(1):
        found = cut(b'{"c":[1,2],"a":1,"b":[3,4],"d":0}')
        assert isinstance(found, LargeObject)
        assert found.first_names(3, read_json) == ["a", "b", "c"]


SHAPES: dict[str, Callable[[int], bytes]] = {
    "integers": lambda size: b"[" + b"7," * (size // 2) + b"7]",
    "floats": lambda size: b"[" + b"0.5," * (size // 4) + b"7]",
    "large integers": lambda size: b"[" + b"123456789012345678901," * (size // 22) + b"7]",
    "texts": lambda size: b"[" + b'"ab",' * (size // 5) + b"7]",
    "arrays": lambda size: b"[" + b"[]," * (size // 3) + b"7]",
    "nested": lambda size: b"[" + (b"[" * 200 + b"]" * 200 + b",") * (size // 401) + b"7]",
    "objects": lambda size: b"[" + b'{"a":0},' * (size // 8) + b"7]",
    "names": lambda size: b"{" + b",".join(b'"%x":0' % number for number in range(size // 9)) + b"}",
    "one name": lambda size: b"{" + b'"a":0,' * (size // 6) + b'"a":1}',
}

_GROWTH = """
import sys
from pathlib import Path
from headwater_collector.batch import split_batch
from headwater_collector.parse import parse_event, recorded_event
from headwater_collector.projection.say import say

def highest():
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024

body = sys.stdin.buffer.read()
before = highest()
found = parse_event(body)
assert say(recorded_event(body, found.id)).run
assert len(split_batch(b"[%b]" % body)) == 1
print(highest() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process where Linux tells it")
@pytest.mark.parametrize(
    ("shape", "place"),
    [
        *((shape, "run.facets.x.y") for shape in SHAPES),
        ("names", "run.facets"),
        ("integers", "inputs"),
        ("objects", "x"),
    ],
)
def test_memory_does_not_depend_on_what_a_large_event_is_made_of(shape: str, place: str) -> None:
    content: Any = orjson.Fragment(SHAPES[shape](LARGE + 1000))
    head, *names = place.split(".")
    for name in reversed(names):
        content = {name: content}
    body = orjson.dumps(RUN | {head: content | RUN["run"] if head == "run" else content})
    grown = subprocess.run([sys.executable, "-c", _GROWTH], input=body, capture_output=True, check=True).stdout
    # A tree of the whole takes 6 to 90 MB.
    assert int(grown) < 10_000_000
