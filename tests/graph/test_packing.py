"""Long texts are kept compressed, and read back whatever their form."""

import pytest
from headwater_graph.packing import LONG, packed, unpacked


@pytest.mark.parametrize("text", ["", "{}", "x" * (LONG - 1), "x" * LONG, "ä\U0001f600" * LONG, "x" * 1_000_000])
def test_a_text_is_read_back(text: str) -> None:
    assert unpacked(packed(text)) == text


def test_only_long_texts_are_compressed() -> None:
    assert packed("x" * (LONG - 1)) == "x" * (LONG - 1)
    found = packed("x" * LONG)
    assert isinstance(found, bytes)
    assert len(found) < LONG


def test_a_long_text_that_was_written_as_it_is_is_read_as_it_is() -> None:
    assert unpacked("x" * (2 * LONG)) == "x" * (2 * LONG)
