"""Parsing: kind, identity, time, and the id that content alone decides."""

import json
import random
import re
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from headwater_collector.errors import HeadwaterError, InvalidEvent, NotAnEvent
from headwater_collector.event import EventKind
from headwater_collector.event_id import MAX_DEPTH
from headwater_collector.event_time import utc_time
from headwater_collector.oddities import MAX_WARNINGS
from headwater_collector.parse import parse_event
from hypothesis import given
from hypothesis import strategies as st

RUN: dict[str, Any] = {
    "eventType": "START",
    "eventTime": "2026-01-31T12:00:00Z",
    "producer": "https://example.com/p",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "run": {"runId": "0192f1a0-0000-7000-8000-000000000000"},
    "job": {"namespace": "n", "name": "j"},
}
DATASET = {k: RUN[k] for k in ("eventTime", "producer", "schemaURL")} | {"dataset": {"namespace": "n", "name": "d"}}


def raw(**changes: object) -> bytes:
    return json.dumps({k: v for k, v in (RUN | changes).items() if v is not ...}).encode()


def test_plain_event_has_no_warnings() -> None:
    event = parse_event(raw())
    assert (event.kind, event.type, event.time) == (EventKind.RUN, "START", "2026-01-31T12:00:00.000000000Z")
    assert event.warnings == ()
    assert event.body["job"] == {"namespace": "n", "name": "j"}
    assert len(event.id) == 64


def test_kind_is_structure_not_schema_url() -> None:
    assert parse_event(raw(run=..., eventType=...)).kind is EventKind.JOB
    assert parse_event(raw(run=None)).kind is EventKind.JOB
    assert parse_event(raw(run=None, job=None, dataset={"namespace": "n", "name": "d"})).kind is EventKind.DATASET
    assert parse_event(raw(run=None)).type == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"run": {}}, "run.runId: missing"),
        ({"run": {"runId": ""}}, "run.runId: empty"),
        ({"run": {"runId": True}}, "run.runId: is a boolean"),
        ({"run": "x"}, "run: is a string"),
        ({"job": None}, "job: missing"),
        ({"job": {"name": "j"}}, "job.namespace: missing"),
        ({"job": {"namespace": "n", "name": ""}}, "job.name: empty"),
        ({"job": {"namespace": 1, "name": "j"}}, "job.namespace: is a number"),
        ({"run": None, "job": None}, "run.*: missing"),
        ({"run": None, "job": None, "schemaURL": None}, "run, job, dataset: all missing"),
        ({"run": None, "job": None, "dataset": {"name": "d"}, "schemaURL": None}, "dataset.namespace: missing"),
        ({"eventTime": None}, "eventTime: missing"),
        ({"eventTime": 1700000000000}, "eventTime: is a number"),
        ({"eventTime": "yesterday"}, "eventTime: 'yesterday'"),
        ({"eventTime": "2026-02-30T00:00:00Z"}, "eventTime: '2026-02-30"),
        ({"eventTime": "2026-02-03T24:00:00Z"}, "eventTime: '2026-02-03T24"),
        ({"eventTime": "0000-01-01T00:00:00Z"}, "eventTime"),
        ({"eventTime": "0001-01-01T00:00:00+01:00"}, "eventTime"),
        ({"eventTime": "9999-12-31T23:59:59-01:00"}, "eventTime"),
    ],
)
def test_refusal_names_the_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidEvent, match=f"^{field}"):
        parse_event(raw(**changes))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"[]",
        b"1",
        b"null",
        b"{",
        b'{"a": NaN}',
        b"\xff\xfe{}",
        b'{"a": "\xff"}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\\ud800"}',
        b'{"a": "\\ud800", "b": 1e999}',
        b'{"a": Infinity, "b": 1e999}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ],
)
def test_what_is_no_event(body: bytes) -> None:
    with pytest.raises(NotAnEvent, match=r"body|nested"):
        parse_event(body)


