"""Splitting batches: each element keeps its bytes, and a bad one never affects another."""

import json
from typing import Any

import pytest
from headwater_collector.batch import MAX_ELEMENTS, split_batch
from headwater_collector.errors import NotAnEvent, TooLarge
from hypothesis import given
from hypothesis import strategies as st

JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(st.characters(codec="utf-8"))
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
    max_leaves=10,
)
SPACES = st.text(" \t\r\n", max_size=3)


@given(st.lists(JSON, max_size=6), SPACES, st.booleans())
def test_elements_keep_their_bytes(values: list[Any], space: str, ascii_only: bool) -> None:
    texts = [json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for value in values]
    gap = space.encode()
    body = gap + b"[" + gap + (gap + b"," + gap).join(texts) + gap + b"]" + gap
    assert split_batch(body, "application/json") == texts
    assert split_batch(body) == texts


def test_numbers_keep_their_text() -> None:
    elements = [b'{"a": 1.00}', b"1" * 5000, b"1E400", b"-0"]
    assert split_batch(b"[" + b", ".join(elements) + b"]") == elements


def test_lines() -> None:
    body = b'\n{"a": 1}\r\n\n  {"b": [1,\t2]}\nnot json\n'
    assert split_batch(body, "application/x-ndjson") == [b'{"a": 1}', b'{"b": [1,\t2]}', b"not json"]
    assert split_batch(body) == [b'{"a": 1}', b'{"b": [1,\t2]}', b"not json"]


def test_a_line_may_be_an_array_where_the_type_says_lines() -> None:
    assert split_batch(b"[1]\n[2]", "application/x-ndjson; charset=utf-8") == [b"[1]", b"[2]"]


def test_an_element_that_is_not_json_leaves_the_others_alone() -> None:
    bad = [b'{"a": tru, "b": "]}"}', b"[1 2]", b"{" + b'"a":[' * 5000 + b"]" * 5000 + b"}", b'{"a": "\\x"}']
    assert split_batch(b"[1, " + b", ".join(bad) + b', {"b": 2}]') == [b"1", *bad, b'{"b": 2}']


@pytest.mark.parametrize(
    "body",
    [
        b"[1",
        b"[1 2]",
        b"[,]",
        b"[1,]",
        b"[1]x",
        b'[{"a"',
        b"[tru, 1]",
        b'["a',
        b"[\xff]",
        b"[",
        b"[1}",
        b"[{" + b'"\\"' * 300_000,
    ],
)
def test_an_array_that_cannot_be_told_apart(body: bytes) -> None:
    with pytest.raises(NotAnEvent, match=r"array|UTF-8"):
        split_batch(body)


def test_nothing() -> None:
    assert split_batch(b"") == []
    assert split_batch(b" [ ] ") == []


@pytest.mark.parametrize("separator", [b",", b"\n"])
def test_too_many_elements(separator: bytes) -> None:
    opening, closing = (b"[", b"]") if separator == b"," else (b"", b"")
    assert len(split_batch(opening + separator.join([b"1"] * MAX_ELEMENTS) + closing)) == MAX_ELEMENTS
    with pytest.raises(TooLarge, match="more than 50000 elements"):
        split_batch(opening + separator.join([b"1"] * (MAX_ELEMENTS + 1)) + closing)


def test_elements_that_are_nested_deep() -> None:
    elements = [b"[" * depth + b'"]"' + b"]" * depth for depth in (9, 10, 11, 300)]
    assert split_batch(b"[" + b",".join(elements) + b"]") == elements
