"""The work of telling what feeds what: it grows with what is said, not with inputs times outputs."""

import pytest
from headwater_collector.projection.facts.access import Access
from headwater_collector.projection.facts.said import Said
from headwater_collector.projection.structure import ALL_INPUTS, structure

MANY = 300


def test_outputs_are_looked_at_once_and_not_once_for_each_input(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Access] = []
    renamed = Access.renamed

    def counted(access: Access) -> str:
        looked.append(access)
        return renamed(access)

    monkeypatch.setattr(Access, "renamed", counted)
    inputs, outputs = ({f"{role}{n}": Access("t", "t", True) for n in range(MANY)} for role in "io")
    found = structure(Said(inputs, outputs))
    assert found.reads == {("", name): ALL_INPUTS for name in inputs}
    assert found.writes == {("", name): ALL_INPUTS for name in outputs}
    assert len(looked) <= 4 * MANY