@pytest.mark.parametrize("depth", [MAX_DEPTH - 5, MAX_DEPTH + 1, 900, 1000, 1020, 5000])
@pytest.mark.parametrize("leaf", ["1", "1.5", "1e999"])
def test_depth_is_a_clear_refusal_whatever_the_numbers(depth: int, leaf: str) -> None:
    body = raw().replace(b"}}", b"}}")[:-1] + b', "x": ' + b"[" * depth + leaf.encode() + b"]" * depth + b"}"
    if depth < MAX_DEPTH:
        parse_event(body)
        return
    with pytest.raises(NotAnEvent, match="nested more than"):
        parse_event(body)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000000000Z"),
        ("2026-01-31T12:00:00.1Z", "2026-01-31T12:00:00.100000000Z"),
        ("2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00.123456789Z"),
        ("2026-01-31T12:00:00.1234567899999Z", "2026-01-31T12:00:00.123456789Z"),
        ("2026-01-31T12:00:00,5Z", "2026-01-31T12:00:00.500000000Z"),
        ("2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00.000000000Z"),
        ("2026-01-31T12:00:00.5+01:00", "2026-01-31T11:00:00.500000000Z"),
        ("2026-01-31T12:00:00-0530", "2026-01-31T17:30:00.000000000Z"),
        ("2026-01-31T12:00:00+01", "2026-01-31T11:00:00.000000000Z"),
        ("2026-01-31t12:00:00z", "2026-01-31T12:00:00.000000000Z"),
        ("2026-01-31 12:00:00Z", "2026-01-31T12:00:00.000000000Z"),
        ("2026-01-31 12:00:00 +01:00", "2026-01-31T11:00:00.000000000Z"),
        ("20260131T120000Z", "2026-01-31T12:00:00.000000000Z"),
        ("2026-01-31T12:00Z", "2026-01-31T12:00:00.000000000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000000Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_times_that_are_well_written(text: str, expected: str) -> None:
    assert utc_time(text) == (expected, None)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("2026-01-31T12:00:00", "no time zone"),
        ("2026-01-31T12:00:00.000000", "no time zone"),
        ("2026-01-31T12:00:00+00:00Z", "after its offset"),
        ("2026-01-31T13:00:00+01:00[Europe/Berlin]", "after its offset"),
    ],
)
def test_times_that_are_oddly_written(text: str, warning: str) -> None:
    time, said = utc_time(text)
    assert time == "2026-01-31T12:00:00.000000000Z"
    assert warning in (said or "")


@given(
    st.datetimes(
        timezones=st.timezones(),
        min_value=datetime(2, 1, 1),  # noqa: DTZ001
    )
)
def test_any_offset_time_is_read_as_python_reads_it(moment: Any) -> None:
    try:
        expected = datetime.fromisoformat(moment.isoformat()).astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return
    time, warning = utc_time(moment.isoformat())
    assert warning is None
    assert time == expected.isoformat(timespec="microseconds") + "000Z"


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"producer": ...}, "producer: missing"),
        ({"schemaURL": None}, "schemaURL: missing"),
        ({"eventType": ...}, "eventType: missing, taken as OTHER"),
        ({"eventType": "WARMUP"}, "eventType: 'WARMUP' is unknown, taken as OTHER"),
        ({"eventType": ["x"]}, "eventType: .* is unknown, taken as OTHER"),
        ({"eventType": "start"}, "eventType: 'start' is not in upper case"),
        ({"run": {"runId": "manual__1"}}, "run.runId: not a UUID"),
        ({"run": {"runId": 17}}, "run.runId: not a UUID"),
        ({"run": {"runId": "0192f1a0-0000-7000-8000-000000000000", "facets": {"x": None}}}, "run.facets.x: null"),
        ({"inputs": "all"}, "inputs: a string"),
        ({"inputs": [{"name": "x"}]}, r"inputs\[0\]: no namespace and name"),
        ({"outputs": [{"namespace": "n", "name": "x", "facets": []}]}, r"outputs\[0\].facets: an array"),
        ({"x": 2**64}, "integer 18446744073709551616: beyond 64 bits"),
        ({"x": -(2**63) - 1}, "integer -9223372036854775809: beyond 64 bits"),
        ({"x": 10**400}, "integer 1000.*: beyond 64 bits"),
        ({"eventTime": "2026-01-31T12:00:00"}, "eventTime: has no time zone"),
    ],
)
def test_odd_events_are_taken_with_a_warning(changes: dict[str, object], warning: str) -> None:
    (said,) = parse_event(raw(**changes)).warnings
    assert re.match(warning, said)


def test_null_inputs_and_facets_are_absent_and_not_odd() -> None:
    assert parse_event(raw(inputs=None, outputs=[])).warnings == ()


def test_numbers_up_to_64_bits_are_not_odd() -> None:
    assert parse_event(raw(x=[2**63, 2**64 - 1, -(2**63), 1.5, 1e300])).warnings == ()


def test_warnings_are_bounded() -> None:
    event = parse_event(raw(inputs=[{} for _ in range(10_000)]))
    assert len(event.warnings) <= MAX_WARNINGS
    assert event.warnings[-1].startswith("and ")


def test_names_hold_anything() -> None:
    for name in ("a/b", 'q"q', "dot.dot", "日本語 ✓", "nul\x00", "emoji 🦆", "x" * 100_000, "%|%"):
        assert parse_event(raw(job={"namespace": name, "name": name})).body["job"]["name"] == name


NUMBERS = st.one_of(
    st.integers(-(10**40), 10**40).map(str),
    st.integers(-20, 20).map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,4})(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?", fullmatch=True),
    st.sampled_from(["-0", "0", "1.0", "1.00", "1e1", "10", "9007199254740993", "9007199254740992", "1e400"]),
)
TEXTS = st.one_of(
    st.text(max_size=8), st.sampled_from(['":1.5', ",2.5", "[-0", 'a":-1', "12:00:00.5", "\\", '"'])
).filter(lambda t: not any(0xD800 <= ord(c) < 0xE000 for c in t))


class Number(str):
    """A JSON number by its text."""

    __slots__ = ()


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(NUMBERS.map(Number), TEXTS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def written(value: Any, how: random.Random) -> str:
    """Return JSON for the value with keys in any order and any space between tokens."""

    def gap() -> str:
        return "".join(how.choices(" \t\r\n", k=how.choice((0, 0, 0, 1, 2))))

    if isinstance(value, Number):
        return gap() + str(value) + gap()
    if isinstance(value, dict):
        items = list(value.items())
        how.shuffle(items)
        inside = ",".join(
            f"{gap()}{json.dumps(k, ensure_ascii=how.random() < 0.5)}{gap()}:{written(v, how)}" for k, v in items
        )
        return gap() + "{" + (inside or gap()) + "}" + gap()
    if isinstance(value, list):
        return gap() + "[" + (",".join(written(v, how) for v in value) or gap()) + "]" + gap()
    return gap() + json.dumps(value, ensure_ascii=how.random() < 0.5) + gap()


def id_of(value: Any, seed: int) -> str:
    return parse_event(written(RUN | {"x": value}, random.Random(seed)).encode()).id


@given(VALUES, st.integers(), st.integers())
def test_id_ignores_key_order_and_space(value: Any, one: int, other: int) -> None:
    assert id_of(value, one) == id_of(value, other)


def same(one: Any, other: Any) -> bool:
    """Return whether the two are the same JSON, numbers by their text."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@given(VALUES, VALUES, st.integers())
def test_id_is_another_for_any_other_content(one: Any, other: Any, seed: int) -> None:
    assert (id_of(one, seed) == id_of(other, seed)) == same(one, other)


@given(st.lists(NUMBERS.map(Number), min_size=2, max_size=2))
def test_id_keeps_the_text_of_numbers(pair: list[Number]) -> None:
    one, other = pair
    assert (id_of([one], 1) == id_of([other], 1)) == (str(one) == str(other))
    assert (id_of({"k": one}, 1) == id_of({"k": other}, 1)) == (str(one) == str(other))


def test_numbers_that_other_canonical_forms_merge() -> None:
    for pair in (("1.0", "1.00"), (str(10**30), str(10**30 + 1)), ("0", "-0"), ("1e1", "1E1"), ("1", "1.0")):
        assert id_of(Number(pair[0]), 0) != id_of(Number(pair[1]), 0)


@given(VALUES)
def test_body_is_what_orjson_reads(value: Any) -> None:
    body = written(RUN | {"x": value}, random.Random(0)).encode()
    try:
        expected = orjson.loads(body)
    except orjson.JSONDecodeError:
        expected = None  # a number beyond doubles
    event = parse_event(body)
    assert expected is None or event.body == expected
    orjson.dumps(event.body)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_clearly(body: bytes) -> None:
    with pytest.raises(HeadwaterError, match=r"\w"):
        parse_event(body)


@given(st.dictionaries(TEXTS, VALUES, max_size=4), st.booleans())
def test_large_events_have_the_same_id_as_if_they_were_small(fields: dict[str, Any], nested: bool) -> None:
    event = RUN | fields | RUN | ({"inputs": [fields, fields], "x": fields} if nested else {})
    text = written(event, random.Random(0)).encode()
    assert parse_event(text + b" " * 2_000_000).id == parse_event(text).id
